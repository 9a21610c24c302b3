/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/chat.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/text.h"

#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ds_chat_init(struct ds_chat *chat, bool is_agent, const struct ds_chat_ops *ops, void *ctx)
{
    memset(chat, 0, sizeof(*chat));
    chat->ops = ops;
    chat->ctx = ctx;
    chat->is_agent = is_agent;
}

static void free_line(struct ds_chat_line *line)
{
    if (line)
        free(line->text);
    free(line);
}

void ds_chat_destroy(struct ds_chat *chat)
{
    for (size_t i = 0; i < chat->count; i++)
        free_line(chat->lines[i]);
    free(chat->lines);
    memset(chat, 0, sizeof(*chat));
}

/* ---- lines ---- */

static struct ds_chat_line *line_new(const char *text, bool is_ours, bool is_rep)
{
    struct ds_chat_line *line = calloc(1, sizeof(*line));
    if (!line)
        return NULL;
    line->is_ours = is_ours;
    line->is_rep = is_rep;
    line->text = strdup(text);
    if (line->text)
        return line;
    free_line(line);
    return NULL;
}

/* Where lines without a number begin. */
static size_t first_waiting(const struct ds_chat *chat)
{
    return chat->count - chat->waiting;
}

/* The oldest go; those that wait are far fewer than what stays. */
static void drop_oldest(struct ds_chat *chat, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free_line(chat->lines[i]);
    chat->count -= n;
    memmove(chat->lines, chat->lines + n, chat->count * sizeof(chat->lines[0]));
}

static bool grow(struct ds_chat *chat)
{
    size_t cap = chat->cap ? 2 * chat->cap : 32;
    struct ds_chat_line **lines = ds_realloc_array(chat->lines, cap, sizeof(lines[0]));
    if (!lines)
        return false;
    chat->lines = lines;
    chat->cap = cap;
    return true;
}

/* `behind` lines stay behind it. Takes the line; false: memory is short, and it is freed. */
static bool insert(struct ds_chat *chat, size_t behind, struct ds_chat_line *line)
{
    if (chat->count == DS_CHAT_KEPT)
        drop_oldest(chat, DS_CHAT_KEPT / 8);
    if (chat->count == chat->cap && !grow(chat)) {
        free_line(line);
        return false;
    }
    size_t at = chat->count - behind;
    memmove(chat->lines + at + 1, chat->lines + at, (chat->count - at) * sizeof(chat->lines[0]));
    chat->lines[at] = line;
    chat->count++;
    return true;
}

/* ---- saying ---- */

static void say_what_may_go(struct ds_chat *chat, ds_tick now)
{
    size_t first = first_waiting(chat);
    for (size_t i = 0; chat->is_up && !chat->is_full && i < chat->waiting && i < DS_CHAT_UNDER_WAY;
         i++) {
        struct ds_chat_line *line = chat->lines[first + i];
        if (line->said != 0 && now < line->said + DS_CHAT_AGAIN)
            continue;
        if (chat->ops->say(chat->ctx, line->id, line->text) != DS_OK)
            return; /* the order stays */
        line->said = now;
    }
}

int ds_chat_say(struct ds_chat *chat, const char *text, ds_tick now)
{
    uint8_t id[16];
    size_t len = strlen(text);
    if (len == 0 || len >= DS_TEXT_CHAT || !ds_text_is_utf8(text, len))
        return DS_EINVAL;
    if (chat->waiting == DS_CHAT_WAITING)
        return DS_ELIMIT;
    if (chat->is_full)
        return DS_EREFUSED;
    if (RAND_bytes(id, sizeof(id)) != 1)
        return DS_EIO;
    struct ds_chat_line *line = line_new(text, true, !chat->is_agent);
    if (!line)
        return DS_ENOMEM;
    for (size_t i = 0; i < sizeof(id); i++)
        snprintf(line->id + 2 * i, 3, "%02x", id[i]);
    line->at_s = chat->wall_s;
    if (!insert(chat, 0, line))
        return DS_ENOMEM;
    chat->waiting++;
    chat->ops->show(chat->ctx, line, true);
    say_what_may_go(chat, now);
    return DS_OK;
}

void ds_chat_up(struct ds_chat *chat, ds_tick now)
{
    chat->is_up = true;
    for (size_t i = first_waiting(chat); i < chat->count; i++)
        chat->lines[i]->said = 0;
    say_what_may_go(chat, now);
}

void ds_chat_down(struct ds_chat *chat)
{
    chat->is_up = false;
}

void ds_chat_full(struct ds_chat *chat)
{
    chat->is_full = true;
}

void ds_chat_tick(struct ds_chat *chat, ds_tick now)
{
    say_what_may_go(chat, now);
}

/* ---- hearing ---- */

/* Ours, now stored: its place is behind everything that was stored before. */
static bool take_receipt(struct ds_chat *chat, const struct ds_message *m, int64_t at_s)
{
    size_t first = first_waiting(chat), at = first;
    while (at < chat->count && strcmp(chat->lines[at]->id, m->id) != 0)
        at++;
    if (at == chat->count)
        return false;
    struct ds_chat_line *line = chat->lines[at];
    memmove(chat->lines + first + 1, chat->lines + first, (at - first) * sizeof(chat->lines[0]));
    chat->lines[first] = line;
    chat->waiting--;
    line->number = m->number;
    line->at_s = at_s;
    chat->ops->show(chat->ctx, line, false);
    return true;
}

void ds_chat_take(struct ds_chat *chat, const struct ds_message *m, ds_tick now)
{
    bool is_rep = strcmp(m->from, DS_BY_REP) == 0;
    bool is_news = m->number > chat->seen;
    int64_t at_s = chat->wall_s - m->age_s;
    if (is_news)
        chat->seen = m->number;
    if (!take_receipt(chat, m, at_s) && is_news) {
        struct ds_chat_line *line = line_new(m->text, is_rep != chat->is_agent, is_rep);
        if (!line)
            return; /* as good as not seen: memory is short, and everything else is worse off */
        memcpy(line->id, m->id, sizeof(line->id));
        line->number = m->number;
        line->at_s = at_s;
        if (insert(chat, chat->waiting, line))
            chat->ops->show(chat->ctx, line, true);
    }
    say_what_may_go(chat, now);
}

unsigned ds_chat_seen(const struct ds_chat *chat)
{
    return chat->seen;
}

void ds_chat_for_display(char *out, size_t size, const char *text)
{
    size_t used = 0;
    while (size > 0) {
        char part[DS_TEXT_CHAT];
        size_t len = strcspn(text, "\n");
        snprintf(part, sizeof(part), "%.*s", (int)(len < sizeof(part) ? len : sizeof(part) - 1),
                 text);
        ds_text_for_display(out + used, size - used, part);
        used += strlen(out + used);
        if (text[len] == '\0' || used + 2 > size)
            return;
        out[used++] = '\n';
        out[used] = '\0';
        text += len + 1;
    }
}
