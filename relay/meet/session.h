/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of the relay, from the join code to the end. A table; the desk does the talking.
 * Main loop only. Proved by tests/unit/relay_session.c. */
#ifndef RELAY_MEET_SESSION_H
#define RELAY_MEET_SESSION_H

#include "common/base/clock.h"
#include "relay/meet/code.h"

#include <stdbool.h>
#include <stddef.h>

enum relay_session_state {
    RELAY_SESSION_WAITING, /* has a code that nobody has used */
    RELAY_SESSION_MEETING, /* code used; the agent's leg is on its way to the viewer's worker */
    RELAY_SESSION_PAIRED,
};

struct relay_session {
    struct relay_session *next, **prev; /* of the list of all */
    struct relay_session *next_code;    /* of its slot */
    char id[DS_TEXT_SESSION];
    enum relay_session_state state;
    uint8_t code[RELAY_CODE_HASH]; /* valid while WAITING */
    uint64_t viewer, agent;        /* legs; agent 0 while WAITING */
    char email[DS_TEXT_EMAIL];     /* the rep's account */
    char name[DS_TEXT_NAME];       /* the rep, as the customer sees it */
    ds_tick opened, expires, paired;
    bool is_verified;
};

struct relay_sessions {
    struct relay_code_key key;
    struct relay_session *first;  /* owned */
    struct relay_session **slots; /* by code hash */
    size_t count, paired;
};

/* DS_ENOMEM, DS_EIO (randomness). */
int relay_sessions_init(struct relay_sessions *sessions);
void relay_sessions_destroy(struct relay_sessions *sessions);

/* A session with a fresh id and a code of its own, good until now + life. code receives it in
 * clear: it is for the rep and is not kept. NULL: memory or randomness. */
struct relay_session *relay_sessions_open(struct relay_sessions *sessions, ds_tick now,
                                          ds_tick life, char code[DS_TEXT_CODE]);

/* Uses a code up: the waiting session it belongs to, now MEETING, or NULL for wrong, used and
 * expired ones alike. */
struct relay_session *relay_sessions_join(struct relay_sessions *sessions, const char *code,
                                          ds_tick now);

/* By id; NULL. */
struct relay_session *relay_sessions_find(struct relay_sessions *sessions, const char *id);
void relay_sessions_set_paired(struct relay_sessions *sessions, struct relay_session *session,
                               ds_tick now);
/* Frees it. */
void relay_sessions_close(struct relay_sessions *sessions, struct relay_session *session);

#endif
