// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Frames sealed and opened a second in real browsers, one after the other on one thread:
// node bench/frames.mjs [chromium|firefox]
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { open } from "../tests/browser/browsers.mjs";
import { fake } from "../tests/browser/guest.mjs";
import { startServer } from "../tests/browser/server.mjs";

const { build } = createRequire(new URL("../web/package.json", import.meta.url))("esbuild");
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL("frames/members.ts", import.meta.url))],
  nodePaths: [fileURLToPath(new URL("../web/node_modules", import.meta.url))],
  footer: { js: "globalThis.zegelBench = zegelBench;" },
  bundle: true, format: "iife", globalName: "zegelBench", target: "es2022", write: false,
});

for (const engine of process.argv[2] ? [process.argv[2]] : ["chromium", "firefox"]) {
  const server = await startServer();
  const browser = await open(engine);
  const page = await browser.page(fake(1), { extra: outputFiles[0].text });
  await page.goto(server.url);
  for (const r of await page.evaluate(() => globalThis.zegelBench.frames()))
    console.log(`${engine.padEnd(9)} ${r.kind.padEnd(7)} ${String(r.bytes).padStart(6)} bytes: ${Math.round(r.seal)} sealed/s, ${Math.round(r.open)} opened/s`);
  await browser.close();
  await server.stop();
}
