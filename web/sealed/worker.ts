// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The sealed worker: the only place in the browser that has keys. It runs the participant
// (sealed/, as WebAssembly), feeds it the server's messages, and passes every media frame
// through its seals. What it says to the page is in messages.ts: no key, no frame.

import type { FromWorker, ToWorker } from "./messages.js";
import { warmUp } from "./crypto.js";
import { Participant } from "./participant.js";
import { Transforms } from "./transforms.js";

const countsEveryMs = 250;

declare const self: DedicatedWorkerGlobalScope;

function tell(message: FromWorker): void {
  self.postMessage(message);
}

function now(): number {
  return Math.floor(performance.now());
}

class SealedWorker {
  private readonly transforms: Transforms;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly participant: Participant) {
    this.transforms = new Transforms(participant, tell);
    setInterval(() => tell({ type: "counts", counts: this.transforms.counts() }), countsEveryMs);
  }

  attach(transformer: RTCRtpScriptTransformer): void {
    this.transforms.attach(transformer);
  }

  hear(message: ToWorker): void {
    const p = this.participant;
    switch (message.type) {
      case "create-link":
        return tell({ type: "link", ...p.createLink(message.lobby) });
      case "check-link":
        return tell({ type: "link-checked", problem: p.checkLink(message.token) });
      case "enter":
        if (!p.enter(message.token, message.name, now()))
          return tell({ type: "failed", reason: "token or name refused" });
        break;
      case "connected":
        p.connected(now());
        break;
      case "disconnected":
        p.disconnected(now());
        break;
      case "input":
        if (!p.input(message.message, now())) tell({ type: "reconnect" });
        break;
      case "chat":
        p.chat(message.text, now());
        break;
      case "state":
        p.state(message.state, now());
        break;
      case "code":
        return tell({ type: "code", code: p.code() });
      case "admit":
        p.admit(message.key, now());
        break;
      case "refuse":
        p.refuse(message.key, now());
        break;
      case "bind":
        return this.transforms.bind(message.slot, message.member);
      case "leave":
        p.leave(now());
        break;
    }
    this.step();
  }

  // Lets the participant act on its clock, passes on what it wishes, and comes back when it
  // next has something to do.
  step(): void {
    clearTimeout(this.timer);
    const due = this.participant.tick(now());
    for (let event; (event = this.participant.poll()) !== null; )
      tell(event === "reconnect" ? { type: "reconnect" } : event);
    if (due !== null) this.timer = setTimeout(() => this.step(), Math.max(0, due - now()));
  }
}

async function start(): Promise<void> {
  const module = await WebAssembly.compileStreaming(fetch("sealed.wasm"));
  const worker = new SealedWorker(await Participant.from(module));
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => worker.hear(data);
  self.addEventListener("rtctransform", (event) => worker.attach(event.transformer));
  tell({ type: "ready" });
  // While people still look at themselves: the first use of each primitive costs most.
  setTimeout(warmUp);
}

start().catch((cause: unknown) => tell({ type: "failed", reason: String(cause) }));
