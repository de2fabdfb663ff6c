// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A whole meeting without a pointer: paste a link, join, mute, chat, pin, leave; and the
// focus is somewhere sensible at every step. node tests/ui/keyboard.mjs

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
const context = await browser.newContext({ locale: "en", reducedMotion: "reduce" });
const page = await context.newPage();
page.setDefaultTimeout(5_000);
const complaints = [];
collectComplaints(page, complaints);
const { keyboard } = page;

// What has the focus, as a screen reader would name it.
const focused = () => page.evaluate(() => {
  const e = document.activeElement;
  if (e === document.body) return "nothing";
  const copy = (e.labels?.[0] ?? e).cloneNode(true);
  for (const hidden of copy.querySelectorAll("[aria-hidden]")) hidden.remove();
  // Without the direction isolates around what was filled in.
  return (e.getAttribute("aria-label") ?? copy.textContent).replace(/[\u2068\u2069]/g, "").trim();
});
const there = (text) => page.getByText(text, { exact: false }).first().isVisible();
const phase = (text) => page.waitForSelector(`h1:has-text("${text}")`).then(() => true, () => false);

async function tabTo(name, most = 30) {
  for (let i = 0; i < most; i++) {
    await keyboard.press("Tab");
    if ((await focused()).startsWith(name)) return true;
  }
  return false;
}
async function arrowTo(name) {
  for (let i = 0; i < 12 && !(await focused()).startsWith(name); i++) await keyboard.press("ArrowRight");
  return (await focused()).startsWith(name);
}

await open(page, server.url, "phase=landing&people=5");
check("a new screen has the focus on its heading", await focused() === "Meet in confidence");
check("Tab reaches the field for a link", await tabTo("Have a link?"));
await keyboard.type("https://zegel.example/#cut");
await keyboard.press("Enter");
await page.waitForSelector(".field-problem:not(:empty)");
check("a cut link is explained", await there("This link is incomplete"));
check("and the focus stays in its field", await focused() === "Have a link?");
await keyboard.press("Control+a");
await keyboard.type(`https://zegel.example/#${"A".repeat(46)}`);
await keyboard.press("Enter");

check("a good link leads to the preview", await phase("Ready to join?"));
check("whose heading has the focus", await focused() === "Ready to join?");
check("Tab reaches the microphone", await tabTo("Mute"));
await keyboard.press("Space");
check("the space bar mutes it, and the button says so", await focused() === "Unmute");
check("Tab reaches the name", await tabTo("Your name"));
await keyboard.press("Control+a");
await keyboard.press("Delete");
await keyboard.press("Enter");
check("without a name nobody joins, and it is said why", await there("Type a name"));
check("and the focus is in the name", await focused() === "Your name");
await keyboard.type("Kim");
await keyboard.press("Enter");

await page.waitForSelector(".meeting");
check("the meeting has the focus", await focused() !== "nothing");
check("Tab reaches the controls", await tabTo("Unmute"));
await keyboard.press("Enter");
check("Enter unmutes", await focused() === "Mute");
await keyboard.press("m");
check("the key M mutes", await focused() === "Unmute");
check("arrow keys reach the chat within the toolbar", await arrowTo("Chat"));
await keyboard.press("Enter");
await page.waitForSelector(".panel-chat");
check("the chat opens with the focus where one writes", await focused() === "Write to everybody");
await keyboard.type("mvch, typed");
check("shortcuts are silent while writing", await page.locator("textarea").inputValue() === "mvch, typed");
await keyboard.press("Enter");
check("Enter sends", await page.locator(".chat-text", { hasText: "mvch, typed" }).isVisible());
await keyboard.press("Escape");
check("Escape closes the chat", await page.locator(".panel").count() === 0);
check("and gives the focus back to its button", await focused() === "Chat");

await keyboard.press("i");
await page.waitForSelector("dialog[open]");
check("the key I shows the meeting code", await there("Meeting code"));
await keyboard.press("Tab");
check("the focus is inside the dialog", await page.evaluate(() => document.activeElement?.closest("dialog") !== null));
await keyboard.press("Escape");
check("Escape closes it", await page.locator("dialog").count() === 0);
check("and gives the focus back", await focused() === "Chat");

await keyboard.press("p");
await page.waitForSelector(".panel-people");
check("the key P opens the list of people with the focus in it",
  await page.evaluate(() => document.activeElement?.closest(".panel-people") !== null));
await keyboard.press("Escape");
await keyboard.press("h");
check("the key H raises the hand", await page.getByRole("button", { name: "Lower hand" }).count() === 1);

await page.evaluate(() => document.querySelector("main")?.focus());
check("Tab reaches the tiles", await tabTo("Pin Anna"));
await keyboard.press("ArrowRight");
check("arrow keys walk through the tiles", await focused() === "Pin Bram Jansen");
await keyboard.press("Enter");
check("Enter pins", await page.locator("[aria-pressed=true]").count() === 1);
check("and the focus stays on the pin", await focused() === "Pin Bram Jansen");

await page.evaluate(() => document.querySelector("main")?.focus());
check("Tab returns to the control that was used last", await tabTo("People"));
await keyboard.press("End");
check("End goes to the last control", await focused() === "Leave");
await keyboard.press("Enter");
check("Enter leaves", await phase("You left the meeting"));
check("and the focus is on the heading", await focused() === "You left the meeting");

// Single keys can be switched off.
await page.evaluate(() => localStorage.setItem("zegel", JSON.stringify({ shortcuts: false })));
await open(page, server.url, "phase=in&people=3");
await keyboard.press("m");
check("shortcuts that are switched off do nothing", await page.getByRole("button", { name: "Mute", exact: true }).count() === 1);

// What disappears does not take the focus with it.
await open(page, server.url, "phase=in&people=3&trouble=server-away");
check("Tab reaches the banner's button", await tabTo("Try now"));
await keyboard.press("Enter");
await page.waitForSelector(".banner", { state: "detached" });
check("when the banner is gone, the focus is in the meeting", await focused() !== "nothing");

check(`the page complains of nothing ${complaints.join("; ")}`, complaints.length === 0);
await browser.close();
server.close();
console.log(`passed=${passed} failed=${failed} skipped=0`);
process.exit(failed === 0 ? 0 : 1);
