/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_GROUP_COMMIT_H
#define ZEGEL_MLS_GROUP_COMMIT_H

#include "sealed/mls/group_state.h"

/* A commit of ours in the making, RFC 9420 section 12.4.1: from a list of proposals to the
 * next epoch and the message that tells of it. A member's and a joiner's (12.4.3.2) differ
 * in where they begin. For the files group_commit.c, group_welcome.c, group_external.c. */
struct commit_job {
	struct mls_group *g;
	struct epoch *old, *next;
	uint64_t now;
	enum wire_format format;
	struct span aad;
	size_t padding;
	bool force_path, with_tree;
	struct proposal_list list;
	struct sender sender;
	uint32_t leaf; /* the committer's, in the next epoch */
	const uint8_t *init_secret;

	/* From here on it is worked out. */
	struct proposal_effect effect;
	bool has_path;
	struct treekem_path path;
	uint8_t psk_secret[HASH_MAX], joiner_secret[HASH_MAX];
	struct framed_head head;
	struct span body;   /* the Commit         */
	struct span framed; /* the FramedContent  */
	struct span message, welcome; /* in the next epoch's arena */
};

/* From list to message. On an error the next epoch is half made: clear it. */
MUST_USE enum err commit_job_run(struct commit_job *job);
/* Wipes the secrets in it. */
void commit_job_clear(struct commit_job *job);

/* --- group_welcome.c --- */

/* job->welcome, for those who were added; empty if there are none. */
MUST_USE enum err commit_job_welcome(struct commit_job *job);

#endif
