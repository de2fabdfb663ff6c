// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { Person } from "../meeting/model.js";
import { useFace } from "./face.js";
import type { Box } from "./grid.js";
import { Icon, type IconName } from "./icons.js";
import { Avatar, IconButton, Video } from "./parts.js";
import { t } from "./text.js";

export interface Tile {
  person: Person;
  what: "camera" | "screen";
}

export function tileId({ person, what }: Tile): string {
  return `${person.key}/${what}`;
}

function Sign({ icon, text }: { icon: IconName; text: string }) {
  return (
    <span class={`sign sign-${icon}`} title={text}>
      <Icon name={icon} />
      <span class="unseen">{text}</span>
    </span>
  );
}

function Picture({ tile: { person, what } }: { tile: Tile }) {
  const broken = useFace().model.security.value.state === "broken";
  const camera = person.cameraOn ? person.camera : null;
  const stream = broken ? null : what === "screen" ? person.screen : camera;
  if (person.unseen === "refused")
    return (
      <div class="tile-refused">
        <Icon name="warning" />
        <p>{t("tile-refused", { name: person.name })}</p>
      </div>
    );
  if (stream !== null)
    return <Video stream={stream} mirrored={person.isSelf && what === "camera"} />;
  if (what === "screen") return <p class="tile-waiting">{t("tile-waiting")}</p>;
  return <Avatar name={person.name} />;
}

function nameOn({ person, what }: Tile, small: boolean): string {
  const { name } = person;
  if (what === "screen") return t("screen-of", { name });
  if (!person.isSelf) return name;
  return small ? t("you-alone") : t("you", { name });
}

function Label({ tile, small }: { tile: Tile; small: boolean }) {
  const { person, what } = tile;
  return (
    <div class="tile-label">
      {what === "camera" && !person.micOn && <Sign icon="microphoneOff" text={t("sign-muted")} />}
      {what === "screen" && <Icon name="screen" />}
      <span class="tile-name">{nameOn(tile, small)}</span>
      {person.quality === "poor" && <Sign icon="signal" text={t("sign-poor")} />}
      {person.quality === "lost" && <Sign icon="signal" text={t("sign-lost")} />}
    </div>
  );
}

const px = (length: number): string => `${length}px`;

interface TileProps {
  tile: Tile;
  box: Box;
  small: boolean;
  speaking: boolean;
}

export function TileView({ tile, box, small, speaking }: TileProps) {
  const face = useFace();
  const { person, what } = tile;
  const id = tileId(tile);
  const pinned = face.pinned.value === id;
  const loud = speaking && what === "camera";
  return (
    <li
      data-key={person.key}
      class={`tile ${what} ${small ? "small" : ""} ${loud ? "speaking" : ""}`}
      style={{ left: px(box.x), top: px(box.y), width: px(box.width), height: px(box.height) }}
    >
      <Picture tile={tile} />
      {person.handSince !== null && what === "camera" && (
        <Sign icon="hand" text={t("sign-hand")} />
      )}
      {loud && <span class="unseen">{t("sign-speaking")}</span>}
      <Label tile={tile} small={small} />
      <IconButton
        icon="pin" class="tile-pin" pressed={pinned} label={t("pin", { name: person.name })}
        onClick={() => { face.togglePin(id); }}
      />
    </li>
  );
}
