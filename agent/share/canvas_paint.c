/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/share/canvas_priv.h"

#include "common/desk/note_paint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GROUND 0x15181d   /* beside the picture: the dark theme's surface, on both */
#define PUT_BYTES 131072u /* of one request, without shared memory */

void agent_canvas_unfit(struct agent_canvas *c)
{
    if (c->surface)
        cairo_surface_destroy(c->surface);
    ds_shared_close(&c->shared, &c->display);
    free(c->own);
    c->surface = NULL;
    c->own = NULL;
}

bool agent_canvas_fit(struct agent_canvas *c)
{
    size_t size = (size_t)c->width * (size_t)c->height * 4;
    agent_canvas_unfit(c);
    if (!ds_shared_open(&c->shared, &c->display, size))
        c->own = malloc(size);
    unsigned char *pixels = c->own ? (unsigned char *)c->own : c->shared.memory;
    if (!pixels)
        return false;
    c->surface = cairo_image_surface_create_for_data(pixels, CAIRO_FORMAT_RGB24, c->width,
                                                     c->height, c->width * 4);
    return cairo_surface_status(c->surface) == CAIRO_STATUS_SUCCESS;
}

struct ds_rect agent_canvas_place(const struct agent_canvas *c, struct ds_rect picture)
{
    double s = c->scale;
    int margin = s < 1 ? 1 : 0; /* the mean of an area takes from beside it */
    int left = (int)floor(picture.x * s + c->at_x) - margin;
    int top = (int)floor(picture.y * s + c->at_y) - margin;
    int right = (int)ceil((picture.x + picture.width) * s + c->at_x) + margin;
    int bottom = (int)ceil((picture.y + picture.height) * s + c->at_y) + margin;
    return (struct ds_rect){left, top, right - left, bottom - top};
}

static bool shows_pointer(const struct agent_canvas *c)
{
    return c->is_visible && c->shape >= 0 && c->shapes[c->shape].argb;
}

struct ds_rect agent_canvas_pointer_box(const struct agent_canvas *c)
{
    if (!shows_pointer(c))
        return (struct ds_rect){0};
    const struct agent_canvas_shape *shape = &c->shapes[c->shape];
    return (struct ds_rect){(int)(c->x * c->scale + c->at_x) - shape->hot_x,
                            (int)(c->y * c->scale + c->at_y) - shape->hot_y, shape->width,
                            shape->height};
}

struct ds_rect agent_canvas_note_box(const struct agent_canvas *c, const struct ds_note *note)
{
    const struct ds_note_shape shape = {note, c->at_x, c->at_y, c->scale};
    return ds_note_box(&shape, DS_NOTE_SOFT);
}

static void paint_picture(struct agent_canvas *c, cairo_t *cr)
{
    ds_backing_lock(c->backing);
    struct ds_image *image = &c->backing->image;
    if (image->pixels && (int)image->width == c->picture_w && (int)image->height == c->picture_h) {
        cairo_surface_t *picture =
            cairo_image_surface_create_for_data((unsigned char *)image->pixels, CAIRO_FORMAT_RGB24,
                                                c->picture_w, c->picture_h, (int)image->stride);
        cairo_save(cr);
        cairo_translate(cr, c->at_x, c->at_y);
        cairo_scale(cr, c->scale, c->scale);
        cairo_rectangle(cr, 0, 0, c->picture_w, c->picture_h);
        cairo_set_source_surface(cr, picture, 0, 0);
        cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
        cairo_pattern_set_filter(cairo_get_source(cr),
                                 c->scale < 1 ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST);
        cairo_fill(cr);
        cairo_restore(cr);
        cairo_surface_destroy(picture);
    }
    ds_backing_unlock(c->backing);
}

static void paint_notes(struct agent_canvas *c, cairo_t *cr)
{
    for (size_t i = 0; i <= c->echo_count; i++) {
        const struct ds_note *note = i < c->echo_count ? c->echoes[i].note : &c->hand;
        if (i == c->echo_count && !c->is_drawing)
            break;
        const struct ds_note_shape shape = {note, c->at_x, c->at_y, c->scale};
        ds_note_paint_one(cr, &shape, DS_NOTE_SOFT);
    }
}

static void paint_pointer(struct agent_canvas *c, cairo_t *cr)
{
    if (!shows_pointer(c))
        return;
    struct agent_canvas_shape *shape = &c->shapes[c->shape];
    struct ds_rect box = agent_canvas_pointer_box(c);
    cairo_surface_t *image =
        cairo_image_surface_create_for_data((unsigned char *)shape->argb, CAIRO_FORMAT_ARGB32,
                                            shape->width, shape->height, shape->width * 4);
    cairo_set_source_surface(cr, image, box.x, box.y);
    cairo_paint(cr);
    cairo_surface_destroy(image);
}

/* In rows, each request no longer than the display takes. */
static void put(struct agent_canvas *c, struct ds_rect box)
{
    static uint32_t packed[PUT_BYTES / 4];
    int most = (int)(PUT_BYTES / 4) / box.width;
    for (int y = 0; y < box.height && most > 0; y += most) {
        int rows = box.height - y < most ? box.height - y : most;
        for (int i = 0; i < rows; i++)
            memcpy(packed + (size_t)i * (size_t)box.width,
                   c->own + (size_t)(box.y + y + i) * (size_t)c->width + box.x,
                   (size_t)box.width * 4);
        xcb_put_image(c->display.conn, XCB_IMAGE_FORMAT_Z_PIXMAP, c->window, c->gc,
                      (uint16_t)box.width, (uint16_t)rows, (int16_t)box.x, (int16_t)(box.y + y), 0,
                      c->display.screen->root_depth, (uint32_t)(rows * box.width * 4),
                      (const uint8_t *)packed);
    }
}

void agent_canvas_paint(struct agent_canvas *c, struct ds_rect box)
{
    box = ds_rect_intersect(box, (struct ds_rect){0, 0, c->width, c->height});
    if (ds_rect_is_empty(box))
        return;
    cairo_t *cr = cairo_create(c->surface);
    cairo_rectangle(cr, box.x, box.y, box.width, box.height);
    cairo_clip(cr);
    cairo_set_source_rgb(cr, (GROUND >> 16) / 255.0, (GROUND >> 8 & 255) / 255.0,
                         (GROUND & 255) / 255.0);
    cairo_paint(cr);
    paint_picture(c, cr);
    paint_notes(c, cr);
    paint_pointer(c, cr);
    cairo_destroy(cr);
    cairo_surface_flush(c->surface);
    if (c->own)
        put(c, box);
    else
        xcb_shm_put_image(c->display.conn, c->window, c->gc, (uint16_t)c->width,
                          (uint16_t)c->height, (uint16_t)box.x, (uint16_t)box.y,
                          (uint16_t)box.width, (uint16_t)box.height, (int16_t)box.x, (int16_t)box.y,
                          c->display.screen->root_depth, XCB_IMAGE_FORMAT_Z_PIXMAP, 0,
                          c->shared.segment, 0);
}
