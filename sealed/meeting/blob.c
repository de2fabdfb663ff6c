/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/blob.h"

#include <string.h>

#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"

enum { overhead = AEAD_NONCE + AEAD_TAG, smallest = 512, step = 16384 };

static size_t bucket(size_t n)
{
	size_t size = smallest;

	while (size < n && size < step)
		size *= 2;
	return size >= n ? size : (n + step - 1) / step * step;
}

size_t blob_len(size_t content)
{
	return bucket(overhead + varint_len(content) + content);
}

static struct span aad_write(const struct link *link, enum lane lane,
                             uint8_t out[ROOM_ID_LEN + 1])
{
	memcpy(out, link->room_id, ROOM_ID_LEN);
	out[ROOM_ID_LEN] = (uint8_t)lane;
	return (struct span){ out, ROOM_ID_LEN + 1 };
}

enum err blob_seal(const struct link *link, const struct crypto *c, enum lane lane,
                   struct span content, struct arena *out, struct span *blob)
{
	uint8_t aad[ROOM_ID_LEN + 1];
	size_t len = blob_len(content.n);
	uint8_t *buf = arena_alloc(out, len);

	if (buf == NULL)
		return ERR_SPACE;

	/* In place: the plaintext is written where its ciphertext will be. */
	struct wr w = wr_into(buf + AEAD_NONCE, len - overhead);
	struct span plain;

	wr_vec(&w, content);
	wr_zero(&w, w.cap - w.n);
	TRY(wr_end(&w, &plain));
	TRY(crypto_random(c, buf, AEAD_NONCE));
	TRY(crypto_seal(c, AEAD_AES256GCM, link->wrap, buf, aad_write(link, lane, aad), plain,
	                buf + AEAD_NONCE));
	*blob = (struct span){ buf, len };
	return OK;
}

/* Zeros to the end, and to no other size than the one that the content asks for: a blob
 * carries nothing beside its content. */
static bool is_padding(struct span zeros, size_t blob, size_t content)
{
	uint8_t any = 0;

	for (size_t i = 0; i < zeros.n; i++)
		any |= zeros.p[i];
	return any == 0 && blob == blob_len(content);
}

enum err blob_open(const struct link *link, const struct crypto *c, enum lane lane,
                   struct span blob, struct arena *out, struct span *content)
{
	uint8_t aad[ROOM_ID_LEN + 1];

	if (blob.n < smallest)
		return ERR_MALFORMED;

	struct span sealed = { blob.p + AEAD_NONCE, blob.n - AEAD_NONCE };
	struct span plain = { NULL, blob.n - overhead };
	uint8_t *buf = arena_alloc(out, plain.n);

	if (buf == NULL)
		return ERR_SPACE;
	plain.p = buf;
	TRY(crypto_open(c, AEAD_AES256GCM, link->wrap, blob.p, aad_write(link, lane, aad),
	                sealed, buf));

	struct rd r = rd_from(plain);
	struct span inner = rd_vec(&r);
	struct span zeros = rd_bytes(&r, rd_left(&r));

	if (rd_end(&r) != OK || !is_padding(zeros, blob.n, inner.n))
		return ERR_MALFORMED;
	*content = inner;
	return OK;
}
