// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What this browser remembers: comfort, and nothing about a meeting. No link, no key, no
// name of anybody else.

import { effect, signal } from "@preact/signals";

export interface Preferences {
  language: string; // "": the browser's
  theme: "auto" | "light" | "dark";
  name: string;
  shortcuts: boolean;
  showSelf: boolean;
}

const fallback: Preferences = {
  language: "",
  theme: "auto",
  name: "",
  shortcuts: true,
  showSelf: true,
};

const place = "zegel";

// Whatever is found there may have been written by another version: each field is taken only
// if it has the right type.
function read(): Preferences {
  let found: unknown;
  try {
    found = JSON.parse(localStorage.getItem(place) ?? "{}");
  } catch {
    return fallback;
  }
  if (typeof found !== "object" || found === null) return fallback;
  const fields = found as Record<string, unknown>;
  const text = (key: string): string => (typeof fields[key] === "string" ? fields[key] : "");
  const flag = (key: "shortcuts" | "showSelf"): boolean =>
    typeof fields[key] === "boolean" ? fields[key] : fallback[key];
  const theme = text("theme");
  return {
    language: text("language"),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
    name: text("name"),
    shortcuts: flag("shortcuts"),
    showSelf: flag("showSelf"),
  };
}

export const preferences = signal<Preferences>(read());

export function prefer(change: Partial<Preferences>): void {
  preferences.value = { ...preferences.value, ...change };
}

effect(() => {
  const { theme } = preferences.value;
  document.documentElement.style.colorScheme = theme === "auto" ? "" : theme;
  try {
    localStorage.setItem(place, JSON.stringify(preferences.value));
  } catch {
    // A browser that keeps nothing is a good browser too.
  }
});
