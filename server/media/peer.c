/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/peer.h"

#include <stdlib.h>

#include "sealed/wire/wipe.h"
#include "server/media/feedback.h"
#include "server/media/front.h"
#include "server/media/worker.h"

static void on_tick(void *arg, uint64_t now);
static void on_dtls_timer(void *arg, uint64_t now);

static void slots_init(struct peer *peer, size_t persons)
{
	for (size_t i = 0; i < peer->slots_n; i++)
		slot_init(&peer->slots[i], peer,
		          (uint8_t)(i < persons ? i : IPC_SCREEN_SLOT_FIRST + i - persons));
}

struct peer *peer_create(struct worker *worker, uint32_t id, uint32_t handle,
                         size_t person_slots, size_t screen_slots)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	size_t slots = person_slots + screen_slots;

	if (peer == NULL)
		return NULL;
	peer->worker = worker;
	peer->id = id;
	peer->handle = handle;
	peer->rtt = RTT_DEFAULT;
	peer->opened_at = worker_now(worker);
	peer->tick = (struct timer){ .fn = on_tick, .arg = peer };
	peer->dtls_timer = (struct timer){ .fn = on_dtls_timer, .arg = peer };
	peer->echoes = calloc(ECHOES_MAX, sizeof(*peer->echoes));
	peer->slots = calloc(slots + 1, sizeof(*peer->slots));
	if (peer->echoes == NULL || peer->slots == NULL)
		goto out;
	peer->slots_n = slots;
	slots_init(peer, person_slots);
	if (ice_lite_init(&peer->ice, worker->ice, peer) != OK)
		goto out;
	if (timer_set(loop_timers(worker->loop), &peer->tick, peer->opened_at + PEER_TICK) ==
	    OK)
		return peer;
	ice_lite_clear(&peer->ice, worker->ice);
out:
	free(peer->echoes);
	free(peer->slots);
	free(peer);
	return NULL;
}

static void untouch(struct peer *peer)
{
	struct peer **at = &peer->worker->touched;

	while (peer->is_touched && *at != NULL && *at != peer)
		at = &(*at)->touched_next;
	if (peer->is_touched && *at == peer)
		*at = peer->touched_next;
	peer->is_touched = false;
}

void peer_destroy(struct peer **peerp)
{
	struct peer *peer = *peerp;
	struct timers *timers = loop_timers(peer->worker->loop);

	*peerp = NULL;
	timer_stop(timers, &peer->tick);
	timer_stop(timers, &peer->dtls_timer);
	untouch(peer);
	ice_lite_clear(&peer->ice, peer->worker->ice);
	for (size_t i = 0; i < LAYERS; i++)
		layer_clear(&peer->layers[i]);
	if (peer->dtls != NULL)
		dtls_destroy(&peer->dtls);
	if (peer->srtp_in != NULL)
		srtp_in_destroy(&peer->srtp_in);
	if (peer->srtp_out != NULL)
		srtp_out_destroy(&peer->srtp_out);
	free(peer->echoes);
	free(peer->slots);
	free(peer);
}

uint64_t peer_ntp(uint64_t now)
{
	/* No wall clock: receivers need a common time, not the true one. The constant keeps it
	 * far from zero, which means "unknown" in reports. */
	const uint64_t since = 3000000000u;

	return ((now / TIME_S(1) + since) << 32) | ((now % TIME_S(1)) << 32) / TIME_S(1);
}

bool peer_may_say(struct peer *peer, uint64_t now)
{
	bool may = quota_take(&peer->arrivals, now, ARRIVAL_PERIOD, ARRIVAL_BURST);

	worker_count(peer->worker, IPC_STAT_RTP_TOO_MANY, !may);
	return may;
}

void peer_touch(struct peer *peer)
{
	if (peer->is_touched)
		return;
	peer->is_touched = true;
	peer->touched_next = peer->worker->touched;
	peer->worker->touched = peer;
}

struct slot *peer_slot(struct peer *peer, uint8_t number)
{
	for (size_t i = 0; i < peer->slots_n; i++)
		if (peer->slots[i].number == number)
			return &peer->slots[i];
	return NULL;
}

struct track *peer_track(struct peer *peer, uint32_t ssrc)
{
	uint32_t number = (ssrc - profile_ssrc(0, TRACK_AUDIO)) >> 4;
	struct slot *slot = number < 256 ? peer_slot(peer, (uint8_t)number) : NULL;

	if (slot != NULL && ssrc == slot->audio.ssrc)
		return &slot->audio;
	return slot != NULL && ssrc == slot->video.ssrc ? &slot->video : NULL;
}

/* Its end is told at the next tick, which frees it: never under somebody's feet. */
static void end(struct peer *peer)
{
	peer->ended = true;
	peer->connected = false;
}

static enum err keys_take(struct peer *peer)
{
	struct dtls_keys keys;

	TRY(dtls_export(peer->dtls, &keys));
	peer->srtp_in = srtp_in_create(&keys.in);
	peer->srtp_out = srtp_out_create(&keys.out);
	wipe(&keys, sizeof(keys));
	return peer->srtp_in != NULL && peer->srtp_out != NULL ? OK : ERR_SPACE;
}

static void on_handshake_done(struct peer *peer, uint64_t now)
{
	if (keys_take(peer) != OK) {
		end(peer);
		return;
	}
	peer->connected = true;
	front_tell(peer);
	room_aim(peer, now);
}

void peer_probe(struct peer *peer)
{
	uint64_t now = worker_now(peer->worker);
	uint8_t probe[STUN_MESSAGE_MAX];
	struct addr to;
	size_t n;

	while (ice_lite_probe_next(&peer->ice) <= now &&
	       ice_lite_probe(&peer->ice, now, &to, probe, &n) == OK && n != 0)
		udp_tx_send(peer->worker->tx, &to, (struct span){ probe, n });
}

static void dtls_pump(struct peer *peer, uint64_t now)
{
	const struct addr *to = ice_lite_target(&peer->ice, now);
	struct span datagram;

	if (to == NULL && peer->dtls_from.family != 0)
		to = &peer->dtls_from;
	while (dtls_output(peer->dtls, &datagram))
		if (to != NULL)
			udp_tx_send(peer->worker->tx, to, datagram);
	switch (dtls_state(peer->dtls)) {
	case DTLS_HANDSHAKE:
		break;
	case DTLS_DONE:
		if (peer->srtp_in == NULL && !peer->ended)
			on_handshake_done(peer, now);
		break;
	case DTLS_FAILED:
		worker_count(peer->worker, IPC_STAT_DTLS_FAILED, !peer->ended);
		end(peer);
		break;
	case DTLS_CLOSED:
		end(peer);
		break;
	}

	uint64_t next = dtls_next(peer->dtls);

	/* A timer that cannot be set costs a retransmission, and CONNECT_DEADLINE ends it. */
	if (next == TIME_NEVER ||
	    timer_set(loop_timers(peer->worker->loop), &peer->dtls_timer, next) != OK)
		timer_stop(loop_timers(peer->worker->loop), &peer->dtls_timer);
}

enum err peer_answer(struct peer *peer, struct span ufrag, struct span pwd,
                     const uint8_t fingerprint[DTLS_FINGERPRINT])
{
	uint64_t now = worker_now(peer->worker);

	if (peer->dtls != NULL)
		return ERR_NOT_NOW;
	TRY(ice_lite_set_remote(&peer->ice, ufrag));
	TRY(ice_lite_demand_proof(&peer->ice, pwd));
	peer_probe(peer);
	peer->dtls = dtls_create(peer->worker->identity, DTLS_SERVER, fingerprint, now);
	if (peer->dtls == NULL)
		return ERR_SPACE;
	dtls_pump(peer, now);
	return OK;
}

void peer_input_dtls(struct peer *peer, const struct addr *from, struct span datagram)
{
	uint64_t now = worker_now(peer->worker);

	if (peer->dtls == NULL || peer->ended)
		return;
	peer->dtls_from = *from;
	dtls_input(peer->dtls, now, datagram);
	dtls_pump(peer, now);
}

static void on_dtls_timer(void *arg, uint64_t at)
{
	struct peer *peer = arg;
	uint64_t now = worker_now(peer->worker);

	(void)at;
	/* It has spoken from there and is silent now: an address that is not proven gets one
	 * answer for each of its flights, and no more. */
	peer->dtls_from = (struct addr){ 0 };
	dtls_step(peer->dtls, now);
	dtls_pump(peer, now);
}

static bool is_over(const struct peer *peer, uint64_t now)
{
	if (peer->ended)
		return true;
	if (peer->connected && ice_lite_target(&peer->ice, now) != NULL)
		return false;
	return now - peer->opened_at > CONNECT_DEADLINE;
}

static void on_tick(void *arg, uint64_t at)
{
	struct peer *peer = arg;
	uint64_t now = worker_now(peer->worker);

	(void)at;
	if (is_over(peer, now)) {
		end(peer);
		if (front_tell(peer)) {
			worker_close(peer);
			return;
		}
	}
	front_tell(peer);
	peer_probe(peer);
	if (peer->connected) {
		feedback_arrivals(peer, now);
		feedback_asks(peer, now);
		if (now - peer->aimed_at >= AIM_INTERVAL) {
			peer->aimed_at = now;
			room_aim(peer, now);
		}
		if (now - peer->reported_at >= REPORT_INTERVAL) {
			peer->reported_at = now;
			feedback_reports(peer, now);
		}
	}
	/* There is room: it ran a moment ago. */
	if (timer_set(loop_timers(peer->worker->loop), &peer->tick, now + PEER_TICK) != OK)
		end(peer);
}
