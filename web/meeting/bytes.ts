// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The bounded reader and writer of sealed/wire, for the few messages that the page
// itself reads (docs/protocol.md section 3). The first bad read latches; later reads
// give zero and empty; whoever reads acts on nothing before ok() said so.

const varintForms = [
  { prefix: 0, width: 1, floor: 0 },
  { prefix: 1, width: 2, floor: 0x40 },
  { prefix: 2, width: 4, floor: 0x4000 },
];

export class Reader {
  private at = 0;
  private failed = false;

  constructor(private readonly bytes: Uint8Array) {}

  take(n: number): Uint8Array {
    if (this.failed || n > this.bytes.length - this.at) {
      this.failed = true;
      return new Uint8Array(0);
    }
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  // Big-endian, 1 to 6 bytes: what a number holds exactly.
  uint(width: number): number {
    return this.take(width).reduce((v, b) => v * 256 + b, 0);
  }

  vector(): Uint8Array {
    const first = this.uint(1);
    const form = varintForms[first >> 6];
    if (form === undefined) {
      this.failed = true;
      return new Uint8Array(0);
    }
    const rest = this.uint(form.width - 1);
    const n = (first & 0x3f) * 256 ** (form.width - 1) + rest;
    if (n < form.floor) this.failed = true;
    return this.take(n);
  }

  text(): string {
    return new TextDecoder("utf-8").decode(this.vector());
  }

  more(): boolean {
    return !this.failed && this.at < this.bytes.length;
  }

  ok(): boolean {
    return !this.failed && this.at === this.bytes.length;
  }
}

export class Writer {
  private readonly out: number[] = [];

  uint(width: number, v: number): this {
    for (let i = width - 1; i >= 0; i--) this.out.push(Math.floor(v / 256 ** i) % 256);
    return this;
  }

  put(bytes: Uint8Array): this {
    for (const b of bytes) this.out.push(b);
    return this;
  }

  vector(bytes: Uint8Array): this {
    const n = bytes.length;
    if (n < 0x40) this.uint(1, n);
    else if (n < 0x4000) this.uint(2, 0x4000 | n);
    else this.uint(4, 0x80000000 + n);
    return this.put(bytes);
  }

  text(s: string): this {
    return this.vector(new TextEncoder().encode(s));
  }

  bytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.out);
  }
}
