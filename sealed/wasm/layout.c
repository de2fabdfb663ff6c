/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/sframe/sframe.h"

/* Structs that the host reads out of the module's memory. Here their offsets are fixed, so
 * that a changed struct does not build until its reader has changed too. */

/* web/sealed/frame_cipher.ts, framePlanAt */
_Static_assert(offsetof(struct sframe_plan, counter) == 0, "sframe_plan");
_Static_assert(offsetof(struct sframe_plan, header_len) == 8, "sframe_plan");
_Static_assert(offsetof(struct sframe_plan, aad_len) == 12, "sframe_plan");
_Static_assert(offsetof(struct sframe_plan, nonce) == 16, "sframe_plan");
_Static_assert(offsetof(struct sframe_plan, aad) == 28, "sframe_plan");
