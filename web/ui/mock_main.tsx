// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { mount, mountUnsupported } from "./app.js";
import { mockMeeting } from "./mock.js";

const root = document.getElementById("app");
if (root === null) throw new Error("no place for the app");
const query = new URLSearchParams(location.search);
if (query.get("phase") === "unsupported") {
  mountUnsupported(root, ["RTCRtpScriptTransform", "WebAssembly"]);
} else {
  const { model, actions } = mockMeeting(query);
  mount(root, model, actions);
}
