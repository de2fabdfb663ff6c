// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What the page and the sealed worker say to each other. No key and no plaintext frame is
// ever in it: the worker owns both.

export interface Member {
  id: number; // unique in this worker's life, though a leaf index is used again
  leaf: number;
  name: string;
  own: boolean;
  handle: number; // of its media at the server; 0: none yet
  mic: boolean;
  camera: boolean;
  screen: boolean;
  hand: boolean;
}

// Somebody at the door of a meeting with a lobby, by the name that it gives itself.
export interface Waiting {
  key: string; // its signature key, in hex
  name: string;
  admitted: boolean; // by us; the next commit brings it in
}

export interface OwnState {
  mic: boolean;
  camera: boolean;
  screen: boolean;
  hand: boolean;
}

export type LinkProblem = "length" | "letters" | "version" | "flags" | "host-key";

export type ToWorker =
  | { type: "create-link"; lobby: boolean }
  | { type: "check-link"; token: string }
  | { type: "enter"; token: string; name: string }
  | { type: "connected" }
  | { type: "disconnected" }
  | { type: "input"; message: Uint8Array<ArrayBuffer> }
  | { type: "chat"; text: string }
  | { type: "state"; state: OwnState }
  | { type: "code" }
  | { type: "admit"; key: string | null } // null: all who wait
  | { type: "refuse"; key: string }
  // Only frames that this member sealed may play in this slot; null: nobody's.
  | { type: "bind"; slot: number; member: number | null }
  | { type: "leave" };

export type MeetingStatus =
  | "connecting"
  | "knocking"
  | "joining"
  | "in"
  | "rejoining"
  | "waiting" // at the door of a lobby
  | "out";

// One transform's counters since it was made.
export interface Counts {
  transform: string;
  passed: number; // sealed, or opened and handed to the decoder
  dropped: number;
  reason: string; // of the last one dropped
}

export type FromWorker =
  | { type: "ready" }
  | { type: "failed"; reason: string }
  | { type: "link"; token: string; hostToken: string }
  | { type: "link-checked"; problem: LinkProblem | null }
  | { type: "reconnect" } // close the WebSocket and open a new one
  | { type: "send"; message: Uint8Array<ArrayBuffer> }
  | { type: "status"; status: MeetingStatus; reason: number }
  | { type: "roster"; members: Member[] }
  | { type: "door"; host: boolean; waiting: Waiting[] }
  | { type: "chat"; member: number; name: string; own: boolean; text: string }
  | { type: "epoch"; epoch: number }
  | { type: "code"; code: string } // of the group as it is now; "": in none
  | { type: "diagnostic"; code: number; leaf: number }
  // The first frame of that member opened in that slot since it was bound to it.
  | { type: "playing"; slot: number; kind: MediaKind; member: number }
  | { type: "counts"; counts: Counts[] };

// What a frame transform is made with.
export type TransformOptions =
  | { role: "seal"; id: string; kind: MediaKind }
  | { role: "open"; id: string; kind: MediaKind; slot: number };

// docs/protocol.md section 6.
export const mediaKind = { audio: 1, camera: 2, screen: 3, screenAudio: 4 } as const;
export type MediaKind = (typeof mediaKind)[keyof typeof mediaKind];
