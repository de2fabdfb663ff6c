/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MLS_TREE_MATH_H
#define ZEGEL_MLS_TREE_MATH_H

#include <stdbool.h>
#include <stdint.h>

/* Indices of the full binary tree in an array, RFC 9420 appendix C: leaf i is node 2i, a
 * node whose index ends in k ones (binary) has level k. Only the root depends on the
 * size. All of it is public, nothing fails; preconditions are stated.
 *
 *          3          leaves: 0 1 2 3
 *      1       5      nodes:  0 2 4 6, parents 1 5 3
 *    0   2   4   6
 *
 * A tree has 2^d leaves with d <= TREE_DEPTH_MAX, so that no sum overflows. */
enum {
	TREE_DEPTH_MAX = 16, /* 65536 leaves: far more than a meeting, small enough for  */
	                     /* fixed arrays over a direct path                          */
	TREE_LEAVES_MAX = 1 << TREE_DEPTH_MAX,
};

uint32_t tree_width(uint32_t leaves); /* nodes, of a tree with that many leaves > 0 */
uint32_t tree_root(uint32_t leaves);
uint32_t tree_level(uint32_t node);   /* leaves: 0 */
uint32_t tree_left(uint32_t node);    /* of a parent node */
uint32_t tree_right(uint32_t node);
uint32_t tree_parent(uint32_t node);  /* in a tree large enough to have it */
uint32_t tree_sibling(uint32_t node);

bool tree_is_leaf(uint32_t node);
/* Is `below` in the subtree of `above`? A node is in its own. */
bool tree_is_in(uint32_t below, uint32_t above);
uint32_t tree_common_ancestor(uint32_t a, uint32_t b);
/* First and last leaf (as leaf indices) below a node. */
uint32_t tree_first_leaf(uint32_t node);
uint32_t tree_last_leaf(uint32_t node);

#endif
