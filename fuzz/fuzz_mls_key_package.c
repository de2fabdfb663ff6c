/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include <string.h>

#include "sealed/crypto/crypto_openssl.h"
#include "sealed/mls/key_package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Properties: a key package that reads is the bytes that it says, its extensions write
 * back as they were; and none validates that nobody signed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t memory[1 << 20], out[1 << 18];
	struct arena all = arena_into(memory, sizeof(memory)), a, scratch;
	struct wr w = wr_into(out, sizeof(out));
	struct key_package kp;
	struct span wire;

	if (arena_split(&all, 1 << 19, &a) != OK || arena_split(&all, 1 << 18, &scratch) != OK ||
	    key_package_read_message((struct span){ data, size }, &a, &kp) != OK)
		return 0;
	if (kp.raw.p != data + 4 || kp.raw.n != size - 4)
		__builtin_trap();
	extension_list_write(&w, kp.extensions);
	wr_vec(&w, kp.signature);
	if (wr_end(&w, &wire) != OK || wire.n > size ||
	    memcmp(wire.p, data + size - wire.n, wire.n) != 0)
		__builtin_trap();

	const struct leaf_node_rules rules = {
		.crypto = crypto_openssl(),
		.suite = mls_suite_from(kp.suite),
		.scratch = &scratch,
	};

	if (rules.suite != NULL && key_package_validate(&rules, &kp) == OK &&
	    (kp.signature.n == 0 || kp.leaf.signature.n == 0))
		__builtin_trap();
	return 0;
}
