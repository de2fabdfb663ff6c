/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/ratchet_tree.h"
#include "tests/support/mls_write.h"
#include "tests/vectors/vec.h"

enum { room = 1 << 16 };

static void message_round_trip(struct vec *v, struct json *test, const char *key)
{
	struct span in = vec_hex(test, key), out = { 0 };
	uint8_t buf[room];
	struct wr w = wr_into(buf, sizeof(buf));

	CHECK(mls_message_read_and_write(in, &v->arena, &w) == OK);
	CHECK(wr_end(&w, &out) == OK && span_is_equal(in, out));

	/* No prefix of it is a message. */
	for (size_t n = 0; n < in.n; n++) {
		struct arena a = v->arena;

		w = wr_into(buf, sizeof(buf));
		CHECK(mls_message_read_and_write((struct span){ in.p, n }, &a, &w) != OK);
	}
}

/* The file has the bodies of proposals without their type. */
static void proposal_round_trip(struct vec *v, struct json *test, const char *key,
                                enum proposal_type type)
{
	struct span body = vec_hex(test, key), in, out = { 0 };
	uint8_t typed[room], buf[room];
	struct wr wt = wr_into(typed, sizeof(typed)), w = wr_into(buf, sizeof(buf));
	struct proposal p;
	struct rd r;

	wr_uint(&wt, 2, type);
	wr_bytes(&wt, body);
	CHECK(wr_end(&wt, &in) == OK);
	r = rd_from(in);
	CHECK(proposal_read(&r, &v->arena, &p) == OK && rd_end(&r) == OK && p.type == type);
	write_proposal(&w, &p);
	CHECK(wr_end(&w, &out) == OK && span_is_equal(in, out));
	CHECK(proposal_encode(&v->arena, &p) == OK && span_is_equal(p.raw, in));
	for (size_t n = 0; n < in.n; n++) {
		r = rd_from((struct span){ in.p, n });
		CHECK(proposal_read(&r, &v->arena, &p) != OK);
	}
}

static void commit_round_trip(struct vec *v, struct span in)
{
	struct rd r = rd_from(in);
	struct commit commit;
	uint8_t buf[room];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	CHECK(commit_read(&r, &v->arena, &commit) == OK && rd_end(&r) == OK);
	write_commit(&w, &commit);
	CHECK(wr_end(&w, &out) == OK && span_is_equal(in, out));
}

static void group_secrets_round_trip(struct vec *v, struct span in)
{
	struct rd r = rd_from(in);
	struct group_secrets secrets;
	struct span out = { 0 };

	CHECK(group_secrets_read(&r, &v->arena, &secrets) == OK && rd_end(&r) == OK);
	CHECK(group_secrets_encode(&v->arena, &secrets, &out) == OK && span_is_equal(in, out));
}

static void tree_round_trip(struct vec *v, struct span in)
{
	struct ratchet_tree t;
	uint8_t buf[room];
	struct wr w = wr_into(buf, sizeof(buf));
	struct span out = { 0 };

	CHECK(ratchet_tree_read(&t, &v->arena, mls_suite_from(1), in) == OK);
	ratchet_tree_write(&w, &t);
	CHECK(wr_end(&w, &out) == OK && span_is_equal(in, out));
}

void vec_messages(struct vec *v, struct json *test)
{
	static const char *const messages[] = {
		"mls_welcome",
		"mls_group_info",
		"mls_key_package",
		"public_message_application",
		"public_message_proposal",
		"public_message_commit",
		"private_message",
	};

	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		message_round_trip(v, test, messages[i]);
	proposal_round_trip(v, test, "add_proposal", PROPOSAL_ADD);
	proposal_round_trip(v, test, "update_proposal", PROPOSAL_UPDATE);
	proposal_round_trip(v, test, "remove_proposal", PROPOSAL_REMOVE);
	proposal_round_trip(v, test, "pre_shared_key_proposal", PROPOSAL_PSK);
	proposal_round_trip(v, test, "re_init_proposal", PROPOSAL_REINIT);
	proposal_round_trip(v, test, "external_init_proposal", PROPOSAL_EXTERNAL_INIT);
	proposal_round_trip(v, test, "group_context_extensions_proposal",
	                    PROPOSAL_GROUP_CONTEXT_EXTENSIONS);
	commit_round_trip(v, vec_hex(test, "commit"));
	group_secrets_round_trip(v, vec_hex(test, "group_secrets"));
	tree_round_trip(v, vec_hex(test, "ratchet_tree"));
}
