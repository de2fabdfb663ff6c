/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/front/rooms_state.h"

/* A transport's number holds its client's, so that the worker's answers find it; the serial
 * makes answers about an older transport of the same client come to nothing. */
enum { client_bits = 12 };
_Static_assert(FRONT_CLIENTS_MAX <= 1 << client_bits, "a client's number fits");

static void tell_worker(struct rooms *r, const struct ipc_message *m)
{
	r->sink.media(r->sink.arg, m);
}

void media_close(struct rooms *r, uint32_t client)
{
	struct client *c = &r->clients[client];

	if (c->transport == 0)
		return;
	tell_worker(r, &(struct ipc_message){ .type = IPC_CLOSE, .transport = c->transport });
	c->transport = 0;
}

void media_join(struct rooms *r, uint32_t client, const struct message *m)
{
	struct client *c = &r->clients[client];

	media_close(r, client);
	if (++r->transport_serial >= 1u << (32 - client_bits))
		r->transport_serial = 1;
	c->transport = r->transport_serial << client_bits | client;
	tell_worker(r, &(struct ipc_message){
			       .type = IPC_OPEN,
			       .transport = c->transport,
			       .open = { .room = r->rooms[c->room].serial,
			                 .handle = c->handle,
			                 .person_slots = m->media_join.person_slots,
			                 .screen_slots = m->media_join.screen_slots } });
}

void media_answer(struct rooms *r, uint32_t client, const struct message *m)
{
	const struct client *c = &r->clients[client];

	if (c->transport == 0)
		return;
	tell_worker(r, &(struct ipc_message){
			       .type = IPC_ANSWER,
			       .transport = c->transport,
			       .credentials = { m->media_answer.ufrag, m->media_answer.pwd,
			                        m->media_answer.fingerprint } });
}

void media_slots(struct rooms *r, uint32_t client, const struct message *m)
{
	const struct client *c = &r->clients[client];

	if (c->transport != 0)
		tell_worker(r, &(struct ipc_message){ .type = IPC_SLOTS,
			                              .transport = c->transport,
			                              .slots = m->media_slots });
}

static void offer(struct rooms *r, uint32_t client, const struct ipc_message *m,
                  struct span addresses)
{
	struct wr w;
	size_t cap = 1 + 2 * (2 + IPC_CREDENTIAL_MAX) + IPC_FINGERPRINT + 4 + addresses.n;
	struct parcel *p = parcel_create(&r->parcels, cap, &w);

	if (p != NULL) {
		wr_uint(&w, 1, MSG_MEDIA_OFFER);
		wr_vec(&w, m->credentials.ufrag);
		wr_vec(&w, m->credentials.pwd);
		wr_bytes(&w, m->credentials.fingerprint);
		wr_vec(&w, addresses);
		p = parcel_seal(p, &w);
	}
	client_send(r, client, p);
}

static void state(struct rooms *r, uint32_t client, enum ipc_transport_state s)
{
	struct wr w;
	struct parcel *p = parcel_create(&r->parcels, 2, &w);

	if (p != NULL) {
		wr_uint(&w, 1, MSG_MEDIA_STATE);
		wr_uint(&w, 1, s);
		p = parcel_seal(p, &w);
	}
	client_send(r, client, p);
}

void rooms_media(struct rooms *r, const struct ipc_message *m, struct span addresses)
{
	uint32_t client = m->transport & ((1u << client_bits) - 1);

	if (m->transport == 0 || client >= FRONT_CLIENTS_MAX ||
	    r->clients[client].transport != m->transport)
		return;
	switch (m->type) {
	case IPC_OPENED:
		offer(r, client, m, addresses);
		break;
	case IPC_STATE:
		if (m->state == IPC_ENDED)
			r->clients[client].transport = 0;
		state(r, client, m->state);
		break;
	case IPC_REFUSED:
		r->clients[client].transport = 0;
		client_error(r, client, MSG_ERR_MEDIA_UNAVAILABLE, MSG_MEDIA_JOIN);
		break;
	default:
		break;
	}
}

void rooms_media_lost(struct rooms *r)
{
	for (uint32_t i = 0; i < FRONT_CLIENTS_MAX; i++) {
		if (r->clients[i].transport == 0)
			continue;
		r->clients[i].transport = 0;
		state(r, i, IPC_ENDED);
	}
}
