/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of the channel CLIPBOARD: text that was copied on one side, for the other. Bytes in
 * and out; when they may be sent is decided in common/service/clipboard.h. Byte table:
 * common/PROTOCOL.md; proved by tests/unit/clipboard.c. */
#ifndef DS_WIRE_CLIPBOARD_H
#define DS_WIRE_CLIPBOARD_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one text: what people copy fits many times over, and a ledger of 1 MiB holds it beside
 * its answer. */
#define DS_CLIPBOARD_MAX 262144u

enum ds_clipboard_type {
    DS_CLIPBOARD_TEXT = 1,  /* serial, then the text to the end of the message */
    DS_CLIPBOARD_TAKEN = 2, /* serial of a TEXT; taken: it is in this side's clipboard */
};

struct ds_clipboard_message {
    uint8_t type;
    uint32_t serial;  /* from 1, one higher with each TEXT of a side */
    bool taken;       /* false: there is no right for it, or no clipboard */
    const char *text; /* borrowed: UTF-8 without NUL, 1..DS_CLIPBOARD_MAX bytes, not ended */
    size_t len;
};

/* DS_OK and type 0 for an unknown type. DS_EPROTO: short, or a value out of range. */
int ds_clipboard_message_decode(const uint8_t *bytes, size_t n, struct ds_clipboard_message *out);
/* DS_EINVAL: a text that no message can carry. DS_ELIMIT, DS_ENOMEM. */
int ds_clipboard_message_encode(struct ds_buf *buf, const struct ds_clipboard_message *message);

/* Whether a text can be sent: 1..DS_CLIPBOARD_MAX bytes of UTF-8 without NUL. */
bool ds_clipboard_is_text(const char *text, size_t len);

#endif
