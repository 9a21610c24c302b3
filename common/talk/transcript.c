/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What was said: its rows, the hand and the keys that select, copy and open, and the question
 * before an address is opened. */
#include "common/talk/panel_priv.h"
#include "common/talk/stamp.h"
#include "common/talk/wrap.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LINKS_MAX = 8, COPY_MAX = 1 << 20, KEY_LEFT = 0xff51, KEY_RIGHT = 0xff53 };

/* ---- places ---- */

static bool is_before(struct ds_talk_place a, struct ds_talk_place b)
{
    return a.line < b.line || (a.line == b.line && a.at < b.at);
}

static bool has_selection(const struct ds_talk *talk)
{
    return is_before(talk->anchor, talk->head) || is_before(talk->head, talk->anchor);
}

static void get_selection(const struct ds_talk *talk, struct ds_talk_place *from,
                          struct ds_talk_place *to)
{
    bool is_back = is_before(talk->head, talk->anchor);
    *from = is_back ? talk->head : talk->anchor;
    *to = is_back ? talk->anchor : talk->head;
}

static size_t clamp(size_t at, size_t from, size_t len)
{
    return at < from ? 0 : at - from > len ? len : at - from;
}

static struct ds_ui_part selected_of(const struct ds_talk *talk, const struct ds_talk_row *row)
{
    struct ds_talk_place from, to;
    get_selection(talk, &from, &to);
    struct ds_ui_part part = {0, row->len};
    if (row->line < from.line || row->line > to.line || !has_selection(talk))
        return (struct ds_ui_part){0, 0};
    if (row->line == from.line)
        part.from = clamp(from.at, row->from, row->len);
    if (row->line == to.line)
        part.to = clamp(to.at, row->from, row->len);
    return part;
}

static void copy_selection(struct ds_talk_build *b, bool primary)
{
    struct ds_talk *talk = b->talk;
    struct ds_talk_place from, to;
    size_t used = 0;
    get_selection(talk, &from, &to);
    char *text = has_selection(talk) ? malloc(COPY_MAX) : NULL;
    for (uint32_t i = from.line; text && i <= to.line && i < talk->count; i++) {
        const char *line = talk->lines[i].text;
        size_t start = i == from.line ? from.at : 0, end = i == to.line ? to.at : strlen(line);
        if (used + (end - start) + 2 > COPY_MAX)
            break;
        memcpy(text + used, line + start, end - start);
        used += end - start;
        text[used++] = i < to.line ? '\n' : '\0';
    }
    if (used > 0) {
        text[used - 1] = '\0';
        ds_ui_copy(b->ui, text, primary);
    }
    free(text);
}

/* ---- addresses ---- */

/* Those that touch the row, as parts of it; whole, where not NULL, gets them as parts of the line.
 */
static size_t links_of(const struct ds_talk *talk, const struct ds_talk_row *row,
                       struct ds_ui_part parts[LINKS_MAX], struct ds_ui_part *whole)
{
    const char *text = talk->lines[row->line].text;
    size_t count = 0, start, end = 0;
    while (count < LINKS_MAX && row->len > 0 && ds_link_next(text, end, &start, &end)) {
        if (end <= row->from || start >= (size_t)row->from + row->len)
            continue;
        if (whole)
            whole[count] = (struct ds_ui_part){start, end};
        parts[count++] =
            (struct ds_ui_part){clamp(start, row->from, row->len), clamp(end, row->from, row->len)};
    }
    return count;
}

/* Asks about the address on the row: the one at the offset in its line, or (at < 0) the chosen one.
 */
static void ask(struct ds_talk *talk, const struct ds_talk_row *row, long at)
{
    struct ds_ui_part parts[LINKS_MAX], whole[LINKS_MAX];
    size_t count = links_of(talk, row, parts, whole);
    for (size_t i = 0; i < count; i++) {
        bool is_it = at < 0 ? (int)i == talk->link_at % (int)count
                            : (size_t)at >= whole[i].from && (size_t)at < whole[i].to;
        if (is_it)
            ds_link_plain(talk->link, talk->lines[row->line].text + whole[i].from,
                          whole[i].to - whole[i].from);
    }
}

bool ds_talk_link_question(struct ds_talk_build *b)
{
    struct ds_talk *talk = b->talk;
    if (!talk->link[0])
        return false;
    const char *title = DS_TR("Open this address?"), *what = DS_TR("It opens in your own browser:");
    double room = ds_ui_width(b->ui) - 2 * DS_SPACE_4, width = room < 440 ? room : 440;
    double inner = width - 2 * DS_SPACE_5;
    double height = ds_ui_text_height(b->ui, title, DS_TYPE_TITLE, DS_UI_WRAP | DS_UI_BOLD, inner) +
                    ds_ui_text_height(b->ui, what, DS_TYPE_SMALL, DS_UI_WRAP, inner) +
                    ds_ui_text_height(b->ui, talk->link, DS_TYPE_SMALL, DS_UI_WRAP, inner) +
                    b->target + 2 * DS_SPACE_5 + 3 * DS_SPACE_3;
    struct ds_box inside;
    ds_ui_modal_begin(b->ui, ID_LINK, width, height, title, ID_LINK_NO, &inside);
    struct ds_box row = ds_box_bottom(&inside, b->target, DS_SPACE_3);
    const char *no = DS_TR("No"), *yes = DS_TR("Open");
    bool is_no = ds_ui_button(
        b->ui, ID_LINK_NO,
        ds_box_right(&row, ds_ui_button_width(b->ui, no, DS_ICON_NONE), DS_SPACE_2), no, 0);
    bool is_yes = ds_ui_button(b->ui, ID_LINK,
                               ds_box_right(&row, ds_ui_button_width(b->ui, yes, DS_ICON_NONE), 0),
                               yes, DS_UI_GRANTS);
    is_no |= ds_ui_escape(b->ui);
    ds_ui_paragraph(b->ui, &inside, what, DS_TYPE_SMALL, DS_COLOR_MUTED, 0, DS_SPACE_1);
    ds_ui_label(b->ui, inside, talk->link, DS_TYPE_SMALL, DS_COLOR_TEXT, DS_UI_WRAP);
    ds_ui_modal_end(b->ui);
    if (is_yes)
        snprintf(talk->wish_text, sizeof(talk->wish_text), "%s", talk->link);
    if (is_yes || is_no)
        talk->link[0] = '\0';
    return is_yes && ds_talk_did(b, DS_TALK_OPEN, 0, NULL);
}

/* ---- the hand ---- */

static struct ds_talk_place place_at(struct ds_talk_build *b, const struct ds_talk_row *row,
                                     struct ds_box box, double x, bool to_left)
{
    char text[DS_TEXT_CHAT + 1];
    const char *line = b->talk->lines[row->line].text;
    struct ds_talk_place place = {row->line, row->from};
    if (row->kind == DS_TALK_ROW_TEXT) {
        snprintf(text, sizeof(text), "%.*s", (int)row->len, line + row->from);
        place.at += (uint32_t)ds_ui_passage_at(b->ui, box, text, row->is_rtl, x, to_left);
    } else if (row->kind > DS_TALK_ROW_NAME) {
        place.at = (uint32_t)strlen(line);
    }
    return place;
}

static void take_hand(struct ds_talk_build *b, const struct ds_talk_row *row, struct ds_box box,
                      const struct ds_ui_hand *hand)
{
    struct ds_talk *talk = b->talk;
    struct ds_talk_place place = place_at(b, row, box, hand->x, false);
    if (hand->is_pressed && hand->clicks >= 2) { /* the whole message */
        talk->anchor = (struct ds_talk_place){row->line, 0};
        talk->head =
            (struct ds_talk_place){row->line, (uint32_t)strlen(talk->lines[row->line].text)};
        return;
    }
    if (hand->clicks < 2 && (hand->is_pressed || hand->is_held)) {
        talk->head = place;
        if (hand->is_pressed && !hand->extends)
            talk->anchor = place;
        return;
    }
    if (!hand->is_released)
        return;
    if (has_selection(talk))
        copy_selection(b, true);
    else if (row->kind == DS_TALK_ROW_TEXT && hand->x >= box.x)
        ask(talk, row, (long)place_at(b, row, box, hand->x, true).at);
}

static void take_keys(struct ds_talk_build *b)
{
    struct ds_talk *talk = b->talk;
    int selected = talk->list.selected;
    if (ds_ui_focused(b->ui) != ID_LIST || talk->count == 0)
        return;
    if (ds_ui_shortcut(b->ui, 'a', DS_UI_CTRL)) {
        uint32_t last = (uint32_t)talk->count - 1;
        talk->anchor = (struct ds_talk_place){0, 0};
        talk->head = (struct ds_talk_place){last, (uint32_t)strlen(talk->lines[last].text)};
    }
    if (selected < 0 || (size_t)selected >= talk->row_count)
        return;
    const struct ds_talk_row *row = &talk->rows[selected];
    if (ds_ui_shortcut(b->ui, 'c', DS_UI_CTRL)) {
        if (has_selection(talk))
            copy_selection(b, false);
        else
            ds_ui_copy(b->ui, talk->lines[row->line].text, false);
    }
    if (ds_ui_shortcut(b->ui, KEY_RIGHT, 0))
        talk->link_at++;
    else if (ds_ui_shortcut(b->ui, KEY_LEFT, 0))
        talk->link_at += talk->link_at > 0 ? -1 : 0;
}

/* ---- rows ---- */

static void name_row(struct ds_talk_build *b, const struct ds_talk_line *line, struct ds_box box)
{
    char when[16];
    const char *name = line->is_ours ? DS_TR("You") : b->talk->other;
    ds_stamp_time(when, sizeof(when), line->at_s);
    double wide = ds_ui_text_width(b->ui, when, DS_TYPE_SMALL, DS_UI_TABULAR) + 1;
    double room = box.width - wide - DS_SPACE_2;
    double own = ds_ui_text_width(b->ui, name, DS_TYPE_SMALL, DS_UI_BOLD) + 1;
    ds_ui_label(b->ui, ds_box_left(&box, own < room ? own : room, DS_SPACE_2), name, DS_TYPE_SMALL,
                line->is_ours ? DS_COLOR_MUTED : DS_COLOR_ACCENT,
                DS_UI_BOLD | DS_UI_MIDDLE | DS_UI_ELLIPSIS);
    ds_ui_label(b->ui, box, when, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_TABULAR);
}

static const char *unsent_words(const struct ds_talk *talk)
{
    return talk->is_over || talk->is_full ? DS_TR("Not delivered")
                                          : DS_TR("Not delivered yet, kept");
}

static void text_row(struct ds_talk_build *b, const struct ds_talk_row *row, struct ds_box box,
                     bool is_chosen)
{
    char text[DS_TEXT_CHAT + 1];
    struct ds_talk *talk = b->talk;
    const struct ds_talk_line *line = &talk->lines[row->line];
    struct ds_ui_part links[LINKS_MAX], selected = selected_of(talk, row);
    size_t count = links_of(talk, row, links, NULL);
    if (is_chosen && count > 0 && !has_selection(talk))
        selected = links[talk->link_at % (int)count];
    snprintf(text, sizeof(text), "%.*s", (int)row->len, line->text + row->from);
    ds_ui_passage(b->ui, box, text, row->is_rtl, line->is_sent ? DS_COLOR_TEXT : DS_COLOR_MUTED,
                  selected, links, count);
}

static void build_row(struct ds_talk_build *b, const struct ds_talk_row *row, struct ds_box box,
                      bool is_chosen)
{
    char day[32];
    const struct ds_talk_line *line = &b->talk->lines[row->line];
    if (is_chosen)
        ds_ui_frame(b->ui, ds_box_pad(box, -DS_SPACE_1, 0), DS_COLOR_ACCENT, 1);
    switch (row->kind) {
    case DS_TALK_ROW_DAY:
        ds_stamp_day(day, sizeof(day), line->at_s, time(NULL));
        ds_ui_label(b->ui, box, day, DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_MIDDLE | DS_UI_CENTER);
        break;
    case DS_TALK_ROW_NAME:
        name_row(b, line, box);
        break;
    case DS_TALK_ROW_UNSENT:
        ds_ui_label(b->ui, box, unsent_words(b->talk), DS_TYPE_SMALL, DS_COLOR_WARN, DS_UI_MIDDLE);
        break;
    case DS_TALK_ROW_SEEN:
        ds_ui_label(b->ui, box, DS_TR("✓ Seen"), DS_TYPE_SMALL, DS_COLOR_MUTED, DS_UI_MIDDLE);
        break;
    default:
        text_row(b, row, box, is_chosen);
        break;
    }
}

/* Rows in sight, and what the hand does on them. */
static void build_rows(struct ds_talk_build *b)
{
    struct ds_talk *talk = b->talk;
    struct ds_ui_hand hand;
    struct ds_box row, last_box = {0};
    int last = -1;
    bool is_taken = false, is_keyed = ds_ui_focused(b->ui) == ID_LIST;
    ds_ui_list_hand(b->ui, &talk->list, &hand);
    bool is_busy = hand.is_pressed || hand.is_held || hand.is_released;
    for (int i; (i = ds_ui_list_next(b->ui, &talk->list, &row)) >= 0; last = i, last_box = row) {
        if (is_busy && !is_taken && hand.y < row.y + row.height) {
            take_hand(b, &talk->rows[i], row, &hand);
            is_taken = true;
        }
        build_row(b, &talk->rows[i], row, is_keyed && i == talk->list.selected);
    }
    if (is_busy && !is_taken && last >= 0 && !hand.is_released)
        take_hand(b, &talk->rows[last], last_box, &hand);
    if (hand.is_held && hand.y < talk->list.box.y)
        talk->list.scroll -= ROW;
    else if (hand.is_held && hand.y > talk->list.box.y + talk->list.box.height)
        talk->list.scroll += ROW;
    if (talk->list.activated >= 0 && !hand.is_pressed)
        ask(talk, &talk->rows[talk->list.activated], -1);
}

void ds_talk_transcript(struct ds_talk_build *b, struct ds_box box)
{
    struct ds_talk *talk = b->talk;
    double room = (double)talk->row_count * ROW - box.height;
    bool was_at_end = talk->list.scroll >= room - 1;
    ds_talk_wrap(b->ui, talk, box.width - 2 * DS_SPACE_3 - 16);
    if (was_at_end)
        talk->list.scroll = 1e9; /* as far as there is */
    talk->list.is_text = true;
    take_keys(b);
    ds_ui_list_begin(b->ui, ID_LIST, box, (int)talk->row_count, ROW, &talk->list);
    build_rows(b);
    ds_ui_list_end(b->ui, &talk->list);
    if (talk->count == 0)
        ds_ui_label(b->ui, ds_box_pad(box, DS_SPACE_3, DS_SPACE_2), DS_TR("Nothing was said yet."),
                    DS_TYPE_NORMAL, DS_COLOR_MUTED, DS_UI_WRAP);
}
