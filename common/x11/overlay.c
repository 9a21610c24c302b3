/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/overlay.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/x11/display.h"
#include "common/x11/overlay_window.h"
#include "common/x11/xfixes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcbext.h>

/* How often the layer comes above a window that was put above it: two programs that both insist do
 * not fight faster. */
#define RAISE (500 * DS_MS)

struct ds_overlay {
    struct ds_display display;
    struct ds_overlay_window window;
    const struct ds_overlay_events *events; /* borrowed */
    void *ctx;
    xcb_window_t below;
    xcb_atom_t compositor; /* the selection that a compositing manager owns */
    xcb_window_t listener; /* hears who does */
    uint8_t xfixes_event;
    int width, height; /* of the root window */
    uint32_t *pixels;  /* owned, NULL: nothing is drawn */
    bool is_soft, is_hidden, is_mapped;
    bool is_renewal_due;
    ds_tick raised_at, raise_at; /* last time; next time, 0: not due */
    unsigned asked;              /* sequence of the answer that on_drawn waits for, 0: none */
    bool asks_again;
};

/* ---- the window on the screen ---- */

static void put(struct ds_overlay *o, struct ds_rect box)
{
    box = ds_rect_intersect(box, (struct ds_rect){0, 0, o->width, o->height});
    if (!o->pixels || ds_rect_is_empty(box))
        return;
    if (!o->is_soft)
        ds_overlay_window_shape(&o->window, o->pixels, o->width, box);
    ds_overlay_window_put(&o->window, o->pixels, o->width, box);
}

/* Only while shown: a screen without drawings costs nothing. */
static void watch_root(struct ds_overlay *o, bool on)
{
    const uint32_t mask =
        XCB_EVENT_MASK_STRUCTURE_NOTIFY | (on ? XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY : 0u);
    xcb_change_window_attributes(o->display.conn, o->display.screen->root, XCB_CW_EVENT_MASK,
                                 &mask);
}

static void map(struct ds_overlay *o)
{
    bool wanted = o->pixels && !o->is_hidden;
    if (wanted == o->is_mapped)
        return;
    o->is_mapped = wanted;
    watch_root(o, wanted);
    if (wanted) {
        ds_overlay_window_restack(&o->window, o->below);
        ds_overlay_window_map(&o->window);
        put(o, (struct ds_rect){0, 0, o->width, o->height});
    } else {
        xcb_unmap_window(o->display.conn, o->window.id);
        o->raise_at = 0;
    }
}

static bool has_compositor(struct ds_overlay *o)
{
    xcb_get_selection_owner_reply_t *reply = xcb_get_selection_owner_reply(
        o->display.conn, xcb_get_selection_owner(o->display.conn, o->compositor), NULL);
    bool has = reply && reply->owner != XCB_WINDOW_NONE;
    free(reply);
    return has;
}

static int make_window(struct ds_overlay *o)
{
    ds_overlay_window_destroy(&o->window);
    o->is_mapped = false;
    o->is_soft = has_compositor(o) && ds_overlay_window_can_be_soft(&o->display);
    return ds_overlay_window_create(&o->window, &o->display, o->width, o->height, o->is_soft);
}

static void renew(struct ds_overlay *o)
{
    bool had_pixels = o->pixels != NULL;
    o->is_renewal_due = false;
    free(o->pixels);
    o->pixels = NULL;
    if (make_window(o))
        ds_log_warn("the layer for drawings cannot be made again");
    else if (had_pixels)
        o->events->on_renewed(o->ctx);
}

/* ---- staying above ---- */

static bool is_mapped_window(struct ds_overlay *o, xcb_window_t window)
{
    xcb_get_window_attributes_reply_t *reply = xcb_get_window_attributes_reply(
        o->display.conn, xcb_get_window_attributes(o->display.conn, window), NULL);
    bool is = reply && reply->map_state == XCB_MAP_STATE_VIEWABLE &&
              reply->_class == XCB_WINDOW_CLASS_INPUT_OUTPUT;
    free(reply);
    return is;
}

/* A window of another program lies above the layer. */
static bool is_covered(struct ds_overlay *o)
{
    xcb_query_tree_reply_t *tree = xcb_query_tree_reply(
        o->display.conn, xcb_query_tree(o->display.conn, o->display.screen->root), NULL);
    if (!tree)
        return false;
    const xcb_window_t *children = xcb_query_tree_children(tree);
    int count = xcb_query_tree_children_length(tree), at = 0;
    bool is = false;
    while (at < count && children[at] != o->window.id)
        at++;
    for (at++; at < count && !is; at++)
        is = !o->events->is_own(o->ctx, children[at]) && is_mapped_window(o, children[at]);
    free(tree);
    return is;
}

static void raise(struct ds_overlay *o, ds_tick now)
{
    o->raise_at = 0;
    o->raised_at = now;
    if (!o->is_mapped || !is_covered(o))
        return;
    if (o->events->on_raise)
        o->events->on_raise(o->ctx);
    ds_overlay_window_restack(&o->window, 0);
    ds_overlay_window_restack(&o->window, o->below);
}

/* ---- events ---- */

static void on_configure(struct ds_overlay *o, const xcb_configure_notify_event_t *event)
{
    if (event->window != o->display.screen->root ||
        (event->width == o->width && event->height == o->height))
        return;
    o->width = event->width;
    o->height = event->height;
    o->is_renewal_due = true;
}

static void on_event(struct ds_overlay *o, const xcb_generic_event_t *event, ds_tick now)
{
    const xcb_expose_event_t *e = (const xcb_expose_event_t *)event;
    uint8_t type = event->response_type & 0x7f;
    switch (type) {
    case XCB_EXPOSE:
        if (e->window == o->window.id && o->pixels)
            ds_overlay_window_put(
                &o->window, o->pixels, o->width,
                ds_rect_intersect((struct ds_rect){e->x, e->y, e->width, e->height},
                                  (struct ds_rect){0, 0, o->width, o->height}));
        break;
    case XCB_CONFIGURE_NOTIFY:
        on_configure(o, (const xcb_configure_notify_event_t *)event);
        /* fall through */
    case XCB_MAP_NOTIFY:
    case XCB_CIRCULATE_NOTIFY:
        if (o->is_mapped && o->raise_at == 0)
            o->raise_at = o->raised_at + RAISE > now ? o->raised_at + RAISE : now;
        break;
    default:
        if (type == o->xfixes_event + XCB_XFIXES_SELECTION_NOTIFY)
            o->is_renewal_due |= has_compositor(o) != o->is_soft;
        break;
    }
}

static void ask(struct ds_overlay *o)
{
    o->asks_again = false;
    o->asked = xcb_get_input_focus(o->display.conn).sequence;
}

static bool take_answer(struct ds_overlay *o)
{
    void *reply = NULL;
    xcb_generic_error_t *error = NULL;
    if (!o->asked || !xcb_poll_for_reply(o->display.conn, o->asked, &reply, &error))
        return false;
    free(reply);
    free(error);
    o->asked = 0;
    if (o->asks_again)
        ask(o);
    else
        o->events->on_drawn(o->ctx);
    return true;
}

static bool take_event(struct ds_overlay *o, ds_tick now)
{
    xcb_generic_event_t *event = xcb_poll_for_event(o->display.conn);
    if (!event)
        return false;
    on_event(o, event, now);
    free(event);
    return true;
}

int ds_overlay_poll(struct ds_overlay *o, ds_tick now)
{
    bool is_busy = true;
    /* Sending and waiting for an answer read what comes into xcb's queue, where no descriptor tells
     * of it: until everything is sent and the queue was empty after that. */
    while (is_busy) {
        xcb_flush(o->display.conn);
        is_busy = o->is_renewal_due || (o->raise_at != 0 && o->raise_at <= now);
        if (o->is_renewal_due)
            renew(o);
        if (o->raise_at != 0 && o->raise_at <= now)
            raise(o, now);
        while (take_event(o, now) || take_answer(o))
            is_busy = true;
    }
    return ds_display_is_gone(&o->display) ? DS_ECLOSED : DS_OK;
}

ds_tick ds_overlay_deadline(const struct ds_overlay *o)
{
    return o->raise_at;
}

int ds_overlay_fd(const struct ds_overlay *o)
{
    return xcb_get_file_descriptor(o->display.conn);
}

bool ds_overlay_is_soft(const struct ds_overlay *o)
{
    return o->is_soft;
}

/* ---- drawing ---- */

uint32_t *ds_overlay_pixels(struct ds_overlay *o, int *width, int *height, size_t *stride)
{
    if (!o->pixels)
        o->pixels = calloc((size_t)o->width * (size_t)o->height, sizeof(*o->pixels));
    *width = o->width;
    *height = o->height;
    *stride = (size_t)o->width * sizeof(*o->pixels);
    return o->pixels;
}

void ds_overlay_change(struct ds_overlay *o, struct ds_rect box)
{
    bool was_mapped = o->is_mapped;
    map(o);
    if (was_mapped)
        put(o, box);
    else if (!o->is_mapped && !o->is_soft && o->pixels)
        ds_overlay_window_shape(
            &o->window, o->pixels, o->width,
            ds_rect_intersect(box, (struct ds_rect){0, 0, o->width, o->height}));
}

void ds_overlay_clear(struct ds_overlay *o)
{
    free(o->pixels);
    o->pixels = NULL;
    map(o);
    if (!o->is_soft)
        ds_overlay_window_unshape(&o->window);
}

void ds_overlay_hide(struct ds_overlay *o, bool hide)
{
    o->is_hidden = hide;
    map(o);
}

void ds_overlay_sync(struct ds_overlay *o)
{
    if (o->asked)
        o->asks_again = true;
    else
        ask(o);
}

/* ---- life ---- */

static bool prepare(struct ds_overlay *o)
{
    char name[32];
    const xcb_setup_t *setup = xcb_get_setup(o->display.conn);
    int number = 0;
    for (xcb_screen_iterator_t it = xcb_setup_roots_iterator(setup);
         it.rem > 0 && it.data != o->display.screen; xcb_screen_next(&it))
        number++;
    snprintf(name, sizeof(name), "_NET_WM_CM_S%d", number);
    xcb_intern_atom_reply_t *atom = xcb_intern_atom_reply(
        o->display.conn, xcb_intern_atom(o->display.conn, 0, (uint16_t)strlen(name), name), NULL);
    o->compositor = atom ? atom->atom : XCB_ATOM_NONE;
    free(atom);
    const xcb_query_extension_reply_t *xfixes = ds_display_extension(&o->display, &ds_xfixes_id);
    if (!xfixes || ds_xfixes_use(o->display.conn, 2) < 1 ||
        !ds_overlay_window_can_be_solid(&o->display))
        return false;
    o->xfixes_event = xfixes->first_event;
    o->listener = xcb_generate_id(o->display.conn);
    xcb_create_window(o->display.conn, XCB_COPY_FROM_PARENT, o->listener, o->display.screen->root,
                      -1, -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT, 0, NULL);
    ds_xfixes_select_selection(o->display.conn, o->listener, o->compositor);
    watch_root(o, false); /* before its size is asked for: no change is missed */
    xcb_get_geometry_reply_t *root = xcb_get_geometry_reply(
        o->display.conn, xcb_get_geometry(o->display.conn, o->display.screen->root), NULL);
    if (!root)
        return false;
    o->width = root->width;
    o->height = root->height;
    free(root);
    return make_window(o) == DS_OK;
}

struct ds_overlay *ds_overlay_open(const char *display, uint32_t below,
                                   const struct ds_overlay_events *events, void *ctx, char *message,
                                   size_t size)
{
    struct ds_overlay *o = calloc(1, sizeof(*o));
    if (!o) {
        snprintf(message, size, "There is not enough memory.");
        return NULL;
    }
    o->events = events;
    o->ctx = ctx;
    o->below = below;
    if (ds_display_open(&o->display, display, message, size)) {
        free(o);
        return NULL;
    }
    if (!prepare(o)) {
        snprintf(message, size, "This X display cannot show drawings.");
        ds_overlay_close(o);
        return NULL;
    }
    xcb_flush(o->display.conn);
    return o;
}

void ds_overlay_close(struct ds_overlay *o)
{
    if (!o)
        return;
    ds_overlay_window_destroy(&o->window);
    ds_display_close(&o->display);
    free(o->pixels);
    free(o);
}
