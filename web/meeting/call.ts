// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// One participant's side of one meeting, without a face: it joins the sealed worker, the
// WebSocket and the media connection. It holds no key. Whoever draws it reads `state` after
// each changed().

import type { FromWorker, MeetingStatus, Member, OwnState, ToWorker, Waiting } from "../sealed/messages.js";
import { Media, type Wish } from "./media.js";
import * as messages from "./messages.js";
import { Socket } from "./socket.js";

export interface ChatLine {
  author: string;
  own: boolean;
  text: string;
  at: Date;
}

export type Trouble =
  | "server-away" // the WebSocket is down; we keep trying
  | "server-full"
  | "server-version"
  | "media-away" // no media connection
  | "profile" // the browser's answer left the agreed profile
  | "worker-dead" // the sealed worker does not answer: nothing is sent or played
  | "unsealed"; // a sender could not be proven to be sealed, and was cut

export interface CallState {
  status: MeetingStatus | "idle" | "left";
  reason: number; // enum zegel_because
  members: Member[];
  host: boolean;
  waiting: Waiting[];
  chat: ChatLine[];
  epoch: number;
  code: string;
  troubles: Set<Trouble>;
  diagnostics: { code: number; leaf: number; at: Date }[];
}

export interface Tile {
  member: number;
  height: number; // device pixels
}

const workerSilenceMs = 3_000;
const farewellMs = 500;
const mediaRetryMs = 1_000;
const diagnosticsKept = 100;

export class Call {
  readonly state: CallState = {
    status: "idle",
    reason: 0,
    members: [],
    host: false,
    waiting: [],
    chat: [],
    epoch: 0,
    code: "",
    troubles: new Set(),
    diagnostics: [],
  };
  readonly media: Media;
  private socket: Socket | null = null;
  private own: OwnState = { mic: false, camera: false, screen: false, hand: false };
  private tiles: Tile[] = [];
  private lastSlots = "";
  private lastWord = performance.now();
  private out = (_?: unknown): void => undefined; // called when the worker has left
  private readonly pulse: ReturnType<typeof setInterval>;

  constructor(
    private readonly worker: Worker,
    private readonly socketUrl: string,
    private readonly changed: () => void,
  ) {
    this.media = new Media(worker, {
      send: (message) => this.socket?.send(message),
      tell: (message) => this.tell(message),
      changed: () => this.update(),
      failed: (reason) => this.mediaFailed(reason),
    });
    worker.addEventListener("message", this.onWorker);
    worker.addEventListener("error", this.onWorkerError);
    this.pulse = setInterval(() => this.feelPulse(), 1_000);
  }

  enter(token: string, name: string): void {
    this.tell({ type: "enter", token, name });
    this.socket = new Socket(this.socketUrl, {
      opened: () => this.opened(),
      received: (message) => this.received(message),
      lost: () => this.lost(),
    });
  }

  chat(text: string): void {
    this.tell({ type: "chat", text });
  }

  // Asks for the meeting code of the group as it is now.
  readCode(): void {
    this.tell({ type: "code" });
  }

  admit(key: string | null): void {
    this.tell({ type: "admit", key });
  }

  refuse(key: string): void {
    this.tell({ type: "refuse", key });
  }

  announce(own: Partial<OwnState>): void {
    this.own = { ...this.own, ...own };
    this.tell({ type: "state", state: this.own });
  }

  // What is drawn, most important first. Everybody else is heard, not seen.
  draw(tiles: Tile[]): void {
    this.tiles = tiles;
    this.assign();
  }

  retryNow(): void {
    this.socket?.retryNow();
  }

  // Done when the worker has said goodbye to the others, or is too slow to.
  async leave(): Promise<void> {
    if (this.state.status === "left") return;
    this.state.status = "left";
    this.media.leave();
    this.changed();
    const said = new Promise((done) => {
      this.out = done;
      setTimeout(() => {
        this.abandon();
        done(null);
      }, farewellMs);
    });
    this.tell({ type: "leave" });
    await said;
    this.close();
  }

  // The tab is going away: no time for the worker's goodbye.
  abandon(): void {
    this.socket?.send(messages.leave());
  }

  close(): void {
    clearInterval(this.pulse);
    this.media.leave();
    this.socket?.close();
    this.socket = null;
    this.worker.removeEventListener("message", this.onWorker);
  }

  private tell(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private trouble(which: Trouble, is: boolean): void {
    if (is) this.state.troubles.add(which);
    else this.state.troubles.delete(which);
  }

  private opened(): void {
    this.trouble("server-away", false);
    this.tell({ type: "connected" });
    this.changed();
  }

  private lost(): void {
    this.trouble("server-away", true);
    this.tell({ type: "disconnected" });
    this.changed();
  }

  private received(message: Uint8Array): void {
    const error = messages.error(message);
    if (error !== null) this.refused(error.code);
    const read = messages.read(message);
    if (read === null) return;
    if (read === "group") {
      this.tell({ type: "input", message: message.slice() });
    } else if (read.kind === "offer") {
      void this.media.offered(read.server);
    } else {
      this.trouble("media-away", !read.connected);
      if (!read.connected) this.retryMedia();
      this.changed();
    }
  }

  private refused(code: number): void {
    this.trouble("server-full", code === messages.errorCode.full);
    this.trouble("server-version", code === messages.errorCode.version);
    if (code === messages.errorCode.mediaUnavailable) {
      this.trouble("media-away", true);
      this.retryMedia();
    }
    this.changed();
  }

  private retryMedia(): void {
    setTimeout(() => {
      if (this.state.status === "in") this.media.join();
    }, mediaRetryMs);
  }

  private mediaFailed(reason: "profile" | "connection"): void {
    this.trouble(reason === "profile" ? "profile" : "media-away", true);
    if (reason === "connection") this.retryMedia();
    this.changed();
  }

  private readonly onWorkerError = (): void => {
    this.trouble("worker-dead", true);
    this.media.leave();
    this.changed();
  };

  private readonly onWorker = ({ data }: MessageEvent<FromWorker>): void => {
    this.lastWord = performance.now();
    this.media.heard(data);
    switch (data.type) {
      case "send":
        return this.socket?.send(data.message);
      case "reconnect":
        return this.socket?.drop();
      case "status":
        return this.entered(data.status, data.reason);
      case "roster":
        this.state.members = data.members;
        this.assign();
        break;
      case "door":
        this.state.host = data.host;
        this.state.waiting = data.waiting;
        break;
      case "chat":
        this.state.chat.push({ author: data.name, own: data.own, text: data.text, at: new Date() });
        break;
      case "epoch":
        this.state.epoch = data.epoch;
        this.state.code = "";
        break;
      case "code":
        this.state.code = data.code;
        break;
      case "diagnostic":
        this.state.diagnostics.push({ code: data.code, leaf: data.leaf, at: new Date() });
        this.state.diagnostics.splice(0, this.state.diagnostics.length - diagnosticsKept);
        break;
      case "failed":
        this.trouble("worker-dead", true);
        break;
      default:
        return;
    }
    this.changed();
  };

  private entered(status: MeetingStatus, reason: number): void {
    if (this.state.status === "left") {
      if (status === "out") this.out();
      return;
    }
    this.state.reason = reason;
    const was = this.state.status;
    this.state.status = status;
    if (status === "in" && was !== "in") {
      this.tell({ type: "state", state: this.own });
      if (!this.media.connected()) this.media.join();
    }
    if (status === "out") this.media.leave();
    this.changed();
  }

  private feelPulse(): void {
    const dead = performance.now() - this.lastWord > workerSilenceMs;
    this.trouble("worker-dead", dead);
    this.trouble("unsealed", [...this.media.uplinks.values()].some((u) => u.state === "cut"));
    this.changed();
  }

  private update(): void {
    if (this.media.connected()) this.trouble("media-away", false);
    this.changed();
  }

  // Asks the server for exactly what is drawn, and for everybody's sound.
  private assign(): void {
    const others = this.state.members.filter((m) => !m.own && m.handle !== 0);
    const height = new Map(this.tiles.map((t) => [t.member, t.height]));
    const order = new Map(this.tiles.map((t, i) => [t.member, i]));
    const persons: Wish[] = others
      .map((m) => ({ member: m.id, handle: m.handle, height: m.camera ? height.get(m.id) ?? 0 : 0 }))
      .sort((a, b) => (order.get(a.member) ?? Infinity) - (order.get(b.member) ?? Infinity));
    const screens: Wish[] = others
      .filter((m) => m.screen)
      .map((m) => ({ member: m.id, handle: m.handle, height: 2160 }));
    const key = JSON.stringify([persons, screens]);
    if (key === this.lastSlots && this.media.connected()) return;
    this.lastSlots = key;
    this.media.assign(persons, screens);
  }
}
