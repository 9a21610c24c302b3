/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/session.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4096

int relay_sessions_init(struct relay_sessions *sessions)
{
    *sessions = (struct relay_sessions){0};
    sessions->slots = ds_alloc_array(SLOTS, sizeof(sessions->slots[0]));
    if (!sessions->slots)
        return DS_ENOMEM;
    return relay_code_key_init(&sessions->key);
}

void relay_sessions_destroy(struct relay_sessions *sessions)
{
    while (sessions->first)
        relay_sessions_close(sessions, sessions->first);
    free(sessions->slots);
    OPENSSL_cleanse(sessions, sizeof(*sessions));
}

static struct relay_session **find_code(struct relay_sessions *sessions,
                                        const uint8_t hash[RELAY_CODE_HASH])
{
    uint32_t at;
    memcpy(&at, hash, sizeof(at));
    struct relay_session **session = &sessions->slots[at % SLOTS];
    while (*session && CRYPTO_memcmp((*session)->code, hash, RELAY_CODE_HASH) != 0)
        session = &(*session)->next_code;
    return session;
}

struct relay_session *relay_sessions_open(struct relay_sessions *sessions, ds_tick now,
                                          ds_tick life, char code[DS_TEXT_CODE])
{
    struct relay_session *session = ds_alloc_array(1, sizeof(*session));
    uint8_t id[DS_SESSION_ID];
    if (!session || RAND_bytes(id, sizeof(id)) != 1)
        goto fail;
    for (size_t i = 0; i < sizeof(id); i++)
        snprintf(session->id + 2 * i, 3, "%02x", id[i]);
    struct relay_session **slot;
    do {
        if (relay_code_draw(code) || relay_code_hash(&sessions->key, code, session->code))
            goto fail;
        slot = find_code(sessions, session->code);
    } while (*slot);
    *slot = session;
    session->opened = now;
    session->expires = now + life;
    session->next = sessions->first;
    session->prev = &sessions->first;
    if (session->next)
        session->next->prev = &session->next;
    sessions->first = session;
    sessions->count++;
    return session;
fail:
    free(session);
    return NULL;
}

static void forget_code(struct relay_sessions *sessions, struct relay_session *session)
{
    struct relay_session **slot = find_code(sessions, session->code);
    ds_check(*slot == session);
    *slot = session->next_code;
    OPENSSL_cleanse(session->code, sizeof(session->code));
}

struct relay_session *relay_sessions_join(struct relay_sessions *sessions, const char *code,
                                          ds_tick now)
{
    uint8_t hash[RELAY_CODE_HASH];
    if (relay_code_hash(&sessions->key, code, hash))
        return NULL;
    struct relay_session *session = *find_code(sessions, hash);
    if (!session || now >= session->expires)
        return NULL;
    forget_code(sessions, session);
    session->state = RELAY_SESSION_MEETING;
    return session;
}

struct relay_session *relay_sessions_find(struct relay_sessions *sessions, const char *id)
{
    struct relay_session *session = sessions->first;
    while (session && strcmp(session->id, id) != 0)
        session = session->next;
    return session;
}

void relay_sessions_set_paired(struct relay_sessions *sessions, struct relay_session *session,
                               ds_tick now)
{
    session->state = RELAY_SESSION_PAIRED;
    session->paired = now;
    sessions->paired++;
}

void relay_sessions_close(struct relay_sessions *sessions, struct relay_session *session)
{
    if (session->state == RELAY_SESSION_WAITING)
        forget_code(sessions, session);
    else if (session->state == RELAY_SESSION_PAIRED)
        sessions->paired--;
    *session->prev = session->next;
    if (session->next)
        session->next->prev = session->prev;
    sessions->count--;
    free(session);
}
