// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors
//
// Builds the page: node build.mjs writes dist/, node build.mjs --mock writes dist-mock/, the
// same face on invented people, for work on it and for tests.
//
//	index.html app.js app.css icon.svg    the page: ui/, meeting/
//	worker.js sealed.wasm                 the sealed worker: sealed/ as C and as TypeScript
//	*.br *.gz                             the same, compressed once and for all
//	SHA256SUMS                            of all of the above but the compressed ones
//
// Same sources, same node_modules, same bytes: no time, no path, no machine in the output.

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const web = dirname(fileURLToPath(import.meta.url));
const mock = process.argv.includes("--mock");
const dist = join(web, mock ? "dist-mock" : "dist");

const common = {
  absWorkingDir: web,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  outdir: dist,
};

async function bundle() {
  const page = mock ? "ui/mock_main.tsx" : "main.tsx";
  await build({
    ...common,
    entryPoints: [{ in: page, out: "app" }, { in: "styles/app.css", out: "app" }],
    loader: { ".ftl": "text" },
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  if (mock) return;
  await build({ ...common, entryPoints: [{ in: "sealed/worker.ts", out: "worker" }] });
  execFileSync(join(web, "../sealed/wasm/build"), [dist], { stdio: "inherit" });
}

const digest = (name, encoding) =>
  createHash("sha256").update(readFileSync(join(dist, name))).digest(encoding);

// The page refuses a script or a style that is not the one it was built with.
function pinned(html) {
  return html.replace(/(src|href)="\/(app\.\w+)"/g, (link, _, name) =>
    `${link} integrity="sha256-${digest(name, "base64")}"`);
}

function compress(name) {
  const bytes = readFileSync(join(dist, name));
  const gz = gzipSync(bytes, { level: 9 });
  const br = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  writeFileSync(join(dist, `${name}.gz`), gz);
  writeFileSync(join(dist, `${name}.br`), br);
  return [bytes.length, gz.length, br.length];
}

function report(sizes) {
  const line = (name, n) => console.log(`${name.padEnd(12)}${n.map((x) => String(x).padStart(9)).join("")}`);
  console.log(`${"".padEnd(12)}${["plain", "gzip", "brotli"].map((x) => x.padStart(9)).join("")}`);
  for (const [name, n] of sizes) line(name, n);
  line("together", sizes.reduce((sum, [, n]) => sum.map((x, i) => x + n[i]), [0, 0, 0]));
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
await bundle();
cpSync(join(web, "icon.svg"), join(dist, "icon.svg"));
writeFileSync(join(dist, "index.html"), pinned(readFileSync(join(web, "index.html"), "utf8")));

const names = readdirSync(dist).sort();
const sizes = names.map((name) => [name, compress(name)]);
writeFileSync(join(dist, "SHA256SUMS"), names.map((n) => `${digest(n, "hex")}  ${n}\n`).join(""));
report(sizes);
