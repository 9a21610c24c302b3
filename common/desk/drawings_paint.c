/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The picture of the drawings: those that stay, painted once each, and above them what moves. */
#include "common/desk/drawings_priv.h"

/* A person sees no wait below it, and ordinary drawings are all painted in one. */
#define PAINT_SLICE (20 * DS_MS)
#define FRAME (16 * DS_MS) /* between two pictures of what moves */

static enum ds_note_look look_of(const struct ds_drawings *d)
{
    return ds_overlay_is_soft(d->overlay) ? DS_NOTE_SOFT : DS_NOTE_SOLID;
}

bool ds_drawings_shaded(const struct ds_drawings *d)
{
    for (size_t i = 0; i < d->notes.count; i++)
        if (d->notes.list[i]->tool == DS_NOTE_SPOTLIGHT)
            return look_of(d) == DS_NOTE_SOFT;
    return false;
}

/* ---- those that stay ---- */

static struct ds_note_shape shape_of(const struct ds_drawings *d, size_t i)
{
    return (struct ds_note_shape){d->notes.list[i], d->places[i].x, d->places[i].y, 1};
}

static bool has_unpainted(const struct ds_drawings *d)
{
    return d->painted < d->notes.count || d->own_painted < d->own_count;
}

static struct ds_note_shape next_shape(struct ds_drawings *d)
{
    if (d->painted < d->notes.count)
        return shape_of(d, d->painted++);
    return (struct ds_note_shape){d->own[d->own_painted++], 0, 0, 1};
}

static struct ds_rect paint_shade(struct ds_drawings *d, cairo_t *cr)
{
    struct ds_note_shape shapes[DS_NOTES_MAX];
    struct ds_rect changed = {0};
    if (look_of(d) != DS_NOTE_SOFT)
        return changed;
    for (size_t i = 0; i < d->notes.count; i++) {
        shapes[i] = shape_of(d, i);
        if (shapes[i].note->tool == DS_NOTE_SPOTLIGHT)
            changed = ds_rect_union(changed, ds_note_box(&shapes[i], DS_NOTE_SOFT));
    }
    ds_note_paint_shade(cr, shapes, d->notes.count);
    return changed;
}

static struct ds_rect paint_notes(struct ds_drawings *d, cairo_t *cr, ds_tick now)
{
    struct ds_rect changed = {0};
    if (d->painted == 0)
        changed = paint_shade(d, cr);
    while (has_unpainted(d)) {
        struct ds_note_shape shape = next_shape(d);
        ds_note_paint_one(cr, &shape, look_of(d));
        changed = ds_rect_union(changed, ds_note_box(&shape, look_of(d)));
        if (ds_clock_now() >= now + PAINT_SLICE)
            break;
    }
    return changed;
}

/* ---- what moves above them ---- */

void ds_drawings_touch(struct ds_drawings *d)
{
    ds_tick now = ds_clock_now(), at = now > d->above_from ? now : d->above_from;
    if (d->above_at == 0 || d->above_at > at)
        d->above_at = at;
}

static struct ds_rect paint_above(struct ds_drawings *d, cairo_t *cr, uint32_t *pixels,
                                  struct ds_rect screen, ds_tick now)
{
    struct ds_note_shape draft = {&d->draft, 0, 0, 1};
    d->above_at = ds_trail_settle(&d->trail, now);
    d->above_from = now + FRAME;
    struct ds_rect box = ds_trail_box(&d->trail);
    if (d->draft.count > 0)
        box = ds_rect_union(box, ds_note_box(&draft, look_of(d)));
    box = ds_rect_intersect(box, screen);
    cairo_surface_flush(cairo_get_target(cr));
    if (!ds_sprite_lay(&d->sprite, pixels, screen.width, box))
        return (struct ds_rect){0};
    if (d->draft.count > 0)
        ds_note_paint_one(cr, &draft, look_of(d));
    ds_trail_paint(cr, &d->trail, look_of(d), now);
    return box;
}

/* ---- both ---- */

static bool is_empty(const struct ds_drawings *d)
{
    return d->notes.count + d->own_count + d->draft.count + d->trail.count == 0;
}

static void paint_all(struct ds_drawings *d, uint32_t *pixels, struct ds_rect screen, size_t stride,
                      ds_tick now)
{
    struct ds_rect changed = ds_sprite_lift(&d->sprite, pixels, screen.width);
    cairo_surface_t *surface = cairo_image_surface_create_for_data(
        (unsigned char *)pixels, CAIRO_FORMAT_ARGB32, screen.width, screen.height, (int)stride);
    cairo_t *cr = cairo_create(surface);
    changed = ds_rect_union(changed, paint_notes(d, cr, now));
    changed = ds_rect_union(changed, paint_above(d, cr, pixels, screen, now));
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    cairo_surface_destroy(surface);
    if (is_empty(d))
        ds_overlay_clear(d->overlay);
    else
        ds_overlay_change(d->overlay, changed);
}

/* Paints what is not painted yet, for about PAINT_SLICE at least one note; then others have as long
 * before the next. So a rep who draws as much as the rules let them takes half of the time. */
bool ds_drawings_paint(struct ds_drawings *d)
{
    ds_tick now = ds_clock_now();
    struct ds_rect screen = {0};
    size_t stride, painted = d->painted;
    bool is_due = has_unpainted(d) || (d->above_at != 0 && d->above_at <= now);
    if (!d->overlay || !is_due || now < d->paint_at)
        return false;
    uint32_t *pixels = ds_overlay_pixels(d->overlay, &screen.width, &screen.height, &stride);
    if (!pixels) {
        d->paint_at = now + DS_SECOND; /* memory is short; it may not be then */
        return false;
    }
    paint_all(d, pixels, screen, stride, now);
    ds_tick took = ds_clock_now() - now;
    d->paint_at = now + 2 * took;
    if (!has_unpainted(d) && d->painted > painted) {
        d->synced = d->painted;
        ds_overlay_sync(d->overlay);
    }
    return true;
}

ds_tick ds_drawings_deadline(const struct ds_drawings *d)
{
    ds_tick next = has_unpainted(d) ? d->paint_at : 0;
    if (d->above_at != 0 && (next == 0 || d->above_at < next))
        next = d->above_at > d->paint_at ? d->above_at : d->paint_at;
    return next;
}

void ds_drawings_renewed(struct ds_drawings *d)
{
    d->painted = d->own_painted = 0;
    ds_sprite_forget(&d->sprite);
    if (d->trail.count + d->draft.count > 0)
        ds_drawings_touch(d);
}
