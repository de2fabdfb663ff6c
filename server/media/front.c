/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/front.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "server/media/worker.h"

enum { READS_PER_TURN = 64 };

static bool send_message(struct worker *worker, const struct ipc_message *m)
{
	uint8_t bytes[IPC_MESSAGE_MAX];
	size_t n;

	return ipc_write(m, bytes, &n) == OK &&
	       send(worker->front_fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n;
}

static struct span text_span(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static bool tell_opened(struct peer *peer)
{
	struct ipc_message m = { .type = IPC_OPENED, .transport = peer->id };

	m.credentials.ufrag = text_span(peer->ice.local.ufrag);
	m.credentials.pwd = text_span(peer->ice.local.pwd);
	m.credentials.fingerprint =
	    (struct span){ dtls_identity_fingerprint(peer->worker->identity), IPC_FINGERPRINT };
	return send_message(peer->worker, &m);
}

static bool tell_state(struct peer *peer, enum ipc_transport_state state)
{
	return send_message(
	    peer->worker,
	    &(struct ipc_message){ .type = IPC_STATE, .transport = peer->id, .state = state });
}

bool front_tell(struct peer *peer)
{
	if (!peer->told_opened)
		peer->told_opened = tell_opened(peer);
	if (peer->told_opened && peer->connected && !peer->told_connected)
		peer->told_connected = tell_state(peer, IPC_CONNECTED);
	if (peer->told_opened && peer->ended)
		return tell_state(peer, IPC_ENDED);
	return peer->told_opened && peer->told_connected == peer->connected;
}

void front_stats(struct worker *worker)
{
	struct ipc_message m = { .type = IPC_STATS };

	memcpy(m.stats, worker->stats, sizeof(m.stats));
	/* One that is lost is followed by the next, which says all. */
	send_message(worker, &m);
}

static void on_open(struct worker *worker, const struct ipc_message *m)
{
	if (worker_open(worker, m) == OK)
		front_tell(worker_peer(worker, m->transport));
	else
		send_message(worker, &(struct ipc_message){ .type = IPC_REFUSED,
		                                            .transport = m->transport });
}

static void on_message(struct worker *worker, const struct ipc_message *m)
{
	struct peer *peer = worker_peer(worker, m->transport);

	if (m->type == IPC_OPEN) {
		on_open(worker, m);
		return;
	}
	/* One that has ended a moment ago, while the front was speaking to it. */
	if (peer == NULL)
		return;
	switch (m->type) {
	case IPC_ANSWER:
		if (peer_answer(peer, m->credentials.ufrag, m->credentials.pwd,
		                m->credentials.fingerprint.p) != OK)
			peer->ended = peer->ended || peer->dtls == NULL;
		return;
	case IPC_SLOTS:
		room_set_slots(peer, &m->slots, worker_now(worker));
		return;
	case IPC_CLOSE:
		worker_close(peer);
		return;
	default:
		return;
	}
}

bool front_hear(struct worker *worker)
{
	uint8_t bytes[IPC_MESSAGE_MAX];
	struct ipc_message m;

	for (unsigned i = 0; i < READS_PER_TURN; i++) {
		ssize_t n = recv(worker->front_fd, bytes, sizeof(bytes), MSG_DONTWAIT);

		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
		if (n == 0 || ipc_read((struct span){ bytes, (size_t)n }, &m) != OK)
			return false;
		on_message(worker, &m);
	}
	return true;
}
