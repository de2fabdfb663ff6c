// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { Session } from "./meeting/session.js";
import { start } from "./ui/start.js";

const session = new Session();
start(session, session);
void session.begin();
