/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frames of a leg: whatever is accepted is written back to the very same bytes. */
#include "common/base/error.h"
#include "common/wire/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    while (size > 0) {
        struct ds_frame frame;
        int n = ds_frame_decode(data, size, &frame);
        if (n <= 0)
            break;
        ds_check((size_t)n <= size && frame.len + DS_FRAME_HEADER == (size_t)n);
        struct ds_buf buf;
        ds_buf_init(&buf, DS_FRAME_HEADER + DS_FRAME_PAYLOAD_MAX);
        ds_check(ds_frame_append(&buf, (enum ds_frame_type)frame.type, frame.payload, frame.len) ==
                 DS_OK);
        ds_check(buf.len == (size_t)n && memcmp(ds_buf_peek(&buf), data, buf.len) == 0);
        ds_buf_destroy(&buf);
        data += n;
        size -= (size_t)n;
    }
    return 0;
}
