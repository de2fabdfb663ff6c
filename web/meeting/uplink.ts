// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Counts, MediaKind, TransformOptions } from "../sealed/messages.js";

// One sending m-line, which fails closed. A browser goes on sending in the clear when its
// frame transform never attaches (it is made so), and says nothing. So the real track is
// connected only after dummy frames have been counted both by the encoder and by the
// worker that seals; and as soon as the encoder counts more than the worker, it is cut.

export type UplinkState = "proving" | "proven" | "cut";

const proofFrames = 5;
const tolerance = 5; // frames that one of both may have counted and the other not yet
const lagMs = 600; // that the worker's word may be behind: its counts come every 250 ms
const strikesToCut = 3;

export class Uplink {
  state: UplinkState = "proving";
  readonly id: string;
  private wanted: MediaStreamTrack | null = null;
  private dummy: MediaStreamTrack | null = null;
  private sealed = 0;
  private dropped = 0;
  private strikes = 0;
  private readings: { at: number; frames: number }[] = []; // of the encoder

  constructor(
    private readonly transceiver: RTCRtpTransceiver,
    worker: Worker,
    readonly kind: MediaKind,
    serial: number,
    private readonly makeDummy: () => MediaStreamTrack,
    private readonly changed: () => void,
  ) {
    this.id = `${transceiver.mid ?? ""}-${serial}`;
    const options: TransformOptions = { role: "seal", id: this.id, kind };
    transceiver.direction = "sendonly";
    transceiver.sender.transform = new RTCRtpScriptTransform(worker, options);
  }

  get sender(): RTCRtpSender {
    return this.transceiver.sender;
  }

  // Begins to prove, whether there is something to send yet or not: later it can begin at once, and
  // all participants look alike from outside.
  async start(): Promise<void> {
    this.dummy = this.makeDummy();
    await this.sender.replaceTrack(this.dummy);
  }

  // What this m-line shall send once its sealing is proven; null: nothing.
  async want(track: MediaStreamTrack | null): Promise<void> {
    this.wanted = track;
    if (this.state === "proven") await this.sender.replaceTrack(track);
  }

  counted(counts: Counts): void {
    this.sealed = counts.passed;
    this.dropped = counts.dropped;
  }

  // Compares what the encoder had made a moment ago with what the worker has seen by now.
  // Called about every 100 ms while proving and every second afterwards.
  async check(): Promise<void> {
    if (this.state === "cut" || this.sender.track === null) return;
    const now = performance.now();
    const encoded = await this.encodedFrames();
    this.readings.push({ at: now, frames: encoded });
    while ((this.readings[1]?.at ?? now) <= now - lagMs) this.readings.shift();
    const settled = this.readings[0];
    if (settled === undefined || settled.at > now - lagMs) {
      if (this.state === "proving" && this.isProven(encoded)) await this.prove();
      return;
    }
    const missing = settled.frames - this.sealed - this.dropped;
    if (this.state === "proving") {
      if (this.isProven(encoded)) await this.prove();
      else if (missing > 4 * proofFrames) await this.cut();
      return;
    }
    this.strikes = missing > tolerance ? this.strikes + 1 : 0;
    if (this.strikes >= strikesToCut) await this.cut();
  }

  async cut(): Promise<void> {
    if (this.state === "cut") return;
    this.state = "cut";
    this.changed();
    // stop() as well: replaceTrack is asynchronous, a stopped dummy is silent at once.
    this.dummy?.stop();
    await this.sender.replaceTrack(null).catch(() => undefined);
  }

  close(): void {
    this.dummy?.stop();
  }

  // Dummies went through the worker, and nothing the encoder made went past it.
  private isProven(encoded: number): boolean {
    return this.sealed >= proofFrames && encoded - this.sealed - this.dropped <= 3 * tolerance;
  }

  private async prove(): Promise<void> {
    this.state = "proven";
    await this.sender.replaceTrack(this.wanted);
    this.dummy?.stop();
    this.dummy = null;
    this.changed();
  }

  private async encodedFrames(): Promise<number> {
    const report = await this.sender.getStats();
    let frames = 0;
    report.forEach((s: RTCStats) => {
      if (s.type !== "outbound-rtp") return;
      const out = s as RTCOutboundRtpStreamStats;
      // One Opus frame is one packet; audio has no frame counter of its own.
      frames += (out.kind === "audio" ? out.packetsSent : out.framesEncoded) ?? 0;
    });
    return frames;
  }
}

export function silence(): MediaStreamTrack {
  const context = new AudioContext();
  const destination = context.createMediaStreamDestination();
  const quiet = context.createGain();
  const tone = context.createOscillator();
  quiet.gain.value = 0;
  tone.connect(quiet).connect(destination);
  tone.start();
  void context.resume();
  const track = destination.stream.getAudioTracks()[0] as MediaStreamTrack;
  const stop = track.stop.bind(track);
  track.stop = () => {
    stop();
    void context.close();
  };
  return track;
}

export function black(): MediaStreamTrack {
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 360;
  const context = canvas.getContext("2d");
  let tick = 0;
  // A canvas gives a frame only when it was painted.
  const timer = setInterval(() => {
    if (context === null) return;
    context.fillStyle = tick++ % 2 ? "#000000" : "#010101";
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 33);
  const track = canvas.captureStream(30).getVideoTracks()[0] as MediaStreamTrack;
  const stop = track.stop.bind(track);
  track.stop = () => {
    clearInterval(timer);
    stop();
  };
  return track;
}
