/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of a leg: what the relay and an end say to each other inside the leg's TLS. Control frames
 * carry JSON (message.h), DATA frames carry bytes for the peer that the relay does not read.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +-----------------------------------------------+---------------+
 *    |             length of payload (24)            |   type (8)    |
 *    +-----------------------------------------------+---------------+
 *    |                          payload ...
 *
 * Proved by tests/unit/frame.c. */
#ifndef DS_WIRE_FRAME_H
#define DS_WIRE_FRAME_H

#include "common/base/buf.h"
#include "common/wire/limits.h"

#include <stddef.h>
#include <stdint.h>

enum ds_frame_type {
    DS_FRAME_CONTROL = 1, /* JSON object, both ways */
    DS_FRAME_DATA = 2,    /* opaque, for the peer, 1..DS_FRAME_DATA_MAX bytes */
    DS_FRAME_CREDIT = 3,  /* relay to end: u32, further bytes of DATA payload that may be sent */
    DS_FRAME_PING = 4,    /* u64, echoed in PONG; either way */
    DS_FRAME_PONG = 5,    /* u64 */
};

struct ds_frame {
    uint8_t type;           /* unknown types are delivered too: skip them */
    const uint8_t *payload; /* borrowed from the input of ds_frame_decode */
    size_t len;
};

/* One frame from the front of n bytes. > 0: bytes consumed, *out filled. 0: more bytes are needed.
 * DS_EPROTO: length above the bound of its type, or a fixed-size payload of another size. */
int ds_frame_decode(const uint8_t *bytes, size_t n, struct ds_frame *out);

/* Writes the header for a payload of len bytes. len: within the bound of the type. */
void ds_frame_header(uint8_t out[DS_FRAME_HEADER], enum ds_frame_type type, size_t len);

/* Appends a whole frame; DS_ELIMIT (bound of the type or of the buffer), DS_ENOMEM. */
int ds_frame_append(struct ds_buf *buf, enum ds_frame_type type, const void *payload, size_t len);
int ds_frame_append_u32(struct ds_buf *buf, enum ds_frame_type type, uint32_t value);
int ds_frame_append_u64(struct ds_buf *buf, enum ds_frame_type type, uint64_t value);

#endif
