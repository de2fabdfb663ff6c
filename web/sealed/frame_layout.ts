// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { mediaKind, type MediaKind } from "./messages.js";

// How audio is made of one size before sealing, so that no length tells what is said: length
// u16, the Opus frame, zeros (ZEGEL_AUDIO_LEN in sealed/sealed.h). What does not fit is
// dropped, never sent longer.
const audioLength = 128;
const lengthBytes = 2;

export function isAudio(kind: MediaKind): boolean {
  return kind === mediaKind.audio || kind === mediaKind.screenAudio;
}

export function padAudio(opus: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (opus.length > audioLength - lengthBytes) return null;
  const padded = new Uint8Array(audioLength);
  padded[0] = opus.length >> 8;
  padded[1] = opus.length & 0xff;
  padded.set(opus, lengthBytes);
  return padded;
}

export function unpadAudio(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | null {
  const length = ((padded[0] ?? 0) << 8) | (padded[1] ?? 0);
  if (padded.length !== audioLength || length > audioLength - lengthBytes) return null;
  return padded.subarray(lengthBytes, lengthBytes + length);
}
