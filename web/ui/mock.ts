// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// A meeting of invented people, to work on the face and to test it. Never in the real page.
//
//	?phase=in&people=5      where it starts, and with how many
//	&share=2 &own-share=1   the second of the others, we share a screen
//	&trouble=fork,silence   what is wrong
//	&problem=denied         what the microphone and the camera say
//	&failure=lost           for phase=failed and phase=ended
//	&link=length            why the address was no link
//	&waiting=2              so many wait at the door, and we are a host
//	&lively=1               speakers change, people write, come and go

import { signal } from "@preact/signals";
import type {
  Capture, CaptureProblem, ChatLine, Device, DeviceKind, Devices, Diagnostic, Failure,
  LinkProblem, MeetingActions, MeetingModel, Person, Phase, Security, TileWish, Trouble, Waiting,
} from "../meeting/model.js";

const names = [
  "Anna de Vries", "Bram Jansen", "Chiara Rossi", "Daan van den Berg", "Elif Yılmaz",
  "Fatima El Amrani", "Gijs Bakker", "Hendrika Wilhelmina van Oldenbarnevelt-Westerhoven",
  "ليلى حداد", "Jeroen Smit", "Karin Visser", "Luuk Mulder", "Maria Kowalska", "Noor Hendriks",
  "Oskar Lindqvist", "Pieter Dekker",
];
const hues = [212, 24, 158, 340, 45, 268, 188, 8, 96, 230, 300, 70, 140, 20, 200, 320];
const lines = [
  "Good morning. Can everybody hear me?",
  "Yes, loud and clear.",
  "I have put the agenda below.\n1. Last week\n2. The move\n3. Any other business",
  "Thank you. Shall we start with the second point?",
];
const code = "4829173650912847561029384756102938475610";

interface Options {
  phase: Phase;
  people: number;
  share: number;
  waiting: number;
  ownShare: boolean;
  troubles: Trouble[];
  problem: CaptureProblem | null;
  failure: Failure | null;
  link: LinkProblem | null;
  lively: boolean;
}

function options(query: URLSearchParams): Options {
  return {
    phase: (query.get("phase") ?? "landing") as Phase,
    people: Number(query.get("people") ?? 3),
    share: Number(query.get("share") ?? 0),
    waiting: Number(query.get("waiting") ?? 0),
    ownShare: query.has("own-share"),
    troubles: (query.get("trouble")?.split(",") ?? []) as Trouble[],
    problem: query.get("problem") as CaptureProblem | null,
    failure: query.get("failure") as Failure | null,
    link: query.get("link") as LinkProblem | null,
    lively: query.has("lively"),
  };
}

type Painter = (c: CanvasRenderingContext2D, seconds: number) => void;

function canvas(width: number, height: number, draw: Painter): MediaStream {
  const element = document.createElement("canvas");
  element.width = width;
  element.height = height;
  const context = element.getContext("2d");
  if (context === null) throw new Error("no canvas");
  const paint = (): void => draw(context, performance.now() / 1000);
  paint();
  setInterval(paint, 200);
  return element.captureStream(5);
}

function face(hue: number): MediaStream {
  return canvas(640, 360, (c, t) => {
    const wall = c.createLinearGradient(0, 0, 640, 360);
    wall.addColorStop(0, `hsl(${hue} 24% 66%)`);
    wall.addColorStop(1, `hsl(${hue + 30} 28% 42%)`);
    c.fillStyle = wall;
    c.fillRect(0, 0, 640, 360);
    c.fillStyle = `hsl(${hue} 20% 78%)`;
    c.fillRect(60, 40, 120, 150);
    const x = 320 + Math.sin(t + hue) * 6;
    c.fillStyle = `hsl(${hue + 180} 30% 30%)`;
    c.beginPath();
    c.ellipse(x, 400, 150, 160, 0, 0, Math.PI * 2);
    c.fill();
    c.fillStyle = `hsl(${20 + (hue % 20)} 40% ${45 + (hue % 30)}%)`;
    c.beginPath();
    c.ellipse(x, 170, 62, 80, 0, 0, Math.PI * 2);
    c.fill();
    c.fillStyle = `hsl(${hue % 60} 30% 20%)`;
    c.beginPath();
    c.ellipse(x, 125, 66, 46, 0, Math.PI, Math.PI * 2);
    c.fill();
  });
}

function slides(): MediaStream {
  return canvas(1280, 720, (c) => {
    c.fillStyle = "#fff";
    c.fillRect(0, 0, 1280, 720);
    c.fillStyle = "#23457a";
    c.font = "600 56px sans-serif";
    c.fillText("The move to the new building", 90, 130);
    c.fillStyle = "#333";
    c.font = "34px sans-serif";
    const points = ["Floors 2 to 4 in the spring", "Secure rooms first", "No work from boxes"];
    points.forEach((text, i) => c.fillText(`•  ${text}`, 110, 230 + i * 70));
    [120, 200, 160, 260].forEach((h, i) => {
      c.fillStyle = `hsl(${212 + i * 12} 45% 48%)`;
      c.fillRect(820 + i * 90, 620 - h, 60, h);
    });
  });
}

function device(id: string, label: string): Device {
  return { id, label };
}

const capture = (on: boolean, problem: CaptureProblem | null = null): Capture =>
  ({ on, pending: false, problem });

interface Mock {
  model: MeetingModel;
  actions: MeetingActions;
}

export function mockMeeting(query: URLSearchParams): Mock {
  const o = options(query);
  const phase = signal<Phase>(o.phase);
  const failure = signal<Failure | null>(o.failure);
  const linkProblem = signal<LinkProblem | null>(o.link);
  const link = signal("https://zegel.example/#AQA7rj9kQ0yX1cB2mVt5uWzPqLs8dEfGhIjKlMnOpQrStU");
  const name = signal("Sam Peeters");
  const microphone = signal<Capture>(capture(o.problem === null, o.problem));
  const camera = signal<Capture>(capture(o.problem === null, o.problem));
  const screen = signal<Capture>(capture(o.ownShare));
  const handUp = signal(false);
  const ownFace = face(130);
  const preview = signal<MediaStream | null>(o.problem === null ? ownFace : null);
  const micLevel = signal(0);
  const devices = signal<Record<DeviceKind, Devices>>({
    microphone: { list: [device("a", "Headset"), device("b", "Built in")], chosen: "a" },
    camera: { list: [device("c", "Integrated camera: 720p HD")], chosen: "c" },
    speaker: { list: [device("d", "Headset"), device("e", "")], chosen: "d" },
  });
  const others = signal<readonly Person[]>([]);
  const people = signal<readonly Person[]>([]);
  const speaking = signal<ReadonlySet<string>>(new Set());
  const isHost = signal(o.waiting > 0);
  const waiting = signal<readonly Waiting[]>(
    Array.from({ length: o.waiting }, (_, i) => ({ key: `w${i}`, name: names[(i + 7) % names.length] ?? "", admitted: false })),
  );
  const chat = signal<readonly ChatLine[]>([]);
  const troubles = signal<ReadonlySet<Trouble>>(new Set(o.troubles));
  const security = signal<Security>({
    state: "joining", people: 0, verified: 0, epoch: 0, code: "",
  });
  const diagnostics = signal<readonly Diagnostic[]>([
    { at: new Date(0), text: "blob: not sealed with this link" },
    { at: new Date(1000), text: "media: connected over UDP" },
  ]);
  let tiles: readonly TileWish[] = [];
  let meter: ReturnType<typeof setInterval> | undefined;

  const other = (i: number): Person => ({
    key: `p${i}`,
    name: names[i % names.length] ?? "",
    isSelf: false,
    verified: i === 0,
    micOn: i % 3 !== 1,
    cameraOn: i % 4 !== 3,
    screenOn: i === o.share - 1,
    handSince: i === 2 ? 1 : null,
    camera: i % 4 !== 3 ? face(hues[i % hues.length] ?? 0) : null,
    screen: i === o.share - 1 ? slides() : null,
    quality: i === 4 ? "poor" : "good",
    unseen: o.troubles.length > 0 && i === 1 ? "refused" : null,
  });
  const refresh = (): void => {
    const self: Person = {
      key: "self", name: name.value, isSelf: true, verified: false,
      micOn: microphone.value.on, cameraOn: camera.value.on, screenOn: screen.value.on,
      handSince: handUp.value ? 2 : null, camera: camera.value.on ? ownFace : null, screen: null,
      quality: "good", unseen: null,
    };
    people.value = [self, ...others.value];
    const broken = troubles.value.has("worker-dead");
    security.value = {
      state: broken ? "broken" : "sealed", people: people.value.length,
      verified: o.people > 1 ? 1 : 0, epoch: 3 + people.value.length, code,
    };
  };
  const say = (own: boolean, author: string, text: string): void => {
    const line = { id: chat.value.length + 1, author, own, text, at: new Date() };
    chat.value = [...chat.value, line];
  };
  const enter = (): void => {
    others.value = Array.from({ length: o.people - 1 }, (_, i) => other(i));
    speaking.value = new Set(o.people > 1 ? ["p0"] : []);
    refresh();
    phase.value = o.phase === "reconnecting" ? "reconnecting" : "in";
    const authors = [names[0], name.value, names[0], names[1]];
    if (o.people > 1) lines.forEach((text, i) => say(i === 1, authors[i] ?? "", text));
    if (o.lively) live();
  };
  const live = (): void => {
    let n = 0;
    setInterval(() => {
      n++;
      const somebody = others.value[n % others.value.length];
      speaking.value = new Set(somebody ? [somebody.key] : []);
      if (n % 5 === 0 && somebody) say(false, somebody.name, `Line ${n}`);
      if (n % 9 === 0) {
        others.value = [...others.value.slice(1), other(o.people + n)];
        refresh();
      }
    }, 1500);
  };
  const toggle = (which: typeof microphone): Promise<void> => {
    which.value = o.problem === null ? capture(!which.value.on) : { ...which.value };
    refresh();
    return Promise.resolve();
  };
  const start = (): void => { phase.value = "prejoin"; };

  const actions: MeetingActions = {
    createMeeting: async () => start(),
    openLink: async (text) => {
      if (text === "") return "empty";
      if (!/#[\w-]{46}$/.test(text)) return text.includes("#") ? "length" : "letters";
      start();
      return null;
    },
    setName: (text) => { name.value = text; },
    chooseDevice: async (kind, id) => {
      devices.value = { ...devices.value, [kind]: { ...devices.value[kind], chosen: id } };
    },
    testSpeaker: async () => undefined,
    measureMicrophone: (on) => {
      clearInterval(meter);
      micLevel.value = 0;
      const wave = (): void => {
        micLevel.value = 0.35 + 0.3 * Math.sin(performance.now() / 300);
      };
      if (on) meter = setInterval(wave, 100);
    },
    join: async () => {
      phase.value = "joining";
      setTimeout(enter, 300);
    },
    toggleMicrophone: () => toggle(microphone),
    toggleCamera: () => toggle(camera),
    toggleScreen: () => toggle(screen),
    toggleHand: () => { handUp.value = !handUp.value; refresh(); },
    readCode: () => undefined,
    admit: (key) => { waiting.value = waiting.value.map((w) => (key === null || w.key === key ? { ...w, admitted: true } : w)); },
    refuse: (key) => { waiting.value = waiting.value.filter((w) => w.key !== key); },
    sendChat: (text) => {
      say(true, name.value, text);
      return true;
    },
    requestTiles: (wish) => {
      tiles = wish;
      document.documentElement.dataset["tiles"] = JSON.stringify(tiles);
    },
    unblockSound: async () => {
      troubles.value = new Set([...troubles.value].filter((t) => t !== "sound-blocked"));
    },
    retry: () => {
      troubles.value = new Set();
      if (phase.value !== "in" && phase.value !== "reconnecting") start();
    },
    leave: () => {
      phase.value = "left";
      chat.value = [];
    },
    home: () => { phase.value = "landing"; },
  };
  if (o.phase === "in" || o.phase === "reconnecting") enter();
  return {
    model: {
      phase, failure, linkProblem, link, name, microphone, camera, screen, handUp, preview,
      micLevel, devices, people, speaking, isHost, waiting, chat, troubles, security, diagnostics,
    },
    actions,
  };
}
