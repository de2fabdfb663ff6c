// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Who stands where on the pages. People keep their places: a face that wanders is hard to
// follow. Only who speaks for a while on a later page comes to the front, in exchange for
// whoever there has been silent longest.

export const speaksAfterMs = 1_000;

export class Seating {
  private order: string[] = [];
  private readonly began = new Map<string, number>();
  private readonly lastSpoke = new Map<string, number>();

  // Returns the time at which somebody may have to move, or null.
  heard(speaking: ReadonlySet<string>, now: number): number | null {
    for (const key of this.began.keys()) if (!speaking.has(key)) this.began.delete(key);
    for (const key of speaking) {
      if (!this.began.has(key)) this.began.set(key, now);
      this.lastSpoke.set(key, now);
    }
    const waits = [...this.began.values()].map((t) => t + speaksAfterMs).filter((t) => t > now);
    return waits.length === 0 ? null : Math.min(...waits);
  }

  // `front`: how many places the first page has.
  seat(present: readonly string[], front: number, now: number): string[] {
    const here = new Set(present);
    const known = new Set(this.order);
    this.order = [
      ...this.order.filter((key) => here.has(key)),
      ...present.filter((key) => !known.has(key)),
    ];
    for (const key of [...this.lastSpoke.keys()]) if (!here.has(key)) this.lastSpoke.delete(key);
    for (const key of this.order.slice(front))
      if (this.isSpeaker(key, now)) this.bringForward(key, front, now);
    return [...this.order];
  }

  private isSpeaker(key: string, now: number): boolean {
    const began = this.began.get(key);
    return began !== undefined && now - began >= speaksAfterMs;
  }

  private bringForward(key: string, front: number, now: number): void {
    const silence = (k: string): number => this.lastSpoke.get(k) ?? -Infinity;
    const givesWay = this.order
      .slice(0, front)
      .filter((k) => !this.isSpeaker(k, now))
      .sort((a, b) => silence(b) - silence(a))
      .pop();
    if (givesWay === undefined) return;
    const [from, to] = [this.order.indexOf(key), this.order.indexOf(givesWay)];
    this.order[from] = givesWay;
    this.order[to] = key;
  }
}
