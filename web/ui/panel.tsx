// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What opens beside the stage, or over it where there is no room.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useId, useRef } from "preact/hooks";
import { type Panel, useFace } from "./face.js";
import { IconButton } from "./parts.js";
import { t } from "./text.js";

export function closePanel(close: () => void, name: Panel): void {
  close();
  document.querySelector<HTMLElement>(`[data-opens=${name}]`)?.focus();
}

interface PanelProps {
  title: string;
  name: Panel;
  children: ComponentChildren;
}

export function PanelFrame({ title, name, children }: PanelProps) {
  const { panel } = useFace();
  const heading = useId();
  const head = useRef<HTMLHeadingElement>(null);
  // Unless something inside has already asked for the focus.
  useLayoutEffect(() => {
    if (!head.current?.closest("aside")?.contains(document.activeElement)) head.current?.focus();
  }, []);
  const close = (): void => closePanel(() => { panel.value = null; }, name);
  return (
    <aside
      class={`panel panel-${name}`} aria-labelledby={heading}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      }}
    >
      <header class="panel-head">
        <h2 id={heading} ref={head} tabIndex={-1}>{title}</h2>
        <IconButton icon="close" label={t("close")} onClick={close} />
      </header>
      {children}
    </aside>
  );
}
