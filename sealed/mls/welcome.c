/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "sealed/mls/welcome.h"

/* struct {
 *     KeyPackageRef new_member;
 *     HPKECiphertext encrypted_group_secrets;
 * } EncryptedGroupSecrets; */
struct encrypted_group_secrets encrypted_group_secrets_read(struct rd *r)
{
	struct encrypted_group_secrets s;

	s.new_member = rd_vec(r);
	s.kem_output = rd_vec(r);
	s.ciphertext = rd_vec(r);
	return s;
}

void encrypted_group_secrets_write(struct wr *w, const struct encrypted_group_secrets *item)
{
	wr_vec(w, item->new_member);
	wr_vec(w, item->kem_output);
	wr_vec(w, item->ciphertext);
}

/* struct {
 *     CipherSuite cipher_suite;
 *     EncryptedGroupSecrets secrets<V>;
 *     opaque encrypted_group_info<V>;
 * } Welcome; */
enum err mls_welcome_read(struct rd *r, struct mls_welcome *out)
{
	struct mls_welcome m;

	m.suite = (uint16_t)rd_uint(r, 2);
	m.secrets = rd_vec(r);
	m.group_info = rd_vec(r);

	struct rd list = rd_from(m.secrets);

	while (rd_more(&list))
		encrypted_group_secrets_read(&list);
	rd_join(r, &list);
	TRY(r->err);
	*out = m;
	return OK;
}

enum err mls_welcome_find(const struct mls_welcome *welcome, struct span key_package_ref,
                          struct encrypted_group_secrets *out)
{
	struct rd list = rd_from(welcome->secrets);

	while (rd_more(&list)) {
		struct encrypted_group_secrets item = encrypted_group_secrets_read(&list);

		if (list.err == OK && span_is_equal(item.new_member, key_package_ref)) {
			*out = item;
			return OK;
		}
	}
	return ERR_AUTH;
}

static enum err psks_read(struct rd *r, struct arena *a, struct group_secrets *out)
{
	struct rd list = rd_child(r), again = list;
	struct psk_id id, *ids;
	size_t n = 0;

	while (rd_more(&list) && psk_id_read(&list, &id) == OK)
		n++;
	if (n > PSKS_MAX)
		rd_fail(r, ERR_LIMIT);
	rd_join(r, &list);
	TRY(r->err);
	ids = arena_array(a, sizeof(*ids), n);
	if (ids == NULL)
		return ERR_SPACE;
	for (size_t i = 0; i < n; i++)
		TRY(psk_id_read(&again, &ids[i]));
	out->psks = ids;
	out->psk_count = n;
	return OK;
}

/* struct { opaque path_secret<V>; } PathSecret;
 * struct {
 *     opaque joiner_secret<V>;
 *     optional<PathSecret> path_secret;
 *     PreSharedKeyID psks<V>;
 * } GroupSecrets; */
enum err group_secrets_read(struct rd *r, struct arena *a, struct group_secrets *out)
{
	struct group_secrets s = { .joiner_secret = rd_vec(r) };
	uint64_t present = rd_uint(r, 1);

	if (present > 1)
		rd_fail(r, ERR_MALFORMED);
	s.has_path_secret = present == 1;
	if (s.has_path_secret)
		s.path_secret = rd_vec(r);
	TRY(r->err);
	TRY(psks_read(r, a, &s));
	*out = s;
	return OK;
}

void group_secrets_write(struct wr *w, const struct group_secrets *secrets)
{
	size_t opened;

	wr_vec(w, secrets->joiner_secret);
	wr_uint(w, 1, secrets->has_path_secret);
	if (secrets->has_path_secret)
		wr_vec(w, secrets->path_secret);
	opened = wr_open(w);
	for (size_t i = 0; i < secrets->psk_count; i++)
		psk_id_write(w, &secrets->psks[i]);
	wr_close(w, opened);
}

enum err group_secrets_encode(struct arena *a, const struct group_secrets *secrets,
                              struct span *out)
{
	size_t cap = 16 + secrets->joiner_secret.n + secrets->path_secret.n;

	for (size_t i = 0; i < secrets->psk_count; i++)
		cap += 32 + secrets->psks[i].id.n + secrets->psks[i].group_id.n +
		       secrets->psks[i].nonce.n;

	uint8_t *buf = arena_alloc(a, cap);

	if (buf == NULL)
		return ERR_SPACE;

	struct wr w = wr_into(buf, cap);

	group_secrets_write(&w, secrets);
	return wr_end(&w, out);
}
