/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/clipboard.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

static void forget(char **text, size_t *len)
{
    if (*text)
        explicit_bzero(*text, *len);
    free(*text);
    *text = NULL;
    *len = 0;
}

/* False: memory is short, nothing has changed. */
static bool keep(char **to, size_t *to_len, const char *text, size_t len)
{
    char *copy = malloc(len);
    if (!copy)
        return false;
    memcpy(copy, text, len);
    forget(to, to_len);
    *to = copy;
    *to_len = len;
    return true;
}

static bool is_shared(const struct ds_clipboard *c, const char *text, size_t len)
{
    return c->shared && c->shared_len == len && memcmp(c->shared, text, len) == 0;
}

void ds_clipboard_init(struct ds_clipboard *c)
{
    *c = (struct ds_clipboard){.is_answered = true};
}

void ds_clipboard_destroy(struct ds_clipboard *c)
{
    forget(&c->shared, &c->shared_len);
    forget(&c->waiting, &c->waiting_len);
}

void ds_clipboard_allow(struct ds_clipboard *c, bool allowed)
{
    if (!allowed) {
        forget(&c->waiting, &c->waiting_len);
        forget(&c->shared, &c->shared_len);
    }
    c->allowed = allowed;
}

int ds_clipboard_copied(struct ds_clipboard *c, const char *text, size_t len)
{
    if (!c->allowed)
        return DS_EREFUSED;
    if (len > DS_CLIPBOARD_MAX) {
        forget(&c->waiting, &c->waiting_len); /* it is no longer what is in the clipboard */
        return DS_ELIMIT;
    }
    if (!ds_clipboard_is_text(text, len))
        return DS_EINVAL;
    if (is_shared(c, text, len)) {
        forget(&c->waiting, &c->waiting_len);
        return DS_OK;
    }
    return keep(&c->waiting, &c->waiting_len, text, len) ? DS_OK : DS_ENOMEM;
}

static bool drain_answer(struct ds_clipboard *c, struct ds_buf *out)
{
    const struct ds_clipboard_message answer = {
        .type = DS_CLIPBOARD_TAKEN, .serial = c->received, .taken = c->answer_taken};
    if (ds_clipboard_message_encode(out, &answer))
        return false;
    c->answer_waits = false;
    return true;
}

bool ds_clipboard_drain(struct ds_clipboard *c, struct ds_buf *out)
{
    if (c->answer_waits)
        return drain_answer(c, out);
    if (!c->allowed || !c->waiting || !c->is_answered)
        return false;
    const struct ds_clipboard_message text = {.type = DS_CLIPBOARD_TEXT,
                                              .serial = c->sent + 1,
                                              .text = c->waiting,
                                              .len = c->waiting_len};
    if (ds_clipboard_message_encode(out, &text))
        return false;
    c->sent++;
    c->sent_len = c->waiting_len;
    c->is_answered = false;
    forget(&c->shared, &c->shared_len);
    c->shared = c->waiting;
    c->shared_len = c->waiting_len;
    c->waiting = NULL;
    c->waiting_len = 0;
    return true;
}

/* A text that is not taken is answered too: the other side must know that its turn is over. */
static int take_text(struct ds_clipboard *c, const struct ds_clipboard_message *m,
                     struct ds_clipboard_news *news)
{
    if (c->answer_waits || m->serial != c->received + 1)
        return DS_EPROTO;
    bool is_taken = c->allowed && keep(&c->shared, &c->shared_len, m->text, m->len);
    c->received = m->serial;
    c->answer_waits = true;
    c->answer_taken = is_taken;
    if (is_taken)
        forget(&c->waiting, &c->waiting_len); /* the clipboard has another text from now on */
    news->type = is_taken ? DS_CLIPBOARD_NEWS_PUT : DS_CLIPBOARD_NEWS_REFUSED;
    news->text = is_taken ? m->text : NULL;
    news->len = m->len;
    return DS_OK;
}

int ds_clipboard_feed(struct ds_clipboard *c, const uint8_t *bytes, size_t len,
                      struct ds_clipboard_news *news)
{
    struct ds_clipboard_message m;
    *news = (struct ds_clipboard_news){.type = DS_CLIPBOARD_NEWS_NONE};
    int error = ds_clipboard_message_decode(bytes, len, &m);
    if (error)
        return error;
    switch (m.type) {
    case DS_CLIPBOARD_TEXT:
        return take_text(c, &m, news);
    case DS_CLIPBOARD_TAKEN:
        if (c->is_answered || m.serial != c->sent)
            return DS_EPROTO;
        c->is_answered = true;
        news->type = m.taken ? DS_CLIPBOARD_NEWS_DELIVERED : DS_CLIPBOARD_NEWS_REFUSED;
        news->len = c->sent_len;
        return DS_OK;
    default:
        return DS_OK; /* of a newer version */
    }
}

struct ds_clipboard_place ds_clipboard_leave(const struct ds_clipboard *c)
{
    return (struct ds_clipboard_place){.sent = c->sent,
                                       .sent_len = (uint32_t)c->sent_len,
                                       .received = c->received,
                                       .is_answered = c->is_answered,
                                       .answer_waits = c->answer_waits,
                                       .answer_taken = c->answer_taken};
}

void ds_clipboard_return(struct ds_clipboard *c, const struct ds_clipboard_place *place)
{
    c->sent = place->sent;
    c->sent_len = place->sent_len;
    c->received = place->received;
    c->is_answered = place->is_answered;
    c->answer_waits = place->answer_waits;
    c->answer_taken = place->answer_taken;
}
