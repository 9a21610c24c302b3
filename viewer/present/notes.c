/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/notes.h"

#include <stdlib.h>
#include <string.h>

#define LINGERS (3 * DS_SECOND) /* an echo whose picture never comes: paused, or hidden */

static struct ds_note_shape shape_of(const struct viewer_view *view, const struct ds_note *note)
{
    double scale =
        view->picture_width > 0 ? (double)view->place.width / (double)view->picture_width : 1;
    return (struct ds_note_shape){note, view->place.x, view->place.y, scale};
}

static struct ds_rect box_of(const struct viewer_view *view, const struct ds_note *note)
{
    struct ds_note_shape shape = shape_of(view, note);
    return note->count > 0 ? ds_note_box(&shape, DS_NOTE_SOFT) : (struct ds_rect){0};
}

static void remove_at(struct viewer_notes *n, size_t at)
{
    free(n->echoes[at].note);
    n->count--;
    memmove(n->echoes + at, n->echoes + at + 1, (n->count - at) * sizeof(n->echoes[0]));
}

void viewer_notes_destroy(struct viewer_notes *n)
{
    while (n->count > 0)
        remove_at(n, n->count - 1);
    n->draft.count = 0;
    n->is_sent = false;
}

/* ---- the hand ---- */

static bool is_line(uint8_t tool)
{
    return tool == DS_NOTE_PEN || tool == DS_NOTE_HIGHLIGHT;
}

static struct ds_note_point point_of(const struct ds_note *note, int x, int y)
{
    x = x < 0 ? 0 : x >= note->width ? note->width - 1 : x;
    y = y < 0 ? 0 : y >= note->height ? note->height - 1 : y;
    return (struct ds_note_point){(uint16_t)x, (uint16_t)y};
}

struct ds_rect viewer_notes_begin(struct viewer_notes *n, const struct viewer_view *view,
                                  const struct ds_note *like, int x, int y)
{
    struct ds_rect before = box_of(view, &n->draft);
    n->draft = *like;
    n->is_sent = false;
    n->draft.points[0] = n->draft.points[1] = point_of(like, x, y);
    n->draft.count = is_line(like->tool) || like->tool == DS_NOTE_TEXT ? 1 : 2;
    return ds_rect_union(before, box_of(view, &n->draft));
}

/* A longer line keeps every second of its points. */
static void thin_out(struct ds_note *note)
{
    uint16_t kept = 0;
    for (uint16_t i = 0; i < note->count; i += 2)
        note->points[kept++] = note->points[i];
    note->count = kept;
}

struct ds_rect viewer_notes_move(struct viewer_notes *n, const struct viewer_view *view, int x,
                                 int y)
{
    struct ds_note *note = &n->draft;
    struct ds_rect before = box_of(view, note);
    struct ds_note_point to = point_of(note, x, y), last = note->points[note->count - 1];
    if (to.x == last.x && to.y == last.y)
        return (struct ds_rect){0};
    if (is_line(note->tool)) {
        if (note->count == DS_NOTE_POINTS_MAX)
            thin_out(note);
        note->points[note->count++] = to;
        if (ds_note_length(note) > DS_NOTE_LENGTH_MAX * ((uint32_t)note->width + note->height)) {
            note->count--; /* the pen is empty */
            return (struct ds_rect){0};
        }
    } else {
        note->points[note->count - 1] = to;
    }
    return ds_rect_union(before, box_of(view, note));
}

bool viewer_notes_end(struct viewer_notes *n)
{
    struct ds_note *note = &n->draft;
    bool is_dot = note->count == 2 && !is_line(note->tool) &&
                  memcmp(&note->points[0], &note->points[1], sizeof(note->points[0])) == 0;
    if (is_dot)
        note->count = 0; /* a click and no movement is no arrow */
    n->is_sent = note->count > 0;
    return n->is_sent;
}

/* ---- echoes ---- */

struct ds_rect viewer_notes_echo(struct viewer_notes *n, const struct viewer_view *view,
                                 struct ds_note *note)
{
    struct ds_rect box = ds_rect_union(box_of(view, &n->draft), box_of(view, note));
    if (n->is_sent) { /* this is what it was */
        n->draft.count = 0;
        n->is_sent = false;
    }
    if (n->count == DS_NOTES_MAX)
        remove_at(n, 0);
    n->echoes[n->count++] = (struct viewer_echo){.note = note};
    return box;
}

void viewer_notes_shown(struct viewer_notes *n, uint32_t id, uint32_t update, ds_tick now)
{
    for (size_t i = 0; i < n->count; i++) {
        if (n->echoes[i].note->id != id)
            continue;
        n->echoes[i].is_shown = true;
        n->echoes[i].update = update;
        n->echoes[i].until = now + LINGERS;
    }
}

struct ds_rect viewer_notes_gone(struct viewer_notes *n, const struct viewer_view *view,
                                 uint32_t id, bool all)
{
    struct ds_rect changed = {0};
    for (size_t i = n->count; i-- > 0;) {
        uint32_t own = n->echoes[i].note->id;
        if (own != id && !(all && own < id))
            continue;
        changed = ds_rect_union(changed, box_of(view, n->echoes[i].note));
        remove_at(n, i);
    }
    return changed;
}

static bool touches(const struct ds_region *region, struct ds_rect box)
{
    for (size_t i = 0; i < region->count; i++)
        if (!ds_rect_is_empty(ds_rect_intersect(region->rects[i], box)))
            return true;
    return false;
}

struct ds_rect viewer_notes_updated(struct viewer_notes *n, const struct viewer_view *view,
                                    uint32_t newest, const struct ds_region *region)
{
    struct ds_rect changed = {0};
    for (size_t i = n->count; i-- > 0;) {
        const struct viewer_echo *e = &n->echoes[i];
        const struct ds_note_shape in_picture = {e->note, 0, 0, 1};
        if (!e->is_shown || newest <= e->update ||
            !touches(region, ds_note_box(&in_picture, DS_NOTE_SOLID)))
            continue;
        changed = ds_rect_union(changed, box_of(view, e->note));
        remove_at(n, i);
    }
    return changed;
}

struct ds_rect viewer_notes_tick(struct viewer_notes *n, const struct viewer_view *view,
                                 ds_tick now, ds_tick *next)
{
    struct ds_rect changed = {0};
    *next = 0;
    for (size_t i = n->count; i-- > 0;) {
        const struct viewer_echo *e = &n->echoes[i];
        if (!e->is_shown)
            continue;
        if (e->until <= now) {
            changed = ds_rect_union(changed, box_of(view, e->note));
            remove_at(n, i);
        } else if (*next == 0 || e->until < *next) {
            *next = e->until;
        }
    }
    return changed;
}

void viewer_notes_paint(const struct viewer_notes *n, const struct viewer_view *view, cairo_t *cr)
{
    struct ds_note_shape shapes[DS_NOTES_MAX + 1];
    size_t count = 0;
    for (size_t i = 0; i < n->count; i++)
        shapes[count++] = shape_of(view, n->echoes[i].note);
    if (n->draft.count > 0)
        shapes[count++] = shape_of(view, &n->draft);
    ds_note_paint(cr, shapes, count, DS_NOTE_SOFT);
}
