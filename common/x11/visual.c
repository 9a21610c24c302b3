/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/visual.h"

#include "common/base/error.h"

#include <string.h>

static bool split_mask(uint32_t mask, unsigned *shift, unsigned *bits)
{
    if (mask == 0)
        return false;
    *shift = (unsigned)__builtin_ctz(mask);
    uint32_t low = mask >> *shift;
    *bits = (unsigned)__builtin_popcount(low);
    return (low & (low + 1)) == 0 && *bits <= 16;
}

int ds_visual_init(struct ds_visual *visual, unsigned bits_per_pixel, unsigned scanline_pad,
                   bool msb_first, uint32_t red, uint32_t green, uint32_t blue)
{
    struct ds_visual v = {.msb_first = msb_first, .mask = {red, green, blue}};
    if (bits_per_pixel != 16 && bits_per_pixel != 24 && bits_per_pixel != 32)
        return DS_EUNSUPPORTED;
    if (scanline_pad != 8 && scanline_pad != 16 && scanline_pad != 32)
        return DS_EUNSUPPORTED;
    v.bytes = bits_per_pixel / 8;
    v.pad_bytes = scanline_pad / 8;
    if ((red & green) || (green & blue) || (red & blue))
        return DS_EUNSUPPORTED;
    for (int i = 0; i < 3; i++) {
        if (!split_mask(v.mask[i], &v.shift[i], &v.bits[i]))
            return DS_EUNSUPPORTED;
        if (v.shift[i] + v.bits[i] > bits_per_pixel)
            return DS_EUNSUPPORTED;
    }
    v.plain = v.bytes == 4 && !msb_first && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ &&
              red == 0xff0000 && green == 0xff00 && blue == 0xff;
    *visual = v;
    return DS_OK;
}

size_t ds_visual_stride(const struct ds_visual *visual, uint32_t width)
{
    size_t bytes = (size_t)width * visual->bytes;
    return (bytes + visual->pad_bytes - 1) / visual->pad_bytes * visual->pad_bytes;
}

static uint32_t read_pixel(const struct ds_visual *v, const uint8_t *p)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < v->bytes; i++)
        value |= (uint32_t)p[i] << 8 * (v->msb_first ? v->bytes - 1 - i : i);
    return value;
}

/* Any number of bits to 8: more are cut, fewer are repeated so that full stays full. */
static uint32_t to_eight(uint32_t value, unsigned bits)
{
    if (bits >= 8)
        return value >> (bits - 8);
    uint32_t full = (1u << bits) - 1;
    return (value * 255 + full / 2) / full;
}

void ds_visual_row(const struct ds_visual *v, const uint8_t *from, uint32_t *to, size_t count)
{
    if (v->plain) {
        for (size_t i = 0; i < count; i++) {
            uint32_t pixel;
            memcpy(&pixel, from + i * 4, 4);
            to[i] = pixel & 0xffffff;
        }
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t pixel = read_pixel(v, from + i * v->bytes);
        uint8_t *out = (uint8_t *)(to + i);
        for (int c = 0; c < 3; c++)
            out[2 - c] = (uint8_t)to_eight((pixel & v->mask[c]) >> v->shift[c], v->bits[c]);
        out[3] = 0;
    }
}
