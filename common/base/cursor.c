/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/cursor.h"

#include "common/base/error.h"
#include "common/base/text.h"

#include <string.h>

const uint8_t *ds_cursor_bytes(struct ds_cursor *c, size_t n)
{
    if (c->error || ds_cursor_left(c) < n) {
        c->error = DS_EPROTO;
        return NULL;
    }
    const uint8_t *p = c->at;
    c->at += n;
    return p;
}

uint8_t ds_cursor_u8(struct ds_cursor *c)
{
    const uint8_t *p = ds_cursor_bytes(c, 1);
    return p ? p[0] : 0;
}

uint16_t ds_cursor_u16(struct ds_cursor *c)
{
    const uint8_t *p = ds_cursor_bytes(c, 2);
    return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

uint32_t ds_cursor_u24(struct ds_cursor *c)
{
    const uint8_t *p = ds_cursor_bytes(c, 3);
    return p ? ds_get_u24(p) : 0;
}

uint32_t ds_cursor_u32(struct ds_cursor *c)
{
    const uint8_t *p = ds_cursor_bytes(c, 4);
    return p ? ds_get_u32(p) : 0;
}

uint64_t ds_cursor_u64(struct ds_cursor *c)
{
    const uint8_t *p = ds_cursor_bytes(c, 8);
    return p ? (uint64_t)ds_get_u32(p) << 32 | ds_get_u32(p + 4) : 0;
}

void ds_cursor_text(struct ds_cursor *c, char *out, size_t size)
{
    size_t n = ds_cursor_u16(c);
    const uint8_t *p = ds_cursor_bytes(c, n);
    if (!p || n >= size || memchr(p, 0, n) || !ds_text_is_utf8((const char *)p, n)) {
        c->error = DS_EPROTO;
        if (size > 0)
            out[0] = '\0';
        return;
    }
    memcpy(out, p, n);
    out[n] = '\0';
}

int ds_cursor_finish(struct ds_cursor *c)
{
    if (!c->error && c->at != c->end)
        c->error = DS_EPROTO;
    return c->error;
}

void ds_writer_bytes(struct ds_writer *w, const void *bytes, size_t n)
{
    if (!w->error)
        w->error = ds_buf_append(w->buf, bytes, n);
}

void ds_writer_u8(struct ds_writer *w, uint8_t v)
{
    ds_writer_bytes(w, &v, 1);
}

void ds_writer_u16(struct ds_writer *w, uint16_t v)
{
    uint8_t b[2];
    ds_put_u16(b, v);
    ds_writer_bytes(w, b, sizeof(b));
}

void ds_writer_u24(struct ds_writer *w, uint32_t v)
{
    uint8_t b[3];
    ds_put_u24(b, v);
    ds_writer_bytes(w, b, sizeof(b));
}

void ds_writer_u32(struct ds_writer *w, uint32_t v)
{
    uint8_t b[4];
    ds_put_u32(b, v);
    ds_writer_bytes(w, b, sizeof(b));
}

void ds_writer_u64(struct ds_writer *w, uint64_t v)
{
    uint8_t b[8];
    ds_put_u64(b, v);
    ds_writer_bytes(w, b, sizeof(b));
}

void ds_writer_text(struct ds_writer *w, const char *text)
{
    size_t n = strlen(text);
    if (n > UINT16_MAX) {
        w->error = w->error ? w->error : DS_ELIMIT;
        return;
    }
    ds_writer_u16(w, (uint16_t)n);
    ds_writer_bytes(w, text, n);
}
