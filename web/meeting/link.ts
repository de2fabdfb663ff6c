// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { LinkProblem } from "./model.js";

// The link's secret stands in the address's fragment, which browsers do not send. It is
// taken out of the address at once, so that it gets into no history, no synchronisation and
// no screenshot of the address bar; the tab's own storage keeps it over a reload.

const kept = "zegel-link";

// The token in what somebody pasted: a whole link of this server, or the token alone.
export function tokenFrom(text: string, origin: string): string | LinkProblem {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  if (!/^https?:/i.test(trimmed)) return trimmed.replace(/^#/, "");
  if (!URL.canParse(trimmed)) return "letters";
  const url = new URL(trimmed);
  if (url.origin !== origin) return "other-host";
  return url.hash === "" ? "length" : url.hash.slice(1);
}

export function isProblem(found: string | LinkProblem): found is LinkProblem {
  return found === "empty" || found === "other-host" || found === "letters" || found === "length";
}

// What an invitation shows: never the host's part, which stands behind a dot.
export function invitation(token: string, origin: string): string {
  return `${origin}/#${token.split(".")[0] ?? ""}`;
}

// The token that this page was opened with, or null.
export function takeFromAddress(): string | null {
  const token = location.hash.slice(1);
  if (token === "") return recall();
  history.replaceState(null, "", location.pathname);
  return token;
}

export function remember(token: string): void {
  sessionStorage.setItem(kept, token);
}

export function forget(): void {
  sessionStorage.removeItem(kept);
}

function recall(): string | null {
  return sessionStorage.getItem(kept);
}
