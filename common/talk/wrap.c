/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of the transcript broken into rows of a width; only what is new is broken again. */
#include "common/talk/wrap.h"
#include "common/base/alloc.h"

#include <string.h>

static bool is_inside(const char *at)
{
    return ((unsigned char)*at & 0xc0) == 0x80;
}

static size_t whole(const char *text, size_t n)
{
    while (n > 0 && is_inside(text + n))
        n--;
    return n;
}

static double width_of(struct ds_ui *ui, const char *text, size_t n)
{
    char part[DS_TEXT_CHAT + 1];
    memcpy(part, text, n);
    part[n] = '\0';
    return ds_ui_text_width(ui, part, DS_TYPE_NORMAL, 0);
}

/* Bytes of the first row, at least one character; with the blank at its end. */
static size_t row_len(struct ds_ui *ui, const char *text, size_t len, double width)
{
    size_t fits = 0, most = len;
    if (width_of(ui, text, len) <= width)
        return len;
    while (fits < most) { /* fits: known to fit; most: a bound from above */
        size_t middle = whole(text, fits + (most - fits + 1) / 2);
        if (middle <= fits)
            break;
        if (width_of(ui, text, middle) <= width)
            fits = middle;
        else
            most = middle - 1;
    }
    if (fits == 0)
        for (fits = 1; fits < len && is_inside(text + fits);)
            fits++;
    for (size_t n = fits; n > 0; n--)
        if (text[n - 1] == ' ')
            return n;
    return fits;
}

static bool add(struct ds_talk *talk, struct ds_talk_row row)
{
    if (talk->row_count == talk->row_cap) {
        size_t cap = talk->row_cap ? 2 * talk->row_cap : 64;
        struct ds_talk_row *rows = ds_realloc_array(talk->rows, cap, sizeof(*rows));
        if (!rows)
            return false;
        talk->rows = rows;
        talk->row_cap = cap;
    }
    talk->rows[talk->row_count++] = row;
    return true;
}

static void wrap_line(struct ds_ui *ui, struct ds_talk *talk, size_t index, double width)
{
    const struct ds_talk_line *line = &talk->lines[index];
    size_t at = 0, len = strlen(line->text);
    uint32_t number = (uint32_t)index;
    if (index == 0 || talk->lines[index - 1].is_ours != line->is_ours)
        add(talk, (struct ds_talk_row){.line = number, .kind = DS_TALK_ROW_NAME});
    do {
        size_t end = at + strcspn(line->text + at, "\n");
        do {
            size_t n = row_len(ui, line->text + at, end - at, width);
            add(talk, (struct ds_talk_row){.line = number,
                                           .from = (uint16_t)at,
                                           .len = (uint16_t)n,
                                           .kind = DS_TALK_ROW_TEXT});
            at += n;
        } while (at < end);
        at++; /* the line's end */
    } while (at <= len && line->text[at - 1] != '\0');
    bool is_last_unsent = !line->is_sent && index + 1 == talk->count;
    if (is_last_unsent)
        add(talk, (struct ds_talk_row){.line = number, .kind = DS_TALK_ROW_UNSENT});
}

void ds_talk_wrap(struct ds_ui *ui, struct ds_talk *talk, double width)
{
    if (width != talk->wrap_width)
        talk->wrapped = 0;
    talk->wrap_width = width;
    if (talk->wrapped == talk->count)
        return;
    if (talk->wrapped > 0 && !talk->lines[talk->wrapped - 1].is_sent)
        talk->wrapped--; /* it may have had the mark */
    while (talk->row_count > 0 && talk->rows[talk->row_count - 1].line >= talk->wrapped)
        talk->row_count--;
    for (; talk->wrapped < talk->count; talk->wrapped++)
        wrap_line(ui, talk, talk->wrapped, width);
}
