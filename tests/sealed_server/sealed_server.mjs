// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Everything that the server had in its hands during a meeting, searched for what must not be
// there: names, chat, the link's secret, media keys, sound and picture. First the search has to
// find what was planted on purpose.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import WebSocket from "ws";
import { open } from "../browser/browsers.mjs";
import { fake, Guest, seesAll } from "../browser/guest.mjs";
import { freePort, startServer } from "../browser/server.mjs";
import { check, claim, run, sleep } from "../browser/suite.mjs";
import { record } from "./recorder.mjs";
import { scan, text } from "./scan.mjs";

const work = mkdtempSync(join(tmpdir(), "zegel-sealed-"));
const build = process.env.ZEGEL_TAP_BUILD ?? "build-tap";

// Runs in the sealed worker: keeps the keys and some plaintext, and on request seals with
// nothing at all, which is what a broken client would be.
function spy(plant) {
  globalThis.zegelSpy = { keys: [], plain: [] };
  const { subtle } = crypto;
  const importKey = subtle.importKey.bind(subtle);
  const encrypt = subtle.encrypt.bind(subtle);
  subtle.importKey = (format, raw, ...rest) => {
    globalThis.zegelSpy.keys.push([...new Uint8Array(raw)]);
    return importKey(format, raw, ...rest);
  };
  subtle.encrypt = async (algorithm, key, data) => {
    const bytes = new Uint8Array(data).slice();
    // Of a picture from its middle, of sound from behind the length.
    const at = bytes.length > 200 ? bytes.length >> 1 : 8;
    const piece = [...bytes.subarray(at, at + 24)];
    if (new Set(piece).size > 12 && globalThis.zegelSpy.plain.length < 400) globalThis.zegelSpy.plain.push({ audio: bytes.length < 200, piece });
    if (!plant) return encrypt(algorithm, key, data);
    const out = new Uint8Array(bytes.length + 16);
    out.set(bytes);
    return out.buffer;
  };
}

function children(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/).filter(Boolean).map(Number);
}

function memory(pid, when) {
  const prefix = join(work, `core-${when}`);
  execFileSync("gcore", ["-a", "-o", prefix, String(pid)], { stdio: "ignore" });
  const file = `${prefix}.${pid}`;
  const bytes = readFileSync(file);
  rmSync(file);
  return bytes;
}

function memories(server, when) {
  const [worker] = children(server.pid);
  return [
    { where: `memory of zegeld ${when}`, bytes: memory(server.pid, when) },
    { where: `memory of zegel-media ${when}`, bytes: memory(worker, when) },
  ];
}

async function spied(page, plant) {
  const worker = await new Promise((done) => {
    const [there] = page.raw.workers();
    there ? done(there) : page.raw.once("worker", done);
  });
  await worker.evaluate(spy, plant);
  return worker;
}

// A message as a client would post it, but in the clear.
async function plantBlob(url, canary) {
  const ws = new WebSocket(url.replace("http", "ws") + "ws", "zegel.1", { origin: url.slice(0, -1) });
  await new Promise((done, no) => { ws.on("open", done); ws.on("error", no); });
  ws.send(Buffer.concat([Buffer.from([1, 1]), Buffer.alloc(16, 0x5c)]));
  const hash = createHash("sha256").update(Buffer.alloc(32)).digest();
  ws.send(Buffer.concat([Buffer.from([3]), Buffer.alloc(8), hash, Buffer.from([canary.bytes.length]), canary.bytes]));
  await sleep(300);
  return ws;
}

async function meeting(plant) {
  const port = await freePort();
  const tapFile = join(work, "tap");
  const tap = openSync(tapFile, "w");
  const server = await startServer({ build, args: ["--dumpable"], tap });
  const traffic = await record(port, server.port);
  const url = `http://localhost:${port}/`;
  const browser = await open("chromium");
  const mark = Math.random().toString(36).slice(2, 10);
  const canaries = [text("name", `Kanarie-${mark}`), text("other name", `Vogel-${mark}`), text("chat", `geheim-bericht-${mark}`)];
  try {
    const planted = plant ? text("planted blob", `geplant-${mark}`) : null;
    const ws = planted ? await plantBlob(url, planted) : null;
    if (planted) canaries.push(planted);
    const anna = new Guest(await browser.page(fake(1)), canaries[0].text, fake(1));
    const bram = new Guest(await browser.page(fake(3)), canaries[1].text, fake(3));
    // The worker starts with the first click; the spy is in before a key is.
    const annaWorker = spied(anna.page, plant);
    const link = await anna.create(url);
    await annaWorker;
    await anna.join();
    const bramWorker = spied(bram.page, false);
    await bram.open(link);
    await bramWorker;
    await bram.join();
    if (plant) await sleep(3000);
    else for (const g of [anna, bram]) await seesAll(g, [anna, bram]);
    await anna.say(canaries[2].text);
    await bram.hears(canaries[2].text);
    await sleep(1500);
    const found = await (await annaWorker).evaluate(() => globalThis.zegelSpy);
    const during = memories(server, "during the meeting");
    await anna.leave();
    await bram.leave();
    await sleep(1000);
    const after = memories(server, "after the meeting");
    ws?.close();
    const token = link.split("#")[1];
    canaries.push(text("link token", token));
    canaries.push({ name: "room secret", bytes: Buffer.from(token, "base64url").subarray(2, 18) });
    found.keys.forEach((k, i) => canaries.push({ name: `media key ${i}`, bytes: Buffer.from(k) }));
    const frames = (audio) => found.plain.filter((p) => p.audio === audio).slice(-40);
    frames(true).forEach(({ piece }, i) => canaries.push({ name: `opus ${i}`, bytes: Buffer.from(piece) }));
    frames(false).forEach(({ piece }, i) => canaries.push({ name: `vp8 ${i}`, bytes: Buffer.from(piece) }));
    const haystacks = [
      { where: "the WebSocket and HTTP traffic", bytes: traffic.bytes() },
      { where: "the RTP that SRTP opened", bytes: readFileSync(tapFile) },
      { where: "the log", bytes: Buffer.from(server.log) },
      ...during,
      ...after,
    ];
    return { haystacks, canaries };
  } finally {
    await browser.close();
    traffic.close();
    await server.stop();
    closeSync(tap);
  }
}

function summary({ haystacks, canaries }) {
  const mb = haystacks.reduce((n, h) => n + h.bytes.length, 0) / 1e6;
  return `${canaries.length} canaries looked for in ${mb.toFixed(1)} MB`;
}

claim("the search finds what is planted on purpose", async () => {
  const planted = await meeting(true);
  const found = scan(planted.haystacks, planted.canaries);
  const has = (canary, where) => found.some((f) => f.canary.startsWith(canary) && f.where.startsWith(where));
  console.log(`  ${summary(planted)}: ${found.length} finds`);
  check(has("planted blob", "the WebSocket"), "a blob in the clear is found in the traffic");
  check(has("planted blob", "memory of zegeld during"), "and in the front's memory");
  check(has("vp8", "the RTP"), "a picture in the clear is found in the RTP");
  check(has("vp8", "memory of zegel-media during"), "and in the worker's memory");
});

claim("of a sealed meeting nothing is found", async () => {
  const sealed = await meeting(false);
  const count = (name) => sealed.canaries.filter((c) => c.name.startsWith(name)).length;
  check(count("media key") > 0 && count("vp8") > 10 && count("opus") > 10, `too few canaries: ${sealed.canaries.map((c) => c.name)}`);
  for (const h of sealed.haystacks) check(h.bytes.length > 0 || h.where === "the log", `${h.where} is empty`);
  const found = scan(sealed.haystacks, sealed.canaries);
  console.log(`  ${summary(sealed)}: ${found.length} finds`);
  check(found.length === 0, JSON.stringify(found.slice(0, 10)));
});
process.on("exit", () => rmSync(work, { recursive: true, force: true }));
await run();
