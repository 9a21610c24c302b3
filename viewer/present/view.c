/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/view.h"

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

int viewer_view_scroll_max_x(const struct viewer_view *view)
{
    int most = view->picture_width - view->window_width;
    return view->scale == VIEWER_SCALE_ONE && most > 0 ? most : 0;
}

int viewer_view_scroll_max_y(const struct viewer_view *view)
{
    int most = view->picture_height - view->window_height;
    return view->scale == VIEWER_SCALE_ONE && most > 0 ? most : 0;
}

/* Largest size of the picture's shape inside the window; at least one pixel a side. */
static void fit(struct viewer_view *view, int *width, int *height)
{
    int64_t pw = view->picture_width, ph = view->picture_height;
    int64_t ww = view->window_width, wh = view->window_height;
    if (ww * ph <= wh * pw) {
        *width = (int)ww;
        *height = (int)((ph * ww + pw / 2) / pw);
    } else {
        *height = (int)wh;
        *width = (int)((pw * wh + ph / 2) / ph);
    }
    *width = *width < 1 ? 1 : *width;
    *height = *height < 1 ? 1 : *height;
}

/* Each bar takes room that may make the other one needed. */
static void place_bars(struct viewer_view *view)
{
    int bar = view->bar, pw = view->picture_width, ph = view->picture_height;
    bool some = view->scale == VIEWER_SCALE_ONE && bar > 0 && view->outer_width > 4 * bar &&
                view->outer_height > 4 * bar;
    view->bar_right = some && ph > view->outer_height;
    view->bar_bottom = some && pw > view->outer_width - (view->bar_right ? bar : 0);
    view->bar_right = some && ph > view->outer_height - (view->bar_bottom ? bar : 0);
    view->window_width = view->outer_width - (view->bar_right ? bar : 0);
    view->window_height = view->outer_height - (view->bar_bottom ? bar : 0);
}

static void update(struct viewer_view *view)
{
    place_bars(view);
    view->scroll_x = clamp(view->scroll_x, 0, viewer_view_scroll_max_x(view));
    view->scroll_y = clamp(view->scroll_y, 0, viewer_view_scroll_max_y(view));
    view->place = (struct ds_rect){0};
    if (view->picture_width <= 0 || view->window_width <= 0 || view->window_height <= 0)
        return;
    int width = view->picture_width, height = view->picture_height;
    if (view->scale == VIEWER_SCALE_FIT)
        fit(view, &width, &height);
    int free_x = view->window_width - width, free_y = view->window_height - height;
    view->place = (struct ds_rect){
        .x = free_x >= 0 ? free_x / 2 : -view->scroll_x,
        .y = free_y >= 0 ? free_y / 2 : -view->scroll_y,
        .width = width,
        .height = height,
    };
}

void viewer_view_set_window(struct viewer_view *view, int width, int height)
{
    view->outer_width = width > 0 ? width : 0;
    view->outer_height = height > 0 ? height : 0;
    update(view);
}

void viewer_view_set_bar(struct viewer_view *view, int bar)
{
    view->bar = bar > 0 ? bar : 0;
    update(view);
}

void viewer_view_set_picture(struct viewer_view *view, int width, int height)
{
    bool some = width > 0 && height > 0;
    view->picture_width = some ? width : 0;
    view->picture_height = some ? height : 0;
    update(view);
}

void viewer_view_set_scale(struct viewer_view *view, enum viewer_scale scale)
{
    view->scale = scale;
    update(view);
}

bool viewer_view_scroll_to(struct viewer_view *view, int x, int y)
{
    int x_before = view->scroll_x, y_before = view->scroll_y;
    view->scroll_x = x;
    view->scroll_y = y;
    update(view);
    return view->scroll_x != x_before || view->scroll_y != y_before;
}

bool viewer_view_scroll(struct viewer_view *view, int dx, int dy)
{
    return viewer_view_scroll_to(view, view->scroll_x + dx, view->scroll_y + dy);
}

struct ds_rect viewer_view_seen(const struct viewer_view *view)
{
    struct ds_rect window = {0, 0, view->window_width, view->window_height};
    struct ds_rect in = ds_rect_intersect(view->place, window);
    if (ds_rect_is_empty(in))
        return (struct ds_rect){0};
    if (view->scale == VIEWER_SCALE_FIT)
        return (struct ds_rect){0, 0, view->picture_width, view->picture_height};
    return (struct ds_rect){in.x - view->place.x, in.y - view->place.y, in.width, in.height};
}

bool viewer_view_to_picture(const struct viewer_view *view, int x, int y, int *px, int *py)
{
    const struct ds_rect *p = &view->place;
    if (p->width <= 0) {
        *px = *py = 0;
        return false;
    }
    int64_t dx = x - p->x, dy = y - p->y;
    bool inside = dx >= 0 && dy >= 0 && dx < p->width && dy < p->height;
    dx = clamp((int)dx, 0, p->width - 1);
    dy = clamp((int)dy, 0, p->height - 1);
    /* the middle of the window pixel, so that both edges can be reached when scaled */
    *px = (int)((dx * 2 + 1) * view->picture_width / ((int64_t)p->width * 2));
    *py = (int)((dy * 2 + 1) * view->picture_height / ((int64_t)p->height * 2));
    return inside;
}

void viewer_view_to_window(const struct viewer_view *view, int px, int py, int *x, int *y)
{
    const struct ds_rect *p = &view->place;
    if (p->width <= 0) {
        *x = *y = 0;
        return;
    }
    *x = p->x + (int)((int64_t)px * p->width / view->picture_width);
    *y = p->y + (int)((int64_t)py * p->height / view->picture_height);
}

static void cover_span(int from, int length, int place, int placed, int picture, int *at, int *n)
{
    int64_t first = (int64_t)from * placed / picture;
    int64_t end = ((int64_t)(from + length) * placed + picture - 1) / picture;
    *at = place + (int)first;
    *n = (int)(end - first);
}

struct ds_rect viewer_view_cover(const struct viewer_view *view, struct ds_rect picture)
{
    struct ds_rect whole = {0, 0, view->picture_width, view->picture_height};
    struct ds_rect in = ds_rect_intersect(picture, whole), out;
    const struct ds_rect *p = &view->place;
    if (ds_rect_is_empty(in) || p->width <= 0)
        return (struct ds_rect){0};
    cover_span(in.x, in.width, p->x, p->width, view->picture_width, &out.x, &out.width);
    cover_span(in.y, in.height, p->y, p->height, view->picture_height, &out.y, &out.height);
    struct ds_rect window = {0, 0, view->window_width, view->window_height};
    return ds_rect_intersect(ds_rect_intersect(out, *p), window);
}
