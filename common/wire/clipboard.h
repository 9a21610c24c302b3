/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of the channel CLIPBOARD: what was copied on one side, for the other. TEXT and TAKEN
 * are all that peers without DS_FEATURE_OFFERS know (common/service/clipboard.h); the others belong
 * to common/service/offers.h. Bytes in and out. Byte table: common/PROTOCOL.md; proved by
 * tests/unit/clipboard.c and tests/unit/offers.c. */
#ifndef DS_WIRE_CLIPBOARD_H
#define DS_WIRE_CLIPBOARD_H

#include "common/base/buf.h"
#include "common/base/clip.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one TEXT: what people copy fits many times over, and a ledger of 1 MiB holds it beside
 * its answer. */
#define DS_CLIPBOARD_MAX 262144u

enum ds_clipboard_type {
    DS_CLIPBOARD_TEXT = 1,  /* serial, then the text to the end of the message */
    DS_CLIPBOARD_TAKEN = 2, /* serial of a TEXT; taken: it is in this side's clipboard */

    DS_CLIPBOARD_OFFER = 3,   /* serial place selection formats: what could be had */
    DS_CLIPBOARD_HEARD = 4,   /* serial of an OFFER; taken: this side offers it to its programs */
    DS_CLIPBOARD_FETCH = 5,   /* fetch serial format: somebody pastes */
    DS_CLIPBOARD_CHUNK = 6,   /* fetch, taken: the last one; then bytes to the end of the message */
    DS_CLIPBOARD_GRANT = 7,   /* fetch up_to: how far CHUNKs may go */
    DS_CLIPBOARD_FAILED = 8,  /* fetch why: no (more) CHUNKs come */
    DS_CLIPBOARD_CANCEL = 9,  /* fetch: nobody wants it any more */
    DS_CLIPBOARD_SWITCH = 10, /* switches: what this side lets go and come */
};

/* Why a FETCH fails. */
enum ds_clipboard_why {
    DS_CLIPBOARD_GONE = 1,     /* something else was copied since, or its program has ended */
    DS_CLIPBOARD_REFUSED = 2,  /* not allowed */
    DS_CLIPBOARD_TOO_LONG = 3, /* above DS_CLIP_MAX */
};

/* SWITCH: bits. */
#define DS_CLIPBOARD_GIVES 1u   /* what is copied here may be had over there */
#define DS_CLIPBOARD_TAKES 2u   /* what is copied over there may be had here */
#define DS_CLIPBOARD_PRIMARY 4u /* the same for what is marked */

/* Bytes in one CHUNK at most: a few records of the mux, so that what is more urgent gets between.
 */
#define DS_CLIPBOARD_CHUNK_MAX 16384u
/* Bytes of CHUNKs that may go without a GRANT: as much as the mux has under way in a channel. */
#define DS_CLIPBOARD_WINDOW 262144u

struct ds_clipboard_message {
    uint8_t type;
    uint32_t serial;  /* from 1, one higher with each TEXT of a side */
    bool taken;       /* false: there is no right for it, or no clipboard */
    const char *text; /* borrowed. TEXT: UTF-8 without NUL, 1..DS_CLIPBOARD_MAX bytes, not ended;
                         CHUNK: any bytes, 0..DS_CLIPBOARD_CHUNK_MAX */
    size_t len;
    uint64_t place;    /* OFFER: the display it lies on, 0: not known */
    uint8_t selection; /* OFFER: enum ds_clip_selection, checked */
    uint16_t formats;  /* OFFER: known ones only; 0: nothing any more */
    uint32_t fetch;    /* of the side that pastes */
    uint8_t format;    /* FETCH: enum ds_clip_format, or a newer one */
    uint32_t up_to;    /* GRANT: bytes from the start of the content */
    uint8_t why;       /* FAILED: enum ds_clipboard_why, or a newer one */
    uint8_t switches;  /* SWITCH: known bits only */
};

/* DS_OK and type 0 for an unknown type. DS_EPROTO: short, or a value out of range. */
int ds_clipboard_message_decode(const uint8_t *bytes, size_t n, struct ds_clipboard_message *out);
/* DS_EINVAL: a text that no message can carry. DS_ELIMIT, DS_ENOMEM. */
int ds_clipboard_message_encode(struct ds_buf *buf, const struct ds_clipboard_message *message);

/* Whether a text can be sent: 1..DS_CLIPBOARD_MAX bytes of UTF-8 without NUL. */
bool ds_clipboard_is_text(const char *text, size_t len);

#endif
