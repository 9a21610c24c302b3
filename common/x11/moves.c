/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/moves.h"

#include <string.h>

void ds_moves_init(struct ds_moves *moves, const struct ds_display *display)
{
    uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
    *moves = (struct ds_moves){.root = display->screen->root};
    xcb_change_window_attributes(display->conn, moves->root, XCB_CW_EVENT_MASK, &mask);
}

/* The entry of a window, or the one to give it. */
static struct ds_moves_window *find(struct ds_moves *moves, xcb_window_t id, bool make)
{
    struct ds_moves_window *oldest = &moves->windows[0];
    for (int i = 0; i < DS_MOVES_WINDOWS; i++) {
        struct ds_moves_window *w = &moves->windows[i];
        if (w->id == id)
            return w;
        if (w->turn < oldest->turn)
            oldest = w;
    }
    return make ? oldest : NULL;
}

static void forget(struct ds_moves *moves, xcb_window_t id)
{
    struct ds_moves_window *w = find(moves, id, false);
    if (w)
        *w = (struct ds_moves_window){0};
}

bool ds_moves_handle(struct ds_moves *moves, const xcb_generic_event_t *event)
{
    switch (event->response_type & 0x7f) {
    case XCB_CONFIGURE_NOTIFY: {
        const xcb_configure_notify_event_t *e = (const xcb_configure_notify_event_t *)event;
        if (e->window == moves->root)
            return false;
        struct ds_moves_window *w = find(moves, e->window, true);
        if (w->id != e->window)
            *w = (struct ds_moves_window){.id = e->window, .from_x = e->x, .from_y = e->y};
        w->x = e->x;
        w->y = e->y;
        w->turn = ++moves->turn;
        return true;
    }
    case XCB_UNMAP_NOTIFY:
        forget(moves, ((const xcb_unmap_notify_event_t *)event)->window);
        return true;
    case XCB_DESTROY_NOTIFY:
        forget(moves, ((const xcb_destroy_notify_event_t *)event)->window);
        return true;
    case XCB_CREATE_NOTIFY:
    case XCB_MAP_NOTIFY:
    case XCB_REPARENT_NOTIFY:
    case XCB_GRAVITY_NOTIFY:
    case XCB_CIRCULATE_NOTIFY:
        return true;
    default:
        return false;
    }
}

size_t ds_moves_take(struct ds_moves *moves, struct ds_vector *out, size_t max)
{
    struct ds_moves_window *order[DS_MOVES_WINDOWS];
    size_t count = 0, taken = 0;
    for (int i = 0; i < DS_MOVES_WINDOWS; i++) {
        struct ds_moves_window *w = &moves->windows[i];
        if (w->id == 0 || (w->x == w->from_x && w->y == w->from_y))
            continue;
        size_t at = count++;
        for (; at > 0 && order[at - 1]->turn < w->turn; at--)
            order[at] = order[at - 1];
        order[at] = w;
    }
    for (size_t i = 0; i < count; i++) {
        struct ds_moves_window *w = order[i];
        if (taken < max)
            out[taken++] = (struct ds_vector){.dx = w->x - w->from_x, .dy = w->y - w->from_y};
        w->from_x = w->x;
        w->from_y = w->y;
    }
    return taken;
}
