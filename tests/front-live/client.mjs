// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A client of zegeld that says whatever it is told to (docs/protocol.md section 3), and raw
// sockets for what no decent client would say.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { sleep } from "../browser/suite.mjs";

export const T = {
  HELLO: 1, PASS: 2, POST: 3, SEND: 4, KNOCK: 5, WHISPER: 6, LEAVE: 7, MEDIA_JOIN: 0x10,
  HELLO_OK: 0x81, MEMBER: 0x82, POSTED: 0x83, LOG: 0x84, BROADCAST: 0x85, KNOCKED: 0x86, WELCOME: 0x87,
  GONE: 0x88, MEDIA_OFFER: 0x90, MEDIA_STATE: 0x91, ERROR: 0xff,
};
export const E = {
  VERSION: 1, CONFLICT: 2, NOT_MEMBER: 3, TOO_BIG: 4, TOO_FAST: 5, FULL: 6, MALFORMED: 7, UNKNOWN_TYPE: 8, LOG_LOST: 9, CLOSING: 10,
  MEDIA_UNAVAILABLE: 11,
};

function vec(body) {
  const n = body.length;
  const head = n < 64 ? [n] : n < 16384 ? [0x40 | (n >> 8), n & 255]
    : [0x80 | (n >>> 24), (n >> 16) & 255, (n >> 8) & 255, n & 255];
  return Buffer.concat([Buffer.from(head), body]);
}
function u64(v) {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(v));
  return b;
}
export const pass = (n) => Buffer.alloc(32, n);
export const hello = (room, version = 1) => Buffer.concat([Buffer.from([T.HELLO, version]), room]);
export const post = (index, nextPass, blob) =>
  Buffer.concat([Buffer.from([T.POST]), u64(index), createHash("sha256").update(nextPass).digest(), vec(blob)]);
export const show = (p, next) => Buffer.concat([Buffer.from([T.PASS]), p, u64(next)]);
export const lane = (type, blob) => Buffer.concat([Buffer.from([type]), vec(blob)]);
export function whisper(to, blob) {
  const head = Buffer.alloc(13);
  head[0] = T.WHISPER;
  head.writeUInt32BE(to, 1);
  return Buffer.concat([head, vec(blob)]);
}
export const room = () => randomBytes(16);

export class Client {
  constructor(server, options = {}) {
    const url = options.url ?? `ws://localhost:${server.port}/ws`;
    this.got = [];
    this.bytes = 0;
    this.ws = new WebSocket(url, options.protocol ?? "zegel.1", {
      origin: options.origin ?? url.replace(/^ws/, "http").replace(/\/ws$/, ""), perMessageDeflate: false, ...options.ws,
    });
    this.ws.on("message", (m) => {
      this.bytes += m.length;
      this.got.push(m);
    });
    this.closed = new Promise((done) => this.ws.on("close", done));
    this.isClosed = false;
    this.closed.then(() => (this.isClosed = true));
    this.opened = new Promise((yes, no) => {
      this.ws.on("open", yes);
      this.ws.on("error", no);
    });
  }
  get handle() {
    return this.got.find((m) => m[0] === T.HELLO_OK).readUInt32BE(2);
  }
  say(m) {
    if (this.ws.readyState === WebSocket.OPEN) this.ws.send(m);
  }
  has(type, code) {
    return this.got.some((m) => m[0] === type && (code === undefined || m[1] === code));
  }
  count(type) {
    return this.got.filter((m) => m[0] === type).length;
  }
  wait(type, code, ms = 3000) {
    return until(() => this.has(type, code), ms, `message ${type.toString(16)} ${code ?? ""}`);
  }
  end() {
    this.ws.terminate();
  }
}

// A folder that goes with the test; with a page in it, for where the page is not the question.
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "zegel-live-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}
export function smallPage() {
  const web = folder();
  writeFileSync(join(web, "index.html"), "<!doctype html><title>page</title>");
  return web;
}

export async function until(is, ms, what) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(10)) if (is()) return;
  throw new Error(`in vain: ${what}`);
}

export async function guest(server, where, options) {
  const c = new Client(server, options);
  await c.opened;
  c.say(hello(where));
  await c.wait(T.HELLO_OK);
  return c;
}

// A room of n members; the pass is 1, the log has one entry.
export async function members(server, n, where = room()) {
  const all = [];
  for (let i = 0; i < n; i++) {
    const c = await guest(server, where);
    c.say(i === 0 ? post(0, pass(1), Buffer.from("first")) : show(pass(1), 1));
    await c.wait(T.MEMBER);
    all.push(c);
  }
  return all;
}

// Sends bytes, gives all that comes back until there is a whole answer, the other side closes,
// or `ms` have passed.
export function raw(port, bytes, { ms = 2000, keep = false, host = "127.0.0.1" } = {}) {
  return new Promise((done) => {
    const s = net.connect(port, host);
    const r = { text: "", isClosed: false, socket: s };
    const end = () => {
      if (!keep) s.destroy();
      done(r);
    };
    const timer = setTimeout(end, ms);
    s.on("data", (d) => {
      r.text += d.toString("latin1");
      const [head, ...body] = r.text.split("\r\n\r\n");
      if (head.startsWith("HTTP/1.1 101 ") && body.length > 0) {
        clearTimeout(timer);
        return end();
      }
      const length = /^content-length: (\d+)/im.exec(head)?.[1];
      if (length === undefined || body.join("\r\n\r\n").length < Number(length)) return;
      clearTimeout(timer);
      end();
    });
    s.on("error", () => {});
    s.on("close", () => {
      r.isClosed = true;
      clearTimeout(timer);
      end();
    });
    s.on("connect", () => s.write(bytes));
  });
}

// A WebSocket by hand: the socket after the upgrade, for frames of any shape.
export async function upgraded(server) {
  const r = await raw(server.port, `GET /ws HTTP/1.1\r\nHost: localhost:${server.port}\r\nOrigin: http://localhost:${server.port}\r\n` +
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n" +
    "Sec-WebSocket-Protocol: zegel.1\r\n\r\n", { keep: true });
  if (!r.text.startsWith("HTTP/1.1 101")) throw new Error(`no upgrade: ${r.text.slice(0, 80)}`);
  return r;
}

const proc = (pid, file) => readFileSync(`/proc/${pid}/${file}`, "utf8");
export const rssKiB = (pid) => Number(/VmRSS:\s+(\d+)/.exec(proc(pid, "status"))[1]);
export const cpuTicks = (pid) => {
  const f = proc(pid, "stat").split(") ")[1].split(" ");
  return Number(f[11]) + Number(f[12]);
};
export const childrenOf = (pid) => proc(pid, `task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
