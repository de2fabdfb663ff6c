// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A zegeld with AddressSanitizer, under bytes of every wrong form, while two people go on with
// their meeting on it: it lives, its memory is bounded, and the two notice nothing.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { root, startServer } from "../browser/server.mjs";
import { check, claim, run, sleep } from "../browser/suite.mjs";
import { E, T, guest, lane, members, pass, post, room, rssKiB, show, smallPage, until, upgraded } from "./client.mjs";

const web = smallPage();
// Memory that was freed stays poisoned, but not 256 MiB of it: its growth is measured.
process.env.ASAN_OPTIONS = "quarantine_size_mb=2:detect_leaks=1";
const server = await startServer({ build: process.env.ZEGEL_ASAN_BUILD ?? "build-asan", args: ["--web", web, "--dumpable"] });

const corpora = process.env.ZEGEL_CORPORA ?? join(root, "../shared/corpora");
const files = !existsSync(corpora) ? [] : readdirSync(corpora, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile()).map((e) => readFileSync(join(e.parentPath ?? e.path, e.name))).filter((b) => b.length > 0);
if (files.length === 0) console.log(`SKIPPED: no corpora in ${corpora}; random bytes only`);
const garbage = [...files, ...Array.from({ length: 300 }, (_, i) => randomBytes(1 + i * 7))];

// The meeting: A and B take turns to append; each entry has to reach the other within a second.
const [a, b] = await members(server, 2);
let entries = 1, worst = 0, isOver = false;
const meeting = (async () => {
  for (; !isOver; entries++) {
    const [from, to] = entries % 2 ? [a, b] : [b, a];
    const began = Date.now();
    from.say(post(entries, pass(entries % 250), Buffer.from(`entry ${entries}`)));
    await until(() => to.got.at(-1)?.[0] === T.LOG && Number(to.got.at(-1).readBigUInt64BE(1)) === entries, 8000, `entry ${entries}`);
    to.say(show(pass(entries % 250), 0));
    worst = Math.max(worst, Date.now() - began);
    to.got = [];
    await sleep(40);
  }
})();
meeting.catch(() => {});

const before = rssKiB(server.pid);
async function unharmed() {
  const was = entries;
  await until(() => entries > was + 1, 8000, "the meeting to go on");
  check(!a.has(T.ERROR) && !b.has(T.ERROR) && !a.isClosed && !b.isClosed, "the meeting noticed");
  check(server.child.exitCode === null && !/Sanitizer|runtime error/.test(server.log), server.log);
  const grown = rssKiB(server.pid) - before;
  check(grown < 48 << 10, `${grown} KiB more`);
}

// Bytes to a port of its own, then the end of them, by FIN or reset.
function throwAt(bytes, isReset, ms = 150) {
  return new Promise((done) => {
    const s = net.connect(server.port, "127.0.0.1", () => s.write(bytes, () => (isReset ? s.resetAndDestroy() : s.end())));
    const timer = setTimeout(() => s.destroy(), ms);
    s.on("error", () => {});
    s.on("close", () => (clearTimeout(timer), done()));
    s.resume();
  });
}
async function frames(bytes, { isReset = false, ms = 60 } = {}) {
  const { socket } = await upgraded(server);
  socket.on("error", () => {});
  socket.resume();
  socket.write(bytes);
  await Promise.race([new Promise((done) => socket.on("close", done)), sleep(ms)]);
  if (isReset) socket.resetAndDestroy();
  else socket.destroy();
}
async function inBatches(list, size, act) {
  for (let i = 0; i < list.length; i += size) await Promise.all(list.slice(i, i + size).map(act));
}
// A client's frame with mask 0, so that what is written is what is read.
function frame(opcode, payload, { fin = true, rsv = 0, isMasked = true, announced = payload.length } = {}) {
  const head = [(fin ? 0x80 : 0) | (rsv << 4) | opcode];
  const mask = isMasked ? 0x80 : 0;
  if (announced < 126) head.push(mask | announced);
  else if (announced < 65536) head.push(mask | 126, announced >> 8, announced & 255);
  else head.push(mask | 127, 0, 0, 0, 0, (announced >>> 24) & 255, (announced >> 16) & 255, (announced >> 8) & 255, announced & 255);
  return Buffer.concat([Buffer.from(head), isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}
const helloFrame = frame(2, Buffer.concat([Buffer.from([T.HELLO, 1]), room()]));

claim("garbage instead of a request", async () => {
  await inBatches(garbage, 16, (g, i) => throwAt(g, i % 2 === 1));
  await unharmed();
});

claim("garbage instead of frames", async () => {
  await inBatches(garbage, 16, (g) => frames(g));
  await inBatches(garbage.slice(0, 400), 16, (g) => frames(Buffer.concat([helloFrame, g]), { isReset: true }));
  await unharmed();
});

claim("garbage as messages, of each type, from strangers, guests and members", async () => {
  const types = [1, 2, 3, 4, 5, 6, 7, 0x10, 0x11, 0x12, 0x13, 0x81, 0xff, 0];
  await inBatches(garbage, 16, async (g, i) => {
    const c = i % 2 ? (await members(server, 1))[0] : await guest(server, room());
    c.say(Buffer.concat([Buffer.from([types[(i * 7 + g.length) % types.length]]), g.subarray(0, 60000)]));
    c.say(g);
    await Promise.race([c.closed, sleep(50)]);
    c.end();
  });
  await unharmed();
});

claim("honest messages, cut off after each byte or with one byte changed", async () => {
  const where = room();
  const whole = [helloFrame, frame(2, post(0, pass(1), randomBytes(40))), frame(2, lane(T.SEND, randomBytes(20))),
    frame(2, Buffer.from([T.MEDIA_JOIN, 4, 1])), frame(2, Buffer.concat([Buffer.from([0x12, 7, 0]), where.subarray(0, 6)]))];
  const all = Buffer.concat(whole);
  await inBatches(Array.from({ length: all.length }, (_, i) => all.subarray(0, i)), 16, (g) => frames(g, { isReset: g.length % 2 === 0, ms: 20 }));
  await inBatches(Array.from({ length: all.length }, (_, i) => {
    const changed = Buffer.from(all);
    changed[i] ^= 1 << (i % 8);
    return changed;
  }), 16, (g) => frames(g, { ms: 40 }));
  await unharmed();
});

claim("each opcode, reserved bit, and missing mask", async () => {
  const odd = [];
  for (let opcode = 0; opcode < 16; opcode++)
    for (const how of [{}, { fin: false }, { rsv: 1 }, { rsv: 4 }, { isMasked: false }, { announced: 60000 }])
      for (const body of [Buffer.alloc(0), Buffer.from([0xff]), randomBytes(125), randomBytes(126)])
        odd.push(Buffer.concat([helloFrame, frame(opcode, body, how), frame(opcode, body, how), frame(0, body)]));
  await inBatches(odd, 24, (g) => frames(g, { ms: 40 }));
  await unharmed();
});

claim("floods of fragments, of empty ones, of pings, of closes", async () => {
  const flood = async (first, one, times) => {
    const { socket } = await upgraded(server);
    const over = new Promise((done) => socket.on("close", () => done(true)));
    let isClosed = false;
    over.then(() => (isClosed = true));
    socket.on("error", () => {});
    socket.resume();
    socket.write(Buffer.concat([helloFrame, first]));
    const block = Buffer.concat(Array(1000).fill(one));
    for (let i = 0; i < times && !isClosed; i++) {
      if (!socket.write(block)) await Promise.race([new Promise((done) => socket.once("drain", done)), over, sleep(1000)]);
    }
    socket.destroy();
  };
  const open = frame(2, Buffer.from([4]), { fin: false });
  await Promise.all([flood(open, frame(0, Buffer.from([1]), { fin: false }), 300), flood(open, frame(0, Buffer.alloc(0), { fin: false }), 300),
    flood(Buffer.alloc(0), frame(9, randomBytes(125)), 100), flood(Buffer.alloc(0), frame(10, randomBytes(125)), 100),
    flood(Buffer.alloc(0), frame(8, Buffer.from([3, 232])), 10), flood(open, frame(2, Buffer.from([4])), 100),
    flood(Buffer.alloc(0), frame(2, Buffer.alloc(0)), 100), flood(Buffer.alloc(0), frame(1, Buffer.from([0xc0, 0x80])), 100)]);
  await unharmed();
});

claim("a fragmented message is one message, whatever its pieces", async () => {
  const where = room();
  const [first, second] = await members(server, 2, where);
  const m = lane(T.SEND, Buffer.from("in pieces"));
  for (const n of [1, 2, 5]) {
    for (let i = 0; i < m.length; i += n) first.ws.send(m.subarray(i, i + n), { fin: i + n >= m.length });
    first.ws.ping();
  }
  await until(() => second.count(T.BROADCAST) === 3, 2000, "three messages");
  check(second.got.at(-1).subarray(2).toString() === "in pieces", "whole");
  first.end();
  second.end();
  await unharmed();
});

claim("after all that: no report of the sanitizers, no leak, a clean end", async () => {
  isOver = true;
  await meeting;
  console.log(`  ${entries} entries; the slowest took ${worst} ms; ${rssKiB(server.pid) - before} KiB more; ${garbage.length} pieces of garbage`);
  check(worst < 4000, `${worst} ms`);
  const { code, signal } = await server.stop();
  check(a.has(T.ERROR, E.CLOSING), "CLOSING");
  check(code === 0 && signal === null && !/Sanitizer|runtime error/.test(server.log), `${code} ${signal} ${server.log}`);
});

await run(120000);
