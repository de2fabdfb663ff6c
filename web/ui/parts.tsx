// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The small things that several screens are made of.

import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { CaptureProblem, DeviceKind } from "../meeting/model.js";
import { useFace } from "./face.js";
import { Icon, type IconName, Seal } from "./icons.js";
import { chooseLanguage, language, languages, t } from "./text.js";

interface ButtonProps {
  label?: string; // where the words on it are not enough to hear
  icon?: IconName;
  kind?: "primary" | "plain" | "danger" | "quiet";
  onClick: () => void;
  disabled?: boolean;
  children: ComponentChildren;
}

export function Button({ icon, kind = "plain", label, onClick, disabled, children }: ButtonProps) {
  return (
    <button
      type="button" class={`button ${kind}`} onClick={onClick} disabled={disabled ?? false}
      {...(label !== undefined && { "aria-label": label })}
    >
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  class?: string;
  pressed?: boolean;
}

export function IconButton({ icon, label, onClick, class: more, pressed }: IconButtonProps) {
  return (
    <button
      type="button" class={`icon-button ${more ?? ""}`} aria-label={label} title={label}
      {...(pressed !== undefined && { "aria-pressed": pressed })} onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, onClose, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    // Closing it, rather than taking it away, gives the focus back to where it was.
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box} class="dialog" aria-labelledby={heading}
      onCancel={(event) => { event.preventDefault(); onClose(); }}
      onClick={(event) => event.target === box.current && onClose()}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={heading} tabIndex={-1} autofocus>{title}</h2>
          <IconButton icon="close" label={t("close")} onClick={onClose} />
        </header>
        {children}
      </div>
    </dialog>
  );
}

export function Video({ stream, mirrored }: { stream: MediaStream; mirrored?: boolean }) {
  const box = useRef<HTMLVideoElement>(null);
  useLayoutEffect(() => {
    if (box.current) box.current.srcObject = stream;
  }, [stream]);
  return (
    <video
      ref={box} class={mirrored ? "video mirrored" : "video"}
      autoplay muted playsInline disablePictureInPicture aria-hidden="true"
    />
  );
}

const avatarColours = 8;

function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : [words[0]];
  return letters.map((word) => Array.from(word ?? "")[0] ?? "").join("").toLocaleUpperCase();
}

export function Avatar({ name }: { name: string }) {
  const codes = Array.from(name, (letter) => letter.codePointAt(0) ?? 0);
  const colour = codes.reduce((sum, code) => (sum * 31 + code) % 9973, 7) % avatarColours;
  return <span class={`avatar colour-${colour}`} aria-hidden="true">{initials(name)}</span>;
}

// How loud the microphone is. For the eye; a screen reader's user hears that it works.
export function Meter() {
  const { model, actions } = useFace();
  const needed = model.microphone.value.on;
  useEffect(() => {
    actions.measureMicrophone(needed);
    return () => actions.measureMicrophone(false);
  }, [needed]);
  return (
    <div
      class="meter" role="meter" aria-label={t("mic-level")} aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={Math.round(model.micLevel.value * 100)}
    >
      <div class="meter-level" style={{ "--level": String(model.micLevel.value) }} />
    </div>
  );
}

export function DevicePicker({ kind }: { kind: DeviceKind }) {
  const { model, actions } = useFace();
  const id = useId();
  const { list, chosen } = model.devices.value[kind];
  return (
    <div class="field">
      <label for={id}>{t(`device-${kind}`)}</label>
      <select
        id={id} disabled={list.length === 0} value={chosen ?? list[0]?.id ?? ""}
        onChange={(event) => void actions.chooseDevice(kind, event.currentTarget.value)}
      >
        {list.length === 0 && <option value="">{t("device-none")}</option>}
        {list.map((device, i) => (
          <option key={device.id} value={device.id}>
            {device.label || t("device-unnamed", { kind, number: i + 1 })}
          </option>
        ))}
      </select>
    </div>
  );
}

export type CaptureKind = "microphone" | "camera" | "screen";

export function problemText(kind: CaptureKind | "both", problem: CaptureProblem): string {
  return t(`capture-${problem}`, { kind });
}

interface HelpProps {
  kind: CaptureKind | "both";
  problem: CaptureProblem;
  pending: boolean;
  onRetry: () => void;
}

function Help({ kind, problem, pending, onRetry }: HelpProps) {
  return (
    <div class="notice">
      <Icon name="warning" />
      <div>
        <p>{problemText(kind, problem)}</p>
        {problem !== "insecure" && (
          <Button kind="quiet" onClick={onRetry} disabled={pending}>{t("try-again")}</Button>
        )}
      </div>
    </div>
  );
}

// What keeps the microphone and the camera from us, and what to do about it: said once, if it
// is the same for both.
export function CaptureHelp() {
  const { model, actions } = useFace();
  const [microphone, camera] = [model.microphone.value, model.camera.value];
  const pending = microphone.pending || camera.pending;
  const retryMicrophone = (): void => void actions.toggleMicrophone();
  const retryCamera = (): void => void actions.toggleCamera();
  const retryBoth = (): void => {
    void actions.toggleMicrophone().then(() => actions.toggleCamera());
  };
  if (microphone.problem !== null && microphone.problem === camera.problem)
    return <Help kind="both" problem={camera.problem} pending={pending} onRetry={retryBoth} />;
  return (
    <>
      {microphone.problem !== null && (
        <Help
          kind="microphone" problem={microphone.problem} pending={pending}
          onRetry={retryMicrophone}
        />
      )}
      {camera.problem !== null && (
        <Help kind="camera" problem={camera.problem} pending={pending} onRetry={retryCamera} />
      )}
    </>
  );
}

export function LanguagePicker() {
  const id = useId();
  return (
    <div class="field inline">
      <label for={id}>{t("language")}</label>
      <select
        id={id} value={language.value}
        onChange={(event) => chooseLanguage(event.currentTarget.value)}
      >
        {Object.entries(languages).map(([code, name]) => (
          <option key={code} value={code} lang={code}>{name}</option>
        ))}
      </select>
    </div>
  );
}

// The frame of all screens but the meeting itself.
export function Page({ children, wide }: { children: ComponentChildren; wide?: boolean }) {
  return (
    <div class="page">
      <header class="page-head">
        <span class="brand"><Seal />Zegel</span>
        <LanguagePicker />
      </header>
      <main class={wide ? "page-main wide" : "page-main"}>{children}</main>
    </div>
  );
}

// Copies the invitation; where the browser forbids that, shows it to be copied by hand.
export function useCopyLink(): () => void {
  const face = useFace();
  return () => {
    const { link } = face.model;
    const copied = navigator.clipboard?.writeText(link.value);
    (copied ?? Promise.reject(new Error("insecure"))).then(
      () => face.say(t("link-copied")),
      () => { face.dialog.value = "link"; },
    );
  };
}

export function LinkField() {
  const { model } = useFace();
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{t("link-label")}</label>
      <input
        id={id} class="link-text" readOnly value={model.link.value}
        onFocus={(event) => event.currentTarget.select()}
      />
    </div>
  );
}

interface SwitchProps {
  label: string;
  on: boolean;
  change: (on: boolean) => void;
}

export function Switch({ label, on, change }: SwitchProps) {
  return (
    <label class="switch">
      <input type="checkbox" checked={on} onChange={(event) => change(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
