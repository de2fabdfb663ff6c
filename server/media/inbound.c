/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/inbound.h"

#include "server/media/tap.h"
#include "server/media/worker.h"

static struct source *source_find(struct peer *peer, uint32_t ssrc)
{
	for (size_t i = 0; i < peer->sources_n; i++)
		if (peer->sources[i].ssrc == ssrc)
			return &peer->sources[i];
	return NULL;
}

/* A stream has one SSRC: a new one replaces it, so that the table cannot fill with past ones.
 * NULL: no place for it, or its stream changed a moment ago. */
static struct source *source_place(struct peer *peer, const struct source *source)
{
	for (size_t i = 0; i < peer->sources_n; i++) {
		struct source *s = &peer->sources[i];

		if (s->layer == source->layer && s->is_rtx == source->is_rtx)
			return source->since - s->since >= SSRC_INTERVAL ? s : NULL;
	}
	if (peer->sources_n == PEER_SSRCS_MAX)
		return NULL;
	return &peer->sources[peer->sources_n];
}

/* The first packets of a stream say what it is, in MID and RID (RTX: in the repaired RID, or
 * in none where there is no simulcast). */
static struct source *source_learn(struct peer *peer, const struct rtp *rtp, uint64_t now)
{
	struct source source = { .ssrc = rtp->ssrc,
		                 .is_rtx = rtp->pt == PAYLOAD_RTX,
		                 .since = now };
	struct span mid = rtp_extension(rtp, EXT_MID), rid = rtp_extension(rtp, EXT_RID);
	struct span repaired = rtp_extension(rtp, EXT_REPAIRED_RID);

	if (source.is_rtx && repaired.n != 0)
		rid = repaired;
	if (!profile_layer(mid, rid, &source.layer))
		return NULL;

	struct layer *layer = &peer->layers[source.layer];
	struct source *place = source_place(peer, &source);

	if (place == NULL)
		return NULL;
	if (source.is_rtx && !kind_is_video(profile_kind(source.layer)))
		return NULL;
	if (!source.is_rtx &&
	    layer_begin(layer, peer, source.layer, ++peer->worker->layer_ids, rtp->ssrc) != OK)
		return NULL;
	*place = source;
	peer->sources_n += place == &peer->sources[peer->sources_n];
	return place;
}

/* RFC 4588 4: what is repaired stands before the payload. False: padding to probe the path. */
static bool rtx_unwrap(struct rtp *rtp)
{
	struct rd r = rd_from(rtp->payload);

	rtp->seq = (uint16_t)rd_uint(&r, 2);
	rtp->pt = PAYLOAD_VP8;
	rtp->payload = rd_bytes(&r, rd_left(&r));
	return r.err == OK && rtp->payload.n != 0;
}

static bool payload_type_fits(const struct source *source, uint8_t pt)
{
	if (source->is_rtx)
		return pt == PAYLOAD_RTX;
	return pt == (kind_is_video(profile_kind(source->layer)) ? PAYLOAD_VP8 : PAYLOAD_OPUS);
}

static void layer_feed(struct peer *peer, const struct source *source, struct rtp *rtp,
                       uint64_t now)
{
	struct layer *layer = &peer->layers[source->layer];
	const struct ring_packet *packet;
	bool was_live = layer_is_live(layer, now);

	/* An RTX stream may be known before its layer: then there is nothing to repair. */
	if (layer->id == 0 || (source->is_rtx && !rtx_unwrap(rtp)))
		return;
	switch (layer_input(layer, rtp, source->is_rtx, now, &packet)) {
	case LAYER_FORWARD:
		if (!was_live)
			room_aim_at(peer, now);
		room_forward(layer, packet);
		break;
	case LAYER_CLEAR:
		worker_count(peer->worker, IPC_STAT_CLEAR_FRAMES, 1);
		break;
	case LAYER_BAD:
		worker_count(peer->worker, IPC_STAT_RTP_MALFORMED, 1);
		break;
	case LAYER_NOTHING:
		break;
	}
}

void inbound_packet(struct peer *peer, struct span packet, uint64_t now)
{
	struct rtp rtp;

	peer_touch(peer);
	if (rtp_read(packet, &rtp) != OK) {
		worker_count(peer->worker, IPC_STAT_RTP_MALFORMED, 1);
		return;
	}

	struct span twcc = rtp_extension(&rtp, EXT_TWCC);

	if (twcc.n == 2)
		twcc_record(&peer->twcc, (uint16_t)(twcc.p[0] << 8 | twcc.p[1]), now);

	struct source *source = source_find(peer, rtp.ssrc);

	if (source == NULL)
		source = source_learn(peer, &rtp, now);
	if (source == NULL) {
		worker_count(peer->worker, IPC_STAT_RTP_UNKNOWN, 1);
		return;
	}
	if (!payload_type_fits(source, rtp.pt)) {
		worker_count(peer->worker, IPC_STAT_RTP_MALFORMED, 1);
		return;
	}
	layer_feed(peer, source, &rtp, now);
}

void inbound_rtp(struct peer *peer, uint8_t *p, size_t n, uint64_t now)
{
	if (srtp_open_rtp(peer->srtp_in, p, &n) != OK) {
		worker_count(peer->worker, IPC_STAT_SRTP_REFUSED, 1);
		return;
	}
	tap_packet(p, n);
	if (peer_may_say(peer, now))
		inbound_packet(peer, (struct span){ p, n }, now);
}
