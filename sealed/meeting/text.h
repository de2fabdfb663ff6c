/* SPDX-License-Identifier: EUPL-1.2
 * Copyright the Zegel authors */
#ifndef ZEGEL_MEETING_TEXT_H
#define ZEGEL_MEETING_TEXT_H

#include "sealed/wire/span.h"

/* What may be shown of what others wrote. Well-formed UTF-8 (RFC 3629) in its shortest form;
 * no control characters; none of those that turn the direction of what follows or are
 * invisible (a name must not rearrange the sentence it stands in, nor look like another
 * one by letters that cannot be seen). */

bool text_is_name(struct span text); /* 1 to ZEGEL_NAME_MAX bytes, one line, no space at its ends */
bool text_is_chat(struct span text); /* 1 to ZEGEL_CHAT_MAX bytes; line feed and tab allowed */

#endif
