/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages between agent and viewer, inside the seal: channels, and the content of control, input,
 * cursor and screen messages. Big-endian, one encode/decode pair a channel. The first byte of every
 * message is its type; unknown types are skipped, bytes after the known fields of a known type are
 * ignored (new fields go at the end). Byte diagrams: common/PROTOCOL.md; proved by
 * tests/unit/sealed.c. */
#ifndef DS_WIRE_SEALED_H
#define DS_WIRE_SEALED_H

#include "common/base/buf.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In order of priority: lower numbers are sent first. */
enum ds_channel {
    DS_CHANNEL_CONTROL = 1,   /* rights, layout, pause, end; ledger */
    DS_CHANNEL_INPUT = 2,     /* viewer to agent: pointer and keys */
    DS_CHANNEL_CURSOR = 3,    /* pointer shape and position, from the end whose screen is shown */
    DS_CHANNEL_NOTES = 4,     /* ledger */
    DS_CHANNEL_SCREEN = 5,    /* updates from that end, acknowledgements to it */
    DS_CHANNEL_CLIPBOARD = 6, /* ledger */
    DS_CHANNEL_FILES = 7,
    DS_CHANNEL_COUNT = 8,
};

enum ds_right {
    DS_RIGHT_LOOK,
    DS_RIGHT_POINT,
    DS_RIGHT_CONTROL,
    DS_RIGHT_CLIPBOARD,
    DS_RIGHT_FILES,
    DS_RIGHT_RESTART,
    DS_RIGHT_COUNT,
};

/* "look" ... "restart"; static. */
const char *ds_right_name(enum ds_right right);
/* DS_RIGHT_COUNT when there is no such name. */
enum ds_right ds_right_by_name(const char *name);

struct ds_monitor {
    int32_t x, y;
    uint32_t width, height;
    char name[DS_TEXT_REASON]; /* as RandR names it */
};

/* ---- CONTROL ---- */
enum ds_control_type {
    DS_CONTROL_HELLO = 1,   /* both, first message: version features program tiles who */
    DS_CONTROL_REQUEST = 2, /* viewer: right */
    DS_CONTROL_RIGHT = 3,   /* agent: right state wait */
    DS_CONTROL_RELEASE = 4, /* viewer gives a right back: right */
    DS_CONTROL_LAYOUT = 5, /* agent: width height monitors; before the first update of a new size */
    DS_CONTROL_MONITOR = 6,     /* viewer: which monitor to send, 0xff for all */
    DS_CONTROL_PAUSED = 7,      /* agent: paused by wait allowed */
    DS_CONTROL_RESUME = 8,      /* viewer asks to go on after a pause */
    DS_CONTROL_VISIBLE = 9,     /* viewer: on = its picture can be seen; off = send none */
    DS_CONTROL_HELD = 10,       /* agent: on = the customer's own input has control for now */
    DS_CONTROL_END = 11,        /* both: reason */
    DS_CONTROL_PAUSE = 12,      /* viewer pauses */
    DS_CONTROL_RESTARTING = 13, /* agent: restart left reason; see enum ds_restart */
    DS_CONTROL_RESTART = 14,    /* viewer: restart the customer's computer and come back */
    DS_CONTROL_SHARE = 15,      /* viewer: share fresh width height name: the rep's own screen */
    DS_CONTROL_SHARED = 16,     /* agent: shared: what became of it */
};

/* What the rep shows of their own screen. */
enum ds_share {
    DS_SHARE_NONE = 0, /* nothing any more */
    DS_SHARE_SCREEN = 1,
    DS_SHARE_WINDOW = 2,
};

/* What the customer has of it. */
enum ds_shared {
    DS_SHARED_CLOSED = 0, /* nothing (any more): closed, or the customer's screen is shown again */
    DS_SHARED_SHOWN = 1,
    DS_SHARED_HIDDEN = 2, /* the window is there and cannot be seen: send nothing */
};

/* Where an agreed restart of the customer's computer stands. */
enum ds_restart {
    DS_RESTART_NONE = 0,  /* there is none (any more): it is over, or `reason` says why not */
    DS_RESTART_ASKED = 1, /* the customer sees the question */
    DS_RESTART_NOW = 2,   /* the agent goes with its computer: the last word of this connection */
};

/* "reason" of RESTARTING with DS_RESTART_NONE; "" when it came back. */
#define DS_RESTART_REFUSED "refused" /* by the customer, by time-out or by policy */
#define DS_RESTART_FILE "file"       /* what is needed to come back cannot be stored there */
#define DS_RESTART_PLACE "place"     /* the program lies where a restart deletes it */
#define DS_RESTART_COMMAND "command" /* the command failed, or nothing happened */

enum ds_right_state {
    DS_RIGHT_NONE = 0,
    DS_RIGHT_ASKED = 1, /* the customer sees the question */
    DS_RIGHT_GRANTED = 2,
    DS_RIGHT_REFUSED = 3, /* by the customer, by time-out or by policy */
};

/* HELLO features */
#define DS_FEATURE_ZSTD 1u /* screen streams may use zstd; without it zlib */
#define DS_FEATURE_JPEG 2u
#define DS_FEATURE_H264 4u
#define DS_FEATURE_JPEG_ARITHMETIC 8u
#define DS_FEATURE_DRAWN 16u
#define DS_FEATURE_NOTES 128u    /* the rep can draw, the agent shows it */
#define DS_FEATURE_CLIPBOARD 64u /* this side shares its clipboard when it may */
#define DS_FEATURE_FILES 32u     /* common/wire/file_message.h */
#define DS_FEATURE_RESTART 256u  /* knows RESTARTING */
#define DS_FEATURE_OFFERS 2048u  /* clipboard by offers: common/service/offers.h */
#define DS_FEATURE_FOLDERS 4096u /* folders, pauses: 27 and 28 of common/wire/file_message.h */
#define DS_FEATURE_SHARE 512u    /* agent: shows the rep's screen; viewer: may show it */
#define DS_FEATURE_HANDS 1024u   /* knows LASER of INPUT, and HAND and CLEAN of NOTES */

/* Of HELLO; an older version does not say it and remembers DS_TILES_MAX. */
#define DS_TILES_MIN 64u
#define DS_TILES_MAX 4096u

struct ds_control {
    uint8_t type;
    uint16_t version;
    uint32_t features;
    char program[DS_TEXT_REASON];
    uint16_t tiles; /* HELLO: how many tiles of 16 KiB this end remembers of a picture that it is
                       sent; DS_TILES_MIN..DS_TILES_MAX, checked */
    char who[DS_TEXT_REASON]; /* HELLO of the agent: who sits there; "" of an older version */
    uint8_t right, state;     /* enum ds_right, enum ds_right_state: checked */
    uint32_t width, height; /* of the picture sent (one monitor or all), pixels; both 1.. and within
                               the limits */
    uint8_t monitor;        /* index, or 0xff */
    uint8_t monitor_count;  /* 0..DS_SCREEN_MONITORS_MAX */
    struct ds_monitor monitors[DS_SCREEN_MONITORS_MAX];
    bool on;
    bool by_rep;     /* PAUSED: by whom */
    uint16_t wait_s; /* RIGHT, PAUSED: until the same may be asked again; 0 without a no before */
    bool allowed;    /* PAUSED: the rep may go on without a question */
    uint8_t restart; /* RESTARTING: enum ds_restart, checked */
    uint16_t left_s; /* RESTARTING: seconds that the session waits for the computer */
    char reason[DS_TEXT_REASON];
    uint8_t share;             /* SHARE: enum ds_share, checked; width and height only with one */
    bool fresh;                /* SHARE: the rep asked for it now; else it only goes on */
    uint8_t shared;            /* SHARED: enum ds_shared, checked */
    char name[DS_TEXT_REASON]; /* SHARE: of the screen or window */
};

/* DS_OK and type 0 for an unknown type. DS_EPROTO: short, or a value out of range. */
int ds_control_decode(const uint8_t *bytes, size_t n, struct ds_control *out);
int ds_control_encode(struct ds_buf *buf, const struct ds_control *control);

/* ---- INPUT ---- each message: u32 epoch, u32 sequence, then one event */
enum ds_input_type {
    DS_INPUT_POINTER = 1, /* x y buttons: absolute, in pixels of the picture */
    DS_INPUT_KEY = 2,     /* X keysym and down */
    DS_INPUT_TEXT = 3,    /* composed text, UTF-8 without control characters */
    DS_INPUT_RELEASE = 4, /* every key and button is up: the viewer lost the focus */
    DS_INPUT_LASER = 16,  /* x y color down: the rep points there; not down: no longer. Needs the
                             right `point` alone, and is nothing that the injector takes */
};

struct ds_input {
    uint32_t epoch;    /* connection count of the session, from 1; another epoch is discarded */
    uint32_t sequence; /* from 1 in each epoch; not above the last one: discarded */
    uint8_t type;
    uint16_t x, y;
    uint8_t buttons; /* bit 0 left, 1 middle, 2 right, 3-6 wheel up, down, left, right */
    uint32_t keysym; /* X11 keysym; Unicode ones are 0x01000000 + character */
    bool down;
    uint32_t color; /* LASER: 0xRRGGBB */
    char text[DS_INPUT_TEXT_MAX + 1];
};

int ds_input_decode(const uint8_t *bytes, size_t n, struct ds_input *out);
int ds_input_encode(struct ds_buf *buf, const struct ds_input *input);

/* ---- CURSOR ---- */
enum ds_cursor_type {
    DS_CURSOR_SHAPE = 1, /* id width height hot_x hot_y, then zlib-compressed ARGB32 premultiplied,
                            rows top first */
    DS_CURSOR_POSITION = 2, /* x y visible: where the remote pointer is, in pixels of the picture */
    DS_CURSOR_USE = 3,      /* id: a shape sent before */
};
#define DS_CURSOR_SHAPES 32 /* ids are 0..31; the viewer keeps them all */

struct ds_cursor_message {
    uint8_t type;
    uint8_t id;
    uint16_t width, height; /* 1..DS_CURSOR_SIDE_MAX */
    uint16_t hot_x, hot_y;  /* below width, height */
    int32_t x, y;
    bool visible;
    const uint8_t *packed; /* borrowed: the compressed pixels */
    size_t packed_len;
};

int ds_cursor_message_decode(const uint8_t *bytes, size_t n, struct ds_cursor_message *out);
int ds_cursor_message_encode(struct ds_buf *buf, const struct ds_cursor_message *message);

/* ---- SCREEN ---- */
enum ds_screen_type {
    DS_SCREEN_CHUNK = 1, /* agent: update id, flags, then operations of common/screen */
    DS_SCREEN_ACK = 2,   /* viewer: update id is presented; decode_us: what decoding took */
};
#define DS_SCREEN_FLAG_FIRST 1u /* first chunk of its update */
#define DS_SCREEN_FLAG_LAST 2u  /* last chunk: present now, then acknowledge */
#define DS_SCREEN_FLAG_KEY                                                                         \
    4u /* with FIRST: decoder starts anew from a black picture of the last LAYOUT's size */
#define DS_SCREEN_FLAG_EXACT                                                                       \
    8u /* with LAST: the picture is now equal to the source in every pixel */

struct ds_screen_message {
    uint8_t type;
    uint32_t id; /* update number, from 1, one higher each */
    uint8_t flags;
    uint32_t decode_us;
    const uint8_t *ops; /* borrowed */
    size_t ops_len;
};
#define DS_SCREEN_HEADER 6 /* bytes of CHUNK before the operations: type, id, flags */

int ds_screen_message_decode(const uint8_t *bytes, size_t n, struct ds_screen_message *out);
int ds_screen_message_encode(struct ds_buf *buf, const struct ds_screen_message *message);

#endif
