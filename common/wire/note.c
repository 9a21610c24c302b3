/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/note.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const tool_names[] = {"",          "pen",       "arrow", "box",
                                         "highlight", "spotlight", "text",  "laser"};
static const char *const size_names[DS_NOTE_SIZES] = {"normal", "thin", "thick"};

const char *ds_note_tool_name(enum ds_note_tool tool)
{
    return (unsigned)tool <= DS_NOTE_LASER ? tool_names[tool] : "";
}

enum ds_note_tool ds_note_tool_by_name(const char *name)
{
    for (int i = 1; i <= DS_NOTE_LASER; i++)
        if (strcmp(name, tool_names[i]) == 0)
            return (enum ds_note_tool)i;
    return (enum ds_note_tool)0;
}

enum ds_note_size ds_note_size_by_name(const char *name)
{
    int i = 0;
    while (i < DS_NOTE_SIZES && strcmp(name, size_names[i]) != 0)
        i++;
    return (enum ds_note_size)i;
}

/* One line that can be drawn: what is said must be what is seen. */
static bool is_drawable(const char *text)
{
    size_t n = strnlen(text, DS_NOTE_TEXT_MAX + 1);
    const char *at = text, *end = text + n;
    if (n < 1 || n > DS_NOTE_TEXT_MAX || !ds_text_is_utf8(text, n))
        return false;
    while (at < end) {
        uint32_t c = ds_text_next(&at, end);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0))
            return false;
    }
    return true;
}

static bool has_right_count(const struct ds_note *note)
{
    switch (note->tool) {
    case DS_NOTE_PEN:
    case DS_NOTE_HIGHLIGHT:
        return note->count >= 1 && note->count <= DS_NOTE_POINTS_MAX;
    case DS_NOTE_ARROW:
    case DS_NOTE_BOX:
    case DS_NOTE_SPOTLIGHT:
        return note->count == 2;
    case DS_NOTE_TEXT:
        return note->count == 1;
    default:
        return false;
    }
}

uint32_t ds_note_length(const struct ds_note *note)
{
    uint32_t length = 0;
    for (unsigned i = 1; i < note->count; i++)
        length += (uint32_t)abs(note->points[i].x - note->points[i - 1].x) +
                  (uint32_t)abs(note->points[i].y - note->points[i - 1].y);
    return length;
}

bool ds_note_is_valid(const struct ds_note *note)
{
    if (note->id == 0 || !has_right_count(note) || note->color > 0xffffff ||
        note->size >= DS_NOTE_SIZES || note->width < 1 || note->height < 1 ||
        note->width > DS_SCREEN_SIDE_MAX || note->height > DS_SCREEN_SIDE_MAX ||
        (note->monitor >= DS_SCREEN_MONITORS_MAX && note->monitor != 0xff))
        return false;
    for (unsigned i = 0; i < note->count; i++)
        if (note->points[i].x >= note->width || note->points[i].y >= note->height)
            return false;
    if (ds_note_length(note) > DS_NOTE_LENGTH_MAX * ((uint32_t)note->width + note->height))
        return false;
    return note->tool == DS_NOTE_TEXT ? is_drawable(note->text) : note->text[0] == '\0';
}

static void decode_note(struct ds_cursor *c, struct ds_note *note)
{
    note->id = ds_cursor_u32(c);
    note->tool = ds_cursor_u8(c);
    note->color = ds_cursor_u24(c);
    note->monitor = ds_cursor_u8(c);
    note->width = ds_cursor_u16(c);
    note->height = ds_cursor_u16(c);
    memset(note->text, 0, sizeof(note->text));
    ds_cursor_text(c, note->text, sizeof(note->text));
    note->count = ds_cursor_u16(c);
    if (note->count > DS_NOTE_POINTS_MAX)
        c->error = DS_EPROTO;
    for (unsigned i = 0; i < note->count && !c->error; i++) {
        note->points[i].x = ds_cursor_u16(c);
        note->points[i].y = ds_cursor_u16(c);
    }
    note->size = ds_cursor_left(c) > 0 ? ds_cursor_u8(c) : DS_NOTE_NORMAL;
    if (!c->error && !ds_note_is_valid(note))
        c->error = DS_EPROTO;
}

int ds_note_message_decode(const uint8_t *bytes, size_t n, struct ds_note_message *out,
                           struct ds_note *note)
{
    struct ds_cursor c = ds_cursor_of(bytes, n);
    struct ds_note_message m = {.type = ds_cursor_u8(&c)};
    uint8_t all;
    switch (m.type) {
    case DS_NOTE_DRAW:
        decode_note(&c, note);
        m.id = note->id;
        break;
    case DS_NOTE_UNDO:
    case DS_NOTE_ERASE:
        m.id = ds_cursor_u32(&c);
        break;
    case DS_NOTE_SHOWN:
        m.id = ds_cursor_u32(&c);
        m.update = ds_cursor_u32(&c);
        break;
    case DS_NOTE_GONE:
        m.id = ds_cursor_u32(&c);
        all = ds_cursor_u8(&c);
        m.all = all == 1;
        if (all > 1)
            c.error = DS_EPROTO;
        break;
    case DS_NOTE_HAND:
        all = ds_cursor_u8(&c);
        m.draws = all == 1;
        m.count = ds_cursor_u16(&c);
        if (all > 1 || m.count > DS_NOTES_MAX)
            c.error = DS_EPROTO;
        break;
    case DS_NOTE_CLEAN:
        break;
    default:
        m.type = 0;
        break;
    }
    if (!c.error)
        *out = m;
    return c.error;
}

static void encode_note(struct ds_writer *w, const struct ds_note *note)
{
    ds_writer_u32(w, note->id);
    ds_writer_u8(w, note->tool);
    ds_writer_u24(w, note->color);
    ds_writer_u8(w, note->monitor);
    ds_writer_u16(w, note->width);
    ds_writer_u16(w, note->height);
    ds_writer_text(w, note->text);
    ds_writer_u16(w, note->count);
    for (unsigned i = 0; i < note->count; i++) {
        ds_writer_u16(w, note->points[i].x);
        ds_writer_u16(w, note->points[i].y);
    }
    if (note->size != DS_NOTE_NORMAL)
        ds_writer_u8(w, note->size);
}

int ds_note_message_encode(struct ds_buf *buf, const struct ds_note_message *m,
                           const struct ds_note *note)
{
    struct ds_writer w = ds_writer_of(buf);
    if (m->type == DS_NOTE_DRAW && !ds_note_is_valid(note))
        return DS_EINVAL;
    ds_writer_u8(&w, m->type);
    switch (m->type) {
    case DS_NOTE_DRAW:
        encode_note(&w, note);
        break;
    case DS_NOTE_UNDO:
    case DS_NOTE_ERASE:
        ds_writer_u32(&w, m->id);
        break;
    case DS_NOTE_SHOWN:
        ds_writer_u32(&w, m->id);
        ds_writer_u32(&w, m->update);
        break;
    case DS_NOTE_GONE:
        ds_writer_u32(&w, m->id);
        ds_writer_u8(&w, m->all);
        break;
    case DS_NOTE_HAND:
        ds_writer_u8(&w, m->draws);
        ds_writer_u16(&w, m->count);
        break;
    case DS_NOTE_CLEAN:
        break;
    default:
        return DS_EINVAL;
    }
    return w.error;
}
