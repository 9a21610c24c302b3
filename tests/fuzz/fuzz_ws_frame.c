/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes of a WebSocket server, whole and cut: both ways must mean the same. The first byte says
 * where to cut. */
#include "common/net/ws_frame.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct outcome {
    struct ds_buf up;
    unsigned controls;
    bool bad;
};

static void feed(struct ds_ws_reader *reader, const uint8_t *bytes, size_t n, struct outcome *out)
{
    while (n > 0 && !out->bad) {
        bool is_control;
        long used = ds_ws_read(reader, bytes, n, &out->up, &is_control);
        out->bad = used < 0;
        if (used <= 0 && !out->bad)
            abort();
        out->controls += is_control;
        bytes += used > 0 ? used : 0;
        n -= used > 0 ? (size_t)used : 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    size_t cut = data[0] < size ? data[0] : size - 1;
    const uint8_t *bytes = data + 1;
    size--;
    struct outcome whole = {.controls = 0}, parts = {.controls = 0};
    struct ds_ws_reader one = {.header_len = 0}, two = {.header_len = 0};
    ds_buf_init(&whole.up, 1u << 20);
    ds_buf_init(&parts.up, 1u << 20);
    feed(&one, bytes, size, &whole);
    feed(&two, bytes, cut, &parts);
    feed(&two, bytes + cut, size - cut, &parts);
    if (whole.bad != parts.bad || whole.controls != parts.controls ||
        whole.up.len != parts.up.len ||
        memcmp(ds_buf_peek(&whole.up), ds_buf_peek(&parts.up), whole.up.len) != 0)
        abort();
    ds_buf_destroy(&whole.up);
    ds_buf_destroy(&parts.up);
    return 0;
}
