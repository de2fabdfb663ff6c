// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Takes a picture of a real meeting of five: node tests/browser/picture.mjs FILE.png
import { open } from "./browsers.mjs";
import { fake, Guest } from "./guest.mjs";
import { people, portrait } from "./portrait.mjs";
import { startServer } from "./server.mjs";
import { sleep } from "./suite.mjs";

const server = await startServer();
const browser = await open("chromium");
try {
  const guests = [];
  for (const [i, person] of people.entries()) {
    const media = { ...fake(i), width: 640, height: 360, fps: 12 };
    const guest = new Guest(await browser.page(media, { extra: portrait(person) }), person.name, media);
    if (i === 0) guest.link = await guest.create(server.url);
    else await guest.open(guests[0].link);
    await guest.join();
    // One speaks; the others listen.
    if (i !== 2) await guest.click("Mute");
    guests.push(guest);
  }
  await guests[1].say("Good morning all");
  await guests[4].say("Morning! I have the agenda here.");
  await guests[0].hears("agenda");
  await sleep(4000);
  await guests[0].page.screenshot(process.argv[2]);
} finally {
  await browser.close();
  await server.stop();
}
