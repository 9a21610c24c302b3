/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture decoder over several chunks of one input. Record: u8 kind, u16 length, bytes. Kind
 * bit 0: a key; bit 1: the bytes are not a chunk but its streams in the clear (each u16 length and
 * bytes), which are packed here, so that mutations reach the operations; bits 2..3: size. */
#include "common/screen/decoder.h"
#include "common/screen/format.h"
#include "common/screen/pack.h"

#include <stdlib.h>
#include <string.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
static uint8_t chunk[DS_SCREEN_CHUNK_MAX], packed[DS_SCREEN_CHUNK_MAX];
static struct ds_packer *packers[DS_STREAM_COUNT];

static size_t put_number(uint8_t *out, size_t n)
{
    out[0] = (uint8_t)(n | 0x80), out[1] = (uint8_t)(n >> 7 | 0x80), out[2] = (uint8_t)(n >> 14);
    return 3;
}

static size_t pack(const uint8_t *bytes, size_t n, bool key)
{
    size_t head = 1, at = 0;
    chunk[0] = 0;
    for (int s = 0; s < DS_STREAM_COUNT && n > 2; s++) {
        if (!packers[s])
            packers[s] = ds_packer_new(false, s < DS_STREAMS_WITH_HISTORY ? DS_WINDOW_LOG : 0);
        if (key)
            ds_packer_reset(packers[s]);
        size_t len = (size_t)(bytes[0] << 8 | bytes[1]);
        len = len < n - 2 ? len : n - 2;
        bytes += 2, n -= 2;
        if (len == 0)
            continue;
        size_t got = len;
        chunk[0] |= (uint8_t)(1u << s);
        head += put_number(chunk + head, len);
        if (s == DS_STREAM_JPEG) {
            memcpy(packed + at, bytes, len);
        } else {
            got = (size_t)ds_packer_pack(packers[s], bytes, len, packed + at, sizeof(packed) - at);
            head += put_number(chunk + head, got);
        }
        at += got, bytes += len, n -= len;
    }
    memcpy(chunk + head, packed, at);
    return head + at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t sizes[4][2] = {{96, 80}, {1, 1}, {63, 65}, {200, 5}};
    struct ds_region changed = {0};
    const uint32_t *side = sizes[size > 0 ? data[0] >> 2 & 3 : 0];
    bool still = size > 0 && data[0] & 16; /* the agent's, without a player */
    struct ds_decoder *decoder = still ? ds_decoder_new_small(side[0], side[1], DS_CACHE_SLOTS)
                                       : ds_decoder_new(side[0], side[1], DS_CACHE_SLOTS);
    struct ds_image image;
    if (!decoder || ds_image_init(&image, side[0], side[1]))
        abort();
    for (int error = 0; size >= 3 && !error;) {
        uint8_t kind = data[0];
        size_t n = (size_t)(data[1] << 8 | data[2]);
        n = n < size - 3 ? n : size - 3;
        size_t len = kind & 2 ? pack(data + 3, n, kind & 1) : n;
        error =
            ds_decoder_feed(decoder, kind & 2 ? chunk : data + 3, len, kind & 1, &image, &changed);
        data += 3 + n, size -= 3 + n;
    }
    ds_image_destroy(&image);
    ds_decoder_destroy(decoder);
    return 0;
}
