// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The people and screens, as tiles that fit the window. What is drawn here is what the
// server is asked for.

import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Person, TileWish } from "../meeting/model.js";
import { useFace } from "./face.js";
import { useRoving } from "./focus.js";
import { duoScene, focusScene, gridScene, type Box, type Scene } from "./grid.js";
import { Button, IconButton, useCopyLink } from "./parts.js";
import { preferences } from "./preferences.js";
import { Seating } from "./seating.js";
import { t } from "./text.js";
import { TileView, tileId, type Tile } from "./tile.js";

// A page that nobody looks at asks for no pictures after this time.
const hiddenAfterMs = 20_000;
// So that a window being resized does not ask anew for every pixel.
const heightStep = 45;

interface Size {
  width: number;
  height: number;
}

function useSize(box: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void =>
      setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return size;
}

function useHidden(): boolean {
  const [hidden, setHidden] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const change = (): void => {
      clearTimeout(timer);
      if (!document.hidden) setHidden(false);
      else timer = setTimeout(() => setHidden(true), hiddenAfterMs);
    };
    document.addEventListener("visibilitychange", change);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", change);
    };
  }, []);
  return hidden;
}

function useSeating(speaking: ReadonlySet<string>): Seating {
  const seating = useMemo(() => new Seating(), []);
  const [, again] = useState(0);
  useEffect(() => {
    const now = performance.now();
    const due = seating.heard(speaking, now);
    if (due === null) return;
    const timer = setTimeout(() => again((n) => n + 1), due - now + 1);
    return () => clearTimeout(timer);
  }, [speaking]);
  return seating;
}

// The tile that the others make room for: what this user pinned, or else a shared screen.
function focusOf(people: readonly Person[], pinned: string | null): Tile | null {
  const tiles = people.flatMap((person): Tile[] => [
    { person, what: "camera" },
    ...(person.screenOn ? [{ person, what: "screen" } as const] : []),
  ]);
  return tiles.find((tile) => tileId(tile) === pinned)
    ?? tiles.find((tile) => tile.what === "screen" && !tile.person.isSelf)
    ?? null;
}

// All that can be drawn but the focus: further screens, everybody, oneself if wished.
function candidates(people: readonly Person[], focus: Tile | null, showSelf: boolean): Tile[] {
  const shown = people.filter((p) => !p.isSelf || showSelf || people.length === 1);
  const screens = people.filter((p) => p.screenOn && !p.isSelf);
  const tiles: Tile[] = [
    ...screens.map((person): Tile => ({ person, what: "screen" })),
    ...shown.map((person): Tile => ({ person, what: "camera" })),
  ];
  return tiles.filter((tile) => focus === null || tileId(tile) !== tileId(focus));
}

// With fewer tiles on a page, one's own is not worth a place in front.
const ownInFrontFrom = 3;

// Everybody in their seats, oneself last on the first page, screens in front.
function seated(tiles: readonly Tile[], seating: Seating, perPage: number): Tile[] {
  const remote = tiles.filter((t) => t.what === "camera" && !t.person.isSelf);
  const self = tiles.filter((t) => t.what === "camera" && t.person.isSelf);
  const screens = tiles.filter((t) => t.what === "screen");
  const byKey = new Map(remote.map((tile) => [tile.person.key, tile]));
  const ownSeat = perPage < ownInFrontFrom ? 0 : self.length;
  const front = Math.max(0, perPage - screens.length - ownSeat);
  const order = seating.seat([...byKey.keys()], front, performance.now())
    .flatMap((key) => byKey.get(key) ?? []);
  order.splice(perPage < ownInFrontFrom ? order.length : front, 0, ...self);
  return [...screens, ...order];
}

function sceneFor(focus: Tile | null, rest: readonly Tile[], page: number, size: Size): Scene {
  const { width, height } = size;
  if (focus !== null) return focusScene(rest.length, page, width, height);
  const duo = rest.length === 2 && rest.some((tile) => tile.person.isSelf);
  return duo ? duoScene(width, height) : gridScene(rest.length, page, width, height);
}

interface Placed {
  tile: Tile;
  box: Box;
}

function arrange(scene: Scene, focus: Tile | null, rest: readonly Tile[]): Placed[] {
  const start = scene.page * scene.perPage;
  const placed: Placed[] = [];
  if (focus !== null && scene.focus !== null) placed.push({ tile: focus, box: scene.focus });
  scene.tiles.forEach((box, i) => {
    const tile = rest[start + i];
    if (tile !== undefined) placed.push({ tile, box });
  });
  return placed;
}

function wishes(placed: readonly Placed[], speaking: ReadonlySet<string>): TileWish[] {
  const rank = ({ tile, box }: Placed): number =>
    (tile.what === "screen" ? 4e6 : 0) + (speaking.has(tile.person.key) ? 2e6 : 0) + box.height;
  return placed
    .filter(({ tile }) => !tile.person.isSelf && (tile.what === "screen" || tile.person.cameraOn))
    .sort((a, b) => rank(b) - rank(a))
    .map(({ tile, box }) => ({
      key: tile.person.key,
      what: tile.what,
      height: Math.ceil(box.height / heightStep) * heightStep,
    }));
}

function Alone() {
  const copy = useCopyLink();
  return (
    <div class="alone card">
      <p>{t("alone")}</p>
      <Button kind="primary" icon="copy" onClick={copy}>{t("copy-link")}</Button>
    </div>
  );
}

function Pager({ scene, turn }: { scene: Scene; turn: (page: number) => void }) {
  const { page, pages } = scene;
  if (pages < 2) return null;
  return (
    <div class="pager" role="group" aria-label={t("pages")}>
      <IconButton
        icon="back" label={t("page-back")} onClick={() => turn(Math.max(0, page - 1))}
      />
      <span class="page-number" role="status">{t("page-of", { page: page + 1, pages })}</span>
      <IconButton
        icon="forward" label={t("page-forward")}
        onClick={() => turn(Math.min(pages - 1, page + 1))}
      />
    </div>
  );
}

export function Stage() {
  const { model, actions, pinned } = useFace();
  const stage = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const size = useSize(stage);
  const hidden = useHidden();
  const [asked, turn] = useState(0);
  const people = model.people.value;
  const speaking = model.speaking.value;
  const seating = useSeating(speaking);
  const { showSelf } = preferences.value;

  const focus = focusOf(people, pinned.value);
  const rest = candidates(people, focus, showSelf);
  const scene = sceneFor(focus, rest, asked, size);
  const placed = arrange(scene, focus, seated(rest, seating, scene.perPage));
  const wish = wishes(hidden || size.width === 0 ? [] : placed, speaking);
  useEffect(() => actions.requestTiles(wish), [JSON.stringify(wish)]);

  const columns = new Set(scene.tiles.map((box) => box.x)).size;
  const onKeyDown = useRoving(list, ".tile-pin", Math.max(1, columns));
  return (
    <div class="stage-column">
      <div class="stage" ref={stage}>
        <ul ref={list} class="tiles" aria-label={t("tiles")} onKeyDown={onKeyDown}>
          {placed.map(({ tile, box }) => (
            <TileView
              key={tileId(tile)} tile={tile} box={box}
              small={box.height < 130} speaking={speaking.has(tile.person.key)}
            />
          ))}
        </ul>
      </div>
      <Pager scene={scene} turn={turn} />
      {people.length === 1 && <Alone />}
    </div>
  );
}
