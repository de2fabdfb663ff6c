// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Arithmetic and texts of the face, without a browser: node tests/ui/units.mjs

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { require, root } from "./support.mjs";

const { buildSync } = require("esbuild");
const { FluentBundle, FluentResource } = require("@fluent/bundle");

let passed = 0;
let failed = 0;
function check(claim, faults) {
  const list = faults === true ? [] : faults === false ? ["no"] : faults;
  if (list.length === 0) passed++;
  else failed++;
  console.log(`${list.length === 0 ? "ok" : "not ok"} ${claim}`);
  for (const fault of list.slice(0, 8)) console.log(`   ${fault}`);
}

const work = mkdtempSync(join(tmpdir(), "zegel-units-"));
async function load(name) {
  const outfile = join(work, `${name}.mjs`);
  buildSync({ entryPoints: [`${root}web/ui/${name}.ts`], bundle: true, format: "esm", outfile });
  return import(pathToFileURL(outfile).href);
}

// ---- The grid -------------------------------------------------------------------------

const { gridScene, duoScene, focusScene, gap } = await load("grid");

const stages = [
  [1250, 640], [1900, 950], [3800, 2000], [360, 620], [300, 360], [640, 240], [800, 1100], [500, 500], [120, 90],
];
const people = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 16, 25, 49, 100, 333];

function* scenes() {
  for (const [width, height] of stages)
    for (const n of people)
      for (const page of [0, 1, 99])
        for (const [kind, make] of Object.entries({ grid: gridScene, focus: focusScene }))
          yield { at: `${kind} of ${n} on ${width} x ${height}, page ${page}`, n, width, height, kind, scene: make(n, page, width, height) };
}

const boxes = (scene) => [...(scene.focus ? [scene.focus] : []), ...scene.tiles];
const overlap = (a, b) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function* pairs(list) {
  for (let i = 0; i < list.length; i++) for (let j = i + 1; j < list.length; j++) yield [list[i], list[j]];
}

const all = [...scenes()];
const roomy = all.filter(({ width, height }) => Math.min(width, height) >= 240);

check("no tile leaves the stage", roomy.flatMap(({ at, scene, width, height }) =>
  boxes(scene).filter((b) => b.x < -1 || b.y < -1 || b.x + b.width > width + 1 || b.y + b.height > height + 1)
    .map((b) => `${at}: ${JSON.stringify(b)}`)));
check("no two tiles overlap", all.flatMap(({ at, scene }) =>
  [...pairs(boxes(scene))].filter(([a, b]) => overlap(a, b)).map(() => at)));
check("every tile has a size", roomy.flatMap(({ at, scene }) =>
  boxes(scene).filter((b) => !(b.width > 20 && b.height > 20)).map(() => at)));
check("tiles of a grid keep their aspect", roomy.flatMap(({ at, scene, width, height }) => {
  const low = height > width ? 3 / 4 : 4 / 3;
  return scene.tiles.filter((b) => b.width / b.height < low * 0.97 - (height === width ? 0.6 : 0) || b.width / b.height > (17 / 9) * 1.03)
    .map((b) => `${at}: ${b.width / b.height}`);
}));
check("everybody is on exactly one page", all.filter(({ at }) => at.endsWith("page 0")).flatMap(({ at, n, width, height, kind }) => {
  const make = kind === "grid" ? gridScene : focusScene;
  const { pages } = make(n, 0, width, height);
  const sum = Array.from({ length: pages }, (_, i) => make(n, i, width, height).tiles.length).reduce((a, b) => a + b, 0);
  return sum === n ? [] : [`${at}: ${sum}`];
}));
check("a page that does not exist is the last one", all.flatMap(({ at, scene }) =>
  scene.page < scene.pages ? [] : [at]));
check("pages of one grid have tiles of one size", roomy.filter(({ kind }) => kind === "grid").flatMap(({ at, n, width, height, scene }) => {
  const first = gridScene(n, 0, width, height).tiles[0];
  return scene.tiles[0].width === first.width ? [] : [at];
}));
check("12 people fit a page of a laptop", gridScene(12, 0, 1250, 640).pages === 1);
check("5 people are 3 and 2 on a laptop", new Set(gridScene(5, 0, 1250, 640).tiles.map((b) => b.y)).size === 2);
check("2 people on a phone stand above each other", new Set(gridScene(2, 0, 360, 620).tiles.map((b) => b.x)).size === 1);
check("tiles of a row are a gap apart", gridScene(2, 0, 1250, 640).tiles[1].x - gridScene(2, 0, 1250, 640).tiles[0].x
  - gridScene(2, 0, 1250, 640).tiles[0].width === gap);
check("of two people, oneself is small and inside the other's picture", stages.filter(([w, h]) => Math.min(w, h) >= 240).flatMap(([w, h]) => {
  const [other, own] = duoScene(w, h).tiles;
  const inside = own.x >= other.x && own.y >= other.y && own.x + own.width <= other.x + other.width && own.y + own.height <= other.y + other.height;
  return inside && own.width * own.height < other.width * other.height / 4 ? [] : [`${w} x ${h}`];
}));

// ---- The seats ------------------------------------------------------------------------

const { Seating, speaksAfterMs } = await load("seating");
const six = ["a", "b", "c", "d", "e", "f"];
const set = (...keys) => new Set(keys);

{
  const seating = new Seating();
  check("people sit in the order they came", seating.seat(six, 3, 0).join("") === "abcdef");
  check("who leaves makes the others move up", seating.seat(["a", "c", "d", "e", "f"], 3, 0).join("") === "acdef");
  check("who comes sits at the end", seating.seat(["g", "a", "c", "d", "e", "f"], 3, 0).join("") === "acdefg");
}
{
  const seating = new Seating();
  seating.seat(six, 3, 0);
  const due = seating.heard(set("e"), 100);
  check("a speaker at the back is looked at again in a second", due === 100 + speaksAfterMs);
  check("a short word moves nobody", seating.seat(six, 3, 500).join("") === "abcdef");
  check("who goes on speaking comes to the front for the last silent one", seating.seat(six, 3, due).join("") === "abedcf");
  seating.heard(set(), due + 10);
  check("and stays there when silent again", seating.seat(six, 3, due + 5000).join("") === "abedcf");
  seating.heard(set("f"), due + 6000);
  check("the next one takes the place of one who has never spoken", seating.seat(six, 3, due + 8000).join("") === "afedcb");
}
{
  const seating = new Seating();
  seating.seat(six, 2, 0);
  seating.heard(set("a", "b", "c"), 0);
  check("a speaker never loses the place to a speaker", seating.seat(six, 2, 5000).join("") === "abcdef");
  check("with no place in front nobody moves", seating.seat(six, 0, 5000).join("") === "abcdef");
}

// ---- The texts ------------------------------------------------------------------------

const locales = Object.fromEntries(["nl", "en"].map((name) =>
  [name, readFileSync(`${root}web/locales/${name}.ftl`, "utf8")]));
const bundles = Object.fromEntries(Object.entries(locales).map(([name, text]) => {
  const bundle = new FluentBundle(name);
  const errors = bundle.addResource(new FluentResource(text));
  check(`${name}.ftl is well-formed`, errors.map(String));
  return [name, bundle];
}));
const keys = (name) => [...locales[name].matchAll(/^([a-z][a-z0-9-]*) =/gm)].map((m) => m[1]);
const variables = (name, key) => {
  const start = locales[name].indexOf(`\n${key} =`);
  const end = locales[name].slice(start + 1).search(/\n(?=[a-z#\n])/);
  return [...new Set([...locales[name].slice(start, start + 1 + end).matchAll(/\$([a-z]+)/g)].map((m) => m[1]))].sort().join(" ");
};
check("Dutch has each English text", keys("en").filter((key) => !keys("nl").includes(key)));
check("English has each Dutch text", keys("nl").filter((key) => !keys("en").includes(key)));
check("no text stands twice", ["nl", "en"].flatMap((name) => keys(name).filter((key, i, list) => list.indexOf(key) !== i)));
check("both use the same variables", keys("en").filter((key) => variables("en", key) !== variables("nl", key))
  .map((key) => `${key}: ${variables("en", key)} | ${variables("nl", key)}`));
check("no text fails to be filled in", ["nl", "en"].flatMap((name) => keys(name).flatMap((key) => {
  const errors = [];
  const args = Object.fromEntries(["name", "people", "kind", "number", "unread", "count", "page", "pages", "place", "code", "verified", "epoch", "text"]
    .map((v) => [v, v === "name" ? "Anna" : v === "kind" ? "camera" : 2]));
  bundles[name].formatPattern(bundles[name].getMessage(key).value, args, errors);
  return errors.map((e) => `${name} ${key}: ${e}`);
})));

// In the sources a text is named whole, or as a family: t(`trouble-${...}`).
const sources = readdirSync(`${root}web/ui`).filter((f) => /\.tsx?$/.test(f))
  .map((f) => readFileSync(`${root}web/ui/${f}`, "utf8")).join("\n");
const quoted = new Set([...sources.matchAll(/"([a-z][a-z0-9-]*)"/g)].map((m) => m[1]));
const called = [...sources.matchAll(/\bt\("([a-z0-9-]+)"/g)].map((m) => m[1]);
const families = [...sources.matchAll(/\bt\(`([a-z-]+-)\$\{/g)].map((m) => m[1]);
const model = readFileSync(`${root}web/meeting/model.ts`, "utf8");
const union = (name) => [...model.match(new RegExp(`export type ${name} =([^;]*);`))[1].matchAll(/"([a-z-]+)"/g)].map((m) => m[1]);
check("each text that is called for exists", called.filter((key) => !keys("en").includes(key)));
check("each family has members", families.filter((family) => !keys("en").some((key) => key.startsWith(family))));
for (const [type, family] of [["Failure", "failure-"], ["LinkProblem", "link-"], ["CaptureProblem", "capture-"], ["Trouble", "trouble-"]])
  check(`each ${type} has a text`, union(type).filter((member) => !keys("en").includes(family + member)));
check("each Failure says what to do", union("Failure").filter((member) => !keys("en").includes(`failure-${member}-why`)));
check("no text is left over", keys("en").filter((key) => !quoted.has(key) && !families.some((family) => key.startsWith(family))));

// ---- What the face may touch -----------------------------------------------------------

const real = readdirSync(`${root}web/ui`).filter((f) => /\.tsx?$/.test(f) && !f.startsWith("mock"));
const source = Object.fromEntries(real.map((f) => [f, readFileSync(`${root}web/ui/${f}`, "utf8")]));
const allowed = /^(\.\/|\.\.\/meeting\/model\.js$|\.\.\/locales\/|preact$|preact\/hooks$|@preact\/signals$|@fluent\/bundle$)/;
check("it imports nothing but itself, the contract and three packages", real.flatMap((f) =>
  [...source[f].matchAll(/(?:from|import) "([^"]+)"/g)].map((m) => m[1]).filter((name) => !allowed.test(name)).map((name) => `${f}: ${name}`)));
const forbidden = /innerHTML|outerHTML|insertAdjacent|document\.write|dangerously|\beval\b|new Function|\bfetch\(|XMLHttpRequest|new WebSocket|new Worker|getUserMedia|getDisplayMedia|sendBeacon/;
check("it has no way to the network, to devices or to markup", real.filter((f) => forbidden.test(source[f])));

rmSync(work, { recursive: true });
console.log(`passed=${passed} failed=${failed} skipped=0`);
process.exit(failed === 0 ? 0 : 1);
