/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ticket for another leg of a rep: whether the account may have one is asked of the store, since
 * it may have changed since the leg was let in. */
#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/desk/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    struct relay_job job;
    struct relay_desk *desk;
    uint64_t leg;
    int found;
    struct relay_account account;
    char email[DS_TEXT_EMAIL];
};

static void find_account(struct relay_job *job, struct relay_store *store)
{
    struct wish *wish = (struct wish *)job;
    wish->found = store->ops->account_get(store, wish->email, &wish->account);
}

static void issue(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    char from[RELAY_ADDRESS_TEXT], detail[RELAY_AUDIT_DETAIL];
    struct ds_message message = {.type = DS_MESSAGE_TICKET,
                                 .expires_s = RELAY_TICKET_LIFE / DS_SECOND};
    if (relay_tickets_issue(&desk->tickets, leg->email, ds_clock_now(), message.ticket)) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
        return;
    }
    relay_address_text(&leg->from, from);
    snprintf(detail, sizeof(detail), "address=%s", from);
    relay_clerk_audit(desk->clerk, "ticket", leg->email, "", detail);
    relay_desk_send(desk, leg, &message, true, false);
    ds_message_wipe(&message);
}

static void found_account(struct relay_job *job)
{
    struct wish *wish = (struct wish *)job;
    struct relay_desk *desk = wish->desk;
    struct relay_desk_leg *leg = relay_desk_find(desk, wish->leg);
    if (leg && !desk->is_stopping) {
        if (wish->found == DS_EIO || !leg->email[0])
            relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY,
                              "The relay cannot look up the account at the moment.");
        else if (wish->found || !wish->account.is_active)
            relay_desk_refuse(desk, leg, DS_REFUSAL_NOT_ACTIVATED,
                              "Account not activated. Ask your manager to activate it.");
        else if (ds_message_lists(wish->account.without, DS_FEATURE_NAME_SESSIONS))
            relay_desk_refuse(desk, leg, DS_REFUSAL_WITHOUT,
                              "Your account is for one session at a time.");
        else
            issue(desk, leg);
    }
    free(wish);
}

void relay_desk_want_ticket(struct relay_desk *desk, struct relay_desk_leg *leg)
{
    if (!leg->is_viewer || !leg->email[0]) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "Sign in first.");
        return;
    }
    struct wish *wish = ds_alloc_array(1, sizeof(*wish));
    if (wish) {
        wish->desk = desk;
        wish->leg = leg->id;
        memcpy(wish->email, leg->email, sizeof(wish->email));
        wish->job.run = find_account;
        wish->job.done = found_account;
    }
    if (!wish || relay_clerk_push(desk->clerk, &wish->job)) {
        free(wish);
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
    }
}
