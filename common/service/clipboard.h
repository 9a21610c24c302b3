/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of a shared clipboard, one for each end: what was copied here and may go, what came and
 * may be put, and that nothing goes round in circles. Text only. No window, socket, thread or
 * clock: texts and messages go in, messages and texts come out. Proved by tests/unit/clipboard.c.
 *
 * One text at a time is under way: the next one is sent when the other side has answered, and until
 * then the newest replaces the one that waits. So the ledger below holds one text at most, however
 * long the line is away and however much is copied meanwhile. */
#ifndef DS_SERVICE_CLIPBOARD_H
#define DS_SERVICE_CLIPBOARD_H

#include "common/wire/clipboard.h"

struct ds_clipboard {
    bool allowed;      /* the right is granted and nobody paused */
    char *shared;      /* owned: the newest text that both sides know, wiped; NULL: none */
    size_t shared_len; /* bytes */
    char *waiting;     /* owned: the newest text copied here and not sent, wiped; NULL: none */
    size_t waiting_len;
    uint32_t sent;     /* serial of the last TEXT sent, 0: none */
    size_t sent_len;   /* its bytes */
    bool is_answered;  /* it was answered, or there was none */
    uint32_t received; /* serial of the last TEXT that came, 0: none */
    bool answer_waits; /* TAKEN for it is to be sent, */
    bool answer_taken; /* with this */
};

enum ds_clipboard_news_type {
    DS_CLIPBOARD_NEWS_NONE,
    DS_CLIPBOARD_NEWS_PUT,       /* text is for this side's clipboard */
    DS_CLIPBOARD_NEWS_DELIVERED, /* what was copied here is in the other side's clipboard */
    DS_CLIPBOARD_NEWS_REFUSED,   /* a text came without a right, or one of ours did not get in */
};

struct ds_clipboard_news {
    enum ds_clipboard_news_type type;
    const char *text; /* PUT: borrowed from the message */
    size_t len;       /* bytes of the text */
};

/* What has to go on in another process of the same session: the serials of what is under way. The
 * texts stay behind. */
struct ds_clipboard_place {
    uint32_t sent, sent_len, received;
    bool is_answered, answer_waits, answer_taken;
};

void ds_clipboard_init(struct ds_clipboard *clipboard);
/* Wipes. Accepts a zeroed struct. */
void ds_clipboard_destroy(struct ds_clipboard *clipboard);

/* False: nothing goes or comes any more, and what waits is forgotten. What was copied before stays
 * where it is: the right does not reach back. */
void ds_clipboard_allow(struct ds_clipboard *clipboard, bool allowed);

/* A person or program on this side has copied a text. DS_OK: it will be sent, or is the one that
 * both sides know already (the echo of a text that came, taken up by another program). DS_ELIMIT:
 * longer than DS_CLIPBOARD_MAX, nothing of it is sent. DS_EREFUSED: not allowed. DS_EINVAL: not
 * text. DS_ENOMEM. */
int ds_clipboard_copied(struct ds_clipboard *clipboard, const char *text, size_t len);

/* Appends the next message that can be sent now to out and takes it as sent. False: there is none,
 * or out cannot hold it. */
bool ds_clipboard_drain(struct ds_clipboard *clipboard, struct ds_buf *out);

/* A message of the other side; often leaves something to drain. DS_EPROTO: it makes no sense, or
 * comes out of turn. */
int ds_clipboard_feed(struct ds_clipboard *clipboard, const uint8_t *bytes, size_t len,
                      struct ds_clipboard_news *news);

/* This process ends, and in the other one, before any message, it goes on. */
struct ds_clipboard_place ds_clipboard_leave(const struct ds_clipboard *clipboard);
void ds_clipboard_return(struct ds_clipboard *clipboard, const struct ds_clipboard_place *place);

#endif
