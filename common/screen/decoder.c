/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/screen/decoder.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/screen/decoder_state.h"

#include <stdlib.h>
#include <string.h>

uint32_t ds_decoder_small_features(void)
{
    return DS_FEATURE_ZSTD | DS_FEATURE_JPEG |
           (ds_jpeg_arithmetic_available() ? DS_FEATURE_JPEG_ARITHMETIC : 0);
}

struct ds_decoder *ds_decoder_new_small(uint32_t width, uint32_t height, uint32_t tiles)
{
    if (!ds_image_size_ok(width, height) || tiles < 1 || tiles > DS_CACHE_SLOTS)
        return NULL;
    struct ds_decoder *d = ds_alloc_array(1, sizeof(*d));
    if (!d)
        return NULL;
    d->width = width;
    d->height = height;
    d->slots = tiles;
    d->broken = true;
    d->scratch = malloc(DS_CHUNK_RAW_MAX);
    if (!d->scratch) {
        free(d);
        return NULL;
    }
    return d;
}

static void drop_unpackers(struct ds_decoder *d)
{
    for (int s = 0; s < DS_STREAMS_WITH_HISTORY; s++) {
        ds_unpacker_destroy(d->history[s]);
        d->history[s] = NULL;
    }
    ds_unpacker_destroy(d->planes);
    d->planes = NULL;
}

void ds_decoder_destroy(struct ds_decoder *d)
{
    if (!d)
        return;
    drop_unpackers(d);
    if (d->drawn)
        d->player->forget_drawn(d->drawn);
    ds_jpeg_decoder_destroy(d->jpeg);
    if (d->video)
        d->player->destroy(d->video);
    for (size_t i = 0; i < DS_CACHE_SLOTS; i++)
        free(d->tiles[i].pixels);
    free(d->scratch);
    free(d);
}

uint32_t ds_read_number(struct ds_cursor *c)
{
    uint32_t value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
        uint8_t byte = ds_cursor_u8(c);
        if (shift == 28 && byte > 0x0f)
            break;
        value |= (uint32_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    c->error = DS_EPROTO;
    return 0;
}

/* As new, but keeps memory that the next stream will need as well. */
static void start_anew(struct ds_decoder *d, bool zlib, struct ds_image *image,
                       struct ds_region *changed)
{
    if (zlib != d->zlib)
        drop_unpackers(d);
    d->zlib = zlib;
    for (int s = 0; s < DS_STREAMS_WITH_HISTORY; s++)
        if (d->history[s])
            ds_unpacker_reset(d->history[s]);
    if (d->drawn)
        d->player->reset_drawn(d->drawn);
    ds_jpeg_decoder_destroy(d->jpeg);
    d->jpeg = NULL;
    if (d->video)
        d->player->destroy(d->video);
    d->video = NULL;
    memset(d->tables, 0, sizeof(d->tables));
    for (size_t i = 0; i < DS_CACHE_SLOTS; i++)
        d->tiles[i].width = 0;
    ds_image_fill(image, 0);
    ds_region_add(changed, ds_image_bounds(image));
}

static int unpack(struct ds_decoder *d, int s, const uint8_t *packed, size_t len, uint8_t *out,
                  size_t n)
{
    bool history = s < DS_STREAMS_WITH_HISTORY;
    struct ds_unpacker **u = history ? &d->history[s] : &d->planes;
    if (!*u && !(*u = ds_unpacker_new(d->zlib, history ? DS_WINDOW_LOG : 0)))
        return DS_ENOMEM;
    return ds_unpacker_unpack(*u, packed, len, out, n);
}

/* Unpacks the streams of a chunk into the scratch and points the reader at them. */
static int open_chunk(struct ds_decoder *d, struct ds_cursor *in, uint8_t present,
                      struct ds_chunk_reader *reader)
{
    size_t raw[DS_STREAM_COUNT] = {0}, packed[DS_STREAM_COUNT] = {0}, total = 0;
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        if (!(present & 1u << s))
            continue;
        raw[s] = ds_read_number(in);
        packed[s] = s == DS_STREAM_JPEG ? raw[s] : ds_read_number(in);
        if (in->error || raw[s] == 0 || raw[s] > DS_CHUNK_RAW_MAX - total)
            return DS_EPROTO;
        total += raw[s];
    }
    uint8_t *out = d->scratch;
    for (int s = 0; s < DS_STREAM_COUNT; s++) {
        const uint8_t *bytes = ds_cursor_bytes(in, packed[s]);
        reader->streams[s] = ds_cursor_of(NULL, 0);
        if (in->error)
            return DS_EPROTO;
        if (raw[s] == 0)
            continue;
        if (s == DS_STREAM_JPEG) {
            reader->streams[s] = ds_cursor_of(bytes, raw[s]);
            continue;
        }
        int error = unpack(d, s, bytes, packed[s], out, raw[s]);
        if (error)
            return error;
        reader->streams[s] = ds_cursor_of(out, raw[s]);
        out += raw[s];
    }
    return ds_cursor_finish(in);
}

int ds_decoder_feed(struct ds_decoder *d, const uint8_t *ops, size_t len, bool key,
                    struct ds_image *image, struct ds_region *changed)
{
    if (image->width != d->width || image->height != d->height)
        return DS_EINVAL;
    struct ds_cursor in = ds_cursor_of(ops, len);
    uint8_t present = ds_cursor_u8(&in);
    bool zlib = present & DS_CHUNK_ZLIB;
    if (key) {
        d->broken = false;
        start_anew(d, zlib, image, changed);
    }
    if (d->broken || in.error || zlib != d->zlib) {
        d->broken = true;
        return DS_EPROTO;
    }
    struct ds_chunk_reader reader = {.image = image,
                                     .changed = changed,
                                     .work = ds_chunk_work((uint64_t)d->width * d->height),
                                     .coded = DS_CHUNK_CODED_MAX};
    int error = open_chunk(d, &in, present, &reader);
    if (!error)
        error = ds_read_ops(d, &reader);
    d->broken = error != 0;
    return error;
}
