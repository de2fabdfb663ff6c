// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

// Drawn for Zegel, on a grid of 24, as one path each.

import type { JSX } from "preact";

const paths = {
  back: "M15 5l-7 7 7 7",
  camera:
    "M4 6h9a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM15 11l7-4v10l-7-4",
  cameraOff:
    "M3 3l18 18M9 6h4a2 2 0 0 1 2 2v3l7-4v10l-2.5-1.4M15 15.500V16a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2",
  chat: "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-8l-5 4v-4H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z",
  check: "M5 12.500l4.5 4.500L19 7.5",
  close: "M6 6l12 12M18 6L6 18",
  copy:
    "M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1zM5 15H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1v1",
  forward: "M9 5l7 7-7 7",
  hand:
    "M7.5 12.500V6.400a1.4 1.4 0 0 1 2.8 0V11M10.3 10.500V4.400a1.4 1.4 0 0 1 2.8 0V11M13.1 11V5.400a1.4 1.4 0 0 1 2.8 0V12M15.9 12V8a1.4 1.4 0 0 1 2.8 0v6.500a7 7 0 0 1-7 7c-2.6 0-4.2-1.2-5.4-3.100l-2.8-4.400a1.5 1.5 0 0 1 2.4-1.700l1.6 1.9",
  leave:
    "M3 14.200c5-4.7 13-4.7 18 0l-2.3 2.700a1.1 1.1 0 0 1-1.4.2L14.6 15.400v-2.700a11 11 0 0 0-5.2 0v2.700L6.7 17.100a1.1 1.1 0 0 1-1.4-.2z",
  link:
    "M10 14a4.5 4.5 0 0 0 6.8.5l3-3a4.6 4.6 0 0 0-6.5-6.500l-1.7 1.700M14 10a4.5 4.5 0 0 0-6.8-.5l-3 3a4.6 4.6 0 0 0 6.5 6.500l1.7-1.7",
  lock:
    "M6 11h12a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1zM8 11V7.500a4 4 0 0 1 8 0V11",
  microphone:
    "M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5.5 11v1a6.5 6.5 0 0 0 13 0v-1M12 18.500V21.5",
  microphoneOff:
    "M3 3l18 18M15 9.800V6a3 3 0 0 0-5.8-1.100M9 9v3a3 3 0 0 0 4.5 2.600M5.5 11v1a6.5 6.5 0 0 0 10.3 5.300M18.5 11v1a6.5 6.5 0 0 1-.4 2.300M12 18.500V21.5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20v-1a5 5 0 0 1 5-5h3a5 5 0 0 1 5 5v1M16 4.300a3.5 3.5 0 0 1 0 6.400M18.3 14.300a5 5 0 0 1 3.2 4.700v1",
  pin: "M8.5 3.500h7M9.5 3.500V10L6.5 14h11L14.5 10V3.500M12 14v6.5",
  plus: "M12 5v14M5 12h14",
  screen:
    "M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 21h8M12 17v4M12 13.500V8M9.3 10.500L12 7.800l2.7 2.7",
  send: "M4.5 12L20 4.5 15 20l-3.5-6.500zM11.5 13.500L20 4.5",
  settings:
    "M4 7h8M18 7h2M4 17h2M12 17h8M12 7a3 3 0 1 0 6 0 3 3 0 0 0-6 0zM6 17a3 3 0 1 0 6 0 3 3 0 0 0-6 0z",
  signal: "M5 20v-3M12 20v-9M19 20V5",
  speaker: "M4 9.500h3.500L12 5.500v13l-4.5-4H4zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11",
  warning: "M12 3.500L21.5 20h-19zM12 10v4.500M12 17.300v.1",
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

const wax =
  "M14.2 2Q16 0.4 17.8 2Q19.7 3.5 22 3.2Q24.4 2.9 25.1 5.2Q25.9 7.5 28 8.5Q30.1 9.5 29.5 11.8Q28.9 14.1 30.2 16.2Q31.4 18.2 29.6 19.8Q27.9 21.4 27.8 23.8Q27.8 26.2 25.4 26.6Q23.1 27 21.7 28.9Q20.4 30.9 18.2 30Q16 29.1 13.8 30Q11.6 30.9 10.3 28.9Q8.9 27 6.6 26.6Q4.2 26.2 4.2 23.8Q4.1 21.4 2.4 19.8Q0.6 18.2 1.8 16.2Q3.1 14.1 2.5 11.8Q1.9 9.5 4 8.5Q6.1 7.5 6.9 5.2Q7.6 2.9 10 3.2Q12.3 3.5 14.2 2z";

// The seal itself.
export function Seal(): JSX.Element {
  return (
    <svg class="seal" viewBox="0 0 32 32" aria-hidden="true">
      <path class="seal-wax" d={wax} />
      <circle class="seal-ring" cx="16" cy="16" r="10.2" />
      <path class="seal-letter" d="M11.8 11.5h8.4l-8.4 9h8.4" />
    </svg>
  );
}
