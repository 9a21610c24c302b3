/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The small picture of the whole that shows where in it one is, while it is larger than the window:
 * its place in the window, its pixels, kept up to date in parts, and what a point in it means. The
 * frame around the part in sight is drawn by the panels. Main thread. Proved by
 * tests/unit/viewer_overview.c. */
#ifndef VIEWER_PRESENT_OVERVIEW_H
#define VIEWER_PRESENT_OVERVIEW_H

#include "common/screen/image.h"
#include "common/screen/region.h"
#include "viewer/present/view.h"

struct viewer_overview {
    struct ds_rect place; /* window pixels; empty: not shown */
    struct viewer_view view;
    struct ds_image image;  /* owned: what is shown, of place's size */
    struct ds_region stale; /* of image's pixels: to be drawn again */
};

/* Where it lies: a picture's shape in the corner at the bottom, left or right, `gap` from the
 * border of the view's window and `above` higher; at most `most` wide, a quarter of the window's
 * width and a third of what is left of its height. Empty without room or without a picture. */
struct ds_rect viewer_overview_place(const struct viewer_view *view, bool left, int gap, int above,
                                     int most);
/* Shows it there; an empty place hides it and gives its memory back. DS_ENOMEM: it is hidden. */
int viewer_overview_show(struct viewer_overview *overview, const struct viewer_view *view,
                         struct ds_rect place);
void viewer_overview_destroy(struct viewer_overview *overview);

/* Picture pixels have changed. */
void viewer_overview_damage(struct viewer_overview *overview, struct ds_rect picture);
/* Draws what is stale from the picture, which is the caller's to lock. True when something was. */
bool viewer_overview_refresh(struct viewer_overview *overview, const struct ds_image *picture);

/* The part of the picture in sight, in window pixels inside place; at least 1 x 1. */
struct ds_rect viewer_overview_seen(const struct viewer_view *view, struct ds_rect place);
/* Where to scroll so that the point in the window becomes the middle of what is in sight. */
void viewer_overview_aim(const struct viewer_view *view, struct ds_rect place, int x, int y,
                         int *scroll_x, int *scroll_y);

#endif
