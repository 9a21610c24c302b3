/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/sealed.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/text.h"

#include <string.h>

static const char *const right_names[DS_RIGHT_COUNT] = {"look",      "point", "control",
                                                        "clipboard", "files", "restart"};

const char *ds_right_name(enum ds_right right)
{
    return (unsigned)right < DS_RIGHT_COUNT ? right_names[right] : "unknown";
}

enum ds_right ds_right_by_name(const char *name)
{
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        if (strcmp(name, right_names[i]) == 0)
            return (enum ds_right)i;
    }
    return DS_RIGHT_COUNT;
}

static bool is_screen_size(uint32_t width, uint32_t height)
{
    return width >= 1 && height >= 1 && width <= DS_SCREEN_SIDE_MAX &&
           height <= DS_SCREEN_SIDE_MAX && (uint64_t)width * height <= DS_SCREEN_AREA_MAX;
}

static uint8_t decode_bool(struct ds_cursor *c)
{
    uint8_t v = ds_cursor_u8(c);
    if (v > 1)
        c->error = DS_EPROTO;
    return v;
}

/* ---- CONTROL ---- */

static void decode_layout(struct ds_cursor *c, struct ds_control *out)
{
    out->width = ds_cursor_u16(c);
    out->height = ds_cursor_u16(c);
    out->monitor = ds_cursor_u8(c);
    out->monitor_count = ds_cursor_u8(c);
    if (out->monitor_count > DS_SCREEN_MONITORS_MAX || !is_screen_size(out->width, out->height) ||
        (out->monitor != 0xff && out->monitor >= out->monitor_count)) {
        c->error = DS_EPROTO;
        return;
    }
    for (unsigned i = 0; i < out->monitor_count && !c->error; i++) {
        struct ds_monitor *m = &out->monitors[i];
        m->x = (int16_t)ds_cursor_u16(c);
        m->y = (int16_t)ds_cursor_u16(c);
        m->width = ds_cursor_u16(c);
        m->height = ds_cursor_u16(c);
        ds_cursor_text(c, m->name, sizeof(m->name));
    }
}

static void decode_share(struct ds_cursor *c, struct ds_control *out)
{
    out->share = ds_cursor_u8(c);
    out->fresh = decode_bool(c);
    out->width = ds_cursor_u16(c);
    out->height = ds_cursor_u16(c);
    ds_cursor_text(c, out->name, sizeof(out->name));
    bool is_sized = out->share != DS_SHARE_NONE && is_screen_size(out->width, out->height);
    bool is_nothing = out->share == DS_SHARE_NONE && out->width == 0 && out->height == 0;
    if (out->share > DS_SHARE_WINDOW || !(is_sized || is_nothing))
        c->error = DS_EPROTO;
}

/* A field that an older version does not send. */
static uint16_t decode_wait(struct ds_cursor *c)
{
    return ds_cursor_left(c) >= 2 ? ds_cursor_u16(c) : 0;
}

static void decode_tiles(struct ds_cursor *c, struct ds_control *out)
{
    out->tiles = ds_cursor_left(c) >= 2 ? ds_cursor_u16(c) : DS_TILES_MAX;
    if (out->tiles < DS_TILES_MIN || out->tiles > DS_TILES_MAX)
        c->error = DS_EPROTO;
}

int ds_control_decode(const uint8_t *bytes, size_t n, struct ds_control *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_control m = {.type = ds_cursor_u8(&c)};
    switch (m.type) {
    case DS_CONTROL_HELLO:
        m.version = ds_cursor_u16(&c);
        m.features = ds_cursor_u32(&c);
        ds_cursor_text(&c, m.program, sizeof(m.program));
        decode_tiles(&c, &m);
        if (ds_cursor_left(&c) >= 2) /* an older version ends before */
            ds_cursor_text(&c, m.who, sizeof(m.who));
        break;
    case DS_CONTROL_REQUEST:
    case DS_CONTROL_RELEASE:
        m.right = ds_cursor_u8(&c);
        break;
    case DS_CONTROL_RIGHT:
        m.right = ds_cursor_u8(&c);
        m.state = ds_cursor_u8(&c);
        m.wait_s = decode_wait(&c);
        break;
    case DS_CONTROL_LAYOUT:
        decode_layout(&c, &m);
        break;
    case DS_CONTROL_MONITOR:
        m.monitor = ds_cursor_u8(&c);
        break;
    case DS_CONTROL_PAUSED:
        m.on = decode_bool(&c);
        m.by_rep = decode_bool(&c);
        m.wait_s = decode_wait(&c);
        m.allowed = ds_cursor_left(&c) > 0 && decode_bool(&c);
        break;
    case DS_CONTROL_VISIBLE:
    case DS_CONTROL_HELD:
        m.on = decode_bool(&c);
        break;
    case DS_CONTROL_END:
        ds_cursor_text(&c, m.reason, sizeof(m.reason));
        break;
    case DS_CONTROL_RESTARTING:
        m.restart = ds_cursor_u8(&c);
        m.left_s = ds_cursor_u16(&c);
        ds_cursor_text(&c, m.reason, sizeof(m.reason));
        break;
    case DS_CONTROL_SHARE:
        decode_share(&c, &m);
        break;
    case DS_CONTROL_SHARED:
        m.shared = ds_cursor_u8(&c);
        if (m.shared > DS_SHARED_HIDDEN)
            c.error = DS_EPROTO;
        break;
    case DS_CONTROL_RESUME:
    case DS_CONTROL_PAUSE:
    case DS_CONTROL_RESTART:
        break;
    default:
        m.type = 0;
        break;
    }
    if (m.right >= DS_RIGHT_COUNT || m.state > DS_RIGHT_REFUSED || m.restart > DS_RESTART_NOW)
        c.error = DS_EPROTO;
    if (!c.error)
        *out = m;
    return c.error;
}

static void encode_layout(struct ds_writer *w, const struct ds_control *m)
{
    ds_writer_u16(w, (uint16_t)m->width);
    ds_writer_u16(w, (uint16_t)m->height);
    ds_writer_u8(w, m->monitor);
    ds_writer_u8(w, m->monitor_count);
    for (unsigned i = 0; i < m->monitor_count; i++) {
        ds_writer_u16(w, (uint16_t)m->monitors[i].x);
        ds_writer_u16(w, (uint16_t)m->monitors[i].y);
        ds_writer_u16(w, (uint16_t)m->monitors[i].width);
        ds_writer_u16(w, (uint16_t)m->monitors[i].height);
        ds_writer_text(w, m->monitors[i].name);
    }
}

int ds_control_encode(struct ds_buf *buf, const struct ds_control *m)
{
    struct ds_writer w = ds_writer_of(buf);
    ds_writer_u8(&w, m->type);
    switch (m->type) {
    case DS_CONTROL_HELLO:
        ds_writer_u16(&w, m->version);
        ds_writer_u32(&w, m->features);
        ds_writer_text(&w, m->program);
        ds_writer_u16(&w, m->tiles);
        ds_writer_text(&w, m->who);
        break;
    case DS_CONTROL_REQUEST:
    case DS_CONTROL_RELEASE:
        ds_writer_u8(&w, m->right);
        break;
    case DS_CONTROL_RIGHT:
        ds_writer_u8(&w, m->right);
        ds_writer_u8(&w, m->state);
        ds_writer_u16(&w, m->wait_s);
        break;
    case DS_CONTROL_LAYOUT:
        if (!is_screen_size(m->width, m->height) || m->monitor_count > DS_SCREEN_MONITORS_MAX)
            return DS_EINVAL;
        encode_layout(&w, m);
        break;
    case DS_CONTROL_MONITOR:
        ds_writer_u8(&w, m->monitor);
        break;
    case DS_CONTROL_PAUSED:
        ds_writer_u8(&w, m->on);
        ds_writer_u8(&w, m->by_rep);
        ds_writer_u16(&w, m->wait_s);
        ds_writer_u8(&w, m->allowed);
        break;
    case DS_CONTROL_RESTARTING:
        ds_writer_u8(&w, m->restart);
        ds_writer_u16(&w, m->left_s);
        ds_writer_text(&w, m->reason);
        break;
    case DS_CONTROL_SHARE:
        if (m->share != DS_SHARE_NONE && !is_screen_size(m->width, m->height))
            return DS_EINVAL;
        ds_writer_u8(&w, m->share);
        ds_writer_u8(&w, m->fresh);
        ds_writer_u16(&w, (uint16_t)m->width);
        ds_writer_u16(&w, (uint16_t)m->height);
        ds_writer_text(&w, m->name);
        break;
    case DS_CONTROL_SHARED:
        ds_writer_u8(&w, m->shared);
        break;
    case DS_CONTROL_VISIBLE:
    case DS_CONTROL_HELD:
        ds_writer_u8(&w, m->on);
        break;
    case DS_CONTROL_END:
        ds_writer_text(&w, m->reason);
        break;
    case DS_CONTROL_RESUME:
    case DS_CONTROL_PAUSE:
    case DS_CONTROL_RESTART:
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}

/* ---- INPUT ---- */

/* Composed text is letters: control characters would be key strokes that no right was checked for.
 */
static bool is_printable(const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        uint32_t c = ds_text_next(&text, end);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            return false;
    }
    return true;
}

int ds_input_decode(const uint8_t *bytes, size_t n, struct ds_input *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_input m = {.type = ds_cursor_u8(&c)};
    m.epoch = ds_cursor_u32(&c);
    m.sequence = ds_cursor_u32(&c);
    switch (m.type) {
    case DS_INPUT_POINTER:
        m.x = ds_cursor_u16(&c);
        m.y = ds_cursor_u16(&c);
        m.buttons = ds_cursor_u8(&c);
        break;
    case DS_INPUT_KEY:
        m.keysym = ds_cursor_u32(&c);
        m.down = decode_bool(&c);
        break;
    case DS_INPUT_TEXT:
        ds_cursor_text(&c, m.text, sizeof(m.text));
        if (!c.error && (m.text[0] == '\0' || !is_printable(m.text)))
            c.error = DS_EPROTO;
        break;
    case DS_INPUT_RELEASE:
        break;
    case DS_INPUT_LASER:
        m.x = ds_cursor_u16(&c);
        m.y = ds_cursor_u16(&c);
        m.color = ds_cursor_u24(&c);
        m.down = decode_bool(&c);
        break;
    default:
        m.type = 0;
        break;
    }
    if (!c.error)
        *out = m;
    return c.error;
}

int ds_input_encode(struct ds_buf *buf, const struct ds_input *m)
{
    struct ds_writer w = ds_writer_of(buf);
    ds_writer_u8(&w, m->type);
    ds_writer_u32(&w, m->epoch);
    ds_writer_u32(&w, m->sequence);
    switch (m->type) {
    case DS_INPUT_POINTER:
        ds_writer_u16(&w, m->x);
        ds_writer_u16(&w, m->y);
        ds_writer_u8(&w, m->buttons);
        break;
    case DS_INPUT_KEY:
        ds_writer_u32(&w, m->keysym);
        ds_writer_u8(&w, m->down);
        break;
    case DS_INPUT_TEXT:
        ds_writer_text(&w, m->text);
        break;
    case DS_INPUT_RELEASE:
        break;
    case DS_INPUT_LASER:
        ds_writer_u16(&w, m->x);
        ds_writer_u16(&w, m->y);
        ds_writer_u24(&w, m->color);
        ds_writer_u8(&w, m->down);
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}

/* ---- CURSOR ---- */

int ds_cursor_message_decode(const uint8_t *bytes, size_t n, struct ds_cursor_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_cursor_message m = {.type = ds_cursor_u8(&c)};
    switch (m.type) {
    case DS_CURSOR_SHAPE:
        m.id = ds_cursor_u8(&c);
        m.width = ds_cursor_u16(&c);
        m.height = ds_cursor_u16(&c);
        m.hot_x = ds_cursor_u16(&c);
        m.hot_y = ds_cursor_u16(&c);
        m.packed_len = ds_cursor_left(&c);
        m.packed = ds_cursor_bytes(&c, m.packed_len);
        if (m.id >= DS_CURSOR_SHAPES || m.width < 1 || m.height < 1 ||
            m.width > DS_CURSOR_SIDE_MAX || m.height > DS_CURSOR_SIDE_MAX || m.hot_x >= m.width ||
            m.hot_y >= m.height)
            c.error = DS_EPROTO;
        break;
    case DS_CURSOR_POSITION:
        m.x = (int16_t)ds_cursor_u16(&c);
        m.y = (int16_t)ds_cursor_u16(&c);
        m.visible = decode_bool(&c);
        break;
    case DS_CURSOR_USE:
        m.id = ds_cursor_u8(&c);
        if (m.id >= DS_CURSOR_SHAPES)
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

int ds_cursor_message_encode(struct ds_buf *buf, const struct ds_cursor_message *m)
{
    struct ds_writer w = ds_writer_of(buf);
    ds_writer_u8(&w, m->type);
    switch (m->type) {
    case DS_CURSOR_SHAPE:
        ds_writer_u8(&w, m->id);
        ds_writer_u16(&w, m->width);
        ds_writer_u16(&w, m->height);
        ds_writer_u16(&w, m->hot_x);
        ds_writer_u16(&w, m->hot_y);
        ds_writer_bytes(&w, m->packed, m->packed_len);
        break;
    case DS_CURSOR_POSITION:
        ds_writer_u16(&w, (uint16_t)m->x);
        ds_writer_u16(&w, (uint16_t)m->y);
        ds_writer_u8(&w, m->visible);
        break;
    case DS_CURSOR_USE:
        ds_writer_u8(&w, m->id);
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}

/* ---- SCREEN ---- */

int ds_screen_message_decode(const uint8_t *bytes, size_t n, struct ds_screen_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_screen_message m = {.type = ds_cursor_u8(&c)};
    switch (m.type) {
    case DS_SCREEN_CHUNK:
        m.id = ds_cursor_u32(&c);
        m.flags = ds_cursor_u8(&c);
        m.ops_len = ds_cursor_left(&c);
        m.ops = ds_cursor_bytes(&c, m.ops_len);
        if (m.ops_len > DS_SCREEN_CHUNK_MAX - DS_SCREEN_HEADER)
            c.error = DS_EPROTO;
        break;
    case DS_SCREEN_ACK:
        m.id = ds_cursor_u32(&c);
        m.decode_us = ds_cursor_u32(&c);
        break;
    default:
        m.type = 0;
        break;
    }
    if (!c.error)
        *out = m;
    return c.error;
}

int ds_screen_message_encode(struct ds_buf *buf, const struct ds_screen_message *m)
{
    struct ds_writer w = ds_writer_of(buf);
    ds_writer_u8(&w, m->type);
    ds_writer_u32(&w, m->id);
    switch (m->type) {
    case DS_SCREEN_CHUNK:
        ds_writer_u8(&w, m->flags);
        ds_writer_bytes(&w, m->ops, m->ops_len);
        break;
    case DS_SCREEN_ACK:
        ds_writer_u32(&w, m->decode_us);
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}
