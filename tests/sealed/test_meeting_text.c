/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/meeting/text.h"
#include "sealed/sealed.h"
#include "tests/support/check.h"

static struct span text(const char *s)
{
	return (struct span){ (const uint8_t *)s, strlen(s) };
}

static void names_of_many_scripts_are_names(void)
{
	static const char *const good[] = { "A", "Anna de Vries", "Zoë", "Łukasz", "李小龙",
		                            "Δημήτρης", "محمد", "🦊", "O'Neil-Smith (MoD)" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CHECK(text_is_name(text(good[i])) && text_is_chat(text(good[i])));
}

static void a_name_has_1_to_64_bytes(void)
{
	char long_name[ZEGEL_NAME_MAX + 1];

	memset(long_name, 'a', sizeof(long_name));
	CHECK(!text_is_name(text("")));
	CHECK(text_is_name((struct span){ (uint8_t *)long_name, ZEGEL_NAME_MAX }));
	CHECK(!text_is_name((struct span){ (uint8_t *)long_name, ZEGEL_NAME_MAX + 1 }));
}

static void a_name_does_not_deceive(void)
{
	static const char *const bad[] = {
		" Anna", "Anna ", "An\nna", "An\tna", "An\x7fna", "An\xc2\x85na",
		"Anna\xe2\x80\xae", /* right-to-left override    */
		"\xe2\x80\x8f",     /* right-to-left mark        */
		"An\xe2\x80\x8bna", /* zero width space          */
		"An\xe2\x80\x8dna", /* zero width joiner         */
		"An\xe2\x81\xa6na", /* isolate                   */
		"An\xe2\x80\xa8na", /* line separator            */
		"An\xc2\xadna",     /* soft hyphen               */
		"\xef\xbb\xbf\x41nna", /* byte order mark        */
		"\xe3\x85\xa4",     /* Hangul filler             */
		"An\xf3\xa0\x81\x81na", /* tag letter            */
		"An\xee\x80\x80na", /* private use (no text)     */
	};

	for (size_t i = 0; i < ARRAY_LEN(bad) - 1; i++)
		CHECK(!text_is_name(text(bad[i])));
}

static void what_is_not_utf8_is_not_text(void)
{
	static const char *const bad[] = {
		"\x80", "\xc0\x80", "\xc1\xbf", "a\xc3", "\xe2\x82", "\xe0\x80\xaf",
		"\xed\xa0\x80" /* surrogate */, "\xf0\x80\x80\xaf", "\xf4\x90\x80\x80",
		"\xf8\x88\x80\x80\x80", "\xff", "\xc3\x28", "\xe2\x28\xa1", "\xf0\x9f\xa6",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CHECK(!text_is_name(text(bad[i])) && !text_is_chat(text(bad[i])));
	CHECK(!text_is_chat((struct span){ (const uint8_t *)"a\0b", 3 }));
}

/* All code points, in the shortest form: accepted ones are exactly the scalar values that
 * are neither controls nor listed. */
static void every_shortest_form_reads_and_every_longer_one_does_not(void)
{
	unsigned good = 0, bad_longer = 0;

	for (uint32_t c = 1; c <= 0x10ffff; c++) {
		uint8_t b[4] = { (uint8_t)(0xf0 | c >> 18), (uint8_t)(0x80 | (c >> 12 & 63)),
			         (uint8_t)(0x80 | (c >> 6 & 63)), (uint8_t)(0x80 | (c & 63)) };
		uint8_t three[3] = { (uint8_t)(0xe0 | (c >> 12 & 15)), b[2], b[3] };
		uint8_t two[2] = { (uint8_t)(0xc0 | (c >> 6 & 31)), b[3] };
		uint8_t one = (uint8_t)c;

		if (c >= 0x10000) {
			good += text_is_chat(SPAN(b));
		} else {
			bad_longer += text_is_chat(SPAN(b));
			if (c >= 0x800) {
				good += text_is_chat(SPAN(three));
			} else {
				bad_longer += text_is_chat(SPAN(three));
				good += c >= 0x80 ? text_is_chat(SPAN(two)) :
				                    text_is_chat((struct span){ &one, 1 });
				if (c < 0x80)
					bad_longer += text_is_chat(SPAN(two));
			}
		}
	}
	CHECK(bad_longer == 0);
	CHECK(good > 900000 && good < 0x10ffff - 2048 - 131072 - 65536);
}

static void chat_may_have_lines_but_no_more_than_its_size(void)
{
	static uint8_t long_text[ZEGEL_CHAT_MAX + 1];

	memset(long_text, 'a', sizeof(long_text));
	CHECK(text_is_chat(text("one\n\ttwo")));
	CHECK(text_is_chat(text("👩\xe2\x80\x8d🚀"))); /* an emoji held together by a joiner */
	CHECK(!text_is_chat(text("one\rtwo")) && !text_is_chat(text("\xe2\x80\xae")));
	CHECK(!text_is_chat(text("")));
	CHECK(text_is_chat((struct span){ long_text, ZEGEL_CHAT_MAX }));
	CHECK(!text_is_chat((struct span){ long_text, ZEGEL_CHAT_MAX + 1 }));
}

int main(void)
{
	names_of_many_scripts_are_names();
	a_name_has_1_to_64_bytes();
	a_name_does_not_deceive();
	what_is_not_utf8_is_not_text();
	every_shortest_form_reads_and_every_longer_one_does_not();
	chat_may_have_lines_but_no_more_than_its_size();
	return check_report("meeting_text");
}
