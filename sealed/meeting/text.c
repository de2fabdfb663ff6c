/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/text.h"

#include "sealed/sealed.h"

/* One character from the front of *text; false where it is not well-formed. */
static bool take(struct span *text, uint32_t *character)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	uint8_t first = text->p[0];
	size_t more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : 3;

	if (more == 3 && first >> 3 != 30)
		return false;
	if (text->n <= more)
		return false;

	uint32_t v = more == 0 ? first : first & (0x3fu >> more);

	for (size_t i = 1; i <= more; i++) {
		if (text->p[i] >> 6 != 2)
			return false;
		v = v << 6 | (text->p[i] & 0x3f);
	}
	if (v < least[more] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return false;
	*text = (struct span){ text->p + more + 1, text->n - more - 1 };
	*character = v;
	return true;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* Ranges of characters that are invisible, reserved, or change the direction of others. */
static bool is_deceptive(uint32_t c)
{
	static const uint32_t ranges[][2] = {
		{ 0x00ad, 0x00ad },   /* soft hyphen                                     */
		{ 0x034f, 0x034f },   /* grapheme joiner                                 */
		{ 0x061c, 0x061c },   /* Arabic letter mark                              */
		{ 0x115f, 0x1160 },   /* Hangul fillers                                  */
		{ 0x17b4, 0x17b5 },   /* Khmer inherent vowels                           */
		{ 0x180b, 0x180f },   /* Mongolian selectors                             */
		{ 0x200b, 0x200f },   /* zero width space and joiners, direction marks   */
		{ 0x2028, 0x202e },   /* line and paragraph separators, embeddings       */
		{ 0x2060, 0x206f },   /* word joiner, invisible operators, isolates      */
		{ 0x3164, 0x3164 },   /* Hangul filler                                   */
		{ 0xfe00, 0xfe0e },   /* variation selectors, but for emoji's own (fe0f) */
		{ 0xfeff, 0xfeff },   /* byte order mark                                 */
		{ 0xffa0, 0xffa0 },   /* Hangul filler                                   */
		{ 0xfff0, 0xfffb },   /* specials, interlinear annotation                */
		{ 0x1d173, 0x1d17a }, /* musical formatting                              */
		{ 0xe0000, 0x10ffff } /* tags, selectors, private planes                 */
	};

	for (size_t i = 0; i < ARRAY_LEN(ranges); i++)
		if (c >= ranges[i][0] && c <= ranges[i][1])
			return true;
	return false;
}

/* Joiners shape letters in some scripts and hold emoji together: harmless in a sentence,
 * not in a name. */
static bool is_chat_character(uint32_t c)
{
	if (c == '\n' || c == '\t' || c == 0x200c || c == 0x200d)
		return true;
	return !is_control(c) && !is_deceptive(c);
}

bool text_is_name(struct span text)
{
	if (text.n == 0 || text.n > ZEGEL_NAME_MAX || text.p[0] == ' ' ||
	    text.p[text.n - 1] == ' ')
		return false;
	while (text.n > 0) {
		uint32_t c;

		if (!take(&text, &c) || is_control(c) || is_deceptive(c))
			return false;
	}
	return true;
}

bool text_is_chat(struct span text)
{
	if (text.n == 0 || text.n > ZEGEL_CHAT_MAX)
		return false;
	while (text.n > 0) {
		uint32_t c;

		if (!take(&text, &c) || !is_chat_character(c))
			return false;
	}
	return true;
}
