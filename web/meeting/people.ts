// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Member } from "../sealed/messages.js";
import type { Call } from "./call.js";
import type { Slot } from "./media.js";
import type { Person } from "./model.js";
import type { Senses } from "./senses.js";
import { screenSlotBase } from "./wire_profile.js";

// The roster as the face draws it. Who is here comes from the group; whose picture is in a
// slot comes from the key that opened its frames. The server has no say in either.

function slotOf(call: Call, member: number, screens: boolean): Slot | null {
  for (const slot of call.media.slots.values())
    if (slot.member === member && slot.index >= screenSlotBase === screens) return slot;
  return null;
}

function self(member: Member, preview: MediaStream | null, hand: number | null): Person {
  return {
    ...shared(member, hand),
    isSelf: true,
    camera: preview,
    screen: null,
    quality: "good",
    unseen: null,
  };
}

function shared(m: Member, hand: number | null) {
  return {
    key: String(m.id),
    name: m.name,
    verified: false,
    micOn: m.mic,
    cameraOn: m.camera,
    screenOn: m.screen,
    handSince: hand,
  };
}

function other(call: Call, m: Member, senses: Senses | null, hand: number | null): Person {
  const seat = slotOf(call, m.id, false);
  const screen = slotOf(call, m.id, true);
  const watched = m.camera && seat !== null;
  return {
    ...shared(m, hand),
    isSelf: false,
    camera: watched && seat.playing ? seat.video : null,
    screen: m.screen && screen?.playing ? screen.video : null,
    quality: senses?.quality(m.id) ?? "unknown",
    unseen: !watched || seat.playing ? null : seat.refused > 0 ? "refused" : "waiting",
  };
}

export function people(
  call: Call,
  preview: MediaStream | null,
  senses: Senses | null,
  hands: ReadonlyMap<number, number>,
): Person[] {
  const members = [...call.state.members].sort((a, b) => Number(b.own) - Number(a.own) || a.id - b.id);
  return members.map((m) => {
    const hand = hands.get(m.id) ?? null;
    return m.own ? self(m, preview, hand) : other(call, m, senses, hand);
  });
}
