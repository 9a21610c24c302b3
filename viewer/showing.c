/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Picture and pointers of the session in the window. */
#include "viewer/viewer_priv.h"

#include "viewer/panels/draw.h"
#include "viewer/window.h"

#include <string.h>

#define BORDER 2 /* window pixels at the border where a hand that was thrown there rests */
#define OVERVIEW_TICK (200 * DS_MS) /* between two drawings of the overview */
#define HAND_RESTS (400 * DS_MS)    /* after the rep's own movement its echoes have come back */
#define SAME_PLACE 3                /* picture pixels */

/* ---- updates ---- */

static void send_acks(struct viewer *v)
{
    if (!v->acks_wait)
        return;
    v->acks_wait = false;
    struct viewer_order *order = viewer_order_new(VIEWER_ORDER_SHOWN);
    if (order) {
        memcpy(order->of.shown.acks, v->fresh.acks, sizeof(v->fresh.acks));
        order->of.shown.count = v->fresh.ack_count;
        order->of.shown.complete = v->fresh.complete && !v->hidden;
        order->of.shown.width = (uint32_t)v->screen.view.picture_width;
        order->of.shown.height = (uint32_t)v->screen.view.picture_height;
        viewer_line_order(v->line, order);
    }
    if (v->fresh.complete && !v->panels.complete) {
        v->panels.complete = true;
        v->ui_due = true;
    }
    v->fresh.ack_count = 0;
}

static void on_resized(struct viewer *v)
{
    ds_backing_lock(&v->backing);
    int width = (int)v->backing.image.width, height = (int)v->backing.image.height;
    ds_backing_unlock(&v->backing);
    v->panels.complete = false;
    v->pointer_known = v->pointer_known && width > 0;
    viewer_view_set_picture(&v->screen.view, width, height);
    if (width > 0 && !v->suited) {
        viewer_window_suit(v->window, width, height);
        v->suited = true;
    }
    viewer_screen_damage_all(&v->screen);
    v->ui_due = true;
}

void viewer_show_fresh(struct viewer *v)
{
    struct ds_fresh fresh;
    if (!ds_backing_take(&v->backing, &fresh))
        return;
    if (fresh.resized)
        on_resized(v);
    viewer_screen_damage_picture(&v->screen, &fresh.region);
    viewer_drawing_updated(v, &fresh);
    size_t kept = v->acks_wait ? v->fresh.ack_count : 0;
    size_t room = DS_ACKS_MAX - kept;
    size_t taken = fresh.ack_count < room ? fresh.ack_count : room;
    memcpy(v->fresh.acks + kept, fresh.acks, taken * sizeof(fresh.acks[0]));
    v->fresh.ack_count = kept + taken;
    v->fresh.complete = fresh.complete;
    v->acks_wait = v->fresh.ack_count > 0;
}

/* ---- scrolling ---- */

void viewer_show_scrolled(struct viewer *v)
{
    viewer_screen_damage_all(&v->screen);
    viewer_show_pointer(v);
    v->router.motion_waits = v->router.inside; /* the hand is over another pixel now */
    if (viewer_view_can_scroll(&v->screen.view))
        viewer_panels_scrolled(&v->panels, v->router.x);
    v->ui_due = true;
}

/* On the picture, or thrown against the border beyond a scroll bar. */
static bool may_scroll_by_edge(const struct viewer *v)
{
    const struct viewer_router *r = &v->router;
    const struct viewer_view *view = &v->screen.view;
    if (!r->picture || !r->inside || v->hidden || v->panels.model.paused ||
        viewer_model_is_away(&v->panels.model) || !viewer_view_can_scroll(view) ||
        SDL_GetMouseFocus() != v->window)
        return false;
    bool border = (view->bar_right && r->x >= view->outer_width - BORDER) ||
                  (view->bar_bottom && r->y >= view->outer_height - BORDER);
    return viewer_router_over_picture(r) ||
           (border && !r->ui_pressed && !viewer_router_is_modal(r));
}

ds_tick viewer_show_edge_scroll(struct viewer *v)
{
    int dx, dy;
    if (!may_scroll_by_edge(v)) {
        viewer_edge_leave(&v->edge);
        return 0;
    }
    ds_tick again = viewer_edge_step(&v->edge, &v->screen.view, v->router.x, v->router.y,
                                     ds_clock_now(), &dx, &dy);
    if (viewer_view_scroll(&v->screen.view, dx, dy))
        viewer_show_scrolled(v);
    return again;
}

/* ---- pointers ---- */

/* The customer's pointer is painted only where the rep's own is not: while the rep's hand moves it,
 * what comes back is only an echo of the hand. */
static bool paints_pointer(const struct viewer *v)
{
    int x, y;
    if (!v->router.picture || !v->pointer_known || !v->pointer_visible || !v->panels.complete)
        return false;
    if (!v->router.control || !viewer_router_over_picture(&v->router))
        return true;
    if (ds_clock_now() < v->hand_at + HAND_RESTS)
        return false;
    viewer_view_to_picture(&v->screen.view, v->router.x, v->router.y, &x, &y);
    int dx = x - v->pointer_x, dy = y - v->pointer_y;
    return dx > SAME_PLACE || dx < -SAME_PLACE || dy > SAME_PLACE || dy < -SAME_PLACE;
}

void viewer_show_pointer(struct viewer *v)
{
    const struct viewer_shape *shape = viewer_shapes_used(&v->shapes);
    if (!shape || !shape->image || !paints_pointer(v)) {
        viewer_screen_pointer(&v->screen, NULL, 0, 0);
        return;
    }
    int x, y;
    viewer_view_to_window(&v->screen.view, v->pointer_x, v->pointer_y, &x, &y);
    viewer_screen_pointer(&v->screen, shape->image, x - shape->hot_x, y - shape->hot_y);
}

static SDL_Cursor *system_cursor(enum ds_ui_cursor kind)
{
    static SDL_Cursor *cursors[3]; /* for the life of the program */
    static const SDL_SystemCursor ids[3] = {
        [DS_UI_ARROW] = SDL_SYSTEM_CURSOR_ARROW,
        [DS_UI_HAND] = SDL_SYSTEM_CURSOR_HAND,
        [DS_UI_IBEAM] = SDL_SYSTEM_CURSOR_IBEAM,
    };
    if (!cursors[kind])
        cursors[kind] = SDL_CreateSystemCursor(ids[kind]);
    return cursors[kind];
}

void viewer_show_cursor(struct viewer *v)
{
    const struct viewer_shape *shape = viewer_shapes_used(&v->shapes);
    SDL_Cursor *cursor = NULL;
    if (SDL_GetMouseFocus() != v->window) /* another window's */
        return;
    if (viewer_draw_is_on(&v->panels) && viewer_router_over_picture(&v->router)) {
        cursor = viewer_drawing_cursor(v);
    } else if (v->router.control && viewer_router_over_picture(&v->router)) {
        if (v->pointer_known && !v->pointer_visible)
            cursor = v->shapes.dot;
        else if (shape)
            cursor = shape->cursor;
    } else if (!viewer_router_over_picture(&v->router)) {
        cursor = system_cursor(ds_ui_cursor(v->ui));
    }
    if (!cursor)
        cursor = system_cursor(DS_UI_ARROW);
    if (cursor && cursor != SDL_GetCursor())
        SDL_SetCursor(cursor);
}

/* ---- the screen's tick ---- */

/* The overview goes along at its own pace: all of a large picture is read for it. Returns when to
 * come again, 0: when something happens. */
static ds_tick show_overview(struct viewer *v)
{
    struct viewer_overview *overview = &v->screen.overview;
    ds_tick now = ds_clock_now();
    if (ds_rect_is_empty(overview->place) || ds_region_is_empty(&overview->stale))
        return 0;
    if (now < v->overview_due)
        return v->overview_due;
    viewer_screen_refresh_overview(&v->screen);
    v->overview_due = now + OVERVIEW_TICK;
    return 0;
}

ds_tick viewer_show(struct viewer *v)
{
    if (v->hidden) {
        send_acks(v); /* nobody can see it; the agent has been told to stop */
        return 0;
    }
    ds_tick again = show_overview(v);
    if (!ds_region_is_empty(&v->screen.damage)) {
        ds_tick now = ds_clock_now(), tick = viewer_window_tick_us(v->window);
        if (now < v->due)
            return again != 0 && again < v->due ? again : v->due;
        if (!viewer_screen_present(&v->screen)) {
            v->due = now + tick;
            return v->due;
        }
        /* on average one picture a tick, the next one sooner when this one was late */
        v->due = (v->due + tick > now ? v->due : now - tick) + tick;
        if (v->due > now + tick)
            v->due = now + tick;
    }
    send_acks(v);
    return again;
}
