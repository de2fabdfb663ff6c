// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// From the click on Join to the first picture of the other one, in a real browser on loopback:
// node bench/join.mjs [JOINS]. Devices are open already, as they are before a real click.
import { open } from "../tests/browser/browsers.mjs";
import { fake, Guest } from "../tests/browser/guest.mjs";
import { startServer } from "../tests/browser/server.mjs";

const joins = Number(process.argv[2] ?? 10);
const small = (i) => ({ ...fake(i), width: 640, height: 360, fps: 15 });

// In the page: when was Join clicked, what happened when, and when did a frame of somebody else appear?
const stopwatch = `{
  const marks = (globalThis.zegelMarks = {});
  const mark = (name) => (marks[name] ??= performance.now());
  addEventListener("submit", () => mark("clicked"), true);
  const RealSocket = WebSocket;
  globalThis.WebSocket = class extends RealSocket {
    constructor(...args) {
      super(...args);
      this.addEventListener("open", () => mark("socket"));
    }
  };
  const RealPc = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends RealPc {
    constructor(...args) {
      super(...args);
      mark("offer");
      this.addEventListener("connectionstatechange", () => this.connectionState === "connected" && mark("connected"));
      const poll = setInterval(async () => {
        (await this.getStats()).forEach((s) => {
          if (s.type !== "inbound-rtp" || s.kind !== "video") return;
          if (s.packetsReceived > 0) mark("packets");
          if (s.framesDecoded > 0) mark("decoded");
        });
        if (marks.decoded) clearInterval(poll);
      }, 10);
    }
    async setLocalDescription(d) { await super.setLocalDescription(d); mark("answer"); }
  };
  new MutationObserver(() => {
    for (const video of document.querySelectorAll("li.tile video")) {
      if (video.zegelSeen || video.closest("li").querySelector(".tile-name")?.textContent.includes("(you)")) continue;
      video.zegelSeen = true;
      video.requestVideoFrameCallback(() => mark("drawn"));
    }
  }).observe(document, { childList: true, subtree: true });
}`;
const steps = ["socket", "offer", "answer", "connected", "packets", "decoded", "drawn"];

const server = await startServer();
const browser = await open("chromium");
const anna = new Guest(await browser.page(small(1)), "Anna", small(1));
const link = await anna.create(server.url);
await anna.join();
const times = [];
for (let i = 0; i < joins; i++) {
  const bram = new Guest(await browser.page(small(3), { extra: stopwatch }), "Bram", small(3));
  await bram.open(link);
  await bram.join();
  await bram.page.until("a picture", () => globalThis.zegelMarks.drawn > 0);
  times.push(await bram.page.evaluate(() => globalThis.zegelMarks));
  await bram.leave();
  await bram.page.close();
  await new Promise((r) => setTimeout(r, 1000));
}
await browser.close();
await server.stop();
const at = (step, q) => {
  const sorted = times.map((t) => t[step] - t.clicked).sort((x, y) => x - y);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]);
};
console.log(`ms after the click, ${joins} joins: best, median, worst`);
for (const step of steps) console.log(`${step.padEnd(10)} ${at(step, 0)} ${at(step, 0.5)} ${at(step, 1)}`);
