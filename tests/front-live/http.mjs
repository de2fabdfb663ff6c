// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// zegeld's HTTP and its handshake, over real sockets.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import https from "node:https";
import net from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { freePort, startServer } from "../browser/server.mjs";
import { check, claim, run, sleep } from "../browser/suite.mjs";
import { Client, T, folder, guest, raw, room, smallPage } from "./client.mjs";

const web = smallPage();
writeFileSync(join(web, "app.js"), "export const x = 1;\n".repeat(9000));
writeFileSync(join(web, "app.js.br"), brotliCompressSync("export const x = 1;\n".repeat(9000)));
writeFileSync(join(web, "app.wasm"), "\0asm");
writeFileSync(join(web, "secret.key"), "not a web file");

const certs = folder();
const key = join(certs, "key.pem"), cert = join(certs, "cert.pem");
execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
  "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert], { stdio: "ignore" });

const server = await startServer({ args: ["--web", web] });
const at = (path) => `http://localhost:${server.port}${path}`;
const get = (path, headers = "") => raw(server.port, `GET ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nConnection: close\r\n${headers}\r\n`);

claim("every answer carries the security headers", async () => {
  for (const path of ["/", "/app.js", "/healthz", "/nothing", "/ws"]) {
    const h = (await fetch(at(path))).headers;
    const csp = h.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'", "frame-ancestors 'none'",
      "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"])
      check(csp.split("; ").some((d) => d.startsWith(part)), `${path}: ${part} in ${csp}`);
    check(!csp.includes("unsafe-inline") && !csp.includes("*"), `${path}: ${csp}`);
    for (const [name, value] of [["cross-origin-opener-policy", "same-origin"], ["cross-origin-embedder-policy", "require-corp"],
      ["cross-origin-resource-policy", "same-origin"], ["referrer-policy", "no-referrer"], ["x-content-type-options", "nosniff"]])
      check(h.get(name) === value, `${path}: ${name}: ${h.get(name)}`);
    check(/camera=\(self\)/.test(h.get("permissions-policy")), `${path}: permissions-policy`);
    check(h.get("set-cookie") === null, `${path}: a cookie`);
    check(h.get("strict-transport-security") === null, `${path}: HSTS over plain HTTP`);
  }
});

claim("what the library answers itself carries them, too", async () => {
  for (const [what, r] of [["another origin", await upgrade("Origin: http://evil.example\r\n" + ours)], ["no method", await raw(server.port, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")]])
    check(/^HTTP\/1\.[01] 40/.test(r.text) && /content-security-policy: default-src 'none'/.test(r.text) && /x-frame-options: DENY/.test(r.text), `${what}: ${r.text}`);
});

claim("files have their types, their encoding and a tag that saves sending them again", async () => {
  const r = await fetch(at("/app.js"), { headers: { "accept-encoding": "br" } });
  check(r.headers.get("content-type").startsWith("text/javascript") && r.headers.get("content-encoding") === "br", "brotli");
  check((await r.text()) === "export const x = 1;\n".repeat(9000), "the body");
  const plain = await get("/app.js", "Accept-Encoding: identity\r\n");
  check(!/content-encoding/i.test(plain.text) && plain.text.includes("export const x"), "plain");
  check((await fetch(at("/app.wasm"))).headers.get("content-type") === "application/wasm", "wasm");
  const again = await get("/app.js", `If-None-Match: ${r.headers.get("etag")}\r\n`);
  check(again.text.startsWith("HTTP/1.1 304"), again.text.slice(0, 40));
  check((await (await fetch(at("/"))).text()).includes("<title>page"), "index");
});

claim("what is not there is a 404, and only GET is answered", async () => {
  check((await fetch(at("/nothing"))).status === 404, "404");
  check((await fetch(at("/secret.key"))).status === 404, "a file of no web type");
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    const r = await raw(server.port, `${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, { ms: 800 });
    check(!r.text.startsWith("HTTP/1.1 200"), `${method}: ${r.text.slice(0, 40)}`);
  }
  check((await (await fetch(at("/healthz"))).text()) === "ok\n", "healthz");
});

claim("HEAD gets the head of a GET, and the connection goes on", async () => {
  const two = await raw(server.port, `HEAD /app.js HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, { ms: 800 });
  check(/content-length: 180000/i.test(two.text) && !two.text.includes("export") && two.text.includes("ok\n"), two.text.slice(-200));
});

claim("a body that nobody asked for is not waited for", async () => {
  const r = await raw(server.port, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nx", { ms: 1500, keep: true });
  check(r.text.startsWith("HTTP/1.1 405"), r.text.slice(0, 40));
  await sleep(200);
  check(r.isClosed, "still open");
});

claim("no path leaves the folder", async () => {
  const up = ["..", "%2e%2e", ".%2e", "..%2f..", "%252e%252e", "..\\..", "..%5c..", "..%00"];
  const paths = up.flatMap((u) => [`/${u}/${u}/${u}/${u}/etc/passwd`, `/app.js/${u}/${u}/etc/passwd`, `//${u}/etc/passwd`]);
  for (const path of [...paths, "//etc/passwd", "/etc/passwd", "/./secret.key", "/app.js%00.html", "/secret.key?.js", "etc/passwd", "http://x/etc/passwd"]) {
    const r = await get(path);
    check(!r.text.startsWith("HTTP/1.1 200") && !r.text.includes("root:") && !r.text.includes("not a web file"), `${path}: ${r.text.slice(0, 60)}`);
  }
});

claim("broken and huge requests end, and the server lives", async () => {
  const long = "a".repeat(20000);
  for (const bytes of ["\r\n\r\n", "GET\r\n\r\n", "\x16\x03\x01\x00\xff\x01garbage\r\n\r\n", `GET /${long} HTTP/1.1\r\n\r\n`,
    `GET / HTTP/1.1\r\nx: ${long}\r\n\r\n`, `GET / HTTP/1.1\r\n${"a: b\r\n".repeat(4000)}\r\n`,
    "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", "\0".repeat(5000)]) {
    const r = await raw(server.port, bytes, { ms: 500 });
    check(!r.text.startsWith("HTTP/1.1 200") || !bytes.includes(long), `${JSON.stringify(bytes.slice(0, 30))}: ${r.text.slice(0, 60)}`);
  }
  check((await fetch(at("/healthz"))).ok, "alive");
});

const upgrade = (headers, path = "/ws") => raw(server.port, `GET ${path} HTTP/1.1\r\nHost: localhost:${server.port}\r\nUpgrade: websocket\r\n` +
  `Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n${headers}\r\n`, { ms: 600 });
const own = `Origin: http://localhost:${server.port}\r\n`;
const ours = "Sec-WebSocket-Protocol: zegel.1\r\n";

claim("only our own page's origin is let through", async () => {
  check((await upgrade(own + ours)).text.startsWith("HTTP/1.1 101"), "our own");
  const here = `localhost:${server.port}`;
  for (const origin of [null, "null", "", "http://evil.example", `http://${here}.evil.example`, `http://evil.example/${here}`, `http://evil${here}`,
    `https://${here}`, `http://${here}/`, `http://localhost`, `http://LOCALHOST:${server.port}`, `http://x@${here}`, `http://${here} http://evil.example`,
    here, `ftp://${here}`, `://${here}`, `httpx://${here}`, "http://" + "a".repeat(500)]) {
    const r = await upgrade((origin === null ? "" : `Origin: ${origin}\r\n`) + ours);
    check(/^HTTP\/1\.[01] 403/.test(r.text), `${origin}: ${r.text.slice(0, 40)}`);
  }
});

claim("only our protocol and our path are upgraded", async () => {
  for (const protocol of ["", "Sec-WebSocket-Protocol: http\r\n", "Sec-WebSocket-Protocol: watched\r\n", "Sec-WebSocket-Protocol: zegel.2\r\n",
    "Sec-WebSocket-Protocol: \r\n", "Sec-WebSocket-Protocol: ,,,\r\n", `Sec-WebSocket-Protocol: ${"x".repeat(400)}\r\n`,
    "Sec-WebSocket-Protocol: http, watched\r\n"]) {
    const r = await upgrade(own + protocol);
    check(!r.text.startsWith("HTTP/1.1 101"), `${JSON.stringify(protocol.slice(0, 60))}: ${r.text.slice(0, 40)}`);
  }
  for (const path of ["/", "/ws/", "/wss", "/healthz", "/app.js"]) {
    const r = await upgrade(own + ours, path);
    check(!r.text.startsWith("HTTP/1.1 101"), `${path}: ${r.text.slice(0, 40)}`);
  }
  check((await fetch(at("/healthz"))).ok, "alive");
});

claim("headers that never end are cut off, and others are served meanwhile", async () => {
  const held = [];
  for (let i = 0; i < 300; i++) {
    const s = net.connect(server.port, "127.0.0.1");
    s.on("error", () => {});
    s.on("close", () => (s.isOver = true));
    s.write("GET / HTTP/1.1\r\nHost: x\r\n");
    held.push(s);
  }
  const drip = setInterval(() => held.forEach((s) => s.isOver || s.write("x: y\r\n")), 1000);
  await sleep(500);
  const began = Date.now();
  const c = await guest(server, room());
  check(Date.now() - began < 1500 && c.has(T.HELLO_OK), `${Date.now() - began} ms to be served`);
  c.end();
  await sleep(13000);
  clearInterval(drip);
  const left = held.filter((s) => !s.isOver).length;
  held.forEach((s) => s.destroy());
  check(left === 0, `${left} of 300 still there`);
});

// This machine is not limited when it calls itself by 127.0.0.1; by its other address it is.
claim("one address gets 1024 sockets, and the others are served", async () => {
  const own = Object.values(networkInterfaces()).flat().find((i) => !i.internal && i.family === "IPv4")?.address;
  if (own === undefined) return console.log("  SKIPPED: this machine has loopback only");
  const tls = await startServer({ args: ["--web", web, "--certificate", cert, "--key", key, "--listen", `${own}:${await freePort()}`], host: own });
  try {
    const held = await Promise.all(Array.from({ length: 1100 }, () => new Promise((done) => {
      const s = net.connect(tls.port, own, () => setTimeout(() => done(s), 1000));
      s.on("error", () => {});
      s.on("close", () => (s.isOver = true));
      s.resume();
    })));
    const left = held.filter((s) => !s.isOver).length;
    check(left > 1000 && left <= 1024, `${left} of 1100 are held`);
    check((await tlsGet(tls.port, { host: own }).catch(() => null)) === null, "one more of that address");
    check((await tlsGet(tls.port, { host: own, localAddress: "127.0.0.1" })).status === 200, "another address");
    held.forEach((s) => s.destroy());
    await sleep(500);
    check((await tlsGet(tls.port, { host: own })).status === 200, "and that one again");
  } finally {
    await tls.stop();
  }
});

claim("it listens on loopback only", async () => {
  const sockets = execFileSync("ss", ["-lntuH", "-p"], { encoding: "utf8" }).split("\n").filter((l) => l.includes(`pid=${server.pid},`));
  check(sockets.length >= 1, "ss sees it");
  for (const line of sockets.filter((l) => l.startsWith("tcp")))
    check(/(127\.0\.0\.1|\[::1\]):\d+ /.test(line), line);
  for (const { address, family, internal } of Object.values(networkInterfaces()).flat())
    if (!internal && family === "IPv4")
      check((await raw(server.port, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", { host: address })).text === "", `${address} answers`);
});

claim("TLS: a certificate of one's own, HSTS, no old versions", async () => {
  const tls = await startServer({ args: ["--web", web, "--certificate", cert, "--key", key] });
  const { port } = tls;
  try {
    const r = await tlsGet(port);
    check(r.status === 200 && r.headers["strict-transport-security"] !== undefined, JSON.stringify(r));
    const c = new Client(tls, { url: `wss://localhost:${port}/ws`, ws: { rejectUnauthorized: false } });
    await c.opened;
    c.end();
    const plain = await new Client(tls, { url: `wss://localhost:${port}/ws`, origin: `http://localhost:${port}`, ws: { rejectUnauthorized: false } })
      .opened.then(() => "open", () => "refused");
    check(plain === "refused", "an http origin to a TLS server");
    for (const version of ["TLSv1", "TLSv1.1"])
      check((await tlsGet(port, { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" }).catch(() => null)) === null, version);
    await raw(port, "GET / HTTP/1.1\r\n\r\n", { ms: 500 });
    check((await tlsGet(port)).status === 200, "alive after plain HTTP");
  } finally {
    await tls.stop();
  }
});

function tlsGet(port, options = {}) {
  return new Promise((yes, no) => {
    https.get({ port, host: "localhost", path: "/healthz", rejectUnauthorized: false, agent: false, ...options },
      (r) => (r.resume(), yes({ status: r.statusCode, headers: r.headers }))).on("error", no);
  });
}

await run(60000);
