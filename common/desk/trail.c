/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/trail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DOT 8.0            /* radius, pixels */
#define RIM 2.0            /* a light rim: seen on a ground of the same colour */
#define FRAME (16 * DS_MS) /* between two pictures of a tail that fades */

static bool is_near(const struct ds_trail_point *a, const struct ds_trail_point *b)
{
    return abs(a->x - b->x) <= DS_TRAIL_REACH && abs(a->y - b->y) <= DS_TRAIL_REACH;
}

static void drop(struct ds_trail *t, size_t count)
{
    t->count -= count;
    memmove(t->points, t->points + count, t->count * sizeof(t->points[0]));
}

void ds_trail_push(struct ds_trail *t, int x, int y, uint32_t color, bool is_held, ds_tick now)
{
    struct ds_trail_point to = {x, y, now};
    if (is_held && !t->is_held)
        t->count = 0; /* the hand has come down anew */
    t->color = color;
    t->is_held = is_held;
    t->until = now + DS_TRAIL_HOLDS;
    if (t->count > 0 && t->points[t->count - 1].x == x && t->points[t->count - 1].y == y)
        t->count--; /* still there */
    if (t->count == DS_TRAIL_POINTS)
        drop(t, 1);
    t->points[t->count++] = to;
    while (!is_near(&t->points[0], &to))
        drop(t, 1);
}

ds_tick ds_trail_settle(struct ds_trail *t, ds_tick now)
{
    size_t faded = 0;
    if (t->is_held && now >= t->until) {
        t->is_held = false; /* nobody says that it is still there */
        t->count = 0;
    }
    while (faded < t->count && now >= t->points[faded].at + DS_TRAIL_FADES &&
           !(t->is_held && faded + 1 == t->count))
        faded++;
    drop(t, faded);
    if (t->count == 0)
        return 0;
    return t->is_held && t->count == 1 ? t->until : now + FRAME;
}

struct ds_rect ds_trail_box(const struct ds_trail *t)
{
    int reach = (int)(DOT + RIM) + 1;
    if (t->count == 0)
        return (struct ds_rect){0};
    int left = t->points[0].x, right = left, top = t->points[0].y, bottom = top;
    for (size_t i = 1; i < t->count; i++) {
        left = t->points[i].x < left ? t->points[i].x : left;
        right = t->points[i].x > right ? t->points[i].x : right;
        top = t->points[i].y < top ? t->points[i].y : top;
        bottom = t->points[i].y > bottom ? t->points[i].y : bottom;
    }
    return (struct ds_rect){left - reach, top - reach, right - left + 2 * reach + 1,
                            bottom - top + 2 * reach + 1};
}

/* 1: just there, 0: faded. */
static double left_of(const struct ds_trail *t, size_t i, ds_tick now)
{
    ds_tick age = now > t->points[i].at ? now - t->points[i].at : 0;
    if (t->is_held && i + 1 == t->count)
        return 1;
    return age < DS_TRAIL_FADES ? 1 - (double)age / (double)DS_TRAIL_FADES : 0;
}

/* It fades by growing thin: that is seen with and without translucency. */
static void stroke(cairo_t *cr, const struct ds_trail *t, ds_tick now, double more)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct ds_trail_point *from = &t->points[i > 0 ? i - 1 : 0], *to = &t->points[i];
        bool is_dot = i + 1 == t->count;
        double radius = DOT * left_of(t, i, now);
        cairo_move_to(cr, from->x + 0.5, from->y + 0.5);
        cairo_line_to(cr, to->x + 0.5, to->y + 0.5);
        cairo_set_line_width(cr, radius + more);
        cairo_stroke(cr);
        if (!is_dot)
            continue;
        cairo_move_to(cr, to->x + 0.5, to->y + 0.5);
        cairo_close_path(cr);
        cairo_set_line_width(cr, 2 * (radius + more));
        cairo_stroke(cr);
    }
}

void ds_trail_paint(cairo_t *cr, const struct ds_trail *t, enum ds_note_look look, ds_tick now)
{
    cairo_save(cr);
    cairo_set_antialias(cr, look == DS_NOTE_SOLID ? CAIRO_ANTIALIAS_NONE : CAIRO_ANTIALIAS_DEFAULT);
    cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_source_rgb(cr, 1, 1, 1);
    stroke(cr, t, now, RIM);
    cairo_set_source_rgb(cr, (t->color >> 16 & 0xff) / 255.0, (t->color >> 8 & 0xff) / 255.0,
                         (t->color & 0xff) / 255.0);
    stroke(cr, t, now, 0);
    cairo_restore(cr);
}
