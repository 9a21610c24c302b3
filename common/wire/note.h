/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The messages of the channel NOTES: drawings of the rep on the customer's screen. Bytes in and
 * out; what may be drawn is decided in common/service/notes.h. Byte table: common/PROTOCOL.md;
 * proved by tests/unit/notes.c. */
#ifndef DS_WIRE_NOTE_H
#define DS_WIRE_NOTE_H

#include "common/base/buf.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_NOTE_POINTS_MAX 1024u /* of one note: a hand that draws for 10 s */
#define DS_NOTE_TEXT_MAX 256     /* bytes */
#define DS_NOTES_MAX 200u        /* on the screen at a time */

#define DS_NOTE_COLOR 0xe5484du /* where none is given */

enum ds_note_tool {
    DS_NOTE_PEN = 1,       /* a line through the points, 1.. */
    DS_NOTE_ARROW = 2,     /* from the first to the second point */
    DS_NOTE_BOX = 3,       /* two corners */
    DS_NOTE_HIGHLIGHT = 4, /* a broad translucent line, 1.. */
    DS_NOTE_SPOTLIGHT = 5, /* two corners of what stays bright */
    DS_NOTE_TEXT = 6,      /* text, its top left at the point */
    DS_NOTE_TOOLS = 7,
    DS_NOTE_LASER = DS_NOTE_TOOLS, /* points and leaves nothing: never in a note */
};

/* "pen" ... "text", "laser"; static; "" for what is none. */
const char *ds_note_tool_name(enum ds_note_tool tool);
/* 0 when there is no such name. */
enum ds_note_tool ds_note_tool_by_name(const char *name);

/* How thick its lines, or how large its letters are. */
enum ds_note_size { DS_NOTE_NORMAL, DS_NOTE_THIN, DS_NOTE_THICK, DS_NOTE_SIZES };

/* "normal", "thin", "thick"; DS_NOTE_SIZES when there is no such name. */
enum ds_note_size ds_note_size_by_name(const char *name);

struct ds_note_point {
    uint16_t x, y; /* pixels of the picture; below its width and height */
};

struct ds_note {
    uint32_t id;    /* from 1, one higher with each note of a session */
    uint8_t tool;   /* enum ds_note_tool */
    uint8_t size;   /* enum ds_note_size; NORMAL from a program that does not know the field */
    uint32_t color; /* 0xRRGGBB */
    /* The LAYOUT it was drawn on. */
    uint8_t monitor;
    uint16_t width, height;
    uint16_t count; /* points: 1..DS_NOTE_POINTS_MAX, by tool */
    struct ds_note_point points[DS_NOTE_POINTS_MAX];
    char text[DS_NOTE_TEXT_MAX + 1]; /* TEXT: 1.. bytes without control characters, else "" */
};

/* A line is at most so many times width + height long, its steps right and down added up: a
 * scribble over all of the screen and back costs the display and the painter what its length is. */
#define DS_NOTE_LENGTH_MAX 16u

/* Pixels from point to point, right and down added up. */
uint32_t ds_note_length(const struct ds_note *note);

/* Whether every field of a note is as it may be. */
bool ds_note_is_valid(const struct ds_note *note);

enum ds_note_type {
    DS_NOTE_DRAW = 1,  /* viewer: a note */
    DS_NOTE_UNDO = 2,  /* viewer: id */
    DS_NOTE_ERASE = 3, /* viewer: all up to id */
    DS_NOTE_SHOWN =
        4, /* agent: id is on the customer's screen; updates above `update` may show it */
    DS_NOTE_GONE = 5,  /* agent: id, or all up to it, is not or no longer there */
    DS_NOTE_HAND = 6,  /* agent: the customer draws, or no longer; as many drawings are theirs */
    DS_NOTE_CLEAN = 7, /* viewer: the customer's drawings go, too */
};

struct ds_note_message {
    uint8_t type;
    uint32_t id;
    uint32_t update;
    bool all;
    bool draws;     /* HAND */
    uint16_t count; /* HAND: 0..DS_NOTES_MAX */
};

/* note: filled for DRAW, else untouched; may be larger than a stack likes. DS_OK and type 0 for an
 * unknown type. DS_EPROTO: short, or a value out of range. */
int ds_note_message_decode(const uint8_t *bytes, size_t n, struct ds_note_message *out,
                           struct ds_note *note);
/* note: for DRAW, else not looked at. DS_EINVAL: a note that is not valid. DS_ELIMIT, DS_ENOMEM. */
int ds_note_message_encode(struct ds_buf *buf, const struct ds_note_message *message,
                           const struct ds_note *note);

#endif
