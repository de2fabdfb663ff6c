// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What people meet when something is wrong with what they bring: a page that says so, and a
// meeting that goes on as far as it can.
import { open } from "./browsers.mjs";
import { fake, Guest, seesAll } from "./guest.mjs";
import { startServer } from "./server.mjs";
import { check, claim, run } from "./suite.mjs";

const picture = (guest, name) =>
  process.env.ZEGEL_SCREENSHOTS && guest.page.screenshot(`${process.env.ZEGEL_SCREENSHOTS}/bad-${name}.png`);

async function withServer(proof) {
  const server = await startServer();
  const browser = await open("chromium");
  try {
    await proof(server, browser);
  } finally {
    await browser.close();
    await server.stop();
  }
}

claim("a cut or changed link: a page that says so, and no way in", () =>
  withServer(async (server, browser) => {
    const anna = new Guest(await browser.page(fake(1)), "Anna", fake(1));
    const { hash } = new URL(await anna.create(server.url));
    for (const [i, [token, words]] of [
      [hash.slice(0, -7), "This link is incomplete"],
      [`${hash.slice(0, -1)}!`, "This is not the link of a meeting"],
      [`${hash}abc`, "This link is incomplete"],
    ].entries()) {
      const bram = new Guest(await browser.page(fake(3)), "Bram", fake(3));
      await bram.page.goto(server.url + token);
      await bram.page.until("what is wrong with the link", () => (document.querySelector("[role=alert]")?.innerText ?? "").length > 10);
      const said = await bram.page.evaluate(() => document.querySelector("[role=alert]").innerText);
      check(said.includes(words), `it says «${said}»`);
      check(await bram.page.evaluate(() => document.querySelector(".preview") === null), "there is no way in");
      check(await bram.page.evaluate(() => !location.hash && sessionStorage.length === 0), "nothing is kept of it");
      await picture(bram, `link-${i}`);
      await bram.page.close();
    }
  }));

for (const [what, remove] of [
  ["RTCRtpScriptTransform", "delete globalThis.RTCRtpScriptTransform"],
  ["WebAssembly", "delete globalThis.WebAssembly"],
])
  claim(`a browser without ${what}: a page that names it`, () =>
    withServer(async (server, browser) => {
      const anna = new Guest(await browser.page(fake(1), { extra: remove }), "Anna", fake(1));
      await anna.page.goto(server.url);
      await anna.says(what);
      check(await anna.page.evaluate(() => document.querySelector("button.primary") === null), "there is no button to begin");
      await picture(anna, `lacks-${what}`);
    }));

const failing = (name) => `navigator.mediaDevices.getUserMedia = async () => {
  throw new DOMException("by the test", ${JSON.stringify(name)});
};`;
for (const [name, words] of [
  ["NotFoundError", "No microphone and no camera were found"],
  ["NotAllowedError", "blocked for this page"],
  ["NotReadableError", "Another program is using"],
])
  claim(`devices that answer ${name}: one is told, and takes part without`, () =>
    withServer(async (server, browser) => {
      const anna = new Guest(await browser.page(fake(1)), "Anna", fake(1));
      const bram = new Guest(await browser.page(fake(3), { extra: failing(name) }), "Bram", fake(3));
      const link = await anna.create(server.url);
      await anna.join();
      await bram.openWithoutDevices(link);
      await bram.says(words);
      await picture(bram, name);
      await bram.join();
      await bram.page.until("Anna's picture", () => [...document.querySelectorAll("li.tile video")].some((v) => v.videoWidth > 0));
      await bram.say("Ik zie je");
      await anna.hears("Ik zie je");
      const tile = (await anna.tiles()).find((t) => t.name === "Bram");
      check(tile !== undefined && tile.hue === null, "Bram is there, without a picture");
      await picture(anna, `${name}-as-others-see`);
    }));

claim("a server that goes away: a banner; when it is back the meeting goes on", async () => {
  let server = await startServer();
  const browser = await open("chromium");
  try {
    const anna = new Guest(await browser.page(fake(1)), "Anna", fake(1));
    const bram = new Guest(await browser.page(fake(3)), "Bram", fake(3));
    const link = await anna.create(server.url);
    await anna.join();
    await bram.open(link);
    await bram.join();
    for (const guest of [anna, bram]) await seesAll(guest, [anna, bram]);
    const { port, mediaPort } = server;
    await server.stop();
    for (const guest of [anna, bram]) await guest.says("The connection to the server is gone");
    await picture(anna, "server-away");
    server = await startServer({ port, mediaPort });
    for (const guest of [anna, bram])
      await guest.page.until("the banner to go", () => !document.body.innerText.includes("The connection to the server is gone"), undefined, 30000);
    for (const guest of [anna, bram]) await seesAll(guest, [anna, bram], 40000);
    await anna.say("Daar zijn we weer");
    await bram.hears("Daar zijn we weer");
    check((await anna.code()) === (await bram.code()), "both read the same code");
  } finally {
    await browser.close();
    await server.stop();
  }
});

claim("a server that is not there when one wants in: it is said, and the way in is found later", async () => {
  let server = await startServer();
  const browser = await open("chromium");
  try {
    const anna = new Guest(await browser.page(fake(1)), "Anna", fake(1));
    await anna.create(server.url);
    const { port, mediaPort } = server;
    await server.stop();
    await anna.click("Join");
    await anna.says("The server does not answer yet");
    await picture(anna, "no-server");
    server = await startServer({ port, mediaPort });
    await anna.page.until("being in", () => !!document.querySelector("li.tile"), undefined, 30000);
  } finally {
    await browser.close();
    await server.stop();
  }
});
await run();
