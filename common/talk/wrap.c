/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of the transcript broken into rows of a width; only what is new is broken again. */
#include "common/talk/wrap.h"
#include "common/base/alloc.h"
#include "common/talk/stamp.h"

#include <string.h>

enum { PART_ROWS = 64 }; /* that a paragraph is broken into at a time */

static bool add(struct ds_talk *talk, size_t line, uint8_t kind, size_t from, size_t len,
                bool is_rtl)
{
    if (talk->row_count == talk->row_cap) {
        size_t cap = talk->row_cap ? 2 * talk->row_cap : 64;
        struct ds_talk_row *rows = ds_realloc_array(talk->rows, cap, sizeof(*rows));
        if (!rows)
            return false;
        talk->rows = rows;
        talk->row_cap = cap;
    }
    talk->rows[talk->row_count++] = (struct ds_talk_row){.line = (uint32_t)line,
                                                         .from = (uint16_t)from,
                                                         .len = (uint16_t)len,
                                                         .kind = kind,
                                                         .is_rtl = is_rtl};
    return true;
}

/* text from..end, without a line's end in it. */
static void wrap_paragraph(struct ds_ui *ui, struct ds_talk *talk, size_t line, size_t from,
                           size_t end, double width)
{
    uint16_t starts[PART_ROWS];
    bool is_rtl;
    do {
        const char *text = talk->lines[line].text + from;
        size_t n = ds_ui_break(ui, text, end - from, width, starts, PART_ROWS, &is_rtl);
        bool is_whole = n < PART_ROWS;
        size_t last = is_whole ? n : n - 1; /* the last one is only known to begin */
        for (size_t i = 0; i < last; i++) {
            size_t to = i + 1 < n ? starts[i + 1] : end - from;
            add(talk, line, DS_TALK_ROW_TEXT, from + starts[i], to - starts[i], is_rtl);
        }
        if (is_whole)
            return;
        from += starts[last];
    } while (from < end);
}

/* The newest of ours that the other one has seen has no seen one of ours behind it. */
static bool has_mark(const struct ds_talk *talk, size_t index)
{
    const struct ds_talk_line *line = &talk->lines[index];
    if (!line->is_ours || line->number == 0 || line->number > talk->other_seen)
        return false;
    for (size_t i = index + 1; i < talk->count && talk->lines[i].number != 0; i++)
        if (talk->lines[i].is_ours)
            return talk->lines[i].number > talk->other_seen;
    return true;
}

static void wrap_line(struct ds_ui *ui, struct ds_talk *talk, size_t index, double width)
{
    const struct ds_talk_line *line = &talk->lines[index], *before = index > 0 ? line - 1 : NULL;
    size_t at = 0, len = strlen(line->text);
    bool has_day = line->at_s != 0 && (!before || !ds_stamp_same_day(before->at_s, line->at_s));
    if (has_day)
        add(talk, index, DS_TALK_ROW_DAY, 0, 0, false);
    if (has_day || !before || before->is_ours != line->is_ours ||
        !ds_stamp_same_minute(before->at_s, line->at_s))
        add(talk, index, DS_TALK_ROW_NAME, 0, 0, false);
    do {
        size_t end = at + strcspn(line->text + at, "\n");
        wrap_paragraph(ui, talk, index, at, end, width);
        at = end + 1; /* behind the line's end */
    } while (at <= len);
    if (!line->is_sent && index + 1 == talk->count)
        add(talk, index, DS_TALK_ROW_UNSENT, 0, 0, false);
    if (has_mark(talk, index))
        add(talk, index, DS_TALK_ROW_SEEN, 0, 0, false);
}

void ds_talk_wrap(struct ds_ui *ui, struct ds_talk *talk, double width)
{
    double scale = ds_ui_theme(ui)->scale;
    if (width != talk->wrap_width || scale != talk->wrap_scale)
        talk->wrapped = 0;
    talk->wrap_width = width;
    talk->wrap_scale = scale;
    if (talk->wrapped == talk->count)
        return;
    if (talk->wrapped > 0)
        talk->wrapped--; /* it may have had a mark */
    while (talk->row_count > 0 && talk->rows[talk->row_count - 1].line >= talk->wrapped)
        talk->row_count--;
    for (; talk->wrapped < talk->count; talk->wrapped++)
        wrap_line(ui, talk, talk->wrapped, width);
}
