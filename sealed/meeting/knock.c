/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/knock.h"

#include "sealed/crypto/secret.h"
#include "sealed/meeting/limits.h"
#include "sealed/meeting/message_head.h"

enum { mac_len = 32 };

static enum err mac_of(const struct link *link, const struct crypto *c, struct span key_package,
                       uint8_t mac[HASH_MAX])
{
	const struct span parts[] = { SPAN_STR("zegel knock"), key_package };

	return c->hmac(c->ctx, HASH_SHA256, SPAN(link->knock), parts, ARRAY_LEN(parts), mac);
}

enum err knock_write(const struct link *link, const struct crypto *c, struct span key_package,
                     struct wr *w)
{
	uint8_t mac[HASH_MAX];

	TRY(mac_of(link, c, key_package, mac));
	wr_vec(w, key_package);
	wr_bytes(w, (struct span){ mac, mac_len });
	return w->err;
}

enum err knock_read(const struct link *link, const struct crypto *c, struct span content,
                    struct knock *knock)
{
	uint8_t mac[HASH_MAX];
	struct rd r = rd_from(content);
	struct span key_package = rd_vec(&r);
	struct span shown = rd_bytes(&r, mac_len);
	struct span signature_key;

	TRY(rd_end(&r));
	if (key_package.n > KEY_PACKAGE_MAX)
		return ERR_LIMIT;
	TRY(mac_of(link, c, key_package, mac));
	if (!secret_is_equal((struct span){ mac, mac_len }, shown))
		return ERR_AUTH;
	TRY(message_key_package_signer(key_package, &signature_key));
	*knock = (struct knock){ key_package, signature_key };
	return OK;
}

void welcome_write(struct wr *w, struct span mls, const struct welcome_seat *seats,
                   size_t count, struct span tickets)
{
	wr_vec(w, mls);

	size_t opened = wr_open(w);

	for (size_t i = 0; i < count; i++) {
		wr_uint(w, 2, seats[i].leaf);
		wr_uint(w, 4, seats[i].handle);
		wr_uint(w, 4, seats[i].bits);
	}
	wr_close(w, opened);
	wr_vec(w, tickets);
}

enum err welcome_read(struct span content, struct welcome *welcome)
{
	struct rd r = rd_from(content);
	struct span mls = rd_vec(&r);
	struct span seats = rd_vec(&r);
	struct span tickets = rd_vec(&r);

	TRY(rd_end(&r));
	if (seats.n % WELCOME_SEAT_LEN != 0)
		return ERR_MALFORMED;
	*welcome = (struct welcome){ mls, seats, tickets };
	return OK;
}

void welcome_seat_read(struct rd *seats, struct welcome_seat *seat)
{
	seat->leaf = (uint32_t)rd_uint(seats, 2);
	seat->handle = (uint32_t)rd_uint(seats, 4);
	seat->bits = (uint32_t)rd_uint(seats, 4);
}
