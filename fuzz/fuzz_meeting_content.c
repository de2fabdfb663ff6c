/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/meeting/blob.h"
#include "sealed/meeting/front.h"
#include "sealed/meeting/frame.h"
#include "sealed/meeting/knock.h"
#include "sealed/meeting/limits.h"
#include "sealed/meeting/member_message.h"
#include "sealed/meeting/message_head.h"
#include "sealed/meeting/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { size_max = 1 << 16, room = 1 << 19 };

static uint8_t buf[room], memory[room];
static struct link link_;

static void must(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void is_same(const struct wr *w, struct span in)
{
	struct span out;

	must(wr_end(w, &out) == OK && span_is_equal(out, in));
}

/* What a member says: reads, writes back, and is text where it says so. */
static void member_message(struct span in)
{
	struct wr w = wr_into(buf, sizeof(buf));
	struct member_message m;

	if (member_message_read(in, &m) != OK)
		return;
	must(m.type != MEMBER_CHAT || text_is_chat(m.text));
	member_message_write(&w, &m);
	is_same(&w, in);
}

static void welcome(struct span in)
{
	struct wr w = wr_into(buf, sizeof(buf));
	static struct welcome_seat seats[size_max / WELCOME_SEAT_LEN];
	struct welcome welcome;
	size_t n = 0;

	if (welcome_read(in, &welcome) != OK)
		return;
	for (struct rd r = rd_from(welcome.seats); rd_more(&r);)
		welcome_seat_read(&r, &seats[n++]);
	welcome_write(&w, welcome.mls, seats, n, welcome.tickets);
	is_same(&w, in);
}

/* A knock without the link's MAC never reads; with it, what reads is what was made. */
static void knock(struct span in)
{
	struct wr w = wr_into(buf, sizeof(buf));
	struct knock k;
	struct span content = { 0 }, key;

	must(knock_read(&link_, crypto_openssl(), in, &k) != OK);
	must(knock_write(&link_, crypto_openssl(), in, &w) == OK && wr_end(&w, &content) == OK);
	if (knock_read(&link_, crypto_openssl(), content, &k) != OK)
		return;
	must(in.n <= KEY_PACKAGE_MAX && span_is_equal(k.key_package, in));
	must(message_key_package_signer(in, &key) == OK && span_is_equal(key, k.signature_key));
}

static void front(struct span in)
{
	struct front_message m;

	if (front_read(in, &m) != OK)
		return;
	must(m.blob.n == 0 || (m.blob.p >= in.p && m.blob.p + m.blob.n == in.p + in.n));
}

/* No blob but our own opens, and ours gives back what was sealed. */
static void blob(struct span in)
{
	struct arena arena = arena_into(memory, sizeof(memory));
	struct span sealed, out;

	must(blob_open(&link_, crypto_openssl(), LANE_LOG, in, &arena, &out) != OK);
	must(blob_seal(&link_, crypto_openssl(), LANE_LOG, in, &arena, &sealed) == OK);
	must(blob_open(&link_, crypto_openssl(), LANE_LOG, sealed, &arena, &out) == OK);
	must(span_is_equal(out, in) && sealed.n == blob_len(in.n));
}

static void sound(struct span in)
{
	uint8_t padded[ZEGEL_AUDIO_LEN];
	struct span out;

	if (frame_audio_unpad(in, &out) != OK)
		return;
	must(frame_audio_pad(out, padded) == OK);
	must(span_is_equal(SPAN(padded), in));
}

/* Properties: what reads writes back to the very same bytes, whatever parser the first byte
 * picks; nothing opens that was not sealed, and what was sealed opens to what it was. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const parsers[])(struct span) = { member_message, welcome, knock,
		                                        front,          blob,    sound };
	struct message_head head;

	if (size < 1 || size > size_max)
		return 0;

	const struct span in = { data + 1, size - 1 };

	memset(link_.wrap, 3, sizeof(link_.wrap));
	memset(link_.knock, 7, sizeof(link_.knock));
	if (message_head_read(in, &head) == OK)
		must(head.content >= MESSAGE_APPLICATION && head.content <= MESSAGE_COMMIT);
	parsers[data[0] % ARRAY_LEN(parsers)](in);
	return 0;
}
