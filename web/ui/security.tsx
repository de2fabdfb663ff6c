// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What holds, in words: always on view as a chip, and explained when it is opened.

import { useEffect } from "preact/hooks";
import { useFace } from "./face.js";
import { Icon } from "./icons.js";
import { Button, Dialog } from "./parts.js";
import { t } from "./text.js";

const group = 5;

export function Chip() {
  const { model, dialog } = useFace();
  const { state, people } = model.security.value;
  const forked = model.troubles.value.has("fork");
  return (
    <button
      type="button" class={`chip ${forked ? "broken" : state}`} aria-haspopup="dialog"
      onClick={() => { dialog.value = "security"; }}
    >
      <Icon name={state === "broken" || forked ? "warning" : "lock"} />
      <span>{forked ? t("chip-fork") : t(`chip-${state}`, { people })}</span>
    </button>
  );
}

function Code({ code }: { code: string }) {
  const groups = code.match(new RegExp(`.{1,${group}}`, "g")) ?? [];
  const spoken = groups.map((digits) => [...digits].join(" ")).join(", ");
  return (
    <p class="code" role="img" aria-label={t("code-spoken", { code: spoken })}>
      {groups.map((digits, i) => <span key={i}>{digits}</span>)}
    </p>
  );
}

export function SecurityDialog() {
  const face = useFace();
  const { state, people, verified, epoch, code } = face.model.security.value;
  useEffect(() => face.actions.readCode(), [epoch]);
  const copy = (): void => {
    void navigator.clipboard?.writeText(code).then(() => face.say(t("code-copied")));
  };
  return (
    <Dialog title={t(`chip-${state}`, { people })} onClose={() => { face.dialog.value = null; }}>
      <p>{face.model.troubles.value.has("fork") ? t("trouble-fork") : t(`security-${state}`)}</p>
      {code !== "" && (
        <section>
          <h3>{t("code-title")}</h3>
          <Code code={code} />
          <p>{t("code-how")}</p>
          <Button icon="copy" kind="quiet" onClick={copy}>{t("code-copy")}</Button>
        </section>
      )}
      <section>
        <h3>{t("names-title")}</h3>
        <p>{t("names-why", { verified, people })}</p>
      </section>
      <section>
        <h3>{t("server-title")}</h3>
        <p>{t("server-sees")}</p>
        <p class="hint">{t("epoch", { epoch })}</p>
      </section>
    </Dialog>
  );
}
