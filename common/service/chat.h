/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end's part of the chat, which the relay keeps: what is said here goes again and again until
 * the relay has brought it back with a number, what comes is shown once and in order, whatever was
 * cut in between. No socket, thread or clock. Not thread-safe. PROTOCOL.md, section 2. */
#ifndef DS_SERVICE_CHAT_H
#define DS_SERVICE_CHAT_H

#include "common/base/clock.h"
#include "common/wire/message.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_CHAT_UNDER_WAY 16 /* said and not brought back; the relay takes no more of one end */
#define DS_CHAT_WAITING 256  /* without a number, at most */
#define DS_CHAT_KEPT 10000   /* lines of the transcript; then the oldest eighth goes */
#define DS_CHAT_AGAIN (15 * DS_SECOND)

struct ds_chat_line {
    char id[DS_TEXT_ID];
    unsigned number; /* 0: not stored by the relay yet */
    bool is_ours;
    bool is_rep;
    char *text; /* owned, as it was said: 1..4000 bytes of UTF-8, hostile */
    int64_t
        at_s; /* Unix time: when it was stored, by this computer's clock; while it waits: written */
    ds_tick said; /* 0: not in this connection */
};

struct ds_chat_ops {
    /* SAY. An error: there is no line now; ds_chat_up comes later. */
    int (*say)(void *ctx, const char *id, const char *text);
    /* A line is new, or ours got its number. Borrowed until the next call. */
    void (*show)(void *ctx, const struct ds_chat_line *line, bool is_new);
};

struct ds_chat {
    const struct ds_chat_ops *ops; /* borrowed */
    void *ctx;
    struct ds_chat_line **lines; /* owned; those without a number are the last */
    size_t count, cap, waiting;
    unsigned seen;
    int64_t wall_s; /* Unix time, set by the owner before it calls; 0: lines have no time */
    bool is_agent, is_up;
    bool is_full; /* the relay stores no more: what waits is kept, and not said again */
};

void ds_chat_init(struct ds_chat *chat, bool is_agent, const struct ds_chat_ops *ops, void *ctx);
/* Accepts a zeroed struct. */
void ds_chat_destroy(struct ds_chat *chat);

/* DS_EINVAL: not 1..4000 bytes of UTF-8. DS_ELIMIT: DS_CHAT_WAITING wait already. DS_EREFUSED: the
 * conversation is full. DS_ENOMEM, DS_EIO (no randomness). */
int ds_chat_say(struct ds_chat *chat, const char *text, ds_tick now);

/* The relay takes what is said: after PAIRED or `session`, and after each RESUMED. */
void ds_chat_up(struct ds_chat *chat, ds_tick now);
void ds_chat_down(struct ds_chat *chat);
/* A CHAT of the relay. */
void ds_chat_take(struct ds_chat *chat, const struct ds_message *message, ds_tick now);
/* The relay answered chat-full. */
void ds_chat_full(struct ds_chat *chat);
/* Says again what was not brought back; once a second is enough. */
void ds_chat_tick(struct ds_chat *chat, ds_tick now);

/* For RESUME: the highest number that was shown, 0: none. */
unsigned ds_chat_seen(const struct ds_chat *chat);

/* The text of a line made safe to show: lines stay, all else that is invisible goes. */
void ds_chat_for_display(char *out, size_t size, const char *text);

#endif
