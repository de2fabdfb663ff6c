// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Starts zegeld for a test, on ports of its own, and ends it again.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export function freePort() {
  return new Promise((done, fail) => {
    const s = createServer();
    s.once("error", fail);
    s.listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });
}

// tap: a descriptor for what the worker sees, of a build with -Dtap=true.
export async function startServer({ args = [], build = process.env.ZEGEL_BUILD ?? "build", port, mediaPort, tap, host = "localhost" } = {}) {
  const listen = args[args.lastIndexOf("--listen") + 1];
  const http = port ?? (args.includes("--listen") ? Number(listen.split(":").at(-1)) : await freePort());
  const media = mediaPort ?? (await freePort());
  const binary = resolve(root, build, "server/zegeld");
  const all = ["--listen", `127.0.0.1:${http}`, "--media-listen", `127.0.0.1:${media}`,
    "--web", process.env.ZEGEL_WEB ?? resolve(root, "web/dist"), ...args];
  const stdio = ["ignore", "pipe", "pipe", ...(tap === undefined ? [] : ["ignore", "ignore", tap])];
  const child = spawn(binary, all, { stdio });
  // Whatever becomes of the test, no server stays behind.
  const end = () => child.kill("SIGKILL");
  process.once("exit", end);
  child.once("exit", () => process.removeListener("exit", end));
  const scheme = args.includes("--certificate") ? "https" : "http";
  const server = { url: `${scheme}://${host}:${http}/`, port: http, mediaPort: media, pid: child.pid, log: "", child };
  child.stdout.on("data", (d) => (server.log += d));
  child.stderr.on("data", (d) => (server.log += d));
  server.exited = new Promise((done) => child.once("exit", (code, signal) => done({ code, signal })));
  server.stop = async () => {
    child.kill("SIGTERM");
    const timeout = setTimeout(() => child.kill("SIGKILL"), 5000);
    const how = await server.exited;
    clearTimeout(timeout);
    return how;
  };
  for (let i = 0; i < 100; i++) {
    const up = await fetch(server.url + "healthz").then((r) => r.ok, (e) => e.cause?.code === "DEPTH_ZERO_SELF_SIGNED_CERT");
    if (up) return server;
    if (child.exitCode !== null) break;
    await new Promise((r) => setTimeout(r, 100));
  }
  await server.stop();
  throw new Error(`zegeld did not start: ${server.log}`);
}
