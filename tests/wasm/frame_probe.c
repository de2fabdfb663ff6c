/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_web.h"
#include "sealed/sealed.h"
#include "sealed/sframe/sframe.h"

/* For frame_cipher.mjs: one frame sealed by C, with the plan and the key by which
 * WebCrypto has to arrive at the same bytes. */

#define EXPORT(name) __attribute__((export_name(#name))) name

int EXPORT(probe_seal)(int suite, uint32_t kid, uint32_t counter);
const struct zegel_plan *EXPORT(probe_plan)(void);
const uint8_t *EXPORT(probe_key)(void);
const uint8_t *EXPORT(probe_frame)(void);
size_t EXPORT(probe_frame_n)(void);

static struct zegel_plan plan;
static struct sframe_key key;
static uint8_t frame[256];
static size_t frame_n;

/* Clear bytes, plain text and key id are fixed ones that frame_cipher.mjs knows too. */
int probe_seal(int suite, uint32_t kid, uint32_t counter)
{
	const struct crypto *c = crypto_web();
	const struct span metadata = SPAN_STR("\x01\x02"
	                                      "clear");
	struct sframe_plan p;
	struct sframe_sender s;

	TRY(sframe_sender_init(&s, c, (enum sframe_suite)suite, SPAN_STR("probe"), kid));
	key = s.key;
	s.next = counter;
	TRY(sframe_seal_plan(&s, metadata, &p));
	plan = (struct zegel_plan){
		.key = 11,
		.kind = 2,
		.leaf = 33,
		.clear_len = 5,
		.header_len = (uint32_t)p.header_len,
		.aad_len = (uint32_t)p.aad_len,
		.counter = p.counter,
	};
	memcpy(plan.nonce, p.nonce, sizeof(plan.nonce));
	memcpy(plan.aad, p.aad, p.aad_len);
	s.next = counter;
	memcpy(frame, "clear", 5);
	TRY(sframe_seal(&s, c, metadata, SPAN_STR("a plain frame"), frame + 5,
	                sizeof(frame) - 5, &frame_n));
	frame_n += 5;
	return OK;
}

const struct zegel_plan *probe_plan(void)
{
	return &plan;
}

const uint8_t *probe_key(void)
{
	return key.key;
}

const uint8_t *probe_frame(void)
{
	return frame;
}

size_t probe_frame_n(void)
{
	return frame_n;
}
