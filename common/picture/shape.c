/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/shape.h"

#include <stdlib.h>
#include <zlib.h>

uint32_t *ds_shape_unpack(const struct ds_cursor_message *m)
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
