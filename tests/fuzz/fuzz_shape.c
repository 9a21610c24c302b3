/* SPDX-License-Identifier: GPL-3.0-or-later */
/* CURSOR messages as the viewer takes them: the fields, and the unpacking of the pixels. The first
 * byte chooses: 0 raw bytes of a message; else its bits 1-7 and the next byte are the sides of a
 * shape whose pixels are the rest, packed here, since no fuzzer finds a checksum. */
#include "viewer/session/letters.h"
#include "viewer/session/line_priv.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct ds_cursor_message *m)
{
    struct viewer_notice *notice = viewer_shape_notice(m);
    if (!notice)
        return;
    const struct viewer_cursor_notice *c = &notice->of.cursor;
    if (c->id >= DS_CURSOR_SHAPES)
        abort();
    for (size_t i = 0; m->type == DS_CURSOR_SHAPE && i < (size_t)c->width * c->height; i++) {
        uint32_t p = c->argb[i], a = p >> 24;
        if ((p >> 16 & 255) > a || (p >> 8 & 255) > a || (p & 255) > a)
            abort();
    }
    notice->letter.destroy(&notice->letter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_cursor_message m = {.type = DS_CURSOR_SHAPE};
    static uint8_t packed[1 << 19];
    uLongf len = sizeof(packed);
    if (size < 3)
        return 0;
    if (!(data[0] & 1)) {
        if (ds_cursor_message_decode(data + 1, size - 1, &m) == 0 && m.type != 0)
            check(&m);
        return 0;
    }
    m.width = (uint16_t)((data[0] >> 1) + 1);
    m.height = (uint16_t)(data[1] + 1);
    m.packed = packed;
    if (compress2(packed, &len, data + 2, size - 2, 1) != Z_OK)
        return 0;
    m.packed_len = len;
    check(&m);
    return 0;
}
