// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { computed, signal } from "@preact/signals";
import { Call } from "./call.js";
import * as links from "./link.js";
import { LocalMedia, type Source } from "./local_media.js";
import type {
  ChatLine, DeviceKind, Diagnostic, Failure, LinkProblem, MeetingActions, MeetingModel, Person,
  Phase, Security, TileWish, Trouble, Waiting,
} from "./model.js";
import { people } from "./people.js";
import { ask, startSealedWorker } from "./sealed_worker.js";
import { Senses } from "./senses.js";

// The meeting, as model.ts promises it to the face: joins link, local media, the call and what
// is measured of it, and turns them into signals.

const reasonRemoved = 3; // enum zegel_because

const failures: Record<number, Failure> = {
  [reasonRemoved]: "removed",
  4: "lost",
  5: "too-large",
  6: "version",
  7: "internal",
};

// Which m-line carries what.
const lines = { microphone: "ua", camera: "uc", screen: "us", screenAudio: "ux" } as const;

export class Session implements MeetingModel, MeetingActions {
  readonly phase = signal<Phase>("landing");
  readonly failure = signal<Failure | null>(null);
  readonly linkProblem = signal<LinkProblem | null>(null);
  readonly link = signal("");
  readonly name = signal("");
  readonly handUp = signal(false);
  readonly people = signal<readonly Person[]>([]);
  readonly speaking = signal<ReadonlySet<string>>(new Set());
  readonly isHost = signal(false);
  readonly waiting = signal<readonly Waiting[]>([]);
  readonly chat = signal<readonly ChatLine[]>([]);
  readonly troubles = signal<ReadonlySet<Trouble>>(new Set());
  readonly diagnostics = signal<readonly Diagnostic[]>([]);
  readonly security = computed<Security>(() => this.securityNow());

  private readonly local = new LocalMedia((source, track) => this.send(source, track));
  readonly microphone = this.local.microphone;
  readonly camera = this.local.camera;
  readonly screen = this.local.screen;
  readonly preview = this.local.preview;
  readonly micLevel = this.local.level;
  readonly devices = this.local.devices;

  private readonly code = signal("");
  private readonly epoch = signal(0);
  private worker: Promise<Worker> | null = null;
  private call: Call | null = null;
  private senses: Senses | null = null;
  private token = "";
  private wishes: readonly TileWish[] = [];
  private handSerial = 0;
  private readonly hands = new Map<number, number>();
  private wasIn = false;

  // Opens what the page's address says, if it says anything.
  async begin(): Promise<void> {
    addEventListener("hashchange", () => {
      const token = links.takeFromAddress();
      if (token !== null && this.phase.value === "landing") void this.openLink(token);
    });
    addEventListener("pagehide", () => this.call?.abandon());
    const token = links.takeFromAddress();
    if (token === null) return;
    this.linkProblem.value = await this.openLink(token);
  }

  async createMeeting(lobby: boolean): Promise<void> {
    const worker = await this.sealed();
    if (worker === null) return;
    const made = await ask(worker, { type: "create-link", lobby }, "link");
    this.use(lobby ? made.hostToken : made.token);
  }

  async openLink(text: string): Promise<LinkProblem | null> {
    const found = links.tokenFrom(text, location.origin);
    if (links.isProblem(found)) return found;
    const worker = await this.sealed();
    if (worker === null) return null;
    const { problem } = await ask(worker, { type: "check-link", token: found }, "link-checked");
    if (problem !== null) {
      links.forget();
      return problem;
    }
    this.use(found);
    return null;
  }

  setName(name: string): void {
    this.name.value = name;
  }

  async chooseDevice(kind: DeviceKind, id: string): Promise<void> {
    await this.local.choose(kind, id);
    if (kind === "speaker") await this.call?.media.useSpeaker(id);
  }

  async testSpeaker(): Promise<void> {
    await this.local.chime();
  }

  measureMicrophone(on: boolean): void {
    this.local.measure(on);
  }

  async join(): Promise<void> {
    const worker = await this.sealed();
    if (worker === null) return;
    this.phase.value = "joining";
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.call = new Call(worker, `${scheme}://${location.host}/ws`, () => this.update());
    this.senses = new Senses(this.call.media, this.local, () => this.update());
    for (const source of Object.keys(lines) as Source[]) this.send(source, this.local.track(source));
    const speaker = this.devices.value.speaker.chosen;
    if (speaker !== null) await this.call.media.useSpeaker(speaker);
    this.announce();
    this.call.enter(this.token, this.name.value.trim());
  }

  async toggleMicrophone(): Promise<void> {
    await this.local.toggleMicrophone();
    this.announce();
  }

  async toggleCamera(): Promise<void> {
    await this.local.toggleCamera();
    this.announce();
  }

  async toggleScreen(): Promise<void> {
    await this.local.toggleScreen();
    this.announce();
  }

  toggleHand(): void {
    this.handUp.value = !this.handUp.value;
    this.announce();
  }

  sendChat(text: string): boolean {
    if (this.phase.value !== "in" || new TextEncoder().encode(text).length > 4000) return false;
    this.call?.chat(text);
    return true;
  }

  readCode(): void {
    this.call?.readCode();
  }

  admit(key: string | null): void {
    this.call?.admit(key);
  }

  refuse(key: string): void {
    this.call?.refuse(key);
  }

  requestTiles(tiles: readonly TileWish[]): void {
    this.wishes = tiles;
    this.draw();
  }

  async unblockSound(): Promise<void> {
    await this.call?.media.playAll();
    this.update();
  }

  retry(): void {
    if (!["left", "ended", "failed"].includes(this.phase.value)) return this.call?.retryNow();
    // Back to where one sees oneself before being seen. Without a link there is no meeting.
    if (this.token === "") this.home();
    else this.use(this.token);
  }

  leave(): void {
    this.end("left", this.call?.leave());
  }

  home(): void {
    this.end("landing");
    this.token = "";
    this.link.value = "";
    links.forget();
  }

  // ---- inside

  // The worker, started once per meeting; null: it cannot be had, and the face says so.
  private async sealed(): Promise<Worker | null> {
    this.worker ??= startSealedWorker();
    try {
      return await this.worker;
    } catch (cause) {
      this.worker = null;
      this.diagnose(String(cause));
      this.fail("worker");
      return null;
    }
  }

  private use(token: string): void {
    this.token = token;
    links.remember(token);
    this.link.value = links.invitation(token, location.origin);
    this.linkProblem.value = null;
    this.phase.value = "prejoin";
    void this.local.open();
  }

  private send(source: Source, track: MediaStreamTrack | null): void {
    void this.call?.media.sendTrack(lines[source], track);
    this.announce();
  }

  private announce(): void {
    this.call?.announce({
      mic: this.microphone.value.on,
      camera: this.camera.value.on,
      screen: this.screen.value.on,
      hand: this.handUp.value,
    });
  }

  private draw(): void {
    const ratio = Math.min(globalThis.devicePixelRatio || 1, 2);
    this.call?.draw(
      this.wishes
        .filter((w) => w.what === "camera")
        .map((w) => ({ member: Number(w.key), height: Math.round(w.height * ratio) })),
    );
  }

  private end(phase: Phase, farewell?: Promise<void>): void {
    this.senses?.close();
    if (farewell === undefined) this.call?.close();
    this.call = null;
    this.senses = null;
    this.local.close();
    // A machine is for one meeting: the next one gets a worker, and memory, of its own.
    const worker = this.worker;
    void Promise.resolve(farewell).then(async () => (await worker)?.terminate()).catch(() => undefined);
    this.worker = null;
    this.wasIn = false;
    this.handUp.value = false;
    this.people.value = [];
    this.isHost.value = false;
    this.waiting.value = [];
    this.chat.value = [];
    this.troubles.value = new Set();
    this.phase.value = phase;
  }

  private fail(failure: Failure): void {
    this.failure.value = failure;
    this.end(failure === "removed" ? "ended" : "failed");
  }

  private update(): void {
    const call = this.call;
    if (call === null) return;
    const { state } = call;
    if (state.status === "out" && state.reason !== 1) return this.fail(failures[state.reason] ?? "internal");
    this.phase.value = this.phaseFrom(state.status);
    this.epoch.value = state.epoch;
    this.code.value = state.code;
    for (const m of state.members) {
      if (!m.hand) this.hands.delete(m.id);
      else if (!this.hands.has(m.id)) this.hands.set(m.id, ++this.handSerial);
    }
    this.people.value = people(call, this.local.preview.value, this.senses, this.hands);
    this.isHost.value = state.host;
    this.waiting.value = state.waiting;
    this.speaking.value = this.senses?.speaking(state.members) ?? new Set();
    if (state.chat.length !== this.chat.value.length)
      this.chat.value = state.chat.map((line, i) => ({ id: i + 1, ...line }));
    this.troubles.value = this.troublesNow(call);
    for (const d of state.diagnostics.splice(0)) this.diagnose(`machine: ${d.code} of leaf ${d.leaf}`);
  }

  private phaseFrom(status: Call["state"]["status"]): Phase {
    if (status === "in") this.wasIn = true;
    if (status === "in" || status === "left") return status;
    if (this.wasIn) return "reconnecting";
    return status === "knocking" || status === "waiting" ? status : "joining";
  }

  private troublesNow(call: Call): Set<Trouble> {
    const all = new Set<Trouble>();
    for (const t of call.state.troubles) {
      if (t === "server-full") return this.fail("full"), all;
      if (t === "server-version") return this.fail("version"), all;
      all.add(t);
    }
    if (call.media.soundBlocked) all.add("sound-blocked");
    return all;
  }

  private securityNow(): Security {
    const broken = this.troubles.value.has("worker-dead") || this.troubles.value.has("unsealed");
    const inside = this.phase.value === "in" || this.phase.value === "reconnecting";
    return {
      state: broken ? "broken" : inside ? "sealed" : "joining",
      people: this.people.value.length,
      verified: this.people.value.filter((p) => p.verified).length,
      epoch: this.epoch.value,
      code: this.code.value,
    };
  }

  private diagnose(text: string): void {
    this.diagnostics.value = [...this.diagnostics.value.slice(-99), { at: new Date(), text }];
  }
}
