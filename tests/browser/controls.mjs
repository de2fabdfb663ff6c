// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The buttons of a meeting do at the others' what they say: mute, camera, screen, hand; and who
// loads the page again is back. In Chromium and Firefox.
import { open } from "./browsers.mjs";
import { fake, Guest, hearsAll, hueDistance, seesAll } from "./guest.mjs";
import { startServer } from "./server.mjs";
import { check, claim, run, sleep } from "./suite.mjs";

const shot = (guest, name) =>
  process.env.ZEGEL_SCREENSHOTS && guest.page.screenshot(`${process.env.ZEGEL_SCREENSHOTS}/controls-${name}.png`);
const tileOf = (guest, name) => guest.tiles().then((all) => all.find((t) => t.name === name));

// Waits until f gives something true, outside the page.
async function until(what, f, timeout = 15000) {
  for (const end = Date.now() + timeout; ; await sleep(100)) {
    if (await f()) return;
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
  }
}

// Packets and bytes of sound that this page has sent.
const sent = (guest) =>
  guest.page.evaluate(async () => {
    let packets = 0, bytes = 0;
    for (const pc of globalThis.zegelPcs)
      (await pc.getStats()).forEach((s) => {
        if (s.type === "outbound-rtp" && s.kind === "audio") [packets, bytes] = [packets + s.packetsSent, bytes + s.bytesSent];
      });
    return { packets, bytes };
  });
const keepPcs = `{
  const Real = RTCPeerConnection;
  globalThis.zegelPcs = [];
  globalThis.RTCPeerConnection = class extends Real {
    constructor(...args) { super(...args); globalThis.zegelPcs.push(this); }
  };
}`;

async function rate(guest) {
  const a = await sent(guest);
  await sleep(2000);
  const b = await sent(guest);
  return { packets: (b.packets - a.packets) / 2, size: (b.bytes - a.bytes) / (b.packets - a.packets) };
}

async function buttons(engine) {
  const server = await startServer();
  const browsers = [await open(engine, fake(1).tone), engine === "chromium" ? null : await open("chromium")];
  try {
    const anna = new Guest(await browsers[0].page(fake(1), { extra: keepPcs }), "Anna", fake(1));
    const bram = new Guest(await (browsers[1] ?? browsers[0]).page(fake(3)), "Bram", fake(3));
    const both = [anna, bram];
    const link = await anna.create(server.url);
    await anna.join();
    await bram.open(link);
    await bram.join();
    for (const guest of both) await seesAll(guest, both);
    await hearsAll(bram, both);

    const speaking = await rate(anna);
    await anna.click("Mute");
    await until("the sign that Anna is muted", async () => bram.page.evaluate(() =>
      [...document.querySelectorAll("li.tile")].some((t) => t.innerText.includes("Anna") && t.querySelector(".sign-microphoneOff"))));
    const { key } = await tileOf(bram, "Anna");
    await until("silence", async () => (await bram.tone(key)) === 0);
    const muted = await rate(anna);
    check(Math.abs(muted.packets - speaking.packets) < 12 && Math.abs(muted.size - speaking.size) < 2,
      `from outside a muted microphone looks like one that is not: ${JSON.stringify([speaking, muted])}`);
    await anna.click("Unmute");
    await hearsAll(bram, both);

    await anna.click("Stop video");
    await until("Anna without a picture", async () => (await tileOf(bram, "Anna")).hue === null);
    await anna.click("Start video");
    for (const guest of both) await seesAll(guest, both);

    await anna.click("Share screen");
    await until("Anna's screen", async () => bram.page.evaluate(() =>
      [...document.querySelectorAll("li.tile")].some((t) => /screen/i.test(t.innerText) && t.querySelector("video")?.videoWidth > 0)));
    // For a moment it is black: what proves that it will be sealed.
    await until("her screen's own picture", async () => {
      const screens = (await bram.tiles()).filter((t) => /screen/i.test(t.name));
      return screens.length === 1 && screens[0].hue !== null && hueDistance(screens[0].hue, anna.fake.hue) <= 15;
    });
    await shot(bram, `${engine}-screen`);
    await anna.click("Stop sharing");
    await until("no screen", async () => !(await bram.tiles()).some((t) => /screen/i.test(t.name)));

    await anna.click("Raise hand");
    await until("Anna's hand", async () => bram.page.evaluate(() => !!document.querySelector(".sign-hand, [class*=hand]:not(button):not(button *)")));
    await anna.click("Lower hand");

    // Nothing is kept over a reload but the link: Anna comes as somebody new, and her old seat goes.
    await anna.page.raw.reload();
    await anna.prejoin();
    await anna.join();
    for (const guest of both) await seesAll(guest, both, 30000);
    check((await anna.code()) === (await bram.code()), "both read the same code");
  } finally {
    for (const b of browsers) await b?.close();
    await server.stop();
  }
}

for (const engine of process.argv[2] ? [process.argv[2]] : ["chromium", "firefox"])
  claim(`${engine}: each button does what it says`, () => buttons(engine));
await run();
