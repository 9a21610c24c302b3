/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/cursor_feed.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static struct ds_rcbuf *encode(const struct ds_cursor_message *message)
{
    struct ds_buf buf;
    struct ds_rcbuf *out = NULL;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    if (!ds_cursor_message_encode(&buf, message) && (out = ds_rcbuf_new(buf.len)))
        memcpy(out->data, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
    return out;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ p[i]) * 0x100000001b3u; /* FNV-1a */
    return hash;
}

static uint64_t hash_of(const struct ds_pointer_shape *shape)
{
    uint16_t head[4] = {shape->width, shape->height, shape->hot_x, shape->hot_y};
    uint64_t hash = mix(0xcbf29ce484222325u, head, sizeof(head));
    hash = mix(hash, shape->argb, (size_t)shape->width * shape->height * 4);
    return hash ? hash : 1;
}

static struct ds_rcbuf *encode_shape(const struct ds_pointer_shape *shape, uint8_t id)
{
    size_t pixels = (size_t)shape->width * shape->height;
    uLong bound = compressBound(pixels * 4);
    uint8_t *raw = malloc(pixels * 4), *packed = malloc(bound);
    struct ds_rcbuf *out = NULL;
    uLongf len = bound;
    /* big-endian like everything on the wire: alpha, red, green, blue */
    for (size_t i = 0; raw && i < pixels; i++)
        for (unsigned k = 0; k < 4; k++)
            raw[i * 4 + k] = (uint8_t)(shape->argb[i] >> (24 - 8 * k));
    if (raw && packed && compress2(packed, &len, raw, pixels * 4, 6) == Z_OK)
        out = encode(&(struct ds_cursor_message){.type = DS_CURSOR_SHAPE,
                                                 .id = id,
                                                 .width = shape->width,
                                                 .height = shape->height,
                                                 .hot_x = shape->hot_x,
                                                 .hot_y = shape->hot_y,
                                                 .packed = packed,
                                                 .packed_len = len});
    free(raw);
    free(packed);
    return out;
}

struct ds_rcbuf *ds_cursor_feed_shape(struct ds_cursor_feed *feed,
                                      const struct ds_pointer_shape *shape)
{
    uint64_t hash = hash_of(shape);
    unsigned oldest = 0;
    for (unsigned i = 0; i < DS_CURSOR_SHAPES; i++) {
        if (feed->shapes[i].hash == hash) {
            feed->shapes[i].used = ++feed->uses;
            return encode(&(struct ds_cursor_message){.type = DS_CURSOR_USE, .id = (uint8_t)i});
        }
        if (feed->shapes[i].used < feed->shapes[oldest].used)
            oldest = i;
    }
    struct ds_rcbuf *out = encode_shape(shape, (uint8_t)oldest);
    if (out) {
        feed->shapes[oldest].hash = hash;
        feed->shapes[oldest].used = ++feed->uses;
    }
    return out;
}

struct ds_rcbuf *ds_cursor_feed_position(struct ds_cursor_feed *feed, int32_t x, int32_t y,
                                         bool visible)
{
    if (feed->has_position && feed->x == x && feed->y == y && feed->visible == visible)
        return NULL;
    struct ds_rcbuf *out = encode(&(struct ds_cursor_message){
        .type = DS_CURSOR_POSITION, .x = x, .y = y, .visible = visible});
    if (!out)
        return NULL;
    feed->x = x;
    feed->y = y;
    feed->visible = visible;
    feed->has_position = true;
    return out;
}
