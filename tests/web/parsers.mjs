// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What the page itself reads of what others send: right forms are read, every cut and every
// change is refused or harmless, and nothing throws. Seeded; node tests/web/parsers.mjs [RUNS]
import { createRequire } from "node:module";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const runs = Number(process.argv[2] ?? 100000);
const web = new URL("../../web/", import.meta.url);
const { buildSync } = createRequire(new URL("package.json", web))("esbuild");
const work = mkdtempSync(join(tmpdir(), "zegel-parsers-"));
async function load(path) {
  const outfile = join(work, path.replace("/", "_").replace(".ts", ".mjs"));
  buildSync({ entryPoints: [fileURLToPath(new URL(path, web))], bundle: true, format: "esm", outfile });
  return import(pathToFileURL(outfile).href);
}
const messages = await load("meeting/messages.ts");
const profile = await load("meeting/wire_profile.ts");
const links = await load("meeting/link.ts");
const layout = await load("sealed/frame_layout.ts");
const { Writer } = await load("meeting/bytes.ts");
rmSync(work, { recursive: true });

let passed = 0, failed = 0;
function claim(name, proof) {
  try {
    proof();
    passed++;
    console.log(`ok ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok ${name}\n${e.stack}`);
  }
}
function check(condition, what) {
  if (!condition) throw new Error(what);
}
let state = Number(process.env.ZEGEL_SEED ?? 1);
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * n);
};
const changed = (bytes) => {
  const copy = Uint8Array.from(bytes);
  for (let i = random(4); i >= 0; i--) copy[random(copy.length)] = random(256);
  return random(4) === 0 ? copy.subarray(0, random(copy.length)) : copy;
};
const noise = () => Uint8Array.from({ length: random(200) }, () => random(256));

const mediaOffer = 144;
const offer = (ufrag = "abcd", pwd = "p".repeat(24)) => {
  const addresses = new Writer()
    .uint(1, 4).put(Uint8Array.of(192, 0, 2, 1)).uint(2, 8081)
    .uint(1, 6).put(new Uint8Array(16).fill(0x20)).uint(2, 8081).bytes();
  return new Writer().uint(1, mediaOffer).text(ufrag).text(pwd).put(new Uint8Array(32).fill(9)).vector(addresses).bytes();
};

claim("an offer is read, and every cut of it refused", () => {
  const whole = offer();
  const { server } = messages.read(whole);
  check(server.ufrag === "abcd" && server.addresses.length === 2 && server.addresses[0].ip === "192.0.2.1", "read as written");
  for (let n = 1; n < whole.length; n++) check(messages.read(whole.subarray(0, n)) === null, `${n} bytes of it`);
  check(messages.read(Uint8Array.of(...whole, 0)) === null, "a byte after it");
});

claim("nothing but what ICE allows gets from an offer into a session description", () => {
  for (const bad of ["a\r\na=candidate:1 1 udp 1 203.0.113.9 9 typ host", "a b", "", "ü", "a\u0000"])
    for (const message of [offer(bad), offer("abcd", bad)]) check(messages.read(message) === null, JSON.stringify(bad));
});

claim(`${runs} changed offers and as much noise: read whole or not at all`, () => {
  const whole = offer();
  for (let i = 0; i < runs; i++) {
    const input = i % 2 ? changed(whole) : noise();
    const said = messages.read(input);
    messages.error(input);
    if (said === null || said === "group" || said.kind === "state") continue;
    const sdp = profile.serverOffer(said.server, 2, 1, 1);
    check(profile.isWithinProfile(sdp), "the offer that comes of it stays within the profile");
    check(sdp.split("\r\n").every((line) => line === "" || /^[a-z]=/.test(line)), "no line of another's making");
  }
});

claim("an answer with another codec or extension is refused, whatever else it says", () => {
  const server = { ufrag: "abcd", pwd: "p".repeat(24), fingerprint: new Uint8Array(32), addresses: [] };
  const good = profile.serverOffer(server, 1, 1, 1);
  check(profile.clientMedia(good) !== null, "the profile itself");
  for (const [from, to] of [
    ["a=rtpmap:96 VP8/90000", "a=rtpmap:96 H264/90000"],
    ["a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000"],
    ["SAVPF 111", "SAVPF 111 63"],
    ["UDP/TLS/RTP/SAVPF 96 97", "RTP/AVP 96 97"],
    ["a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level"],
    ["a=fingerprint:sha-256", "a=fingerprint:sha-1"],
  ]) {
    check(good.includes(from), from);
    check(profile.clientMedia(good.replace(from, to)) === null, to);
  }
});

claim(`${runs} things that people may paste: a link's token, or why not`, () => {
  const origin = "https://meet.example";
  check(links.tokenFrom(` ${origin}/#abc `, origin) === "abc", "a link");
  check(links.tokenFrom("https://other.example/#abc", origin) === "other-host", "another server's");
  for (let i = 0; i < runs / 10; i++) {
    const text = new TextDecoder().decode(noise());
    for (const t of [text, `https://${text}`, `${origin}/${text}`]) check(typeof links.tokenFrom(t, origin) === "string", t);
  }
});

claim("sound is unpadded to what was padded, and nothing else", () => {
  for (let n = 0; n <= 126; n++) {
    const opus = new Uint8Array(n).fill(n + 1);
    const padded = layout.padAudio(opus);
    check(padded.length === 128, "one size");
    check(Buffer.compare(layout.unpadAudio(padded), opus) === 0, `${n} bytes`);
  }
  check(layout.padAudio(new Uint8Array(127)) === null, "too long is not sent longer");
  for (let n = 0; n < 300; n++) if (n !== 128) check(layout.unpadAudio(new Uint8Array(n)) === null, `${n} bytes are no padded sound`);
  check(layout.unpadAudio(new Uint8Array(128).fill(255)) === null, "a length beyond the end");
});

console.log(`passed=${passed} failed=${failed} skipped=0`);
process.exit(failed ? 1 : 0);
