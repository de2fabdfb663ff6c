// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// The constant media wire profile of docs/protocol.md section 5. The server reads and
// writes no SDP: the client builds the server's offer from this template and the few
// values of MEDIA_OFFER, answers it itself, and returns the few values of MEDIA_ANSWER.
// So the client alone decides what may be negotiated.

export interface ServerMedia {
  ufrag: string;
  pwd: string;
  fingerprint: Uint8Array; // SHA-256 of the worker's DTLS certificate
  addresses: { ip: string; port: number }[];
}

export interface ClientMedia {
  ufrag: string;
  pwd: string;
  fingerprint: Uint8Array;
}

export const uplinks = ["ua", "uc", "us", "ux"] as const;
export type Uplink = (typeof uplinks)[number];

export const screenSlotBase = 64;
const ssrcBase = 0x5a000000;

const audioFormat = [
  "a=rtpmap:111 opus/48000/2",
  "a=fmtp:111 minptime=10;useinbandfec=1;cbr=1;usedtx=0;stereo=0;maxaveragebitrate=32000",
  "a=rtcp-fb:111 transport-cc",
  "a=rtcp-fb:111 nack",
];
const videoFormat = [
  "a=rtpmap:96 VP8/90000",
  "a=rtcp-fb:96 nack",
  "a=rtcp-fb:96 nack pli",
  "a=rtcp-fb:96 ccm fir",
  "a=rtcp-fb:96 transport-cc",
  "a=rtpmap:97 rtx/90000",
  "a=fmtp:97 apt=96",
];

// No audio level, no video orientation, no absolute time: only what routing needs.
const mid = "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid";
const rid = "a=extmap:2 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
const repairedRid = "a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
const transportWide =
  "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => b.toString(16).padStart(2, "0").toUpperCase()).join(":");
}

function candidates(server: ServerMedia): string[] {
  return server.addresses.map(
    ({ ip, port }, i) =>
      `a=candidate:${i + 1} 1 udp ${2130706431 - i} ${ip} ${port} typ host`,
  );
}

function section(
  server: ServerMedia,
  kind: "audio" | "video",
  name: string,
  direction: "recvonly" | "sendonly",
  extra: string[],
): string[] {
  const audio = kind === "audio";
  return [
    `m=${kind} 9 UDP/TLS/RTP/SAVPF ${audio ? "111" : "96 97"}`,
    "c=IN IP4 0.0.0.0",
    `a=mid:${name}`,
    `a=${direction}`,
    "a=rtcp-mux",
    "a=rtcp-rsize",
    `a=ice-ufrag:${server.ufrag}`,
    `a=ice-pwd:${server.pwd}`,
    `a=fingerprint:sha-256 ${hex(server.fingerprint)}`,
    "a=setup:actpass",
    mid,
    transportWide,
    ...(audio ? audioFormat : videoFormat),
    ...extra,
    ...candidates(server),
    "a=end-of-candidates",
  ];
}

function downlink(
  server: ServerMedia,
  slot: number,
  stream: string,
  [video, audio]: [string, string],
): string[] {
  const ssrc = ssrcBase + slot * 16;
  const cname = `cname:${stream}`;
  return [
    ...section(server, "video", video, "sendonly", [
      `a=msid:${stream} ${video}`,
      `a=ssrc-group:FID ${ssrc + 1} ${ssrc + 2}`,
      `a=ssrc:${ssrc + 1} ${cname}`,
      `a=ssrc:${ssrc + 2} ${cname}`,
    ]),
    ...section(server, "audio", audio, "sendonly", [
      `a=msid:${stream} ${audio}`,
      `a=ssrc:${ssrc} ${cname}`,
    ]),
  ];
}

// The m-lines of one pool: a larger pool only appends, so that a client may grow later.
export function mids(persons: number, screens: number): string[] {
  const names: string[] = [...uplinks];
  for (let i = 0; i < screens; i++) names.push(`sv${i}`, `sa${i}`);
  for (let i = 0; i < persons; i++) names.push(`v${i}`, `a${i}`);
  return names;
}

export function serverOffer(
  server: ServerMedia,
  persons: number,
  screens: number,
  version: number,
): string {
  const simulcast = [rid, repairedRid, "a=rid:l recv", "a=rid:m recv", "a=rid:h recv"];
  const lines = [
    "v=0",
    `o=- 1 ${version} IN IP4 127.0.0.1`,
    "s=-",
    "t=0 0",
    "a=ice-lite",
    `a=group:BUNDLE ${mids(persons, screens).join(" ")}`,
    "a=msid-semantic: WMS *",
    ...section(server, "audio", "ua", "recvonly", []),
    ...section(server, "video", "uc", "recvonly", [...simulcast, "a=simulcast:recv l;m;h"]),
    ...section(server, "video", "us", "recvonly", []),
    ...section(server, "audio", "ux", "recvonly", []),
  ];
  for (let i = 0; i < screens; i++)
    lines.push(...downlink(server, screenSlotBase + i, `s${i}`, [`sv${i}`, `sa${i}`]));
  for (let i = 0; i < persons; i++)
    lines.push(...downlink(server, i, `p${i}`, [`v${i}`, `a${i}`]));
  return lines.join("\r\n") + "\r\n";
}

function attribute(sdp: string, name: string): string | null {
  const start = `a=${name}:`;
  const line = sdp.split(/\r?\n/).find((l) => l.startsWith(start));
  return line === undefined ? null : line.slice(start.length).trim();
}

// Our browser's own answer: what the server must know, or null if there is something in
// it that this profile does not allow. Refusing here is what keeps a browser's change
// of heart (another codec, an audio level) from reaching the wire.
export function clientMedia(answer: string): ClientMedia | null {
  const ufrag = attribute(answer, "ice-ufrag");
  const pwd = attribute(answer, "ice-pwd");
  const print = attribute(answer, "fingerprint")?.match(/^sha-256 ([0-9A-Fa-f:]{95})$/);
  if (ufrag === null || pwd === null || !print?.[1] || !isWithinProfile(answer)) return null;
  const fingerprint = Uint8Array.from(print[1].split(":"), (h) => parseInt(h, 16));
  return { ufrag, pwd, fingerprint };
}

const mediaLine = /^m=(audio \d+ UDP\/TLS\/RTP\/SAVPF 111|video \d+ UDP\/TLS\/RTP\/SAVPF 96( 97)?)$/;
const formatLine = /^a=rtpmap:(111 opus\/48000\/2|96 VP8\/90000|97 rtx\/90000)$/;
const extensionLines = new Set([mid, rid, repairedRid, transportWide]);

export function isWithinProfile(answer: string): boolean {
  return answer.split(/\r?\n/).every((line) => {
    if (line.startsWith("m=")) return mediaLine.test(line);
    if (line.startsWith("a=rtpmap:")) return formatLine.test(line);
    if (line.startsWith("a=extmap")) return extensionLines.has(line.replace("/sendonly", "").replace("/recvonly", ""));
    return true;
  });
}
