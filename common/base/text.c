/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/text.h"

#include <string.h>

/* One character at p of at most n bytes; its length, or 0 when the bytes are not valid. */
static size_t decode(const uint8_t *p, size_t n, uint32_t *out)
{
    if (n == 0)
        return 0;
    if (p[0] < 0x80) {
        *out = p[0];
        return 1;
    }
    size_t len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
    if (len == 0 || n < len || p[0] > 0xf4)
        return 0;
    uint32_t c = p[0] & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *out = c;
    return len;
}

bool ds_text_is_utf8(const char *text, size_t n)
{
    const uint8_t *p = (const uint8_t *)text;
    while (n > 0) {
        uint32_t c;
        size_t len = decode(p, n, &c);
        if (len == 0)
            return false;
        p += len;
        n -= len;
    }
    return true;
}

uint32_t ds_text_next(const char **at, const char *end)
{
    uint32_t c = 0;
    size_t len = decode((const uint8_t *)*at, (size_t)(end - *at), &c);
    if (len == 0)
        return 0;
    *at += len;
    return c;
}

size_t ds_text_put(uint32_t c, char out[4])
{
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t len = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (c & 0x3f));
        c >>= 6;
    }
    static const uint8_t lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[len] | c);
    return len;
}

static bool is_unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
           (c >= 0xfff0 && c <= 0xfffb);
}

void ds_text_for_display(char *out, size_t size, const char *text)
{
    const uint8_t *p = (const uint8_t *)text;
    size_t left = strlen(text);
    size_t used = 0;
    while (left > 0 && size > 0) {
        uint32_t c;
        size_t len = decode(p, left, &c);
        if (len == 0) {
            c = 0xfffd;
            len = 1;
        }
        p += len;
        left -= len;
        char bytes[4];
        if (is_unsafe(c))
            continue;
        size_t n = ds_text_put(c, bytes);
        if (used + n >= size)
            break;
        memcpy(out + used, bytes, n);
        used += n;
    }
    if (size > 0)
        out[used] = '\0';
}
