// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// One participant as a person sees it: clicks what a person clicks, and reads back what is on
// the screen and in the loudspeaker.

export function fake(i) {
  // Hues far apart, tones that no other one's harmonics meet.
  return { hue: (i * 67) % 360, tone: 500 + 130 * i };
}

const clickButton = (name) => {
  const buttons = [...document.querySelectorAll("button")];
  const found = buttons.find((b) => !b.disabled && (b.getAttribute("aria-label") ?? b.innerText).replace(/[\u2066-\u2069]/g, "").trim().startsWith(name));
  found?.click();
  return !!found;
};

export class Guest {
  constructor(page, name, fakeMedia) {
    this.page = page;
    this.name = name;
    this.fake = fakeMedia;
  }

  click(name, timeout) {
    return this.page.until(`the button ${name}`, clickButton, name, timeout);
  }

  async type(selector, text) {
    await this.page.until(`the field ${selector}`, (s) => !!document.querySelector(s), selector);
    await this.page.evaluate(
      ([s, t]) => {
        const field = document.querySelector(s);
        const proto = Object.getPrototypeOf(field);
        Object.getOwnPropertyDescriptor(proto, "value").set.call(field, t);
        field.dispatchEvent(new Event("input", { bubbles: true }));
      },
      [selector, text],
    );
  }

  // Makes a meeting; gives the link that an invitation has.
  async create(url) {
    await this.page.goto(url);
    await this.click("New meeting");
    await this.prejoin();
    const token = await this.page.evaluate(() => sessionStorage.getItem("zegel-link"));
    return new URL(`#${token}`, url).href;
  }

  async open(link) {
    await this.page.goto(link);
    await this.prejoin();
  }

  async prejoin() {
    await this.page.until("the camera's preview", () => !!document.querySelector(".preview video"));
    await this.type("input[name=name]", this.name);
  }

  // Before the meeting, whatever devices there are.
  async openWithoutDevices(link) {
    await this.page.goto(link);
    await this.type("input[name=name]", this.name);
  }

  says(text, timeout) {
    return this.page.until(`the words «${text}»`, (t) => document.body.innerText.includes(t), text, timeout);
  }

  async join() {
    this.joinedAt = Date.now();
    await this.click("Join");
    await this.page.until("being in the meeting", () => !!document.querySelector("li.tile"), undefined, 30000);
  }

  leave() {
    return this.click("Leave");
  }

  // The chip at the top: state and number of people, in words.
  chip() {
    return this.page.evaluate(() => document.querySelector(".chip")?.innerText.replace(/[\u2066-\u2069]/g, "").trim() ?? "");
  }

  // [{name, key, hue}] of the tiles; hue null: no picture.
  tiles() {
    return this.page.evaluate(() => {
      const hueOf = (video) => {
        if (!video || video.readyState < 2 || video.videoWidth === 0) return null;
        const canvas = document.createElement("canvas");
        canvas.width = canvas.height = 8;
        const context = canvas.getContext("2d", { willReadFrequently: true });
        context.drawImage(video, 0, video.videoHeight / 2, video.videoWidth, video.videoHeight / 4, 0, 0, 8, 8);
        const [r, g, b] = [0, 0, 0].map((_, c) => {
          const { data } = context.getImageData(0, 0, 8, 8);
          let sum = 0;
          for (let i = c; i < data.length; i += 4) sum += data[i];
          return sum / 64;
        });
        const max = Math.max(r, g, b), min = Math.min(r, g, b);
        if (max - min < 40) return -1; // grey or black: nobody's picture
        const h = max === r ? (g - b) / (max - min) : max === g ? 2 + (b - r) / (max - min) : 4 + (r - g) / (max - min);
        return Math.round((h * 60 + 360) % 360);
      };
      return [...document.querySelectorAll("li.tile")].map((tile) => ({
        // Without the marks that keep a name's writing direction to itself.
        name: (tile.querySelector(".tile-name")?.textContent ?? "").replace(/[\u2066-\u2069]/g, ""),
        key: tile.dataset.key,
        hue: hueOf(tile.querySelector("video")),
      }));
    });
  }

  // The roster as the people panel would have it, by the tiles' names without "(you)".
  async roster() {
    const tiles = await this.tiles();
    return tiles.map((t) => t.name.replace(/ \(you\)$/, "")).sort();
  }

  // The strongest tone that is heard from the person of that key, in Hz; 0: silence. What is
  // played is recorded and decoded again: Firefox runs no AudioContext without a sound card.
  tone(key) {
    return this.page.evaluate(async (member) => {
      const audio = [...document.querySelectorAll("audio[data-slot]")].find(
        (a) => a.dataset.member === member && Number(a.dataset.slot) < 64);
      if (!audio?.srcObject) return 0;
      const recorder = new MediaRecorder(new MediaStream(audio.srcObject.getAudioTracks()));
      const recorded = new Promise((done) => (recorder.ondataavailable = (e) => done(e.data)));
      recorder.start();
      await new Promise((r) => setTimeout(r, 700));
      recorder.stop();
      const bytes = await (await recorded).arrayBuffer();
      if (bytes.byteLength === 0) return 0;
      const sound = await new OfflineAudioContext(1, 1, 48000).decodeAudioData(bytes);
      const samples = sound.getChannelData(0).slice(-12000);
      const power = (hz) => {
        let re = 0, im = 0;
        for (let i = 0; i < samples.length; i++) {
          const angle = (2 * Math.PI * hz * i) / 48000;
          re += samples[i] * Math.cos(angle);
          im += samples[i] * Math.sin(angle);
        }
        return Math.hypot(re, im) / samples.length;
      };
      let best = 0, most = 0.005; // less is silence
      for (let hz = 300; hz <= 1500; hz += 5) {
        const p = power(hz);
        if (p > most) [best, most] = [hz, p];
      }
      return best;
    }, key);
  }

  async openPanel(name) {
    const open = await this.page.evaluate((n) => !!document.querySelector(`button[data-opens=${n}][aria-expanded=true]`), name);
    if (!open) await this.page.until(`the ${name} button`, (n) => (document.querySelector(`button[data-opens=${n}]`)?.click(), true), name);
  }

  async say(text) {
    await this.openPanel("chat");
    await this.page.until("the chat field", () => !!document.querySelector("aside textarea, aside input, .panel textarea, .panel input"));
    await this.type(".panel textarea, .panel input, aside textarea, aside input", text);
    await this.page.evaluate(() => {
      const field = document.querySelector(".panel textarea, .panel input, aside textarea, aside input");
      field.form ? field.form.requestSubmit() : field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    });
  }

  async hears(text, timeout) {
    await this.openPanel("chat");
    await this.page.until(`the chat line «${text}»`, (t) => document.body.innerText.includes(t), text, timeout);
  }

  // The digits of the meeting code, from the security panel.
  async code() {
    await this.page.evaluate(() => document.querySelector(".chip")?.click());
    const code = await this.page.until("the meeting code", () => {
      const digits = (document.querySelector(".code, [class*=code]")?.textContent ?? "").replace(/\D/g, "");
      return digits.length >= 40 ? { digits } : false;
    });
    await this.page.evaluate(() => document.querySelector("dialog[open]")?.close());
    return code.digits;
  }
}

export function hueDistance(a, b) {
  const d = Math.abs(a - b) % 360;
  return Math.min(d, 360 - d);
}

// Waits until `guest` sees exactly the people given, each with their own picture.
export async function seesAll(guest, everyone, timeout = 20000) {
  const end = Date.now() + timeout;
  let why = "";
  for (;;) {
    const tiles = await guest.tiles();
    why = wrong(guest, tiles, everyone);
    if (why === "") return tiles;
    if (Date.now() > end) throw new Error(`${guest.name}: ${why}; tiles: ${JSON.stringify(tiles)}; chip: ${await guest.chip()}\n${guest.page.logs.slice(-10).join("\n")}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}

function wrong(guest, tiles, everyone) {
  // One's own tile says so; a small one says nothing else.
  const nameOf = (t) => (t.name === "You" ? guest.name : t.name.replace(/ \(you\)$/, ""));
  const names = tiles.map(nameOf).sort().join();
  const expected = everyone.map((g) => g.name).sort().join();
  if (names !== expected) return `the roster is ${names}, not ${expected}`;
  for (const person of everyone) {
    const tile = tiles.find((t) => nameOf(t) === person.name);
    if (tile.hue === null || tile.hue === -1) return `no picture of ${person.name}`;
    if (hueDistance(tile.hue, person.fake.hue) > 15) return `${person.name}'s tile shows hue ${tile.hue}, not ${person.fake.hue}`;
  }
  return "";
}

// Each of the others is heard with their own tone.
export async function hearsAll(guest, everyone, timeout = 20000) {
  const tiles = await guest.tiles();
  for (const person of everyone) {
    if (person === guest) continue;
    const { key } = tiles.find((t) => t.name === person.name);
    const end = Date.now() + timeout;
    for (;;) {
      const tone = await guest.tone(key);
      if (Math.abs(tone - person.fake.tone) <= 15) break;
      if (Date.now() > end) throw new Error(`${guest.name} hears ${tone} Hz from ${person.name}, not ${person.fake.tone}`);
    }
  }
}
