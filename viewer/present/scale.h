/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Draws part of the customer's picture at the size it has in the window: every pixel of the window
 * is the mean of exactly the area of the picture that it stands for. Smaller, small text stays
 * readable and no line is lost. Larger, pixels keep their edges, mixed only where a window pixel
 * lies on two: linear between neighbours was tried, and text was washed out at every size. Same
 * size: copied. A part drawn by itself has the same pixels as when everything is drawn. Proved by
 * tests/unit/viewer_scale.c; tests/bench/present.c says what it costs. */
#ifndef VIEWER_PRESENT_SCALE_H
#define VIEWER_PRESENT_SCALE_H

#include "common/screen/image.h"
#include "viewer/present/view.h"

/* part: window pixels, inside the window and view->place. to: the window's pixel at 0,0; stride in
 * bytes. image has the view's picture size. DS_ENOMEM: nothing was drawn. */
int viewer_scale_draw(const struct viewer_view *view, const struct ds_image *image,
                      struct ds_rect part, uint8_t *to, size_t stride);

#endif
