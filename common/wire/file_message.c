/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/file_message.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <string.h>

bool ds_file_message_is(const uint8_t *bytes, size_t n)
{
    return n > 0 && bytes[0] >= DS_FILE_OFFER && bytes[0] <= DS_FILE_FAILED;
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

static uint32_t decode_id(struct ds_cursor *c)
{
    uint32_t id = ds_cursor_u32(c);
    if (id == 0)
        c->error = DS_EPROTO;
    return id;
}

static void decode_fields(struct ds_cursor *c, struct ds_file_message *out)
{
    uint8_t begun;
    switch (out->type) {
    case DS_FILE_OFFER:
        out->size = decode_size(c);
        ds_cursor_text(c, out->name, sizeof(out->name));
        if (out->name[0] == '\0')
            c->error = DS_EPROTO;
        break;
    case DS_FILE_ACCEPT:
        out->offset = decode_size(c);
        decode_hash(c, out->hash);
        break;
    case DS_FILE_REFUSE:
    case DS_FILE_FAILED:
        ds_cursor_text(c, out->why, sizeof(out->why));
        break;
    case DS_FILE_AT:
        out->epoch = ds_cursor_u32(c);
        begun = ds_cursor_u8(c);
        if (begun > 1)
            c->error = DS_EPROTO;
        out->begun = begun != 0;
        out->offset = decode_size(c);
        break;
    case DS_FILE_DONE:
        decode_hash(c, out->hash);
        break;
    default: /* CANCEL */
        break;
    }
}

int ds_file_message_decode(const uint8_t *bytes, size_t n, struct ds_file_message *out)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_file_message m = {.type = ds_cursor_u8(&c)};
    if (n > 0 && !ds_file_message_is(bytes, n))
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
        break;
    case DS_FILE_ACCEPT:
        ds_writer_u64(&w, m->offset);
        ds_writer_bytes(&w, m->hash, DS_FILE_HASH);
        break;
    case DS_FILE_REFUSE:
    case DS_FILE_FAILED:
        ds_writer_text(&w, m->why);
        break;
    case DS_FILE_AT:
        ds_writer_u32(&w, m->epoch);
        ds_writer_u8(&w, m->begun);
        ds_writer_u64(&w, m->offset);
        break;
    case DS_FILE_DONE:
        ds_writer_bytes(&w, m->hash, DS_FILE_HASH);
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
