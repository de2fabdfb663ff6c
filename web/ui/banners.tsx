// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What is wrong, what it means and what can be done, as long as it lasts.

import type { Trouble } from "../meeting/model.js";
import { useFace } from "./face.js";
import { Icon } from "./icons.js";
import { Button } from "./parts.js";
import { t } from "./text.js";

interface Manner {
  loud: boolean; // spoken at once: somebody may be about to say what others must not hear
  action?: "retry" | "sound";
}

// In order of weight.
const manners: Record<Trouble, Manner> = {
  "worker-dead": { loud: true },
  "unsealed": { loud: true },
  "fork": { loud: true },
  "profile": { loud: true },
  "silence": { loud: true },
  "server-away": { loud: false, action: "retry" },
  "media-away": { loud: false, action: "retry" },
  "media-blocked": { loud: false, action: "retry" },
  "sound-blocked": { loud: false, action: "sound" },
};

function isTrouble(key: string): key is Trouble {
  return key in manners;
}

function Banner({ trouble }: { trouble: Trouble }) {
  const { actions } = useFace();
  const { loud, action } = manners[trouble];
  return (
    <div class={loud ? "banner loud" : "banner"} role={loud ? "alert" : "status"}>
      <Icon name={action === "sound" ? "speaker" : "warning"} />
      <p>{t(`trouble-${trouble}`)}</p>
      {action === "retry" && (
        <Button kind="quiet" onClick={() => actions.retry()}>{t("try-now")}</Button>
      )}
      {action === "sound" && (
        <Button kind="quiet" onClick={() => void actions.unblockSound()}>{t("play-sound")}</Button>
      )}
    </div>
  );
}

export function Banners() {
  const { model, actions } = useFace();
  const troubles = model.troubles.value;
  // Without the server there is no media either: one banner says it.
  const shown = Object.keys(manners).filter(isTrouble)
    .filter((key) => troubles.has(key) && !(key === "media-away" && troubles.has("server-away")));
  return (
    <div class="banners">
      {shown.map((trouble) => <Banner key={trouble} trouble={trouble} />)}
      {model.screen.value.on && (
        <div class="banner calm" role="status">
          <Icon name="screen" />
          <p>{t("sharing")}</p>
          <Button kind="quiet" onClick={() => void actions.toggleScreen()}>{t("share-stop")}</Button>
        </div>
      )}
    </div>
  );
}
