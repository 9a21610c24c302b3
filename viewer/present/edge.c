/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/edge.h"

#define STEP (16 * DS_MS)    /* between two steps */
#define LONGEST (50 * DS_MS) /* what one step makes good when the program had other work */

/* -1..1: how deep in the edge, and to which side; 0 also when there is nothing more to scroll. */
static double depth(int at, int size, int scroll, int most)
{
    if (at < VIEWER_EDGE && scroll > 0) {
        int in = VIEWER_EDGE - (at > 0 ? at : 0);
        return -(double)in / VIEWER_EDGE;
    }
    if (at >= size - VIEWER_EDGE && scroll < most) {
        int in = at - (size - VIEWER_EDGE) + 1;
        return (double)(in < VIEWER_EDGE ? in : VIEWER_EDGE) / VIEWER_EDGE;
    }
    return 0;
}

static int whole(double *rest, double deep, double seconds)
{
    double speed = VIEWER_EDGE_SLOWEST + (VIEWER_EDGE_FASTEST - VIEWER_EDGE_SLOWEST) * deep * deep;
    *rest += deep == 0 ? 0 : deep < 0 ? -speed * seconds : speed * seconds;
    int steps = (int)*rest;
    *rest = deep == 0 ? 0 : *rest - steps;
    return steps;
}

void viewer_edge_leave(struct viewer_edge *edge)
{
    *edge = (struct viewer_edge){0};
}

ds_tick viewer_edge_step(struct viewer_edge *edge, const struct viewer_view *view, int x, int y,
                         ds_tick now, int *dx, int *dy)
{
    double deep_x = depth(x, view->window_width, view->scroll_x, viewer_view_scroll_max_x(view));
    double deep_y = depth(y, view->window_height, view->scroll_y, viewer_view_scroll_max_y(view));
    *dx = *dy = 0;
    if (deep_x == 0 && deep_y == 0) {
        viewer_edge_leave(edge);
        return 0;
    }
    if (edge->since == 0) {
        *edge = (struct viewer_edge){.since = now, .moved = now + VIEWER_EDGE_REST};
        return edge->moved;
    }
    if (now < edge->since + VIEWER_EDGE_REST)
        return edge->since + VIEWER_EDGE_REST;
    if (now < edge->moved + STEP && edge->moved > edge->since + VIEWER_EDGE_REST)
        return edge->moved + STEP;
    ds_tick gone = now > edge->moved ? now - edge->moved : 0;
    double seconds = (double)(gone < LONGEST ? gone : LONGEST) / (double)DS_SECOND;
    *dx = whole(&edge->rest_x, deep_x, seconds);
    *dy = whole(&edge->rest_y, deep_y, seconds);
    edge->moved = now;
    return now + STEP;
}
