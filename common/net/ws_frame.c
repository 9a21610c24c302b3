/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/ws_frame.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <string.h>

int ds_ws_frame_append(struct ds_buf *buf, uint8_t opcode, const uint8_t mask[4],
                       const uint8_t *payload, size_t len)
{
    uint8_t *out;
    int error = len > UINT32_MAX ? DS_ELIMIT : ds_buf_reserve(buf, len + 14, &out);
    if (error)
        return error;
    size_t at = 2;
    out[0] = (uint8_t)(0x80 | opcode);
    if (len < 126) {
        out[1] = (uint8_t)(0x80 | len);
    } else if (len <= UINT16_MAX) {
        out[1] = 0x80 | 126;
        ds_put_u16(out + 2, (uint16_t)len);
        at = 4;
    } else {
        out[1] = 0x80 | 127;
        ds_put_u64(out + 2, len);
        at = 10;
    }
    memcpy(out + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < len; i++)
        out[at + i] = payload[i] ^ mask[i & 3];
    ds_buf_commit(buf, at + len);
    return DS_OK;
}

static size_t header_size(const struct ds_ws_reader *reader)
{
    if (reader->header_len < 2)
        return 2;
    uint8_t len = reader->header[1] & 0x7f;
    return len == 127 ? 10 : len == 126 ? 4 : 2;
}

/* The header is complete. */
static int begin_frame(struct ds_ws_reader *reader)
{
    const uint8_t *h = reader->header;
    size_t size = reader->header_len;
    struct ds_cursor c = ds_cursor_of(h + 2, size - 2);
    uint64_t len = size == 2 ? h[1] : size == 4 ? ds_cursor_u16(&c) : ds_cursor_u64(&c);
    uint8_t opcode = h[0] & 0x0f;
    bool fin = h[0] & 0x80, control = opcode >= DS_WS_CLOSE;
    if (h[0] & 0x70 || h[1] & 0x80)
        return DS_EPROTO;
    if ((size == 4 && len < 126) || (size == 10 && len <= UINT16_MAX) || len > DS_WS_FRAME_MAX)
        return DS_EPROTO;
    if (control && (opcode > DS_WS_PONG || !fin || len > DS_WS_CONTROL_MAX))
        return DS_EPROTO;
    if (!control && opcode != (reader->in_message ? DS_WS_MORE : DS_WS_BINARY))
        return DS_EPROTO;
    if (!control)
        reader->in_message = !fin;
    reader->opcode = opcode;
    reader->left = len;
    reader->header_len = 0;
    reader->control_len = 0;
    reader->in_payload = true;
    return DS_OK;
}

long ds_ws_read(struct ds_ws_reader *reader, const uint8_t *bytes, size_t n, struct ds_buf *up,
                bool *is_control)
{
    size_t at = 0;
    *is_control = false;
    while (!*is_control && (at < n || (reader->in_payload && reader->left == 0))) {
        int error = DS_OK;
        if (!reader->in_payload) {
            reader->header[reader->header_len++] = bytes[at++];
            if (reader->header_len == header_size(reader))
                error = begin_frame(reader);
            if (error)
                return error;
            continue;
        }
        size_t take = n - at < reader->left ? n - at : (size_t)reader->left;
        if (reader->opcode < DS_WS_CLOSE) {
            error = ds_buf_append(up, bytes + at, take);
        } else if (take > 0) {
            memcpy(reader->control + reader->control_len, bytes + at, take);
            reader->control_len += take;
        }
        if (error)
            return error;
        at += take;
        reader->left -= take;
        if (reader->left == 0) {
            reader->in_payload = false;
            *is_control = reader->opcode >= DS_WS_CLOSE;
        }
    }
    return (long)at;
}
