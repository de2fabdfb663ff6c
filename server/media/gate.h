/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEDIA_GATE_H
#define ZEGEL_MEDIA_GATE_H

#include "server/media/limits.h"
#include "server/media/profile.h"
#include "transport/rtp.h"
#include "transport/vp8.h"

/* The second net under our own clients' faults: a frame that does not begin with an SFrame
 * header of the right kind goes no further. No key is needed for that, and nothing is proven
 * by it: receivers prove. One gate per published layer. */
struct gate {
	uint32_t refused[FRAMES_JUDGED]; /* timestamps of frames refused, ring */
	size_t n;
};

/* True: the packet may pass. Packets that come before their frame's first one pass: without
 * that one they are of no use to anybody. `vp8` is NULL for audio. */
bool gate_passes(struct gate *gate, enum kind kind, const struct rtp *rtp,
                 const struct vp8 *vp8);

#endif
