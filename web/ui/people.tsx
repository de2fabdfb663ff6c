// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Person, Waiting } from "../meeting/model.js";
import { useFace } from "./face.js";
import { Icon, type IconName } from "./icons.js";
import { PanelFrame } from "./panel.js";
import { Avatar, Button, useCopyLink } from "./parts.js";
import { t } from "./text.js";

function Fact({ icon, text, off }: { icon: IconName; text: string; off?: boolean }) {
  return (
    <span class={off ? "fact off" : "fact"} title={text}>
      <Icon name={icon} />
      <span class="unseen">{text}</span>
    </span>
  );
}

function Row({ person, hand }: { person: Person; hand: number }) {
  return (
    <li class="person">
      <Avatar name={person.name} />
      <span class="person-name">
        <span>{person.isSelf ? t("you", { name: person.name }) : person.name}</span>
        {!person.isSelf && (
          <small>{t(person.verified ? "name-verified" : "name-unverified")}</small>
        )}
      </span>
      {hand > 0 && (
        <span class="hand-place">
          <Fact icon="hand" text={t("hand-place", { place: hand })} />
          <span aria-hidden="true">{hand}</span>
        </span>
      )}
      {person.screenOn && <Fact icon="screen" text={t("sign-sharing")} />}
      {person.micOn
        ? <Fact icon="microphone" text={t("sign-microphone-on")} />
        : <Fact icon="microphoneOff" text={t("sign-muted")} off />}
      {person.cameraOn
        ? <Fact icon="camera" text={t("sign-camera-on")} />
        : <Fact icon="cameraOff" text={t("sign-camera-off")} off />}
    </li>
  );
}

function Knocker({ waiting }: { waiting: Waiting }) {
  const { actions } = useFace();
  const { key, name, admitted } = waiting;
  return (
    <li class="person">
      <Avatar name={name} />
      <span class="person-name">
        <span>{name}</span>
        <small>{t(admitted ? "door-admitted" : "name-unverified")}</small>
      </span>
      {!admitted && (
        <span class="person-acts">
          <Button onClick={() => actions.admit(key)} label={t("admit-name", { name })}>{t("admit")}</Button>
          <Button kind="quiet" onClick={() => actions.refuse(key)} label={t("refuse-name", { name })}>
            {t("refuse")}
          </Button>
        </span>
      )}
    </li>
  );
}

// Who waits, for those who may let them in.
function Door() {
  const { model, actions } = useFace();
  const waiting = model.waiting.value;
  if (!model.isHost.value || waiting.length === 0) return null;
  return (
    <section class="door" aria-label={t("door")}>
      <h3>{t("door-count", { count: waiting.length })}</h3>
      <ul>{waiting.map((w) => <Knocker key={w.key} waiting={w} />)}</ul>
      {waiting.length > 1 && (
        <Button onClick={() => actions.admit(null)}>{t("admit-all")}</Button>
      )}
    </section>
  );
}

export function People() {
  const { model } = useFace();
  const copy = useCopyLink();
  const people = model.people.value;
  const hands = people
    .filter((p) => p.handSince !== null)
    .sort((a, b) => (a.handSince ?? 0) - (b.handSince ?? 0));
  const order = [...hands, ...people.filter((p) => p.handSince === null)];
  return (
    <PanelFrame title={t("people-count", { people: people.length })} name="people">
      <Door />
      <div class="people-list" tabIndex={0} role="region" aria-label={t("people")}>
        <ul>
          {order.map((person) => (
            <Row key={person.key} person={person} hand={hands.indexOf(person) + 1} />
          ))}
        </ul>
      </div>
      <footer class="panel-foot">
        <Button icon="copy" onClick={copy}>{t("copy-link")}</Button>
      </footer>
    </PanelFrame>
  );
}
