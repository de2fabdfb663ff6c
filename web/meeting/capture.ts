// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { CaptureProblem } from "./model.js";

// Camera, microphone and screen: opened one by one, so that one that fails does not take
// the other with it, and with a cause for each failure that a person can act upon.

export type Captured = { track: MediaStreamTrack } | { problem: CaptureProblem };

const problems: Record<string, CaptureProblem> = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "missing",
  OverconstrainedError: "missing",
  NotReadableError: "busy",
  AbortError: "busy",
};

function problemFrom(cause: unknown): CaptureProblem {
  if (!(cause instanceof Error)) return "failed";
  // Chromium tells the two apart in its message only.
  if (cause.name === "NotAllowedError" && /dismissed/i.test(cause.message)) return "dismissed";
  return problems[cause.name] ?? "failed";
}

async function first(constraints: MediaStreamConstraints): Promise<Captured> {
  if (!isSecureContext || navigator.mediaDevices === undefined) return { problem: "insecure" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    const track = stream.getTracks()[0];
    return track ? { track } : { problem: "missing" };
  } catch (cause) {
    return { problem: problemFrom(cause) };
  }
}

export function microphone(deviceId: string | null): Promise<Captured> {
  return first({
    audio: {
      ...(deviceId !== null && { deviceId: { exact: deviceId } }),
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    },
  });
}

export function camera(deviceId: string | null): Promise<Captured> {
  return first({
    video: {
      ...(deviceId !== null && { deviceId: { exact: deviceId } }),
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30, max: 30 },
    },
  });
}

export type CapturedScreen =
  | { video: MediaStreamTrack; audio: MediaStreamTrack | null }
  | { problem: CaptureProblem };

export async function screen(): Promise<CapturedScreen> {
  if (navigator.mediaDevices?.getDisplayMedia === undefined) return { problem: "insecure" };
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: true,
    });
    const video = stream.getVideoTracks()[0];
    if (video === undefined) return { problem: "missing" };
    video.contentHint = "detail";
    return { video, audio: stream.getAudioTracks()[0] ?? null };
  } catch (cause) {
    return { problem: problemFrom(cause) };
  }
}

export interface Devices {
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

export async function devices(): Promise<Devices> {
  const all = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
  const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((d) => d.kind === kind);
  return {
    microphones: of("audioinput"),
    cameras: of("videoinput"),
    speakers: of("audiooutput"),
  };
}

// How loud a track is, 0 to 1, as long as somebody looks.
export class LevelMeter {
  private readonly context = new AudioContext();
  private readonly analyser = this.context.createAnalyser();
  private source: MediaStreamAudioSourceNode | null = null;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor() {
    this.analyser.fftSize = 1024;
    this.samples = new Float32Array(this.analyser.fftSize);
  }

  listenTo(track: MediaStreamTrack | null): void {
    this.source?.disconnect();
    this.source = null;
    if (track === null) return;
    this.source = this.context.createMediaStreamSource(new MediaStream([track]));
    this.source.connect(this.analyser);
    void this.context.resume();
  }

  level(): number {
    if (this.source === null) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, s) => sum + s * s, 0) / this.samples.length;
    // -60 dB and less is silence, -10 dB as loud as people get.
    const decibels = 10 * Math.log10(power + 1e-9);
    return Math.min(1, Math.max(0, (decibels + 60) / 50));
  }

  close(): void {
    this.listenTo(null);
    void this.context.close();
  }
}
