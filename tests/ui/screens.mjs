// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Pictures of every screen: node tests/ui/screens.mjs FOLDER [NAME...]. Fails if a page
// complains, or if something does not fit the window.

import { mkdirSync } from "node:fs";
import { browse, collectComplaints, open, openings, screens, serve } from "./support.mjs";

const [folder = "build/screens", ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });

const windows = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
  narrow: { width: 320, height: 568 },
};

const all = { ...Object.fromEntries(Object.entries(screens).map(([name, query]) => [name, [query]])), ...openings };
const chosen = Object.entries(all).filter(([name]) => only.length === 0 || only.includes(name));

// Nothing is wider than the window, and in a meeting nothing is higher either.
function overflow() {
  const { scrollWidth, scrollHeight, clientWidth, clientHeight } = document.documentElement;
  const meeting = document.querySelector(".meeting") !== null;
  return [
    ...(scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} px too wide`] : []),
    ...(meeting && scrollHeight > clientHeight ? [`${scrollHeight - clientHeight} px too high`] : []),
  ];
}

let pictures = 0;
const faults = [];
const server = await serve();
const browser = await browse();
for (const [window, viewport] of Object.entries(windows)) {
  for (const colorScheme of ["light", "dark"]) {
    if (window === "narrow" && colorScheme === "dark") continue;
    const language = colorScheme === "light" ? "en" : "nl";
    const context = await browser.newContext({ viewport, colorScheme, locale: language, reducedMotion: "reduce" });
    for (const [name, [query, act]] of chosen) {
      const page = await context.newPage();
      const complaints = [];
      collectComplaints(page, complaints);
      await open(page, server.url, query);
      if (act) await act(page);
      await page.waitForTimeout(250);
      complaints.push(...await page.evaluate(overflow));
      const file = `${name}.${window}.${colorScheme}`;
      await page.screenshot({ path: `${folder}/${file}.png` });
      pictures++;
      for (const complaint of complaints) faults.push(`${file}: ${complaint}`);
      await page.close();
    }
    await context.close();
  }
}
await browser.close();
server.close();
for (const fault of faults) console.log(fault);
console.log(`passed=${pictures - faults.length} failed=${faults.length} skipped=0`);
process.exit(faults.length === 0 ? 0 : 1);
