/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_WIRE_ERR_H
#define ZEGEL_WIRE_ERR_H

/* One result type for the whole tree. Add a code only if a caller acts on it. */
enum err {
	OK = 0,
	ERR_TRUNCATED, /* input ends too early; on a stream: wait for more  */
	ERR_MALFORMED, /* input breaks the grammar of its specification      */
	ERR_LIMIT,     /* well-formed, but above a stated bound              */
	ERR_AUTH,      /* a MAC, signature or credential did not verify      */
	ERR_NOT_NOW,   /* not allowed in this state (ERR_STATE is OpenSSL's) */
	ERR_SPACE,     /* output buffer, arena or pool is full               */
	ERR_PROVIDER,  /* the crypto provider failed                         */
};

#define MUST_USE __attribute__((warn_unused_result))

/* The one macro that returns. With something to clean up: `goto out`. */
#define TRY(call)                                                                        \
	do {                                                                             \
		enum err try_err_ = (call);                                              \
		if (try_err_ != OK)                                                      \
			return try_err_;                                                 \
	} while (0)

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
