/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/group_context.h"
#include "sealed/mls/message_protection.h"
#include "tests/vectors/vec.h"

/* The case's group has two members, of which the second one sends. */
enum { leaves = 2, sender = 1, scratch_size = 1 << 16 };

struct world {
	struct vec *v;
	struct json *test;
	struct span sig_pub;
	uint8_t sig_priv[SIG_PRIV_MAX];
	struct group_context context;
	struct ratchet_tree tree; /* both leaves are there; nothing else in it is used */
	struct protection protection;
	struct secret_tree keys;
};

static void tree_with_two_members(struct world *w)
{
	static const struct leaf_node nobody;
	uint32_t index;

	/* A leaf without a signature key is enough to be there: keys are given apart. */
	CHECK(ratchet_tree_init(&w->tree, &w->v->arena, w->v->suite) == OK);
	for (uint32_t i = 0; i < leaves; i++) {
		CHECK(ratchet_tree_free_leaf(&w->tree, &index) == OK && index == i);
		w->tree.nodes[2 * index].leaf = arena_alloc(&w->v->arena, sizeof(nobody));
	}
}

/* A secret tree that has given nothing yet. */
static void keys_renew(struct world *w)
{
	CHECK(secret_tree_init(&w->keys, &w->v->arena, w->v->suite, leaves,
	                       vec_hex(w->test, "encryption_secret")) == OK);
}

static void world_init(struct world *w, struct vec *v, struct json *test)
{
	*w = (struct world){ .v = v, .test = test };
	w->sig_pub = vec_hex(test, "signature_pub");
	vec_scalar(test, "signature_priv", w->sig_priv, sig_priv_len(v->suite->sig));
	w->context.suite = v->suite->id;
	w->context.group_id = vec_hex(test, "group_id");
	w->context.epoch = json_uint(json_get(test, "epoch"));
	w->context.tree_hash = vec_hex(test, "tree_hash");
	w->context.confirmed_transcript_hash = vec_hex(test, "confirmed_transcript_hash");
	w->protection.crypto = v->crypto;
	w->protection.suite = v->suite;
	CHECK(group_context_encode(&w->context, &v->arena, &w->protection.context) == OK);
	w->protection.membership_key = vec_hex(test, "membership_key");
	w->protection.sender_data_secret = vec_hex(test, "sender_data_secret");
	w->protection.keys = &w->keys;
	tree_with_two_members(w);
	keys_renew(w);
}

/* The content of a message, as the file has it: application data without a length. */
static struct span content_of(const struct authenticated_content *c, struct arena *a)
{
	const struct content *content = &c->framed.content;
	struct span raw = c->framed.raw;
	struct framed_head head = { c->framed.group_id, c->framed.epoch, c->framed.sender,
		                    c->framed.aad, content->type };
	uint8_t *buf = arena_alloc(a, framed_head_max(&head));
	struct wr w = wr_into(buf, framed_head_max(&head));

	if (content->type == CONTENT_APPLICATION)
		return content->application;
	framed_head_write(&w, &head);
	return (struct span){ raw.p + w.n, raw.n - w.n };
}

static void public_message_opens(struct world *w, struct span message, struct span want)
{
	struct rd r = rd_from(message);
	struct protection other = w->protection;
	struct public_message m;
	enum wire_format format;

	CHECK(mls_message_read(&r, &format) == OK && format == WIRE_PUBLIC_MESSAGE);
	CHECK(public_message_read(&r, &w->v->arena, &m) == OK && rd_end(&r) == OK);
	CHECK(public_message_verify(&w->protection, &m) == OK);
	CHECK(content_verify(&w->protection, w->sig_pub, &m.content, &w->v->arena) == OK);
	CHECK(span_is_equal(content_of(&m.content, &w->v->arena), want));

	other.membership_key = w->protection.sender_data_secret;
	CHECK(public_message_verify(&other, &m) == ERR_AUTH);
	other.context.n--;
	CHECK(content_verify(&other, w->sig_pub, &m.content, &w->v->arena) == ERR_AUTH);
}

static void private_message_opens(struct world *w, struct span message, struct span want)
{
	struct rd r = rd_from(message);
	struct private_message m;
	struct authenticated_content content = { 0 };
	struct message_place place = { 0 };
	enum wire_format format;

	CHECK(mls_message_read(&r, &format) == OK && format == WIRE_PRIVATE_MESSAGE);
	CHECK(private_message_read(&r, &m) == OK && rd_end(&r) == OK);

	/* A forgery does not take the key from the true message. */
	struct private_message forged = m;

	forged.aad = SPAN_STR("forged");
	CHECK(private_message_open(&w->protection, &w->tree, &forged, &w->v->arena, &content,
	                           &place) == ERR_AUTH);

	CHECK(private_message_open(&w->protection, &w->tree, &m, &w->v->arena, &content,
	                           &place) == OK);
	CHECK(place.leaf == sender);
	CHECK(content_verify(&w->protection, w->sig_pub, &content, &w->v->arena) == OK);
	CHECK(span_is_equal(content_of(&content, &w->v->arena), want));
	CHECK(private_message_done(&w->protection, &place) == OK);
	CHECK(private_message_open(&w->protection, &w->tree, &m, &w->v->arena, &content,
	                           &place) == ERR_AUTH);
}

static struct span application_body(struct world *w, struct span data)
{
	size_t cap = data.n + 4;
	struct wr wr = wr_into(arena_alloc(&w->v->arena, cap), cap);
	struct span out = { 0 };

	wr_vec(&wr, data);
	CHECK(wr_end(&wr, &out) == OK);
	return out;
}

/* What is sent: the FramedContent and its FramedContentAuthData. */
static void content_signed(struct world *w, enum wire_format format,
                           const struct framed_head *head, struct span body,
                           struct span *framed, struct span *auth)
{
	size_t cap = framed_head_max(head) + body.n, auth_cap = SIG_MAX + HASH_MAX + 8;
	struct wr wr = wr_into(arena_alloc(&w->v->arena, cap), cap);
	struct wr wa = wr_into(arena_alloc(&w->v->arena, auth_cap), auth_cap);
	uint8_t sig[SIG_MAX];
	size_t sig_len = 0;

	framed_head_write(&wr, head);
	wr_bytes(&wr, body);
	CHECK(wr_end(&wr, framed) == OK);
	CHECK(content_sign(&w->protection, w->sig_priv, format, SENDER_MEMBER, *framed,
	                   &w->v->arena, sig, &sig_len) == OK);
	content_auth_write(&wa, (struct span){ sig, sig_len }, head->type, SPAN_STR("a tag"));
	CHECK(wr_end(&wa, auth) == OK);
}

static void own_messages_open(struct world *w, enum content_type type, struct span want)
{
	struct framed_head head = { w->context.group_id, w->context.epoch,
		                    { SENDER_MEMBER, sender }, SPAN_STR("aad"), type };
	struct span body = type == CONTENT_APPLICATION ? application_body(w, want) : want;
	struct span framed = { 0 }, auth = { 0 }, message = { 0 };
	struct arena scratch;
	enum err expected = type == CONTENT_APPLICATION ? ERR_NOT_NOW : OK;

	content_signed(w, WIRE_PUBLIC_MESSAGE, &head, body, &framed, &auth);
	CHECK(public_message_seal(&w->protection, &head, framed, auth, &w->v->arena,
	                          &message) == expected);
	if (expected == OK)
		public_message_opens(w, message, want);

	CHECK(arena_split(&w->v->arena, scratch_size, &scratch) == OK);
	for (size_t padding = 0; padding <= 256; padding += 128) {
		keys_renew(w);
		content_signed(w, WIRE_PRIVATE_MESSAGE, &head, body, &framed, &auth);
		CHECK(private_message_seal(&w->protection, &head, body, auth, padding,
		                           &scratch, &w->v->arena, &message) == OK);
		keys_renew(w);
		private_message_opens(w, message, want);
	}
}

void vec_message_protection(struct vec *v, struct json *test)
{
	struct world w;

	world_init(&w, v, test);
	public_message_opens(&w, vec_hex(test, "proposal_pub"), vec_hex(test, "proposal"));
	public_message_opens(&w, vec_hex(test, "commit_pub"), vec_hex(test, "commit"));
	private_message_opens(&w, vec_hex(test, "proposal_priv"), vec_hex(test, "proposal"));
	keys_renew(&w);
	private_message_opens(&w, vec_hex(test, "commit_priv"), vec_hex(test, "commit"));
	keys_renew(&w);
	private_message_opens(&w, vec_hex(test, "application_priv"),
	                      vec_hex(test, "application"));
	own_messages_open(&w, CONTENT_PROPOSAL, vec_hex(test, "proposal"));
	own_messages_open(&w, CONTENT_COMMIT, vec_hex(test, "commit"));
	own_messages_open(&w, CONTENT_APPLICATION, vec_hex(test, "application"));
}
