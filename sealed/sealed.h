/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_SEALED_H
#define ZEGEL_SEALED_H

#include "sealed/crypto/crypto.h"

/* A participant: one device in one meeting, as a machine without sockets or clocks.
 *
 * Whoever drives it opens a WebSocket (docs/protocol.md section 3) and moves bytes:
 *
 *      zegel_connected, zegel_input, zegel_tick  -->  [zegel]  -->  zegel_poll
 *
 * After any call, poll until there is no event left; send what SEND events hold, in their
 * order; then ask zegel_tick when to tick next (it may be sooner than before). Media
 * connections, cameras and pictures are the driver's; keys, who is who, and what may be
 * believed are the machine's.
 *
 * This is the one header of sealed/ that others include, natively and through the
 * WebAssembly line: pointers and integers only; structs have the same layout in both but
 * for pointers, which stand last. Everything lives in the one block given at creation.
 * Not thread-safe. Texts are UTF-8 with a length, not ended by NUL. `now` is a monotonic
 * clock in milliseconds that never runs backwards; nothing here expires by wall clock. */

struct zegel;

enum {
	ZEGEL_MEMBERS_MAX = 1000, /* a leaf index has 10 bits in a media key id      */
	ZEGEL_NAME_MAX = 64,      /* bytes                                           */
	ZEGEL_CHAT_MAX = 4000,    /* bytes: below the limit of the lane, with padding */
	ZEGEL_TOKEN_LEN = 46,     /* characters of a link's token                    */
	ZEGEL_HOST_TOKEN_LEN = 90,
	ZEGEL_CODE_LEN = 40, /* digits of a meeting code                        */
	ZEGEL_KEY_LEN = 16,  /* bytes of a media key: AES-128-GCM               */
	ZEGEL_NONCE_LEN = 12,
	ZEGEL_TAG_LEN = 16,
	ZEGEL_AAD_MAX = 49,
	ZEGEL_AUDIO_LEN = 128,  /* every audio frame's plaintext: length u16, Opus, zeros */
	ZEGEL_OVERHEAD_MAX = 162, /* that a sealed frame can be longer than the frame    */
};

#define ZEGEL_NEVER UINT64_MAX
#define ZEGEL_NOBODY UINT32_MAX

/* ---- The link ---------------------------------------------------------------------- */

enum { ZEGEL_FLAG_LOBBY = 1 };

/* Why a token cannot be entered with. */
enum zegel_link_fault {
	ZEGEL_LINK_GOOD,
	ZEGEL_LINK_LENGTH,      /* cut off, or something was pasted behind it  */
	ZEGEL_LINK_LETTERS,     /* not base64url                               */
	ZEGEL_LINK_VERSION,     /* of a newer Zegel                            */
	ZEGEL_LINK_FLAGS,       /* asks for what this version does not know    */
	ZEGEL_LINK_HOST_KEY,    /* the host's part belongs to another meeting  */
};

/* Makes a meeting: offline, and unknown to any server. token: ZEGEL_TOKEN_LEN characters,
 * host_token: ZEGEL_HOST_TOKEN_LEN; neither ended by NUL. Both are secrets. */
MUST_USE enum err zegel_link_create(const struct crypto *crypto, uint32_t flags, char *token,
                                    char *host_token);

enum zegel_link_fault zegel_link_check(const struct crypto *crypto, const char *token, size_t n);

/* ---- Life -------------------------------------------------------------------------- */

/* The block for meetings of up to `members`. A larger meeting cannot be followed: the
 * participant then ends with ZEGEL_BECAUSE_TOO_LARGE. 0: more than ZEGEL_MEMBERS_MAX. */
size_t zegel_size(uint32_t members);

/* NULL: the block is smaller than zegel_size(members). `crypto` outlives the machine. */
struct zegel *zegel_create(void *block, size_t size, uint32_t members,
                           const struct crypto *crypto);
void zegel_destroy(struct zegel *z); /* wipes the whole block */

/* Sets out for a meeting. Once per machine. wall_s: seconds since 1970, for certificates.
 * ERR_MALFORMED: the token (see zegel_link_check), or a name that is empty, too long, not
 * UTF-8, or has control or direction characters in it. */
MUST_USE enum err zegel_enter(struct zegel *z, const char *token, size_t token_n,
                              const char *name, size_t name_n, uint64_t wall_s, uint64_t now);

/* Says goodbye, wipes all keys; what is to be sent is still polled. The machine is then
 * ZEGEL_OUT for good. */
void zegel_leave(struct zegel *z, uint64_t now);

/* The WebSocket is open; it has ended, for whatever reason. Opening it again after a
 * while is the driver's business; the machine resumes by itself. */
void zegel_connected(struct zegel *z, uint64_t now);
void zegel_disconnected(struct zegel *z, uint64_t now);

/* One message of the server, types 81 to 88 and ff. ERR_MALFORMED: the server breaks the
 * protocol; close the connection. ERR_NOT_NOW: of another type: not for us. What is wrong
 * inside a blob is no error here: it is dropped, and told as a DIAGNOSTIC. */
MUST_USE enum err zegel_input(struct zegel *z, const uint8_t *message, size_t n, uint64_t now);

/* Does what is due; gives the time of the next tick, or ZEGEL_NEVER. */
uint64_t zegel_tick(struct zegel *z, uint64_t now);

/* ---- What people do ---------------------------------------------------------------- */

/* ERR_NOT_NOW: not in the meeting at the moment; ERR_LIMIT: too long, or not text. Our own
 * message comes back as a CHAT event, so that there is one order. */
MUST_USE enum err zegel_chat(struct zegel *z, const char *text, size_t n, uint64_t now);

/* What the others shall know of us; remembered, and sent when it changes and to newcomers.
 * The meaning of the bits is the drivers'; these are agreed. */
enum {
	ZEGEL_STATE_MICROPHONE = 1,
	ZEGEL_STATE_CAMERA = 2,
	ZEGEL_STATE_SCREEN = 4,
	ZEGEL_STATE_SCREEN_AUDIO = 8,
	ZEGEL_STATE_HAND = 16,
};
void zegel_state(struct zegel *z, uint32_t bits, uint64_t now);

/* ---- What happened ----------------------------------------------------------------- */

enum zegel_status {
	ZEGEL_OUT,        /* not entered, or ended                       */
	ZEGEL_CONNECTING, /* waiting for a connection                    */
	ZEGEL_KNOCKING,   /* asking to be let in                         */
	ZEGEL_JOINING,    /* let in; the server has not confirmed it yet */
	ZEGEL_IN,
	ZEGEL_REJOINING, /* was in; is on the way back                   */
	ZEGEL_WAITING,   /* at the door of a lobby: a host will decide   */
};

enum zegel_because {
	ZEGEL_BECAUSE_NOTHING,
	ZEGEL_BECAUSE_LEFT,      /* we did                                            */
	ZEGEL_BECAUSE_OFFLINE,   /* the connection ended                              */
	ZEGEL_BECAUSE_REMOVED,   /* the group went on without us                      */
	ZEGEL_BECAUSE_LOST,      /* the group's log cannot be followed any more       */
	ZEGEL_BECAUSE_TOO_LARGE, /* more members than the block was made for          */
	ZEGEL_BECAUSE_VERSION,   /* the server speaks another version                 */
	ZEGEL_BECAUSE_FAILED,    /* no memory or no randomness: an error on our side  */
};

enum zegel_event_type {
	ZEGEL_EVENT_NONE,
	ZEGEL_EVENT_SEND,       /* data: one WebSocket message to the server            */
	ZEGEL_EVENT_RECONNECT,  /* close the connection and open a new one              */
	ZEGEL_EVENT_STATUS,     /* code: zegel_status; reason: zegel_because            */
	ZEGEL_EVENT_ROSTER,     /* somebody came, left or changed: read the roster anew */
	ZEGEL_EVENT_CHAT,       /* leaf, data: text, number: 1, 2, 3 in local order     */
	ZEGEL_EVENT_EPOCH,      /* number: the group's new epoch                        */
	ZEGEL_EVENT_KEYS,       /* drop cached keys that zegel_key_is_live denies       */
	ZEGEL_EVENT_DIAGNOSTIC, /* code: zegel_diagnostic, leaf: its author or NOBODY   */
	ZEGEL_EVENT_DOOR,       /* who waits at the door has changed: read it anew      */
};

/* For a log and for the curious; nothing that a user must act upon. */
enum zegel_diagnostic {
	ZEGEL_DIAG_BLOB = 1,   /* not sealed with this link, or badly padded         */
	ZEGEL_DIAG_MESSAGE,    /* not a message of this group, or not readable       */
	ZEGEL_DIAG_CONTENT,    /* a member's message that breaks the grammar         */
	ZEGEL_DIAG_COMMIT,     /* a log entry that was skipped: broken, or forbidden */
	ZEGEL_DIAG_KNOCK,      /* a knock that is not to be believed                 */
	ZEGEL_DIAG_WELCOME,    /* a welcome that does not open                       */
	ZEGEL_DIAG_TRANSCRIPT, /* a member has another history: a fork               */
	ZEGEL_DIAG_PASS,       /* the server knows another pass than the group's     */
	ZEGEL_DIAG_SILENCE,    /* nobody was heard although somebody should have been */
};

struct zegel_event {
	uint32_t type, code, reason, leaf;
	uint64_t number;
	const uint8_t *data; /* until the next call of any function here */
	size_t data_n;
};

/* true: an event was taken. Lossless, but for STATUS, ROSTER, EPOCH and KEYS, where the
 * newest stands for those before it. */
bool zegel_poll(struct zegel *z, struct zegel_event *event);

/* ---- Who is here ------------------------------------------------------------------- */

struct zegel_person {
	uint32_t leaf;     /* names the person, while it is in the group                   */
	uint32_t is_own;   /* 0 or 1                                                       */
	uint32_t handle;   /* the server's name for its streams; 0: not known yet          */
	uint32_t bits;     /* zegel_state                                                  */
	uint32_t joined;   /* local order of arrival                                       */
	uint32_t verified; /* 0: nobody vouches for the name. Nothing else exists so far   */
	uint32_t name_n;
	uint8_t name[ZEGEL_NAME_MAX];
	uint8_t signature_key[32];
};

/* The group's tree, never a list from the server. Ordered by leaf; index < size. */
uint32_t zegel_roster_size(const struct zegel *z);
MUST_USE enum err zegel_roster_get(const struct zegel *z, uint32_t index,
                                   struct zegel_person *person);

/* The person at a leaf. ERR_NOT_NOW: nobody is there. */
MUST_USE enum err zegel_roster_find(const struct zegel *z, uint32_t leaf,
                                    struct zegel_person *person);

uint32_t zegel_own_leaf(const struct zegel *z); /* NOBODY outside the group */
uint64_t zegel_epoch(const struct zegel *z);

/* The digits that all who are in the meeting read alike, unless somebody stands between
 * them. ERR_NOT_NOW outside the group. */
MUST_USE enum err zegel_code(struct zegel *z, char digits[ZEGEL_CODE_LEN]);

/* ---- The door ---------------------------------------------------------------------- */

/* In a meeting with a lobby (ZEGEL_FLAG_LOBBY) people wait until a host decides. They are in
 * no group meanwhile, and have no key of it: an admission is a host's signature, which
 * every member's machine demands, whatever the server or another member does. Only who
 * has the host's link can begin such a meeting; everybody else is ZEGEL_WAITING till then. */
struct zegel_waiting {
	uint32_t is_admitted; /* by us; the next commit brings it in */
	uint32_t name_n;
	uint8_t name[ZEGEL_NAME_MAX]; /* as it calls itself: nobody vouches for it */
	uint8_t signature_key[32];    /* names it in the calls below               */
};

bool zegel_is_host(const struct zegel *z);
uint32_t zegel_waiting_size(const struct zegel *z); /* 0 in an open meeting */
MUST_USE enum err zegel_waiting_get(const struct zegel *z, uint32_t index,
                                    struct zegel_waiting *waiting);

/* ERR_NOT_NOW: nobody with that key waits, or we are no host, or not in. A refusal is final
 * for that key, and is not told to whom it concerns: it goes on waiting. */
MUST_USE enum err zegel_admit(struct zegel *z, const uint8_t key[32], uint64_t now);
MUST_USE enum err zegel_admit_all(struct zegel *z, uint64_t now);
MUST_USE enum err zegel_refuse(struct zegel *z, const uint8_t key[32], uint64_t now);

/* ---- Media ------------------------------------------------------------------------- */

/* The kinds of docs/protocol.md section 6. A frame is an encoded one: Opus or VP8. */
enum zegel_kind {
	ZEGEL_AUDIO = 1,
	ZEGEL_CAMERA,
	ZEGEL_SCREEN,
	ZEGEL_SCREEN_AUDIO,
};

/* One transform for each track that is sent, anew whenever a track's sender is made anew:
 * each one has a key of its own, so that its counter may start at zero. All layers of a
 * simulcast share one. 0: not possible (64 at a time, 4096 in a machine's life). */
uint32_t zegel_transform_create(struct zegel *z, uint32_t kind);
void zegel_transform_destroy(struct zegel *z, uint32_t transform);

/* Natively: a whole frame. ERR_NOT_NOW: there is no key, do not send. ERR_SPACE: out is
 * shorter than n + ZEGEL_OVERHEAD_MAX. ERR_LIMIT: the audio frame is longer than
 * ZEGEL_AUDIO_LEN - 2: send silence instead. */
MUST_USE enum err zegel_seal(struct zegel *z, uint32_t transform, const uint8_t *frame,
                             size_t n, uint8_t *out, size_t cap, size_t *out_n, uint64_t now);

/* The sender's leaf comes from the authenticated key id, whatever track the frame came on.
 * ERR_NOT_NOW: the key is not known (yet); hold the frame for 200 ms at most. ERR_AUTH:
 * drop it. out: n bytes are enough. */
MUST_USE enum err zegel_open(struct zegel *z, uint32_t kind, const uint8_t *frame, size_t n,
                             uint8_t *out, size_t cap, size_t *out_n, uint32_t *leaf,
                             uint64_t now);

/* In the browser WebCrypto seals and opens, with keys that cannot be read back:
 *
 *   sealed frame = frame[0, clear_len) || aad[0, header_len) || ciphertext || tag
 *
 * and what is encrypted is the frame from clear_len on; of an audio frame, ZEGEL_AUDIO_LEN
 * bytes: its length as u16, itself, zeros. */
struct zegel_plan {
	uint32_t key;  /* names the key, for zegel_key_export; never used for another one */
	uint32_t kind, leaf;
	uint32_t clear_len, header_len, aad_len;
	uint64_t counter;
	uint8_t nonce[ZEGEL_NONCE_LEN];
	uint8_t aad[ZEGEL_AAD_MAX];
};

/* frame: at least its first 10 bytes, or all of it. Uses up a counter: a plan is for one
 * frame, and a frame whose sealing failed is not sent. */
MUST_USE enum err zegel_seal_plan(struct zegel *z, uint32_t transform, const uint8_t *frame,
                                  size_t n, struct zegel_plan *plan, uint64_t now);

/* frame: the whole of it. Changes nothing; the ciphertext starts at clear_len +
 * header_len. Errors as of zegel_open. */
MUST_USE enum err zegel_open_plan(struct zegel *z, uint32_t kind, const uint8_t *frame,
                                  size_t n, struct zegel_plan *plan, uint64_t now);

/* After WebCrypto has authenticated the frame and before anybody gets it. ERR_AUTH: it is
 * a replay, or its key was dropped meanwhile: drop the frame. */
MUST_USE enum err zegel_open_done(struct zegel *z, const struct zegel_plan *plan, uint64_t now);

/* Keys leave the machine once, to be imported as non-extractable; then forget them here.
 * ERR_NOT_NOW: no such key (any more). key: ZEGEL_KEY_LEN bytes; wipe them. */
MUST_USE enum err zegel_key_export(struct zegel *z, uint32_t key, uint8_t *out);
void zegel_key_forget(struct zegel *z, uint32_t key);
bool zegel_key_is_live(struct zegel *z, uint32_t key);

#endif
