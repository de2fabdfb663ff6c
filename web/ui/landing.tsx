// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { useId, useState } from "preact/hooks";
import type { LinkProblem } from "../meeting/model.js";
import { useFace } from "./face.js";
import { useHeadingFocus } from "./focus.js";
import { Icon, Seal } from "./icons.js";
import { Button, Page, Switch } from "./parts.js";
import { t } from "./text.js";

function OpenLink() {
  const { model, actions } = useFace();
  const id = useId();
  const [text, setText] = useState("");
  const [refused, setRefused] = useState<LinkProblem | null>(null);
  const problem = refused ?? model.linkProblem.value;
  const open = async (event: Event): Promise<void> => {
    event.preventDefault();
    const found = await actions.openLink(text.trim());
    setRefused(found);
    if (found !== null) document.getElementById(id)?.focus();
  };
  return (
    <form class="open-link" onSubmit={(event) => void open(event)} noValidate>
      <div class="field">
        <label for={id}>{t("open-label")}</label>
        <div class="field-row">
          <input
            id={id} type="text" inputMode="url" autoComplete="off" spellcheck={false}
            placeholder={`${location.host}/#…`} value={text}
            aria-invalid={problem !== null} aria-describedby={`${id}-problem`}
            onInput={(event) => { setText(event.currentTarget.value); setRefused(null); }}
          />
          <button type="submit" class="button plain"><span>{t("open-button")}</span></button>
        </div>
        <p id={`${id}-problem`} class="field-problem" role="alert">
          {problem !== null && <><Icon name="warning" /><span>{t(`link-${problem}`)}</span></>}
        </p>
      </div>
    </form>
  );
}

const promises = [["sealed", "lock"], ["nothing", "check"], ["plain", "link"]] as const;

export function Landing() {
  const { actions } = useFace();
  const heading = useHeadingFocus();
  const [busy, setBusy] = useState(false);
  const [lobby, setLobby] = useState(false);
  const create = (): void => {
    setBusy(true);
    void actions.createMeeting(lobby).finally(() => setBusy(false));
  };
  return (
    <Page wide>
      <div class="landing">
        <section class="hero">
          <h1 ref={heading} tabIndex={-1} data-focus-home>{t("landing-title")}</h1>
          <p class="lead">{t("landing-lead")}</p>
          <div class="card">
            <Button kind="primary" icon="plus" onClick={create} disabled={busy}>
              {t("new-meeting")}
            </Button>
            <Switch label={t("with-lobby")} on={lobby} change={setLobby} />
            <p class="divider"><span>{t("or")}</span></p>
            <OpenLink />
          </div>
        </section>
        <Seal />
      </div>
      <ul class="promises">
        {promises.map(([promise, icon]) => (
          <li key={promise}>
            <Icon name={icon} />
            <div>
              <strong>{t(`promise-${promise}`)}</strong>
              <p>{t(`promise-${promise}-why`)}</p>
            </div>
          </li>
        ))}
      </ul>
    </Page>
  );
}
