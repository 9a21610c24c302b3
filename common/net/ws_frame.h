/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of WebSocket (RFC 6455, 5) as a client writes and reads them. Proved by
 * tests/unit/carrier_ws.c. */
#ifndef DS_NET_WS_FRAME_H
#define DS_NET_WS_FRAME_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ds_ws_opcode {
    DS_WS_MORE = 0, /* a further fragment */
    DS_WS_BINARY = 2,
    DS_WS_CLOSE = 8,
    DS_WS_PING = 9,
    DS_WS_PONG = 10,
};

#define DS_WS_CONTROL_MAX 125        /* bytes of a control frame's payload: RFC 6455, 5.5 */
#define DS_WS_FRAME_MAX (1u << 20)   /* payload of one frame to us; passed on as it arrives */
#define DS_WS_MESSAGE_MAX (1u << 14) /* payload of one message of ours */

/* Appends one masked frame with FIN. DS_ELIMIT, DS_ENOMEM. */
int ds_ws_frame_append(struct ds_buf *buf, uint8_t opcode, const uint8_t mask[4],
                       const uint8_t *payload, size_t len);

/* Zeroed: before the first byte. */
struct ds_ws_reader {
    uint8_t header[10]; /* of the frame that is arriving */
    size_t header_len;
    bool in_payload;
    bool in_message; /* a first fragment has come, the last has not */
    uint8_t opcode;
    uint64_t left; /* payload bytes to come */
    uint8_t control[DS_WS_CONTROL_MAX];
    size_t control_len;
};

/* Takes bytes of a server: payload of binary messages is appended to up as it comes. Stops behind
 * each control frame, which is then in opcode, control and control_len, and sets *is_control.
 * Returns the bytes consumed, DS_EPROTO (a mask, reserved bits, lengths not shortest or above
 * their bound, text, fragments out of order), or what appending to up gave. */
long ds_ws_read(struct ds_ws_reader *reader, const uint8_t *bytes, size_t n, struct ds_buf *up,
                bool *is_control);

#endif
