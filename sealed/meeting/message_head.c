/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/meeting/message_head.h"

/* RFC 9420 section 6: ProtocolVersion, WireFormat. */
enum { mls10 = 1, private_message = 2, key_package = 5 };

static void read_format(struct rd *r, unsigned want)
{
	unsigned version = (unsigned)rd_uint(r, 2), format = (unsigned)rd_uint(r, 2);

	if (r->err == OK && (version != mls10 || format != want))
		rd_fail(r, ERR_MALFORMED);
}

enum err message_head_read(struct span message, struct message_head *head)
{
	struct rd r = rd_from(message);

	read_format(&r, private_message);

	struct span group_id = rd_vec(&r);
	uint64_t epoch = rd_uint(&r, 8);
	unsigned content = (unsigned)rd_uint(&r, 1);

	if (r.err != OK || content < MESSAGE_APPLICATION || content > MESSAGE_COMMIT)
		return ERR_MALFORMED;
	*head = (struct message_head){ group_id, epoch, (enum message_content)content };
	return OK;
}

enum err message_key_package_signer(struct span message, struct span *signature_key)
{
	struct rd r = rd_from(message);

	read_format(&r, key_package);
	rd_uint(&r, 2); /* version      */
	rd_uint(&r, 2); /* cipher suite */
	rd_vec(&r);     /* init key     */
	rd_vec(&r);     /* leaf node: encryption key */

	struct span key = rd_vec(&r);

	if (r.err != OK)
		return ERR_MALFORMED;
	*signature_key = key;
	return OK;
}
