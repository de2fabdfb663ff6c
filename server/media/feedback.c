/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#include "server/media/feedback.h"

#include "server/media/outbound.h"
#include "server/media/worker.h"

/* A compound on its way. RFC 3550 6.1: it begins with a report, if an empty one. */
struct compound {
	struct wr w;
	uint8_t bytes[FEEDBACK_BYTES];
};

enum { EMPTY = 8, WORST_NACK = 12 + GAPS_MAX * 4 };

static void compound_begin(struct compound *c)
{
	c->w = wr_into(c->bytes, sizeof(c->bytes));
	rtcp_rr_write(&c->w, PROFILE_FEEDBACK_SSRC, NULL, 0);
}

static void compound_send(struct compound *c, struct peer *peer, uint64_t now)
{
	struct span out;

	if (wr_end(&c->w, &out) == OK && out.n > EMPTY)
		outbound_rtcp(peer, out, now);
}

static void compound_need(struct compound *c, size_t n, struct peer *peer, uint64_t now)
{
	if (c->w.n + n <= sizeof(c->bytes))
		return;
	compound_send(c, peer, now);
	compound_begin(c);
}

void feedback_asks(struct peer *peer, uint64_t now)
{
	struct compound c;
	struct rtcp_nack nacks[GAPS_MAX];
	size_t packets;

	compound_begin(&c);
	for (size_t i = 0; i < LAYERS; i++) {
		struct layer *layer = &peer->layers[i];
		size_t n =
		    layer->gaps.n ? gaps_ask(&layer->gaps, now, peer->rtt, nacks, &packets) : 0;

		if (n != 0) {
			compound_need(&c, WORST_NACK, peer, now);
			rtcp_nack_write(&c.w, PROFILE_FEEDBACK_SSRC, layer->ssrc, nacks, n);
			worker_count(peer->worker, IPC_STAT_NACKS_OUT, packets);
		}
		if (layer->id != 0 && layer_asks_key_frame(layer, now)) {
			compound_need(&c, WORST_NACK, peer, now);
			rtcp_pli_write(&c.w, PROFILE_FEEDBACK_SSRC, layer->ssrc);
			worker_count(peer->worker, IPC_STAT_KEY_FRAMES_ASKED, 1);
		}
	}
	compound_send(&c, peer, now);
}

/* Browsers look at transport-wide feedback only if it is about an SSRC of theirs. */
static uint32_t any_ssrc(const struct peer *peer)
{
	for (size_t i = 0; i < LAYERS; i++)
		if (peer->layers[i].id != 0)
			return peer->layers[i].ssrc;
	return 0;
}

void feedback_arrivals(struct peer *peer, uint64_t now)
{
	uint32_t ssrc = any_ssrc(peer);
	struct compound c;

	while (ssrc != 0 && twcc_is_due(&peer->twcc)) {
		compound_begin(&c);
		twcc_write(&peer->twcc, &c.w, PROFILE_FEEDBACK_SSRC, ssrc);
		compound_send(&c, peer, now);
	}
}

static void report_received(struct peer *peer, uint64_t now)
{
	struct rtcp_report reports[LAYERS];
	struct compound c = { .w = wr_into(c.bytes, sizeof(c.bytes)) };
	size_t n = 0;

	for (size_t i = 0; i < LAYERS; i++)
		if (peer->layers[i].id != 0 && peer->layers[i].started)
			layer_report(&peer->layers[i], now, &reports[n++]);
	if (n == 0)
		return;
	rtcp_rr_write(&c.w, PROFILE_FEEDBACK_SSRC, reports, n);
	compound_send(&c, peer, now);
}

/* The publisher's clock, told in ours: so its sound and its picture stay in step, and a switch
 * to another publisher looks like no jump of time. */
static bool track_time(const struct track *track, uint64_t ntp, uint32_t *rtp)
{
	const struct layer *layer = track->current.layer;
	const struct splice *splice = &track->splicer.recent[0];

	if (layer == NULL || layer->id != splice->layer ||
	    !layer_time(layer, ntp - layer->owner->ntp_shift, rtp))
		return false;
	*rtp += splice->timestamp_shift;
	return true;
}

static bool report_sent(struct compound *c, struct track *track, uint64_t now)
{
	struct rtcp_sender sender = { .ntp = peer_ntp(now),
		                      .packets = track->packets,
		                      .octets = track->octets };

	if (track->packets == track->packets_reported ||
	    !track_time(track, sender.ntp, &sender.rtp))
		return false;
	track->packets_reported = track->packets;
	rtcp_sr_write(&c->w, track->ssrc, &sender, NULL, 0);
	return true;
}

static void report_slots(struct peer *peer, uint64_t now)
{
	enum { SLOT_BYTES = 2 * 28 + 4 + 2 * 16 };
	struct compound c = { .w = wr_into(c.bytes, sizeof(c.bytes)) };

	for (size_t i = 0; i < peer->slots_n; i++) {
		struct slot *slot = &peer->slots[i];
		char cname[PROFILE_MID_MAX + 1];
		uint32_t ssrcs[2];
		size_t n = 0;

		if (c.w.n + SLOT_BYTES > sizeof(c.bytes)) {
			compound_send(&c, peer, now);
			c.w.n = 0;
		}
		if (report_sent(&c, &slot->audio, now))
			ssrcs[n++] = slot->audio.ssrc;
		if (report_sent(&c, &slot->video, now))
			ssrcs[n++] = slot->video.ssrc;
		/* One name for both: RFC 3550 6.5.1, they are to be played in step. */
		if (n != 0)
			rtcp_cname_write(&c.w, ssrcs, n,
			                 (struct span){ (const uint8_t *)cname,
			                                profile_cname(slot->number, cname) });
	}
	compound_send(&c, peer, now);
}

void feedback_reports(struct peer *peer, uint64_t now)
{
	report_received(peer, now);
	report_slots(peer, now);
}

static void on_sender(struct peer *peer, uint32_t ssrc, const struct rtcp_sender *sender,
                      uint64_t now)
{
	uint64_t shift = peer_ntp(now) - sender->ntp;
	int64_t moved = (int64_t)(shift - peer->ntp_shift);

	for (size_t i = 0; i < LAYERS; i++) {
		struct layer *layer = &peer->layers[i];

		if (layer->id == 0 || layer->ssrc != ssrc)
			continue;
		layer->sender = *sender;
		layer->sender_at = now;
		/* Kept as it was first seen, so that delays of single reports do not shake
		 * it; a second's difference is a clock that was set. */
		if (!peer->has_ntp_shift || moved > (int64_t)1 << 32 ||
		    moved < -((int64_t)1 << 32))
			peer->ntp_shift = shift;
		peer->has_ntp_shift = true;
	}
}

/* RFC 3550 6.4.1: now, less when our report left, less how long it lay there. */
static void on_reports(struct peer *peer, struct rd *reports, uint64_t now)
{
	struct rtcp_report b;

	while (rd_more(reports) && rtcp_report_read(reports, &b) == OK) {
		uint32_t rtt = (uint32_t)(peer_ntp(now) >> 16) - b.lsr - b.dlsr;
		uint64_t us = (uint64_t)rtt * TIME_S(1) >> 16;

		if (b.lsr == 0 || peer_track(peer, b.ssrc) == NULL || rtt >> 31)
			continue;
		us = us < RTT_MIN ? RTT_MIN : us > RTT_MAX ? RTT_MAX : us;
		peer->rtt = (peer->rtt * 7 + us) / 8;
	}
}

static void on_nack(struct peer *peer, const struct rtcp_feedback *f, uint64_t now)
{
	struct track *track = peer_track(peer, f->media);
	struct rd fci = rd_from(f->fci);
	struct rtcp_nack nack;
	size_t asked = 0;

	if (track == NULL)
		return;
	/* More would not be sent again anyhow. */
	while (asked < RESEND_BURST && rd_more(&fci) && rtcp_nack_read(&fci, &nack) == OK) {
		outbound_resend(track, nack.seq, now);
		asked++;
		for (unsigned i = 0; i < 16; i++)
			if (nack.mask >> i & 1) {
				outbound_resend(track, (uint16_t)(nack.seq + 1 + i), now);
				asked++;
			}
	}
	worker_count(peer->worker, IPC_STAT_NACKS_IN, asked);
}

static void on_key_frame_wish(struct peer *peer, uint32_t ssrc, uint64_t now)
{
	struct track *track = peer_track(peer, ssrc);

	if (track != NULL && track_wishes(track, now))
		peer_touch(track->current.layer->owner);
}

static void on_feedback(struct peer *peer, const struct rtcp *p, uint64_t now)
{
	struct rtcp_feedback f;
	struct rtcp_fir fir;

	if (rtcp_feedback_read(p, &f) != OK)
		return;
	if (p->type == RTCP_RTPFB && p->count == RTCP_NACK) {
		on_nack(peer, &f, now);
	} else if (p->type == RTCP_PSFB && p->count == RTCP_PLI) {
		on_key_frame_wish(peer, f.media, now);
	} else if (p->type == RTCP_PSFB && p->count == RTCP_FIR) {
		for (struct rd fci = rd_from(f.fci); rd_more(&fci);)
			if (rtcp_fir_read(&fci, &fir) == OK)
				on_key_frame_wish(peer, fir.ssrc, now);
	}
}

static void on_packet(struct peer *peer, const struct rtcp *p, uint64_t now)
{
	struct rtcp_sender sender;
	struct rd reports;
	uint32_t ssrc;

	switch (p->type) {
	case RTCP_SR:
		if (rtcp_sr_read(p, &ssrc, &sender, &reports) != OK)
			return;
		on_sender(peer, ssrc, &sender, now);
		on_reports(peer, &reports, now);
		return;
	case RTCP_RR:
		if (rtcp_rr_read(p, &ssrc, &reports) == OK)
			on_reports(peer, &reports, now);
		return;
	case RTCP_RTPFB:
	case RTCP_PSFB:
		on_feedback(peer, p, now);
		return;
	default: /* SDES, BYE, XR: nothing that we act upon */
		return;
	}
}

void feedback_compound(struct peer *peer, struct span compound, uint64_t now)
{
	struct rd r = rd_from(compound);
	struct rtcp packet;

	while (rd_more(&r) && rtcp_next(&r, &packet) == OK)
		on_packet(peer, &packet, now);
	if (rd_end(&r) != OK)
		worker_count(peer->worker, IPC_STAT_RTP_MALFORMED, 1);
}

void feedback_input(struct peer *peer, uint8_t *p, size_t n, uint64_t now)
{
	if (srtp_open_rtcp(peer->srtp_in, p, &n) != OK)
		worker_count(peer->worker, IPC_STAT_SRTP_REFUSED, 1);
	else if (peer_may_say(peer, now))
		feedback_compound(peer, (struct span){ p, n }, now);
}
