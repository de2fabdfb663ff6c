// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

// The heading of a screen that has just come up: a screen reader starts reading there, and
// the next Tab goes on from there.
export function useHeadingFocus(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), []);
  return heading;
}

// When the element that has the focus disappears, browsers let it fall to the body, and
// whoever uses a keyboard starts from the top. Here it falls to the screen.
export function guardFocus(root: HTMLElement): void {
  let last: Element | null = null;
  document.addEventListener("focusin", ({ target }) => {
    last = target instanceof Element ? target : null;
  });
  new MutationObserver(() => {
    if (last === null || last.isConnected || document.activeElement !== document.body) return;
    root.querySelector<HTMLElement>("[data-focus-home]")?.focus();
  }).observe(root, { childList: true, subtree: true });
}

const step: Record<string, number> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

// One Tab stop for a group of controls; the arrow keys, Home and End move inside it. With
// `columns`, up and down go by rows.
export function useRoving(
  group: RefObject<HTMLElement | null>, selector: string, columns = 1,
): (event: KeyboardEvent) => void {
  const items = (): HTMLElement[] =>
    [...(group.current?.querySelectorAll<HTMLElement>(selector) ?? [])].filter(
      (item) => item.checkVisibility(),
    );
  useLayoutEffect(() => {
    const all = items();
    const current = all.find((item) => item === document.activeElement)
      ?? all.find((item) => item.tabIndex === 0) ?? all[0];
    for (const item of all) item.tabIndex = item === current ? 0 : -1;
  });
  return (event) => {
    const all = items();
    const at = all.findIndex((item) => item === document.activeElement);
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    const vertical = event.key === "ArrowUp" || event.key === "ArrowDown";
    const by = (step[event.key] ?? 0) * (vertical ? columns : 1);
    const to = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : at + by;
    const target = all[to];
    if (to === at || target === undefined) return;
    event.preventDefault();
    for (const item of all) item.tabIndex = item === target ? 0 : -1;
    target.focus();
  };
}
