// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// web/sealed/frame_cipher.ts gives the same bytes as sealed/sframe/: by the published vectors,
// and by plans that the C code makes. node tests/wasm/frame_cipher.mjs FOLDER (of tests/wasm/build)

import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { argv, env } from "node:process";

const folder = resolve(argv[2]);
const { importFrameKey, sealFrame, openFrame, framePlanAt } = await import(
  pathToFileURL(resolve(folder, "frame_cipher.mjs")).href
);
const { cryptoImports } = await import(pathToFileURL(resolve(folder, "crypto.mjs")).href);

const bytes = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const vectors = resolve(env.ZEGEL_VECTORS ?? resolve(import.meta.dirname, "../../../shared/vectors"),
  "sframe/test-vectors.json");

let memory;
const { exports: probe } = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(resolve(folder, "frame_probe.wasm"))),
  { zegel: cryptoImports(() => memory) },
);
memory = probe.memory;

async function both(raw) {
  return [await importFrameKey(raw.slice(), "encrypt"), await importFrameKey(raw.slice(), "decrypt")];
}

test("the published vectors of suites 4 and 5 are reproduced",
  { skip: existsSync(vectors) ? false : "no vectors folder" }, async () => {
    const cases = JSON.parse(readFileSync(vectors)).sframe.filter((v) => v.cipher_suite >= 4);
    assert.equal(cases.length, 2);
    for (const v of cases) {
      const [seal, open] = await both(bytes(v.sframe_key));
      const plan = {
        clearLength: 0,
        nonce: bytes(v.nonce),
        aad: bytes(v.aad),
        headerLength: (v.aad.length - v.metadata.length) / 2,
      };
      const frame = await sealFrame(seal, plan, new Uint8Array(0), bytes(v.pt));
      assert.deepEqual(frame, bytes(v.ct));
      assert.deepEqual(await openFrame(open, plan, frame), bytes(v.pt));
    }
  });

test("a plan of the C code leads to the frame that the C code seals", async () => {
  const [clear, plain] = ["clear", "a plain frame"].map((text) => new TextEncoder().encode(text));
  for (const [suite, length] of [[4, 16], [5, 32]])
    for (const [kid, counter] of [[0, 0], [7, 8], [0x04000000, 1], [0x3fffffff, 0xfffffffe]]) {
      assert.equal(probe.probe_seal(suite, kid, counter), 0);
      const plan = framePlanAt(memory, probe.probe_plan());
      const raw = new Uint8Array(memory.buffer, probe.probe_key(), length);
      const [seal, open] = await both(raw.slice());
      const expected = new Uint8Array(memory.buffer, probe.probe_frame(), probe.probe_frame_n()).slice();
      assert.deepEqual([plan.key, plan.kind, plan.leaf, plan.clearLength], [11, 2, 33, 5]);
      assert.deepEqual(plan.raw, new Uint8Array(memory.buffer, probe.probe_plan(), 96));
      assert.deepEqual(await sealFrame(seal, plan, clear, plain), expected);
      assert.deepEqual(await openFrame(open, plan, expected), plain);
    }
});

test("a turned bit, in frame or associated data, opens to nothing", async () => {
  assert.equal(probe.probe_seal(4, 0x04000000, 5), 0);
  const plan = framePlanAt(memory, probe.probe_plan());
  const [, open] = await both(new Uint8Array(memory.buffer, probe.probe_key(), 16));
  const frame = new Uint8Array(memory.buffer, probe.probe_frame(), probe.probe_frame_n()).slice();
  const sealed = frame.subarray(plan.clearLength + plan.headerLength);
  for (const part of [sealed, plan.aad, plan.nonce])
    for (let bit = 0; bit < part.length * 8; bit++) {
      part[bit >> 3] ^= 1 << (bit & 7);
      assert.equal(await openFrame(open, plan, frame), null);
      part[bit >> 3] ^= 1 << (bit & 7);
    }
  assert.notEqual(await openFrame(open, plan, frame), null);
  for (let n = 0; n < frame.length; n++)
    assert.equal(await openFrame(open, plan, frame.slice(0, n)), null);
});

test("an imported key is overwritten, cannot be read, and has one use", async () => {
  const raw = new Uint8Array(16).fill(9);
  const { key } = await importFrameKey(raw, "encrypt");
  assert.deepEqual(raw, new Uint8Array(16));
  assert.equal(key.extractable, false);
  assert.deepEqual([...key.usages], ["encrypt"]);
  await assert.rejects(crypto.subtle.exportKey("raw", key));
});
