/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_TESTS_MLS_WRITE_H
#define ZEGEL_TESTS_MLS_WRITE_H

#include "sealed/mls/framing.h"
#include "sealed/mls/group_info.h"
#include "sealed/mls/welcome.h"

/* The wire form of what was read, field by field and never from the bytes as they came:
 * what a reader overlooked or put into the wrong field does not come out again. */
void write_leaf_node(struct wr *w, const struct leaf_node *leaf);
void write_key_package(struct wr *w, const struct key_package *kp);
void write_proposal(struct wr *w, const struct proposal *p);
void write_commit(struct wr *w, const struct commit *commit);
void write_public_message(struct wr *w, const struct public_message *m);
void write_private_message(struct wr *w, const struct private_message *m);
void write_group_info(struct wr *w, const struct group_info *info);
void write_welcome(struct wr *w, const struct mls_welcome *welcome);

/* Any MLSMessage: read, and written again. The error is the reader's. */
MUST_USE enum err mls_message_read_and_write(struct span message, struct arena *a,
                                             struct wr *w);

#endif
