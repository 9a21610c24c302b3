/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/fetch.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Through a socket an answer is held in memory by xcb: pieces of 1 MiB bound that. */
#define SOCKET_PIECE ((size_t)1 << 20)
#define BATCH 16         /* requests under way together */
#define COMPARE_ROWS 32u /* height of the bands in which differences are reported */

static int find_visual(const struct ds_display *display, struct ds_visual *out)
{
    const xcb_setup_t *setup = xcb_get_setup(display->conn);
    const xcb_format_t *formats = xcb_setup_pixmap_formats(setup);
    const xcb_format_t *format = NULL;
    for (int i = 0; i < xcb_setup_pixmap_formats_length(setup); i++)
        if (formats[i].depth == display->screen->root_depth)
            format = &formats[i];
    xcb_depth_iterator_t depth = xcb_screen_allowed_depths_iterator(display->screen);
    for (; format && depth.rem > 0; xcb_depth_next(&depth)) {
        const xcb_visualtype_t *visuals = xcb_depth_visuals(depth.data);
        for (int i = 0; i < xcb_depth_visuals_length(depth.data); i++) {
            const xcb_visualtype_t *v = &visuals[i];
            if (v->visual_id == display->screen->root_visual &&
                (v->_class == XCB_VISUAL_CLASS_TRUE_COLOR ||
                 v->_class == XCB_VISUAL_CLASS_DIRECT_COLOR))
                return ds_visual_init(out, format->bits_per_pixel, format->scanline_pad,
                                      setup->image_byte_order == XCB_IMAGE_ORDER_MSB_FIRST,
                                      v->red_mask, v->green_mask, v->blue_mask);
        }
    }
    return DS_EUNSUPPORTED;
}

int ds_fetch_init(struct ds_fetch *fetch, struct ds_display *display, char *message, size_t size)
{
    *fetch = (struct ds_fetch){.display = display, .drawable = display->screen->root};
    int error = find_visual(display, &fetch->visual);
    if (error)
        snprintf(message, size, "This screen has %u colour bits in a form that cannot be sent.",
                 display->screen->root_depth);
    return error;
}

void ds_fetch_destroy(struct ds_fetch *fetch)
{
    if (!fetch->display)
        return;
    ds_shared_close(&fetch->area, fetch->display);
    free(fetch->row);
    *fetch = (struct ds_fetch){0};
}

int ds_fetch_resize(struct ds_fetch *fetch, uint32_t width, uint32_t height)
{
    uint32_t *row = ds_realloc_array(fetch->row, width, sizeof(*row));
    if (!row)
        return DS_ENOMEM;
    fetch->row = row;
    fetch->row_width = width;
    size_t size = ds_visual_stride(&fetch->visual, width) * height;
    if (fetch->area.memory && size <= fetch->area.size)
        return DS_OK;
    ds_shared_close(&fetch->area, fetch->display);
    ds_shared_open(&fetch->area, fetch->display, size); /* else through the socket */
    return DS_OK;
}

/* One request: part of a rectangle, and where its answer comes to lie. */
struct piece {
    struct ds_rect rect; /* in picture coordinates */
    size_t stride, offset;
    unsigned sequence;
};

static void ask(struct ds_fetch *f, struct piece *p, int32_t x, int32_t y)
{
    xcb_connection_t *conn = f->display->conn;
    xcb_drawable_t from = f->drawable;
    int16_t at_x = (int16_t)(x + p->rect.x), at_y = (int16_t)(y + p->rect.y);
    uint16_t width = (uint16_t)p->rect.width, height = (uint16_t)p->rect.height;
    if (f->area.memory)
        p->sequence =
            xcb_shm_get_image(conn, from, at_x, at_y, width, height, UINT32_MAX,
                              XCB_IMAGE_FORMAT_Z_PIXMAP, f->area.segment, (uint32_t)p->offset)
                .sequence;
    else
        p->sequence = xcb_get_image(conn, XCB_IMAGE_FORMAT_Z_PIXMAP, from, at_x, at_y, width,
                                    height, UINT32_MAX)
                          .sequence;
}

/* The answer's pixels, or NULL; *reply has to be freed in any case. */
static const uint8_t *answer(struct ds_fetch *f, const struct piece *p, void **reply)
{
    size_t need = p->stride * (size_t)p->rect.height;
    if (f->area.memory) {
        *reply = xcb_shm_get_image_reply(f->display->conn,
                                         (xcb_shm_get_image_cookie_t){p->sequence}, NULL);
        return *reply ? f->area.memory + p->offset : NULL;
    }
    xcb_get_image_reply_t *image =
        xcb_get_image_reply(f->display->conn, (xcb_get_image_cookie_t){p->sequence}, NULL);
    *reply = image;
    if (!image || (size_t)xcb_get_image_data_length(image) < need)
        return NULL;
    return xcb_get_image_data(image);
}

static void store(struct ds_fetch *f, struct ds_image *image, const struct piece *p,
                  const uint8_t *pixels)
{
    for (int32_t y = 0; y < p->rect.height; y++)
        ds_visual_row(&f->visual, pixels + (size_t)y * p->stride,
                      ds_image_row(image, (uint32_t)(p->rect.y + y)) + p->rect.x,
                      (size_t)p->rect.width);
}

/* First and last differing pixel of a row widen [*from, *to). */
static void widen(const uint32_t *a, const uint32_t *b, int32_t width, int32_t *from, int32_t *to)
{
    int32_t first = 0, last = width;
    while (first < width && a[first] == b[first])
        first++;
    while (last > first && a[last - 1] == b[last - 1])
        last--;
    if (first < *from)
        *from = first;
    if (last > *to)
        *to = last;
}

static void compare(struct ds_fetch *f, struct ds_image *image, const struct piece *p,
                    const uint8_t *pixels, struct ds_region *changed)
{
    int32_t band = 0, top = -1, bottom = 0, from = p->rect.width, to = 0;
    for (int32_t y = 0; y < p->rect.height; y++) {
        uint32_t *old = ds_image_row(image, (uint32_t)(p->rect.y + y)) + p->rect.x;
        size_t bytes = (size_t)p->rect.width * 4;
        ds_visual_row(&f->visual, pixels + (size_t)y * p->stride, f->row, (size_t)p->rect.width);
        if (memcmp(old, f->row, bytes) != 0) {
            widen(old, f->row, p->rect.width, &from, &to);
            memcpy(old, f->row, bytes);
            top = top < 0 ? y : top;
            bottom = y + 1;
        }
        if ((++band == COMPARE_ROWS || y + 1 == p->rect.height) && top >= 0) {
            ds_region_add(changed, (struct ds_rect){p->rect.x + from, p->rect.y + top, to - from,
                                                    bottom - top});
            top = -1;
            from = p->rect.width;
            to = 0;
        }
        band = band == COMPARE_ROWS ? 0 : band;
    }
}

struct batch {
    struct piece pieces[BATCH];
    size_t count, used; /* bytes of the segment */
};

static int finish(struct ds_fetch *f, struct ds_image *image, struct batch *b,
                  struct ds_region *changed)
{
    int error = DS_OK;
    for (size_t i = 0; i < b->count; i++) {
        void *reply = NULL;
        const uint8_t *pixels = answer(f, &b->pieces[i], &reply);
        if (!pixels)
            error = DS_EIO; /* the other answers still have to be read */
        else if (changed)
            compare(f, image, &b->pieces[i], pixels, changed);
        else
            store(f, image, &b->pieces[i], pixels);
        free(reply);
    }
    b->count = 0;
    b->used = 0;
    return error;
}

int ds_fetch_read(struct ds_fetch *f, struct ds_image *image, int32_t origin_x, int32_t origin_y,
                  const struct ds_region *region, struct ds_region *changed)
{
    struct batch batch = {.count = 0};
    size_t room = f->area.memory ? f->area.size : SOCKET_PIECE;
    int error = DS_OK;
    for (size_t i = 0; i < region->count && !error; i++) {
        struct ds_rect left = ds_rect_intersect(region->rects[i], ds_image_bounds(image));
        while (!ds_rect_is_empty(left) && !error) {
            size_t stride = ds_visual_stride(&f->visual, (uint32_t)left.width);
            size_t rows = (room - batch.used) / stride;
            if (batch.count == BATCH || (rows == 0 && batch.count > 0)) {
                error = finish(f, image, &batch, changed);
                continue;
            }
            if (rows == 0)
                rows = 1; /* one row of the socket's way may be longer than a piece */
            if (rows > (size_t)left.height)
                rows = (size_t)left.height;
            struct piece *p = &batch.pieces[batch.count++];
            *p = (struct piece){.rect = {left.x, left.y, left.width, (int32_t)rows},
                                .stride = stride,
                                .offset = batch.used};
            ask(f, p, origin_x, origin_y);
            batch.used += stride * rows;
            left.y += (int32_t)rows;
            left.height -= (int32_t)rows;
        }
    }
    int last = finish(f, image, &batch, changed);
    return error ? error : last;
}
