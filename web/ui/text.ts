// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// All words come from locales/*.ftl. Fluent puts direction isolates around what it fills in,
// so that a name in another script cannot turn a sentence around.

import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { effect, signal } from "@preact/signals";
import en from "../locales/en.ftl";
import nl from "../locales/nl.ftl";
import { preferences } from "./preferences.js";

export const languages = { nl: "Nederlands", en: "English" } as const;
export type Language = keyof typeof languages;

function bundle(locale: Language, text: string): FluentBundle {
  const made = new FluentBundle(locale);
  for (const error of made.addResource(new FluentResource(text))) console.error(locale, error);
  return made;
}

const bundles = { nl: bundle("nl", nl), en: bundle("en", en) };

function isLanguage(text: string): text is Language {
  return text in languages;
}

function firstLanguage(): Language {
  const wished = [preferences.value.language, ...navigator.languages.map((l) => l.slice(0, 2))];
  return wished.find(isLanguage) ?? "en";
}

export const language = signal<Language>(firstLanguage());

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(choice: string): void {
  if (!isLanguage(choice)) return;
  language.value = choice;
  preferences.value = { ...preferences.value, language: choice };
}

export function t(id: string, args?: Record<string, FluentVariable>): string {
  const from = bundles[language.value];
  const pattern = from.getMessage(id)?.value;
  if (pattern == null) {
    console.error(`no text for ${id} in ${language.value}`);
    return id;
  }
  return from.formatPattern(pattern, args);
}

export function clock(at: Date): string {
  return at.toLocaleTimeString(language.value, { hour: "numeric", minute: "2-digit" });
}
