/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/account/ticket.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/meet/token.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct relay_ticket {
    struct relay_ticket *next;
    struct relay_token_hash hash;
    ds_tick until;
    char email[DS_TEXT_EMAIL];
};

void relay_tickets_init(struct relay_tickets *tickets)
{
    *tickets = (struct relay_tickets){.last = &tickets->first};
}

static void drop_at(struct relay_tickets *tickets, struct relay_ticket **at)
{
    struct relay_ticket *old = *at;
    *at = old->next;
    if (tickets->last == &old->next)
        tickets->last = at;
    tickets->count--;
    OPENSSL_cleanse(old, sizeof(*old));
    free(old);
}

void relay_tickets_destroy(struct relay_tickets *tickets)
{
    while (tickets->first)
        drop_at(tickets, &tickets->first);
}

/* All live equally long, so the oldest end first. */
static void expire(struct relay_tickets *tickets, ds_tick now)
{
    while (tickets->first && tickets->first->until <= now)
        drop_at(tickets, &tickets->first);
}

static void make_room(struct relay_tickets *tickets, const char *email)
{
    struct relay_ticket **oldest = NULL;
    unsigned count = 0;
    for (struct relay_ticket **at = &tickets->first; *at; at = &(*at)->next) {
        if (strcmp((*at)->email, email) != 0)
            continue;
        oldest = oldest ? oldest : at;
        count++;
    }
    if (count >= RELAY_TICKETS_EACH)
        drop_at(tickets, oldest);
}

int relay_tickets_issue(struct relay_tickets *tickets, const char *email, ds_tick now,
                        char ticket[DS_TEXT_TOKEN])
{
    expire(tickets, now);
    make_room(tickets, email);
    if (tickets->count >= RELAY_TICKETS_MAX)
        return DS_ELIMIT;
    struct relay_ticket *own = ds_alloc_array(1, sizeof(*own));
    if (!own)
        return DS_ENOMEM;
    int error = relay_token_draw(ticket, &own->hash);
    if (error) {
        free(own);
        return error;
    }
    own->until = now + RELAY_TICKET_LIFE;
    snprintf(own->email, sizeof(own->email), "%s", email);
    *tickets->last = own;
    tickets->last = &own->next;
    tickets->count++;
    return DS_OK;
}

bool relay_tickets_use(struct relay_tickets *tickets, const char *ticket, ds_tick now,
                       char email[DS_TEXT_EMAIL])
{
    struct relay_token_hash hash = {0};
    expire(tickets, now);
    if (relay_token_hash(ticket, &hash))
        return false;
    struct relay_ticket **at = &tickets->first;
    while (*at && CRYPTO_memcmp((*at)->hash.bytes, hash.bytes, sizeof(hash.bytes)) != 0)
        at = &(*at)->next;
    if (!*at)
        return false;
    memcpy(email, (*at)->email, DS_TEXT_EMAIL);
    drop_at(tickets, at);
    return true;
}

void relay_tickets_drop(struct relay_tickets *tickets, const char *email)
{
    struct relay_ticket **at = &tickets->first;
    while (*at) {
        if (strcmp((*at)->email, email) == 0)
            drop_at(tickets, at);
        else
            at = &(*at)->next;
    }
}
