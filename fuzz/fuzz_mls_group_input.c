/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <stdlib.h>
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/mls/group_state.h"
#include "tests/support/crypto_fake.h"
#include "tests/support/mls_client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A member who is a traitor says what it likes: its messages bear true tags, and the
 * signatures of all hold by decree. Property: whatever it says, a commit without the right
 * confirmation tag is refused, and what is refused leaves the group as it was.
 *
 *   input: kind (message as it is, proposal, commit), sender type, sender index, the bytes */
enum { block = 96 << 10, message_max = 1 << 14 };

static struct mls_client traitor, victim;
static struct crypto lenient;
static struct crypto_fake fake;
static uint8_t *snapshot, scratch_block[1 << 17];
static size_t snapshot_size;

static enum err verify_by_decree(void *ctx, enum sig_alg alg, struct span pub, struct span msg,
                                 struct span sig)
{
	(void)ctx;
	(void)alg;
	(void)pub;
	(void)msg;
	(void)sig;
	return OK;
}

static void must(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void begin(void)
{
	struct mls_client *const joining = &victim;

	crypto_fake_init(&fake, crypto_openssl(), 1);
	fake.fail_at = CRYPTO_FAKE_NEVER;
	lenient = fake.table;
	lenient.verify = verify_by_decree;
	mls_client_init(&traitor, &lenient, 1, block, "traitor");
	mls_client_init(&victim, &lenient, 1, block, "victim");
	must(mls_client_create(&traitor, "group") == OK);
	must(mls_client_add(&traitor, NULL, 0, &joining, 1) == OK);
	snapshot_size = victim.arena.used;
	snapshot = malloc(snapshot_size);
	must(snapshot != NULL);
	memcpy(snapshot, victim.arena.base, snapshot_size);
}

/* The victim's memory as it was: addresses in it stay the same. */
static void restore(void)
{
	memcpy(victim.arena.base, snapshot, snapshot_size);
}

static bool message_from(const uint8_t *data, size_t size, struct arena *a, struct span *out)
{
	static const uint8_t tag[HASH_MAX];
	struct epoch *e = traitor.group->current;
	struct protection p = epoch_protection(e, &lenient);
	const struct framed_head head = {
		.group_id = e->context.group_id,
		.epoch = e->context.epoch,
		.sender = { (enum sender_type)(data[1] % 4 + 1), data[2] % 4 },
		.type = data[0] % 3 == 1 ? CONTENT_PROPOSAL : CONTENT_COMMIT,
	};
	uint8_t framed[message_max + 256], auth[256];
	struct wr wf = wr_into(framed, sizeof(framed)), wa = wr_into(auth, sizeof(auth));
	struct span framed_span, auth_span;

	if (data[0] % 3 == 0) {
		*out = (struct span){ data + 3, size - 3 };
		return true;
	}
	framed_head_write(&wf, &head);
	wr_bytes(&wf, (struct span){ data + 3, size - 3 });
	content_auth_write(&wa, SPAN_STR("signature"), head.type, (struct span){ tag, 32 });
	return wr_end(&wf, &framed_span) == OK && wr_end(&wa, &auth_span) == OK &&
	       public_message_seal(&p, &head, framed_span, auth_span, a, out) == OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = arena_into(scratch_block, sizeof(scratch_block));
	struct mls_received got = { 0 };
	uint8_t before[HASH_MAX];
	struct span message, authenticator;
	bool had;
	enum err err;

	if (snapshot == NULL)
		begin();
	if (size < 3 || size > message_max || !message_from(data, size, &a, &message))
		return 0;
	authenticator = mls_group_epoch_authenticator(victim.group);
	memcpy(before, authenticator.p, authenticator.n);
	had = mls_group_has_proposals(victim.group);
	err = mls_group_input(victim.group, message, CLIENT_NOW, &got);
	must(err != OK || got.kind == MLS_GOT_PROPOSAL);
	must(mls_group_epoch(victim.group) == 1);
	authenticator = mls_group_epoch_authenticator(victim.group);
	must(memcmp(before, authenticator.p, authenticator.n) == 0);
	must(err == OK || mls_group_has_proposals(victim.group) == had);
	restore();
	return 0;
}
