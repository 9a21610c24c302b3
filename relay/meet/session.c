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

int relay_sessions_init(struct relay_sessions *sessions, const uint8_t *audit_key)
{
    *sessions = (struct relay_sessions){0};
    sessions->slots = ds_alloc_array(SLOTS, sizeof(sessions->slots[0]));
    sessions->ids = ds_alloc_array(SLOTS, sizeof(sessions->ids[0]));
    if (!sessions->slots || !sessions->ids)
        return DS_ENOMEM;
    return relay_code_key_init(&sessions->key, audit_key);
}

void relay_sessions_destroy(struct relay_sessions *sessions)
{
    while (sessions->first)
        relay_sessions_close(sessions, sessions->first);
    while (sessions->ended)
        relay_sessions_close(sessions, sessions->ended);
    free(sessions->slots);
    free(sessions->ids);
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

static struct relay_session **find_id(struct relay_sessions *sessions, const char *id)
{
    uint32_t hash = 2166136261u;
    for (const char *c = id; *c; c++)
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    struct relay_session **session = &sessions->ids[hash % SLOTS];
    while (*session && strcmp((*session)->id, id) != 0)
        session = &(*session)->next_id;
    return session;
}

static void link_running(struct relay_sessions *sessions, struct relay_session *session)
{
    session->next = sessions->first;
    session->prev = &sessions->first;
    if (session->next)
        session->next->prev = &session->next;
    sessions->first = session;
    sessions->count++;
    if (session->state == RELAY_SESSION_PAIRED)
        sessions->paired++;
}

static void link_ended(struct relay_sessions *sessions, struct relay_session *session)
{
    session->next = NULL;
    session->prev = sessions->last_ended ? &sessions->last_ended->next : &sessions->ended;
    *session->prev = session;
    sessions->last_ended = session;
    sessions->ended_count++;
}

static void unlink_list(struct relay_sessions *sessions, struct relay_session *session)
{
    if (session->state == RELAY_SESSION_ENDED) {
        if (sessions->last_ended == session) {
            /* prev is the field next of the one before, which is its first member */
            sessions->last_ended =
                session->prev == &sessions->ended ? NULL : (struct relay_session *)session->prev;
        }
        sessions->ended_count--;
    } else {
        sessions->count--;
        if (session->state == RELAY_SESSION_PAIRED)
            sessions->paired--;
    }
    *session->prev = session->next;
    if (session->next)
        session->next->prev = session->prev;
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
    *find_id(sessions, session->id) = session;
    session->opened = now;
    session->expires = now + life;
    link_running(sessions, session);
    return session;
fail:
    free(session);
    return NULL;
}

bool relay_sessions_restore(struct relay_sessions *sessions, struct relay_session *session)
{
    struct relay_session **id = find_id(sessions, session->id);
    if (*id)
        return false;
    if (session->state == RELAY_SESSION_WAITING) {
        struct relay_session **slot = find_code(sessions, session->code);
        if (*slot)
            return false;
        *slot = session;
    }
    *id = session;
    if (session->state == RELAY_SESSION_ENDED)
        link_ended(sessions, session);
    else
        link_running(sessions, session);
    return true;
}

static void forget_code(struct relay_sessions *sessions, struct relay_session *session)
{
    struct relay_session **slot = find_code(sessions, session->code);
    ds_check(*slot == session);
    *slot = session->next_code;
    session->next_code = NULL;
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
    session->state = RELAY_SESSION_PAIRED;
    session->paired = now;
    sessions->paired++;
    return session;
}

struct relay_session *relay_sessions_find(struct relay_sessions *sessions, const char *id)
{
    return *find_id(sessions, id);
}

ds_tick relay_session_until(const struct relay_session *session)
{
    ds_tick until = 0;
    for (int i = 0; i < RELAY_SIDES; i++) {
        const struct relay_session_end *end = &session->end[i];
        /* Nobody has been the agent of a session that waits for one. */
        if (end->leg || (i == RELAY_AGENT && session->state == RELAY_SESSION_WAITING))
            continue;
        if (until == 0 || end->until < until)
            until = end->until;
    }
    return until;
}

unsigned relay_session_left_s(const struct relay_session *session, ds_tick cutoff, ds_tick now)
{
    ds_tick until = relay_session_until(session), left = cutoff;
    if (until != 0)
        left = until > now ? until - now : 0;
    if (left > cutoff)
        left = cutoff;
    return (unsigned)((left + DS_SECOND - 1) / DS_SECOND);
}

void relay_sessions_end(struct relay_sessions *sessions, struct relay_session *session,
                        const char *by, const char *reason, ds_tick forget_at)
{
    if (session->state == RELAY_SESSION_WAITING)
        forget_code(sessions, session);
    unlink_list(sessions, session);
    session->state = RELAY_SESSION_ENDED;
    session->end[RELAY_VIEWER].leg = session->end[RELAY_AGENT].leg = 0;
    session->forget_at = forget_at;
    snprintf(session->by, sizeof(session->by), "%s", by);
    snprintf(session->reason, sizeof(session->reason), "%s", reason);
    link_ended(sessions, session);
}

struct relay_session *relay_sessions_outdated(struct relay_sessions *sessions, ds_tick now)
{
    struct relay_session *session = sessions->ended;
    bool is_outdated =
        session && (now >= session->forget_at || sessions->ended_count > RELAY_ENDED_MAX);
    return is_outdated ? session : NULL;
}

void relay_sessions_close(struct relay_sessions *sessions, struct relay_session *session)
{
    if (session->state == RELAY_SESSION_WAITING)
        forget_code(sessions, session);
    struct relay_session **id = find_id(sessions, session->id);
    ds_check(*id == session);
    *id = session->next_id;
    unlink_list(sessions, session);
    OPENSSL_cleanse(session, sizeof(*session));
    free(session);
}
