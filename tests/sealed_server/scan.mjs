// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Looks for canaries in what a server had in its hands: logs, traffic, memory.

// A canary is looked for as it is and in the forms in which software keeps strings: hex,
// base64 with and without padding, UTF-16.
export function forms(canary) {
  const raw = Buffer.from(canary.bytes);
  const all = [
    ["raw", raw],
    ["hex", Buffer.from(raw.toString("hex"))],
    ["base64", Buffer.from(raw.toString("base64").replace(/=+$/, ""))],
    ["base64url", Buffer.from(raw.toString("base64url"))],
  ];
  if (canary.text) all.push(["utf-16", Buffer.from(canary.text, "utf16le")]);
  return all;
}

// [{canary, form, where, at}] of every canary found.
export function scan(haystacks, canaries) {
  const found = [];
  for (const { where, bytes } of haystacks)
    for (const canary of canaries)
      for (const [form, needle] of forms(canary)) {
        if (needle.length < 8) throw new Error(`canary ${canary.name} is too short to prove anything`);
        const at = bytes.indexOf(needle);
        if (at >= 0) found.push({ canary: canary.name, form, where, at });
      }
  return found;
}

export function text(name, value) {
  return { name, bytes: Buffer.from(value), text: value };
}
