/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/parley.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/ui/text.h"

#include <string.h>
#include <time.h>

static int op_say(void *ctx, const char *id, const char *text)
{
    struct ds_parley *p = ctx;
    struct ds_message m = {.type = DS_MESSAGE_SAY};
    strncpy(m.id, id, sizeof(m.id) - 1);
    strncpy(m.text, text, sizeof(m.text) - 1);
    return p->config.send(p->config.ctx, &m);
}

static void op_show(void *ctx, const struct ds_chat_line *line, bool is_new)
{
    struct ds_parley *p = ctx;
    (void)is_new;
    if (line->number != 0)
        ds_event_chat(p->config.automation, line->id, line->is_rep ? DS_BY_REP : DS_BY_CUSTOMER,
                      line->text);
    if (p->config.changed)
        p->config.changed(p->config.ctx, line);
}

static const char *full_words(void)
{
    return DS_TR("This conversation has become too long. What was said last was not sent.");
}

static void send_presence(struct ds_parley *p, enum ds_message_type type, unsigned number)
{
    struct ds_message m = {.type = type, .number = number};
    p->config.send(p->config.ctx, &m); /* lost: the next one says it */
}

static void tell_seen(struct ds_parley *p)
{
    unsigned number = ds_presence_due(&p->presence, ds_clock_now());
    if (number > 0)
        send_presence(p, DS_MESSAGE_SEEN, number);
}

static void tell_mood(struct ds_parley *p)
{
    struct ds_parley_mood mood = {.is_typing = p->presence.typing_until != 0,
                                  .is_full = p->chat.is_full,
                                  .seen = p->presence.other_seen};
    if (p->config.mood)
        p->config.mood(p->config.ctx, &mood);
}

static const char *other(const struct ds_parley *p)
{
    return p->config.is_agent ? DS_BY_REP : DS_BY_CUSTOMER;
}

static void tell_typing(struct ds_parley *p)
{
    ds_event_typing(p->config.automation, other(p), p->presence.typing_until != 0);
    tell_mood(p);
}

static const struct ds_chat_ops ops = {.say = op_say, .show = op_show};

void ds_parley_init(struct ds_parley *p, const struct ds_parley_config *config)
{
    *p = (struct ds_parley){.config = *config};
    ds_chat_init(&p->chat, config->is_agent, &ops, p);
}

void ds_parley_destroy(struct ds_parley *p)
{
    ds_chat_destroy(&p->chat);
}

void ds_parley_adopt(struct ds_parley *p, const char *session)
{
    if (strcmp(p->session, session) != 0) {
        ds_chat_destroy(&p->chat);
        ds_chat_init(&p->chat, p->config.is_agent, &ops, p);
        p->presence = (struct ds_presence){.is_up = p->presence.is_up};
        strncpy(p->session, session, sizeof(p->session) - 1);
        if (p->config.changed)
            p->config.changed(p->config.ctx, NULL);
        tell_mood(p);
    }
    p->is_over = false;
}

static void go_up(struct ds_parley *p)
{
    ds_chat_up(&p->chat, ds_clock_now());
    ds_presence_up(&p->presence, true);
    tell_seen(p);
}

static void take_chat(struct ds_parley *p, const struct ds_message *m)
{
    p->chat.wall_s = time(NULL);
    bool is_theirs = strcmp(m->from, other(p)) == 0;
    if (is_theirs && ds_presence_other_rests(&p->presence))
        tell_typing(p);
    ds_chat_take(&p->chat, m, ds_clock_now());
}

/* The newest of ours up to the number: the event names a message, not a number. */
static void take_seen(struct ds_parley *p, unsigned number)
{
    const struct ds_chat_line *seen = NULL;
    if (!ds_presence_other_saw(&p->presence, number))
        return;
    for (size_t i = p->chat.count; !seen && i > 0; i--)
        if (p->chat.lines[i - 1]->is_ours && p->chat.lines[i - 1]->number != 0 &&
            p->chat.lines[i - 1]->number <= number)
            seen = p->chat.lines[i - 1];
    if (seen)
        ds_event_seen(p->config.automation, other(p), seen->id);
    tell_mood(p);
}

static void take_full(struct ds_parley *p)
{
    if (p->chat.is_full)
        return;
    ds_chat_full(&p->chat);
    ds_event_error(p->config.automation, DS_REFUSAL_CHAT, full_words(), "");
    tell_mood(p);
}

void ds_parley_message(struct ds_parley *p, const struct ds_message *m)
{
    switch (m->type) {
    case DS_MESSAGE_SESSION:
    case DS_MESSAGE_PAIRED:
        ds_parley_adopt(p, m->session);
        go_up(p);
        break;
    case DS_MESSAGE_RESUMED:
        go_up(p);
        break;
    case DS_MESSAGE_CHAT:
        take_chat(p, m);
        break;
    case DS_MESSAGE_TYPING:
        if (strcmp(m->from, other(p)) == 0 && ds_presence_other_types(&p->presence, ds_clock_now()))
            tell_typing(p);
        break;
    case DS_MESSAGE_SEEN:
        if (strcmp(m->from, other(p)) == 0)
            take_seen(p, m->number);
        break;
    case DS_MESSAGE_PEER_AWAY:
        if (ds_presence_other_rests(&p->presence))
            tell_typing(p);
        break;
    case DS_MESSAGE_ERROR:
        if (strcmp(m->error, DS_REFUSAL_CHAT) == 0)
            take_full(p);
        break;
    case DS_MESSAGE_ENDED:
        ds_parley_down(p);
        p->is_over = true;
        break;
    default:
        break;
    }
}

void ds_parley_down(struct ds_parley *p)
{
    ds_chat_down(&p->chat);
    if (ds_presence_other_rests(&p->presence))
        tell_typing(p);
    ds_presence_up(&p->presence, false);
}

void ds_parley_tick(struct ds_parley *p)
{
    ds_chat_tick(&p->chat, ds_clock_now());
    if (ds_presence_tick(&p->presence, ds_clock_now()))
        tell_typing(p);
    tell_seen(p);
}

void ds_parley_typed(struct ds_parley *p)
{
    if (!p->is_over && ds_presence_typed(&p->presence, ds_clock_now()))
        send_presence(p, DS_MESSAGE_TYPING, 0);
}

void ds_parley_saw(struct ds_parley *p, unsigned number)
{
    ds_presence_saw(&p->presence, number < p->chat.seen ? number : p->chat.seen);
    tell_seen(p);
}

unsigned ds_parley_seen(const struct ds_parley *p)
{
    return ds_chat_seen(&p->chat);
}

const char *ds_parley_say(struct ds_parley *p, const char *text)
{
    p->chat.wall_s = time(NULL);
    ds_presence_sent(&p->presence);
    int error =
        p->session[0] && !p->is_over ? ds_chat_say(&p->chat, text, ds_clock_now()) : DS_ECLOSED;
    switch (error) {
    case DS_OK:
        return NULL;
    case DS_ECLOSED:
        return DS_TR("There is no session to chat in.");
    case DS_EINVAL:
        return DS_TR("A message has 1 to 4000 characters.");
    case DS_EREFUSED:
        return full_words();
    case DS_ELIMIT:
        return DS_TR("Too many messages wait for the connection.");
    default:
        return DS_TR("This computer has too little memory.");
    }
}

bool ds_parley_command(struct ds_parley *p, const struct ds_command *command)
{
    const struct ds_chat *chat = &p->chat;
    if (command->type == DS_COMMAND_TYPING || command->type == DS_COMMAND_SEEN) {
        if (command->type == DS_COMMAND_TYPING)
            ds_parley_typed(p);
        else
            ds_parley_saw(p, chat->seen);
        ds_event_done(p->config.automation, command->tag);
        return true;
    }
    if (command->type != DS_COMMAND_CHAT)
        return false;
    const char *why = ds_parley_say(p, command->text);
    if (why)
        ds_event_error(p->config.automation, "not-now", why, command->tag);
    else
        ds_event_done(p->config.automation, command->tag);
    return true;
}
