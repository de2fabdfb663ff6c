// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What the face knows beside the meeting's model: what is open, what is pinned, what has been
// read, and what was just said in passing.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { MeetingActions, MeetingModel } from "../meeting/model.js";

export type Panel = "chat" | "people";
export type Dialog = "security" | "settings" | "more" | "link";

export interface Toast {
  id: number;
  text: string;
}

const toastMs = 6_000;
const toastsShown = 3;

export class Face {
  readonly panel: Signal<Panel | null> = signal(null);
  readonly dialog: Signal<Dialog | null> = signal(null);
  readonly pinned: Signal<string | null> = signal(null); // a person's key
  readonly read = signal(0); // the last chat line that was on view
  readonly toasts: Signal<readonly Toast[]> = signal([]);
  readonly unread: ReadonlySignal<number>;
  private serial = 0;

  constructor(
    readonly model: MeetingModel,
    readonly actions: MeetingActions,
  ) {
    this.unread = computed(
      () => model.chat.value.filter((line) => !line.own && line.id > this.read.value).length,
    );
  }

  // Shown for a while, and spoken by screen readers.
  say(text: string): void {
    const id = ++this.serial;
    this.toasts.value = [...this.toasts.value, { id, text }].slice(-toastsShown);
    setTimeout(() => this.dismiss(id), toastMs);
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }

  togglePanel(panel: Panel): void {
    this.panel.value = this.panel.value === panel ? null : panel;
  }

  togglePin(key: string): void {
    this.pinned.value = this.pinned.value === key ? null : key;
  }

  // What belonged to the meeting that is over.
  forget(): void {
    this.panel.value = null;
    this.dialog.value = null;
    this.pinned.value = null;
    this.read.value = 0;
  }
}

export const FaceContext = createContext<Face | null>(null);

export function useFace(): Face {
  const face = useContext(FaceContext);
  if (face === null) throw new Error("drawn outside the app");
  return face;
}
