// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// From the click on Join to the first picture of the other one, in a real browser on loopback:
// node bench/join.mjs [JOINS]. Devices are open already, as they are before a real click.
import { open } from "../tests/browser/browsers.mjs";
import { fake, Guest } from "../tests/browser/guest.mjs";
import { startServer } from "../tests/browser/server.mjs";

const joins = Number(process.argv[2] ?? 10);
const small = (i) => ({ ...fake(i), width: 640, height: 360, fps: 15 });

// In the page: when was Join clicked, and when did a frame of somebody else appear?
const stopwatch = `
  addEventListener("submit", () => (globalThis.zegelClicked = performance.now()), true);
  new MutationObserver(() => {
    for (const video of document.querySelectorAll("li.tile video")) {
      if (video.zegelSeen || video.closest("li").querySelector(".tile-name")?.textContent.includes("(you)")) continue;
      video.zegelSeen = true;
      video.requestVideoFrameCallback((now) => (globalThis.zegelFrame ??= now));
    }
  }).observe(document, { childList: true, subtree: true });`;

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
  await bram.page.until("a picture", () => globalThis.zegelFrame > 0);
  times.push(await bram.page.evaluate(() => globalThis.zegelFrame - globalThis.zegelClicked));
  await bram.leave();
  await bram.page.close();
  await new Promise((r) => setTimeout(r, 1000));
}
await browser.close();
await server.stop();
times.sort((a, b) => a - b);
const at = (q) => Math.round(times[Math.min(times.length - 1, Math.floor(q * times.length))]);
console.log(`click to first remote frame, ${joins} joins: median ${at(0.5)} ms, best ${at(0)} ms, worst ${at(1)} ms`);
