// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import type { JSX } from "preact";
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

function Sign({ icon, text }: { icon: IconName; text: string }): JSX.Element {
  return (
    <span class={`sign sign-${icon}`} title={text}>
      <Icon name={icon} />
      <span class="unseen">{text}</span>
    </span>
  );
}

function Picture({ tile: { person, what } }: { tile: Tile }): JSX.Element {
  const broken = useFace().model.security.value.state === "broken";
  const stream = broken ? null : what === "screen" ? person.screen : person.cameraOn ? person.camera : null;
  if (person.unseen === "refused")
    return (
      <div class="tile-refused">
        <Icon name="warning" />
        <p>{t("tile-refused", { name: person.name })}</p>
      </div>
    );
  if (stream !== null) return <Video stream={stream} mirrored={person.isSelf && what === "camera"} />;
  if (what === "screen") return <p class="tile-waiting">{t("tile-waiting")}</p>;
  return <Avatar name={person.name} />;
}

function Label({ tile: { person, what }, small }: { tile: Tile; small: boolean }): JSX.Element {
  const own = small ? t("you-alone") : t("you", { name: person.name });
  const name = person.isSelf ? own : person.name;
  return (
    <div class="tile-label">
      {what === "camera" && !person.micOn && <Sign icon="microphoneOff" text={t("sign-muted")} />}
      {what === "screen" && <Icon name="screen" />}
      <span class="tile-name">{what === "screen" ? t("screen-of", { name: person.name }) : name}</span>
      {person.quality === "poor" && <Sign icon="signal" text={t("sign-poor")} />}
      {person.quality === "lost" && <Sign icon="signal" text={t("sign-lost")} />}
    </div>
  );
}

interface TileProps {
  tile: Tile;
  box: Box;
  small: boolean;
  speaking: boolean;
}

export function TileView({ tile, box, small, speaking }: TileProps): JSX.Element {
  const face = useFace();
  const { person, what } = tile;
  const id = tileId(tile);
  const pinned = face.pinned.value === id;
  const loud = speaking && what === "camera";
  return (
    <li
      data-key={person.key}
      class={`tile ${what} ${small ? "small" : ""} ${loud ? "speaking" : ""}`}
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
    >
      <Picture tile={tile} />
      {person.handSince !== null && what === "camera" && <Sign icon="hand" text={t("sign-hand")} />}
      {loud && <span class="unseen">{t("sign-speaking")}</span>}
      <Label tile={tile} small={small} />
      <IconButton
        icon="pin" class="tile-pin" pressed={pinned} label={t("pin", { name: person.name })}
        onClick={() => { face.togglePin(id); }}
      />
    </li>
  );
}
