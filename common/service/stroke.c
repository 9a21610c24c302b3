/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/stroke.h"

#include <string.h>

static bool is_line(const struct ds_note *note)
{
    return note->tool == DS_NOTE_PEN || note->tool == DS_NOTE_HIGHLIGHT;
}

static struct ds_note_point point_of(const struct ds_note *note, int x, int y)
{
    x = x < 0 ? 0 : x >= note->width ? note->width - 1 : x;
    y = y < 0 ? 0 : y >= note->height ? note->height - 1 : y;
    return (struct ds_note_point){(uint16_t)x, (uint16_t)y};
}

static bool is_same(const struct ds_note_point *a, const struct ds_note_point *b)
{
    return a->x == b->x && a->y == b->y;
}

void ds_stroke_begin(struct ds_note *note, const struct ds_note *like, int x, int y)
{
    *note = *like;
    note->points[0] = note->points[1] = point_of(like, x, y);
    note->count = is_line(like) || like->tool == DS_NOTE_TEXT ? 1 : 2;
}

/* A longer line keeps every second of its points. */
static void thin_out(struct ds_note *note)
{
    uint16_t kept = 0;
    for (uint16_t i = 0; i < note->count; i += 2)
        note->points[kept++] = note->points[i];
    note->count = kept;
}

bool ds_stroke_move(struct ds_note *note, int x, int y)
{
    struct ds_note_point to = point_of(note, x, y);
    if (is_same(&to, &note->points[note->count - 1]))
        return false;
    if (!is_line(note)) {
        note->points[note->count - 1] = to;
        return true;
    }
    if (note->count == DS_NOTE_POINTS_MAX)
        thin_out(note);
    note->points[note->count++] = to;
    if (ds_note_length(note) <= DS_NOTE_LENGTH_MAX * ((uint32_t)note->width + note->height))
        return true;
    note->count--; /* the pen is empty */
    return false;
}

bool ds_stroke_end(struct ds_note *note)
{
    if (note->count == 2 && !is_line(note) && is_same(&note->points[0], &note->points[1]))
        note->count = 0; /* a click and no movement is no arrow */
    return note->count > 0;
}
