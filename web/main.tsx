// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { Session } from "./meeting/session.js";
import { mount, mountUnsupported } from "./ui/app.js";
import { missingFeatures } from "./ui/browser.js";

const root = document.getElementById("app");
if (root === null) throw new Error("no place for the app");
const missing = missingFeatures();
if (missing.length > 0) {
  mountUnsupported(root, missing);
} else {
  const session = new Session();
  mount(root, session, session);
  void session.begin();
}
