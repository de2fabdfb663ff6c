/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/capabilities.h"
#include "sealed/mls/credential.h"
#include "sealed/mls/extension.h"
#include "tests/support/check.h"

static uint8_t block[1 << 16];

static enum err list_read(struct span in, struct extension_list *out)
{
	struct arena a = arena_into(block, sizeof(block));
	struct rd r = rd_from(in);

	TRY(extension_list_read(&r, &a, out));
	return rd_end(&r);
}

static void a_list_is_written_as_it_was_read(void)
{
	static const uint8_t wire[] = { 9, 0, 1, 2, 'a', 'b', 0xff, 0, 1, 'c' };
	struct extension_list list, copy;
	uint8_t buf[64], copies[1024];
	struct wr w = wr_into(buf, sizeof(buf));
	struct arena a = arena_into(copies, sizeof(copies));
	struct span out = { 0 }, data = { 0 };

	CHECK(list_read(SPAN(wire), &list) == OK);
	CHECK(list.count == 2);
	CHECK(extension_list_copy(&a, list, &copy) == OK);
	extension_list_write(&w, copy);
	CHECK(wr_end(&w, &out) == OK && span_is_equal(out, SPAN(wire)));
	CHECK(extension_list_find(list, 0xff00, &data));
	CHECK(span_is_equal(data, SPAN_STR("c")));
	CHECK(!extension_list_find(list, 2, &data));
	for (size_t n = 0; n < sizeof(wire); n++)
		CHECK(list_read((struct span){ wire, n }, &list) != OK);
}

static void no_type_stands_in_a_list_twice(void)
{
	static const uint8_t twice[] = { 8, 0, 9, 0, 0, 9, 1, 'x', 0 };
	static const uint8_t last[] = { 12, 0, 9, 0, 0, 8, 0, 0, 7, 0, 0, 9, 0 };
	struct extension_list list;

	CHECK(list_read((struct span){ twice, 8 }, &list) != OK);
	CHECK(list_read((struct span){ last, sizeof(last) }, &list) == ERR_MALFORMED);
}

static void a_list_is_bounded(void)
{
	uint8_t wire[4 * 100];
	struct extension_list list;

	for (size_t count = MLS_EXTENSIONS_MAX; count <= MLS_EXTENSIONS_MAX + 1; count++) {
		struct wr w = wr_into(wire, sizeof(wire));
		size_t opened = wr_open(&w);
		struct span in = { 0 };

		for (size_t i = 0; i < count; i++) {
			wr_uint(&w, 2, i);
			wr_vec(&w, (struct span){ 0 });
		}
		wr_close(&w, opened);
		CHECK(wr_end(&w, &in) == OK);
		CHECK(list_read(in, &list) == (count > MLS_EXTENSIONS_MAX ? ERR_LIMIT : OK));
	}
}

static void a_full_arena_is_reported(void)
{
	static const uint8_t wire[] = { 3, 0, 1, 0 };
	uint8_t tiny[8];
	struct arena a = arena_into(tiny, 0);
	struct rd r = rd_from(SPAN(wire));
	struct extension_list list;

	CHECK(extension_list_read(&r, &a, &list) == ERR_SPACE);
}

static enum err credential(struct span in, struct credential *out)
{
	struct rd r = rd_from(in);

	TRY(credential_read(&r, out));
	return rd_end(&r);
}

static void credentials_of_every_type_are_carried(void)
{
	static const uint8_t basic[] = { 0, 1, 3, 'e', 'v', 'a' };
	static const uint8_t x509[] = { 0, 2, 5, 2, 'c', '1', 1, 'd' };
	static const uint8_t unknown[] = { 0xf0, 0x0f, 2, 9, 9 };
	const struct span all[] = { SPAN(basic), SPAN(x509), SPAN(unknown) };

	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		struct credential c;
		uint8_t buf[32];
		struct wr w = wr_into(buf, sizeof(buf));
		struct span out = { 0 };

		CHECK(credential(all[i], &c) == OK);
		credential_write(&w, &c);
		CHECK(wr_end(&w, &out) == OK && span_is_equal(out, all[i]));
		for (size_t n = 0; n < all[i].n; n++)
			CHECK(credential((struct span){ all[i].p, n }, &c) == ERR_TRUNCATED);
	}
}

static void a_chain_holds_whole_certificates(void)
{
	static const uint8_t good[] = { 0, 2, 5, 2, 'c', '1', 1, 'd' };
	static const uint8_t none[] = { 0, 2, 0 }, empty[] = { 0, 2, 1, 0 };
	static const uint8_t cut[] = { 0, 2, 3, 3, 'c', 'c' };
	struct credential c;
	struct rd certs;

	CHECK(credential(SPAN(none), &c) == ERR_MALFORMED);
	CHECK(credential(SPAN(empty), &c) == ERR_MALFORMED);
	CHECK(credential(SPAN(cut), &c) == ERR_MALFORMED);
	CHECK(credential(SPAN(good), &c) == OK);
	certs = rd_from(c.data);
	CHECK(span_is_equal(credential_certificate(&certs), SPAN_STR("c1")));
	CHECK(span_is_equal(credential_certificate(&certs), SPAN_STR("d")));
	CHECK(!rd_more(&certs) && rd_end(&certs) == OK);
}

static void capabilities_are_lists_of_whole_numbers(void)
{
	static const uint8_t wire[] = { 2, 0, 1, 4, 0, 1, 0, 3, 2, 0xff, 1, 0, 2, 0, 1 };
	static const uint8_t odd[] = { 2, 0, 1, 3, 0, 1, 0, 0, 0, 0 };
	struct rd r = rd_from(SPAN(wire));
	struct capabilities c;

	CHECK(capabilities_read(&r, &c) == OK && rd_end(&r) == OK);
	CHECK(u16_list_has(c.cipher_suites, 3) && !u16_list_has(c.cipher_suites, 2));
	/* 0x0100 stands across two entries of 00 01 00 03. */
	CHECK(!u16_list_has(c.cipher_suites, 0x0100));
	CHECK(capabilities_has_extension(&c, 0xff01) && !capabilities_has_extension(&c, 0xff02));
	CHECK(capabilities_has_extension(&c, MLS_EXTENSION_RATCHET_TREE));
	CHECK(!capabilities_has_extension(&c, 0) && !capabilities_has_extension(&c, 6));
	CHECK(capabilities_has_proposal(&c, 1) && capabilities_has_proposal(&c, 7));
	CHECK(!capabilities_has_proposal(&c, 0) && !capabilities_has_proposal(&c, 8));
	CHECK(capabilities_has_credential(&c, 1) && !capabilities_has_credential(&c, 2));
	r = rd_from(SPAN(odd));
	CHECK(capabilities_read(&r, &c) == ERR_MALFORMED);
	for (size_t n = 0; n < sizeof(wire); n++) {
		r = rd_from((struct span){ wire, n });
		CHECK(capabilities_read(&r, &c) == ERR_TRUNCATED);
	}
}

static bool meets(struct span required)
{
	static const uint8_t wire[] = { 2, 0, 1, 2, 0, 1, 2, 0xff, 1, 2, 0xf0, 1, 2, 0, 1 };
	struct rd r = rd_from(SPAN(wire));
	struct required_capabilities needs;
	struct capabilities c;

	CHECK(capabilities_read(&r, &c) == OK);
	CHECK(required_capabilities_read(required, &needs) == OK);
	return capabilities_meet(&c, &needs);
}

static void required_capabilities_are_all_required(void)
{
	static const uint8_t nothing[] = { 0, 0, 0 };
	static const uint8_t all[] = { 4, 0xff, 1, 0, 3, 4, 0xf0, 1, 0, 1, 2, 0, 1 };
	static const uint8_t extension[] = { 4, 0xff, 1, 0xff, 2, 0, 0 };
	static const uint8_t proposal[] = { 0, 2, 0xf0, 2, 0 };
	static const uint8_t type[] = { 0, 0, 4, 0, 1, 0, 2 };
	static const uint8_t odd[] = { 1, 0, 0, 0 }, more[] = { 0, 0, 0, 0 };
	struct required_capabilities needs;

	CHECK(meets(SPAN(nothing)));
	CHECK(meets(SPAN(all)));
	CHECK(!meets(SPAN(extension)));
	CHECK(!meets(SPAN(proposal)));
	CHECK(!meets(SPAN(type))); /* credential types have no defaults */
	CHECK(required_capabilities_read(SPAN(odd), &needs) == ERR_MALFORMED);
	CHECK(required_capabilities_read(SPAN(more), &needs) == ERR_MALFORMED);
	CHECK(required_capabilities_read((struct span){ nothing, 2 }, &needs) == ERR_MALFORMED);
}

static void external_senders_are_found_by_index(void)
{
	static const uint8_t wire[] = { 12, 1, 'k', 0, 1, 1, 'a', 1, 'l', 0, 1, 1, 'b' };
	struct external_sender sender;
	struct extension_list list;
	struct mls_extension e = { MLS_EXTENSION_EXTERNAL_SENDERS, SPAN(wire) };

	CHECK(external_senders_find(SPAN(wire), 0, &sender) == OK);
	CHECK(span_is_equal(sender.signature_key, SPAN_STR("k")));
	CHECK(external_senders_find(SPAN(wire), 1, &sender) == OK);
	CHECK(span_is_equal(sender.credential.data, SPAN_STR("b")));
	CHECK(external_senders_find(SPAN(wire), 2, &sender) == ERR_AUTH);
	list = (struct extension_list){ &e, 1 };
	CHECK(group_extensions_check(list) == OK);
	for (size_t n = 0; n < sizeof(wire); n++) {
		e.data.n = n;
		CHECK(external_senders_find(e.data, 0, &sender) == ERR_MALFORMED);
		CHECK(group_extensions_check(list) == ERR_MALFORMED);
	}
	e = (struct mls_extension){ MLS_EXTENSION_REQUIRED_CAPABILITIES, SPAN_STR("\1") };
	CHECK(group_extensions_check(list) == ERR_MALFORMED);
}

static void grease_is_what_the_registry_reserves(void)
{
	CHECK(mls_grease(0) == 0x0a0a && mls_grease(1) == 0x1a1a);
	CHECK(mls_grease(14) == 0xeaea);
	for (unsigned i = 0; i < 256; i++) {
		CHECK(mls_grease(i) != 0xfafa); /* private use */
		CHECK(!extension_type_is_default(mls_grease(i)));
		CHECK(!proposal_type_is_default(mls_grease(i)));
	}
}

int main(void)
{
	a_list_is_written_as_it_was_read();
	no_type_stands_in_a_list_twice();
	a_list_is_bounded();
	a_full_arena_is_reported();
	credentials_of_every_type_are_carried();
	a_chain_holds_whole_certificates();
	capabilities_are_lists_of_whole_numbers();
	required_capabilities_are_all_required();
	external_senders_are_found_by_index();
	grease_is_what_the_registry_reserves();
	return check_report("extension");
}
