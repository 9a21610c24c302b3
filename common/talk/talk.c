/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the panel is told. */
#include "common/talk/talk.h"

#include "common/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ds_talk_init(struct ds_talk *talk, const char *folder)
{
    memset(talk, 0, sizeof(*talk));
    talk->list.selected = -1;
    ds_edit_init(&talk->edit, talk->text, sizeof(talk->text));
    ds_edit_init(&talk->folder, talk->folder_text, sizeof(talk->folder_text));
    ds_edit_set(&talk->folder, folder);
    ds_chooser_init(&talk->chooser, NULL, NULL);
    talk->file_list = (struct ds_ui_list){.selected = -1, .has_widgets = true};
}

void ds_talk_wake(struct ds_talk *talk, void (*wake)(void *ctx), void *ctx)
{
    talk->chooser.wake = wake;
    talk->chooser.ctx = ctx;
}

void ds_talk_clear(struct ds_talk *talk)
{
    for (size_t i = 0; i < talk->count; i++)
        free(talk->lines[i].text);
    for (size_t i = 0; i < talk->file_count; i++)
        free(talk->files[i].path);
    talk->count = talk->unsent = talk->file_count = 0;
    ds_path_list_clear(&talk->outbox);
    ds_path_list_clear(&talk->sending);
    ds_chooser_close(&talk->chooser);
    talk->unread = 0;
    talk->row_count = talk->wrapped = 0;
    talk->problem = NULL;
    talk->is_over = talk->is_typing = talk->is_full = false;
    talk->other_seen = talk->seen = 0;
    talk->anchor = talk->head = (struct ds_talk_place){0};
    talk->link[0] = '\0';
    ds_edit_set(&talk->edit, "");
}

void ds_talk_destroy(struct ds_talk *talk)
{
    ds_talk_clear(talk);
    ds_chooser_destroy(&talk->chooser);
    free(talk->lines);
    free(talk->rows);
    free(talk->files);
    memset(talk, 0, sizeof(*talk));
}

/* ---- lines ---- */

static void changed_from(struct ds_talk *talk, size_t line)
{
    if (talk->wrapped > line)
        talk->wrapped = line;
}

static void select_nothing(struct ds_talk *talk)
{
    talk->anchor = talk->head = (struct ds_talk_place){0};
}

static bool make_room(struct ds_talk *talk)
{
    if (talk->count == DS_CHAT_KEPT) { /* an eighth, since all rows are then made anew */
        for (size_t i = 0; i < DS_CHAT_KEPT / 8; i++)
            free(talk->lines[i].text);
        talk->count -= DS_CHAT_KEPT / 8;
        memmove(talk->lines, talk->lines + DS_CHAT_KEPT / 8, talk->count * sizeof(talk->lines[0]));
        changed_from(talk, 0);
        select_nothing(talk);
    }
    if (talk->count < talk->cap)
        return true;
    size_t cap = talk->cap ? 2 * talk->cap : 32;
    struct ds_talk_line *lines = ds_realloc_array(talk->lines, cap, sizeof(*lines));
    if (!lines)
        return false;
    talk->lines = lines;
    talk->cap = cap;
    return true;
}

/* Behind the last that is sent. */
static void insert(struct ds_talk *talk, struct ds_talk_line line)
{
    size_t at = line.is_sent ? talk->count - talk->unsent : talk->count;
    memmove(talk->lines + at + 1, talk->lines + at, (talk->count - at) * sizeof(talk->lines[0]));
    if (at < talk->count)
        select_nothing(talk);
    talk->lines[at] = line;
    talk->count++;
    talk->unsent += !line.is_sent;
    changed_from(talk, at);
}

static bool mark_sent(struct ds_talk *talk, const struct ds_chat_line *from)
{
    for (size_t at = talk->count - talk->unsent; at < talk->count; at++) {
        if (strcmp(talk->lines[at].id, from->id) != 0)
            continue;
        struct ds_talk_line line = talk->lines[at];
        talk->count--;
        talk->unsent--;
        memmove(talk->lines + at, talk->lines + at + 1,
                (talk->count - at) * sizeof(talk->lines[0]));
        line.is_sent = true;
        line.number = from->number;
        line.at_s = from->at_s;
        changed_from(talk, at);
        insert(talk, line);
        return true;
    }
    return false;
}

void ds_talk_put_line(struct ds_talk *talk, const struct ds_chat_line *from)
{
    if (from->number != 0 && from->is_ours && mark_sent(talk, from))
        return;
    struct ds_talk_line line = {.is_ours = from->is_ours,
                                .is_sent = from->number != 0,
                                .number = from->number,
                                .at_s = from->at_s};
    memcpy(line.id, from->id, sizeof(line.id));
    line.text = malloc(DS_TEXT_CHAT + 1);
    if (!line.text || !make_room(talk)) {
        free(line.text);
        return;
    }
    ds_chat_for_display(line.text, DS_TEXT_CHAT + 1, from->text);
    char *exact = realloc(line.text, strlen(line.text) + 1);
    line.text = exact ? exact : line.text;
    talk->unread += !line.is_ours;
    insert(talk, line);
}

bool ds_talk_seen(struct ds_talk *talk, unsigned *number)
{
    size_t sent = talk->count - talk->unsent;
    *number = sent > 0 ? talk->lines[sent - 1].number : 0;
    bool is_news = *number > talk->seen && talk->unread > 0;
    talk->unread = 0;
    talk->seen = *number > talk->seen ? *number : talk->seen;
    return is_news;
}

/* The mark stands below the newest of ours that was seen: from the old place on rows are made anew.
 */
static void changed_mark(struct ds_talk *talk, unsigned seen)
{
    for (size_t i = talk->count; i > 0; i--) {
        const struct ds_talk_line *line = &talk->lines[i - 1];
        if (!line->is_ours || line->number == 0 || line->number > seen)
            continue;
        changed_from(talk, i - 1);
        return;
    }
}

void ds_talk_mood(struct ds_talk *talk, bool is_typing, bool is_full, unsigned seen)
{
    if (seen != talk->other_seen) {
        changed_mark(talk, talk->other_seen);
        changed_mark(talk, seen);
    }
    if (is_full != talk->is_full && talk->count > 0)
        changed_from(talk, talk->count - 1);
    talk->is_typing = is_typing;
    talk->is_full = is_full;
    talk->other_seen = seen;
}

bool ds_talk_has_rest(const struct ds_talk *talk)
{
    return talk->unsent > 0 || talk->edit.len > 0;
}

void ds_talk_rest(const struct ds_talk *talk, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = talk->count - talk->unsent; i <= talk->count && used < size; i++) {
        const char *text = i < talk->count ? talk->lines[i].text : talk->edit.text;
        const char *end =
            i < talk->count && (i + 1 < talk->count || talk->edit.len > 0) ? "\n" : "";
        used += (size_t)snprintf(out + used, size - used, "%s%s", text, end);
    }
}

void ds_talk_bytes(char *out, size_t size, uint64_t bytes)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double value = (double)bytes / 1000;
    unsigned unit = 0;
    while (value >= 999.5 && unit < 3) {
        value /= 1000;
        unit++;
    }
    if (bytes < 1000)
        snprintf(out, size, "%u\u00a0B", (unsigned)bytes);
    else
        snprintf(out, size, unit > 0 && value < 9.95 ? "%.1f\u00a0%s" : "%.0f\u00a0%s", value,
                 units[unit]);
}
