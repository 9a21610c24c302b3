/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/overlay_window.h"

#include "common/base/error.h"
#include "common/x11/shape.h"

#include <string.h>

/* Bytes of pixels, and rectangles, in one request: below what any display takes. */
#define PUT_BYTES 200000
#define SHAPE_RECTS DS_SHAPE_RECTS

/* ---- the display ---- */

static const xcb_visualtype_t *find_visual(const struct ds_display *display, uint8_t depth,
                                           xcb_visualid_t id)
{
    for (xcb_depth_iterator_t d = xcb_screen_allowed_depths_iterator(display->screen); d.rem > 0;
         xcb_depth_next(&d)) {
        xcb_visualtype_iterator_t v = xcb_depth_visuals_iterator(d.data);
        for (; v.rem > 0; xcb_visualtype_next(&v)) {
            bool is_asked = id ? v.data->visual_id == id : d.data->depth == depth;
            if (is_asked && v.data->_class == XCB_VISUAL_CLASS_TRUE_COLOR &&
                v.data->red_mask == 0xff0000 && v.data->green_mask == 0xff00 &&
                v.data->blue_mask == 0xff)
                return v.data;
        }
    }
    return NULL;
}

static bool has_four_bytes(const struct ds_display *display, uint8_t depth)
{
    const xcb_setup_t *setup = xcb_get_setup(display->conn);
    static const uint32_t one = 1;
    bool is_little = *(const uint8_t *)&one == 1;
    if ((setup->image_byte_order == XCB_IMAGE_ORDER_LSB_FIRST) != is_little)
        return false;
    for (xcb_format_iterator_t it = xcb_setup_pixmap_formats_iterator(setup); it.rem > 0;
         xcb_format_next(&it))
        if (it.data->depth == depth)
            return it.data->bits_per_pixel == 32;
    return false;
}

bool ds_overlay_window_can_be_soft(const struct ds_display *display)
{
    return find_visual(display, 32, 0) && has_four_bytes(display, 32);
}

bool ds_overlay_window_can_be_solid(const struct ds_display *display)
{
    return find_visual(display, 0, display->screen->root_visual) &&
           has_four_bytes(display, display->screen->root_depth) && ds_shape_is_there(display);
}

/* ---- shapes ---- */

static void change_shape(struct ds_overlay_window *w, xcb_shape_op_t op, xcb_shape_kind_t kind,
                         xcb_clip_ordering_t ordering, const xcb_rectangle_t *rects, size_t count)
{
    ds_shape_rectangles(w->conn, w->id, op, kind, ordering, rects, count);
}

void ds_overlay_window_unshape(struct ds_overlay_window *w)
{
    const xcb_rectangle_t none = {0, 0, 0, 0};
    change_shape(w, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING, XCB_CLIP_ORDERING_UNSORTED, &none, 1);
}

void ds_overlay_window_shape(struct ds_overlay_window *w, const uint32_t *pixels, int width,
                             struct ds_rect box)
{
    static xcb_rectangle_t rects[SHAPE_RECTS];
    size_t count = 0;
    if (ds_rect_is_empty(box))
        return;
    const xcb_rectangle_t all = {(int16_t)box.x, (int16_t)box.y, (uint16_t)box.width,
                                 (uint16_t)box.height};
    change_shape(w, XCB_SHAPE_SO_SUBTRACT, XCB_SHAPE_SK_BOUNDING, XCB_CLIP_ORDERING_UNSORTED, &all,
                 1);
    for (int y = box.y; y < box.y + box.height; y++) {
        const uint32_t *row = pixels + (size_t)y * (size_t)width;
        for (int x = box.x; x < box.x + box.width;) {
            int from = x;
            while (x < box.x + box.width && row[x] >> 31)
                x++;
            if (x > from)
                rects[count++] =
                    (xcb_rectangle_t){(int16_t)from, (int16_t)y, (uint16_t)(x - from), 1};
            else
                x++;
            if (count == SHAPE_RECTS) {
                change_shape(w, XCB_SHAPE_SO_UNION, XCB_SHAPE_SK_BOUNDING,
                             XCB_CLIP_ORDERING_YX_SORTED, rects, count);
                count = 0;
            }
        }
    }
    if (count > 0)
        change_shape(w, XCB_SHAPE_SO_UNION, XCB_SHAPE_SK_BOUNDING, XCB_CLIP_ORDERING_YX_SORTED,
                     rects, count);
}

/* ---- pixels ---- */

void ds_overlay_window_put(struct ds_overlay_window *w, const uint32_t *pixels, int width,
                           struct ds_rect box)
{
    static uint32_t rows[PUT_BYTES / sizeof(uint32_t)];
    if (ds_rect_is_empty(box))
        return;
    int most = (int)(sizeof(rows) / sizeof(rows[0])) / box.width;
    for (int y = 0; y < box.height; y += most) {
        int count = box.height - y < most ? box.height - y : most;
        for (int i = 0; i < count; i++)
            memcpy(rows + (size_t)i * (size_t)box.width,
                   pixels + (size_t)(box.y + y + i) * (size_t)width + box.x,
                   (size_t)box.width * sizeof(rows[0]));
        xcb_put_image(w->conn, XCB_IMAGE_FORMAT_Z_PIXMAP, w->id, w->gc, (uint16_t)box.width,
                      (uint16_t)count, (int16_t)box.x, (int16_t)(box.y + y), 0, w->depth,
                      (uint32_t)((size_t)count * (size_t)box.width * sizeof(rows[0])),
                      (const uint8_t *)rows);
    }
}

/* ---- life ---- */

static void set_name(struct ds_overlay_window *w)
{
    static const char name[] = "Deskside drawings";
    xcb_change_property(w->conn, XCB_PROP_MODE_REPLACE, w->id, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 8,
                        sizeof(name) - 1, name);
}

int ds_overlay_window_create(struct ds_overlay_window *w, const struct ds_display *display,
                             int width, int height, bool is_soft)
{
    const xcb_visualtype_t *visual = is_soft
                                         ? find_visual(display, 32, 0)
                                         : find_visual(display, 0, display->screen->root_visual);
    *w = (struct ds_overlay_window){.conn = display->conn,
                                    .depth = is_soft ? 32 : display->screen->root_depth};
    if (!visual)
        return DS_EUNSUPPORTED;
    w->id = xcb_generate_id(w->conn);
    w->gc = xcb_generate_id(w->conn);
    if (is_soft) {
        w->colormap = xcb_generate_id(w->conn);
        xcb_create_colormap(w->conn, XCB_COLORMAP_ALLOC_NONE, w->colormap, display->screen->root,
                            visual->visual_id);
    }
    const uint32_t values[] = {0, 0, 1, XCB_EVENT_MASK_EXPOSURE,
                               w->colormap ? w->colormap : display->screen->default_colormap};
    uint32_t mask = XCB_CW_BORDER_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK |
                    XCB_CW_COLORMAP | XCB_CW_BACK_PIXMAP; /* no ground: nothing flickers */
    xcb_create_window(w->conn, w->depth, w->id, display->screen->root, 0, 0, (uint16_t)width,
                      (uint16_t)height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT, visual->visual_id, mask,
                      values);
    xcb_create_gc(w->conn, w->gc, w->id, 0, NULL);
    set_name(w);
    change_shape(w, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, XCB_CLIP_ORDERING_UNSORTED, NULL, 0);
    if (!is_soft)
        ds_overlay_window_unshape(w);
    return DS_OK;
}

void ds_overlay_window_destroy(struct ds_overlay_window *w)
{
    if (!w->id)
        return;
    xcb_free_gc(w->conn, w->gc);
    xcb_destroy_window(w->conn, w->id);
    if (w->colormap)
        xcb_free_colormap(w->conn, w->colormap);
    *w = (struct ds_overlay_window){0};
}

void ds_overlay_window_map(struct ds_overlay_window *w)
{
    xcb_map_window(w->conn, w->id);
}

void ds_overlay_window_restack(struct ds_overlay_window *w, xcb_window_t below)
{
    const uint32_t values[] = {below, XCB_STACK_MODE_BELOW}, top = XCB_STACK_MODE_ABOVE;
    if (below)
        xcb_configure_window(w->conn, w->id,
                             XCB_CONFIG_WINDOW_SIBLING | XCB_CONFIG_WINDOW_STACK_MODE, values);
    else
        xcb_configure_window(w->conn, w->id, XCB_CONFIG_WINDOW_STACK_MODE, &top);
}
