/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/share/canvas_priv.h"

#include "common/base/error.h"
#include "common/base/log.h"

#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

#define SLICE 131072 /* window pixels drawn in one turn: a few milliseconds */
#define TWICE_MS 400 /* between the presses of a double click */
#define WHEEL 60     /* picture pixels a notch */

static void turn(struct agent_canvas *c);

void agent_canvas_damage(struct agent_canvas *c, struct ds_rect box)
{
    box = ds_rect_intersect(box, (struct ds_rect){0, 0, c->width, c->height});
    if (!ds_rect_is_empty(box))
        ds_region_add(&c->due, box);
}

static void damage_all(struct agent_canvas *c)
{
    ds_region_clear(&c->due);
    agent_canvas_damage(c, (struct ds_rect){0, 0, c->width, c->height});
}

/* ---- where the picture lies ---- */

static int clamp(int value, int most)
{
    return value > most ? most < 0 ? 0 : most : value < 0 ? 0 : value;
}

static void fit_picture(struct agent_canvas *c)
{
    double x = 1, y = 1;
    if (c->picture_w > 0 && !c->is_exact) {
        x = (double)c->width / c->picture_w;
        y = (double)c->height / c->picture_h;
    }
    c->scale = x < y ? x : y;
    c->scale = c->scale > 1 ? 1 : c->scale;
    c->scroll_x = clamp(c->scroll_x, c->picture_w - c->width);
    c->scroll_y = clamp(c->scroll_y, c->picture_h - c->height);
    int width = (int)(c->picture_w * c->scale + 0.5), height = (int)(c->picture_h * c->scale + 0.5);
    c->at_x = c->is_exact && width > c->width ? -c->scroll_x : (c->width - width) / 2;
    c->at_y = c->is_exact && height > c->height ? -c->scroll_y : (c->height - height) / 2;
    damage_all(c);
}

static void fit_window(struct agent_canvas *c)
{
    int width = c->parent_width - 2 * c->edge, height = c->parent_height - c->top - c->edge;
    width = width > 1 ? width : 1;
    height = height > 1 ? height : 1;
    const uint32_t place[] = {(uint32_t)c->edge, (uint32_t)c->top, (uint32_t)width,
                              (uint32_t)height};
    xcb_configure_window(c->display.conn, c->window,
                         XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH |
                             XCB_CONFIG_WINDOW_HEIGHT,
                         place);
    if (width != c->width || height != c->height) {
        c->width = width;
        c->height = height;
        ds_region_clear(&c->now);
        if (!agent_canvas_fit(c))
            ds_log_warn("no memory for the picture of the rep's screen");
    }
    fit_picture(c);
}

void agent_canvas_margins(struct agent_canvas *c, int top, int edge)
{
    if (c->top == top && c->edge == edge)
        return;
    c->top = top;
    c->edge = edge;
    fit_window(c);
    turn(c);
}

void agent_canvas_exact(struct agent_canvas *c, bool exact)
{
    if (c->is_exact == exact)
        return;
    c->is_exact = exact;
    fit_picture(c);
    turn(c);
}

/* ---- what is fresh ---- */

static void add_acks(struct agent_canvas *c, const struct ds_fresh *fresh)
{
    for (size_t i = 0; i < fresh->ack_count; i++) {
        if (c->ack_count == DS_ACKS_MAX) /* the newest says most */
            memmove(c->acks, c->acks + 1, --c->ack_count * sizeof(c->acks[0]));
        c->acks[c->ack_count++] = fresh->acks[i];
    }
}

static void take_fresh(struct agent_canvas *c)
{
    static struct ds_fresh fresh; /* loop thread; too large for its stack */
    if (!ds_backing_take(c->backing, &fresh))
        return;
    if (fresh.resized) {
        ds_backing_lock(c->backing);
        c->picture_w = (int)c->backing->image.width;
        c->picture_h = (int)c->backing->image.height;
        ds_backing_unlock(c->backing);
        c->is_drawing = c->was_complete = false;
        c->ack_count = c->ack_now_count = 0; /* of the picture before */
        while (c->echo_count > 0)
            agent_canvas_forget(c, 0);
        fit_picture(c);
    }
    for (size_t i = 0; i < fresh.region.count; i++)
        agent_canvas_damage(c, agent_canvas_place(c, fresh.region.rects[i]));
    add_acks(c, &fresh);
    c->is_complete = fresh.complete;
    uint32_t newest = fresh.ack_count > 0 ? fresh.acks[fresh.ack_count - 1].id : 0;
    for (size_t i = c->echo_count; i-- > 0;) /* the picture has them now */
        if (c->echoes[i].is_shown && newest > c->echoes[i].update)
            agent_canvas_forget(c, i);
}

void agent_canvas_fresh(struct agent_canvas *c)
{
    turn(c);
}

/* ---- drawing, slice by slice ---- */

static bool is_seen(const struct agent_canvas *c)
{
    return c->is_mapped && !c->is_obscured;
}

static void present(struct agent_canvas *c)
{
    bool complete = c->is_complete && !c->was_complete;
    size_t count = c->ack_now_count;
    c->ack_now_count = 0;
    c->was_complete |= complete;
    if (count > 0 || complete)
        c->events->on_presented(c->ctx, c->acks_now, count, complete);
}

/* Nobody can see it: as good as presented, so that what is under way ends. */
static void present_unseen(struct agent_canvas *c)
{
    memcpy(c->acks_now, c->acks, c->ack_count * sizeof(c->acks[0]));
    c->ack_now_count = c->ack_count;
    c->ack_count = 0;
    if (c->ack_now_count > 0)
        c->events->on_presented(c->ctx, c->acks_now, c->ack_now_count, false);
    c->ack_now_count = 0;
}

static bool begin_round(struct agent_canvas *c)
{
    if (ds_region_is_empty(&c->due) && c->ack_count == 0)
        return false;
    c->now = c->due;
    ds_region_clear(&c->due);
    c->at = 0;
    c->row = 0;
    memcpy(c->acks_now, c->acks, c->ack_count * sizeof(c->acks[0]));
    c->ack_now_count = c->ack_count;
    c->ack_count = 0;
    return true;
}

/* False: the round is over. */
static bool draw_slice(struct agent_canvas *c)
{
    if (c->at >= c->now.count)
        return false;
    struct ds_rect box = c->now.rects[c->at];
    int rows = SLICE / box.width;
    box.y += c->row;
    box.height -= c->row;
    if (box.height > rows && rows > 0)
        box.height = rows;
    agent_canvas_paint(c, box);
    c->row += box.height;
    if (c->row >= c->now.rects[c->at].height) {
        c->at++;
        c->row = 0;
    }
    /* The pixels may change again when the display has read them. */
    c->answer = xcb_get_input_focus(c->display.conn).sequence;
    xcb_flush(c->display.conn);
    return true;
}

static bool is_answered(struct agent_canvas *c)
{
    void *reply = NULL;
    xcb_generic_error_t *error = NULL;
    if (c->answer == 0)
        return true;
    if (!xcb_poll_for_reply(c->display.conn, c->answer, &reply, &error))
        return false;
    free(reply);
    free(error);
    c->answer = 0;
    return true;
}

static void draw(struct agent_canvas *c)
{
    while (!c->is_closed && is_seen(c) && is_answered(c) && c->surface) {
        if (draw_slice(c))
            return; /* others come first; goes on with the answer */
        present(c);
        if (c->is_closed || !begin_round(c))
            return;
    }
    if (!c->is_closed && !is_seen(c))
        present_unseen(c);
}

/* ---- events ---- */

static void scroll(struct agent_canvas *c, int dx, int dy)
{
    c->scroll_x += dx;
    c->scroll_y += dy;
    fit_picture(c);
}

static void on_press(struct agent_canvas *c, const xcb_button_press_event_t *event)
{
    if (event->detail >= 4 && event->detail <= 7 && c->is_exact) {
        int by = event->detail % 2 == 0 ? -WHEEL : WHEEL;
        scroll(c, event->detail >= 6 ? by : 0, event->detail < 6 ? by : 0);
    } else if (event->detail == 1) {
        bool is_second = event->time - c->pressed_at < TWICE_MS;
        c->pressed_at = is_second ? 0 : event->time;
        if (is_second)
            c->events->on_twice(c->ctx);
    }
}

static void on_event(struct agent_canvas *c, const xcb_generic_event_t *event)
{
    const xcb_configure_notify_event_t *configure = (const void *)event;
    const xcb_expose_event_t *expose = (const void *)event;
    if (agent_canvas_hand(c, event))
        return;
    switch (event->response_type & 0x7f) {
    case XCB_CONFIGURE_NOTIFY:
        if (configure->window != c->parent ||
            (configure->width == c->parent_width && configure->height == c->parent_height))
            break;
        c->parent_width = configure->width;
        c->parent_height = configure->height;
        fit_window(c);
        break;
    case XCB_MAP_NOTIFY:
        c->is_mapped |= ((const xcb_map_notify_event_t *)event)->window == c->parent;
        break;
    case XCB_UNMAP_NOTIFY:
        c->is_mapped &= ((const xcb_unmap_notify_event_t *)event)->window != c->parent;
        break;
    case XCB_VISIBILITY_NOTIFY:
        c->is_obscured =
            ((const xcb_visibility_notify_event_t *)event)->state == XCB_VISIBILITY_FULLY_OBSCURED;
        break;
    case XCB_EXPOSE:
        agent_canvas_damage(c,
                            (struct ds_rect){expose->x, expose->y, expose->width, expose->height});
        break;
    case XCB_BUTTON_PRESS:
        on_press(c, (const void *)event);
        break;
    default:
        break;
    }
}

static void turn(struct agent_canvas *c)
{
    xcb_generic_event_t *event;
    if (c->is_closed || ds_display_is_gone(&c->display))
        return;
    take_fresh(c);
    while (!c->is_closed && (event = xcb_poll_for_event(c->display.conn)) != NULL) {
        on_event(c, event);
        free(event);
    }
    if (!c->is_closed && is_seen(c) != c->was_seen) {
        c->was_seen = !c->was_seen;
        c->events->on_seen(c->ctx, c->was_seen);
    }
    if (!c->is_closed)
        draw(c);
    if (!c->is_closed)
        xcb_flush(c->display.conn);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct agent_canvas *c = poll->data;
    (void)events;
    if (status < 0 || ds_display_is_gone(&c->display)) {
        uv_poll_stop(poll); /* the windows of the same display tell it */
        return;
    }
    turn(c);
    /* Drawing asks for answers, and reading those may have brought events that poll cannot see. */
    if (!c->is_closed)
        turn(c);
}

/* ---- life ---- */

static void make_window(struct agent_canvas *c)
{
    xcb_connection_t *conn = c->display.conn;
    const uint32_t watch = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    const uint32_t values[] = {XCB_GRAVITY_NORTH_WEST,
                               XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_VISIBILITY_CHANGE |
                                   XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE |
                                   XCB_EVENT_MASK_BUTTON_MOTION};
    c->window = xcb_generate_id(conn);
    c->gc = xcb_generate_id(conn);
    xcb_change_window_attributes(conn, c->parent, XCB_CW_EVENT_MASK, &watch);
    xcb_create_window(conn, XCB_COPY_FROM_PARENT, c->window, c->parent, 0, 0, 1, 1, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BIT_GRAVITY | XCB_CW_EVENT_MASK, values);
    xcb_create_gc(conn, c->gc, c->window, 0, NULL);
    xcb_map_window(conn, c->window);
}

static bool read_parent(struct agent_canvas *c)
{
    xcb_connection_t *conn = c->display.conn;
    xcb_get_geometry_cookie_t size = xcb_get_geometry(conn, c->parent);
    xcb_get_window_attributes_cookie_t state = xcb_get_window_attributes(conn, c->parent);
    xcb_get_geometry_reply_t *geometry = xcb_get_geometry_reply(conn, size, NULL);
    xcb_get_window_attributes_reply_t *map = xcb_get_window_attributes_reply(conn, state, NULL);
    bool is_there = geometry && map;
    if (is_there) {
        c->parent_width = geometry->width;
        c->parent_height = geometry->height;
        c->is_mapped = map->map_state != XCB_MAP_STATE_UNMAPPED;
    }
    free(geometry);
    free(map);
    return is_there;
}

struct agent_canvas *agent_canvas_open(uv_loop_t *loop, const char *display, uint32_t parent,
                                       struct ds_backing *backing,
                                       const struct agent_canvas_events *events, void *ctx)
{
    struct agent_canvas *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->parent = parent;
    c->backing = backing;
    c->events = events;
    c->ctx = ctx;
    c->shape = -1;
    c->scale = 1;
    if (ds_display_open(&c->display, display, NULL, 0))
        goto fail;
    make_window(c);
    if (!read_parent(c) || uv_poll_init(loop, &c->poll, xcb_get_file_descriptor(c->display.conn)))
        goto fail;
    c->poll.data = c;
    uv_poll_start(&c->poll, UV_READABLE, on_readable);
    fit_window(c);
    xcb_flush(c->display.conn);
    return c;
fail:
    ds_display_close(&c->display);
    free(c);
    return NULL;
}

static void on_closed(uv_handle_t *handle)
{
    struct agent_canvas *c = handle->data;
    ds_display_close(&c->display);
    free(c);
}

void agent_canvas_close(struct agent_canvas *c)
{
    if (!c || c->is_closed)
        return;
    c->is_closed = true;
    while (c->echo_count > 0)
        agent_canvas_forget(c, 0);
    for (int i = 0; i < DS_CURSOR_SHAPES; i++)
        free(c->shapes[i].argb);
    if (!ds_display_is_gone(&c->display)) {
        xcb_destroy_window(c->display.conn, c->window);
        xcb_flush(c->display.conn);
    }
    agent_canvas_unfit(c);
    uv_close((uv_handle_t *)&c->poll, on_closed);
}
