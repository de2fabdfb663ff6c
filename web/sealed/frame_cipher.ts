// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Media frames are sealed and opened by WebCrypto: it is fast, and a key once imported can be
// used and not read. What it is to do comes as a plan from sealed/sealed.h (struct zegel_plan):
// that side alone counts frames and refuses replays. After openFrame the caller gives the plan
// back to zegel_open_done, before anybody gets the content.
//
//   sealed frame = clear bytes || SFrame header || ciphertext || tag

export type FramePlan = {
  key: number; // names the key; never used for another one
  kind: number;
  leaf: number;
  clearLength: number;
  headerLength: number;
  nonce: Uint8Array<ArrayBuffer>;
  aad: Uint8Array<ArrayBuffer>; // starts with the SFrame header
  raw: Uint8Array<ArrayBuffer>; // the struct itself, for zegel_open_done
};

export type FrameKey = { readonly key: CryptoKey; readonly use: "encrypt" | "decrypt" };

const tagLength = 16;
const planSize = 96;

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

// `clear` goes in front as it is, and is in the associated data already; `plain` is what to
// encrypt. Each plan once: the same nonce twice would betray both frames.
export async function sealFrame(
  { key }: FrameKey,
  plan: FramePlan,
  clear: Uint8Array,
  plain: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(plan), key, plain));
  const bodyAt = plan.clearLength + plan.headerLength;
  const frame = new Uint8Array(bodyAt + sealed.length);
  frame.set(clear.subarray(0, plan.clearLength));
  frame.set(plan.aad.subarray(0, plan.headerLength), plan.clearLength);
  frame.set(sealed, bodyAt);
  return frame;
}

// `frame` is the whole of it; gives what was encrypted. Null: not authentic, or of another key.
export async function openFrame(
  { key }: FrameKey,
  plan: FramePlan,
  frame: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    const sealed = frame.subarray(plan.clearLength + plan.headerLength);
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

// A copy of the struct zegel_plan at `p` in the module's memory. sealed/wasm/layout.c holds
// the C side to these offsets.
export function framePlanAt(memory: WebAssembly.Memory, p: number): FramePlan {
  const raw = new Uint8Array(memory.buffer as ArrayBuffer, p >>> 0, planSize).slice();
  const view = new DataView(raw.buffer);
  return {
    key: view.getUint32(0, true),
    kind: view.getUint32(4, true),
    leaf: view.getUint32(8, true),
    clearLength: view.getUint32(12, true),
    headerLength: view.getUint32(16, true),
    nonce: raw.subarray(32, 44),
    aad: raw.subarray(44, 44 + view.getUint32(20, true)),
    raw,
  };
}
