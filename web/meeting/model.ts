// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The contract between the meeting and its face. meeting/ fulfils it with a worker, a
// WebSocket and media; ui/ draws what the signals say and calls the actions. ui/ opens no
// device and no connection; meeting/ knows no words and no screens.
//
// A signal holds a value that nobody changes in place: a change is a new value.

import type { ReadonlySignal } from "@preact/signals";

// landing --openLink/createMeeting--> prejoin --join--> joining --> in <--> reconnecting
//                                                       |  ^
//                                                       v  |
//                                                     knocking
// From each of them: left (we did), ended (somebody else did), failed (see `failure`).
export type Phase =
  | "landing"
  | "prejoin"
  | "joining" // on the way to the server and into the group
  | "waiting" // at the door of a lobby; in no group: nobody sees or hears us
  | "knocking" // asked to be let in; in no group: nobody sees or hears us
  | "in"
  | "reconnecting" // still shown as the meeting, with a banner
  | "left"
  | "ended"
  | "failed";

// Why a meeting came to an end against the user's wish, or never began.
export type Failure =
  | "removed" // a host removed us
  | "lost" // the meeting went on without us for too long
  | "too-large" // more people than this client follows
  | "version" // the server speaks another version
  | "full" // the server takes no more people
  | "unreachable" // the server never answered
  | "worker" // the sealed worker died or never started
  | "internal";

export type LinkProblem =
  | "empty"
  | "length" // cut off, or something was pasted behind it
  | "letters" // not a link of ours
  | "other-host" // a link of another server
  | "version" // of a newer Zegel
  | "flags" // asks for what this version does not know
  | "host-key" // the host's part belongs to another meeting;

export type DeviceKind = "microphone" | "camera" | "speaker";

export interface Device {
  id: string;
  label: string; // empty until the person has granted access
}

export interface Devices {
  list: readonly Device[];
  chosen: string | null; // a Device's id; null: the browser's default
}

export type CaptureProblem =
  | "denied" // by the person, an earlier choice, or a policy
  | "dismissed" // the question was closed without an answer
  | "missing" // no such device
  | "busy" // another program has it
  | "insecure" // the page is not on a secure origin
  | "failed";

// Microphone, camera, screen: asked for, and what became of it.
export interface Capture {
  on: boolean; // sent, or to be sent on joining
  pending: boolean; // the browser is asking, or the device is starting
  problem: CaptureProblem | null;
}

export type Quality = "unknown" | "good" | "poor" | "lost";

// Why nothing of a person can be shown or heard although they send.
export type Unseen =
  | "refused" // frames arrive and do not open: dropped, never decoded
  | "waiting"; // no frame has come yet

export interface Person {
  key: string; // names the person while in the meeting
  name: string;
  isSelf: boolean;
  verified: boolean; // somebody vouches for the name
  micOn: boolean;
  cameraOn: boolean;
  screenOn: boolean;
  handSince: number | null; // order of raising: smaller is earlier
  camera: MediaStream | null; // for a muted <video>; null: nothing to draw
  screen: MediaStream | null;
  quality: Quality;
  unseen: Unseen | null;
}

export interface ChatLine {
  id: number; // 1, 2, 3 in local order
  author: string; // the name; authors may have left since
  own: boolean;
  text: string;
  at: Date; // local
}

// What is wrong at the moment and concerns everybody's picture of the meeting.
export type Trouble =
  | "server-away" // the WebSocket is down; trying again
  | "media-away" // no media connection; trying again
  | "media-blocked" // none, after long trying: probably the network
  | "profile" // the browser's answer left the agreed profile
  | "worker-dead" // nothing is sent or played
  | "unsealed" // a sender could not be proven to be sealed, and was cut
  | "fork" // a member has another history: somebody lies
  | "silence" // nobody is heard although somebody should be: withheld?
  | "sound-blocked"; // the browser plays sound only after a click: unblockSound()

export interface Security {
  state: "sealed" | "joining" | "broken"; // broken: nothing is sent or shown
  people: number;
  verified: number; // of them
  epoch: number;
  code: string; // 40 digits; "" until readCode() is answered, and outside the group
}

// Somebody at the door of a meeting with a lobby.
export interface Waiting {
  key: string;
  name: string; // as it calls itself
  admitted: boolean; // and on its way in
}

export interface Diagnostic {
  at: Date;
  text: string; // English, for a report; never a name, an address or a key
}

export interface MeetingModel {
  readonly phase: ReadonlySignal<Phase>;
  readonly failure: ReadonlySignal<Failure | null>; // set if "ended" or "failed"
  readonly linkProblem: ReadonlySignal<LinkProblem | null>; // of the address that was opened
  readonly link: ReadonlySignal<string>; // to invite with; never the host's part
  readonly name: ReadonlySignal<string>; // our own

  readonly microphone: ReadonlySignal<Capture>;
  readonly camera: ReadonlySignal<Capture>;
  readonly screen: ReadonlySignal<Capture>;
  readonly handUp: ReadonlySignal<boolean>;
  readonly preview: ReadonlySignal<MediaStream | null>; // our camera, before and in the meeting
  readonly micLevel: ReadonlySignal<number>; // 0 to 1, while measureMicrophone(true)
  readonly devices: ReadonlySignal<Readonly<Record<DeviceKind, Devices>>>;

  readonly people: ReadonlySignal<readonly Person[]>; // we first, then in order of arrival
  readonly speaking: ReadonlySignal<ReadonlySet<string>>; // keys; changes often
  readonly isHost: ReadonlySignal<boolean>; // may let people in
  readonly waiting: ReadonlySignal<readonly Waiting[]>; // at the door, in order of arrival
  readonly chat: ReadonlySignal<readonly ChatLine[]>;
  readonly troubles: ReadonlySignal<ReadonlySet<Trouble>>;
  readonly security: ReadonlySignal<Security>;
  readonly diagnostics: ReadonlySignal<readonly Diagnostic[]>;
}

// What is drawn: everything else is heard, not seen.
export interface TileWish {
  key: string;
  what: "camera" | "screen";
  height: number; // CSS pixels
}

export interface MeetingActions {
  createMeeting(lobby: boolean): Promise<void>; // then phase is prejoin and link is set
  openLink(text: string): Promise<LinkProblem | null>; // null: then phase is prejoin
  setName(name: string): void;
  chooseDevice(kind: DeviceKind, id: string): Promise<void>;
  testSpeaker(): Promise<void>; // plays a short sound
  measureMicrophone(on: boolean): void;
  join(): Promise<void>;
  toggleMicrophone(): Promise<void>;
  toggleCamera(): Promise<void>;
  toggleScreen(): Promise<void>;
  toggleHand(): void;
  readCode(): void; // fills security.code, which is emptied by every new epoch
  sendChat(text: string): boolean; // false: too long, or not in the meeting now
  admit(key: string | null): void; // null: all who wait
  refuse(key: string): void; // for good
  requestTiles(tiles: readonly TileWish[]): void; // most important first; replaces the last
  unblockSound(): Promise<void>; // from a click
  retry(): void; // now, rather than after the wait; after left, ended, failed: to prejoin
  leave(): void;
  home(): void; // from left, ended, failed: to landing
}

export const chatMax = 4000; // bytes of UTF-8
export const nameMax = 64; // bytes of UTF-8
