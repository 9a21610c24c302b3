/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions outlive the process: their rows go to the store. */
#include "relay/desk/desk.h"

#include <openssl/crypto.h>
#include <string.h>

void relay_desk_save(struct relay_desk *desk, struct relay_session *session)
{
    for (int i = 0; i < RELAY_SIDES; i++) {
        struct relay_session_end *end = &session->end[i];
        struct relay_desk_leg *leg = end->leg ? relay_desk_find(desk, end->leg) : NULL;
        struct ds_message message = {.type = DS_MESSAGE_TOKEN};
        if (!end->is_wanting || !leg || relay_token_draw(message.token, &end->tokens.fresh))
            continue;
        end->is_wanting = false;
        relay_desk_send(desk, leg, &message, false, false);
        ds_message_wipe(&message);
    }
}

void relay_desk_forget(struct relay_desk *desk, struct relay_session *session)
{
    relay_sessions_close(&desk->sessions, session);
}
