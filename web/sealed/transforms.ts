// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Counts, MediaKind, TransformOptions } from "./messages.js";
import { clearBytes, isVideo, padAudio, unpadAudio } from "./frame_layout.js";

// The frame transforms: every encoded frame of every m-line passes here, and nowhere else.
// Fail closed: a frame that cannot be sealed or opened is dropped and counted, an exception
// is a dropped frame, and nothing is ever passed on as it came.

export type Opened = { member: number; plain: Uint8Array };
export type Refused = { refused: string };

export interface FrameSeals {
  // Whole sealed frame after the clear bytes: SFrame header, ciphertext, tag.
  seal(transform: string, kind: MediaKind, clear: Uint8Array, plain: Uint8Array):
    Promise<Uint8Array | Refused>;
  open(kind: MediaKind, clear: Uint8Array, sealed: Uint8Array): Promise<Opened | Refused>;
  playing(slot: number, kind: MediaKind, member: number): void;
}

type EncodedFrame = RTCEncodedVideoFrame | RTCEncodedAudioFrame;

interface Transform {
  counts: Counts;
}

export class Transforms {
  private readonly all = new Map<string, Transform>();
  private readonly bound = new Map<number, number>();
  private readonly announced = new Set<string>();

  constructor(private readonly seals: FrameSeals) {}

  // Only this member's frames play in this slot.
  bind(slot: number, member: number | null): void {
    for (const key of [...this.announced]) if (key.startsWith(`${slot}/`)) this.announced.delete(key);
    if (member === null) this.bound.delete(slot);
    else this.bound.set(slot, member);
  }

  counts(): Counts[] {
    return Array.from(this.all.values(), (t) => ({ ...t.counts }));
  }

  attach(transformer: RTCRtpScriptTransformer): void {
    const options = transformer.options as TransformOptions;
    const transform: Transform = {
      counts: { transform: options.id, passed: 0, dropped: 0, reason: "" },
    };
    this.all.set(options.id, transform);
    const pass = options.role === "seal"
      ? (frame: EncodedFrame) => this.seal(options, frame)
      : (frame: EncodedFrame) => this.open(options, frame);
    const guarded = new TransformStream<EncodedFrame, EncodedFrame>({
      transform: async (frame, out) => {
        const refused = await pass(frame).catch(() => "exception");
        if (refused === null) {
          transform.counts.passed++;
          out.enqueue(frame);
        } else {
          transform.counts.dropped++;
          transform.counts.reason = refused;
        }
      },
    });
    const done = (): void => void this.all.delete(options.id);
    transformer.readable.pipeThrough(guarded).pipeTo(transformer.writable).then(done, done);
  }

  // null: the frame now holds what may leave; else why not.
  private async seal(
    options: TransformOptions & { role: "seal" },
    frame: EncodedFrame,
  ): Promise<string | null> {
    const data = new Uint8Array(frame.data);
    const clearLength = clearBytes(options.kind, data);
    if (clearLength === null) return "not a frame of this codec";
    const clear = data.subarray(0, clearLength);
    const plain = isVideo(options.kind) ? data.subarray(clearLength) : padAudio(data);
    if (plain === null) return "audio frame above the fixed size";
    const sealed = await this.seals.seal(options.id, options.kind, clear, plain);
    if ("refused" in sealed) return sealed.refused;
    frame.data = joined(clear, sealed);
    return null;
  }

  private async open(
    options: TransformOptions & { role: "open" },
    frame: EncodedFrame,
  ): Promise<string | null> {
    const data = new Uint8Array(frame.data);
    const clearLength = clearBytes(options.kind, data);
    if (clearLength === null) return "not a frame of this codec";
    const clear = data.subarray(0, clearLength);
    const opened = await this.seals.open(options.kind, clear, data.subarray(clearLength));
    if ("refused" in opened) return opened.refused;
    if (this.bound.get(options.slot) !== opened.member) return "another sender's frame";
    const plain = isVideo(options.kind) ? opened.plain : unpadAudio(opened.plain);
    if (plain === null) return "audio frame not of the fixed size";
    frame.data = joined(clear, plain);
    this.announce(options, opened.member);
    return null;
  }

  private announce(options: TransformOptions & { role: "open" }, member: number): void {
    const key = `${options.slot}/${options.kind}/${member}`;
    if (this.announced.has(key)) return;
    this.announced.add(key);
    this.seals.playing(options.slot, options.kind, member);
  }
}

function joined(a: Uint8Array, b: Uint8Array): ArrayBuffer {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out.buffer;
}
