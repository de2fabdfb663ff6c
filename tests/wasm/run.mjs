// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Runs a test program that tests/wasm/build made: node tests/wasm/run.mjs PROGRAM.wasm ARGS...
// It sees the file system, its arguments and two variables, and gets its primitives from
// web/sealed/crypto.ts. Ends with the program's own exit code.

import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { argv, env, exit } from "node:process";
import { WASI } from "node:wasi";

const [program, ...args] = argv.slice(2);
if (program === undefined) {
  console.error("usage: node tests/wasm/run.mjs PROGRAM.wasm ARGS...");
  exit(2);
}

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const provider = resolve(dirname(program), "crypto.mjs");
const { cryptoImports } = await import(pathToFileURL(provider).href);

// The program itself has no current folder: it is told where the vectors are.
const vectors = [env.ZEGEL_VECTORS, resolve(root, "../shared/vectors")]
  .find((folder) => folder !== undefined && existsSync(folder));
const wasi = new WASI({
  version: "preview1",
  args: [program, ...args],
  env: { ZEGEL_SOURCE: root, ZEGEL_VECTORS: vectors ?? "/no/vectors" },
  preopens: { "/": "/" },
});

let memory;
const module = await WebAssembly.compile(await readFile(program));
const instance = await WebAssembly.instantiate(module, {
  ...wasi.getImportObject(),
  zegel: cryptoImports(() => memory),
});
memory = instance.exports.memory;
exit(wasi.start(instance));
