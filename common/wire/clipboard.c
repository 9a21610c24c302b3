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

int ds_clipboard_message_decode(const uint8_t *bytes, size_t n, struct ds_clipboard_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_clipboard_message m = {.type = ds_cursor_u8(&c)};
    uint8_t taken;
    switch (m.type) {
    case DS_CLIPBOARD_TEXT:
        m.serial = ds_cursor_u32(&c);
        m.len = ds_cursor_left(&c);
        m.text = (const char *)ds_cursor_bytes(&c, m.len);
        if (!c.error && !ds_clipboard_is_text(m.text, m.len))
            c.error = DS_EPROTO;
        break;
    case DS_CLIPBOARD_TAKEN:
        m.serial = ds_cursor_u32(&c);
        taken = ds_cursor_u8(&c);
        m.taken = taken == 1;
        if (taken > 1)
            c.error = DS_EPROTO;
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
        ds_writer_u8(&w, m->type);
        ds_writer_u32(&w, m->serial);
        ds_writer_u8(&w, m->taken);
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}
