// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Rooms, log and lanes over real sockets: who may say what to whom, and how many. What is over a
// bound gets the code that says so, and nobody else notices.
import { join } from "node:path";
import { startServer } from "../browser/server.mjs";
import { check, claim, run, sleep } from "../browser/suite.mjs";
import { E, T, guest, lane, members, pass, post, room, show, smallPage, until, whisper } from "./client.mjs";

const web = smallPage();
const server = await startServer({ args: ["--web", web] });

const big = (n) => Buffer.alloc(n, 0x5a);
const endAll = (clients) => clients.forEach((c) => c.end());
const indexes = (c) => c.got.filter((m) => m[0] === T.LOG).map((m) => Number(m.readBigUInt64BE(1)));
const calm = (clients) => clients.forEach((c, i) => check(!c.has(T.ERROR) && !c.isClosed, `bystander ${i} noticed`));

claim("of two who post for one index, one gets POSTED, the other CONFLICT, everybody the same entry", async () => {
  const [a, b, c] = await members(server, 3);
  a.say(post(1, pass(2), Buffer.from("from a")));
  b.say(post(1, pass(3), Buffer.from("from b")));
  await until(() => a.count(T.POSTED) + b.count(T.POSTED) + a.count(T.ERROR) + b.count(T.ERROR) === 3, 2000, "both answers");
  await until(() => indexes(c).includes(1), 2000, "the entry");
  const loser = a.has(T.ERROR) ? a : b;
  check(loser.has(T.ERROR, E.CONFLICT) && loser.count(T.ERROR) === 1, "CONFLICT, to one");
  await until(() => indexes(loser).includes(1), 2000, "the loser gets what won");
  const text = (x) => x.got.findLast((m) => m[0] === T.LOG).subarray(10).toString();
  check(text(loser) === text(c), `${text(loser)} and ${text(c)}`);
  for (const index of [0, 3, 2n ** 64n - 1n]) {
    c.got = [];
    c.say(post(index, pass(4), Buffer.from("wrong")));
    await c.wait(T.ERROR, E.CONFLICT);
  }
  endAll([a, b, c]);
});

claim("a room that is there is created by nobody; who is no member posts nothing", async () => {
  const where = room();
  const [a] = await members(server, 1, where);
  const g = await guest(server, where);
  g.say(post(0, pass(9), Buffer.from("mine")));
  await g.wait(T.ERROR, E.CONFLICT);
  g.say(post(1, pass(9), Buffer.from("mine")));
  await g.wait(T.ERROR, E.NOT_MEMBER);
  g.say(lane(T.SEND, Buffer.from("x")));
  g.say(whisper(1, Buffer.from("x")));
  g.say(show(pass(8), 0));
  await until(() => g.count(T.ERROR) === 5, 2000, "five refusals");
  check(g.got.filter((m) => m[0] === T.ERROR).slice(1).every((m) => m[1] === E.NOT_MEMBER), "NOT_MEMBER");
  check(a.got.length === 3, `the member got ${a.got.length} messages`); // HELLO_OK, POSTED, MEMBER
  endAll([a, g]);
});

claim("a whisper reaches the one it names, in its own room only", async () => {
  const where = room();
  const [a, b] = await members(server, 2, where);
  const [other] = await members(server, 1);
  const g = await guest(server, where), h = await guest(server, where);
  a.say(whisper(g.handle, big(1 << 20)));
  await g.wait(T.WELCOME);
  check(g.got.at(-1).length === 1 + 8 + 4 + (1 << 20), "whole");
  a.say(whisper(b.handle, Buffer.from("to a member")));
  a.say(whisper(12345, Buffer.from("to nobody")));
  other.say(whisper(h.handle, Buffer.from("from elsewhere")));
  await sleep(200);
  check(g.count(T.WELCOME) === 1 && ![a, b, h, other].some((c) => c.has(T.WELCOME) || c.has(T.ERROR)), "silence for the rest");
  endAll([a, b, other, g, h]);
});

claim("blobs above a lane's bound get TOO_BIG, the largest pass", async () => {
  const where = room();
  const [a, b] = await members(server, 2, where);
  const g = await guest(server, where);
  a.say(lane(T.SEND, big((16 << 10) + 1)));
  a.say(post(1, pass(2), big((128 << 10) + 1)));
  a.say(whisper(g.handle, big((1 << 20) + 1)));
  g.say(lane(T.KNOCK, big((16 << 10) + 1)));
  await until(() => a.count(T.ERROR) === 3 && g.count(T.ERROR) === 1, 2000, "four refusals");
  for (const [c, types] of [[a, [T.SEND, T.POST, T.WHISPER]], [g, [T.KNOCK]]])
    check(c.got.filter((m) => m[0] === T.ERROR).every((m, i) => m[1] === E.TOO_BIG && m[2] === types[i]), "TOO_BIG, with its type");
  a.say(lane(T.SEND, big(16 << 10)));
  a.say(post(1, pass(2), big(128 << 10)));
  g.say(lane(T.KNOCK, big(16 << 10)));
  await Promise.all([b.wait(T.BROADCAST), b.wait(T.LOG), b.wait(T.KNOCKED), a.wait(T.KNOCKED)]);
  check(!g.isClosed && !g.has(T.WELCOME), "still there");
  calm([b]);
  endAll([a, b, g]);
});

claim("whose connection breaks comes back with its pass, where it stopped reading", async () => {
  const where = room();
  const [a, b] = await members(server, 2, where);
  b.say(show(pass(1), 1));
  b.ws._socket.resetAndDestroy();
  await a.wait(T.GONE);
  for (let i = 1; i < 6; i++) {
    a.say(post(i, pass(i + 1), Buffer.from(`entry ${i}`)));
    await until(() => a.count(T.POSTED) === i + 1, 2000, `POSTED ${i}`);
  }
  const late = await guest(server, where);
  late.say(show(pass(1), 1)); // five posts ago: no longer known
  await late.wait(T.ERROR, E.NOT_MEMBER);
  const back = await guest(server, where);
  back.say(show(pass(4), 2));
  await back.wait(T.MEMBER);
  await until(() => indexes(back).length === 4, 2000, "what it missed");
  check(indexes(back).join() === "2,3,4,5", indexes(back).join());
  calm([a]);
  endAll([a, late, back]);
});

claim("who was removed is out 15 s after the POST whose pass it lacks", async () => {
  const [a, b] = await members(server, 2);
  a.say(post(1, pass(2), Buffer.from("without b")));
  await b.wait(T.LOG);
  const began = Date.now();
  await b.wait(T.ERROR, E.NOT_MEMBER, 17000);
  check(Date.now() - began > 14000, `${Date.now() - began} ms`);
  a.say(lane(T.SEND, Buffer.from("among us")));
  await sleep(200);
  check(!b.has(T.BROADCAST), "it hears no more");
  calm([a]);
  endAll([a, b]);
});

claim("an old entry that is kept no more is LOG_LOST, not a gap", async () => {
  const where = room();
  const [a] = await members(server, 1, where);
  let i = 1;
  // 4096 entries at 50 a second would take long: 8 MiB of 128 KiB do, at 512 KiB a second.
  for (; i <= 66; i++) {
    a.say(post(i, pass(i + 1), big(128 << 10)));
    await until(() => a.count(T.POSTED) === i + 1, 5000, `POSTED ${i}`);
    if (i > 28) await sleep(260);
  }
  const g = await guest(server, where);
  g.say(show(pass(i), 0));
  await g.wait(T.ERROR, E.LOG_LOST);
  g.say(show(pass(i), 10));
  await g.wait(T.MEMBER);
  await until(() => indexes(g).length === i - 10, 5000, "all from 10 on");
  endAll([a, g]);
});

claim("a room takes 1200; the next gets FULL, and nobody notices", async () => {
  const where = room();
  const all = await members(server, 1, where);
  while (all.length < 1200)
    all.push(...(await Promise.all(Array.from({ length: Math.min(50, 1200 - all.length) }, async () => {
      const c = await guest(server, where);
      c.say(show(pass(1), 1));
      await c.wait(T.MEMBER, undefined, 10000);
      return c;
    }))));
  const g = await guest(server, where);
  g.say(show(pass(1), 1));
  await g.wait(T.ERROR, E.FULL);
  const began = Date.now();
  all[0].say(lane(T.SEND, Buffer.from("to 1199")));
  await until(() => all.slice(1).every((c) => c.has(T.BROADCAST)), 5000, "everybody");
  console.log(`  1199 copies in ${Date.now() - began} ms`);
  calm(all);
  endAll([...all, g]);
  await sleep(1000);
});

claim("the server takes 1024 rooms; the next gets FULL, and the others go on", async () => {
  const fresh = await startServer({ args: ["--web", web] });
  try {
    const all = [];
    while (all.length < 1024) all.push(...(await Promise.all(Array.from({ length: 32 }, () => members(fresh, 1)))).flat());
    const g = await guest(fresh, room());
    g.say(post(0, pass(1), Buffer.from("one more")));
    await g.wait(T.ERROR, E.FULL);
    calm(all);
    all[7].say(Buffer.from([T.LEAVE]));
    await all[7].closed;
    g.say(post(0, pass(1), Buffer.from("one more")));
    await g.wait(T.MEMBER);
    endAll([...all, g]);
  } finally {
    await fresh.stop();
  }
});

claim("the server takes 4096 connections; the next is closed, and the others go on", async () => {
  const fresh = await startServer({ args: ["--web", web] });
  try {
    const [a, b] = await members(fresh, 2);
    const all = [];
    while (all.length < 4094) all.push(...(await Promise.all(Array.from({ length: Math.min(64, 4094 - all.length) }, () => guest(fresh, room())))));
    const next = await guest(fresh, room()).then(() => "taken", () => "refused");
    check(next === "refused", `the 4097th is ${next}`);
    a.say(lane(T.SEND, Buffer.from("still here")));
    await b.wait(T.BROADCAST);
    endAll(all.slice(0, 10));
    await sleep(300);
    (await guest(fresh, room())).end();
    calm([a, b]);
    endAll([a, b, ...all]);
  } finally {
    await fresh.stop();
  }
});

await run(120000);
