/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/mls/framing.h"
#include "tests/support/check.h"
#include "tests/support/mls_write.h"

/* Forms that are not those of RFC 9420. What is right is held to the published vectors by
 * mls-vectors. */
enum { room = 4096 };

static uint8_t buf[room], block[1 << 18];

static struct wr begin(void)
{
	return wr_into(buf, sizeof(buf));
}

static enum err read_message(const struct wr *w)
{
	struct arena a = arena_into(block, sizeof(block));
	uint8_t again[room];
	struct wr out = wr_into(again, sizeof(again));
	struct span message;

	CHECK(wr_end(w, &message) == OK);
	return mls_message_read_and_write(message, &a, &out);
}

static struct framed_head head_of(enum content_type type, enum sender_type sender)
{
	return (struct framed_head){ SPAN_STR("group"), 7, { sender, 1 }, SPAN_STR("aad"), type };
}

/* A public message whose content is `body`. */
static enum err read_public(enum content_type type, enum sender_type sender, struct span body)
{
	const struct framed_head head = head_of(type, sender);
	struct wr w = begin();

	mls_message_write(&w, WIRE_PUBLIC_MESSAGE);
	framed_head_write(&w, &head);
	wr_bytes(&w, body);
	content_auth_write(&w, SPAN_STR("signature"), type, SPAN_STR("tag"));
	if (sender == SENDER_MEMBER)
		wr_vec(&w, SPAN_STR("membership"));
	return read_message(&w);
}

static void another_version_or_format_is_refused(void)
{
	for (uint64_t version = 0; version < 4; version++)
		for (uint64_t format = 0; format < 8; format++) {
			struct wr w = begin();
			enum wire_format got;
			struct span message;
			struct rd r;

			wr_uint(&w, 2, version);
			wr_uint(&w, 2, format);
			CHECK(wr_end(&w, &message) == OK);
			r = rd_from(message);
			CHECK(mls_message_read(&r, &got) ==
			      (version == 1 && format >= 1 && format <= 5 ? OK : ERR_MALFORMED));
		}
}

static void senders_and_contents_are_of_known_types(void)
{
	static const uint8_t remove[] = { 0, 3, 0, 0, 0, 2 };

	for (unsigned sender = 0; sender < 7; sender++)
		for (unsigned type = 0; type < 5; type++) {
			bool known = sender >= 1 && sender <= 4 && type == CONTENT_PROPOSAL;
			enum err err = read_public((enum content_type)type,
			                           (enum sender_type)sender, SPAN(remove));

			CHECK((err == OK) == known);
		}
}

static void an_unknown_proposal_is_refused(void)
{
	static const uint8_t zero[64];

	for (unsigned type = 0; type < 300; type++) {
		uint8_t body[2 + sizeof(zero)] = { (uint8_t)(type >> 8), (uint8_t)type };
		struct arena a = arena_into(block, sizeof(block));
		struct rd r = rd_from(SPAN(body));
		struct proposal p = { .raw = { body, 99 } };

		if (type >= PROPOSAL_ADD && type <= PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
			continue;
		CHECK(proposal_read(&r, &a, &p) == ERR_MALFORMED && p.raw.n == 99);
	}
}

static void a_commit_says_by_value_or_by_reference(void)
{
	static const uint8_t by_value[] = { 7, 1, 0, 3, 0, 0, 0, 2, 0 };
	static const uint8_t by_ref[] = { 3, 2, 1, 0xaa, 0 };
	static const uint8_t neither[] = { 3, 3, 1, 0xaa, 0 };
	static const uint8_t half_a_path[] = { 3, 2, 1, 0xaa, 1 };
	static const uint8_t strange_path[] = { 3, 2, 1, 0xaa, 2 };
	static const uint8_t ends_within[] = { 2, 2, 1, 0xaa, 0 };

	CHECK(read_public(CONTENT_COMMIT, SENDER_MEMBER, SPAN(by_value)) == OK);
	CHECK(read_public(CONTENT_COMMIT, SENDER_MEMBER, SPAN(by_ref)) == OK);
	CHECK(read_public(CONTENT_COMMIT, SENDER_MEMBER, SPAN(neither)) != OK);
	CHECK(read_public(CONTENT_COMMIT, SENDER_MEMBER, SPAN(half_a_path)) != OK);
	CHECK(read_public(CONTENT_COMMIT, SENDER_MEMBER, SPAN(strange_path)) == ERR_MALFORMED);
	CHECK(read_public(CONTENT_COMMIT, SENDER_MEMBER, SPAN(ends_within)) != OK);
}

static void a_psk_is_external_or_a_resumption(void)
{
	static const uint8_t external[] = { 1, 1, 'x', 1, 'n' };
	static const uint8_t resumption[] = { 2, 1, 1, 'g', 0, 0, 0, 0, 0, 0, 0, 9, 1, 'n' };
	uint8_t other[sizeof(resumption)];
	struct psk_id id;
	struct rd r = rd_from(SPAN(external));

	CHECK(psk_id_read(&r, &id) == OK && id.type == PSK_EXTERNAL && rd_end(&r) == OK);
	r = rd_from(SPAN(resumption));
	CHECK(psk_id_read(&r, &id) == OK && id.epoch == 9 && rd_end(&r) == OK);
	for (unsigned i = 0; i < 256; i++) {
		memcpy(other, resumption, sizeof(other));
		other[1] = (uint8_t)i;
		r = rd_from(SPAN(other));
		CHECK(psk_id_read(&r, &id) == (i >= 1 && i <= 3 ? OK : ERR_MALFORMED));
		other[0] = (uint8_t)i;
		r = rd_from(SPAN(other));
		CHECK(i == 1 || i == 2 || psk_id_read(&r, &id) == ERR_MALFORMED);
	}
}

static void an_address_is_read_from_messages_for_groups_alone(void)
{
	const struct framed_head head = head_of(CONTENT_PROPOSAL, SENDER_EXTERNAL);
	struct message_address to = { .epoch = 99 };
	struct span message;
	struct wr w = begin();

	mls_message_write(&w, WIRE_PUBLIC_MESSAGE);
	framed_head_write(&w, &head);
	CHECK(wr_end(&w, &message) == OK && message_address_read(message, &to) == OK);
	CHECK(to.epoch == 7 && span_is_equal(to.group_id, SPAN_STR("group")));
	CHECK(to.sender.type == SENDER_EXTERNAL && to.sender.index == 1);
	CHECK(to.type == CONTENT_PROPOSAL && to.format == WIRE_PUBLIC_MESSAGE);
	for (size_t n = 0; n < message.n; n++)
		CHECK(message_address_read((struct span){ message.p, n }, &to) != OK);
	for (unsigned format = WIRE_WELCOME; format <= WIRE_KEY_PACKAGE; format++) {
		buf[3] = (uint8_t)format;
		CHECK(message_address_read(message, &to) == ERR_MALFORMED);
	}
}

static void too_many_proposals_are_refused(void)
{
	/* References of no bytes: the smallest proposals that a commit can hold. */
	static uint8_t bytes[2 * (COMMIT_PROPOSALS_MAX + 1) + 8], other[sizeof(block)];

	for (size_t n = COMMIT_PROPOSALS_MAX - 1; n <= COMMIT_PROPOSALS_MAX + 1; n++) {
		struct wr w = wr_into(bytes, sizeof(bytes));
		struct arena a = arena_into(other, sizeof(other));
		struct commit commit;
		struct span in;
		struct rd r;

		wr_varint(&w, 2 * n);
		for (size_t i = 0; i < n; i++)
			wr_uint(&w, 2, PROPOSAL_BY_REFERENCE << 8);
		wr_uint(&w, 1, 0);
		CHECK(wr_end(&w, &in) == OK);
		r = rd_from(in);
		/* What is allowed still needs memory: this is less than it would take. */
		CHECK(commit_read(&r, &a, &commit) ==
		      (n <= COMMIT_PROPOSALS_MAX ? ERR_SPACE : ERR_LIMIT));
	}
}

int main(void)
{
	another_version_or_format_is_refused();
	senders_and_contents_are_of_known_types();
	an_unknown_proposal_is_refused();
	a_commit_says_by_value_or_by_reference();
	a_psk_is_external_or_a_resumption();
	an_address_is_read_from_messages_for_groups_alone();
	too_many_proposals_are_refused();
	return check_report("mls_framing");
}
