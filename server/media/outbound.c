/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/outbound.h"

#include <string.h>

#include "server/media/fault.h"
#include "server/media/worker.h"

enum {
	/* 12 of RTP, 4 and 8 of extensions: MID (at most 1 + 3), transport-wide number (1 + 2).
	 */
	HEADER = 24,
	OSN = 2, /* RFC 4588 4: the original sequence number, before an RTX payload */
	RTX_SLOT = TRACK_RTX - TRACK_VIDEO,
};
_Static_assert(HEADER + OSN + RING_PAYLOAD_MAX + SRTP_OVERHEAD <= UDP_PACKET_MAX,
               "the longest packet of a ring must fit a datagram");

struct header {
	uint8_t pt;
	bool marker;
	uint16_t seq;
	uint32_t timestamp, ssrc;
};

static void put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)(v >> 16));
	put16(p + 2, (uint16_t)v);
}

/* Built anew for each packet: so nothing of what a publisher wrote into its header gets
 * through to receivers. Fixed in size, hence by hand (the format: transport/rtp.h). */
static void header_put(uint8_t p[HEADER], struct track *track, const struct header *h)
{
	uint8_t *e = p + RTP_HEADER;

	p[0] = 0x90;
	p[1] = (uint8_t)((h->marker ? 0x80 : 0) | h->pt);
	put16(p + 2, h->seq);
	put32(p + 4, h->timestamp);
	put32(p + 8, h->ssrc);
	memcpy(e, (const uint8_t[]){ 0xbe, 0xde, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0 }, 12);
	e[4] = (uint8_t)(EXT_MID << 4 | (track->mid_n - 1));
	memcpy(e + 5, track->mid, track->mid_n);
	e += 5 + track->mid_n;
	e[0] = EXT_TWCC << 4 | 1;
	put16(e + 1, track->peer->twcc_seq++);
}

/* Where the SFrame header of a frame's first packet is; its length: nowhere in this one. */
static size_t sframe_at(const struct ring_packet *packet, bool is_video)
{
	if (!is_video)
		return 0;
	if (!packet->vp8.starts_frame)
		return packet->n;
	return packet->vp8.size + (size_t)(packet->vp8.is_key ? VP8_KEY_FRAME_HEADER : 1);
}

static size_t payload_put(uint8_t *p, const struct track *track,
                          const struct ring_packet *packet, const struct spliced *as)
{
	bool is_video = track->part == TRACK_VIDEO;

	memcpy(p, packet->payload, packet->n);
	vp8_rewrite(p, &packet->vp8, as->picture_id, as->tl0picidx);
	return fault_payload(p, packet->n, is_video, sframe_at(packet, is_video));
}

static void count_sent(struct track *track, size_t n)
{
	worker_count(track->peer->worker, IPC_STAT_PACKETS_OUT, 1);
	worker_count(track->peer->worker, IPC_STAT_BYTES_OUT, n);
}

/* Seals in place and sends. False: it was not sent. */
static bool seal_and_put(struct peer *peer, uint8_t *p, size_t *n)
{
	bool is_sealed = srtp_seal_rtp(peer->srtp_out, p, n, UDP_PACKET_MAX) == OK;

	udp_tx_put(peer->worker->tx, is_sealed ? *n : 0);
	worker_count(peer->worker, IPC_STAT_SEALS_REFUSED, !is_sealed);
	return is_sealed;
}

static void echo_keep(struct track *track, uint16_t seq, const uint8_t *p, size_t n)
{
	struct peer *peer = track->peer;
	struct echo *echo = &peer->echoes[peer->echo_next++ % ECHOES_MAX];

	echo->n = 0;
	if (n > ECHO_BYTES)
		return;
	echo->ssrc = track->ssrc;
	echo->seq = seq;
	echo->n = (uint16_t)n;
	echo->at = 0;
	memcpy(echo->bytes, p, n);
}

/* RFC 3550 5.1: zeros, and how many bytes they and this count are. */
static size_t padding_put(uint8_t *packet, size_t n, size_t padding)
{
	if (padding == 0)
		return 0;
	packet[0] |= 0x20;
	memset(packet + n, 0, padding - 1);
	packet[n + padding - 1] = (uint8_t)padding;
	return padding;
}

static void send_media(struct peer *peer, const struct addr *to, const struct egress *e,
                       size_t padding)
{
	struct track *track = e->track;
	bool is_video = track->part == TRACK_VIDEO;
	uint8_t *p = udp_tx_get(peer->worker->tx, to);
	size_t n = HEADER;
	struct header h = { .pt = is_video ? PAYLOAD_VP8 : PAYLOAD_OPUS,
		            .marker = e->packet->marker,
		            .seq = e->as.seq,
		            .timestamp = e->as.timestamp,
		            .ssrc = track->ssrc };

	header_put(p, track, &h);
	n += payload_put(p + HEADER, track, e->packet, &e->as);
	n += padding_put(p, n, padding);
	if (!seal_and_put(peer, p, &n))
		return;
	track->packets++;
	track->octets += e->packet->n;
	worker_count(peer->worker, IPC_STAT_FORWARDED, 1);
	count_sent(track, n);
	if (!is_video)
		echo_keep(track, e->as.seq, p, n);
}

void outbound_add(struct track *track, const struct ring_packet *p, const struct spliced *as)
{
	struct peer *peer = track->peer;

	if (peer->egress_n == EGRESS_MAX)
		outbound_flush(peer, worker_now(peer->worker));
	peer->egress[peer->egress_n++] = (struct egress){ track, p, *as };
	peer_touch(peer);
}

size_t outbound_level(const struct egress *egress, size_t n, size_t *size)
{
	size_t low = SIZE_MAX, high = 0, i;

	for (i = 0; i < n; i++) {
		size_t next = egress[i].packet->n;
		size_t lower = next < low ? next : low, higher = next > high ? next : high;

		if (higher - lower > LEVEL_BYTES)
			break;
		low = lower;
		high = higher;
	}
	*size = high;
	return i;
}

void outbound_flush(struct peer *peer, uint64_t now)
{
	const struct addr *to = ice_lite_target(&peer->ice, now);
	size_t i = 0, size;

	while (to != NULL && peer->connected && i < peer->egress_n) {
		size_t n = outbound_level(peer->egress + i, peer->egress_n - i, &size);

		for (size_t end = i + n; i < end; i++)
			send_media(peer, to, &peer->egress[i],
			           size - peer->egress[i].packet->n);
	}
	peer->egress_n = 0;
}

static void resend_video(struct track *track, const struct addr *to, uint16_t seq)
{
	struct peer *peer = track->peer;
	struct splice splice;
	uint64_t index;

	if (!splicer_find(&track->splicer, seq, &splice, &index))
		return;

	const struct layer *layer = room_layer(peer->room, track->current.layer, splice.layer);
	const struct ring_packet *packet = layer ? ring_find(layer->ring, index) : NULL;

	if (packet == NULL)
		return;

	struct spliced as = splice_map(&splice, packet);
	uint8_t *p = udp_tx_get(peer->worker->tx, to);
	size_t n = HEADER + OSN;
	struct header h = { .pt = PAYLOAD_RTX,
		            .marker = packet->marker,
		            .seq = track->rtx_seq++,
		            .timestamp = as.timestamp,
		            .ssrc = track->ssrc + RTX_SLOT };

	header_put(p, track, &h);
	put16(p + HEADER, as.seq);
	n += payload_put(p + HEADER + OSN, track, packet, &as);
	if (!seal_and_put(peer, p, &n))
		return;
	worker_count(peer->worker, IPC_STAT_RESENT, 1);
	count_sent(track, n);
}

static void resend_audio(struct track *track, const struct addr *to, uint16_t seq, uint64_t now)
{
	struct peer *peer = track->peer;

	for (size_t i = 0; i < ECHOES_MAX; i++) {
		struct echo *e = &peer->echoes[i];

		if (e->n == 0 || e->ssrc != track->ssrc || e->seq != seq)
			continue;
		if (e->at != 0 && now - e->at < peer->rtt)
			return;
		e->at = now;
		udp_tx_send(peer->worker->tx, to, (struct span){ e->bytes, e->n });
		worker_count(peer->worker, IPC_STAT_RESENT, 1);
		count_sent(track, e->n);
		return;
	}
}

void outbound_resend(struct track *track, uint16_t seq, uint64_t now)
{
	struct peer *peer = track->peer;
	const struct addr *to = ice_lite_target(&peer->ice, now);

	if (to == NULL || !peer->connected || peer->room == NULL ||
	    !quota_take(&peer->resends, now, RESEND_PERIOD, RESEND_BURST))
		return;
	if (track->part == TRACK_AUDIO)
		resend_audio(track, to, seq, now);
	else if (track_may_resend(track, seq, now, peer->rtt))
		resend_video(track, to, seq);
}

void outbound_rtcp(struct peer *peer, struct span compound, uint64_t now)
{
	const struct addr *to = ice_lite_target(&peer->ice, now);

	if (to == NULL || !peer->connected || compound.n == 0 ||
	    compound.n + SRTCP_OVERHEAD > UDP_PACKET_MAX)
		return;

	uint8_t *p = udp_tx_get(peer->worker->tx, to);
	size_t n = compound.n;

	memcpy(p, compound.p, n);
	if (srtp_seal_rtcp(peer->srtp_out, p, &n, UDP_PACKET_MAX) != OK)
		n = 0;
	udp_tx_put(peer->worker->tx, n);
	worker_count(peer->worker, IPC_STAT_PACKETS_OUT, n != 0);
	worker_count(peer->worker, IPC_STAT_BYTES_OUT, n);
}
