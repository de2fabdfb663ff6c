/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_KNOCK_H
#define ZEGEL_MEETING_KNOCK_H

#include "sealed/meeting/link.h"
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

/* What a knock holds: docs/protocol.md section 7. The KeyPackage carries the name, in its
 * leaf, so that what is shown at the door is what will stand in the tree. */

struct knock {
	struct span key_package;   /* MLSMessage; borrows from the content            */
	struct span signature_key; /* in it; verified only when a commit is made of it */
};

MUST_USE enum err knock_write(const struct link *link, const struct crypto *c,
                              struct span key_package, struct wr *w);

/* ERR_AUTH: its MAC is not of this link. ERR_LIMIT: a KeyPackage above KEY_PACKAGE_MAX. */
MUST_USE enum err knock_read(const struct link *link, const struct crypto *c,
                             struct span content, struct knock *knock);

/* The answer. Seats are what the sender knows of the others at that moment: hearsay, until
 * each says it itself; it spares a newcomer the wait, and the meeting a wave of messages. */
struct welcome {
	struct span mls;   /* MLSMessage of format mls_welcome */
	struct span seats; /* of struct welcome_seat           */
	struct span tickets; /* each: signature key [32], ticket; of a lobby's newcomers */
};

struct welcome_seat {
	uint32_t leaf, handle, bits;
};

enum { WELCOME_SEAT_LEN = 10 };

void welcome_write(struct wr *w, struct span mls, const struct welcome_seat *seats,
                   size_t count, struct span tickets);
MUST_USE enum err welcome_read(struct span content, struct welcome *welcome);
void welcome_seat_read(struct rd *seats, struct welcome_seat *seat);

#endif
