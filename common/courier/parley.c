/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/parley.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/ui/text.h"

#include <string.h>

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
        strncpy(p->session, session, sizeof(p->session) - 1);
        if (p->config.changed)
            p->config.changed(p->config.ctx, NULL);
    }
    p->is_over = false;
}

void ds_parley_message(struct ds_parley *p, const struct ds_message *m)
{
    switch (m->type) {
    case DS_MESSAGE_SESSION:
    case DS_MESSAGE_PAIRED:
        ds_parley_adopt(p, m->session);
        ds_chat_up(&p->chat, ds_clock_now());
        break;
    case DS_MESSAGE_RESUMED:
        ds_chat_up(&p->chat, ds_clock_now());
        break;
    case DS_MESSAGE_CHAT:
        ds_chat_take(&p->chat, m, ds_clock_now());
        break;
    case DS_MESSAGE_ENDED:
        ds_chat_down(&p->chat);
        p->is_over = true;
        break;
    default:
        break;
    }
}

void ds_parley_down(struct ds_parley *p)
{
    ds_chat_down(&p->chat);
}

void ds_parley_tick(struct ds_parley *p)
{
    ds_chat_tick(&p->chat, ds_clock_now());
}

unsigned ds_parley_seen(const struct ds_parley *p)
{
    return ds_chat_seen(&p->chat);
}

const char *ds_parley_say(struct ds_parley *p, const char *text)
{
    int error =
        p->session[0] && !p->is_over ? ds_chat_say(&p->chat, text, ds_clock_now()) : DS_ECLOSED;
    switch (error) {
    case DS_OK:
        return NULL;
    case DS_ECLOSED:
        return DS_TR("There is no session to chat in.");
    case DS_EINVAL:
        return DS_TR("A message has 1 to 4000 characters.");
    case DS_ELIMIT:
        return DS_TR("Too many messages wait for the connection.");
    default:
        return DS_TR("This computer has too little memory.");
    }
}

bool ds_parley_command(struct ds_parley *p, const struct ds_command *command)
{
    if (command->type != DS_COMMAND_CHAT)
        return false;
    const char *why = ds_parley_say(p, command->text);
    if (why)
        ds_event_error(p->config.automation, "not-now", why, command->tag);
    else
        ds_event_done(p->config.automation, command->tag);
    return true;
}
