// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Debian's Chromium (playwright-core) and Firefox ESR (puppeteer-core over BiDi) behind one
// small face: open(engine) gives a browser, browser.page({hue, tone}) a page with a fake
// camera and microphone of its own.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

const fakeMedia = readFileSync(new URL("fake_media.js", import.meta.url), "utf8");

function face(page, engine, logs) {
  return {
    engine,
    logs,
    raw: page,
    goto: (url) => page.goto(url),
    evaluate: (f, ...args) => page.evaluate(f, ...args),
    screenshot: (path) => page.screenshot({ path }),
    close: () => page.close(),
    // Waits until f, run in the page, gives something true; says what it waited for.
    async until(what, f, arg, timeout = 15000) {
      const end = Date.now() + timeout;
      let last;
      for (;;) {
        last = await page.evaluate(f, arg).catch((e) => String(e).split("\n")[0]);
        if (last && typeof last !== "string") return last;
        if (Date.now() > end)
          throw new Error(`${engine}: waited ${timeout} ms for: ${what}; last: ${last}\n${logs.slice(-12).join("\n")}`);
        await new Promise((r) => setTimeout(r, 50));
      }
    },
  };
}

function fakes(fake, extra) {
  return `globalThis.zegelFake = ${JSON.stringify(fake)};\n${fakeMedia}\n${extra ?? ""}`;
}

async function openChromium() {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking",
      "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
      "--autoplay-policy=no-user-gesture-required"],
  });
  return {
    engine: "chromium",
    async page(fake, { extra, ...options } = {}) {
      const context = await browser.newContext({ locale: "en-GB", ...options });
      await context.addInitScript(fakes(fake, extra));
      const page = await context.newPage();
      const logs = [];
      page.on("console", (m) => logs.push(`[${m.type()}] ${m.text()}`));
      page.on("pageerror", (e) => logs.push(`[pageerror] ${e.message}`));
      const p = face(page, "chromium", logs);
      p.close = () => context.close();
      return p;
    },
    close: () => browser.close(),
  };
}

async function openFirefox(tone) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    headless: true,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.peerconnection.ice.loopback": true,
      "media.autoplay.default": 0,
      "media.autoplay.blocking_policy": 0,
      "media.autoplay.block-webaudio": false,
      "media.navigator.audio.fake_frequency": tone,
      "intl.accept_languages": "en-GB",
    },
  });
  return {
    engine: "firefox",
    async page(fake, { extra } = {}) {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      const logs = [];
      page.on("console", (m) => logs.push(`[${m.type()}] ${m.text()}`));
      page.on("pageerror", (e) => logs.push(`[pageerror] ${e.message}`));
      await page.setViewport({ width: 1280, height: 800 });
      await page.evaluateOnNewDocument(fakes({ ...fake, native: true }, extra));
      const p = face(page, "firefox", logs);
      p.close = () => context.close();
      return p;
    },
    close: () => browser.close(),
  };
}

// In Firefox all pages have one tone.
export function open(engine, tone = 1000) {
  return engine === "firefox" ? openFirefox(tone) : openChromium();
}
