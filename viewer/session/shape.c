/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/session/line_priv.h"

#include <stdlib.h>
#include <zlib.h>

/* Exactly width * height ARGB pixels, or nothing. A colour above its alpha is cut down, so that
 * what draws it never leaves its range. */
static uint32_t *unpack(const struct ds_cursor_message *m)
{
    size_t count = (size_t)m->width * m->height;
    uint32_t *pixels = calloc(count, sizeof(*pixels));
    if (!pixels)
        return NULL;
    z_stream z = {.next_in = (Bytef *)(uintptr_t)m->packed,
                  .avail_in = (uInt)m->packed_len,
                  .next_out = (Bytef *)pixels,
                  .avail_out = (uInt)(count * sizeof(*pixels))};
    if (inflateInit(&z) != Z_OK)
        goto fail;
    int result = inflate(&z, Z_FINISH);
    bool whole = result == Z_STREAM_END && z.avail_out == 0;
    inflateEnd(&z);
    if (!whole)
        goto fail;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *p = (const uint8_t *)&pixels[i];
        uint32_t r = p[1], g = p[2], b = p[3], a = p[0]; /* big-endian ARGB32 on the wire */
        r = r > a ? a : r;
        g = g > a ? a : g;
        b = b > a ? a : b;
        pixels[i] = a << 24 | r << 16 | g << 8 | b;
    }
    return pixels;
fail:
    free(pixels);
    return NULL;
}

struct viewer_notice *viewer_shape_notice(const struct ds_cursor_message *m)
{
    enum viewer_notice_kind kind = m->type == DS_CURSOR_SHAPE      ? VIEWER_NOTICE_SHAPE
                                   : m->type == DS_CURSOR_POSITION ? VIEWER_NOTICE_POINTER
                                                                   : VIEWER_NOTICE_USE;
    if (m->type == 0 || m->id >= DS_CURSOR_SHAPES)
        return NULL;
    struct viewer_notice *notice = viewer_notice_new(kind);
    if (!notice)
        return NULL;
    notice->of.cursor = (struct viewer_cursor_notice){
        .id = m->id,
        .width = m->width,
        .height = m->height,
        .hot_x = m->hot_x,
        .hot_y = m->hot_y,
        .x = m->x,
        .y = m->y,
        .visible = m->visible,
    };
    if (kind == VIEWER_NOTICE_SHAPE) {
        notice->of.cursor.argb = unpack(m);
        if (!notice->of.cursor.argb) {
            notice->letter.destroy(&notice->letter);
            return NULL;
        }
    }
    return notice;
}
