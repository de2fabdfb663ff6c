// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Counts, FromWorker, MediaKind, ToWorker, TransformOptions } from "../sealed/messages.js";
import { mediaKind } from "../sealed/messages.js";
import { mediaAnswer, mediaJoin, mediaSlots, type SlotWish } from "./messages.js";
import { black, silence, Uplink } from "./uplink.js";
import { clientMedia, screenSlotBase, serverOffer, type ServerMedia } from "./wire_profile.js";

// The peer connection to our own media worker: four m-lines up, a pool of slots down.
// Who plays in which slot is decided here; who is really in it, by the sealed worker.

export interface Wish {
  member: number; // 0: nobody
  handle: number;
  height: number;
}

export interface Slot {
  index: number;
  member: number | null;
  video: MediaStream;
  audio: HTMLAudioElement;
  playing: boolean; // a video frame of that member opened here
  opened: number; // frames, of both kinds, since it was bound
  refused: number;
}

export interface MediaEvents {
  send(message: Uint8Array<ArrayBuffer>): void;
  tell(message: ToWorker): void;
  changed(): void;
  failed(reason: "profile" | "connection"): void;
}

type Mid = "ua" | "uc" | "us" | "ux";

const proofIntervalMs = 100;
const workerSilenceMs = 3_000;
const simulcast: Record<string, { scale: number; bitrate: number }> = {
  l: { scale: 4, bitrate: 150_000 },
  m: { scale: 2, bitrate: 500_000 },
  h: { scale: 1, bitrate: 1_500_000 },
};

let transformSerial = 0;

export class Media {
  readonly slots = new Map<number, Slot>();
  readonly uplinks = new Map<Mid, Uplink>();
  soundBlocked = false; // until playAll() is called from a click
  private pc: RTCPeerConnection | null = null;
  private readonly tracks = new Map<Mid, MediaStreamTrack | null>();
  private transformSlots = new Map<string, { slot: number; kind: MediaKind }>();
  private wishes: { persons: Wish[]; screens: Wish[] } = { persons: [], screens: [] };
  private checks: ReturnType<typeof setInterval> | undefined;
  private ticks = 0;
  private lastWord = performance.now(); // of the worker
  private speaker: string | null = null;

  constructor(
    private readonly worker: Worker,
    private readonly events: MediaEvents,
    private readonly persons = 12,
    private readonly screens = 1,
  ) {}

  join(): void {
    this.leave();
    this.events.send(mediaJoin(this.persons, this.screens));
  }

  leave(): void {
    clearInterval(this.checks);
    for (const uplink of this.uplinks.values()) uplink.close();
    for (const slot of this.slots.values()) {
      if (slot.member !== null) this.events.tell({ type: "bind", slot: slot.index, member: null });
      slot.audio.srcObject = null;
      slot.audio.remove();
    }
    this.uplinks.clear();
    this.slots.clear();
    this.transformSlots.clear();
    this.pc?.close();
    this.pc = null;
  }

  async offered(server: ServerMedia): Promise<void> {
    this.leave();
    const pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", iceServers: [] });
    this.pc = pc;
    pc.onconnectionstatechange = () => {
      if (pc.connectionState === "failed" && this.pc === pc) this.events.failed("connection");
      this.events.changed();
    };
    // Set inside the event: later, and a browser may have begun to decode without it.
    pc.ontrack = ({ transceiver, track }) => this.receive(transceiver, track);
    const sdp = serverOffer(server, this.persons, this.screens, 1);
    await pc.setRemoteDescription({ type: "offer", sdp });
    // At once, before anything else is awaited: Chromium gives a sender one task's time to get its
    // transform, and passes by what comes later.
    this.prepareUplinks(pc);
    await this.shapeSimulcast(pc);
    const answer = await pc.createAnswer();
    const client = clientMedia(answer.sdp ?? "");
    if (client === null) {
      this.leave();
      return this.events.failed("profile");
    }
    await pc.setLocalDescription(answer);
    if (this.pc !== pc) return;
    this.events.send(mediaAnswer(client));
    this.watch();
    for (const [mid, uplink] of this.uplinks) {
      await uplink.want(this.tracks.get(mid) ?? null);
      await uplink.start();
    }
    this.assign(this.wishes.persons, this.wishes.screens);
  }

  connected(): boolean {
    return this.pc?.connectionState === "connected";
  }

  async sendTrack(mid: Mid, track: MediaStreamTrack | null): Promise<void> {
    this.tracks.set(mid, track);
    await this.uplinks.get(mid)?.want(track);
  }

  // Who is drawn, how high, most important first. Whoever has a slot keeps it.
  assign(persons: Wish[], screens: Wish[]): void {
    this.wishes = { persons, screens };
    if (this.pc === null) return;
    const wishes = [
      ...this.seat(persons, 0, this.persons),
      ...this.seat(screens, screenSlotBase, this.screens),
    ];
    this.events.send(mediaSlots(wishes));
    this.events.changed();
  }

  async useSpeaker(deviceId: string | null): Promise<void> {
    this.speaker = deviceId;
    for (const slot of this.slots.values()) await this.route(slot.audio);
  }

  async playAll(): Promise<void> {
    this.soundBlocked = false;
    for (const slot of this.slots.values()) await this.play(slot.audio);
  }

  heard(message: FromWorker): void {
    this.lastWord = performance.now();
    if (message.type === "counts") for (const c of message.counts) this.counted(c);
    if (message.type === "playing") {
      const slot = this.slots.get(message.slot);
      const video = message.kind === mediaKind.camera || message.kind === mediaKind.screen;
      if (slot !== undefined && slot.member === message.member && video) slot.playing = true;
      this.events.changed();
    }
  }

  async stats(): Promise<RTCStatsReport | null> {
    return (await this.pc?.getStats()) ?? null;
  }

  private seat(wishes: Wish[], base: number, count: number): SlotWish[] {
    const slots = Array.from({ length: count }, (_, i) => this.slots.get(base + i));
    const seated = new Map<number, Slot>();
    for (const slot of slots)
      if (slot?.member != null && wishes.some((w) => w.member === slot.member))
        seated.set(slot.member, slot);
    const free = slots.filter((s): s is Slot => s !== undefined && !(s.member !== null && seated.has(s.member)));
    const entries: SlotWish[] = [];
    for (const wish of wishes) {
      const slot = seated.get(wish.member) ?? free.shift();
      if (slot === undefined) continue;
      this.bind(slot, wish.member);
      entries.push({ slot: slot.index, source: wish.handle, height: Math.min(wish.height, 65535) });
    }
    for (const slot of free) this.bind(slot, null);
    return entries;
  }

  private bind(slot: Slot, member: number | null): void {
    if (slot.member === member) return;
    slot.member = member;
    slot.playing = false;
    slot.opened = 0;
    slot.refused = 0;
    slot.audio.dataset["member"] = String(member ?? "");
    this.events.tell({ type: "bind", slot: slot.index, member });
  }

  private prepareUplinks(pc: RTCPeerConnection): void {
    const kinds: [Mid, MediaKind, () => MediaStreamTrack][] = [
      ["ua", mediaKind.audio, silence],
      ["uc", mediaKind.camera, black],
      ["us", mediaKind.screen, black],
      ["ux", mediaKind.screenAudio, silence],
    ];
    for (const [mid, kind, dummy] of kinds) {
      const transceiver = pc.getTransceivers().find((t) => t.mid === mid);
      if (transceiver === undefined) continue;
      const changed = (): void => this.events.changed();
      const uplink = new Uplink(transceiver, this.worker, kind, ++transformSerial, dummy, changed);
      this.uplinks.set(mid, uplink);
    }
  }

  private async shapeSimulcast(pc: RTCPeerConnection): Promise<void> {
    const sender = pc.getTransceivers().find((t) => t.mid === "uc")?.sender;
    if (sender === undefined) return;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) {
      const layer = simulcast[encoding.rid ?? ""];
      if (layer === undefined) continue;
      encoding.scaleResolutionDownBy = layer.scale;
      encoding.maxBitrate = layer.bitrate;
    }
    await sender.setParameters(parameters);
  }

  private receive(transceiver: RTCRtpTransceiver, track: MediaStreamTrack): void {
    const place = transceiver.mid?.match(/^(s?)([va])(\d+)$/);
    if (!place) return;
    const screen = place[1] === "s";
    const video = place[2] === "v";
    const index = Number(place[3]) + (screen ? screenSlotBase : 0);
    const kind = screen
      ? video ? mediaKind.screen : mediaKind.screenAudio
      : video ? mediaKind.camera : mediaKind.audio;
    const id = `${transceiver.mid ?? ""}-${++transformSerial}`;
    const options: TransformOptions = { role: "open", id, kind, slot: index };
    transceiver.receiver.transform = new RTCRtpScriptTransform(this.worker, options);
    this.transformSlots.set(id, { slot: index, kind });
    const slot = this.slot(index);
    if (video) slot.video.addTrack(track);
    else {
      slot.audio.srcObject = new MediaStream([track]);
      void this.route(slot.audio).then(() => this.play(slot.audio));
    }
  }

  private slot(index: number): Slot {
    let slot = this.slots.get(index);
    if (slot === undefined) {
      const audio = new Audio();
      audio.autoplay = true;
      audio.hidden = true;
      audio.dataset["slot"] = String(index);
      document.body.append(audio);
      slot = {
        index, member: null, video: new MediaStream(), audio, playing: false, opened: 0, refused: 0,
      };
      this.slots.set(index, slot);
    }
    return slot;
  }

  private async play(audio: HTMLAudioElement): Promise<void> {
    await audio.play().catch((cause: unknown) => {
      if (cause instanceof Error && cause.name === "NotAllowedError") this.soundBlocked = true;
    });
  }

  private async route(audio: HTMLAudioElement): Promise<void> {
    if (this.speaker !== null && "setSinkId" in audio)
      await audio.setSinkId(this.speaker).catch(() => undefined);
  }

  private counted(counts: Counts): void {
    for (const uplink of this.uplinks.values()) if (uplink.id === counts.transform) uplink.counted(counts);
    const place = this.transformSlots.get(counts.transform);
    const slot = place && this.slots.get(place.slot);
    if (slot === undefined) return;
    slot.opened = Math.max(slot.opened, counts.passed);
    slot.refused = counts.dropped;
  }

  private watch(): void {
    clearInterval(this.checks);
    this.lastWord = performance.now();
    this.checks = setInterval(() => void this.check(), proofIntervalMs);
  }

  private async check(): Promise<void> {
    this.ticks++;
    const silent = performance.now() - this.lastWord > workerSilenceMs;
    for (const uplink of [...this.uplinks.values()]) {
      if (silent) await uplink.cut();
      else if (uplink.state === "proving" || this.ticks % 10 === 0) await uplink.check();
    }
  }
}
