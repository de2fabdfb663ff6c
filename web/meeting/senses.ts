// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Member } from "../sealed/messages.js";
import type { LocalMedia } from "./local_media.js";
import type { Media } from "./media.js";
import type { Quality } from "./model.js";

// What is measured of the running media: who speaks, and how well each one comes through. From
// what was decoded here, never from what the server says (it carries no audio levels).

const everyMs = 250;
const loudness = 0.02; // of full scale; a quiet room is well below
const holdMs = 600; // a pause for breath is still speech
const poorLoss = 0.05;

interface Measure {
  received: number;
  lost: number;
  loss: number;
  level: number;
  lastLoud: number;
  lastArrival: number;
}

export class Senses {
  private readonly measures = new Map<string, Measure>(); // by mid
  private ownLoud = 0;
  private signature = "";
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(
    private readonly media: Media,
    private readonly local: LocalMedia,
    private readonly changed: () => void,
  ) {
    this.local.measure(true);
    this.timer = setInterval(() => void this.measure(), everyMs);
  }

  speaking(members: Member[]): ReadonlySet<string> {
    const now = performance.now();
    const keys = new Set<string>();
    for (const m of members) {
      const last = m.own ? this.ownLoud : this.of(m.id)?.lastLoud ?? 0;
      if (m.mic && last > 0 && now - last < holdMs) keys.add(String(m.id));
    }
    return keys;
  }

  quality(member: number): Quality {
    const measure = this.of(member);
    if (measure === undefined || measure.received === 0) return "unknown";
    if (performance.now() - measure.lastArrival > 3_000) return "lost";
    return measure.loss > poorLoss ? "poor" : "good";
  }

  close(): void {
    clearInterval(this.timer);
    this.local.measure(false);
  }

  private of(member: number): Measure | undefined {
    for (const slot of this.media.slots.values())
      if (slot.member === member && slot.index < 64) return this.measures.get(`a${slot.index}`);
    return undefined;
  }

  private async measure(): Promise<void> {
    const now = performance.now();
    const { microphone, level } = this.local;
    if (microphone.value.on && level.value > 0.3) this.ownLoud = now;
    const report = await this.media.stats();
    report?.forEach((s: RTCStats) => {
      const inbound = s as RTCInboundRtpStreamStats;
      if (s.type === "inbound-rtp" && inbound.kind === "audio" && inbound.mid) this.heard(inbound, now);
    });
    // Tell only when somebody begins or stops, not at every breath.
    const signature = [...this.measures].map(([mid, m]) => `${mid}${now - m.lastLoud < holdMs}`).join() +
      String(now - this.ownLoud < holdMs);
    if (signature !== this.signature) this.changed();
    this.signature = signature;
  }

  private heard(s: RTCInboundRtpStreamStats, now: number): void {
    const mid = s.mid ?? "";
    const old = this.measures.get(mid);
    const received = s.packetsReceived ?? 0;
    const lost = s.packetsLost ?? 0;
    const fresh = received - (old?.received ?? 0);
    const gone = Math.max(0, lost - (old?.lost ?? 0));
    const loss = fresh + gone === 0 ? old?.loss ?? 0 : gone / (fresh + gone);
    const level = s.audioLevel ?? 0;
    this.measures.set(mid, {
      received,
      lost,
      loss: 0.8 * (old?.loss ?? loss) + 0.2 * loss,
      level,
      lastLoud: level > loudness ? now : old?.lastLoud ?? 0,
      lastArrival: fresh > 0 ? now : old?.lastArrival ?? now,
    });
  }
}
