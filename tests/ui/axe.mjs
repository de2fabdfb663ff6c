// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// axe-core finds nothing to complain of on any screen: in both languages, light and dark,
// wide and narrow. node tests/ui/axe.mjs

import { readFileSync } from "node:fs";
import { browse, collectComplaints, open, openings, require, screens, serve } from "./support.mjs";

const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const looks = [
  { locale: "nl", colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { locale: "en", colorScheme: "dark", viewport: { width: 320, height: 640 } },
];
const all = { ...Object.fromEntries(Object.entries(screens).map(([name, query]) => [name, [query]])), ...openings };

let passed = 0;
let failed = 0;
const server = await serve();
const browser = await browse();
for (const look of looks) {
  // axe is let in past the page's own policy, and looks at what the page has drawn.
  const context = await browser.newContext({ ...look, reducedMotion: "reduce", bypassCSP: true });
  for (const [name, [query, act]] of Object.entries(all)) {
    const page = await context.newPage();
    const complaints = [];
    collectComplaints(page, complaints);
    await open(page, server.url, query);
    if (act) await act(page);
    await page.waitForTimeout(150);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
    for (const { id, help, nodes } of violations)
      complaints.push(`${id}: ${help}: ${nodes.slice(0, 3).map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).join(" | ")}`);
    for (const complaint of complaints) console.log(`${name} (${look.locale}, ${look.colorScheme}): ${complaint}`);
    if (complaints.length === 0) passed++;
    else failed++;
    await page.close();
  }
  await context.close();
}
await browser.close();
server.close();
console.log(`passed=${passed} failed=${failed} skipped=0`);
process.exit(failed === 0 ? 0 : 1);
