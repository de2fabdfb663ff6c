// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { chatMax, type ChatLine } from "../meeting/model.js";
import { useFace } from "./face.js";
import { Icon } from "./icons.js";
import { PanelFrame } from "./panel.js";
import { byteLength } from "./prejoin.js";
import { clock, t } from "./text.js";

// Lines of one author within this time stand under one name.
const togetherMs = 120_000;

function follows(line: ChatLine, last: ChatLine | undefined): boolean {
  return last !== undefined && last.author === line.author && last.own === line.own
    && line.at.getTime() - last.at.getTime() < togetherMs;
}

function Line({ line, joined }: { line: ChatLine; joined: boolean }) {
  return (
    <li class={`chat-line ${line.own ? "own" : ""} ${joined ? "joined" : ""}`}>
      <p class={joined ? "unseen" : "chat-author"}>
        <strong>{line.own ? t("you-alone") : line.author}</strong>{" "}
        <time dateTime={line.at.toISOString()}>{clock(line.at)}</time>
      </p>
      <p class="chat-text" dir="auto">{line.text}</p>
    </li>
  );
}

function Composer() {
  const face = useFace();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState("");
  const [refused, setRefused] = useState(false);
  useLayoutEffect(() => box.current?.focus(), []);
  const tooLong = byteLength(text) > chatMax;
  const send = (): void => {
    const words = text.trim();
    if (words === "" || tooLong) return;
    const sent = face.actions.sendChat(words);
    setRefused(!sent);
    if (sent) setText("");
    box.current?.focus();
  };
  const problem = tooLong ? t("chat-too-long") : refused ? t("chat-not-sent") : null;
  return (
    <form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
      <label for={id} class="unseen">{t("chat-write")}</label>
      <textarea
        ref={box} id={id} rows={2} value={text} dir="auto" placeholder={t("chat-write")}
        aria-invalid={problem !== null} aria-describedby={`${id}-problem`}
        onInput={(event) => { setText(event.currentTarget.value); setRefused(false); }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button
        type="submit" class="icon-button send" aria-label={t("chat-send")} title={t("chat-send")}
      >
        <Icon name="send" />
      </button>
      <p id={`${id}-problem`} class="field-problem" role="alert">{problem}</p>
    </form>
  );
}

export function Chat() {
  const face = useFace();
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lines = face.model.chat.value;
  useEffect(() => {
    face.read.value = lines[lines.length - 1]?.id ?? 0;
  }, [lines]);
  // Follows what is new, unless somebody has scrolled back to read.
  useLayoutEffect(() => {
    if (log.current && atEnd.current) log.current.scrollTop = log.current.scrollHeight;
  }, [lines]);
  const onScroll = (): void => {
    const box = log.current;
    if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  };
  return (
    <PanelFrame title={t("chat")} name="chat">
      <div
        ref={log} class="chat-log" role="log" aria-label={t("chat-messages")} tabIndex={0}
        onScroll={onScroll}
      >
        {lines.length === 0 && <p class="panel-empty"><Icon name="lock" />{t("chat-empty")}</p>}
        <ul>
          {lines.map((line, i) => (
            <Line key={line.id} line={line} joined={follows(line, lines[i - 1])} />
          ))}
        </ul>
      </div>
      <Composer />
    </PanelFrame>
  );
}
