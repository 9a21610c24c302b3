/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/file_message.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/wire/tree.h"

#include <string.h>

bool ds_file_message_is(const uint8_t *bytes, size_t n)
{
    return n > 0 && bytes[0] >= DS_FILE_OFFER && bytes[0] <= DS_FILE_LAST;
}

static uint64_t decode_size(struct ds_cursor *c)
{
    uint64_t v = ds_cursor_u64(c);
    if (v > DS_FILE_SIZE_MAX)
        c->error = DS_EPROTO;
    return v;
}

static void decode_hash(struct ds_cursor *c, uint8_t out[DS_FILE_HASH])
{
    const uint8_t *bytes = ds_cursor_bytes(c, DS_FILE_HASH);
    if (bytes)
        memcpy(out, bytes, DS_FILE_HASH);
}

/* Fields that older programs do not send: all of them, or none. */
static bool has_more(const struct ds_cursor *c, size_t n)
{
    return !c->error && ds_cursor_left(c) >= n;
}

static void decode_why(struct ds_cursor *c, struct ds_file_message *out)
{
    ds_cursor_text(c, out->why, sizeof(out->why));
    out->has_space = has_more(c, 16);
    if (out->has_space) {
        out->needed = decode_size(c);
        out->room = decode_size(c);
    }
}

static void decode_offer(struct ds_cursor *c, struct ds_file_message *out)
{
    out->size = decode_size(c);
    ds_cursor_text(c, out->name, sizeof(out->name));
    if (out->name[0] == '\0')
        c->error = DS_EPROTO;
    if (out->type == DS_FILE_OFFER_FOLDER) {
        out->files = ds_cursor_u32(c);
        out->folders = ds_cursor_u32(c);
        out->skipped = ds_cursor_u32(c);
        out->room = decode_size(c);
    } else if (has_more(c, 12)) {
        out->has_mtime = true;
        out->mtime_s = (int64_t)ds_cursor_u64(c);
        out->mtime_ns = ds_cursor_u32(c);
        if (!ds_tree_is_time(out->mtime_s, out->mtime_ns))
            c->error = DS_EPROTO;
    }
}

static bool decode_bool(struct ds_cursor *c)
{
    uint8_t v = ds_cursor_u8(c);
    if (v > 1)
        c->error = DS_EPROTO;
    return v != 0;
}

static uint32_t decode_id(struct ds_cursor *c)
{
    uint32_t id = ds_cursor_u32(c);
    if (id == 0)
        c->error = DS_EPROTO;
    return id;
}

static void decode_fields(struct ds_cursor *c, struct ds_file_message *out)
{
    switch (out->type) {
    case DS_FILE_OFFER:
    case DS_FILE_OFFER_FOLDER:
        decode_offer(c, out);
        break;
    case DS_FILE_ACCEPT:
        out->offset = decode_size(c);
        decode_hash(c, out->hash);
        break;
    case DS_FILE_REFUSE:
    case DS_FILE_FAILED:
        decode_why(c, out);
        break;
    case DS_FILE_PAUSE:
        out->on = decode_bool(c);
        break;
    case DS_FILE_AT:
        out->epoch = ds_cursor_u32(c);
        out->begun = decode_bool(c);
        out->offset = decode_size(c);
        break;
    case DS_FILE_DONE:
        decode_hash(c, out->hash);
        out->skipped = has_more(c, 4) ? ds_cursor_u32(c) : 0;
        break;
    default: /* CANCEL */
        break;
    }
}

int ds_file_message_decode(const uint8_t *bytes, size_t n, struct ds_file_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_file_message m = {.type = ds_cursor_u8(&c)};
    if (n > 0 && (!ds_file_message_is(bytes, n) || m.type > DS_FILE_PAUSE))
        m.type = 0;
    if (m.type != 0) {
        m.id = decode_id(&c);
        decode_fields(&c, &m);
    }
    if (c.error)
        return c.error;
    *out = m;
    return DS_OK;
}

int ds_file_message_encode(struct ds_buf *buf, const struct ds_file_message *m)
{
    struct ds_writer w = ds_writer_of(buf);
    ds_writer_u8(&w, m->type);
    ds_writer_u32(&w, m->id);
    switch (m->type) {
    case DS_FILE_OFFER:
        ds_writer_u64(&w, m->size);
        ds_writer_text(&w, m->name);
        if (m->has_mtime) {
            ds_writer_u64(&w, (uint64_t)m->mtime_s);
            ds_writer_u32(&w, m->mtime_ns);
        }
        break;
    case DS_FILE_OFFER_FOLDER:
        ds_writer_u64(&w, m->size);
        ds_writer_text(&w, m->name);
        ds_writer_u32(&w, m->files);
        ds_writer_u32(&w, m->folders);
        ds_writer_u32(&w, m->skipped);
        ds_writer_u64(&w, m->room);
        break;
    case DS_FILE_ACCEPT:
        ds_writer_u64(&w, m->offset);
        ds_writer_bytes(&w, m->hash, DS_FILE_HASH);
        break;
    case DS_FILE_REFUSE:
    case DS_FILE_FAILED:
        ds_writer_text(&w, m->why);
        if (m->has_space) {
            ds_writer_u64(&w, m->needed);
            ds_writer_u64(&w, m->room);
        }
        break;
    case DS_FILE_PAUSE:
        ds_writer_u8(&w, m->on);
        break;
    case DS_FILE_AT:
        ds_writer_u32(&w, m->epoch);
        ds_writer_u8(&w, m->begun);
        ds_writer_u64(&w, m->offset);
        break;
    case DS_FILE_DONE:
        ds_writer_bytes(&w, m->hash, DS_FILE_HASH);
        if (m->skipped > 0)
            ds_writer_u32(&w, m->skipped);
        break;
    default: /* CANCEL */
        break;
    }
    return w.error;
}

int ds_file_data_decode(const uint8_t *bytes, size_t n, struct ds_file_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_file_message m = {.type = ds_cursor_u8(&c)};
    if (m.type != DS_FILE_DATA) {
        m.type = 0;
    } else {
        m.id = decode_id(&c);
        m.offset = decode_size(&c);
        m.len = ds_cursor_left(&c);
        m.bytes = ds_cursor_bytes(&c, m.len);
        if (m.len == 0 || m.len > DS_FILE_PIECE_MAX)
            c.error = DS_EPROTO;
    }
    if (c.error)
        return c.error;
    *out = m;
    return DS_OK;
}

void ds_file_data_header(uint8_t out[DS_FILE_DATA_HEADER], uint32_t id, uint64_t offset)
{
    out[0] = DS_FILE_DATA;
    ds_put_u32(out + 1, id);
    ds_put_u64(out + 5, offset);
}
