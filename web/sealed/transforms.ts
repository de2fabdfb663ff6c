// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { openFrame, sealFrame } from "./frame_cipher.js";
import { isAudio, padAudio, unpadAudio } from "./frame_layout.js";
import type { Counts, FromWorker, MediaKind, TransformOptions } from "./messages.js";
import type { Participant } from "./participant.js";

// The frame transforms: every encoded frame of every m-line passes here, and nowhere else.
// Fail closed: what cannot be sealed or opened is dropped and counted, an exception is a
// dropped frame, and nothing is ever passed on as it came.

type EncodedFrame = RTCEncodedVideoFrame | RTCEncodedAudioFrame;
type Bytes = Uint8Array<ArrayBuffer>;

// null: the frame now holds what may go on; else why not.
type Pass = (frame: EncodedFrame) => Promise<string | null>;

const notNow = 5; // ERR_NOT_NOW: the key is not known yet
const keyWaitMs = 200;
const keyWaitStepMs = 20;

function now(): number {
  return Math.floor(performance.now());
}

export class Transforms {
  private readonly all = new Map<string, Counts>();
  private readonly bound = new Map<number, number>(); // slot -> member
  private readonly announced = new Set<string>();

  constructor(
    private readonly participant: Participant,
    private readonly tell: (message: FromWorker) => void,
  ) {}

  // Only this member's frames play in this slot: the server may send what it likes.
  bind(slot: number, member: number | null): void {
    for (const key of [...this.announced])
      if (key.startsWith(`${slot}/`)) this.announced.delete(key);
    if (member === null) this.bound.delete(slot);
    else this.bound.set(slot, member);
  }

  counts(): Counts[] {
    return Array.from(this.all.values(), (counts) => ({ ...counts }));
  }

  attach(transformer: RTCRtpScriptTransformer): void {
    const options = transformer.options as TransformOptions;
    const counts: Counts = { transform: options.id, passed: 0, dropped: 0, reason: "" };
    this.all.set(options.id, counts);
    const { pass, end } =
      options.role === "seal" ? this.sealing(options.kind) : this.opening(options);
    const guard = new TransformStream<EncodedFrame, EncodedFrame>({
      transform: async (frame, out) => {
        const refused = await pass(frame).catch((cause: unknown) => `exception: ${String(cause)}`);
        if (refused === null) {
          counts.passed++;
          out.enqueue(frame);
        } else {
          counts.dropped++;
          counts.reason = refused;
        }
      },
    });
    const done = (): void => {
      this.all.delete(options.id);
      end();
    };
    transformer.readable.pipeThrough(guard).pipeTo(transformer.writable).then(done, done);
  }

  private sealing(kind: MediaKind): { pass: Pass; end: () => void } {
    const p = this.participant;
    let transform = 0;
    const pass = async (frame: EncodedFrame): Promise<string | null> => {
      transform ||= p.transform(kind);
      if (transform === 0) return "no transform left";
      const data: Bytes = new Uint8Array(frame.data);
      const plan = p.sealPlan(transform, data, now());
      if (typeof plan === "number") return `not sealed: ${plan}`;
      const plain = isAudio(kind) ? padAudio(data) : data.subarray(plan.clearLength);
      const key = p.frameKey(plan.key, "encrypt");
      if (plain === null) return "audio frame above the fixed size";
      if (key === null) return "no key to seal with";
      frame.data = (await sealFrame(await key, plan, data, plain)).buffer;
      return null;
    };
    return { pass, end: () => transform !== 0 && p.endTransform(transform) };
  }

  private opening(options: TransformOptions & { role: "open" }): { pass: Pass; end: () => void } {
    const p = this.participant;
    let unknownSince: number | null = null;
    const pass = async (frame: EncodedFrame): Promise<string | null> => {
      const data: Bytes = new Uint8Array(frame.data);
      let plan = p.openPlan(options.kind, data, now());
      // A frame may overtake the commit that brings its key: it is held, shortly. Frames wait
      // in line, so the time is theirs together: else they would come ever later.
      if (plan === notNow) unknownSince ??= now();
      while (plan === notNow && now() < (unknownSince ?? 0) + keyWaitMs) {
        await new Promise((resume) => setTimeout(resume, keyWaitStepMs));
        plan = p.openPlan(options.kind, data, now());
      }
      if (plan !== notNow) unknownSince = null;
      if (typeof plan === "number") return plan === notNow ? "key unknown" : "not authentic";
      const key = p.frameKey(plan.key, "decrypt");
      if (key === null) return "key dropped";
      const opened = await openFrame(await key, plan, data);
      if (opened === null) return "not authentic";
      if (!p.openDone(plan, now())) return "replayed";
      if (this.bound.get(options.slot) !== plan.member) return "another sender's frame";
      const plain = isAudio(options.kind) ? unpadAudio(opened) : opened;
      if (plain === null) return "audio frame not of the fixed size";
      frame.data = joined(data.subarray(0, plan.clearLength), plain);
      this.announce(options, plan.member);
      return null;
    };
    return { pass, end: () => undefined };
  }

  private announce(options: TransformOptions & { role: "open" }, member: number): void {
    const key = `${options.slot}/${options.kind}/${member}`;
    if (this.announced.has(key)) return;
    this.announced.add(key);
    this.tell({ type: "playing", slot: options.slot, kind: options.kind, member });
  }
}

function joined(a: Bytes, b: Bytes): ArrayBuffer {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out.buffer;
}
