/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_FRONT_H
#define ZEGEL_MEDIA_FRONT_H

#include "server/media/peer.h"

/* The worker's end of the socket to the front. It never waits: what the socket does not take
 * now is said again at the peer's next tick. */

/* Tells the front what it does not know yet of this peer. True: all is told. */
bool front_tell(struct peer *peer);
void front_stats(struct worker *worker);

/* Reads and does what the front says. False: the front is gone, or speaks another language
 * than we do; the worker ends. */
bool front_hear(struct worker *worker);

#endif
