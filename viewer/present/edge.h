/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scrolling while the pointer rests at the edge of a picture that is larger than the window. It
 * begins only after a rest, so that passing by moves nothing, and goes the faster the nearer the
 * pointer is to the border. Pure arithmetic. Proved by tests/unit/viewer_edge.c. */
#ifndef VIEWER_PRESENT_EDGE_H
#define VIEWER_PRESENT_EDGE_H

#include "common/base/clock.h"
#include "viewer/present/view.h"

/* Device pixels from the border of the picture's part of the window. */
#define VIEWER_EDGE 24
/* Rest before it begins. */
#define VIEWER_EDGE_REST (250 * DS_MS)
/* Pixels a second at the inner end of the edge and at the border: at the first a line of text can
 * be followed, at the second a 3840 pixels wide picture is crossed in under two seconds. */
#define VIEWER_EDGE_SLOWEST 160
#define VIEWER_EDGE_FASTEST 1600

struct viewer_edge {
    ds_tick since;         /* at the edge since; 0: it is not */
    ds_tick moved;         /* last step */
    double rest_x, rest_y; /* parts of a pixel that wait */
};

/* The pointer is at x, y (device pixels of the window) and may scroll. Gives the picture pixels to
 * scroll now. Returns when to ask again, 0: not before the pointer moves. */
ds_tick viewer_edge_step(struct viewer_edge *edge, const struct viewer_view *view, int x, int y,
                         ds_tick now, int *dx, int *dy);
/* It may not, or has left the window. */
void viewer_edge_leave(struct viewer_edge *edge);

#endif
