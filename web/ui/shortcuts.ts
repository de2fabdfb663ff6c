// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Single keys, as long as nobody is writing or a dialog is open. They can be switched off:
// whoever dictates would set them off by speaking (WCAG 2.1.4).

import { useEffect } from "preact/hooks";
import { type Face, useFace } from "./face.js";
import { preferences } from "./preferences.js";

export const shortcuts = {
  m: "shortcut-microphone",
  v: "shortcut-camera",
  s: "shortcut-screen",
  h: "shortcut-hand",
  c: "shortcut-chat",
  p: "shortcut-people",
  i: "shortcut-security",
} as const;

type Key = keyof typeof shortcuts;

const act: Record<Key, (face: Face) => void> = {
  m: ({ actions }) => void actions.toggleMicrophone(),
  v: ({ actions }) => void actions.toggleCamera(),
  s: ({ actions }) => void actions.toggleScreen(),
  h: ({ actions }) => actions.toggleHand(),
  c: (face) => face.togglePanel("chat"),
  p: (face) => face.togglePanel("people"),
  i: (face) => { face.dialog.value = "security"; },
};

function writes(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog") !== null;
}

export function useShortcuts(): void {
  const face = useFace();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!preferences.value.shortcuts || event.repeat || event.defaultPrevented) return;
      if (event.altKey || event.ctrlKey || event.metaKey || writes(event.target)) return;
      const key = event.key.toLowerCase();
      if (!(key in act) || face.dialog.value !== null) return;
      event.preventDefault();
      act[key as Key](face);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}
