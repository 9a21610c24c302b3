/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading and writing big-endian fields. Consuming is the check: after the first short or failed
 * step every further one yields zero, and the error is looked at once, at the end. */
#ifndef DS_BASE_CURSOR_H
#define DS_BASE_CURSOR_H

#include "common/base/buf.h"

#include <stddef.h>
#include <stdint.h>

struct ds_cursor {
    const uint8_t *at; /* borrowed: the caller's bytes */
    const uint8_t *end;
    int error; /* sticky: 0 or DS_EPROTO */
};

static inline struct ds_cursor ds_cursor_of(const void *bytes, size_t n)
{
    const uint8_t *p = bytes ? (const uint8_t *)bytes : (const uint8_t *)"";
    return (struct ds_cursor){.at = p, .end = p + n, .error = 0};
}

static inline size_t ds_cursor_left(const struct ds_cursor *c)
{
    return (size_t)(c->end - c->at);
}

/* The next n bytes, borrowed from the input; NULL and the error set when fewer are left. */
const uint8_t *ds_cursor_bytes(struct ds_cursor *c, size_t n);
uint8_t ds_cursor_u8(struct ds_cursor *c);
uint16_t ds_cursor_u16(struct ds_cursor *c);
uint32_t ds_cursor_u24(struct ds_cursor *c);
uint32_t ds_cursor_u32(struct ds_cursor *c);
uint64_t ds_cursor_u64(struct ds_cursor *c);

/* A string of a u16 length and that many bytes of valid UTF-8 without NUL, copied into out of size
 * bytes with a NUL. Longer than size - 1, or not valid: DS_EPROTO. */
void ds_cursor_text(struct ds_cursor *c, char *out, size_t size);

/* Sets the error unless every byte was consumed; returns the error. For messages that allow no
 * trailing bytes. */
int ds_cursor_finish(struct ds_cursor *c);

/* Appends fields to a ds_buf; error is sticky (DS_ELIMIT, DS_ENOMEM). */
struct ds_writer {
    struct ds_buf *buf; /* borrowed */
    int error;
};

static inline struct ds_writer ds_writer_of(struct ds_buf *buf)
{
    return (struct ds_writer){.buf = buf, .error = 0};
}

void ds_writer_u8(struct ds_writer *w, uint8_t v);
void ds_writer_u16(struct ds_writer *w, uint16_t v);
void ds_writer_u24(struct ds_writer *w, uint32_t v);
void ds_writer_u32(struct ds_writer *w, uint32_t v);
void ds_writer_u64(struct ds_writer *w, uint64_t v);
void ds_writer_bytes(struct ds_writer *w, const void *bytes, size_t n);
/* u16 length and the bytes of text; at most 65535, else DS_ELIMIT. */
void ds_writer_text(struct ds_writer *w, const char *text);

static inline void ds_put_u16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void ds_put_u24(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 16);
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)v;
}

static inline void ds_put_u32(uint8_t *p, uint32_t v)
{
    ds_put_u16(p, (uint16_t)(v >> 16));
    ds_put_u16(p + 2, (uint16_t)v);
}

static inline void ds_put_u64(uint8_t *p, uint64_t v)
{
    ds_put_u32(p, (uint32_t)(v >> 32));
    ds_put_u32(p + 4, (uint32_t)v);
}

static inline uint32_t ds_get_u24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

static inline uint32_t ds_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif
