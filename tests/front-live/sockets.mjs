// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// zegeld's WebSocket, over real sockets: hostile, slow and too fast clients.
// What each bound does, it does to the one that hit it.
import { randomBytes } from "node:crypto";
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { startServer } from "../browser/server.mjs";
import { check, claim, run, sleep } from "../browser/suite.mjs";
import { Client, E, T, guest, hello, lane, members, pass, post, room, rssKiB, show, smallPage, until, upgraded } from "./client.mjs";

const web = smallPage();
const server = await startServer({ args: ["--web", web] });

const big = (n) => Buffer.alloc(n, 0x5a);
const endAll = (clients) => clients.forEach((c) => c.end());

claim("a meeting: created, joined, spoken in, left", async () => {
  const where = room();
  const [a, b] = await members(server, 2, where);
  await b.wait(T.MEMBER);
  const c = await guest(server, where);
  c.say(lane(T.KNOCK, Buffer.from("knock")));
  await a.wait(T.KNOCKED);
  const handle = a.got.find((m) => m[0] === T.KNOCKED).subarray(1, 5);
  a.say(Buffer.concat([Buffer.from([T.WHISPER]), handle, Buffer.alloc(8), Buffer.from([2, 1, 2])]));
  await c.wait(T.WELCOME);
  a.say(lane(T.SEND, Buffer.from("to all")));
  await b.wait(T.BROADCAST);
  check(!c.has(T.BROADCAST) && !a.has(T.BROADCAST), "only other members hear it");
  a.say(Buffer.from([T.LEAVE]));
  await a.closed;
  await b.wait(T.GONE);
  endAll([b, c]);
});

claim("garbage ends the connection that sent it, and nobody notices", async () => {
  const [a, b] = await members(server, 2);
  for (let i = 0; i < 100; i++) {
    const g = await guest(server, room());
    const m = randomBytes(1 + (i % 90));
    m[0] = [T.HELLO, T.PASS, T.POST, T.SEND, T.WHISPER, T.MEDIA_JOIN, 0x11, 0x12, m[0]][i % 9];
    g.say(m);
    await until(() => g.isClosed || g.has(T.ERROR) || g.has(T.MEMBER), 2000, `an answer to ${m.toString("hex")}`);
    g.end();
  }
  a.say(lane(T.SEND, Buffer.from("still here")));
  await b.wait(T.BROADCAST);
  check(!a.has(T.ERROR) && !b.has(T.ERROR), "an error reached a bystander");
  endAll([a, b]);
});

claim("text is not spoken, nor anything before HELLO, nor another version", async () => {
  const text = await guest(server, room());
  text.ws.send("text");
  await text.closed;
  const early = new Client(server);
  await early.opened;
  early.say(lane(T.SEND, Buffer.from("x")));
  await early.closed;
  check(early.has(T.ERROR, E.MALFORMED), "MALFORMED");
  const old = new Client(server);
  await old.opened;
  old.say(hello(room(), 9));
  await old.closed;
  check(old.has(T.ERROR, E.VERSION), "VERSION");
});

claim("who does not say HELLO is closed within 12 s", async () => {
  const c = new Client(server);
  await c.opened;
  const began = Date.now();
  await c.closed;
  check(Date.now() - began > 8000 && Date.now() - began < 13000, `${Date.now() - began} ms`);
});

claim("who has proved nothing can't make the server gather much", async () => {
  const stranger = new Client(server);
  await stranger.opened;
  stranger.say(big(1000));
  await stranger.closed;
  check(stranger.has(T.ERROR, E.TOO_BIG), "1000 bytes before HELLO");
  const g = await guest(server, room());
  g.say(big(200 << 10));
  await g.closed;
  check(g.has(T.ERROR, E.TOO_BIG), "200 KiB from a guest");
  const [m] = await members(server, 1);
  m.say(big(2 << 20));
  await m.closed;
  check(m.has(T.ERROR, E.TOO_BIG), "2 MiB from a member");
});

claim("announced lengths allocate nothing; endless fragments end", async () => {
  const before = rssKiB(server.pid);
  const held = [];
  for (let i = 0; i < 50; i++) {
    const { socket } = await upgraded(server);
    // A masked binary frame that announces 2^40 bytes, and a little of it.
    socket.write(Buffer.concat([Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]), big(40)]));
    held.push(socket);
  }
  const one = await upgraded(server);
  const piece = Buffer.concat([Buffer.from([0x02, 0xfe, 0x10, 0, 0, 0, 0, 0]), big(4096)]);
  const more = Buffer.from(piece);
  more[0] = 0;
  one.socket.on("error", () => {});
  one.socket.write(piece);
  for (let i = 0; i < 500 && !one.isClosed; i++) {
    one.socket.write(more);
    await sleep(1);
  }
  await until(() => one.isClosed, 5000, "the end of endless fragments");
  check(rssKiB(server.pid) - before < 8 << 10, `${rssKiB(server.pid) - before} KiB for 50 announcements`);
  held.forEach((s) => s.destroy());
});

claim("a flood is answered with errors, then with the end; others do not feel it", async () => {
  const [a, b, flooder] = await members(server, 3);
  const before = rssKiB(server.pid);
  for (let i = 0; i < 5000; i++) flooder.say(lane(T.SEND, Buffer.from("flood")));
  await flooder.closed;
  // Its last words reach it, though it still talks: 500 refusals at once, 5 more a second.
  const errors = flooder.count(T.ERROR);
  check(errors > 500 && errors <= 530 && flooder.has(T.ERROR, E.TOO_FAST), `${errors} errors`);
  check(b.count(T.BROADCAST) <= 400, `${b.count(T.BROADCAST)} let through`);
  const began = Date.now();
  a.say(lane(T.SEND, Buffer.from("hello")));
  const n = b.count(T.BROADCAST);
  await until(() => b.count(T.BROADCAST) > n || b.got.at(-1).includes("hello"), 1000, "the next message");
  check(Date.now() - began < 500, `${Date.now() - began} ms`);
  check(!a.has(T.ERROR) && !b.has(T.ERROR), "an error reached a bystander");
  check(rssKiB(server.pid) - before < 16 << 10, `${rssKiB(server.pid) - before} KiB more`);
  endAll([a, b]);
});

claim("knocks are let through one in 2 s, after two", async () => {
  const where = room();
  const [a] = await members(server, 1, where);
  const g = await guest(server, where);
  for (let i = 0; i < 20; i++) g.say(lane(T.KNOCK, Buffer.from("k")));
  await g.wait(T.ERROR, E.TOO_FAST);
  await sleep(300);
  check(a.count(T.KNOCKED) === 2, `${a.count(T.KNOCKED)} knocks`);
  endAll([a, g]);
});

claim("who reads too slowly is cut off; memory stays, the others get all", async () => {
  const all = await members(server, 8);
  const [slow, quick, ...speakers] = all;
  slow.ws.pause();
  await sleep(100);
  const before = rssKiB(server.pid);
  for (let i = 0; i < 250; i++) {
    for (const s of speakers) s.say(lane(T.SEND, big(16000)));
    if (i % 10 === 9) await sleep(20);
  }
  const others = speakers.length * 250;
  await until(() => quick.count(T.BROADCAST) === others, 20000, `all ${others} (has ${quick.count(T.BROADCAST)})`);
  const grown = rssKiB(server.pid) - before;
  check(grown < 32 << 10, `${grown} KiB more`);
  await quick.wait(T.GONE, undefined, 30000);
  check(!quick.has(T.ERROR), "an error reached a quick reader");
  slow.ws.resume();
  await slow.closed;
  endAll(all);
});

claim("a member that comes back gets the whole log, in order, however slowly it reads", async () => {
  const where = room();
  const [a] = await members(server, 1, where);
  const entries = 60;
  for (let i = 1; i < entries; i++) {
    a.say(post(i, pass(i + 1), big(100 << 10)));
    await a.wait(T.POSTED);
    await until(() => a.count(T.POSTED) === i + 1, 5000, `entry ${i}`);
    if (i > 38) await sleep(200); // 512 KiB a second, after the first 4 MiB
  }
  const b = await guest(server, where);
  b.say(show(pass(entries), 0));
  await b.wait(T.MEMBER);
  for (let i = 0; i < 20; i++) {
    b.ws.pause();
    await sleep(20);
    b.ws.resume();
    await sleep(5);
  }
  await until(() => b.count(T.LOG) === entries, 10000, `${entries} entries (has ${b.count(T.LOG)})`);
  b.got.filter((m) => m[0] === T.LOG).forEach((m, i) => check(m.readBigUInt64BE(1) === BigInt(i), `entry ${i}`));
  check(!b.isClosed, "still there");
  endAll([a, b]);
});

claim("it has no file open, and its log says nothing of whom it served", async () => {
  for (const fd of readdirSync(`/proc/${server.pid}/fd`)) {
    const target = readlinkSync(`/proc/${server.pid}/fd/${fd}`);
    check(!target.startsWith("/") || target.startsWith("/dev/"), `descriptor ${fd}: ${target}`);
  }
  check(!/127\.0\.0\.1|::1|[0-9a-f]{16}/.test(server.log.replace(/^Open .*$/m, "")), server.log);
  check(statSync(web).isDirectory() && readdirSync(web).length === 1, "a file was written");
});

await run(60000);
