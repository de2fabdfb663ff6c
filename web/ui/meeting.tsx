// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Banners } from "./banners.js";
import { Chat } from "./chat.js";
import { Controls, MoreDialog } from "./controls.js";
import { type Face, useFace } from "./face.js";
import { Seal } from "./icons.js";
import { type CaptureKind, IconButton, problemText, useCopyLink } from "./parts.js";
import { People } from "./people.js";
import { LinkDialog } from "./prejoin.js";
import { Chip, SecurityDialog } from "./security.js";
import { SettingsDialog } from "./settings.js";
import { useShortcuts } from "./shortcuts.js";
import { Stage } from "./stage.js";
import { t } from "./text.js";

// More than so many at once are counted, not named.
const oneByOne = 2;

// Compares the value with the one before, and speaks of the difference.
function useChange<T>(value: T, tell: (now: T, before: T) => void): void {
  const before = useRef(value);
  useEffect(() => {
    if (before.current !== value) tell(value, before.current);
    before.current = value;
  }, [value]);
}

function useAnnouncements(face: Face): void {
  const { model } = face;
  useChange(model.people.value, (now, before) => {
    const is = new Map(now.map((p) => [p.key, p]));
    const was = new Map(before.map((p) => [p.key, p]));
    const came = now.filter((p) => !was.has(p.key) && !p.isSelf);
    const went = before.filter((p) => !is.has(p.key) && !p.isSelf);
    if (came.length > oneByOne) face.say(t("came-many", { count: came.length }));
    else for (const { name } of came) face.say(t("came", { name }));
    if (went.length > oneByOne) face.say(t("went-many", { count: went.length }));
    else for (const { name } of went) face.say(t("went", { name }));
    for (const p of now) {
      const old = was.get(p.key);
      if (old === undefined || p.isSelf) continue;
      if (p.handSince !== null && old.handSince === null) face.say(t("raised", { name: p.name }));
      if (p.screenOn && !old.screenOn) face.say(t("shares", { name: p.name }));
    }
  });
  useChange(model.chat.value, (now, before) => {
    if (face.panel.value === "chat") return;
    for (const line of now.slice(before.length))
      if (!line.own) face.say(t("chat-from", { name: line.author, text: line.text }));
  });
}

// Somebody new at the door: also if they were there before the host.
function useBell(face: Face): void {
  const heard = useRef(new Set<string>());
  const waiting = face.model.waiting.value;
  useEffect(() => {
    const came = waiting.filter((w) => !heard.current.has(w.key));
    heard.current = new Set(waiting.map((w) => w.key));
    if (!face.model.isHost.value || came.length === 0) return;
    face.say(came.length > 1
      ? t("door-count", { count: waiting.length })
      : t("door-knock", { name: came[0]?.name ?? "" }));
    void face.actions.testSpeaker();
    face.panel.value = "people";
  }, [waiting]);
}

function useCaptureProblems(face: Face): void {
  const tell = (kind: CaptureKind) => (now: Face["model"]["camera"]["value"]): void => {
    if (now.problem !== null && !now.pending) face.say(problemText(kind, now.problem));
  };
  useChange(face.model.microphone.value, tell("microphone"));
  useChange(face.model.camera.value, tell("camera"));
  useChange(face.model.screen.value, tell("screen"));
}

function Dialogs() {
  switch (useFace().dialog.value) {
    case "security": return <SecurityDialog />;
    case "settings": return <SettingsDialog />;
    case "more": return <MoreDialog />;
    case "link": return <LinkDialog />;
    case null: return null;
  }
}

export function Meeting() {
  const face = useFace();
  const home = useRef<HTMLElement>(null);
  const copy = useCopyLink();
  useShortcuts();
  useAnnouncements(face);
  useBell(face);
  useCaptureProblems(face);
  useLayoutEffect(() => home.current?.focus(), []);
  const panel = face.panel.value;
  return (
    <div class="meeting">
      <header class="meeting-head">
        <Seal />
        <Chip />
        <div class="meeting-tools">
          <IconButton icon="link" label={t("copy-link")} onClick={copy} />
          <IconButton
            icon="settings" label={t("settings")}
            onClick={() => { face.dialog.value = "settings"; }}
          />
        </div>
      </header>
      <main ref={home} class="meeting-main" tabIndex={-1} data-focus-home aria-label={t("meeting")}>
        <h1 class="unseen">{t("meeting")}</h1>
        <Banners />
        <Stage />
      </main>
      {panel === "chat" && <Chat />}
      {panel === "people" && <People />}
      <footer class="meeting-foot"><Controls /></footer>
      <Dialogs />
    </div>
  );
}
