// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A list of claims with their proofs, run one after the other; the last line is the sum.
const claims = [];

export function claim(name, proof) {
  claims.push({ name, proof });
}

export async function run(timeoutMs = 180000) {
  let passed = 0, failed = 0;
  for (const { name, proof } of claims) {
    const began = Date.now();
    let timer;
    const late = new Promise((_, no) => (timer = setTimeout(() => no(new Error("took too long")), timeoutMs)));
    try {
      await Promise.race([proof(), late]);
      passed++;
      console.log(`ok ${name} (${Date.now() - began} ms)`);
    } catch (e) {
      failed++;
      console.log(`not ok ${name}\n${e.stack}`);
    }
    clearTimeout(timer);
  }
  console.log(`passed=${passed} failed=${failed} skipped=0`);
  process.exit(failed ? 1 : 0);
}

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

export const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
