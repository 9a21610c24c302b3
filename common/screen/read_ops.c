/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "common/screen/decoder_state.h"
#include "common/screen/med.h"
#include "common/screen/plan.h"

#include <stdlib.h>
#include <string.h>

static int32_t read_signed(struct ds_cursor *c)
{
    uint32_t v = ds_read_number(c);
    return (int32_t)(v >> 1 ^ (~(v & 1) + 1));
}

static uint32_t read_colour(struct ds_cursor *c)
{
    uint32_t blue = ds_cursor_u8(c), green = ds_cursor_u8(c), red = ds_cursor_u8(c);
    return red << 16 | green << 8 | blue;
}

/* Takes n pixels from the work a chunk may do. */
static int spend(struct ds_chunk_reader *r, uint64_t pixels)
{
    if (pixels > r->work)
        return DS_EPROTO;
    r->work -= pixels;
    return 0;
}

/* The same for pixels that take long. */
static int spend_coded(struct ds_chunk_reader *r, struct ds_rect rect)
{
    uint64_t pixels = (uint64_t)rect.width * (uint64_t)rect.height;
    if (pixels > r->coded)
        return DS_EPROTO;
    r->coded -= pixels;
    return 0;
}

/* A rectangle that is not empty and inside the picture; what it costs is taken from the work. */
static int read_area(struct ds_chunk_reader *r, struct ds_rect *out)
{
    struct ds_cursor *c = &r->streams[DS_STREAM_OPS];
    int64_t x = (int64_t)r->at_x + read_signed(c), y = (int64_t)r->at_y + read_signed(c);
    uint32_t width = ds_read_number(c), height = ds_read_number(c);
    if (c->error || x < 0 || y < 0 || width == 0 || height == 0 || x + width > r->image->width ||
        y + height > r->image->height)
        return DS_EPROTO;
    *out = (struct ds_rect){(int32_t)x, (int32_t)y, (int32_t)width, (int32_t)height};
    r->at_x = (int32_t)(x + width);
    r->at_y = (int32_t)y;
    return spend(r, (uint64_t)width * height);
}

/* The same, about to be written. */
static int read_rect(struct ds_chunk_reader *r, struct ds_rect *out)
{
    int error = read_area(r, out);
    if (!error)
        ds_region_add(r->changed, *out);
    return error;
}

static int read_copy(struct ds_chunk_reader *r)
{
    struct ds_rect to;
    int error = read_rect(r, &to);
    if (error)
        return error;
    struct ds_cursor *c = &r->streams[DS_STREAM_OPS];
    int64_t x = (int64_t)to.x - read_signed(c), y = (int64_t)to.y - read_signed(c);
    if (c->error || x < 0 || y < 0 || x + to.width > r->image->width ||
        y + to.height > r->image->height)
        return DS_EPROTO;
    struct ds_rect from = {(int32_t)x, (int32_t)y, to.width, to.height};
    ds_image_move(r->image, from, to.x, to.y);
    return 0;
}

static int store_tile(struct ds_chunk_reader *r, struct ds_decoder_tile *tile, struct ds_rect rect)
{
    if (!tile->pixels && !(tile->pixels = malloc(DS_TILE * sizeof(uint32_t) * DS_TILE)))
        return DS_ENOMEM;
    tile->width = rect.width;
    tile->height = rect.height;
    for (int32_t y = 0; y < rect.height; y++)
        memcpy(tile->pixels + (size_t)y * (size_t)rect.width,
               ds_image_row(r->image, (uint32_t)(rect.y + y)) + rect.x, (size_t)rect.width * 4);
    return 0;
}

static int load_tile(struct ds_chunk_reader *r, const struct ds_decoder_tile *tile,
                     struct ds_rect rect)
{
    if (tile->width != rect.width || tile->height != rect.height)
        return DS_EPROTO;
    for (int32_t y = 0; y < rect.height; y++)
        memcpy(ds_image_row(r->image, (uint32_t)(rect.y + y)) + rect.x,
               tile->pixels + (size_t)y * (size_t)rect.width, (size_t)rect.width * 4);
    ds_region_add(r->changed, rect);
    return 0;
}

static int read_tiles(struct ds_decoder *d, struct ds_chunk_reader *r, bool store)
{
    struct ds_cursor *c = &r->streams[DS_STREAM_OPS];
    uint32_t first = ds_read_number(c), count = ds_read_number(c), slot = ds_read_number(c);
    uint32_t tiles = ds_tiles_across(d->width) * ((d->height + DS_TILE - 1) / DS_TILE);
    if (c->error || count == 0 || first >= tiles || count > tiles - first || slot >= d->slots ||
        count > d->slots - slot)
        return DS_EPROTO;
    for (uint32_t i = 0; i < count; i++) {
        struct ds_rect rect = ds_tile_rect(d->width, d->height, first + i);
        int error = spend(r, (uint64_t)rect.width * (uint64_t)rect.height);
        if (!error)
            error = store ? store_tile(r, &d->tiles[slot + i], rect)
                          : load_tile(r, &d->tiles[slot + i], rect);
        if (error)
            return error;
    }
    return 0;
}

/* Part of a remembered tile, at its place in the tile that holds the rectangle. */
static int read_restore(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    uint32_t slot = ds_read_number(&r->streams[DS_STREAM_OPS]);
    struct ds_rect whole = ds_tile_rect(d->width, d->height, ds_tile_of(d->width, rect));
    int32_t x = rect.x - whole.x, y = rect.y - whole.y;
    if (r->streams[DS_STREAM_OPS].error || slot >= d->slots || x + rect.width > whole.width ||
        y + rect.height > whole.height)
        return DS_EPROTO;
    const struct ds_decoder_tile *tile = &d->tiles[slot];
    if (tile->width != whole.width || tile->height != whole.height)
        return DS_EPROTO;
    for (int32_t i = 0; i < rect.height; i++)
        memcpy(ds_image_row(r->image, (uint32_t)(rect.y + i)) + rect.x,
               tile->pixels + (size_t)(y + i) * (size_t)tile->width + (size_t)x,
               (size_t)rect.width * 4);
    return 0;
}

static int read_fill(struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    struct ds_cursor *c = &r->streams[DS_STREAM_OPS];
    uint32_t colour = read_colour(c);
    if (!c->error)
        ds_image_fill_rect(r->image, rect, colour);
    return c->error;
}

static int read_palette(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    struct ds_cursor *c = &r->streams[DS_STREAM_OPS];
    uint8_t which = ds_cursor_u8(c);
    uint32_t count = (uint32_t)ds_cursor_u8(c) + 1;
    if (c->error || (which & 0x7fu) >= DS_PALETTES)
        return DS_EPROTO;
    struct ds_decoder_table *t = &d->tables[which & 0x7f];
    if (which & 0x80)
        memset(t, 0, sizeof(*t));
    if (count > DS_PALETTE_COLOURS - t->count)
        return DS_EPROTO;
    for (uint32_t i = 0; i < count; i++)
        t->colours[t->count++] = read_colour(c);
    return c->error;
}

/* Translates n indices; false when one is not in the table. */
static bool translate(const struct ds_decoder_table *t, const uint8_t *in, int32_t n, uint32_t *out)
{
    uint8_t most = 0;
    for (int32_t i = 0; i < n; i++) {
        most = in[i] > most ? in[i] : most;
        out[i] = t->colours[in[i]];
    }
    return most < t->count;
}

static int read_index(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    uint8_t which = ds_cursor_u8(&r->streams[DS_STREAM_OPS]);
    const uint8_t *in =
        ds_cursor_bytes(&r->streams[DS_STREAM_INDEX], (size_t)rect.width * (size_t)rect.height);
    if (r->streams[DS_STREAM_OPS].error || !in || which >= DS_PALETTES)
        return DS_EPROTO;
    const struct ds_decoder_table *t = &d->tables[which];
    for (int32_t y = rect.y; y < rect.y + rect.height; y++, in += rect.width)
        if (!translate(t, in, rect.width, ds_image_row(r->image, (uint32_t)y) + rect.x))
            return DS_EPROTO;
    return 0;
}

static int read_drawn(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    uint32_t len = ds_read_number(&r->streams[DS_STREAM_OPS]);
    const uint8_t *bytes = ds_cursor_bytes(&r->streams[DS_STREAM_JPEG], len);
    if (r->streams[DS_STREAM_OPS].error || !bytes ||
        (uint64_t)rect.width * (uint64_t)rect.height > DS_DRAWN_AREA_MAX || spend_coded(r, rect))
        return DS_EPROTO;
    if (!d->player)
        return DS_EPROTO; /* it was not offered */
    if (!d->drawn && !(d->drawn = d->player->open_drawn()))
        return DS_ENOMEM;
    return d->player->decode_drawn(d->drawn, bytes, len, r->image, rect);
}

static int read_colours(struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    const uint8_t *in = ds_cursor_bytes(&r->streams[DS_STREAM_COLOUR],
                                        (size_t)rect.width * (size_t)rect.height * 3);
    if (!in)
        return DS_EPROTO;
    for (int32_t y = rect.y; y < rect.y + rect.height; y++) {
        uint32_t *row = ds_image_row(r->image, (uint32_t)y) + rect.x;
        for (int32_t x = 0; x < rect.width; x++, in += 3)
            row[x] = (uint32_t)in[2] << 16 | (uint32_t)in[1] << 8 | in[0];
    }
    return 0;
}

static int read_photo(struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    size_t n = (size_t)rect.width * (size_t)rect.height;
    const uint8_t *green = ds_cursor_bytes(&r->streams[DS_STREAM_GREEN], n);
    const uint8_t *red = ds_cursor_bytes(&r->streams[DS_STREAM_RED], n);
    const uint8_t *blue = ds_cursor_bytes(&r->streams[DS_STREAM_BLUE], n);
    if (!green || !red || !blue || rect.width > DS_MED_WIDTH_MAX)
        return DS_EPROTO;
    ds_med_restore(r->image, rect, green, red, blue);
    return 0;
}

static int read_jpeg(struct ds_decoder *d, struct ds_chunk_reader *r, bool tables)
{
    struct ds_rect rect = {0};
    int error = tables ? 0 : read_rect(r, &rect);
    if (error)
        return error;
    uint32_t len = ds_read_number(&r->streams[DS_STREAM_OPS]);
    const uint8_t *bytes = ds_cursor_bytes(&r->streams[DS_STREAM_JPEG], len);
    if (r->streams[DS_STREAM_OPS].error || !bytes ||
        (uint32_t)rect.width * (uint64_t)rect.height > DS_JPEG_AREA_MAX || spend_coded(r, rect))
        return DS_EPROTO;
    if (!d->jpeg && !(d->jpeg = ds_jpeg_decoder_new()))
        return DS_ENOMEM;
    return tables ? ds_jpeg_decode_tables(d->jpeg, bytes, len)
                  : ds_jpeg_decode(d->jpeg, bytes, len, r->image, rect);
}

static int start_video(struct ds_decoder *d, struct ds_rect rect)
{
    if (!d->player)
        return DS_EPROTO; /* it was not offered */
    if (d->video)
        d->player->destroy(d->video);
    d->video_rect = rect;
    d->video = d->player->open((uint32_t)rect.width, (uint32_t)rect.height);
    if (d->video)
        return 0;
    return d->player->available() ? DS_ENOMEM : DS_EPROTO; /* it was not offered */
}

static int read_video(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    struct ds_rect rect;
    int error = read_area(r, &rect);
    if (error)
        return error;
    uint8_t begins = ds_cursor_u8(&r->streams[DS_STREAM_OPS]);
    uint32_t len = ds_read_number(&r->streams[DS_STREAM_OPS]);
    const uint8_t *bytes = ds_cursor_bytes(&r->streams[DS_STREAM_JPEG], len);
    if (r->streams[DS_STREAM_OPS].error || !bytes || begins > 1 ||
        (uint64_t)rect.width * (uint64_t)rect.height > DS_VIDEO_AREA_MAX || spend_coded(r, rect))
        return DS_EPROTO;
    if (begins)
        error = start_video(d, rect);
    else if (!d->video || memcmp(&rect, &d->video_rect, sizeof(rect)) != 0)
        error = DS_EPROTO;
    return error ? error : d->player->decode(d->video, bytes, len);
}

static int read_show(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    struct ds_rect rect, all = d->video_rect;
    int error = read_rect(r, &rect);
    if (error)
        return error;
    int32_t x = rect.x - all.x, y = rect.y - all.y;
    if (!d->video || x < 0 || y < 0 || x + rect.width > all.width || y + rect.height > all.height)
        return DS_EPROTO;
    return d->player->show(d->video, (uint32_t)x, (uint32_t)y, r->image, rect);
}

static int read_op(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    uint8_t code = ds_cursor_u8(&r->streams[DS_STREAM_OPS]);
    switch (code) {
    case DS_OP_COPY:
        return read_copy(r);
    case DS_OP_STORE:
    case DS_OP_LOAD:
        return read_tiles(d, r, code == DS_OP_STORE);
    case DS_OP_FILL:
        return read_fill(r);
    case DS_OP_PALETTE:
        return read_palette(d, r);
    case DS_OP_INDEX:
        return read_index(d, r);
    case DS_OP_COLOUR:
        return read_colours(r);
    case DS_OP_PHOTO:
        return read_photo(r);
    case DS_OP_JPEG_TABLES:
    case DS_OP_JPEG:
        return read_jpeg(d, r, code == DS_OP_JPEG_TABLES);
    case DS_OP_VIDEO:
        return read_video(d, r);
    case DS_OP_SHOW:
        return read_show(d, r);
    case DS_OP_DRAWN:
        return read_drawn(d, r);
    case DS_OP_RESTORE:
        return read_restore(d, r);
    default:
        return DS_EPROTO;
    }
}

int ds_read_ops(struct ds_decoder *d, struct ds_chunk_reader *r)
{
    while (ds_cursor_left(&r->streams[DS_STREAM_OPS]) > 0) {
        int error = read_op(d, r);
        if (error)
            return error;
    }
    for (int s = 0; s < DS_STREAM_COUNT; s++)
        if (ds_cursor_finish(&r->streams[s]))
            return DS_EPROTO;
    return 0;
}
