// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Serves web/dist-mock as the real page is served, under the same security headers, and
// opens it in Debian's Chromium.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const require = createRequire(`${root}web/package.json`);
const { chromium } = require("playwright-core");

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };

const policy = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'",
  "img-src 'self' blob:", "media-src 'self' blob:", "connect-src 'self'", "worker-src 'self'",
  "form-action 'none'", "base-uri 'none'", "frame-ancestors 'none'",
  "require-trusted-types-for 'script'", "trusted-types zegel",
].join("; ");

export async function serve() {
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const name = path === "/" ? "index.html" : path.slice(1);
    let body;
    try {
      body = readFileSync(`${root}web/dist-mock/${name.replaceAll("/", "")}`);
    } catch {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": types[extname(name)] ?? "application/octet-stream",
      "content-security-policy": policy,
      "integrity-policy": "blocked-destinations=(script)",
    }).end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

export function browse() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

// What the page complains of is a fault too: a missing text, a breach of the policy.
export function collectComplaints(page, complaints) {
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
}

// Every screen there is, as the mock's query.
export const screens = {
  "landing": "phase=landing",
  "landing-cut-link": "phase=landing&link=length",
  "unsupported": "phase=unsupported",
  "prejoin": "phase=prejoin",
  "prejoin-denied": "phase=prejoin&problem=denied",
  "joining": "phase=joining",
  "joining-no-server": "phase=joining&trouble=server-away",
  "knocking": "phase=knocking",
  "waiting": "phase=waiting",
  "door": "phase=in&people=5&waiting=3",
  "meeting-1": "phase=in&people=1",
  "meeting-2": "phase=in&people=2",
  "meeting-5": "phase=in&people=5",
  "meeting-12": "phase=in&people=12",
  "meeting-40": "phase=in&people=40",
  "meeting-share": "phase=in&people=6&share=1",
  "meeting-own-share": "phase=in&people=3&own-share=1",
  "meeting-reconnecting": "phase=reconnecting&people=3&trouble=server-away",
  "meeting-fork": "phase=in&people=4&trouble=fork,sound-blocked",
  "meeting-broken": "phase=in&people=3&trouble=worker-dead",
  "left": "phase=left",
  "removed": "phase=ended&failure=removed",
  "unreachable": "phase=failed&failure=unreachable",
};

// What can be opened in a meeting: the name of the screen, the query, the shortcut or button.
export const openings = {
  "chat": ["phase=in&people=5", (page) => page.keyboard.press("c")],
  "people": ["phase=in&people=12", (page) => page.keyboard.press("p")],
  "security": ["phase=in&people=3", (page) => page.locator(".chip").click()],
  "settings": ["phase=in&people=3", (page) => page.locator(".meeting-tools button").nth(1).click()],
};

export async function open(page, url, query) {
  await page.goto(`${url}?${query}`);
  await page.waitForSelector("#app h1");
}
