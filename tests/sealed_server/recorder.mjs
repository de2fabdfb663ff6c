// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A TCP relay between browser and zegeld that keeps every byte of both directions, with the
// masking of WebSocket frames taken off: what the server's side of TLS would see.
import { createServer, connect } from "node:net";

// Client frames are masked (RFC 6455 5.3). After the upgrade's empty line the stream is
// frames; each is unmasked as it passes.
class Unmasker {
  buffered = Buffer.alloc(0);
  upgraded = false;

  push(chunk) {
    this.buffered = Buffer.concat([this.buffered, chunk]);
    const out = [];
    if (!this.upgraded) {
      const end = this.buffered.indexOf("\r\n\r\n");
      if (end < 0) return out;
      const head = this.buffered.subarray(0, end + 4);
      out.push(Buffer.from(head));
      this.buffered = this.buffered.subarray(end + 4);
      this.upgraded = /\r\nupgrade: *websocket/i.test(head.toString("latin1"));
      if (!this.upgraded) return out;
    }
    for (let frame; (frame = this.frame()); ) out.push(frame);
    return out;
  }

  frame() {
    const b = this.buffered;
    if (b.length < 2) return null;
    let length = b[1] & 0x7f;
    let at = 2;
    if (length === 126) {
      if (b.length < 4) return null;
      length = b.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (b.length < 10) return null;
      length = Number(b.readBigUInt64BE(2));
      at = 10;
    }
    const masked = (b[1] & 0x80) !== 0;
    const mask = masked ? b.subarray(at, at + 4) : null;
    if (masked) at += 4;
    if (b.length < at + length) return null;
    const payload = Buffer.from(b.subarray(at, at + length));
    if (mask) for (let i = 0; i < payload.length; i++) payload[i] ^= mask[i & 3];
    this.buffered = b.subarray(at + length);
    return payload;
  }
}

export function record(port, upstreamPort) {
  const kept = [];
  const sockets = new Set();
  const server = createServer((client) => {
    const upstream = connect(upstreamPort, "127.0.0.1");
    const ways = [
      [client, upstream],
      [upstream, client],
    ];
    for (const [from, to] of ways) {
      const unmasker = new Unmasker();
      sockets.add(from);
      from.on("data", (chunk) => {
        kept.push(Buffer.from(chunk), ...unmasker.push(chunk));
        to.write(chunk);
      });
      from.on("close", () => to.destroy());
      from.on("error", () => to.destroy());
    }
  });
  return new Promise((done) =>
    server.listen(port, "127.0.0.1", () =>
      done({
        bytes: () => Buffer.concat(kept),
        close: () => {
          for (const s of sockets) s.destroy();
          server.close();
        },
      }),
    ),
  );
}
