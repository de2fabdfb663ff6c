// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The screens on the way into a meeting and out of it.

import { useFace } from "./face.js";
import { useHeadingFocus } from "./focus.js";
import { Icon } from "./icons.js";
import { Button, Page } from "./parts.js";
import { t } from "./text.js";

const words = {
  joining: ["joining-title", "joining-why"],
  knocking: ["knocking-title", "knocking-why"],
  waiting: ["waiting-title", "waiting-why"],
} as const;

export function Waiting() {
  const { model, actions } = useFace();
  const heading = useHeadingFocus();
  const phase = model.phase.value;
  const [title, why] = words[phase === "waiting" || phase === "knocking" ? phase : "joining"];
  return (
    <Page>
      <section class="passage">
        <div class="pulse" aria-hidden="true"><Icon name="lock" /></div>
        <h1 ref={heading} tabIndex={-1} data-focus-home>
          {t(title)}
        </h1>
        <p class="lead" role="status">{t(why)}</p>
        {model.troubles.value.has("server-away") && (
          <div class="notice"><Icon name="warning" /><p>{t("waiting-server-away")}</p></div>
        )}
        <Button onClick={() => actions.leave()}>{t("leave-waiting")}</Button>
      </section>
    </Page>
  );
}

export function Left() {
  const { actions } = useFace();
  const heading = useHeadingFocus();
  return (
    <Page>
      <section class="passage">
        <h1 ref={heading} tabIndex={-1} data-focus-home>{t("left-title")}</h1>
        <p class="lead">{t("left-why")}</p>
        <div class="row">
          <Button kind="primary" onClick={() => actions.retry()}>{t("rejoin")}</Button>
          <Button onClick={() => actions.home()}>{t("home")}</Button>
        </div>
      </section>
    </Page>
  );
}

// Ended or failed: what happened, what to try, and the word for whoever helps.
export function Ended() {
  const { model, actions } = useFace();
  const heading = useHeadingFocus();
  const failure = model.failure.value ?? "internal";
  return (
    <Page>
      <section class="passage">
        <h1 ref={heading} tabIndex={-1} data-focus-home>{t(`failure-${failure}`)}</h1>
        <p class="lead">{t(`failure-${failure}-why`)}</p>
        <div class="row">
          {failure !== "version" && failure !== "too-large" && (
            <Button kind="primary" onClick={() => actions.retry()}>
              {t(model.phase.value === "ended" ? "rejoin" : "try-again")}
            </Button>
          )}
          <Button onClick={() => actions.home()}>{t("home")}</Button>
        </div>
        <p class="code-word">{t("error-code", { code: failure })}</p>
      </section>
    </Page>
  );
}

export function Unsupported({ missing }: { missing: readonly string[] }) {
  const heading = useHeadingFocus();
  return (
    <Page>
      <section class="passage">
        <h1 ref={heading} tabIndex={-1} data-focus-home>{t("unsupported-title")}</h1>
        <p class="lead">{t("unsupported-why")}</p>
        <div class="card">
          <h2>{t("unsupported-missing")}</h2>
          <ul class="missing">{missing.map((name) => <li key={name}><code>{name}</code></li>)}</ul>
        </div>
        <p>{t("unsupported-help")}</p>
      </section>
    </Page>
  );
}
