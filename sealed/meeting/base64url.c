/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/base64url.h"

/* Constant time: all ones if a <= v <= b, for values below 2^15. */
static unsigned in_range(unsigned v, unsigned a, unsigned b)
{
	return (((v - a) | (b - v)) >> 16 & 1) - 1;
}

static char letter_of(unsigned v)
{
	unsigned c = 0;

	c |= in_range(v, 0, 25) & ('A' + v);
	c |= in_range(v, 26, 51) & ('a' + v - 26);
	c |= in_range(v, 52, 61) & ('0' + v - 52);
	c |= in_range(v, 62, 62) & '-';
	c |= in_range(v, 63, 63) & '_';
	return (char)c;
}

/* 0 to 63, or 64 for a foreign letter. */
static unsigned value_of(char letter)
{
	unsigned c = (unsigned char)letter, v = 0;
	unsigned known = 0;

	v |= in_range(c, 'A', 'Z') & (c - 'A');
	v |= in_range(c, 'a', 'z') & (c - 'a' + 26);
	v |= in_range(c, '0', '9') & (c - '0' + 52);
	v |= in_range(c, '-', '-') & 62;
	v |= in_range(c, '_', '_') & 63;
	known |= in_range(c, 'A', 'Z') | in_range(c, 'a', 'z') | in_range(c, '0', '9') |
	         in_range(c, '-', '-') | in_range(c, '_', '_');
	return (v & known) | (64 & ~known);
}

size_t base64url_len(size_t bytes)
{
	return bytes / 3 * 4 + (bytes % 3 == 0 ? 0 : bytes % 3 + 1);
}

void base64url_write(struct span in, char *out)
{
	unsigned bits = 0, have = 0;

	for (size_t i = 0; i < in.n; i++) {
		bits = (bits << 8 | in.p[i]) & 0xffff;
		have += 8;
		for (; have >= 6; have -= 6)
			*out++ = letter_of(bits >> (have - 6) & 63);
	}
	if (have > 0)
		*out++ = letter_of(bits << (6 - have) & 63);
}

enum err base64url_read(const char *text, uint8_t *out, size_t n)
{
	unsigned bits = 0, have = 0, bad = 0;
	size_t len = base64url_len(n);

	for (size_t i = 0; i < len; i++) {
		unsigned v = value_of(text[i]);

		bad |= v & 64;
		bits = (bits << 6 | (v & 63)) & 0xffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			*out++ = (uint8_t)(bits >> have);
		}
	}
	bad |= bits & ((1u << have) - 1);
	return bad == 0 ? OK : ERR_MALFORMED;
}
