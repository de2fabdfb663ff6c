// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { useId, useState } from "preact/hooks";
import { nameMax } from "../meeting/model.js";
import { useFace } from "./face.js";
import { useHeadingFocus } from "./focus.js";
import { Icon, type IconName } from "./icons.js";
import {
  Avatar, Button, CaptureHelp, DevicePicker, Dialog, LinkField, Meter, Page, useCopyLink, Video,
} from "./parts.js";
import { prefer } from "./preferences.js";
import { t } from "./text.js";

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

interface RoundProps {
  on: boolean;
  icons: readonly [on: IconName, off: IconName];
  label: string;
  onClick: () => void;
}

function Round({ on, icons, label, onClick }: RoundProps) {
  return (
    <button
      type="button" class={on ? "round" : "round off"} aria-label={label} title={label}
      onClick={onClick}
    >
      <Icon name={icons[on ? 0 : 1]} />
    </button>
  );
}

function Preview() {
  const { model, actions } = useFace();
  const [microphone, camera] = [model.microphone.value, model.camera.value];
  const stream = model.preview.value;
  return (
    <div class="preview">
      {camera.on && stream !== null
        ? <Video stream={stream} mirrored />
        : (
          <div class="preview-off">
            <Avatar name={model.name.value || "?"} />
            <p>{camera.pending ? t("camera-starting") : t("camera-is-off")}</p>
          </div>
        )}
      <div class="preview-controls">
        <Round
          on={microphone.on} icons={["microphone", "microphoneOff"]}
          label={t(microphone.on ? "mute" : "unmute")}
          onClick={() => void actions.toggleMicrophone()}
        />
        <Round
          on={camera.on} icons={["camera", "cameraOff"]}
          label={t(camera.on ? "camera-stop" : "camera-start")}
          onClick={() => void actions.toggleCamera()}
        />
      </div>
    </div>
  );
}

function Name({ refused }: { refused: boolean }) {
  const { model, actions } = useFace();
  const id = useId();
  const change = (name: string): void => {
    actions.setName(name);
    prefer({ name: name.trim() });
  };
  return (
    <div class="field">
      <label for={id}>{t("name-label")}</label>
      <input
        id={id} name="name" type="text" autoComplete="name" value={model.name.value}
        aria-invalid={refused} aria-describedby={`${id}-problem`}
        onInput={(event) => change(event.currentTarget.value)}
      />
      <p id={`${id}-problem`} class="field-problem" role="alert">
        {refused && <><Icon name="warning" /><span>{t("name-problem")}</span></>}
      </p>
    </div>
  );
}

function Invite() {
  const face = useFace();
  const copy = useCopyLink();
  return (
    <div class="card invite">
      <div>
        <h2>{t("invite-title")}</h2>
        <p>{t("invite-why")}</p>
      </div>
      <Button icon="copy" onClick={copy}>{t("copy-link")}</Button>
      {face.dialog.value === "link" && <LinkDialog />}
    </div>
  );
}

export function LinkDialog() {
  const face = useFace();
  return (
    <Dialog title={t("link-title")} onClose={() => { face.dialog.value = null; }}>
      <p>{t("link-by-hand")}</p>
      <LinkField />
    </Dialog>
  );
}

export function Prejoin() {
  const { model, actions } = useFace();
  const heading = useHeadingFocus();
  const [tried, setTried] = useState(false);
  const name = model.name.value.trim();
  const named = name !== "" && byteLength(name) <= nameMax;
  const join = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (!named) return document.querySelector<HTMLInputElement>("input[name=name]")?.focus();
    prefer({ name });
    void actions.join();
  };
  return (
    <Page wide>
      <h1 ref={heading} tabIndex={-1} data-focus-home>{t("prejoin-title")}</h1>
      <div class="prejoin">
        <div class="prejoin-look">
          <Preview />
          <div class="hearing">
            <Icon name={model.microphone.value.on ? "microphone" : "microphoneOff"} />
            <Meter />
          </div>
          <CaptureHelp />
        </div>
        <div class="prejoin-side">
          <form class="card" onSubmit={join} noValidate>
            <Name refused={tried && !named} />
            <button type="submit" class="button primary big"><span>{t("join")}</span></button>
            <p class="hint"><Icon name="lock" /><span>{t("join-hint")}</span></p>
          </form>
          <Invite />
        </div>
        <div class="devices" role="group" aria-label={t("devices")}>
          <DevicePicker kind="microphone" />
          <DevicePicker kind="camera" />
          <DevicePicker kind="speaker" />
          <Button kind="quiet" icon="speaker" onClick={() => void actions.testSpeaker()}>
            {t("speaker-test")}
          </Button>
        </div>
      </div>
    </Page>
  );
}
