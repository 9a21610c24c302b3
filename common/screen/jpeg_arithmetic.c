/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "common/screen/jpeg.h"

#include <stdatomic.h>

#define SIDE 16

/* One small picture there and back. */
static bool try_it(void)
{
    uint8_t bytes[4096];
    struct ds_image image;
    struct ds_rect all = {0, 0, SIDE, SIDE};
    if (ds_image_init(&image, SIDE, SIDE))
        return false;
    struct ds_jpeg_encoder *encoder = ds_jpeg_encoder_new();
    struct ds_jpeg_decoder *decoder = ds_jpeg_decoder_new();
    bool works = false;
    if (encoder && decoder && !ds_jpeg_encoder_set(encoder, 50, false, true)) {
        int n = ds_jpeg_encode_tables(encoder, bytes, sizeof(bytes));
        works = n > 0 && !ds_jpeg_decode_tables(decoder, bytes, (size_t)n);
        n = works ? ds_jpeg_encode(encoder, &image, all, bytes, sizeof(bytes)) : -1;
        works = n > 0 && !ds_jpeg_decode(decoder, bytes, (size_t)n, &image, all);
    }
    ds_jpeg_encoder_destroy(encoder);
    ds_jpeg_decoder_destroy(decoder);
    ds_image_destroy(&image);
    return works;
}

bool ds_jpeg_arithmetic_available(void)
{
    static atomic_int known; /* 0 not yet, 1 no, 2 yes; found out twice it is the same */
    int now = atomic_load(&known);
    if (now == 0) {
        now = try_it() ? 2 : 1;
        atomic_store(&known, now);
    }
    return now == 2;
}
