/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/tree_math.h"

uint32_t tree_width(uint32_t leaves)
{
	return 2 * leaves - 1;
}

uint32_t tree_root(uint32_t leaves)
{
	return leaves - 1; /* leaves is a power of two */
}

uint32_t tree_level(uint32_t node)
{
	return (uint32_t)__builtin_ctz(~node);
}

uint32_t tree_left(uint32_t node)
{
	return node ^ (1u << (tree_level(node) - 1));
}

uint32_t tree_right(uint32_t node)
{
	return node ^ (3u << (tree_level(node) - 1));
}

uint32_t tree_parent(uint32_t node)
{
	uint32_t k = tree_level(node);

	/* x01 1..1 and x00 1..1 (after the zero of the level) both lead to x0 11..1. */
	return (node | 1u << k) & ~(2u << k);
}

uint32_t tree_sibling(uint32_t node)
{
	return node ^ (2u << tree_level(node));
}

bool tree_is_leaf(uint32_t node)
{
	return (node & 1) == 0;
}

bool tree_is_in(uint32_t below, uint32_t above)
{
	uint32_t k = tree_level(above);

	return tree_level(below) <= k && below >> k >> 1 == above >> k >> 1;
}

uint32_t tree_common_ancestor(uint32_t a, uint32_t b)
{
	while (!tree_is_in(b, a))
		a = tree_parent(a);
	return a;
}

uint32_t tree_first_leaf(uint32_t node)
{
	return (node + 1 - (1u << tree_level(node))) / 2;
}

uint32_t tree_last_leaf(uint32_t node)
{
	return (node - 1 + (1u << tree_level(node))) / 2;
}
