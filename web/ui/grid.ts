// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Where tiles stand: arithmetic only. Everything fits the stage, nothing scrolls; whoever
// does not fit is on another page.

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Scene {
  focus: Box | null; // of the one tile that all others make room for
  tiles: Box[]; // of this page, in order
  perPage: number;
  pages: number;
  page: number; // the one asked for, or the last
}

export const gap = 12;

// Wider or narrower, a face is cut or the tile is mostly wall.
const widest = 17 / 9;
const narrowest = 4 / 3;
const narrowestUpright = 3 / 4; // on a stage that is itself upright, as a phone's

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

// How much room a tile needs to be worth looking at, growing slowly with the stage.
function tilesThatFit(width: number, height: number): number {
  const area = width * height;
  return Math.max(1, Math.floor(area / (Math.sqrt(area) / 8 + 125) ** 2));
}

function tileIn(cellWidth: number, cellHeight: number, upright: boolean): Box {
  const aspect = clamp(cellWidth / cellHeight, upright ? narrowestUpright : narrowest, widest);
  const width = Math.min(cellWidth, cellHeight * aspect);
  return { x: 0, y: 0, width: Math.floor(width), height: Math.floor(width / aspect) };
}

// Of all numbers of columns the one that gives the largest tiles.
function largest(n: number, width: number, height: number): { columns: number; tile: Box } {
  let best = { columns: 1, tile: { x: 0, y: 0, width: 0, height: 0 } };
  for (let columns = 1; columns <= n; columns++) {
    const rows = Math.ceil(n / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    const tile = tileIn(cellWidth, cellHeight, height > width);
    if (tile.width * tile.height > best.tile.width * best.tile.height) best = { columns, tile };
  }
  return best;
}

interface Paged {
  pages: number;
  page: number;
  n: number; // on this page
}

function paged(n: number, perPage: number, page: number): Paged {
  const pages = Math.max(1, Math.ceil(n / perPage));
  const shown = clamp(page, 0, pages - 1);
  return { pages, page: shown, n: Math.min(perPage, n - shown * perPage) };
}

export function gridScene(n: number, page: number, width: number, height: number): Scene {
  const perPage = tilesThatFit(width, height);
  const here = paged(n, perPage, page);
  // A last page with few people keeps the tile size of the others.
  const { columns, tile } = largest(Math.min(n, perPage), width, height);
  const rows = Math.ceil(here.n / columns);
  const top = (height - rows * tile.height - (rows - 1) * gap) / 2;
  const tiles = Array.from({ length: here.n }, (_, i) => {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, here.n - row * columns);
    const left = (width - inRow * tile.width - (inRow - 1) * gap) / 2;
    return {
      ...tile,
      x: Math.round(left + (i % columns) * (tile.width + gap)),
      y: Math.round(top + row * (tile.height + gap)),
    };
  });
  return { focus: null, tiles, perPage, pages: here.pages, page: here.page };
}

// Two people: the other one as large as can be, oneself in the corner.
export function duoScene(width: number, height: number): Scene {
  const upright = height > width;
  const ownWidth = Math.floor(clamp(width * 0.2, upright ? 96 : 132, 260));
  const ownHeight = Math.floor(ownWidth / (upright ? narrowestUpright : 16 / 9));
  const other = upright ? { x: 0, y: 0, width, height } : largest(1, width, height).tile;
  const x = Math.round((width - other.width) / 2);
  const y = Math.round((height - other.height) / 2);
  const own = {
    x: x + other.width - ownWidth - gap,
    y: y + other.height - ownHeight - gap,
    width: ownWidth,
    height: ownHeight,
  };
  return { focus: null, tiles: [{ ...other, x, y }, own], perPage: 2, pages: 1, page: 0 };
}

// A screen or a pinned person, and a strip of the others beside it; on an upright stage the
// others stand below, as in a grid.
export function focusScene(n: number, page: number, width: number, height: number): Scene {
  if (n === 0)
    return { focus: { x: 0, y: 0, width, height }, tiles: [], perPage: 1, pages: 1, page: 0 };
  return width > height
    ? focusBeside(n, page, width, height)
    : focusAbove(n, page, width, height);
}

function focusBeside(n: number, page: number, width: number, height: number): Scene {
  const tileWidth = Math.floor(clamp(width * 0.18, 120, 240));
  const tileHeight = Math.floor(tileWidth / (16 / 9));
  const perPage = Math.max(1, Math.floor((height + gap) / (tileHeight + gap)));
  const here = paged(n, perPage, page);
  const focus = { x: 0, y: 0, width: width - tileWidth - gap, height };
  const top = Math.round((height - here.n * (tileHeight + gap) + gap) / 2);
  const tiles = Array.from({ length: here.n }, (_, i) => ({
    x: focus.width + gap,
    y: top + i * (tileHeight + gap),
    width: tileWidth,
    height: tileHeight,
  }));
  return { focus, tiles, perPage, pages: here.pages, page: here.page };
}

function focusAbove(n: number, page: number, width: number, height: number): Scene {
  const focusHeight = Math.floor(Math.min(width * (3 / 4), height * 0.6));
  const below = gridScene(n, page, width, height - focusHeight - gap);
  const down = focusHeight + gap;
  return {
    ...below,
    focus: { x: 0, y: 0, width, height: focusHeight },
    tiles: below.tiles.map((box) => ({ ...box, y: box.y + down })),
  };
}
