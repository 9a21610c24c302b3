/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the customer's picture lies in the window: whole and scaled (fit), or pixel by pixel with
 * scrolling (1:1). Pure arithmetic; window coordinates are device pixels. Proved by
 * tests/unit/viewer_view.c. */
#ifndef VIEWER_PRESENT_VIEW_H
#define VIEWER_PRESENT_VIEW_H

#include "common/screen/rect.h"

#include <stdbool.h>
#include <stdint.h>

enum viewer_scale { VIEWER_SCALE_FIT, VIEWER_SCALE_ONE };

struct viewer_view {
    int outer_width, outer_height;     /* the window; 0 until known */
    int window_width, window_height;   /* the part of it at the left and top without scroll bars */
    int picture_width, picture_height; /* 0 until known */
    enum viewer_scale scale;
    int scroll_x, scroll_y;     /* 1:1: picture pixel at the window's left and top; else 0 */
    int bar;                    /* how thick a scroll bar is, device pixels; 0: there are none */
    bool bar_right, bar_bottom; /* those there are: 1:1 and a picture larger than the window */
    struct ds_rect place;       /* where the whole picture would lie; may reach beyond the window */
};

/* Sets one part and works out the rest; scrolling is kept inside what there is to scroll. */
void viewer_view_set_window(struct viewer_view *view, int width, int height);
void viewer_view_set_picture(struct viewer_view *view, int width, int height);
/* Thickness of scroll bars, device pixels; 0 for none. They stand beside the picture, never on it.
 */
void viewer_view_set_bar(struct viewer_view *view, int bar);
void viewer_view_set_scale(struct viewer_view *view, enum viewer_scale scale);
/* Picture pixels, right and down positive. True when the view moved. */
bool viewer_view_scroll(struct viewer_view *view, int dx, int dy);
/* To where the picture pixel x, y is at the window's left and top, as far as there is to scroll. */
bool viewer_view_scroll_to(struct viewer_view *view, int x, int y);
/* How far it can be scrolled; 0: the picture is no larger than the window in that direction. */
int viewer_view_scroll_max_x(const struct viewer_view *view);
int viewer_view_scroll_max_y(const struct viewer_view *view);

static inline bool viewer_view_can_scroll(const struct viewer_view *view)
{
    return viewer_view_scroll_max_x(view) > 0 || viewer_view_scroll_max_y(view) > 0;
}

/* The part of the picture that is in the window, picture pixels; empty without a picture. */
struct ds_rect viewer_view_seen(const struct viewer_view *view);

/* One picture pixel is one window pixel. */
static inline bool viewer_view_is_exact(const struct viewer_view *view)
{
    return view->place.width == view->picture_width && view->place.height == view->picture_height;
}

/* The picture pixel beneath a window point. True when the point is on the picture; otherwise the
 * nearest pixel is given. False and 0,0 without a picture. */
bool viewer_view_to_picture(const struct viewer_view *view, int x, int y, int *px, int *py);

/* The window point at the top left of a picture pixel. */
void viewer_view_to_window(const struct viewer_view *view, int px, int py, int *x, int *y);

/* Every window pixel whose colour depends on a picture rectangle, cut to window and picture. */
struct ds_rect viewer_view_cover(const struct viewer_view *view, struct ds_rect picture);

#endif
