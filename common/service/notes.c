/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/notes.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

void ds_notes_init(struct ds_notes *n)
{
    *n = (struct ds_notes){.count = 0};
}

static void remove_at(struct ds_notes *n, size_t at)
{
    free(n->list[at]);
    n->count--;
    memmove(n->list + at, n->list + at + 1, (n->count - at) * sizeof(n->list[0]));
}

static bool remove_one(struct ds_notes *n, uint32_t id)
{
    for (size_t i = 0; i < n->count; i++) {
        if (n->list[i]->id == id) {
            remove_at(n, i);
            return true;
        }
    }
    return false;
}

static bool remove_up_to(struct ds_notes *n, uint32_t id)
{
    size_t before = n->count;
    while (n->count > 0 && n->list[0]->id <= id)
        remove_at(n, 0);
    return n->count < before;
}

void ds_notes_destroy(struct ds_notes *n)
{
    while (n->count > 0)
        remove_at(n, n->count - 1);
}

static int add(struct ds_notes *n, const struct ds_note *note)
{
    struct ds_note *copy = malloc(sizeof(*copy));
    if (!copy)
        return DS_ENOMEM;
    *copy = *note;
    n->list[n->count++] = copy;
    n->newest = note->id;
    return DS_OK;
}

static int say(struct ds_buf *out, struct ds_note_message message)
{
    return ds_note_message_encode(out, &message, NULL);
}

/* ---- viewer ---- */

int ds_notes_draw(struct ds_notes *n, const struct ds_note *note, struct ds_buf *out)
{
    struct ds_note own = *note;
    size_t before = out->len;
    own.id = n->newest + 1;
    if (!ds_note_is_valid(&own))
        return DS_EINVAL;
    if (n->count >= DS_NOTES_MAX)
        return DS_ELIMIT;
    int error = ds_note_message_encode(out, &(struct ds_note_message){.type = DS_NOTE_DRAW}, &own);
    if (!error)
        error = add(n, &own);
    if (error)
        out->len = before;
    return error;
}

int ds_notes_undo(struct ds_notes *n, struct ds_buf *out, uint32_t *id)
{
    if (n->count == 0)
        return DS_ENOTFOUND;
    *id = n->list[n->count - 1]->id;
    int error = say(out, (struct ds_note_message){.type = DS_NOTE_UNDO, .id = *id});
    if (!error)
        remove_at(n, n->count - 1);
    return error;
}

int ds_notes_erase(struct ds_notes *n, struct ds_buf *out)
{
    if (n->count == 0)
        return DS_ENOTFOUND;
    int error = say(out, (struct ds_note_message){.type = DS_NOTE_ERASE, .id = n->newest});
    if (!error)
        ds_notes_destroy(n);
    return error;
}

int ds_notes_clean(struct ds_buf *out)
{
    return say(out, (struct ds_note_message){.type = DS_NOTE_CLEAN});
}

int ds_notes_hear(struct ds_notes *n, const uint8_t *bytes, size_t len, struct ds_notes_news *news)
{
    static const uint8_t own[] = {DS_NOTE_DRAW, DS_NOTE_UNDO, DS_NOTE_ERASE, DS_NOTE_CLEAN};
    struct ds_note_message m;
    *news = (struct ds_notes_news){.type = DS_NOTES_NEWS_NONE};
    if (len > 0 && memchr(own, bytes[0], sizeof(own)))
        return DS_EPROTO; /* only a viewer says that */
    int error = ds_note_message_decode(bytes, len, &m, NULL);
    if (error)
        return error;
    if (m.type == DS_NOTE_HAND) {
        news->type = DS_NOTES_NEWS_HAND;
        news->draws = m.draws;
        news->count = m.count;
        return DS_OK;
    }
    if (m.type != 0 && (m.id == 0 || m.id > n->newest))
        return DS_EPROTO;
    news->id = m.id;
    if (m.type == DS_NOTE_SHOWN) {
        news->type = DS_NOTES_NEWS_SHOWN;
        news->update = m.update;
    } else if (m.type == DS_NOTE_GONE) {
        bool is_gone = m.all ? remove_up_to(n, m.id) : remove_one(n, m.id);
        news->all = m.all;
        news->type = is_gone ? DS_NOTES_NEWS_REMOVED : DS_NOTES_NEWS_NONE;
    }
    return DS_OK;
}

/* ---- agent ---- */

static int take_note(struct ds_notes *n, const struct ds_note *note, struct ds_buf *out,
                     struct ds_notes_news *news)
{
    if (note->id != n->newest + 1 || n->count >= DS_NOTES_MAX)
        return DS_EPROTO;
    news->id = note->id;
    if (!n->allowed) {
        n->newest = note->id;
        news->type = DS_NOTES_NEWS_REFUSED;
        return say(out, (struct ds_note_message){.type = DS_NOTE_GONE, .id = note->id});
    }
    int error = add(n, note);
    if (!error) {
        news->type = DS_NOTES_NEWS_ADDED;
        news->note = n->list[n->count - 1];
    }
    return error;
}

int ds_notes_feed(struct ds_notes *n, const uint8_t *bytes, size_t len, struct ds_buf *out,
                  struct ds_notes_news *news)
{
    struct ds_note note;
    struct ds_note_message m;
    *news = (struct ds_notes_news){.type = DS_NOTES_NEWS_NONE};
    int error = ds_note_message_decode(bytes, len, &m, &note);
    if (error)
        return error;
    switch (m.type) {
    case DS_NOTE_DRAW:
        return take_note(n, &note, out, news);
    case DS_NOTE_UNDO:
    case DS_NOTE_ERASE:
        if (m.id == 0 || m.id > n->newest)
            return DS_EPROTO;
        news->id = m.id;
        news->all = m.type == DS_NOTE_ERASE;
        if (news->all ? remove_up_to(n, m.id) : remove_one(n, m.id))
            news->type = DS_NOTES_NEWS_REMOVED;
        return DS_OK;
    case DS_NOTE_CLEAN:
        news->type = n->allowed ? DS_NOTES_NEWS_CLEAN : DS_NOTES_NEWS_NONE;
        return DS_OK;
    case DS_NOTE_SHOWN:
    case DS_NOTE_GONE:
    case DS_NOTE_HAND:
        return DS_EPROTO; /* only an agent says that */
    default:
        return DS_OK; /* of a newer version */
    }
}

int ds_notes_drop(struct ds_notes *n, uint32_t id, struct ds_buf *out)
{
    if (!remove_one(n, id))
        return DS_ENOTFOUND;
    return say(out, (struct ds_note_message){.type = DS_NOTE_GONE, .id = id});
}

int ds_notes_clear(struct ds_notes *n, struct ds_buf *out)
{
    if (n->count == 0)
        return DS_ENOTFOUND;
    ds_notes_destroy(n);
    return say(out, (struct ds_note_message){.type = DS_NOTE_GONE, .id = n->newest, .all = true});
}

int ds_notes_tell_shown(uint32_t id, uint32_t update, struct ds_buf *out)
{
    return say(out, (struct ds_note_message){.type = DS_NOTE_SHOWN, .id = id, .update = update});
}

int ds_notes_tell_hand(bool draws, size_t count, struct ds_buf *out)
{
    return say(out, (struct ds_note_message){
                        .type = DS_NOTE_HAND, .draws = draws, .count = (uint16_t)count});
}
