// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What is drawn is what is asked for; and the rest of the meeting that has to be seen to
// work. node tests/ui/stage.mjs

import { browse, collectComplaints, open, serve } from "./support.mjs";

let passed = 0;
let failed = 0;
function check(claim, holds) {
  console.log(`${holds ? "ok" : "not ok"} ${claim}`);
  if (holds) passed++;
  else failed++;
}

const server = await serve();
const browser = await browse();
const complaints = [];
async function meeting(query, options = {}) {
  const context = await browser.newContext({ locale: "en", reducedMotion: "reduce", viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  collectComplaints(page, complaints);
  await open(page, server.url, query);
  await page.waitForSelector(".tile");
  await page.waitForTimeout(100);
  return page;
}

const wishes = (page) => page.evaluate(() => JSON.parse(document.documentElement.dataset.tiles ?? "[]"));
const drawn = (page) => page.evaluate(() => [...document.querySelectorAll(".tile")].map((tile) => ({
  name: tile.querySelector(".tile-name").textContent,
  video: tile.querySelector("video") !== null,
  screen: tile.classList.contains("screen"),
  height: tile.clientHeight,
})));
const settle = (page) => page.waitForTimeout(150);
const remoteVideos = (tiles) => tiles.filter((tile) => tile.video && !tile.name.includes("(you)") && tile.name !== "You");

{
  const page = await meeting("phase=in&people=40");
  const [asked, tiles] = [await wishes(page), await drawn(page)];
  check("who is drawn with a picture is asked for, and nobody else", asked.length === remoteVideos(tiles).length && asked.length > 0);
  check("at the height of the tile", asked.every((w) => w.height >= tiles[0].height && w.height < tiles[0].height + 45));
  check("the speaker first", asked[0].key === "p0");
  await page.getByRole("button", { name: "Next people" }).click();
  await settle(page);
  const [asked2, tiles2] = [await wishes(page), await drawn(page)];
  check("another page asks for other people", asked2.length === remoteVideos(tiles2).length && asked2.every((w) => asked.every((v) => v.key !== w.key)));
  await page.close();
}
{
  const page = await meeting("phase=in&people=5");
  const before = await wishes(page);
  await page.evaluate(() => { document.querySelector(".tile video").dataset.mark = "same"; });
  await page.getByRole("button", { name: /^Pin .*Anna/ }).click({ force: true });
  await settle(page);
  const after = await wishes(page);
  const height = (list) => list.find((w) => w.key === "p0").height;
  check("a pinned person is asked for larger", height(after) > height(before));
  check("the others smaller", after.find((w) => w.key === "p1").height < before.find((w) => w.key === "p1").height);
  check("and the picture is not made anew", await page.locator("video[data-mark=same]").count() === 1);
  await page.getByRole("button", { name: /^Pin .*Anna/ }).click({ force: true });
  await settle(page);
  check("unpinned, all is as before", JSON.stringify(await wishes(page)) === JSON.stringify(before));
  await page.setViewportSize({ width: 390, height: 700 });
  await settle(page);
  check("a smaller window asks for less", height(await wishes(page)) < height(before));
  await page.close();
}
{
  const page = await meeting("phase=in&people=6&share=2");
  const asked = await wishes(page);
  check("a shared screen is asked for first, before who speaks, and largest", asked[0].what === "screen" && asked.every((w) => w.height <= asked[0].height));
  check("its owner's face is asked for too", asked.some((w) => w.key === "p1" && w.what === "camera"));
  await page.close();
}
{
  const page = await meeting("phase=in&people=2");
  const own = page.locator(".tile", { hasText: "You" });
  check("one's own picture is a mirror", await own.locator("video.mirrored").count() === 1);
  check("nobody else's is", await page.locator("video.mirrored").count() === 1);
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Show my own picture").uncheck();
  await page.keyboard.press("Escape");
  await settle(page);
  check("it can be hidden", await own.count() === 0 && await page.locator(".tile").count() === 1);
  check("and the others are told nothing: the camera stays on", await page.getByRole("button", { name: "Stop video" }).count() === 1);
  await page.close();
}
{
  const page = await meeting("phase=in&people=3");
  await page.clock.install();
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.clock.runFor(19_000);
  check("a page that was just hidden still asks", (await wishes(page)).length > 0);
  await page.clock.runFor(2_000);
  check("a page hidden for 20 s asks for no pictures", (await wishes(page)).length === 0);
  await page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: false, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await page.clock.runFor(500);
  check("looked at again, it asks again", (await wishes(page)).length > 0);
  await page.close();
}
{
  const page = await meeting("phase=in&people=3&trouble=worker-dead");
  check("with broken encryption nobody's picture is drawn", await page.locator("video").count() === 0);
  check("and the chip says so", (await page.locator(".chip").textContent()).includes("Not secure"));
  await page.close();
}
{
  const page = await meeting("phase=in&people=3");
  check("three lines unread are counted", (await page.locator(".badge").textContent()) === "3");
  check("and in the title", (await page.title()).includes("3"));
  await page.keyboard.press("c");
  await page.waitForSelector(".panel-chat");
  await settle(page);
  check("reading them clears the count", await page.locator(".badge").count() === 0);
  await page.locator("textarea").fill("<img src=x onerror=alert(1)> <b>bold</b>");
  await page.keyboard.press("Enter");
  await settle(page);
  check("markup in a message is text", await page.locator(".chat-log img, .chat-log b").count() === 0
    && await page.getByText("<img src=x onerror=alert(1)>").count() === 1);
  await page.locator("textarea").fill("x".repeat(4001));
  check("a message that is too long is refused while it is written", await page.getByText("Too long").isVisible());
  await page.keyboard.press("Enter");
  await settle(page);
  check("and not sent", (await page.locator("textarea").inputValue()).length === 4001);
  await page.close();
}
{
  const page = await meeting("phase=in&people=3", { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForSelector(".toast");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  check("the link is copied, without a host's part", /#[\w-]{46}$/.test(copied));
  await page.close();
}
{
  const page = await meeting("phase=in&people=3");
  await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error("no")); });
  await page.getByRole("button", { name: "Copy link" }).click();
  check("where copying is forbidden the link is shown", await page.waitForSelector("dialog .link-text").then(() => true, () => false));
  await page.close();
}
{
  const page = await meeting("phase=in&people=3");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByLabel("Language").selectOption("nl");
  check("another language is there at once", await page.getByText("Instellingen").first().isVisible());
  check("and said to screen readers", await page.evaluate(() => document.documentElement.lang) === "nl");
  await page.getByLabel("Kleuren").selectOption("dark");
  check("dark can be chosen on a light system", await page.evaluate(() =>
    getComputedStyle(document.documentElement).colorScheme) === "dark");
  await page.reload();
  await page.waitForSelector(".tile");
  check("both are remembered", await page.getByRole("button", { name: "Instellingen" }).count() === 1);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  check("nothing of the meeting is", !/Anna|zegel\.example|4829/.test(kept));
  await page.close();
}
{
  const page = await meeting("phase=in&people=30&lively=1");
  await page.waitForTimeout(4_000);
  const [asked, tiles] = [await wishes(page), await drawn(page)];
  check("while people speak and go, the wishes follow", asked.length === remoteVideos(tiles).length);
  await page.close();
}

check(`the pages complain of nothing ${complaints.join("; ")}`, complaints.length === 0);
await browser.close();
server.close();
console.log(`passed=${passed} failed=${failed} skipped=0`);
process.exit(failed === 0 ? 0 : 1);
