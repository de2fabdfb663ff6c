/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "transport/srtp.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "sealed/wire/wipe.h"
#include "transport/srtp_stream.h"

enum {
	RTP_HEADER = 12,
	RTCP_HEADER = 8,
	RTCP_INDEX = 4,
	IV = 12,
	LABEL_RTP_KEY = 0,
	LABEL_RTP_SALT = 2,
	LABEL_RTCP_KEY = 3,
	LABEL_RTCP_SALT = 5,
};
static const uint32_t encrypted = 0x80000000; /* SRTCP's E bit; the index is below it */

/* A key that is scheduled once; only the IV is set per packet. */
struct cipher {
	EVP_CIPHER_CTX *ctx;
	uint8_t salt[SRTP_SALT];
};

struct srtp_out {
	struct cipher rtp, rtcp;
	uint32_t rtcp_index; /* one count for all SSRCs: the IV holds the SSRC too */
	struct srtp_streams *streams;
};

struct srtp_in {
	struct cipher rtp, rtcp;
	struct srtp_streams *rtp_streams, *rtcp_streams;
};

enum err srtp_derive(const uint8_t key[SRTP_KEY], const uint8_t salt[14], uint8_t label,
                     uint8_t *out, size_t n)
{
	static const uint8_t zeros[16];
	uint8_t iv[16] = { 0 }, stream[16];
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	enum err err = ERR_PROVIDER;
	int len;

	/* RFC 3711 4.3.1 and 4.3.3: x = label * 2^48 XOR salt, IV = x * 2^16 */
	memcpy(iv, salt, 14);
	iv[7] ^= label;
	if (n <= sizeof(stream) && ctx != NULL &&
	    EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, iv) == 1 &&
	    EVP_EncryptUpdate(ctx, stream, &len, zeros, sizeof(zeros)) == 1) {
		memcpy(out, stream, n);
		err = OK;
	}
	EVP_CIPHER_CTX_free(ctx);
	wipe(stream, sizeof(stream));
	return err;
}

static enum err master_derive(const struct srtp_master *master, uint8_t key_label,
                              uint8_t salt_label, struct srtp_master *out)
{
	uint8_t salt[14] = { 0 };

	memcpy(salt, master->salt, SRTP_SALT);
	TRY(srtp_derive(master->key, salt, key_label, out->key, SRTP_KEY));
	return srtp_derive(master->key, salt, salt_label, out->salt, SRTP_SALT);
}

static enum err keys_derive(const struct srtp_master *master, struct srtp_master *rtp,
                            struct srtp_master *rtcp)
{
	TRY(master_derive(master, LABEL_RTP_KEY, LABEL_RTP_SALT, rtp));
	return master_derive(master, LABEL_RTCP_KEY, LABEL_RTCP_SALT, rtcp);
}

static bool cipher_init(struct cipher *cipher, const struct srtp_master *key, int enc)
{
	memcpy(cipher->salt, key->salt, SRTP_SALT);
	cipher->ctx = EVP_CIPHER_CTX_new();
	return cipher->ctx != NULL && EVP_CipherInit_ex(cipher->ctx, EVP_aes_128_gcm(), NULL,
	                                                key->key, NULL, enc) == 1;
}

static void cipher_clear(struct cipher *cipher)
{
	EVP_CIPHER_CTX_free(cipher->ctx); /* which wipes the key */
	wipe(cipher, sizeof(*cipher));
}

struct srtp_out *srtp_out_from_derived(const struct srtp_master *rtp,
                                       const struct srtp_master *rtcp)
{
	struct srtp_out *out = calloc(1, sizeof(*out));

	if (out == NULL)
		return NULL;
	out->streams = srtp_streams_create(SRTP_OUT_SSRCS);
	if (out->streams == NULL || !cipher_init(&out->rtp, rtp, 1) ||
	    !cipher_init(&out->rtcp, rtcp, 1))
		srtp_out_destroy(&out);
	return out;
}

struct srtp_out *srtp_out_create(const struct srtp_master *master)
{
	struct srtp_master keys[2];
	struct srtp_out *out = NULL;

	if (keys_derive(master, &keys[0], &keys[1]) == OK)
		out = srtp_out_from_derived(&keys[0], &keys[1]);
	wipe(keys, sizeof(keys));
	return out;
}

void srtp_out_destroy(struct srtp_out **outp)
{
	struct srtp_out *out = *outp;

	*outp = NULL;
	if (out == NULL)
		return;
	cipher_clear(&out->rtp);
	cipher_clear(&out->rtcp);
	srtp_streams_destroy(&out->streams);
	free(out);
}

struct srtp_in *srtp_in_from_derived(const struct srtp_master *rtp,
                                     const struct srtp_master *rtcp)
{
	struct srtp_in *in = calloc(1, sizeof(*in));

	if (in == NULL)
		return NULL;
	in->rtp_streams = srtp_streams_create(SRTP_IN_SSRCS);
	in->rtcp_streams = srtp_streams_create(SRTP_IN_SSRCS);
	if (in->rtp_streams == NULL || in->rtcp_streams == NULL ||
	    !cipher_init(&in->rtp, rtp, 0) || !cipher_init(&in->rtcp, rtcp, 0))
		srtp_in_destroy(&in);
	return in;
}

struct srtp_in *srtp_in_create(const struct srtp_master *master)
{
	struct srtp_master keys[2];
	struct srtp_in *in = NULL;

	if (keys_derive(master, &keys[0], &keys[1]) == OK)
		in = srtp_in_from_derived(&keys[0], &keys[1]);
	wipe(keys, sizeof(keys));
	return in;
}

void srtp_in_destroy(struct srtp_in **inp)
{
	struct srtp_in *in = *inp;

	*inp = NULL;
	if (in == NULL)
		return;
	cipher_clear(&in->rtp);
	cipher_clear(&in->rtcp);
	srtp_streams_destroy(&in->rtp_streams);
	srtp_streams_destroy(&in->rtcp_streams);
	free(in);
}

static uint32_t uint32_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void uint32_put(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* RFC 7714 8.1: 00 00, SSRC, rollover counter, sequence number; XOR the salt. RFC 7714 9.1, for
 * SRTCP: 00 00, SSRC, 00 00, index. Both are one number of 48 bits after the SSRC. */
static void iv_make(const struct cipher *cipher, uint32_t ssrc, uint64_t index, uint8_t iv[IV])
{
	uint8_t text[IV] = { 0 };

	uint32_put(text + 2, ssrc);
	text[6] = (uint8_t)(index >> 40);
	text[7] = (uint8_t)(index >> 32);
	uint32_put(text + 8, (uint32_t)index);
	for (size_t i = 0; i < IV; i++)
		iv[i] = text[i] ^ cipher->salt[i];
}

/* What is authenticated but clear: the header, and SRTCP's index word. */
struct clear {
	struct span header, index;
};

static bool clear_feed(EVP_CIPHER_CTX *ctx, struct span s)
{
	int len;

	return s.n == 0 || EVP_CipherUpdate(ctx, NULL, &len, s.p, (int)s.n) == 1;
}

static enum err cipher_seal(struct cipher *cipher, const uint8_t iv[IV], struct clear clear,
                            uint8_t *p, size_t n, uint8_t tag[SRTP_TAG])
{
	EVP_CIPHER_CTX *ctx = cipher->ctx;
	int len;

	if (EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, iv) != 1 ||
	    !clear_feed(ctx, clear.header) || !clear_feed(ctx, clear.index) ||
	    (n != 0 && EVP_EncryptUpdate(ctx, p, &len, p, (int)n) != 1) ||
	    EVP_EncryptFinal_ex(ctx, p + n, &len) != 1 ||
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SRTP_TAG, tag) != 1)
		return ERR_PROVIDER;
	return OK;
}

/* On failure what was written is wiped: nobody shall use what is not authentic. */
static enum err cipher_open(struct cipher *cipher, const uint8_t iv[IV], struct clear clear,
                            uint8_t *out, const uint8_t *p, size_t n,
                            const uint8_t tag[SRTP_TAG])
{
	EVP_CIPHER_CTX *ctx = cipher->ctx;
	uint8_t want[SRTP_TAG];
	int len;

	memcpy(want, tag, sizeof(want));
	if (EVP_DecryptInit_ex(ctx, NULL, NULL, NULL, iv) == 1 &&
	    clear_feed(ctx, clear.header) && clear_feed(ctx, clear.index) &&
	    (n == 0 || EVP_DecryptUpdate(ctx, out, &len, p, (int)n) == 1) &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SRTP_TAG, want) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + n, &len) == 1)
		return OK;
	memset(out, 0, n);
	return ERR_AUTH;
}

/* RFC 3550 5.1: the fixed header, CSRCs, and the extension if X. Set only on OK: all of it
 * lies within n bytes. */
static enum err rtp_header(const uint8_t *p, size_t n, size_t *header)
{
	size_t len = RTP_HEADER;

	if (n < len || n > SRTP_PACKET_MAX || p[0] >> 6 != 2)
		return ERR_MALFORMED;
	len += 4 * (size_t)(p[0] & 15);
	if (p[0] & 0x10) {
		if (n < len + 4)
			return ERR_MALFORMED;
		len += 4 + 4 * ((size_t)p[len + 2] << 8 | p[len + 3]);
	}
	if (n < len)
		return ERR_MALFORMED;
	*header = len;
	return OK;
}

static uint16_t rtp_seq(const uint8_t *p)
{
	return (uint16_t)(p[2] << 8 | p[3]);
}

enum err srtp_seal_rtp(struct srtp_out *out, uint8_t *p, size_t *n, size_t cap)
{
	size_t header;
	uint8_t iv[IV];

	TRY(rtp_header(p, *n, &header));
	if (cap < *n || cap - *n < SRTP_OVERHEAD)
		return ERR_SPACE;

	uint32_t ssrc = uint32_get(p + 8);
	struct srtp_stream *stream = srtp_streams_find(out->streams, ssrc);
	uint64_t index = rtp_seq(p);

	if (stream != NULL) {
		TRY(srtp_stream_guess(stream, rtp_seq(p), &index));
		if (!srtp_stream_is_new(stream, index))
			return ERR_NOT_NOW;
		srtp_stream_mark(stream, index);
	} else {
		if (srtp_streams_is_full(out->streams))
			return ERR_LIMIT;
		srtp_streams_add(out->streams, ssrc, index);
	}
	iv_make(&out->rtp, ssrc, index, iv);
	TRY(cipher_seal(&out->rtp, iv, (struct clear){ { p, header }, { 0 } }, p + header,
	                *n - header, p + *n));
	*n += SRTP_TAG;
	return OK;
}

/* The first packet of an SSRC that gets through. Its sender's rollover counter is 0, or 1 if
 * it began near the top and the packets before the wrap were lost (RFC 3711 3.3.1 leaves that
 * to chance). A wrong guess must not spoil the bytes, so it is opened aside. */
static enum err open_first(struct srtp_in *in, uint32_t ssrc, size_t header, uint8_t *p,
                           size_t n)
{
	uint8_t plain[SRTP_PACKET_MAX], iv[IV];
	size_t len = n - SRTP_TAG - header;
	enum err err = ERR_AUTH;

	if (srtp_streams_is_full(in->rtp_streams))
		return ERR_LIMIT;
	for (uint64_t roc = 0; roc <= (rtp_seq(p) < 0x8000 ? 1u : 0u) && err != OK; roc++) {
		uint64_t index = roc << 16 | rtp_seq(p);

		iv_make(&in->rtp, ssrc, index, iv);
		err = cipher_open(&in->rtp, iv, (struct clear){ { p, header }, { 0 } }, plain,
		                  p + header, len, p + n - SRTP_TAG);
		if (err == OK) {
			memcpy(p + header, plain, len);
			srtp_streams_add(in->rtp_streams, ssrc, index);
		}
	}
	return err;
}

enum err srtp_open_rtp(struct srtp_in *in, uint8_t *p, size_t *n)
{
	size_t header;
	uint64_t index;
	uint8_t iv[IV];

	if (*n < SRTP_TAG)
		return ERR_MALFORMED;
	if (*n > SRTP_PACKET_MAX)
		return ERR_MALFORMED;
	TRY(rtp_header(p, *n - SRTP_TAG, &header));

	uint32_t ssrc = uint32_get(p + 8);
	struct srtp_stream *stream = srtp_streams_find(in->rtp_streams, ssrc);
	size_t len = *n - SRTP_TAG - header;

	if (stream == NULL) {
		TRY(open_first(in, ssrc, header, p, *n));
	} else {
		TRY(srtp_stream_guess(stream, rtp_seq(p), &index));
		if (!srtp_stream_is_new(stream, index))
			return ERR_NOT_NOW;
		iv_make(&in->rtp, ssrc, index, iv);
		TRY(cipher_open(&in->rtp, iv, (struct clear){ { p, header }, { 0 } },
		                p + header, p + header, len, p + *n - SRTP_TAG));
		/* RFC 3711 3.3: only now, since only now it is known to be authentic. */
		srtp_stream_mark(stream, index);
	}
	*n -= SRTP_TAG;
	return OK;
}

enum err srtp_seal_rtcp(struct srtp_out *out, uint8_t *p, size_t *n, size_t cap)
{
	uint8_t iv[IV], word[RTCP_INDEX];

	if (*n < RTCP_HEADER || *n > SRTP_PACKET_MAX || p[0] >> 6 != 2)
		return ERR_MALFORMED;
	if (cap < *n || cap - *n < SRTCP_OVERHEAD)
		return ERR_SPACE;
	if (out->rtcp_index >= encrypted)
		return ERR_LIMIT;

	uint32_t index = out->rtcp_index++;

	uint32_put(word, encrypted | index);
	iv_make(&out->rtcp, uint32_get(p + 4), index, iv);
	TRY(cipher_seal(&out->rtcp, iv, (struct clear){ { p, RTCP_HEADER }, SPAN(word) },
	                p + RTCP_HEADER, *n - RTCP_HEADER, p + *n));
	memcpy(p + *n + SRTP_TAG, word, RTCP_INDEX);
	*n += SRTCP_OVERHEAD;
	return OK;
}

enum err srtp_open_rtcp(struct srtp_in *in, uint8_t *p, size_t *n)
{
	uint8_t iv[IV];

	if (*n < RTCP_HEADER + SRTCP_OVERHEAD || *n > SRTP_PACKET_MAX || p[0] >> 6 != 2)
		return ERR_MALFORMED;

	size_t len = *n - SRTCP_OVERHEAD - RTCP_HEADER;
	const uint8_t *tag = p + RTCP_HEADER + len, *word = tag + SRTP_TAG;
	uint32_t ssrc = uint32_get(p + 4), index = uint32_get(word);
	struct srtp_stream *stream = srtp_streams_find(in->rtcp_streams, ssrc);

	/* RFC 7714 9.3 allows reports in clear; we do not. */
	if (!(index & encrypted))
		return ERR_MALFORMED;
	index &= ~encrypted;
	if (stream == NULL && srtp_streams_is_full(in->rtcp_streams))
		return ERR_LIMIT;
	if (stream != NULL && !srtp_stream_is_new(stream, index))
		return ERR_NOT_NOW;
	iv_make(&in->rtcp, ssrc, index, iv);
	TRY(cipher_open(&in->rtcp, iv,
	                (struct clear){ { p, RTCP_HEADER }, { word, RTCP_INDEX } },
	                p + RTCP_HEADER, p + RTCP_HEADER, len, tag));
	if (stream != NULL)
		srtp_stream_mark(stream, index);
	else
		srtp_streams_add(in->rtcp_streams, ssrc, index);
	*n -= SRTCP_OVERHEAD;
	return OK;
}
