// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The ends of zegeld and of its worker, wanted and not, and what comes after them.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { freePort, root, startServer } from "../browser/server.mjs";
import { check, claim, run, sleep } from "../browser/suite.mjs";
import { Client, E, T, childrenOf, cpuTicks, guest, lane, members, pass, post, room, show, smallPage, until } from "./client.mjs";

const web = smallPage();
const ports = { port: await freePort(), mediaPort: await freePort() };
let server = await startServer({ ...ports, args: ["--web", web] });

const mediaJoin = Buffer.from([T.MEDIA_JOIN, 12, 1]);
const endAll = (clients) => clients.forEach((c) => c.end());
const workers = () => childrenOf(server.pid);
function isThere(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

claim("a media worker that dies is replaced; who had media is told, the meeting goes on", async () => {
  const [a, b] = await members(server, 2);
  const [worker] = workers();
  a.say(mediaJoin);
  await a.wait(T.MEDIA_OFFER);
  process.kill(worker, "SIGKILL");
  await a.wait(T.MEDIA_STATE, 2);
  b.say(lane(T.SEND, Buffer.from("meanwhile")));
  await a.wait(T.BROADCAST);
  check(!b.has(T.MEDIA_STATE), "who had none is told nothing");
  await until(() => workers().some((p) => p !== worker), 5000, "another worker");
  check(!isThere(worker) && workers().length === 1, "one worker, no zombie");
  a.say(mediaJoin);
  await until(() => a.count(T.MEDIA_OFFER) === 2, 3000, "another offer");
  check(!a.has(T.ERROR) && !b.has(T.ERROR), "no error");
  endAll([a, b]);
  await sleep(300);
  const ticks = cpuTicks(server.pid);
  await sleep(1000);
  check(cpuTicks(server.pid) - ticks < 10, `${cpuTicks(server.pid) - ticks} ticks of 100 while nothing happens`);
});

claim("between two workers, media is refused with a code; one that dies again and again is started ever later", async () => {
  const [a] = await members(server, 1);
  const gaps = [];
  for (let i = 0; i < 4; i++) {
    const [worker] = workers();
    process.kill(worker, "SIGKILL");
    const began = Date.now();
    await until(() => !workers().includes(worker), 2000, "its end");
    a.say(mediaJoin);
    await until(() => a.count(T.ERROR) === i + 1, 1000, "a refusal");
    check(a.has(T.ERROR, E.MEDIA_UNAVAILABLE) && !a.isClosed, "MEDIA_UNAVAILABLE");
    await until(() => workers().length === 1, 15000, "another worker");
    gaps.push(Date.now() - began);
  }
  check(gaps[3] > 2 * gaps[0] && gaps[3] < 12000, gaps.join(" ms, "));
  endAll([a]);
});

claim("a worker that holds on, or that talks without end, does not stop the front", async () => {
  const liar = join(web, "worker");
  const endless = `const m = Buffer.alloc(9, 130);for (;;) try { require("fs").writeSync(3, m); } catch (e) { if (e.code !== "EAGAIN") process.exit(); }`;
  for (const script of ["#!/bin/sh\ntrap '' TERM\nexec 3>&-\nwhile :; do sleep 1; done", `#!${process.execPath}\n${endless}`]) {
    writeFileSync(liar, `${script}\n`, { mode: 0o755 });
    const other = await startServer({ args: ["--web", web, "--media-worker", liar] });
    for (let i = 0; i < 5; i++) {
      const began = Date.now();
      const c = await guest(other, room());
      check(Date.now() - began < 500, `${Date.now() - began} ms to be served`);
      c.end();
      await sleep(200);
    }
    check((await other.stop()).code === 0, "it ends");
    rmSync(liar);
  }
});

claim("zegeld killed: its worker goes too, clients see the end, and it starts again on the same ports", async () => {
  const where = room();
  const [a, b] = await members(server, 2, where);
  const [worker] = workers();
  process.kill(server.pid, "SIGKILL");
  await Promise.all([a.closed, b.closed]);
  await server.exited;
  await until(() => !isThere(worker), 3000, "the worker's end");
  server = await startServer({ ...ports, args: ["--web", web] });
  // Nothing was kept: a pass opens nothing, and says so; the room can be made anew.
  const back = await guest(server, where);
  back.say(show(pass(1), 1));
  await back.wait(T.ERROR, E.NOT_MEMBER);
  check(!back.isClosed, "it may go on");
  back.say(post(1, pass(1), Buffer.from("an entry after the lost ones")));
  await until(() => back.count(T.ERROR) === 2, 2000, "no entry after lost ones");
  back.say(post(0, pass(1), Buffer.from("anew")));
  await back.wait(T.MEMBER);
  const [c] = await members(server, 1);
  c.say(mediaJoin);
  await c.wait(T.MEDIA_OFFER);
  endAll([back, c]);
});

claim("zegeld and what it starts can change no file and gain no rights; the worker has its filter", async () => {
  const status = (pid) => readFileSync(`/proc/${pid}/status`, "utf8");
  const [worker] = workers();
  check(/^NoNewPrivs:\s+1$/m.test(status(server.pid)) && /^NoNewPrivs:\s+1$/m.test(status(worker)), "NoNewPrivs");
  check(/^Seccomp:\s+2$/m.test(status(worker)), "the worker's filter");
  const seen = join(web, "written"), liar = join(web, "worker");
  writeFileSync(liar, `#!/bin/sh\necho x > ${seen}\nexec sleep 60\n`, { mode: 0o755 });
  check(spawnSync(liar, { timeout: 300 }).error?.code === "ETIMEDOUT" && existsSync(seen), "it can, by itself");
  rmSync(seen);
  const other = await startServer({ args: ["--web", web, "--media-worker", liar] });
  await sleep(300);
  await other.stop();
  check(!existsSync(seen), "a child of zegeld's wrote a file");
});

claim("what can't work is refused at the start, with a reason", async () => {
  const start = (args) => spawnSync(resolve(root, process.env.ZEGEL_BUILD ?? "build", "server/zegeld"), ["--web", web, ...args], { encoding: "utf8", timeout: 5000 });
  const free = ["--listen", `127.0.0.1:${await freePort()}`, "--media-listen", `127.0.0.1:${await freePort()}`];
  check(start([...free, "--check"]).status === 0, "what is right is accepted");
  for (const args of [["--listen", "localhost:80"], ["--listen", "127.0.0.1"], ["--listen", "127.0.0.1:0"], ["--listen", "127.0.0.1:99999"],
    ["--listen", "127.0.0.1:80x"], ["--certificate", "/dev/null"], ["--certificate", "/nonexistent", "--key", "/nonexistent"], ["--web", "/nonexistent"],
    ["--media-worker", "/nonexistent"], ["--unknown"], ["rest"], ["--media-address", "name.example"], ["--media-listen", `0.0.0.0:${ports.mediaPort}`], ["--listen", `127.0.0.1:${ports.port}`],
    ["--media-listen", `127.0.0.1:${ports.mediaPort}`]]) {
    const { status, stderr } = start([...free, ...args]);
    check(status > 0 && stderr.includes("zegeld: "), `${args.join(" ")}: ${status} ${stderr}`);
  }
});

claim("told to stop, it says so to everybody, ends well, and leaves nothing running", async () => {
  const [a, b] = await members(server, 2);
  const early = new Client(server);
  await early.opened;
  const [worker] = workers();
  const { code, signal } = await server.stop();
  await Promise.all([a.closed, b.closed, early.closed]);
  check([a, b, early].every((c) => c.has(T.ERROR, E.CLOSING)), "CLOSING");
  check(code === 0 && signal === null, `${code} ${signal} ${server.log}`);
  check(!isThere(worker), "its worker is gone");
});

await run(60000);
