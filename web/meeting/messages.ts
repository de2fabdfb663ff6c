// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { Reader, Writer } from "./bytes.js";
import type { ClientMedia, ServerMedia } from "./wire_profile.js";

// The media messages of docs/protocol.md section 3. All others belong to the sealed
// worker: the page passes them on unread.

const type = {
  leave: 0x07,
  mediaJoin: 0x10,
  mediaAnswer: 0x11,
  mediaSlots: 0x12,
  mediaOffer: 0x90,
  mediaState: 0x91,
  error: 0xff,
} as const;

export const errorCode = {
  version: 1,
  conflict: 2,
  notMember: 3,
  tooBig: 4,
  tooFast: 5,
  full: 6,
  malformed: 7,
  unknownType: 8,
  logLost: 9,
  closing: 10,
  mediaUnavailable: 11,
} as const;

export interface SlotWish {
  slot: number;
  source: number; // the source's media handle, 0: nobody
  height: number; // CSS pixels times device ratio; 0: sound only
}

export function leave(): Uint8Array<ArrayBuffer> {
  return new Writer().uint(1, type.leave).bytes();
}

export function mediaJoin(persons: number, screens: number): Uint8Array<ArrayBuffer> {
  return new Writer().uint(1, type.mediaJoin).uint(1, persons).uint(1, screens).bytes();
}

export function mediaAnswer(client: ClientMedia): Uint8Array<ArrayBuffer> {
  return new Writer()
    .uint(1, type.mediaAnswer)
    .text(client.ufrag)
    .text(client.pwd)
    .put(client.fingerprint)
    .bytes();
}

export function mediaSlots(wishes: SlotWish[]): Uint8Array<ArrayBuffer> {
  const entries = new Writer();
  for (const w of wishes) entries.uint(1, w.slot).uint(4, w.source).uint(2, w.height);
  return new Writer().uint(1, type.mediaSlots).vector(entries.bytes()).bytes();
}

export type MediaMessage =
  | { kind: "offer"; server: ServerMedia }
  | { kind: "state"; connected: boolean };

function address(r: Reader): { ip: string; port: number } | null {
  const family = r.uint(1);
  if (family === 4) return { ip: Array.from(r.take(4)).join("."), port: r.uint(2) };
  if (family !== 6) return null;
  const bytes = r.take(16);
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2)
    groups.push((((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0)).toString(16));
  return { ip: groups.join(":"), port: r.uint(2) };
}

const iceChars = /^[A-Za-z0-9+/]+$/;

function offer(r: Reader): MediaMessage | null {
  const ufrag = r.text();
  const pwd = r.text();
  const fingerprint = r.take(32).slice();
  const list = new Reader(r.vector());
  const addresses: ServerMedia["addresses"] = [];
  while (list.more()) {
    const a = address(list);
    if (a === null) return null;
    addresses.push(a);
  }
  // These go into a session description: nothing but what ICE allows may stand in them.
  if (!r.ok() || !list.ok() || !iceChars.test(ufrag) || !iceChars.test(pwd)) return null;
  return { kind: "offer", server: { ufrag, pwd, fingerprint, addresses } };
}

// "group": a message for the sealed worker. null: malformed, to be ignored.
export function read(message: Uint8Array): MediaMessage | "group" | null {
  const r = new Reader(message);
  switch (r.uint(1)) {
    case type.mediaOffer:
      return offer(r);
    case type.mediaState: {
      const state = r.uint(1);
      return r.ok() ? { kind: "state", connected: state === 1 } : null;
    }
    default:
      return "group";
  }
}

// The error code of an ERROR message, else null.
export function error(message: Uint8Array): { code: number; cause: number } | null {
  const r = new Reader(message);
  const isError = r.uint(1) === type.error;
  const code = r.uint(1);
  const cause = r.uint(1);
  return isError && r.ok() ? { code, cause } : null;
}
