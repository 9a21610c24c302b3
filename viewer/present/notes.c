/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/notes.h"

#include "common/service/stroke.h"

#include <stdio.h>
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

struct ds_rect viewer_notes_begin(struct viewer_notes *n, const struct viewer_view *view,
                                  const struct ds_note *like, int x, int y)
{
    struct ds_rect before = box_of(view, &n->draft);
    ds_stroke_begin(&n->draft, like, x, y);
    n->is_sent = false;
    n->caret = 0;
    return ds_rect_union(before, box_of(view, &n->draft));
}

struct ds_rect viewer_notes_move(struct viewer_notes *n, const struct viewer_view *view, int x,
                                 int y)
{
    struct ds_rect before = box_of(view, &n->draft);
    if (!ds_stroke_move(&n->draft, x, y))
        return (struct ds_rect){0};
    return ds_rect_union(before, box_of(view, &n->draft));
}

struct ds_rect viewer_notes_write(struct viewer_notes *n, const struct viewer_view *view,
                                  const char *text, size_t caret)
{
    struct ds_rect before = box_of(view, &n->draft);
    if (!viewer_notes_is_writing(n) || (strcmp(n->draft.text, text) == 0 && n->caret == caret))
        return (struct ds_rect){0};
    snprintf(n->draft.text, sizeof(n->draft.text), "%s", text);
    n->caret = caret;
    return ds_rect_union(before, box_of(view, &n->draft));
}

bool viewer_notes_end(struct viewer_notes *n)
{
    bool is_empty = n->draft.tool == DS_NOTE_TEXT && n->draft.text[0] == '\0';
    n->is_sent = ds_stroke_end(&n->draft) && !is_empty;
    if (is_empty)
        n->draft.count = 0;
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

struct ds_rect viewer_notes_layout(struct viewer_notes *n, const struct viewer_view *view,
                                   uint8_t monitor, int width, int height)
{
    struct ds_rect changed = {0};
    for (size_t i = n->count; i-- > 0;) {
        const struct ds_note *note = n->echoes[i].note;
        if (note->monitor == monitor && note->width == width && note->height == height)
            continue;
        changed = ds_rect_union(changed, box_of(view, note));
        remove_at(n, i);
    }
    if (n->draft.count > 0 &&
        (n->draft.monitor != monitor || n->draft.width != width || n->draft.height != height)) {
        changed = ds_rect_union(changed, box_of(view, &n->draft));
        n->draft.count = 0;
        n->is_sent = false;
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
    if (viewer_notes_is_writing(n))
        ds_note_paint_caret(cr, &shapes[count - 1], n->caret);
}
