/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/overview.h"

#include "common/base/error.h"
#include "viewer/present/scale.h"

#define LEAST 24 /* pixels a side: less shows nothing */

struct ds_rect viewer_overview_place(const struct viewer_view *view, bool left, int gap, int above,
                                     int most)
{
    int room_w = view->window_width / 4, room_h = (view->window_height - above) / 3;
    int64_t pw = view->picture_width, ph = view->picture_height;
    if (pw <= 0 || ph <= 0)
        return (struct ds_rect){0};
    room_w = room_w < most ? room_w : most;
    int64_t width = room_w, height = ph * width / pw;
    if (height > room_h) {
        height = room_h;
        width = pw * height / ph;
    }
    if (width < LEAST || height < LEAST)
        return (struct ds_rect){0};
    return (struct ds_rect){
        .x = left ? gap : view->window_width - gap - (int)width,
        .y = view->window_height - gap - above - (int)height,
        .width = (int)width,
        .height = (int)height,
    };
}

void viewer_overview_destroy(struct viewer_overview *o)
{
    ds_image_destroy(&o->image);
    *o = (struct viewer_overview){0};
}

int viewer_overview_show(struct viewer_overview *o, const struct viewer_view *view,
                         struct ds_rect place)
{
    if (ds_rect_is_empty(place)) {
        viewer_overview_destroy(o);
        return DS_OK;
    }
    bool same = o->place.width == place.width && o->place.height == place.height &&
                o->view.picture_width == view->picture_width &&
                o->view.picture_height == view->picture_height;
    if (same) {
        o->place = place;
        return DS_OK;
    }
    viewer_overview_destroy(o);
    int error = ds_image_init(&o->image, (uint32_t)place.width, (uint32_t)place.height);
    if (error)
        return error;
    o->place = place;
    viewer_view_set_window(&o->view, place.width, place.height);
    viewer_view_set_picture(&o->view, view->picture_width, view->picture_height);
    ds_region_add(&o->stale, (struct ds_rect){0, 0, place.width, place.height});
    return DS_OK;
}

void viewer_overview_damage(struct viewer_overview *o, struct ds_rect picture)
{
    if (!ds_rect_is_empty(o->place))
        ds_region_add(&o->stale, viewer_view_cover(&o->view, picture));
}

bool viewer_overview_refresh(struct viewer_overview *o, const struct ds_image *picture)
{
    if (ds_rect_is_empty(o->place) || ds_region_is_empty(&o->stale) || !picture->pixels)
        return false;
    for (size_t i = 0; i < o->stale.count; i++) {
        if (viewer_scale_draw(&o->view, picture, o->stale.rects[i], (uint8_t *)o->image.pixels,
                              o->image.stride) != DS_OK)
            return false; /* again with the next change */
    }
    ds_region_clear(&o->stale);
    return true;
}

static void span(int from, int length, int all, int place, int placed, int *at, int *n)
{
    int64_t first = (int64_t)from * placed / all;
    int64_t end = ((int64_t)(from + length) * placed + all - 1) / all;
    *at = place + (int)first;
    *n = end > first ? (int)(end - first) : 1;
}

struct ds_rect viewer_overview_seen(const struct viewer_view *view, struct ds_rect place)
{
    struct ds_rect seen = viewer_view_seen(view), out;
    if (ds_rect_is_empty(seen))
        return (struct ds_rect){place.x, place.y, 1, 1};
    span(seen.x, seen.width, view->picture_width, place.x, place.width, &out.x, &out.width);
    span(seen.y, seen.height, view->picture_height, place.y, place.height, &out.y, &out.height);
    return ds_rect_intersect(out, place);
}

void viewer_overview_aim(const struct viewer_view *view, struct ds_rect place, int x, int y,
                         int *scroll_x, int *scroll_y)
{
    int64_t px = (int64_t)(x - place.x) * view->picture_width / place.width;
    int64_t py = (int64_t)(y - place.y) * view->picture_height / place.height;
    *scroll_x = (int)px - view->window_width / 2;
    *scroll_y = (int)py - view->window_height / 2;
}
