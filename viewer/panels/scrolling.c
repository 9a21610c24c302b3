/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What helps to move in a picture that is larger than the window: scroll bars and the overview. */
#include "viewer/panels/panels.h"

#include "viewer/present/overview.h"

#define BAR 12                        /* thickness, logical pixels */
#define OVERVIEW 240                  /* widest */
#define OVERVIEW_STAYS (1500 * DS_MS) /* after the last scrolling */
#define SHADE 45                      /* per cent over what is out of sight */

static struct ds_box logical(const struct viewer_panels *p, struct ds_rect r)
{
    double s = ds_ui_theme(p->ui)->scale;
    return (struct ds_box){r.x / s, r.y / s, r.width / s, r.height / s};
}

static int device(const struct viewer_panels *p, double length)
{
    return (int)(length * ds_ui_theme(p->ui)->scale + 0.5);
}

int viewer_panels_bar(const struct viewer_panels *p)
{
    return p->no_toolbar ? 0 : device(p, BAR);
}

struct ds_box viewer_panels_area(const struct viewer_panels *p)
{
    const struct viewer_view *view = p->view;
    return logical(p, (struct ds_rect){0, 0, view->window_width, view->window_height});
}

/* ---- scroll bars ---- */

static void bar(struct viewer_panels *p, bool is_upright)
{
    const struct viewer_view *view = p->view;
    struct ds_ui_scrollbar *b = is_upright ? &p->bar_y : &p->bar_x;
    struct ds_rect at =
        is_upright ? (struct ds_rect){view->window_width, 0, view->bar, view->window_height}
                   : (struct ds_rect){0, view->window_height, view->window_width, view->bar};
    b->is_upright = is_upright;
    b->value = is_upright ? view->scroll_y : view->scroll_x;
    b->page = is_upright ? view->window_height : view->window_width;
    b->most = is_upright ? viewer_view_scroll_max_y(view) : viewer_view_scroll_max_x(view);
    if (!ds_ui_scrollbar(p->ui, is_upright ? ID_BAR_Y : ID_BAR_X, logical(p, at), b))
        return;
    int to = (int)(b->value + 0.5);
    p->actions->scroll_to(p->ctx, is_upright ? view->scroll_x : to,
                          is_upright ? to : view->scroll_y);
}

static void bars(struct viewer_panels *p)
{
    const struct viewer_view *view = p->view;
    if (view->bar_right)
        bar(p, true);
    if (view->bar_bottom)
        bar(p, false);
    if (view->bar_right && view->bar_bottom) /* the corner between them */
        ds_ui_panel(p->ui,
                    logical(p, (struct ds_rect){view->window_width, view->window_height, view->bar,
                                                view->bar}),
                    DS_COLOR_RAISED, 0);
}

/* ---- the overview ---- */

static struct ds_rect overview_place(const struct viewer_panels *p)
{
    double above = p->figures_open && !p->overview_left ? p->figures_height + DS_SPACE_4 : 0;
    return viewer_overview_place(p->view, p->overview_left, device(p, DS_SPACE_4), device(p, above),
                                 device(p, OVERVIEW));
}

/* What is out of sight is darker: above, below, left and right of the rest. */
static void shade(struct viewer_panels *p, struct ds_box all, struct ds_box seen)
{
    double right = seen.x + seen.width, bottom = seen.y + seen.height;
    struct ds_box boxes[] = {
        {all.x, all.y, all.width, seen.y - all.y},
        {all.x, bottom, all.width, all.y + all.height - bottom},
        {all.x, seen.y, seen.x - all.x, seen.height},
        {right, seen.y, all.x + all.width - right, seen.height},
    };
    for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++)
        if (boxes[i].width > 0 && boxes[i].height > 0)
            ds_ui_shade(p->ui, boxes[i], SHADE);
}

/* Held inside the frame the view goes along; elsewhere its middle comes to the pointer. */
static void drag(struct viewer_panels *p, struct ds_rect place, struct ds_box box)
{
    double x, y, s = ds_ui_theme(p->ui)->scale;
    bool began;
    p->overview_held = ds_ui_drag(p->ui, ID_OVERVIEW, box, &x, &y, &began);
    if (!p->overview_held)
        return;
    int px = (int)(x * s), py = (int)(y * s);
    if (began) {
        struct ds_rect seen = viewer_overview_seen(p->view, place);
        bool inside =
            px >= seen.x && py >= seen.y && px < seen.x + seen.width && py < seen.y + seen.height;
        p->overview_dx = inside ? px - (seen.x + seen.width / 2) : 0;
        p->overview_dy = inside ? py - (seen.y + seen.height / 2) : 0;
        if (inside)
            return;
    }
    int to_x, to_y;
    viewer_overview_aim(p->view, place, px - p->overview_dx, py - p->overview_dy, &to_x, &to_y);
    p->actions->scroll_to(p->ctx, to_x, to_y);
}

static void overview(struct viewer_panels *p)
{
    bool hovered =
        !ds_rect_is_empty(p->overview_place) && ds_ui_is_over(p->ui, logical(p, p->overview_place));
    if (p->overview_until != 0 && (hovered || p->overview_held))
        p->overview_until = p->now + OVERVIEW_STAYS;
    if (p->now >= p->overview_until)
        p->overview_until = 0;
    bool shown = (p->overview_called || p->overview_until != 0) && !p->model.paused &&
                 p->complete && viewer_view_can_scroll(p->view);
    p->overview_place = shown ? overview_place(p) : (struct ds_rect){0};
    if (ds_rect_is_empty(p->overview_place)) {
        p->overview_held = false;
        return;
    }
    struct ds_box box = logical(p, p->overview_place);
    drag(p, p->overview_place, box);
    struct ds_box seen = logical(p, viewer_overview_seen(p->view, p->overview_place));
    shade(p, box, seen);
    ds_ui_frame(p->ui, box, DS_COLOR_MUTED, 1);
    ds_ui_frame(p->ui, seen, DS_COLOR_ACCENT, 2);
    if (p->overview_until != 0)
        viewer_panel_wake(p, p->overview_until);
}

void viewer_panels_scrolled(struct viewer_panels *p, int pointer_x)
{
    bool shown = !ds_rect_is_empty(p->overview_place);
    if (p->no_toolbar || p->model.stage != VIEWER_ACTIVE)
        return;
    if (!shown) /* not beneath the hand */
        p->overview_left = pointer_x > p->view->window_width / 2;
    p->overview_until = ds_clock_now() + OVERVIEW_STAYS;
}

void viewer_panels_toggle_overview(struct viewer_panels *p)
{
    p->overview_called = !p->overview_called;
    if (!p->overview_called)
        p->overview_until = 0;
}

void viewer_scrolling(struct viewer_panels *p)
{
    bars(p);
    overview(p);
}
