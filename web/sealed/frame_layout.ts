// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { mediaKind, type MediaKind } from "./messages.js";

// What of a frame stays readable to the server, and how audio is made of one size
// (docs/protocol.md section 6).

// All Opus frames get this many bytes before sealing, so that no length tells what is
// said. At 32 kbit/s constant rate a frame has 80; browsers that do not keep to the constant
// rate go above. What does not fit is dropped, never sent longer.
const audioSize = 254;
const lengthBytes = 2;

const vp8InterframeFlag = 0x01; // RFC 6386 9.1: bit 0 of the first byte, 0 = key frame
const vp8KeyFrameClear = 10; // frame tag, start code, dimensions
const vp8Clear = 1;

export function isVideo(kind: MediaKind): boolean {
  return kind === mediaKind.camera || kind === mediaKind.screen;
}

// How many bytes at the front are not encrypted (but authenticated). Decided by the kind
// and by the first byte alone, which is itself authenticated. null: no frame of ours.
export function clearBytes(kind: MediaKind, frame: Uint8Array): number | null {
  if (!isVideo(kind)) return 0;
  const first = frame[0];
  if (first === undefined) return null;
  const clear = first & vp8InterframeFlag ? vp8Clear : vp8KeyFrameClear;
  return frame.length >= clear ? clear : null;
}

export function padAudio(opus: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (opus.length > audioSize - lengthBytes) return null;
  const padded = new Uint8Array(audioSize);
  padded[0] = opus.length >> 8;
  padded[1] = opus.length & 0xff;
  padded.set(opus, lengthBytes);
  return padded;
}

export function unpadAudio(padded: Uint8Array): Uint8Array | null {
  const length = ((padded[0] ?? 0) << 8) | (padded[1] ?? 0);
  if (padded.length !== audioSize || length > audioSize - lengthBytes) return null;
  return padded.subarray(lengthBytes, lengthBytes + length);
}
