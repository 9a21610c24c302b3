/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/screen.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "viewer/present/scale.h"

#include <string.h>

#define DARK 0x0c0d10u      /* of a paused picture: a quarter of what was there, and this */
#define OVERVIEW_SOLID 0.92 /* the picture below can be guessed through it */

void viewer_screen_init(struct viewer_screen *s, SDL_Window *window, struct ds_backing *backing)
{
    *s = (struct viewer_screen){.window = window, .backing = backing};
}

static void drop_overlay(struct viewer_screen *s)
{
    if (s->overlay)
        cairo_surface_destroy(s->overlay);
    s->overlay = NULL;
}

void viewer_screen_destroy(struct viewer_screen *s)
{
    drop_overlay(s);
    viewer_overview_destroy(&s->overview);
}

bool viewer_screen_resize(struct viewer_screen *s)
{
    int width = 0, height = 0;
    SDL_GetWindowSize(s->window, &width, &height);
    viewer_screen_damage_all(s);
    if (width == s->width && height == s->height && s->overlay)
        return false;
    drop_overlay(s);
    s->painted_count = 0; /* the kit paints it anew */
    s->overlay = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, width, height);
    s->width = width;
    s->height = height;
    viewer_view_set_window(&s->view, width - s->side, height - s->foot);
    viewer_screen_damage_all(s);
    return true;
}

bool viewer_screen_set_side(struct viewer_screen *s, int side, int foot)
{
    side = side < s->width ? side : s->width;
    foot = foot < s->height ? foot : s->height;
    if (side == s->side && foot == s->foot)
        return false;
    s->side = side;
    s->foot = foot;
    viewer_view_set_window(&s->view, s->width - side, s->height - foot);
    viewer_screen_damage_all(s);
    return true;
}

void viewer_screen_damage(struct viewer_screen *s, struct ds_rect window)
{
    struct ds_rect all = {0, 0, s->width, s->height};
    ds_region_add(&s->damage, ds_rect_intersect(window, all));
}

void viewer_screen_damage_all(struct viewer_screen *s)
{
    ds_region_clear(&s->damage);
    ds_region_add(&s->damage, (struct ds_rect){0, 0, s->width, s->height});
}

void viewer_screen_damage_picture(struct viewer_screen *s, const struct ds_region *picture)
{
    if (!s->picture_shown || s->picture_dark)
        return;
    for (size_t i = 0; i < picture->count; i++) {
        viewer_screen_damage(s, viewer_view_cover(&s->view, picture->rects[i]));
        viewer_overview_damage(&s->overview, picture->rects[i]);
    }
}

void viewer_screen_overview(struct viewer_screen *s, struct ds_rect place)
{
    struct ds_rect before = s->overview.place;
    if (viewer_overview_show(&s->overview, &s->view, place) != DS_OK)
        ds_log_debug("no memory for the overview");
    place = s->overview.place;
    if (memcmp(&before, &place, sizeof(place)) == 0)
        return;
    viewer_screen_damage(s, before);
    viewer_screen_damage(s, place);
}

void viewer_screen_refresh_overview(struct viewer_screen *s)
{
    ds_backing_lock(s->backing);
    bool drawn = viewer_overview_refresh(&s->overview, &s->backing->image);
    ds_backing_unlock(s->backing);
    if (drawn)
        viewer_screen_damage(s, s->overview.place);
}

void viewer_screen_pointer(struct viewer_screen *s, cairo_surface_t *image, int x, int y)
{
    struct ds_rect place = {x, y, 0, 0};
    if (image) {
        place.width = cairo_image_surface_get_width(image);
        place.height = cairo_image_surface_get_height(image);
    }
    bool same = image == s->pointer && place.x == s->pointer_place.x &&
                place.y == s->pointer_place.y && place.width == s->pointer_place.width;
    if (same)
        return;
    if (s->pointer)
        viewer_screen_damage(s, s->pointer_place);
    s->pointer = image;
    s->pointer_place = place;
    if (image)
        viewer_screen_damage(s, place);
}

static void fill(SDL_Surface *to, struct ds_rect rect, uint32_t color)
{
    SDL_Rect area = {rect.x, rect.y, rect.width, rect.height};
    SDL_FillRect(to, &area, color);
}

/* In place. Paused: what is bright stays a guess of what was there. Else three eighths of each
 * colour: clearly not live, and what stood there can still be read. */
static void darken(SDL_Surface *to, struct ds_rect rect, bool is_paused)
{
    for (int y = rect.y; y < rect.y + rect.height; y++) {
        uint32_t *row = (uint32_t *)(void *)((uint8_t *)to->pixels + (size_t)y * (size_t)to->pitch);
        for (int x = rect.x; x < rect.x + rect.width; x++)
            row[x] = (row[x] >> 2 & 0x3f3f3fu) + (is_paused ? DARK : row[x] >> 3 & 0x1f1f1fu);
    }
}

static void draw_picture(struct viewer_screen *s, SDL_Surface *to, struct ds_rect rect)
{
    struct ds_rect inside = ds_rect_intersect(rect, s->view.place);
    bool all = inside.width == rect.width && inside.height == rect.height;
    if (!all || ds_rect_is_empty(inside))
        fill(to, rect, s->ground);
    if (ds_rect_is_empty(inside))
        return;
    if (s->backing->image.pixels)
        viewer_scale_draw(&s->view, &s->backing->image, inside, to->pixels, (size_t)to->pitch);
    else
        fill(to, inside, DARK);
    if (s->backing->image.pixels && (s->picture_dark || s->picture_dim))
        darken(to, inside, s->picture_dark);
}

static void clip_to(cairo_t *cr, struct ds_rect rect)
{
    cairo_rectangle(cr, rect.x, rect.y, rect.width, rect.height);
    cairo_clip(cr);
}

static void draw_overview(struct viewer_screen *s, cairo_t *cr)
{
    const struct viewer_overview *o = &s->overview;
    cairo_surface_t *image = cairo_image_surface_create_for_data(
        o->image.pixels, CAIRO_FORMAT_RGB24, (int)o->image.width, (int)o->image.height,
        (int)o->image.stride);
    cairo_set_source_surface(cr, image, o->place.x, o->place.y);
    cairo_rectangle(cr, o->place.x, o->place.y, o->place.width, o->place.height);
    cairo_save(cr);
    cairo_clip(cr);
    cairo_paint_with_alpha(cr, OVERVIEW_SOLID);
    cairo_restore(cr);
    cairo_surface_destroy(image);
}

/* Only where the kit has painted: the rest of a large picture would be mixed with nothing. */
static void draw_overlay(struct viewer_screen *s, cairo_t *cr)
{
    for (size_t i = 0; i < s->painted_count; i++) {
        const cairo_rectangle_int_t *box = &s->painted[i];
        cairo_rectangle(cr, box->x, box->y, box->width, box->height);
    }
    cairo_clip(cr); /* all of them at once: what is translucent is mixed in once */
    cairo_set_operator(cr, s->picture_shown ? CAIRO_OPERATOR_OVER : CAIRO_OPERATOR_SOURCE);
    cairo_set_source_surface(cr, s->overlay, 0, 0);
    cairo_paint(cr);
}

static bool meets(struct ds_rect a, struct ds_rect b)
{
    return !ds_rect_is_empty(ds_rect_intersect(a, b));
}

static bool meets_overlay(const struct viewer_screen *s, struct ds_rect rect)
{
    for (size_t i = 0; i < s->painted_count; i++) {
        const cairo_rectangle_int_t *box = &s->painted[i];
        if (meets(rect, (struct ds_rect){box->x, box->y, box->width, box->height}))
            return true;
    }
    return false;
}

static void draw_above(struct viewer_screen *s, cairo_t *cr, struct ds_rect rect)
{
    bool shows = s->picture_shown && !s->picture_dark && !s->picture_dim;
    struct ds_rect area = {0, 0, s->view.window_width, s->view.window_height};
    struct ds_rect pointer = ds_rect_intersect(s->pointer_place, area);
    cairo_save(cr);
    clip_to(cr, rect);
    if (shows && s->paints_notes) {
        cairo_save(cr);
        clip_to(cr, ds_rect_intersect(s->view.place, area));
        s->paint_notes(s->ctx, cr);
        cairo_restore(cr);
    }
    if (shows && s->pointer && meets(rect, pointer)) {
        cairo_save(cr);
        clip_to(cr, pointer);
        cairo_set_source_surface(cr, s->pointer, s->pointer_place.x, s->pointer_place.y);
        cairo_paint(cr);
        cairo_restore(cr);
    }
    if (shows && meets(rect, s->overview.place))
        draw_overview(s, cr);
    if (meets_overlay(s, rect))
        draw_overlay(s, cr);
    cairo_restore(cr);
}

static void draw(struct viewer_screen *s, SDL_Surface *to)
{
    cairo_surface_t *target = cairo_image_surface_create_for_data(to->pixels, CAIRO_FORMAT_RGB24,
                                                                  to->w, to->h, to->pitch);
    cairo_t *cr = cairo_create(target);
    /* Each rectangle from the ground up: they may overlap, and what is translucent may be drawn
     * only once on each ground. */
    if (s->picture_shown) /* once: each time may wait for a chunk */
        ds_backing_lock(s->backing);
    for (size_t i = 0; i < s->damage.count; i++) {
        struct ds_rect rect = s->damage.rects[i];
        if (s->picture_shown)
            draw_picture(s, to, rect);
        draw_above(s, cr, rect);
    }
    if (s->picture_shown)
        ds_backing_unlock(s->backing);
    cairo_destroy(cr);
    cairo_surface_finish(target);
    cairo_surface_destroy(target);
}

bool viewer_screen_present(struct viewer_screen *s)
{
    if (ds_region_is_empty(&s->damage))
        return true;
    SDL_Surface *to = SDL_GetWindowSurface(s->window);
    if (!to || to->w != s->width || to->h != s->height || to->format->BytesPerPixel != 4)
        return false;
    draw(s, to);
    SDL_Rect rects[DS_REGION_RECTS];
    for (size_t i = 0; i < s->damage.count; i++) {
        struct ds_rect r = s->damage.rects[i];
        rects[i] = (SDL_Rect){r.x, r.y, r.width, r.height};
    }
    if (SDL_UpdateWindowSurfaceRects(s->window, rects, (int)s->damage.count) != 0) {
        ds_log_debug("window cannot be drawn: %s", SDL_GetError());
        return false;
    }
    ds_region_clear(&s->damage);
    return true;
}
