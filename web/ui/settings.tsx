// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { useId } from "preact/hooks";
import { useFace } from "./face.js";
import { Button, CaptureHelp, DevicePicker, Dialog, LanguagePicker, Meter, Switch } from "./parts.js";
import { prefer, preferences } from "./preferences.js";
import { shortcuts } from "./shortcuts.js";
import { t } from "./text.js";

function Theme() {
  const id = useId();
  return (
    <div class="field inline">
      <label for={id}>{t("theme")}</label>
      <select
        id={id} value={preferences.value.theme}
        onChange={({ currentTarget: { value } }) =>
          prefer({ theme: value === "light" || value === "dark" ? value : "auto" })}
      >
        {(["auto", "light", "dark"] as const).map((theme) => (
          <option key={theme} value={theme}>{t(`theme-${theme}`)}</option>
        ))}
      </select>
    </div>
  );
}

function Shortcuts() {
  const { shortcuts: on } = preferences.value;
  return (
    <section>
      <h3>{t("shortcuts")}</h3>
      <Switch label={t("shortcuts-use")} on={on} change={(use) => prefer({ shortcuts: use })} />
      <dl class={on ? "keys" : "keys off"}>
        {Object.entries(shortcuts).map(([key, text]) => (
          <div key={key}>
            <dt><kbd>{key.toUpperCase()}</kbd></dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Report() {
  const face = useFace();
  const { phase, troubles, diagnostics } = face.model;
  const report = [
    `phase: ${phase.value}`,
    `troubles: ${[...troubles.value].join(" ") || "none"}`,
    `browser: ${navigator.userAgent}`,
    ...diagnostics.value.map((d) => `${d.at.toISOString()} ${d.text}`),
  ].join("\n");
  const copy = (): void => {
    void navigator.clipboard?.writeText(report).then(() => face.say(t("report-copied")));
  };
  return (
    <section>
      <h3>{t("report")}</h3>
      <p>{t("report-why")}</p>
      <details>
        <summary>{t("report-show")}</summary>
        <pre class="report" tabIndex={0} role="region" aria-label={t("report")}>{report}</pre>
      </details>
      <Button icon="copy" kind="quiet" onClick={copy}>{t("report-copy")}</Button>
    </section>
  );
}

export function SettingsDialog() {
  const { actions, dialog } = useFace();
  return (
    <Dialog title={t("settings")} onClose={() => { dialog.value = null; }}>
      <section>
        <h3>{t("devices")}</h3>
        <DevicePicker kind="microphone" />
        <Meter />
        <DevicePicker kind="camera" />
        <CaptureHelp />
        <DevicePicker kind="speaker" />
        <Button kind="quiet" icon="speaker" onClick={() => void actions.testSpeaker()}>
          {t("speaker-test")}
        </Button>
      </section>
      <section>
        <h3>{t("appearance")}</h3>
        <Theme />
        <LanguagePicker />
        <Switch
          label={t("show-self")} on={preferences.value.showSelf}
          change={(showSelf) => prefer({ showSelf })}
        />
      </section>
      <Shortcuts />
      <Report />
    </Dialog>
  );
}
