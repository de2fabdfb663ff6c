// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// When something is wrong with the sealing, nothing is sent, nothing is played, and the person
// sees why.
import { resolve } from "node:path";
import { open } from "./browsers.mjs";
import { fake, Guest, seesAll } from "./guest.mjs";
import { root, startServer } from "./server.mjs";
import { check, claim, run, sleep } from "./suite.mjs";

// Keeps what the page makes, so that a test can break it.
const keepWorkers = `{
  const Real = Worker;
  globalThis.zegelWorkers = [];
  globalThis.Worker = class extends Real {
    constructor(...args) { super(...args); globalThis.zegelWorkers.push(this); }
  };
  const RealPc = RTCPeerConnection;
  globalThis.zegelPcs = [];
  globalThis.RTCPeerConnection = class extends RealPc {
    constructor(...args) { super(...args); globalThis.zegelPcs.push(this); }
  };
}`;
const senderTransformIsLost = `Object.defineProperty(RTCRtpSender.prototype, "transform", { set() {}, get() { return null; } });`;

const sends = () => globalThis.zegelPcs.flatMap((pc) => pc.getSenders()).filter((s) => s.track !== null).length;
const warned = () => [...document.querySelectorAll("[role=alert], .banner")].some((b) => b.innerText.trim() !== "");
const broken = () => /not|niet/i.test(document.querySelector(".chip")?.innerText ?? "") || document.querySelector(".chip.broken, .chip-broken") !== null;

async function meeting(server, browser, extraOfAnna) {
  const anna = new Guest(await browser.page(fake(1), { extra: keepWorkers + (extraOfAnna ?? "") }), "Anna", fake(1));
  const bram = new Guest(await browser.page(fake(3), { extra: keepWorkers }), "Bram", fake(3));
  const link = await anna.create(server.url);
  await anna.join();
  await bram.open(link);
  await bram.join();
  return { anna, bram };
}

async function decodedFrom(guest) {
  return guest.page.evaluate(async () => {
    let frames = 0;
    for (const pc of globalThis.zegelPcs)
      (await pc.getStats()).forEach((s) => { if (s.type === "inbound-rtp") frames += s.framesDecoded ?? 0; });
    return frames;
  });
}

async function inMeeting(extra, proof, options) {
  const server = await startServer(options);
  const browser = await open("chromium");
  try {
    await proof(await meeting(server, browser, extra), server);
  } finally {
    await browser.close();
    await server.stop();
  }
}

claim("a transform that never attaches: nothing real is sent, and both are told", () =>
  inMeeting(senderTransformIsLost, async ({ anna, bram }) => {
    await anna.page.until("all senders are cut", () => globalThis.zegelPcs.flatMap((pc) => pc.getSenders()).every((s) => s.track === null));
    await anna.page.until("a warning", warned);
    await sleep(1000);
    check((await anna.page.evaluate(sends)) === 0, "nothing is sent later either");
    check((await decodedFrom(bram)) === 0, "nothing of it was decoded");
    const tiles = await bram.tiles();
    check(tiles.find((t) => t.name === "Anna").hue === null, "no picture of Anna");
  }));

claim("a worker that dies: sending stops within seconds, and the person sees it", () =>
  inMeeting("", async ({ anna, bram }) => {
    await seesAll(bram, [anna, bram]);
    await anna.page.evaluate(() => globalThis.zegelWorkers.at(-1).terminate());
    await anna.page.until("all senders are cut", () => globalThis.zegelPcs.flatMap((pc) => pc.getSenders()).every((s) => s.track === null), undefined, 6000);
    await anna.page.until("a warning", warned);
    await sleep(500);
    const before = await decodedFrom(bram);
    await sleep(1500);
    check((await decodedFrom(bram)) - before < 5, "nothing more arrives at the other one");
    check(await anna.page.evaluate(broken), `the chip says ${await anna.chip()}`);
  }));
// A server that lies: build-faults has a media worker for each kind of lie.
const lying = (fault) => ({ args: ["--media-worker", resolve(root, process.env.ZEGEL_FAULTS_BUILD ?? "build-faults", `server/zegel-media-${fault}`)] });

async function refusals(guest) {
  return guest.page.evaluate(async () => {
    let audio = 0, video = 0, heard = 0;
    for (const pc of globalThis.zegelPcs)
      (await pc.getStats()).forEach((s) => {
        if (s.type !== "inbound-rtp") return;
        if (s.kind === "video") video += s.framesDecoded ?? 0;
        else { audio += s.packetsReceived ?? 0; heard += s.totalAudioEnergy ?? 0; }
      });
    return { audio, video, heard };
  });
}

claim("the measure itself: an honest server's pictures are decoded, its sound is heard", () =>
  inMeeting("", async ({ anna, bram }) => {
    await sleep(5000);
    for (const guest of [anna, bram]) {
      const { video, heard } = await refusals(guest);
      check(video > 10 && heard > 0.05, `${video} frames decoded, sound energy ${heard}`);
    }
  }));

for (const fault of ["plaintext", "key-id"])
  claim(`a server that sends ${fault === "plaintext" ? "plaintext" : "frames under a wrong key id"}: nothing is decoded, and people see why`, () =>
    inMeeting("", async ({ anna, bram }) => {
      await sleep(5000);
      for (const guest of [anna, bram]) {
        const { audio, video, heard } = await refusals(guest);
        check(audio > 50, `sound arrived at all (${audio} packets)`);
        check(video === 0, `${video} frames were decoded`);
        check(heard < 1e-6, `something was heard: ${heard}`);
      }
      await bram.page.until("the refused tile says so", () => document.querySelector("li.tile .tile-refused") !== null);
    }, lying(fault)));

claim("a server that replays sound: it is heard once", () =>
  inMeeting("", async ({ bram }) => {
    await sleep(6000);
    const { audio, heard } = await refusals(bram);
    check(audio > 100, `sound arrived (${audio} packets)`);
    // One frame of 20 ms may be heard, stretched by concealment; not seconds of it.
    check(heard < 0.05, `replayed sound was heard: ${heard}`);
  }, lying("replay")));
await run();
