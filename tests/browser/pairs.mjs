// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Two people in two real browsers through our own server: picture, sound, chat, roster, code.
import { open } from "./browsers.mjs";
import { fake, Guest, hearsAll, seesAll } from "./guest.mjs";
import { startServer } from "./server.mjs";
import { check, claim, run } from "./suite.mjs";

async function pair(first, second) {
  const server = await startServer();
  const browsers = [await open(first, fake(1).tone), first === second ? null : await open(second, fake(3).tone)];
  try {
    const anna = new Guest(await browsers[0].page(fake(1)), "Anna", fake(1));
    const bram = new Guest(await (browsers[1] ?? browsers[0]).page(fake(3)), "Bram", fake(3));
    const both = [anna, bram];
    const link = await anna.create(server.url);
    await anna.join();
    await bram.open(link);
    await bram.join();
    for (const guest of both) await seesAll(guest, both);
    console.log(`  click to picture: ${Date.now() - bram.joinedAt} ms with the polling of this test`);
    for (const guest of both) await hearsAll(guest, both);
    await anna.say("Hallo, hier Anna");
    await bram.hears("Hallo, hier Anna");
    await bram.say("En hier Bram");
    await anna.hears("En hier Bram");
    check((await anna.code()) === (await bram.code()), "both read the same meeting code");
    for (const guest of both) check(/encrypted, 2 people/.test(await guest.chip()), `the chip says ${await guest.chip()}`);
    check(!/Anna|Bram|Hallo/.test(server.log), "the log names nobody");
    const before = await anna.code();
    await bram.leave();
    // By a goodbye, not by his silence, which takes 8 s.
    await seesAll(anna, [anna], 5000);
    check((await anna.code()) !== before, "the code is another one after a leave");
    if (process.env.ZEGEL_SCREENSHOTS) await anna.page.screenshot(`${process.env.ZEGEL_SCREENSHOTS}/${first}-${second}.png`);
  } finally {
    for (const b of browsers) await b?.close();
    const how = await server.stop();
    check(how.code === 0, `zegeld ended with ${JSON.stringify(how)}: ${server.log}`);
  }
}

const wanted = process.argv.slice(2);
for (const [a, b] of [["chromium", "chromium"], ["chromium", "firefox"], ["firefox", "chromium"]])
  if (wanted.length === 0 || wanted.includes(`${a}-${b}`))
    claim(`${a} and ${b} see, hear and read each other, sealed`, () => pair(a, b));
await run();
