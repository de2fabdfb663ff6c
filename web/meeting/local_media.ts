// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { signal, type Signal } from "@preact/signals";
import * as capture from "./capture.js";
import type { Capture, CaptureProblem, Device, DeviceKind, Devices } from "./model.js";

// This device's camera, microphone and screen, and what the person chose about them. Whoever
// sends them is told by `changed`; a meeting goes on without any of them.

export type Source = "microphone" | "camera" | "screen" | "screenAudio";

const idle: Capture = { on: false, pending: false, problem: null };
const chosenKey = (kind: DeviceKind): string => `zegel-${kind}`;
const meterEveryMs = 80;

export class LocalMedia {
  readonly microphone = signal<Capture>(idle);
  readonly camera = signal<Capture>(idle);
  readonly screen = signal<Capture>(idle);
  readonly preview = signal<MediaStream | null>(null);
  readonly level = signal(0);
  readonly devices = signal<Record<DeviceKind, Devices>>({
    microphone: { list: [], chosen: localStorage.getItem(chosenKey("microphone")) },
    camera: { list: [], chosen: localStorage.getItem(chosenKey("camera")) },
    speaker: { list: [], chosen: localStorage.getItem(chosenKey("speaker")) },
  });
  private readonly tracks = new Map<Source, MediaStreamTrack>();
  private meter: capture.LevelMeter | null = null;
  private metering: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly changed: (source: Source, track: MediaStreamTrack | null) => void) {
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.list());
  }

  track(source: Source): MediaStreamTrack | null {
    return this.tracks.get(source) ?? null;
  }

  // Opens what the person last wanted: both, at first.
  async open(): Promise<void> {
    await Promise.all([this.openMicrophone(), this.openCamera()]);
    await this.list();
  }

  // Muted means silence, not an idle line: packets go on, all alike, and nobody can see from
  // outside who talks and who does not. Unmuting is immediate.
  async toggleMicrophone(): Promise<void> {
    const track = this.tracks.get("microphone");
    if (track === undefined) return this.openMicrophone();
    track.enabled = !track.enabled;
    this.microphone.value = { ...this.microphone.value, on: track.enabled };
  }

  // Off means that the camera itself is off, and its light.
  async toggleCamera(): Promise<void> {
    if (!this.tracks.has("camera")) return this.openCamera();
    this.drop("camera");
    this.camera.value = idle;
    this.preview.value = null;
  }

  async toggleScreen(): Promise<void> {
    if (this.tracks.has("screen")) return this.stopScreen();
    this.screen.value = { on: false, pending: true, problem: null };
    const found = await capture.screen();
    if ("problem" in found) {
      // Closing the browser's picker is no error.
      const problem = found.problem === "denied" ? null : found.problem;
      this.screen.value = { on: false, pending: false, problem };
      return;
    }
    found.video.addEventListener("ended", () => this.stopScreen());
    this.put("screen", found.video);
    if (found.audio !== null) this.put("screenAudio", found.audio);
    this.screen.value = { on: true, pending: false, problem: null };
  }

  async choose(kind: DeviceKind, id: string): Promise<void> {
    localStorage.setItem(chosenKey(kind), id);
    const devices = this.devices.value;
    this.devices.value = { ...devices, [kind]: { ...devices[kind], chosen: id } };
    if (kind === "microphone" && this.tracks.has("microphone")) await this.openMicrophone();
    if (kind === "camera" && this.tracks.has("camera")) await this.openCamera();
  }

  measure(on: boolean): void {
    clearInterval(this.metering);
    if (!on) {
      this.meter?.close();
      this.meter = null;
      this.level.value = 0;
      return;
    }
    this.meter ??= new capture.LevelMeter();
    this.meter.listenTo(this.track("microphone"));
    this.metering = setInterval(() => (this.level.value = this.meter?.level() ?? 0), meterEveryMs);
  }

  // A short sound on the chosen speaker, so that a person hears whether it works.
  async chime(): Promise<void> {
    const context = new AudioContext();
    const out = context.createMediaStreamDestination();
    const tone = context.createOscillator();
    const gain = context.createGain();
    const player = new Audio();
    const speaker = this.devices.value.speaker.chosen;
    player.srcObject = out.stream;
    if (speaker !== null && "setSinkId" in player) await player.setSinkId(speaker).catch(() => undefined);
    tone.connect(gain).connect(out);
    gain.gain.setValueAtTime(0.2, context.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.8);
    tone.frequency.value = 660;
    tone.start();
    await player.play();
    await new Promise((done) => setTimeout(done, 900));
    player.srcObject = null;
    await context.close();
  }

  close(): void {
    this.measure(false);
    for (const source of [...this.tracks.keys()]) this.drop(source);
    this.microphone.value = this.camera.value = this.screen.value = idle;
    this.preview.value = null;
  }

  private async openMicrophone(): Promise<void> {
    const was = this.tracks.get("microphone");
    const enabled = was?.enabled ?? true;
    const track = await this.opened(this.microphone, () =>
      capture.microphone(this.devices.value.microphone.chosen),
    );
    if (track === null) return;
    track.enabled = enabled;
    this.microphone.value = { on: enabled, pending: false, problem: null };
    this.put("microphone", track);
    this.meter?.listenTo(track);
  }

  private async openCamera(): Promise<void> {
    const track = await this.opened(this.camera, () =>
      capture.camera(this.devices.value.camera.chosen),
    );
    if (track === null) return;
    this.camera.value = { on: true, pending: false, problem: null };
    this.put("camera", track);
    this.preview.value = new MediaStream([track]);
  }

  private async opened(
    state: Signal<Capture>,
    open: () => Promise<capture.Captured>,
  ): Promise<MediaStreamTrack | null> {
    state.value = { ...state.value, pending: true, problem: null };
    const found = await open();
    if ("track" in found) return found.track;
    state.value = { on: false, pending: false, problem: found.problem };
    return null;
  }

  private put(source: Source, track: MediaStreamTrack): void {
    this.drop(source, false);
    this.tracks.set(source, track);
    // Unplugged, taken by another program, or permission withdrawn.
    track.addEventListener("ended", () => this.ended(source, track));
    this.changed(source, track);
  }

  private drop(source: Source, tell = true): void {
    const track = this.tracks.get(source);
    if (track === undefined) return;
    this.tracks.delete(source);
    track.stop();
    if (tell) this.changed(source, null);
  }

  private ended(source: Source, track: MediaStreamTrack): void {
    if (this.tracks.get(source) !== track) return;
    this.drop(source);
    const problem: CaptureProblem = "missing";
    if (source === "microphone") this.microphone.value = { on: false, pending: false, problem };
    if (source === "camera") {
      this.camera.value = { on: false, pending: false, problem };
      this.preview.value = null;
    }
  }

  private stopScreen(): void {
    this.drop("screen");
    this.drop("screenAudio");
    this.screen.value = idle;
  }

  private async list(): Promise<void> {
    const found = await capture.devices();
    const old = this.devices.value;
    const named = (all: MediaDeviceInfo[]): Device[] =>
      all.map((d) => ({ id: d.deviceId, label: d.label }));
    this.devices.value = {
      microphone: { ...old.microphone, list: named(found.microphones) },
      camera: { ...old.camera, list: named(found.cameras) },
      speaker: { ...old.speaker, list: named(found.speakers) },
    };
  }
}
