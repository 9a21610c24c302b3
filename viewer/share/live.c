/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/share/live.h"

#include "common/base/clock.h"
#include "common/ui/text.h"
#include "common/ui/ui.h"
#include "common/x11/display.h"
#include "common/x11/shape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME = 3, BAR = 36, ICON = 16 };
enum { ID_STOP = 1 };
#define RAISE_EVERY (500 * DS_MS) /* giving in to another that wants to be on top */

struct viewer_live {
    struct ds_display display;
    xcb_window_t frame, bar, window;
    xcb_gcontext_t gc;
    struct ds_rect area; /* of what is shown, on the root window */
    struct ds_rect bar_at;
    struct ds_ui *ui;
    cairo_surface_t *surface; /* of the bar */
    char words[160];
    ds_tick raised;
    const struct viewer_live_events *events;
    void *ctx;
    uv_poll_t poll;
    bool is_closed, is_pressed;
};

static xcb_window_t make(struct viewer_live *l, const char *name, uint32_t pixel, uint32_t events)
{
    xcb_connection_t *conn = l->display.conn;
    const uint32_t values[] = {pixel, 1, XCB_EVENT_MASK_VISIBILITY_CHANGE | events};
    xcb_window_t id = xcb_generate_id(conn);
    xcb_create_window(conn, XCB_COPY_FROM_PARENT, id, l->display.screen->root, 0, 0, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    xcb_change_property(conn, XCB_PROP_MODE_REPLACE, id, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 8,
                        (uint32_t)strlen(name), name);
    return id;
}

static void configure(struct viewer_live *l, xcb_window_t id, struct ds_rect box)
{
    const uint32_t place[] = {(uint32_t)box.x, (uint32_t)box.y, (uint32_t)box.width,
                              (uint32_t)box.height, XCB_STACK_MODE_ABOVE};
    xcb_configure_window(l->display.conn, id,
                         XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
                             XCB_CONFIG_WINDOW_HEIGHT | XCB_CONFIG_WINDOW_STACK_MODE,
                         place);
}

/* Round a window outside, so that nothing of it is covered; of a screen there is no outside. */
static void place_frame(struct viewer_live *l)
{
    struct ds_rect box = l->area;
    if (l->window)
        box = (struct ds_rect){box.x - FRAME, box.y - FRAME, box.width + 2 * FRAME,
                               box.height + 2 * FRAME};
    const uint16_t width = (uint16_t)box.width, height = (uint16_t)box.height;
    const xcb_rectangle_t sides[] = {
        {0, 0, width, FRAME},
        {0, (int16_t)(height - FRAME), width, FRAME},
        {0, FRAME, FRAME, (uint16_t)(height - 2 * FRAME)},
        {(int16_t)(width - FRAME), FRAME, FRAME, (uint16_t)(height - 2 * FRAME)},
    };
    ds_shape_rectangles(l->display.conn, l->frame, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING,
                        XCB_CLIP_ORDERING_UNSORTED, sides, 4);
    configure(l, l->frame, box);
}

/* ---- the bar ---- */

/* Returns its natural width, logical pixels. */
static double build(struct viewer_live *l)
{
    struct ds_ui *ui = l->ui;
    struct ds_box window = ds_ui_window(ui), row = {DS_SPACE_2, 0, 1e4, window.height};
    ds_ui_ground(ui, DS_COLOR_RAISED);
    ds_ui_panel(ui, window, DS_COLOR_RAISED, DS_UI_BORDER);
    ds_ui_icon(ui, ds_box_middle(ds_box_left(&row, ICON, DS_SPACE_2), ICON, ICON), DS_ICON_EYE,
               DS_COLOR_SEEN);
    double words = ds_ui_text_width(ui, l->words, DS_TYPE_NORMAL, DS_UI_BOLD) + 1;
    ds_ui_label(ui, ds_box_left(&row, words, DS_SPACE_3), l->words, DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_BOLD | DS_UI_MIDDLE);
    double wide = ds_ui_button_width(ui, DS_TR("Stop"), DS_ICON_NONE), high = BAR - 4;
    l->is_pressed |=
        ds_ui_button(ui, ID_STOP, ds_box_middle(ds_box_left(&row, wide, DS_SPACE_1), wide, high),
                     DS_TR("Stop"), DS_UI_DANGER);
    return row.x;
}

static double run(struct viewer_live *l)
{
    double width;
    do {
        ds_ui_begin(l->ui, l->bar_at.width, l->bar_at.height, ds_clock_now());
        width = build(l);
    } while (ds_ui_end(l->ui));
    return width;
}

static void paint(struct viewer_live *l, bool all)
{
    if (all)
        ds_ui_invalidate(l->ui);
    cairo_rectangle_int_t box;
    if (!l->surface || !ds_ui_damage(l->ui, &box))
        return;
    cairo_t *cr = cairo_create(l->surface);
    ds_ui_paint(l->ui, cr);
    cairo_destroy(cr);
    cairo_surface_flush(l->surface);
    /* Whole rows of a small window: some 100 KB at most. */
    int stride = cairo_image_surface_get_stride(l->surface);
    xcb_put_image(l->display.conn, XCB_IMAGE_FORMAT_Z_PIXMAP, l->bar, l->gc, (uint16_t)(stride / 4),
                  (uint16_t)l->bar_at.height, 0, 0, 0, l->display.screen->root_depth,
                  (uint32_t)(stride * l->bar_at.height), cairo_image_surface_get_data(l->surface));
}

/* In the middle of the top: of a screen below the frame, of a window above it where there is room.
 */
static void place_bar(struct viewer_live *l)
{
    double scale = ds_ui_theme(l->ui)->scale;
    int height = (int)ceil(BAR * scale);
    l->bar_at.height = height;
    l->bar_at.width = (int)ceil(run(l) * scale);
    int y = l->area.y + FRAME;
    if (l->window && l->area.y - FRAME - height >= 0)
        y = l->area.y - FRAME - height;
    int x = l->area.x + (l->area.width - l->bar_at.width) / 2;
    int most = l->display.screen->width_in_pixels - l->bar_at.width;
    x = x > most ? most : x;
    l->bar_at.x = x < 0 ? 0 : x;
    l->bar_at.y = y < 0 ? 0 : y;
    run(l);
    if (l->surface)
        cairo_surface_destroy(l->surface);
    l->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, l->bar_at.width, height);
    if (cairo_surface_status(l->surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(l->surface);
        l->surface = NULL;
    }
    configure(l, l->bar, l->bar_at);
    paint(l, true);
}

static void place(struct viewer_live *l)
{
    place_frame(l);
    place_bar(l);
    xcb_flush(l->display.conn);
}

/* ---- where the window is ---- */

static bool find_window(struct viewer_live *l)
{
    xcb_connection_t *conn = l->display.conn;
    xcb_get_geometry_cookie_t size = xcb_get_geometry(conn, l->window);
    xcb_translate_coordinates_cookie_t at =
        xcb_translate_coordinates(conn, l->window, l->display.screen->root, 0, 0);
    xcb_get_geometry_reply_t *geometry = xcb_get_geometry_reply(conn, size, NULL);
    xcb_translate_coordinates_reply_t *origin = xcb_translate_coordinates_reply(conn, at, NULL);
    struct ds_rect before = l->area;
    if (geometry && origin)
        l->area = (struct ds_rect){origin->dst_x, origin->dst_y, geometry->width, geometry->height};
    free(geometry);
    free(origin);
    return memcmp(&before, &l->area, sizeof(before)) != 0;
}

static void show(struct viewer_live *l, bool is_shown)
{
    xcb_connection_t *conn = l->display.conn;
    if (is_shown) {
        xcb_map_window(conn, l->frame);
        xcb_map_window(conn, l->bar);
    } else { /* minimised: the bar stays, it is the way out */
        xcb_unmap_window(conn, l->frame);
    }
}

/* ---- events ---- */

static void raise_again(struct viewer_live *l)
{
    ds_tick now = ds_clock_now();
    if (l->raised != 0 && now < l->raised + RAISE_EVERY)
        return;
    l->raised = now;
    const uint32_t above = XCB_STACK_MODE_ABOVE;
    xcb_configure_window(l->display.conn, l->frame, XCB_CONFIG_WINDOW_STACK_MODE, &above);
    xcb_configure_window(l->display.conn, l->bar, XCB_CONFIG_WINDOW_STACK_MODE, &above);
}

static void on_hand(struct viewer_live *l, const xcb_generic_event_t *event,
                    enum ds_ui_event_type type)
{
    const xcb_button_press_event_t *press = (const void *)event; /* motion begins alike */
    ds_ui_event(l->ui, &(struct ds_ui_event){.type = type,
                                             .x = press->event_x,
                                             .y = press->event_y,
                                             .button = press->detail});
}

static void on_event(struct viewer_live *l, const xcb_generic_event_t *event)
{
    switch (event->response_type & 0x7f) {
    case XCB_VISIBILITY_NOTIFY:
        if (((const xcb_visibility_notify_event_t *)event)->state != XCB_VISIBILITY_UNOBSCURED)
            raise_again(l);
        break;
    case XCB_CONFIGURE_NOTIFY:
    case XCB_REPARENT_NOTIFY:
        if (l->window && find_window(l)) {
            place(l);
            l->events->on_moved(l->ctx, l->area);
        }
        break;
    case XCB_UNMAP_NOTIFY:
    case XCB_MAP_NOTIFY:
        if (((const xcb_map_notify_event_t *)event)->window == l->window)
            show(l, (event->response_type & 0x7f) == XCB_MAP_NOTIFY);
        break;
    case XCB_EXPOSE:
        paint(l, true);
        break;
    case XCB_BUTTON_PRESS:
        on_hand(l, event, DS_UI_PRESS);
        break;
    case XCB_BUTTON_RELEASE:
        on_hand(l, event, DS_UI_RELEASE);
        break;
    case XCB_MOTION_NOTIFY:
        on_hand(l, event, DS_UI_POINTER);
        break;
    case XCB_LEAVE_NOTIFY:
        ds_ui_event(l->ui, &(struct ds_ui_event){.type = DS_UI_LEAVE});
        break;
    default:
        break;
    }
}

static void turn(struct viewer_live *l)
{
    xcb_generic_event_t *event;
    bool is_any = false;
    while ((event = xcb_poll_for_event(l->display.conn)) != NULL) {
        on_event(l, event);
        free(event);
        is_any = true;
    }
    if (is_any) {
        run(l);
        paint(l, false);
        xcb_flush(l->display.conn);
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct viewer_live *l = poll->data;
    (void)events;
    if (status < 0 || ds_display_is_gone(&l->display)) {
        uv_poll_stop(poll);
        return;
    }
    turn(l);
    turn(l); /* what came along with answers */
    if (l->is_pressed) {
        l->is_pressed = false;
        l->events->on_stop(l->ctx); /* closes */
    }
}

/* ---- life ---- */

void viewer_live_say(struct viewer_live *l, const char *words)
{
    if (strcmp(l->words, words) == 0)
        return;
    snprintf(l->words, sizeof(l->words), "%s", words);
    place_bar(l);
    xcb_flush(l->display.conn);
}

void viewer_live_place(struct viewer_live *l, struct ds_rect area)
{
    if (l->window || memcmp(&l->area, &area, sizeof(area)) == 0)
        return;
    l->area = area;
    place(l);
}

bool viewer_live_owns(const struct viewer_live *l, uint32_t window)
{
    return l && (window == l->frame || window == l->bar);
}

static void make_windows(struct viewer_live *l)
{
    xcb_connection_t *conn = l->display.conn;
    const uint32_t watch = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    l->frame = make(l, "Deskside: shown", ds_theme_color(false, DS_COLOR_SEEN), 0);
    l->bar =
        make(l, "Deskside: stop showing", ds_theme_color(false, DS_COLOR_RAISED),
             XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE |
                 XCB_EVENT_MASK_POINTER_MOTION | XCB_EVENT_MASK_LEAVE_WINDOW);
    l->gc = xcb_generate_id(conn);
    xcb_create_gc(conn, l->gc, l->bar, 0, NULL);
    ds_shape_rectangles(conn, l->frame, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT,
                        XCB_CLIP_ORDERING_UNSORTED, NULL, 0);
    if (l->window) {
        xcb_change_window_attributes(conn, l->window, XCB_CW_EVENT_MASK, &watch);
        find_window(l);
    }
    place(l);
    show(l, true);
    xcb_flush(conn);
}

struct viewer_live *viewer_live_open(uv_loop_t *loop, uint32_t window, struct ds_rect area,
                                     double scale, const struct viewer_live_events *events,
                                     void *ctx)
{
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    struct viewer_live *l = calloc(1, sizeof(*l));
    if (!l)
        return NULL;
    theme.scale = scale > 0 ? scale : 1;
    l->window = window;
    l->area = area;
    l->events = events;
    l->ctx = ctx;
    l->bar_at.width = l->bar_at.height = 1;
    l->ui = ds_ui_new(&theme);
    if (!l->ui || ds_display_open(&l->display, NULL, NULL, 0) ||
        uv_poll_init(loop, &l->poll, xcb_get_file_descriptor(l->display.conn))) {
        ds_display_close(&l->display);
        ds_ui_destroy(l->ui);
        free(l);
        return NULL;
    }
    l->poll.data = l;
    ds_ui_event(l->ui, &(struct ds_ui_event){.type = DS_UI_FOCUS_OUT}); /* it has no keyboard */
    make_windows(l);
    uv_poll_start(&l->poll, UV_READABLE, on_readable);
    return l;
}

static void on_closed(uv_handle_t *handle)
{
    struct viewer_live *l = handle->data;
    ds_display_close(&l->display); /* takes the windows along */
    free(l);
}

void viewer_live_close(struct viewer_live *l)
{
    if (!l || l->is_closed)
        return;
    l->is_closed = true;
    if (!ds_display_is_gone(&l->display)) {
        xcb_destroy_window(l->display.conn, l->frame);
        xcb_destroy_window(l->display.conn, l->bar);
        xcb_flush(l->display.conn);
    }
    if (l->surface)
        cairo_surface_destroy(l->surface);
    ds_ui_destroy(l->ui);
    uv_close((uv_handle_t *)&l->poll, on_closed);
}
