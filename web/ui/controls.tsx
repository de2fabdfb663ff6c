// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { useRef } from "preact/hooks";
import { type Face, type Panel, useFace } from "./face.js";
import { useRoving } from "./focus.js";
import { Icon, type IconName } from "./icons.js";
import { Button, Dialog, useCopyLink } from "./parts.js";
import { preferences } from "./preferences.js";
import { t } from "./text.js";

interface ControlProps {
  icon: IconName;
  label: string;
  shortcut?: string;
  look?: string; // classes
  expanded?: boolean;
  opens?: Panel;
  problem?: boolean;
  count?: number;
  onClick: () => void;
}

function Control(props: ControlProps) {
  const { icon, label, shortcut, look, expanded, opens, problem, count = 0, onClick } = props;
  const key = preferences.value.shortcuts ? shortcut : undefined;
  return (
    <button
      type="button" class={`control ${look ?? ""}`} onClick={onClick}
      title={key ? `${label} (${key.toUpperCase()})` : label}
      {...(key && { "aria-keyshortcuts": key })}
      {...(expanded !== undefined && { "aria-expanded": expanded })}
      {...(opens && { "data-opens": opens })}
    >
      <span class="control-face">
        <Icon name={icon} />
        {problem && <span class="badge problem" aria-hidden="true">!</span>}
        {count > 0 && <span class="badge" aria-hidden="true">{count > 99 ? "99+" : count}</span>}
      </span>
      <span class="control-label">{label}</span>
      {count > 0 && <span class="unseen">{t(opens === "people" ? "door-count" : "unread", { count })}</span>}
    </button>
  );
}

function Microphone({ face: { model, actions } }: { face: Face }) {
  const { on, problem } = model.microphone.value;
  return (
    <Control
      icon={on ? "microphone" : "microphoneOff"} label={t(on ? "mute" : "unmute")} shortcut="m"
      look={on ? "" : "off"} problem={problem !== null}
      onClick={() => void actions.toggleMicrophone()}
    />
  );
}

function Camera({ face: { model, actions } }: { face: Face }) {
  const { on, problem } = model.camera.value;
  return (
    <Control
      icon={on ? "camera" : "cameraOff"} label={t(on ? "camera-stop" : "camera-start")}
      shortcut="v" look={on ? "" : "off"} problem={problem !== null}
      onClick={() => void actions.toggleCamera()}
    />
  );
}

// What a narrow window has no room for.
export function MoreDialog() {
  const face = useFace();
  const { model, actions, dialog, panel } = face;
  const copy = useCopyLink();
  const then = (act: () => void) => (): void => {
    dialog.value = null;
    act();
  };
  return (
    <Dialog title={t("more")} onClose={() => { dialog.value = null; }}>
      <div class="menu">
        <Button icon="screen" onClick={then(() => void actions.toggleScreen())}>
          {t(model.screen.value.on ? "share-stop" : "share")}
        </Button>
        <Button icon="hand" onClick={then(() => actions.toggleHand())}>
          {t(model.handUp.value ? "hand-lower" : "hand-raise")}
        </Button>
        <Button icon="people" onClick={then(() => { panel.value = "people"; })}>
          {t("people")}
        </Button>
        <Button icon="copy" onClick={then(copy)}>{t("copy-link")}</Button>
        <Button icon="settings" onClick={then(() => { dialog.value = "settings"; })}>
          {t("settings")}
        </Button>
      </div>
    </Dialog>
  );
}

export function Controls() {
  const face = useFace();
  const { model, actions, panel, dialog, unread } = face;
  const bar = useRef<HTMLDivElement>(null);
  const onKeyDown = useRoving(bar, "button");
  const sharing = model.screen.value.on;
  const hand = model.handUp.value;
  return (
    <div
      ref={bar} class="controls" role="toolbar" aria-label={t("controls")} onKeyDown={onKeyDown}
    >
      <Microphone face={face} />
      <Camera face={face} />
      <Control
        icon="screen" label={t(sharing ? "share-stop" : "share")} shortcut="s"
        look={sharing ? "wide active" : "wide"} onClick={() => void actions.toggleScreen()}
      />
      <Control
        icon="hand" label={t(hand ? "hand-lower" : "hand-raise")} shortcut="h"
        look={hand ? "wide active" : "wide"} onClick={() => actions.toggleHand()}
      />
      <Control
        icon="chat" label={t("chat")} shortcut="c" opens="chat" count={unread.value}
        look={panel.value === "chat" ? "active" : ""} expanded={panel.value === "chat"}
        onClick={() => face.togglePanel("chat")}
      />
      <Control
        icon="people" label={t("people")} shortcut="p" opens="people"
        count={model.isHost.value ? model.waiting.value.length : 0}
        look={panel.value === "people" ? "wide active" : "wide"}
        expanded={panel.value === "people"} onClick={() => face.togglePanel("people")}
      />
      <Control
        icon="more" label={t("more")} look="narrow" onClick={() => { dialog.value = "more"; }}
      />
      <Control icon="leave" label={t("leave")} look="leave" onClick={() => actions.leave()} />
    </div>
  );
}
