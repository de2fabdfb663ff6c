/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/wire/rd.h"
#include "sealed/wire/wr.h"
#include "tests/vectors/vec.h"

void vec_deserialization(struct vec *v, struct json *test)
{
	struct span header = vec_hex(test, "vlbytes_header"), out;
	struct rd r = rd_from(header);
	uint64_t length = rd_varint(&r);
	uint8_t buf[4];
	struct wr w = wr_into(buf, sizeof(buf));

	(void)v;
	CHECK(rd_end(&r) == OK);
	CHECK(length == json_uint(json_get(test, "length")));
	wr_varint(&w, length);
	CHECK(wr_end(&w, &out) == OK && span_is_equal(out, header));
}
