/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/mls/key_package.h"
#include "sealed/mls/labels.h"
#include "tests/support/check.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/provider.h"

/* Leaf nodes and key packages: ours, and those of people who mean no good. */

enum { memory_size = 1 << 20 };

static uint8_t memory[memory_size];
static struct arena arena, scratch;
static struct crypto_fake fake;
static uint8_t sig_priv[SIG_PRIV_MAX], sig_pub[SIG_PUB_MAX];
static const uint16_t extension_types[] = { 0xff01 };
static const struct mls_extension leaf_extensions[] = { { 0xff01, { (const uint8_t *)"x", 1 } } };
static struct mls_identity identity;
static struct mls_config config;
static struct leaf_node_rules rules;

static void set_up(uint16_t suite)
{
	struct arena all = arena_into(memory, memory_size);

	crypto_fake_init(&fake, provider(), 4);
	fake.fail_at = CRYPTO_FAKE_NEVER;
	CHECK(arena_split(&all, memory_size / 3, &arena) == OK);
	CHECK(arena_split(&all, memory_size / 3, &scratch) == OK);
	rules = (struct leaf_node_rules){
		.crypto = &fake.table,
		.suite = mls_suite_from(suite),
		.now = 500,
		.check_lifetime = true,
		.scratch = &scratch,
	};
	CHECK(sig_generate(&fake.table, rules.suite->sig, sig_priv, sig_pub) == OK);
	identity = (struct mls_identity){
		.suite = suite,
		.sig_priv = sig_priv,
		.sig_pub = { sig_pub, sig_pub_len(rules.suite->sig) },
		.credential_type = MLS_CREDENTIAL_BASIC,
		.credential = SPAN_STR("eva"),
		.extension_types = extension_types,
		.extension_type_count = 1,
		.leaf_extensions = leaf_extensions,
		.leaf_extension_count = 1,
	};
	config = (struct mls_config){ .crypto = &fake.table, .identity = &identity };
}

static struct key_package ours(struct mls_key_package_secrets *secrets)
{
	struct span message = { 0 };
	struct key_package kp = { 0 };

	CHECK(mls_key_package_create(&config, 100, 1000, &scratch, &arena, &message, secrets) ==
	      OK);
	CHECK(key_package_read_message(message, &arena, &kp) == OK);
	return kp;
}

static struct leaf_node leaf_from(const struct leaf_node_plan *plan)
{
	struct leaf_node leaf = { 0 };

	CHECK(leaf_node_create(&config, plan, &arena, &leaf) == OK);
	return leaf;
}

/* A plan with a fresh, good key. */
static struct leaf_node_plan plan_of(enum leaf_node_source source)
{
	static uint8_t pub[HPKE_PUB_MAX], priv[HPKE_PRIV_MAX];

	CHECK(encryption_key_create(&fake.table, rules.suite, priv, pub) == OK);
	return (struct leaf_node_plan){
		.source = source,
		.encryption_key = { pub, hpke_pub_len(rules.suite->hpke.kem) },
		.not_before = 100,
		.not_after = 1000,
		.parent_hash = SPAN_STR("hash"),
		.group_id = SPAN_STR("group"),
		.leaf = 3,
	};
}

static void a_key_package_of_ours_is_valid_in_every_suite(void)
{
	static const uint16_t suites[] = { 1, 2, 3, 5, 7 };

	for (size_t i = 0; i < ARRAY_LEN(suites); i++) {
		struct mls_key_package_secrets secrets;
		uint8_t pub[HPKE_PUB_MAX], ref[HASH_MAX], other[HASH_MAX];

		set_up(suites[i]);
		struct key_package kp = ours(&secrets), next = ours(&secrets);
		const enum hpke_kem kem = rules.suite->hpke.kem;
		const struct span derived = { pub, hpke_pub_len(kem) };

		CHECK(key_package_validate(&rules, &kp) == OK);
		CHECK(hpke_public(&fake.table, kem, secrets.init_priv, pub) == OK);
		CHECK(span_is_equal(derived, next.init_key));
		CHECK(hpke_public(&fake.table, kem, secrets.encryption_priv, pub) == OK);
		CHECK(span_is_equal(derived, next.leaf.encryption_key));
		CHECK(key_package_ref(&fake.table, rules.suite, &kp, ref) == OK);
		CHECK(key_package_ref(&fake.table, rules.suite, &next, other) == OK);
		CHECK(memcmp(ref, other, hash_len(rules.suite->hash)) != 0);
		CHECK(kp.leaf.extensions.count == 1);
	}
}

static void what_we_list_and_what_we_add_to_be_ignored(void)
{
	struct mls_key_package_secrets secrets;

	set_up(1);
	struct key_package kp = ours(&secrets);
	const struct capabilities *c = &kp.leaf.capabilities;

	CHECK(c->versions.n == 2 && u16_list_has(c->versions, 1));
	CHECK(u16_list_has(c->cipher_suites, 7) && !u16_list_has(c->cipher_suites, 4));
	CHECK(c->cipher_suites.n == 2 * 6 && c->extensions.n == 2 * 2);
	CHECK(u16_list_has(c->extensions, 0xff01));
	CHECK(u16_list_has(c->credentials, 1) && u16_list_has(c->credentials, 2));
	CHECK(kp.extensions.count == 1 && (kp.extensions.items[0].type & 0x0f0f) == 0x0a0a);
}

static void every_prefix_and_every_longer_form_is_refused(void)
{
	static uint8_t longer[2048];
	struct mls_key_package_secrets secrets;
	struct span message = { 0 };
	struct key_package kp;

	set_up(1);
	CHECK(mls_key_package_create(&config, 1, 2, &scratch, &arena, &message, &secrets) == OK);
	for (size_t n = 0; n < message.n; n++)
		CHECK(key_package_read_message((struct span){ message.p, n }, &arena, &kp) ==
		      ERR_TRUNCATED);
	memcpy(longer, message.p, message.n);
	CHECK(key_package_read_message((struct span){ longer, message.n + 1 }, &arena, &kp) ==
	      ERR_MALFORMED);
	for (size_t i = 0; i < 6; i++) { /* version, wire format, version */
		memcpy(longer, message.p, message.n);
		longer[i] ^= 2;
		CHECK(key_package_read_message((struct span){ longer, message.n }, &arena, &kp) ==
		      ERR_MALFORMED);
	}
}

static void every_bit_is_signed(void)
{
	static uint8_t altered[2048];
	struct mls_key_package_secrets secrets;

	set_up(1);
	struct key_package kp = ours(&secrets), read;

	for (size_t i = 0; i < kp.raw.n; i++) {
		struct rd r = rd_from((struct span){ altered, kp.raw.n });
		size_t mark = arena_mark(&arena);

		memcpy(altered, kp.raw.p, kp.raw.n);
		altered[i] ^= 1;
		CHECK(key_package_read(&r, &arena, &read) != OK || rd_end(&r) != OK ||
		      key_package_validate(&rules, &read) != OK);
		arena_release(&arena, mark);
	}
}

static void a_key_package_for_something_else_is_refused(void)
{
	struct mls_key_package_secrets secrets;

	set_up(1);
	struct key_package kp = ours(&secrets), other = kp;

	other.version = 2;
	CHECK(key_package_validate(&rules, &other) == ERR_MALFORMED);
	rules.suite = mls_suite_from(3); /* same algorithms of key and signature */
	CHECK(key_package_validate(&rules, &kp) == ERR_MALFORMED);
	rules.suite = mls_suite_from(1);
	CHECK(key_package_validate(&rules, &kp) == OK);
}

/* Signs a key package anew after its parts were changed. */
static struct key_package signed_again(struct span init_key, const struct leaf_node *leaf)
{
	static uint8_t buf[2048];
	struct wr w = wr_into(buf, sizeof(buf));
	uint8_t sig[SIG_MAX];
	size_t sig_len = 0;
	struct span tbs = { 0 }, whole = { 0 };
	struct key_package kp = { 0 };

	wr_uint(&w, 2, 1);
	wr_uint(&w, 2, rules.suite->id);
	wr_vec(&w, init_key);
	wr_bytes(&w, leaf->raw);
	wr_uint(&w, 1, 0);
	CHECK(wr_end(&w, &tbs) == OK);
	CHECK(mls_sign_with_label(&fake.table, rules.suite, sig_priv, SPAN_STR("KeyPackageTBS"),
	                          tbs, &scratch, sig, &sig_len) == OK);
	wr_vec(&w, (struct span){ sig, sig_len });
	CHECK(wr_end(&w, &whole) == OK);

	struct rd r = rd_from(whole);

	CHECK(key_package_read(&r, &arena, &kp) == OK);
	return kp;
}

static void init_and_leaf_key_differ_and_both_can_be_used(void)
{
	static const uint8_t zero[32] = { 0 };
	struct mls_key_package_secrets secrets;
	struct leaf_node_plan plan;

	set_up(1);
	struct key_package kp = ours(&secrets);
	struct key_package again = signed_again(kp.init_key, &kp.leaf);

	CHECK(key_package_validate(&rules, &again) == OK);
	again = signed_again(kp.leaf.encryption_key, &kp.leaf);
	CHECK(key_package_validate(&rules, &again) == ERR_MALFORMED);
	again = signed_again(SPAN(zero), &kp.leaf);
	CHECK(key_package_validate(&rules, &again) == ERR_MALFORMED);
	again = signed_again((struct span){ kp.init_key.p, 31 }, &kp.leaf);
	CHECK(key_package_validate(&rules, &again) == ERR_MALFORMED);

	plan = plan_of(LEAF_NODE_KEY_PACKAGE);
	plan.encryption_key = SPAN(zero);
	CHECK(leaf_node_validate(&rules, &(struct leaf_node){ 0 }, 0, 0) == ERR_MALFORMED);
	struct leaf_node leaf = leaf_from(&plan);

	again = signed_again(kp.init_key, &leaf);
	CHECK(key_package_validate(&rules, &again) == ERR_MALFORMED);
	plan = plan_of(LEAF_NODE_KEY_PACKAGE);
	plan.encryption_key.n--;
	leaf = leaf_from(&plan);
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == ERR_MALFORMED);
	plan = plan_of(LEAF_NODE_UPDATE);
	leaf = leaf_from(&plan);
	again = signed_again(kp.init_key, &leaf);
	CHECK(key_package_validate(&rules, &again) == ERR_MALFORMED);
}

static enum err validate(const struct leaf_node_plan *plan, unsigned source)
{
	struct leaf_node leaf = leaf_from(plan);

	return leaf_node_validate(&rules, &leaf, 3, source);
}

static void a_leaf_belongs_to_its_source_group_and_place(void)
{
	struct leaf_node_plan plan;
	struct leaf_node leaf;

	set_up(1);
	rules.group_id = SPAN_STR("group");
	for (unsigned source = LEAF_NODE_KEY_PACKAGE; source <= LEAF_NODE_COMMIT; source++) {
		plan = plan_of(source);
		for (unsigned wanted = 0; wanted <= LEAF_NODE_COMMIT; wanted++)
			CHECK(validate(&plan, wanted) ==
			      (wanted == 0 || wanted == source ? OK : ERR_MALFORMED));
		leaf = leaf_from(&plan);
		enum err bound = source == LEAF_NODE_KEY_PACKAGE ? OK : ERR_AUTH;

		CHECK(leaf_node_validate(&rules, &leaf, 4, 0) == bound);
		rules.group_id = SPAN_STR("other");
		CHECK(leaf_node_validate(&rules, &leaf, 3, 0) == bound);
		rules.group_id = SPAN_STR("group");
	}
	CHECK(leaf.parent_hash.n == 4);
}

static void a_key_package_has_its_time(void)
{
	struct leaf_node_plan plan;

	set_up(1);
	plan = plan_of(LEAF_NODE_KEY_PACKAGE);
	CHECK(validate(&plan, 0) == OK);
	rules.now = 99;
	CHECK(validate(&plan, 0) == ERR_MALFORMED);
	rules.now = 1001;
	CHECK(validate(&plan, 0) == ERR_MALFORMED);
	rules.check_lifetime = false;
	CHECK(validate(&plan, 0) == OK);
	rules.check_lifetime = true;
	rules.now = 100;
	rules.lifetime_max = 900;
	CHECK(validate(&plan, 0) == OK);
	rules.lifetime_max = 899;
	CHECK(validate(&plan, 0) == ERR_MALFORMED);
	plan.source = LEAF_NODE_UPDATE;
	CHECK(leaf_node_validate(&rules, &(struct leaf_node){ 0 }, 0, LEAF_NODE_UPDATE) ==
	      ERR_MALFORMED);
}

static void a_leaf_can_what_the_group_and_itself_need(void)
{
	static const uint8_t one[] = { 0, 1 }, two[] = { 0, 2 };
	static const struct mls_extension known[] = { { 0xff01, { 0 } } };
	static const struct mls_extension unknown[] = { { 0xff02, { 0 } } };
	struct leaf_node_plan plan;
	struct leaf_node leaf;

	set_up(1);
	plan = plan_of(LEAF_NODE_KEY_PACKAGE);
	leaf = leaf_from(&plan);
	rules.group_extensions = (struct extension_list){ known, 1 };
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == OK);
	rules.group_extensions = (struct extension_list){ unknown, 1 };
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == ERR_MALFORMED);
	rules.group_extensions.count = 0;

	leaf.capabilities.versions = SPAN(two);
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == ERR_MALFORMED);
	leaf = leaf_from(&plan);
	leaf.capabilities.cipher_suites = SPAN(two);
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == ERR_MALFORMED);
	leaf = leaf_from(&plan);
	leaf.capabilities.credentials = SPAN(two);
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == ERR_MALFORMED);
	leaf = leaf_from(&plan);
	leaf.capabilities.extensions = SPAN(one);
	CHECK(leaf_node_validate(&rules, &leaf, 0, 0) == ERR_MALFORMED);
}

static enum err refuse(void *arg, const struct mls_member *member, uint64_t now)
{
	CHECK(member->leaf == 3 && now == 500);
	CHECK(span_is_equal(member->credential, SPAN_STR("eva")));
	CHECK(span_is_equal(member->signature_key, identity.sig_pub));
	CHECK(member->extension_count == 1);
	return *(enum err *)arg;
}

static void the_judge_has_the_last_word(void)
{
	enum err word = ERR_AUTH;
	const struct mls_judge judge = { .arg = &word, .credential = refuse };
	struct leaf_node_plan plan;

	set_up(1);
	plan = plan_of(LEAF_NODE_KEY_PACKAGE);
	rules.judge = &judge;
	CHECK(validate(&plan, 0) == ERR_AUTH);
	word = OK;
	CHECK(validate(&plan, 0) == OK);
}

static void a_failing_provider_is_reported(void)
{
	struct mls_key_package_secrets secrets;
	struct span message;
	uint64_t at = 0;

	set_up(1);
	for (;; at++) {
		enum err err;

		fake.calls = 0;
		fake.has_failed = false;
		fake.fail_at = at;
		arena_clear(&arena);
		err = mls_key_package_create(&config, 1, 2, &scratch, &arena, &message, &secrets);
		if (!fake.has_failed) {
			CHECK(err == OK);
			break;
		}
		CHECK(err == ERR_PROVIDER);
	}
	CHECK(at > 8);
	identity.suite = (enum mls_suite_id)4;
	CHECK(mls_key_package_create(&config, 1, 2, &scratch, &arena, &message, &secrets) ==
	      ERR_MALFORMED);
	identity.suite = (enum mls_suite_id)1;
	fake.fail_at = CRYPTO_FAKE_NEVER;
	for (size_t cap = 0; cap < 4096; cap += 64) {
		static uint8_t little[4096];
		struct arena small = arena_into(little, cap);
		enum err err = mls_key_package_create(&config, 1, 2, &small, &arena, &message,
		                                      &secrets);

		CHECK(err == OK || err == ERR_SPACE);
		arena_clear(&arena);
	}
}

int main(void)
{
	a_key_package_of_ours_is_valid_in_every_suite();
	what_we_list_and_what_we_add_to_be_ignored();
	every_prefix_and_every_longer_form_is_refused();
	every_bit_is_signed();
	a_key_package_for_something_else_is_refused();
	init_and_leaf_key_differ_and_both_can_be_used();
	a_leaf_belongs_to_its_source_group_and_place();
	a_key_package_has_its_time();
	a_leaf_can_what_the_group_and_itself_need();
	the_judge_has_the_last_word();
	a_failing_provider_is_reported();
	return check_report("key_package");
}
