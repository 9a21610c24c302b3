/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/frame.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

/* Smallest and largest payload of a type; unknown types may have any length up to the general
 * bound. */
static void payload_bounds(uint8_t type, size_t *least, size_t *most)
{
    *least = 0;
    *most = DS_FRAME_PAYLOAD_MAX;
    switch (type) {
    case DS_FRAME_CONTROL:
        *least = 2;
        *most = DS_FRAME_CONTROL_MAX;
        break;
    case DS_FRAME_DATA:
        *least = 1;
        *most = DS_FRAME_DATA_MAX;
        break;
    case DS_FRAME_CREDIT:
        *least = *most = 4;
        break;
    case DS_FRAME_PING:
    case DS_FRAME_PONG:
        *least = *most = 8;
        break;
    default:
        break;
    }
}

int ds_frame_decode(const uint8_t *bytes, size_t n, struct ds_frame *out)
{
    if (n < DS_FRAME_HEADER)
        return 0;
    size_t len = ds_get_u24(bytes);
    size_t least, most;
    payload_bounds(bytes[3], &least, &most);
    if (len < least || len > most)
        return DS_EPROTO;
    if (n - DS_FRAME_HEADER < len)
        return 0;
    *out = (struct ds_frame){.type = bytes[3], .payload = bytes + DS_FRAME_HEADER, .len = len};
    return (int)(DS_FRAME_HEADER + len);
}

void ds_frame_header(uint8_t out[DS_FRAME_HEADER], enum ds_frame_type type, size_t len)
{
    ds_assert(len <= DS_FRAME_PAYLOAD_MAX);
    ds_put_u24(out, (uint32_t)len);
    out[3] = (uint8_t)type;
}

int ds_frame_append(struct ds_buf *buf, enum ds_frame_type type, const void *payload, size_t len)
{
    size_t least, most;
    payload_bounds((uint8_t)type, &least, &most);
    if (len < least || len > most)
        return DS_ELIMIT;
    uint8_t *out;
    int error = ds_buf_reserve(buf, DS_FRAME_HEADER + len, &out);
    if (error)
        return error;
    ds_frame_header(out, type, len);
    ds_buf_commit(buf, DS_FRAME_HEADER);
    return ds_buf_append(buf, payload, len);
}

int ds_frame_append_u32(struct ds_buf *buf, enum ds_frame_type type, uint32_t value)
{
    uint8_t bytes[4];
    ds_put_u32(bytes, value);
    return ds_frame_append(buf, type, bytes, sizeof(bytes));
}

int ds_frame_append_u64(struct ds_buf *buf, enum ds_frame_type type, uint64_t value)
{
    uint8_t bytes[8];
    ds_put_u64(bytes, value);
    return ds_frame_append(buf, type, bytes, sizeof(bytes));
}
