/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every bound of the protocol, in one place. A length from the wire is checked against these before
 * anything is allocated for it. */
#ifndef DS_WIRE_LIMITS_H
#define DS_WIRE_LIMITS_H

#define DS_PROTOCOL_VERSION 1
#define DS_ALPN "deskside/1"
#define DS_DEFAULT_PORT 8200

/* Frames of a leg: header and the largest payloads. */
#define DS_FRAME_HEADER 4
#define DS_FRAME_CONTROL_MAX 65536 /* JSON */
#define DS_FRAME_DATA_MAX                                                                          \
    16640 /* one full TLS 1.3 record (16384 + 22) and room for the one-byte kind */
#define DS_FRAME_PAYLOAD_MAX 65536

/* Link credit for DATA payload bytes, relay to end. */
#define DS_LINK_CREDIT_MIN (64u * 1024)
#define DS_LINK_CREDIT_MAX (1024u * 1024)

/* Heartbeat of a leg; DESIGN section 7 lets tests scale both. */
#define DS_HEARTBEAT_MS 5000
#define DS_HEARTBEAT_FLOOR_MS 250
#define DS_DEAD_AFTER_MS 15000
#define DS_DEAD_AFTER_FLOOR_MS 2000

/* A session without both ends is over after this; DESIGN section 7 lets tests scale it. */
#define DS_CUTOFF_MS 600000

/* Texts, in bytes with the NUL. */
#define DS_TEXT_EMAIL 255
#define DS_TEXT_PASSWORD 1025
#define DS_TEXT_NAME 129
#define DS_TEXT_REASON 65
#define DS_TEXT_MESSAGE 513
#define DS_TEXT_HOST 256
#define DS_TEXT_CODE 10    /* 9 digits */
#define DS_TEXT_NUMBER 7   /* 6 digits */
#define DS_TEXT_SESSION 33 /* 16 bytes in hex */
#define DS_TEXT_HASH 65    /* 32 bytes in hex */

#define DS_TEXT_TOKEN 33 /* 16 bytes in hex */
#define DS_TEXT_ID 33    /* 16 bytes in hex */
#define DS_TEXT_CHAT 4001
#define DS_TEXT_WITHOUT 256 /* names of features with commas between */

#define DS_SESSION_ID 16  /* bytes */
#define DS_NUMBER_TRIES 3 /* wrong security numbers before the session ends */

/* Mux inside the seal. */
#define DS_MUX_RECORD_MAX                                                                          \
    4096 /* payload of one record: small, so that a key press never waits long */
#define DS_MUX_MESSAGE_MAX (1u << 20) /* a whole message on any channel */
#define DS_MUX_WINDOW 262144u         /* first credit of a channel, bytes */

/* Picture. Area is 8K UHD; a side may be longer for monitors in a row. */
#define DS_SCREEN_SIDE_MAX 16384
#define DS_SCREEN_AREA_MAX (7680u * 4320u)
#define DS_SCREEN_CHUNK_MAX 262144u /* bytes of one SCREEN message */
#define DS_SCREEN_MONITORS_MAX 16
#define DS_CURSOR_SIDE_MAX 256
#define DS_INPUT_TEXT_MAX 256 /* bytes of composed text in one message */

#endif
