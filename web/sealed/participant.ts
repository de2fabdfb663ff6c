// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// sealed/sealed.h in TypeScript: the participant machine inside the WebAssembly module. What
// crosses the line are numbers and copies of bytes; the offsets of structs are held to by
// sealed/wasm/layout.c.

import { cryptoImports } from "./crypto.js";
import { framePlanAt, importFrameKey, type FrameKey, type FramePlan } from "./frame_cipher.js";
import type { FromWorker, LinkProblem, MediaKind, MeetingStatus, Member, OwnState, Waiting } from "./messages.js";

type Exports = Record<string, (...args: (number | bigint)[]) => number | bigint> & {
  memory: WebAssembly.Memory;
};

const OK = 0;
const membersMax = 1000;
const size = { message: 1 << 20, frame: 1 << 20, event: 32, person: 124, plan: 96, waiting: 104 };
const length = { token: 46, hostToken: 90, code: 40, key: 16, signatureKey: 32 };
const never = -1n; // ZEGEL_NEVER, as a signed number
const nobody = 0xffffffff;

const event = { none: 0, send: 1, reconnect: 2, status: 3, roster: 4, chat: 5, epoch: 6, keys: 7, diagnostic: 8, door: 9 };
const statuses: MeetingStatus[] = ["out", "connecting", "knocking", "joining", "in", "rejoining", "waiting"];
const bits = { mic: 1, camera: 2, screen: 4, hand: 16 };

// In the order of enum zegel_link_fault.
const linkProblems: (LinkProblem | null)[] =
  [null, "length", "letters", "version", "flags", "host-key"];

// `member`: the sender's id in the roster, by the authenticated key id.
export interface Plan extends FramePlan {
  member: number;
}

export class Participant {
  private readonly z: number;
  private readonly crypto: number;
  private readonly message: number; // buffers in the module's memory
  private readonly frame: number;
  private readonly event: number;
  private readonly person: number;
  private readonly plan: number;
  private readonly keys = new Map<string, Promise<FrameKey>>();
  private ids = new Map<number, number>(); // leaf -> member id, of the roster last read

  static async from(module: WebAssembly.Module): Promise<Participant> {
    let memory: WebAssembly.Memory | null = null;
    const imports = cryptoImports(() => memory as WebAssembly.Memory);
    const instance = await WebAssembly.instantiate(module, { zegel: imports });
    memory = instance.exports["memory"] as WebAssembly.Memory;
    return new Participant(instance.exports as unknown as Exports);
  }

  private constructor(private readonly c: Exports) {
    const alloc = (n: number): number => {
      const p = Number(this.call("zegel_alloc", n));
      if (p === 0) throw new Error("no memory");
      return p;
    };
    this.crypto = Number(this.call("zegel_crypto"));
    this.message = alloc(size.message);
    this.frame = alloc(size.frame);
    this.event = alloc(size.event);
    this.person = alloc(size.person);
    this.plan = alloc(size.plan);
    const need = Number(this.call("zegel_size", membersMax));
    this.z = Number(this.call("zegel_create", alloc(need), need, membersMax, this.crypto));
    if (this.z === 0) throw new Error("the participant was not created");
  }

  createLink(lobby: boolean): { token: string; hostToken: string } {
    const host = this.message + length.token;
    if (this.call("zegel_link_create", this.crypto, lobby ? 1 : 0, this.message, host) !== OK)
      throw new Error("no link: the random source failed");
    const link = { token: this.text(this.message, length.token), hostToken: this.text(host, length.hostToken) };
    this.bytes(this.message, length.token + length.hostToken).fill(0);
    return link;
  }

  // null: one can enter with it.
  checkLink(token: string): LinkProblem | null {
    const fault = Number(this.call("zegel_link_check", this.crypto, this.message, this.put(token)));
    const problem = linkProblems[fault];
    return problem === undefined ? "letters" : problem;
  }

  // False: not with this token, or not with this name.
  enter(token: string, name: string, now: number): boolean {
    const tokenLength = this.put(token);
    const nameLength = this.put(name, tokenLength);
    const wall = BigInt(Math.floor(Date.now() / 1000));
    const done = this.call("zegel_enter", this.z, this.message, tokenLength, this.message + tokenLength,
      nameLength, wall, BigInt(now));
    this.bytes(this.message, tokenLength).fill(0);
    return done === OK;
  }

  connected(now: number): void {
    this.call("zegel_connected", this.z, BigInt(now));
  }

  disconnected(now: number): void {
    this.call("zegel_disconnected", this.z, BigInt(now));
  }

  // False: the server breaks the protocol; close the connection.
  input(message: Uint8Array, now: number): boolean {
    const malformed = 2;
    if (message.length > size.message) return false;
    this.bytes(this.message, message.length).set(message);
    return this.call("zegel_input", this.z, this.message, message.length, BigInt(now)) !== malformed;
  }

  // When to tick again; null: not before something happens.
  tick(now: number): number | null {
    const due = this.call("zegel_tick", this.z, BigInt(now)) as bigint;
    return due === never ? null : Number(due);
  }

  chat(text: string, now: number): boolean {
    const n = this.put(text);
    return this.call("zegel_chat", this.z, this.message, n, BigInt(now)) === OK;
  }

  state(own: OwnState, now: number): void {
    const all = (own.mic ? bits.mic : 0) | (own.camera ? bits.camera : 0) |
      (own.screen ? bits.screen : 0) | (own.hand ? bits.hand : 0);
    this.call("zegel_state", this.z, all, BigInt(now));
  }

  // null: everybody who waits.
  admit(key: string | null, now: number): void {
    if (key === null) this.call("zegel_admit_all", this.z, BigInt(now));
    else if (this.putKey(key)) this.call("zegel_admit", this.z, this.message, BigInt(now));
  }

  refuse(key: string, now: number): void {
    if (this.putKey(key)) this.call("zegel_refuse", this.z, this.message, BigInt(now));
  }

  leave(now: number): void {
    this.call("zegel_leave", this.z, BigInt(now));
    this.keys.clear();
  }

  // The next thing that the page shall hear, or null. "reconnect" is the driver's.
  poll(): FromWorker | "reconnect" | null {
    while (this.call("zegel_poll", this.z, this.event)) {
      const said = this.said();
      if (said !== null) return said;
    }
    return null;
  }

  // The meeting code. It is made slow on purpose, so it is made when somebody looks at it.
  code(): string {
    return this.call("zegel_code", this.z, this.message) === OK ? this.text(this.message, length.code) : "";
  }

  // ---- media

  transform(kind: MediaKind): number {
    return Number(this.call("zegel_transform_create", this.z, kind));
  }

  endTransform(transform: number): void {
    this.call("zegel_transform_destroy", this.z, transform);
  }

  sealPlan(transform: number, frame: Uint8Array, now: number): Plan | number {
    const head = frame.subarray(0, Math.min(frame.length, 16));
    this.bytes(this.frame, head.length).set(head);
    const err = this.call("zegel_seal_plan", this.z, transform, this.frame, head.length, this.plan, BigInt(now));
    return err === OK ? this.readPlan() : Number(err);
  }

  openPlan(kind: MediaKind, frame: Uint8Array, now: number): Plan | number {
    if (frame.length > size.frame) return nobody;
    this.bytes(this.frame, frame.length).set(frame);
    const err = this.call("zegel_open_plan", this.z, kind, this.frame, frame.length, this.plan, BigInt(now));
    return err === OK ? this.readPlan() : Number(err);
  }

  // After WebCrypto opened the frame, and before anybody gets it.
  openDone(plan: Plan, now: number): boolean {
    this.bytes(this.plan, size.plan).set(plan.raw);
    return this.call("zegel_open_done", this.z, this.plan, BigInt(now)) === OK;
  }

  // A key leaves the module once, and becomes one that cannot be read back.
  frameKey(key: number, use: FrameKey["use"]): Promise<FrameKey> | null {
    const name = `${use} ${key}`;
    const cached = this.keys.get(name);
    if (cached !== undefined) return cached;
    if (this.call("zegel_key_export", this.z, key, this.message) !== OK) return null;
    const imported = importFrameKey(this.bytes(this.message, length.key), use);
    this.call("zegel_key_forget", this.z, key);
    this.keys.set(name, imported);
    return imported;
  }

  // ---- inside

  private call(name: string, ...args: (number | bigint)[]): number | bigint {
    const f = this.c[name];
    if (f === undefined) throw new Error(`the module has no ${name}`);
    return f(...args);
  }

  private bytes(p: number, n: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.c.memory.buffer as ArrayBuffer, p >>> 0, n);
  }

  private text(p: number, n: number): string {
    return new TextDecoder().decode(this.bytes(p, n).slice());
  }

  private put(text: string, offset = 0): number {
    const bytes = new TextEncoder().encode(text);
    const room = this.bytes(this.message + offset, size.message - offset);
    room.set(bytes.subarray(0, room.length));
    return Math.min(bytes.length, room.length);
  }

  private putKey(key: string): boolean {
    const bytes = Uint8Array.from(key.match(/[0-9a-f]{2}/g) ?? [], (h) => parseInt(h, 16));
    this.bytes(this.message, length.signatureKey).set(bytes.subarray(0, length.signatureKey));
    return bytes.length === length.signatureKey;
  }

  private said(): FromWorker | "reconnect" | null {
    const view = new DataView(this.c.memory.buffer, this.event, size.event);
    const u32 = (at: number): number => view.getUint32(at, true);
    const number = Number(view.getBigUint64(16, true));
    const [type, code, reason, leaf, data, dataLength] = [u32(0), u32(4), u32(8), u32(12), u32(24), u32(28)];
    switch (type) {
      case event.send:
        return { type: "send", message: this.bytes(data, dataLength).slice() };
      case event.reconnect:
        return "reconnect";
      case event.status:
        return { type: "status", status: statuses[code] ?? "out", reason };
      case event.roster:
        return { type: "roster", members: this.roster() };
      case event.door:
        return { type: "door", host: Boolean(this.call("zegel_is_host", this.z)), waiting: this.waiting() };
      case event.chat:
        return this.chatEvent(leaf, this.text(data, dataLength));
      case event.epoch:
        return { type: "epoch", epoch: number };
      case event.keys:
        return this.dropKeys();
      case event.diagnostic:
        return { type: "diagnostic", code, leaf: leaf === nobody ? -1 : leaf };
      default:
        return null;
    }
  }

  private chatEvent(leaf: number, text: string): FromWorker {
    const author = this.find(leaf);
    return { type: "chat", member: author?.id ?? 0, name: author?.name ?? "", own: author?.own ?? false, text };
  }

  private dropKeys(): null {
    for (const name of [...this.keys.keys()]) {
      const key = Number(name.split(" ")[1]);
      if (!this.call("zegel_key_is_live", this.z, key)) this.keys.delete(name);
    }
    return null;
  }

  private roster(): Member[] {
    const members: Member[] = [];
    const count = Number(this.call("zegel_roster_size", this.z));
    for (let i = 0; i < count; i++)
      if (this.call("zegel_roster_get", this.z, i, this.person) === OK) members.push(this.readPerson());
    this.ids = new Map(members.map((m) => [m.leaf, m.id]));
    return members;
  }

  private waiting(): Waiting[] {
    const all: Waiting[] = [];
    const count = Number(this.call("zegel_waiting_size", this.z));
    for (let i = 0; i < count; i++) {
      if (this.call("zegel_waiting_get", this.z, i, this.person) !== OK) continue;
      const view = new DataView(this.c.memory.buffer, this.person, size.waiting);
      const key = Array.from(this.bytes(this.person + 72, length.signatureKey), (b) => b.toString(16).padStart(2, "0"));
      all.push({
        key: key.join(""),
        name: this.text(this.person + 8, view.getUint32(4, true)),
        admitted: view.getUint32(0, true) === 1,
      });
    }
    return all;
  }

  private find(leaf: number): Member | null {
    return this.call("zegel_roster_find", this.z, leaf, this.person) === OK ? this.readPerson() : null;
  }

  private readPerson(): Member {
    const view = new DataView(this.c.memory.buffer, this.person, size.person);
    const u32 = (at: number): number => view.getUint32(at, true);
    const state = u32(12);
    return {
      id: u32(16), // order of arrival: never given twice, though a leaf is
      leaf: u32(0),
      own: u32(4) === 1,
      handle: u32(8),
      name: this.text(this.person + 28, u32(24)),
      mic: (state & bits.mic) !== 0,
      camera: (state & bits.camera) !== 0,
      screen: (state & bits.screen) !== 0,
      hand: (state & bits.hand) !== 0,
    };
  }

  private readPlan(): Plan {
    const plan = framePlanAt(this.c.memory, this.plan);
    return { ...plan, member: this.ids.get(plan.leaf) ?? 0 };
  }
}
