// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { type ComponentType, render } from "preact";
import { useEffect } from "preact/hooks";
import type { MeetingActions, MeetingModel, Phase } from "../meeting/model.js";
import { Face, FaceContext, useFace } from "./face.js";
import { guardFocus } from "./focus.js";
import { Landing } from "./landing.js";
import { Meeting } from "./meeting.js";
import { IconButton } from "./parts.js";
import { Ended, Left, Unsupported, Waiting } from "./passages.js";
import { preferences } from "./preferences.js";
import { Prejoin } from "./prejoin.js";
import { t } from "./text.js";

const screens: Record<Phase, ComponentType> = {
  landing: Landing,
  prejoin: Prejoin,
  joining: Waiting,
  waiting: Waiting,
  knocking: Waiting,
  in: Meeting,
  reconnecting: Meeting,
  left: Left,
  ended: Ended,
  failed: Ended,
};

const inMeeting: readonly Phase[] = ["in", "reconnecting"];

function Toasts() {
  const face = useFace();
  return (
    <div class="toasts" role="status" aria-live="polite" aria-relevant="additions">
      {face.toasts.value.map(({ id, text }) => (
        <div key={id} class="toast">
          <p>{text}</p>
          <IconButton icon="close" label={t("dismiss")} onClick={() => face.dismiss(id)} />
        </div>
      ))}
    </div>
  );
}

function Screen() {
  const face = useFace();
  const phase = face.model.phase.value;
  const Current = screens[phase];
  const inside = inMeeting.includes(phase);
  const unread = face.unread.value;
  useEffect(() => {
    document.title = inside
      ? t(unread > 0 ? "title-unread" : "title-meeting", { unread })
      : "Zegel";
  });
  useEffect(() => {
    if (!inside) face.forget();
  }, [inside]);
  return <Current />;
}

export function mount(root: HTMLElement, model: MeetingModel, actions: MeetingActions): void {
  const face = new Face(model, actions);
  if (preferences.value.name !== "") actions.setName(preferences.value.name);
  guardFocus(root);
  render(
    <FaceContext.Provider value={face}>
      <Screen />
      <Toasts />
    </FaceContext.Provider>,
    root,
  );
}

export function mountUnsupported(root: HTMLElement, missing: readonly string[]): void {
  render(<Unsupported missing={missing} />, root);
}
