/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_STEPS_H
#define ZEGEL_MEETING_STEPS_H

#include "sealed/wire/err.h"

/* A participant's way into the meeting and back into it: the states, and what leads from
 * one to the next. Pure; whoever calls does the action. */

enum steps_state {
	STEPS_OUT,      /* not entered, or ended                                         */
	STEPS_OFFLINE,  /* no connection, no group                                       */
	STEPS_FOUNDING, /* index 0 was posted, in case that we are first; knocked, too   */
	STEPS_KNOCKING, /* there is a meeting; waiting to be let in                      */
	STEPS_JOINING,  /* welcomed; the pass was shown                                  */
	STEPS_IN,
	STEPS_AWAY,     /* no connection; the group is kept                              */
	STEPS_RESUMING, /* connected again; the pass was shown                           */
	STEPS_STATES
};

enum steps_event {
	STEPS_ENTERED,
	STEPS_CONNECTED,
	STEPS_DISCONNECTED,
	STEPS_CREATED,   /* our entry has index 0 */
	STEPS_EXISTS,    /* another one has it    */
	STEPS_WELCOMED,
	STEPS_CONFIRMED, /* the server took the pass                      */
	STEPS_REFUSED,   /* it did not, or has forgotten the log          */
	STEPS_TIMEOUT,   /* no answer                                     */
	STEPS_LOST,      /* the group cannot be followed any more         */
	STEPS_LEFT,
	STEPS_EVENTS
};

enum steps_action {
	STEPS_DO_NOTHING,
	STEPS_DO_FOUND,   /* post a group's first commit at index 0; knock   */
	STEPS_DO_SHOW,    /* the pass of our epoch, and the next index       */
	STEPS_DO_GREET,   /* we are in: say so                               */
	STEPS_DO_FORGET,  /* the group and its keys                          */
	STEPS_DO_RESTART, /* forget, then found                              */
	STEPS_DO_RETURN,  /* forget; a new connection, without a membership  */
	STEPS_DO_RECONNECT,
	STEPS_DO_END,     /* forget; nothing goes on                         */
};

/* ERR_NOT_NOW: no such way; nothing changed. */
MUST_USE enum err steps_step(enum steps_state *state, enum steps_event event,
                             enum steps_action *action);

#endif
