// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// What a browser must have. The names are shown: whoever runs the computers has to know what
// is switched off or too old.

const needed: Record<string, () => boolean> = {
  "HTTPS": () => isSecureContext,
  "WebAssembly": () => typeof WebAssembly === "object",
  "Worker": () => typeof Worker === "function",
  "WebSocket": () => typeof WebSocket === "function",
  "WebCrypto": () => typeof crypto === "object" && typeof crypto.subtle === "object",
  "RTCPeerConnection": () => typeof RTCPeerConnection === "function",
  "RTCRtpScriptTransform": () => typeof RTCRtpScriptTransform === "function",
  "MediaDevices": () => typeof navigator.mediaDevices === "object",
  "HTMLDialogElement": () => typeof HTMLDialogElement === "function",
};

export function missingFeatures(): string[] {
  return Object.entries(needed)
    .filter(([, there]) => !there())
    .map(([name]) => name);
}
