/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The chat of one end, whole: the rules (common/service/chat.h), the messages to and from the relay
 * and the automation, joined. The same in agent and viewer. Loop thread only. */
#ifndef DS_COURIER_PARLEY_H
#define DS_COURIER_PARLEY_H

#include "common/automation/command.h"
#include "common/service/chat.h"
#include "common/service/presence.h"

struct ds_automation;

/* What is true beside the messages. */
struct ds_parley_mood {
    bool is_typing; /* the other one writes */
    bool is_full;   /* the relay stores no more of this conversation */
    unsigned seen;  /* the last message that the other one has before their eyes; 0: none */
};

struct ds_parley_config {
    bool is_agent;
    struct ds_automation *automation; /* borrowed, or NULL */
    /* To the relay; an error when there is no line. */
    int (*send)(void *ctx, const struct ds_message *message);
    /* For windows: a line is new or got its number; NULL: another session, the transcript is
     * empty. Borrowed during the call. May be NULL. */
    void (*changed)(void *ctx, const struct ds_chat_line *line);
    /* For windows: the mood is another one. May be NULL. */
    void (*mood)(void *ctx, const struct ds_parley_mood *mood);
    void *ctx;
};

struct ds_parley {
    struct ds_parley_config config;
    struct ds_chat chat;
    struct ds_presence presence;
    char session[DS_TEXT_SESSION]; /* "": there was none yet */
    bool is_over;
};

void ds_parley_init(struct ds_parley *parley, const struct ds_parley_config *config);
/* Accepts a zeroed struct. */
void ds_parley_destroy(struct ds_parley *parley);

/* Every message of the relay, beside whoever else it is for. */
void ds_parley_message(struct ds_parley *parley, const struct ds_message *message);
/* The line to the relay is gone. */
void ds_parley_down(struct ds_parley *parley);
/* A session of a program that ran before: it begins with RESUME, chat_seen 0. */
void ds_parley_adopt(struct ds_parley *parley, const char *session);
/* Once a second. */
void ds_parley_tick(struct ds_parley *parley);
/* For RESUME. */
unsigned ds_parley_seen(const struct ds_parley *parley);

/* The person wrote a letter of a message. */
void ds_parley_typed(struct ds_parley *parley);
/* The person has the message with this number, and all before it, before their eyes. */
void ds_parley_saw(struct ds_parley *parley, unsigned number);

/* True: it was `chat`, `typing` or `seen`, and has been answered. */
bool ds_parley_command(struct ds_parley *parley, const struct ds_command *command);
/* NULL, or a sentence for the person why not. */
const char *ds_parley_say(struct ds_parley *parley, const char *text);

#endif
