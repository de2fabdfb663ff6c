// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Five people join and leave at random for a minute; whenever it is quiet, everybody who is in
// sees exactly the others, each one's own picture, and reads the same code.
import { open } from "./browsers.mjs";
import { fake, Guest, hearsAll, seesAll } from "./guest.mjs";
import { startServer } from "./server.mjs";
import { check, claim, run, sleep } from "./suite.mjs";

const seed = Number(process.env.ZEGEL_SEED ?? Date.now() % 100000);
const seconds = Number(process.env.ZEGEL_CROWD_SECONDS ?? 60);

function randomFrom(state) {
  // mulberry32: small, seeded, good enough to choose who leaves.
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

claim(`five people come and go for ${seconds} s (seed ${seed})`, async () => {
  const random = randomFrom(seed);
  const server = await startServer();
  const browsers = [await open("chromium"), await open("firefox", fake(4).tone)];
  const names = ["Anna", "Bram", "Chris", "Daan", "Eefje"];
  // Small pictures: five encoders and twenty decoders share this machine.
  const small = (i) => ({ ...fake(i), width: 320, height: 180, fps: 10 });
  const inside = new Map();
  const codes = new Set();
  let link, joins = 0, leaves = 0, changes = 0;

  const join = async (i) => {
    const browser = browsers[i === 4 ? 1 : 0];
    const guest = new Guest(await browser.page(small(i)), names[i], small(i));
    if (link === undefined) link = await guest.create(server.url);
    else await guest.open(link);
    await guest.join();
    inside.set(i, guest);
    joins++;
  };
  const leave = async (i) => {
    const guest = inside.get(i);
    inside.delete(i);
    leaves++;
    // Some say goodbye, some just close the window.
    if (random() < 0.5) await guest.leave();
    await guest.page.close();
  };
  const settled = async () => {
    const all = [...inside.values()];
    for (const guest of all) await seesAll(guest, all, 30000);
    const read = await Promise.all(all.map((g) => g.code()));
    check(new Set(read).size === 1, `one code for all: ${read}`);
    check(joins + leaves === changes || !codes.has(read[0]), "the code changed with the group");
    changes = joins + leaves;
    codes.add(read[0]);
  };

  try {
    await join(0);
    await join(1);
    await settled();
    const end = Date.now() + seconds * 1000;
    let steps = 0;
    while (Date.now() < end) {
      const i = Math.floor(random() * 5);
      if (!inside.has(i)) await join(i);
      else if (inside.size > 1) await leave(i);
      await sleep(random() * 1500);
      if (++steps % 4 === 0) await settled();
    }
    for (let i = 0; i < 5; i++) if (!inside.has(i)) await join(i);
    await settled();
    const all = [...inside.values()];
    await hearsAll(all[0], all);
    await all[1].say("Iedereen er?");
    for (const guest of all) await guest.hears("Iedereen er?");
    if (process.env.ZEGEL_SCREENSHOTS)
      for (const guest of all) await guest.page.screenshot(`${process.env.ZEGEL_SCREENSHOTS}/crowd-${guest.name}.png`);
    console.log(`  ${joins} joins, ${leaves} leaves, ${codes.size} groups settled`);
  } finally {
    for (const b of browsers) await b.close();
    await server.stop();
  }
});
await run(seconds * 1000 + 240000);
