// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Two members of one meeting in one page, on our own server, without media: what seals and
// opens frames is what the sealed worker runs (web/sealed/), and nothing else is measured.
import { openFrame, sealFrame } from "../../web/sealed/frame_cipher.js";
import { isAudio, padAudio } from "../../web/sealed/frame_layout.js";
import { mediaKind, type MediaKind } from "../../web/sealed/messages.js";
import { Participant } from "../../web/sealed/participant.js";

const now = (): number => Math.floor(performance.now());

async function member(module: WebAssembly.Module, token: string | null, name: string) {
  const p = await Participant.from(module);
  const link = token ?? p.createLink().token;
  const socket = new WebSocket(`ws://${location.host}/ws`, "zegel.1");
  socket.binaryType = "arraybuffer";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const entered = new Promise<void>((done) => {
    const step = (): void => {
      clearTimeout(timer);
      const due = p.tick(now());
      for (let event; (event = p.poll()) !== null; ) {
        if (event === "reconnect") throw new Error("reconnect");
        if (event.type === "send") socket.send(event.message);
        if (event.type === "status" && event.status === "in") done();
      }
      if (due !== null) timer = setTimeout(step, Math.max(0, due - now()));
    };
    socket.onopen = () => (p.connected(now()), step());
    socket.onmessage = ({ data }) => (p.input(new Uint8Array(data as ArrayBuffer), now()), step());
    p.enter(link, name, now());
  });
  await entered;
  return { p, link, socket };
}

type Result = { kind: string; bytes: number; seal: number; open: number };

// Frames a second, one after the other, as a transform gets them.
async function measure(from: Participant, to: Participant, kind: MediaKind, bytes: number, count: number) {
  const transform = from.transform(kind);
  const frames: Uint8Array<ArrayBuffer>[] = [];
  const plainFrame = new Uint8Array(bytes).fill(7);
  const begin = performance.now();
  for (let i = 0; i < count; i++) {
    const plan = from.sealPlan(transform, plainFrame, now());
    if (typeof plan === "number") throw new Error(`not sealed: ${plan}`);
    const plain = isAudio(kind) ? padAudio(plainFrame) : plainFrame.subarray(plan.clearLength);
    const key = from.frameKey(plan.key, "encrypt");
    if (plain === null || key === null) throw new Error("no key");
    frames.push(await sealFrame(await key, plan, plainFrame, plain));
  }
  const sealed = performance.now();
  for (const frame of frames) {
    const plan = to.openPlan(kind, frame, now());
    if (typeof plan === "number") throw new Error(`not opened: ${plan}`);
    const key = to.frameKey(plan.key, "decrypt");
    if (key === null || (await openFrame(await key, plan, frame)) === null) throw new Error("not authentic");
    if (!to.openDone(plan, now())) throw new Error("replayed");
  }
  const opened = performance.now();
  from.endTransform(transform);
  return { seal: (count * 1000) / (sealed - begin), open: (count * 1000) / (opened - sealed) };
}

export async function frames(): Promise<Result[]> {
  const module = await WebAssembly.compileStreaming(fetch("sealed.wasm"));
  const anna = await member(module, null, "Anna");
  const bram = await member(module, anna.link, "Bram");
  await new Promise((r) => setTimeout(r, 1500)); // until all send in the newest epoch
  const results: Result[] = [];
  for (const [kind, bytes] of [["audio", 80], ["camera", 1000], ["camera", 6000], ["camera", 60000]] as const) {
    await measure(anna.p, bram.p, mediaKind[kind], bytes, 300); // warm
    results.push({ kind, bytes, ...(await measure(anna.p, bram.p, mediaKind[kind], bytes, 2000)) });
  }
  for (const { socket } of [anna, bram]) socket.close();
  return results;
}
