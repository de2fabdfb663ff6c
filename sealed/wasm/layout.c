/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sealed.h"

/* Structs that the host reads out of the module's memory. Here their offsets are fixed, so
 * that a changed struct does not build until its reader has changed too. */

#define AT(type, field, offset)                                                                \
	_Static_assert(offsetof(struct type, field) == (offset), #type "." #field)

/* web/sealed/frame_cipher.ts, framePlanAt */
AT(zegel_plan, key, 0);
AT(zegel_plan, kind, 4);
AT(zegel_plan, leaf, 8);
AT(zegel_plan, clear_len, 12);
AT(zegel_plan, header_len, 16);
AT(zegel_plan, aad_len, 20);
AT(zegel_plan, counter, 24);
AT(zegel_plan, nonce, 32);
AT(zegel_plan, aad, 44);
_Static_assert(sizeof(struct zegel_plan) == 96, "zegel_plan");

AT(zegel_event, type, 0);
AT(zegel_event, code, 4);
AT(zegel_event, reason, 8);
AT(zegel_event, leaf, 12);
AT(zegel_event, number, 16);
AT(zegel_event, data, 24);
AT(zegel_event, data_n, 28);
_Static_assert(sizeof(struct zegel_event) == 32, "zegel_event");

AT(zegel_person, leaf, 0);
AT(zegel_person, is_own, 4);
AT(zegel_person, handle, 8);
AT(zegel_person, bits, 12);
AT(zegel_person, joined, 16);
AT(zegel_person, verified, 20);
AT(zegel_person, name_n, 24);
AT(zegel_person, name, 28);
AT(zegel_person, signature_key, 92);
_Static_assert(sizeof(struct zegel_person) == 124, "zegel_person");

AT(zegel_waiting, is_admitted, 0);
AT(zegel_waiting, name_n, 4);
AT(zegel_waiting, name, 8);
AT(zegel_waiting, signature_key, 72);
_Static_assert(sizeof(struct zegel_waiting) == 104, "zegel_waiting");
