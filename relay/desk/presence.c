/* SPDX-License-Identifier: GPL-3.0-or-later */
/* That somebody writes, and what they have seen: passed from one end to the other and not stored.
 * How often an end may say so is the worker's (meet/splice.c). */
#include "relay/desk/desk.h"

#include <stdio.h>

static enum relay_side side_of(const struct relay_desk_leg *leg)
{
    return leg->is_viewer ? RELAY_VIEWER : RELAY_AGENT;
}

static void pass_on(struct relay_desk *desk, struct relay_desk_leg *to, enum ds_message_type type,
                    enum relay_side from, unsigned number)
{
    struct ds_message message = {.type = type, .number = number};
    snprintf(message.from, sizeof(message.from), "%s",
             from == RELAY_VIEWER ? DS_BY_REP : DS_BY_CUSTOMER);
    relay_desk_send(desk, to, &message, false, false);
}

void relay_desk_presence(struct relay_desk *desk, struct relay_desk_leg *leg,
                         const struct ds_message *message)
{
    struct relay_session *session = leg->session;
    enum relay_side side = side_of(leg), other = side == RELAY_VIEWER ? RELAY_AGENT : RELAY_VIEWER;
    unsigned number = 0;
    if (!session || session->state != RELAY_SESSION_PAIRED)
        return;
    if (message->type == DS_MESSAGE_SEEN) {
        number = message->number;
        if (number <= session->end[side].chat_seen || number > session->chat)
            return; /* old, or there is no such message */
        session->end[side].chat_seen = number;
    }
    struct relay_desk_leg *to = relay_desk_find(desk, session->end[other].leg);
    if (to)
        pass_on(desk, to, message->type, side, number);
}

void relay_desk_tell_seen(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    enum relay_side side = side_of(leg), other = side == RELAY_VIEWER ? RELAY_AGENT : RELAY_VIEWER;
    unsigned number = leg->session ? leg->session->end[other].chat_seen : 0;
    if (number > 0)
        pass_on(desk, leg, DS_MESSAGE_SEEN, other, number);
}
