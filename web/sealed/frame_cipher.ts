// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Media frames are sealed and opened by WebCrypto: it is fast, and a key once imported can be
// used and not read. What it is to do comes as a plan from sealed/sframe/ (struct sframe_plan):
// that side alone counts frames and refuses replays. After openFrame the caller has the counter
// committed there, before anybody gets the content.

export type FramePlan = {
  counter: bigint;
  nonce: Uint8Array<ArrayBuffer>;
  aad: Uint8Array<ArrayBuffer>; // SFrame header || metadata
  headerLength: number;
};

export type FrameKey = { readonly key: CryptoKey; readonly use: "encrypt" | "decrypt" };

const tagLength = 16;

// Takes `raw` (16 or 32 bytes) and overwrites it.
export async function importFrameKey(
  raw: Uint8Array<ArrayBuffer>,
  use: FrameKey["use"],
): Promise<FrameKey> {
  const copy = raw.slice(); // the module's memory may move while the browser works
  raw.fill(0);
  try {
    return { key: await crypto.subtle.importKey("raw", copy, "AES-GCM", false, [use]), use };
  } finally {
    copy.fill(0);
  }
}

// Header || ciphertext || tag. Each plan once: the same nonce twice would betray both frames.
export async function sealFrame(
  { key }: FrameKey,
  plan: FramePlan,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(plan), key, plain));
  const frame = new Uint8Array(plan.headerLength + sealed.length);
  frame.set(plan.aad.subarray(0, plan.headerLength));
  frame.set(sealed, plan.headerLength);
  return frame;
}

// `sealed` is what follows the header. Null: not authentic, or of another key.
export async function openFrame(
  { key }: FrameKey,
  plan: FramePlan,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(plan), key, sealed));
  } catch {
    return null;
  }
}

function gcm(plan: FramePlan): AesGcmParams {
  return {
    name: "AES-GCM",
    iv: plan.nonce,
    additionalData: plan.aad,
    tagLength: tagLength * 8,
  };
}

// A copy of the struct sframe_plan at `p` in the module's memory. sealed/wasm/layout.c holds
// the C side to these offsets.
export function framePlanAt(memory: WebAssembly.Memory, p: number): FramePlan {
  const view = new DataView(memory.buffer, p >>> 0);
  const bytes = new Uint8Array(memory.buffer as ArrayBuffer, p >>> 0);
  const aadLength = view.getUint32(12, true);
  return {
    counter: view.getBigUint64(0, true),
    headerLength: view.getUint32(8, true),
    nonce: bytes.slice(16, 28),
    aad: bytes.slice(28, 28 + aadLength),
  };
}
