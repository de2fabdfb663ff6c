/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/steps.h"

struct step {
	unsigned char allowed, to, action;
};

#define GO(to, action) { 1, (to), (action) }

/* The whole machine. A missing cell is an event that has no meaning in that state. */
/* clang-format off */
static const struct step steps[STEPS_STATES][STEPS_EVENTS] = {
	[STEPS_OUT] = {
		[STEPS_ENTERED]      = GO(STEPS_OFFLINE,  STEPS_DO_NOTHING),
	},
	[STEPS_OFFLINE] = {
		[STEPS_CONNECTED]    = GO(STEPS_FOUNDING, STEPS_DO_FOUND),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
	[STEPS_FOUNDING] = {
		[STEPS_CREATED]      = GO(STEPS_IN,       STEPS_DO_GREET),
		[STEPS_EXISTS]       = GO(STEPS_KNOCKING, STEPS_DO_FORGET),
		[STEPS_WELCOMED]     = GO(STEPS_JOINING,  STEPS_DO_SHOW),
		[STEPS_TIMEOUT]      = GO(STEPS_OFFLINE,  STEPS_DO_RETURN),
		[STEPS_DISCONNECTED] = GO(STEPS_OFFLINE,  STEPS_DO_FORGET),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
	[STEPS_KNOCKING] = {
		[STEPS_WELCOMED]     = GO(STEPS_JOINING,  STEPS_DO_SHOW),
		[STEPS_TIMEOUT]      = GO(STEPS_FOUNDING, STEPS_DO_FOUND),
		[STEPS_DISCONNECTED] = GO(STEPS_OFFLINE,  STEPS_DO_FORGET),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
	[STEPS_JOINING] = {
		[STEPS_CONFIRMED]    = GO(STEPS_IN,       STEPS_DO_GREET),
		[STEPS_REFUSED]      = GO(STEPS_FOUNDING, STEPS_DO_RESTART),
		[STEPS_TIMEOUT]      = GO(STEPS_OFFLINE,  STEPS_DO_RETURN),
		[STEPS_LOST]         = GO(STEPS_OFFLINE,  STEPS_DO_RETURN),
		[STEPS_DISCONNECTED] = GO(STEPS_AWAY,     STEPS_DO_NOTHING),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
	[STEPS_IN] = {
		[STEPS_REFUSED]      = GO(STEPS_OFFLINE,  STEPS_DO_RETURN),
		[STEPS_LOST]         = GO(STEPS_OFFLINE,  STEPS_DO_RETURN),
		[STEPS_DISCONNECTED] = GO(STEPS_AWAY,     STEPS_DO_NOTHING),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
	[STEPS_AWAY] = {
		[STEPS_CONNECTED]    = GO(STEPS_RESUMING, STEPS_DO_SHOW),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
	[STEPS_RESUMING] = {
		[STEPS_CONFIRMED]    = GO(STEPS_IN,       STEPS_DO_GREET),
		[STEPS_REFUSED]      = GO(STEPS_FOUNDING, STEPS_DO_RESTART),
		[STEPS_TIMEOUT]      = GO(STEPS_AWAY,     STEPS_DO_RECONNECT),
		[STEPS_LOST]         = GO(STEPS_OFFLINE,  STEPS_DO_RETURN),
		[STEPS_DISCONNECTED] = GO(STEPS_AWAY,     STEPS_DO_NOTHING),
		[STEPS_LEFT]         = GO(STEPS_OUT,      STEPS_DO_END),
	},
};
/* clang-format on */

enum err steps_step(enum steps_state *state, enum steps_event event,
                    enum steps_action *action)
{
	const struct step *step = &steps[*state][event];

	if (!step->allowed)
		return ERR_NOT_NOW;
	*state = (enum steps_state)step->to;
	*action = (enum steps_action)step->action;
	return OK;
}
