// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A meeting with a lobby in real browsers: people wait, a host lets them in or does not.
import { open } from "./browsers.mjs";
import { fake, Guest, hearsAll, seesAll } from "./guest.mjs";
import { startServer } from "./server.mjs";
import { check, claim, run, sleep } from "./suite.mjs";

const shot = (guest, name) =>
  process.env.ZEGEL_SCREENSHOTS && guest.page.screenshot(`${process.env.ZEGEL_SCREENSHOTS}/lobby-${name}.png`);

// Anna's own link has the host's part, the invitation has not.
async function hostLink(anna, url) {
  await anna.page.goto(url);
  await anna.page.until("the lobby's switch", () => {
    const box = document.querySelector(".switch input");
    box?.click();
    return !!box;
  });
  await anna.click("New meeting");
  await anna.prejoin();
  const token = await anna.page.evaluate(() => sessionStorage.getItem("zegel-link"));
  check(token.includes("."), "the host's link has the host's part");
  return new URL(`#${token.split(".")[0]}`, url).href;
}

async function waits(guest) {
  await guest.click("Join");
  await guest.says("Nobody can see or hear you");
  await guest.says("Waiting for a host");
}

claim("people wait unseen and unhearing until a host lets them in; whom it refuses stays out", async () => {
  const server = await startServer();
  const browser = await open("chromium");
  try {
    const guest = async (i, name) => new Guest(await browser.page(fake(i)), name, fake(i));
    const [anna, bram, chris, daan] = [await guest(1, "Anna"), await guest(3, "Bram"), await guest(2, "Chris"), await guest(4, "Daan")];
    const link = await hostLink(anna, server.url);

    // Early: there is no meeting without its host.
    await bram.open(link);
    await waits(bram);
    await shot(bram, "waiting");
    await sleep(1500);
    check((await bram.tiles()).length === 0, "who waits sees nobody");

    await anna.join();
    await anna.page.until("Bram at the door", () => document.querySelector(".door")?.innerText.includes("Bram"));
    await shot(anna, "door");
    check((await anna.tiles()).length === 1, "who waits is not among the people");
    await anna.click("Let in Bram");
    await bram.page.until("Bram in the meeting", () => !!document.querySelector("li.tile"));
    for (const one of [anna, bram]) await seesAll(one, [anna, bram]);
    await hearsAll(anna, [anna, bram]);

    await chris.open(link);
    await waits(chris);
    await daan.open(link);
    await waits(daan);
    await anna.page.until("both at the door", () => document.querySelectorAll(".door li").length === 2);
    check(await bram.page.evaluate(() => document.querySelector(".door") === null), "only a host sees the door");
    await anna.click("Refuse Chris");
    await anna.click("Let in Daan");
    await daan.page.until("Daan in the meeting", () => !!document.querySelector("li.tile"));
    for (const one of [anna, bram, daan]) await seesAll(one, [anna, bram, daan]);
    await sleep(4000);
    check((await chris.tiles()).length === 0, "who was refused stays outside");
    await chris.says("Nobody can see or hear you");
    const codes = await Promise.all([anna, bram, daan].map((g) => g.code()));
    check(new Set(codes).size === 1, "one code for all who are in");
    await shot(anna, "all");
  } finally {
    await browser.close();
    await server.stop();
  }
});
await run();
