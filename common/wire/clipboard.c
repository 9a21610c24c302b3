/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/clipboard.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/text.h"

#include <string.h>

bool ds_clipboard_is_text(const char *text, size_t len)
{
    return len >= 1 && len <= DS_CLIPBOARD_MAX && !memchr(text, '\0', len) &&
           ds_text_is_utf8(text, len);
}

/* A bool on the wire. */
static bool read_bool(struct ds_cursor *c)
{
    uint8_t value = ds_cursor_u8(c);
    if (value > 1)
        c->error = DS_EPROTO;
    return value == 1;
}

static void read_offer(struct ds_cursor *c, struct ds_clipboard_message *m)
{
    m->serial = ds_cursor_u32(c);
    m->place = ds_cursor_u64(c);
    m->selection = ds_cursor_u8(c);
    m->formats = ds_cursor_u16(c) & DS_CLIP_ALL_FORMATS;
    if (m->selection >= DS_CLIP_SELECTIONS)
        c->error = DS_EPROTO;
}

static void read_chunk(struct ds_cursor *c, struct ds_clipboard_message *m)
{
    m->fetch = ds_cursor_u32(c);
    m->taken = read_bool(c);
    m->len = ds_cursor_left(c);
    m->text = (const char *)ds_cursor_bytes(c, m->len);
    if (m->len > DS_CLIPBOARD_CHUNK_MAX || (m->len == 0 && !m->taken))
        c->error = DS_EPROTO;
}

int ds_clipboard_message_decode(const uint8_t *bytes, size_t n, struct ds_clipboard_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_clipboard_message m = {.type = ds_cursor_u8(&c)};
    switch (m.type) {
    case DS_CLIPBOARD_TEXT:
        m.serial = ds_cursor_u32(&c);
        m.len = ds_cursor_left(&c);
        m.text = (const char *)ds_cursor_bytes(&c, m.len);
        if (!c.error && !ds_clipboard_is_text(m.text, m.len))
            c.error = DS_EPROTO;
        break;
    case DS_CLIPBOARD_TAKEN:
    case DS_CLIPBOARD_HEARD:
        m.serial = ds_cursor_u32(&c);
        m.taken = read_bool(&c);
        break;
    case DS_CLIPBOARD_OFFER:
        read_offer(&c, &m);
        break;
    case DS_CLIPBOARD_FETCH:
        m.fetch = ds_cursor_u32(&c);
        m.serial = ds_cursor_u32(&c);
        m.format = ds_cursor_u8(&c);
        break;
    case DS_CLIPBOARD_CHUNK:
        read_chunk(&c, &m);
        break;
    case DS_CLIPBOARD_GRANT:
        m.fetch = ds_cursor_u32(&c);
        m.up_to = ds_cursor_u32(&c);
        break;
    case DS_CLIPBOARD_FAILED:
        m.fetch = ds_cursor_u32(&c);
        m.why = ds_cursor_u8(&c);
        break;
    case DS_CLIPBOARD_CANCEL:
        m.fetch = ds_cursor_u32(&c);
        break;
    case DS_CLIPBOARD_SWITCH:
        m.switches =
            ds_cursor_u8(&c) & (DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES | DS_CLIPBOARD_PRIMARY);
        break;
    default:
        m.type = 0;
        break;
    }
    if (!c.error)
        *out = m;
    return c.error;
}

int ds_clipboard_message_encode(struct ds_buf *buf, const struct ds_clipboard_message *m)
{
    struct ds_writer w = ds_writer_of(buf);
    switch (m->type) {
    case DS_CLIPBOARD_TEXT:
        if (!ds_clipboard_is_text(m->text, m->len))
            return DS_EINVAL;
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->serial);
        ds_writer_bytes(&w, m->text, m->len);
        break;
    case DS_CLIPBOARD_TAKEN:
    case DS_CLIPBOARD_HEARD:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->serial);
        ds_writer_u8(&w, m->taken);
        break;
    case DS_CLIPBOARD_OFFER:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->serial);
        ds_writer_u64(&w, m->place);
        ds_writer_u8(&w, m->selection);
        ds_writer_u16(&w, m->formats);
        break;
    case DS_CLIPBOARD_FETCH:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->fetch);
        ds_writer_u32(&w, m->serial);
        ds_writer_u8(&w, m->format);
        break;
    case DS_CLIPBOARD_CHUNK:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->fetch);
        ds_writer_u8(&w, m->taken);
        ds_writer_bytes(&w, m->text, m->len);
        break;
    case DS_CLIPBOARD_GRANT:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->fetch);
        ds_writer_u32(&w, m->up_to);
        break;
    case DS_CLIPBOARD_FAILED:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->fetch);
        ds_writer_u8(&w, m->why);
        break;
    case DS_CLIPBOARD_CANCEL:
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->fetch);
        break;
    case DS_CLIPBOARD_SWITCH:
        ds_writer_u8(&w, m->type);
        ds_writer_u8(&w, m->switches);
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}
