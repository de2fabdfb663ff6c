// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// How long each primitive of the browser's provider takes, in microseconds: the median of
// many calls, warm. node bench/crypto_web.mjs FOLDER (of tests/wasm/build)

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2]);
const { cryptoImports } = await import(pathToFileURL(resolve(folder, "crypto.mjs")).href);
const { importFrameKey, sealFrame } = await import(
  pathToFileURL(resolve(folder, "frame_cipher.mjs")).href
);

const memory = new WebAssembly.Memory({ initial: 4 });
const c = cryptoImports(() => memory);
const heap = new Uint8Array(memory.buffer);
const view = new DataView(memory.buffer);
const PRIV = 1024, PUB = 2048, OUT = 4096, LEN = 8192, SPANS = 8200, KEY = 9000, DATA = 16384;

function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

function line(name, times) {
  console.log(`${name.padEnd(28)} ${(median(times) * 1000).toFixed(1).padStart(9)}`);
}

function measure(name, f, count = 300) {
  const times = [];
  for (let i = 0; i < count + 50; i++) {
    const start = performance.now();
    const err = f();
    const took = performance.now() - start;
    if (err !== 0) throw new Error(`${name}: ${err}`);
    if (i >= 50) times.push(took);
  }
  line(name, times);
}

crypto.getRandomValues(heap.subarray(0, 1024));
for (const [name, alg, priv, pub] of [
  ["X25519", 0, 32, 32], ["P-256", 1, 32, 65], ["P-384", 2, 48, 97], ["P-521", 3, 66, 133],
]) {
  crypto.getRandomValues(heap.subarray(PRIV, PRIV + priv));
  heap[PRIV] &= 1;
  const count = alg > 1 ? 60 : 300;
  measure(`${name} public key`, () => c.dh_public(alg, PRIV, PUB), count);
  measure(`${name} DH`, () => c.dh(alg, PRIV, PUB, pub, OUT), count);
}
for (const [name, alg, pub] of [
  ["Ed25519", 0, 32], ["ECDSA P-256", 1, 65], ["ECDSA P-384", 2, 97], ["ECDSA P-521", 3, 133],
]) {
  const count = alg > 1 ? 60 : 300;
  c.sig_public(alg, PRIV, PUB);
  measure(`${name} sign 200 B`, () => c.sign(alg, PRIV, 0, 200, OUT, LEN), count);
  const n = view.getUint32(LEN, true);
  measure(`${name} verify 200 B`, () => c.verify(alg, PUB, pub, 0, 200, OUT, n), count);
}
for (const [name, alg] of [["AES-128-GCM", 0], ["AES-256-GCM", 1], ["ChaCha20-Poly1305", 2]])
  for (const n of [100, 1200, 16384])
    measure(`${name} seal ${n} B`, () => c.aead_seal(alg, KEY, KEY, 0, 20, DATA, n, DATA + 20000), 1000);
for (const n of [100, 16384]) {
  view.setUint32(SPANS, DATA, true);
  view.setUint32(SPANS + 4, n, true);
  measure(`SHA-256 ${n} B`, () => c.hash(0, SPANS, 1, OUT), 1000);
  measure(`HMAC-SHA-256 ${n} B`, () => c.hmac(0, KEY, 32, SPANS, 1, OUT), 1000);
}

// What media frames take instead.
const key = await importFrameKey(new Uint8Array(16), "encrypt");
const plan = { nonce: new Uint8Array(12), aad: new Uint8Array(20), clearLength: 1, headerLength: 6 };
const clear = new Uint8Array(1);
for (const n of [200, 1200, 16384]) {
  const plain = new Uint8Array(n), times = [];
  for (let i = 0; i < 1000; i++) {
    const start = performance.now();
    await sealFrame(key, plan, clear, plain);
    times.push(performance.now() - start);
  }
  line(`WebCrypto frame ${n} B`, times);
}
