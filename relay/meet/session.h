/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sessions of the relay, from the join code to the end and ten minutes beyond. A table; the
 * desk does the talking. Main loop only. Proved by tests/unit/relay_session.c. */
#ifndef RELAY_MEET_SESSION_H
#define RELAY_MEET_SESSION_H

#include "common/base/clock.h"
#include "relay/meet/code.h"
#include "relay/meet/token.h"

#include <stdbool.h>
#include <stddef.h>

enum relay_session_state {
    RELAY_SESSION_WAITING, /* has a code that nobody has used */
    RELAY_SESSION_PAIRED,
    RELAY_SESSION_ENDED, /* remembered, so that an end that comes back is told */
};

enum relay_side { RELAY_VIEWER, RELAY_AGENT };
#define RELAY_SIDES 2

struct relay_session_end {
    uint64_t leg;  /* 0: away */
    ds_tick until; /* while away: when the session ends, ten minutes after the last frame */
    struct relay_tokens tokens;
    bool is_told;       /* PAIRED was sent */
    bool is_wanting;    /* a token, as soon as it can be stored */
    ds_tick chat_paid;  /* its chat messages use up the time to then; see desk/chat.c */
    unsigned chat_seen; /* the last chat message that its person has seen; not stored */
};

struct relay_session {
    struct relay_session *next, **prev; /* of the list it is in: running or ended */
    struct relay_session *next_code;    /* of its slot */
    struct relay_session *next_id;      /* of its slot */
    char id[DS_TEXT_SESSION];
    enum relay_session_state state;
    uint8_t code[RELAY_CODE_HASH]; /* valid while WAITING */
    struct relay_session_end end[RELAY_SIDES];
    bool is_joined;            /* its legs exchange DATA */
    unsigned round;            /* joinings after the first */
    unsigned chat;             /* messages stored: the last one's number */
    unsigned chat_waiting;     /* messages on their way into the store */
    char email[DS_TEXT_EMAIL]; /* the rep's account */
    char name[DS_TEXT_NAME];   /* the rep, as the customer sees it */
    ds_tick opened, expires, paired;
    ds_tick forget_at; /* while ENDED */
    char by[16], reason[DS_TEXT_REASON];
    bool is_verified;
    bool is_saving, is_unsaved; /* its row is on its way to the store; has changed since */
    bool is_barred;             /* read from the store, but its account is suspended */
};

struct relay_sessions {
    struct relay_code_key key;
    struct relay_session *first;              /* owned; those that run */
    struct relay_session *ended, *last_ended; /* owned; oldest first */
    struct relay_session **slots;             /* by code hash */
    struct relay_session **ids;               /* by id; running and ended */
    size_t count, paired;                     /* of those that run */
    size_t ended_count;
};

/* audit_key: 32 bytes, the secret of the store; codes are hashed under a key made from it, so that
 * they are good after a restart. DS_ENOMEM, DS_EIO. */
int relay_sessions_init(struct relay_sessions *sessions, const uint8_t *audit_key);
void relay_sessions_destroy(struct relay_sessions *sessions);

/* A session with a fresh id and a code of its own, good until now + life. code receives it in
 * clear: it is for the rep and is not kept. NULL: memory or randomness. */
struct relay_session *relay_sessions_open(struct relay_sessions *sessions, ds_tick now,
                                          ds_tick life, char code[DS_TEXT_CODE]);

/* One that was read from the store: id, state, and with it code, by, reason and forget_at are set;
 * its links are not. Takes it; false, and it is still the caller's, when the id or the code is
 * there already. */
bool relay_sessions_restore(struct relay_sessions *sessions, struct relay_session *session);

/* Uses a code up: the waiting session it belongs to, now PAIRED, or NULL for wrong, used and
 * expired ones alike. */
struct relay_session *relay_sessions_join(struct relay_sessions *sessions, const char *code,
                                          ds_tick now);

/* By id, running or ended; NULL. */
struct relay_session *relay_sessions_find(struct relay_sessions *sessions, const char *id);

/* When it ends because of an end that is away; 0: none is. */
ds_tick relay_session_until(const struct relay_session *session);
/* Seconds from now to then, rounded up, at most those of cutoff; those of cutoff when none is away.
 */
unsigned relay_session_left_s(const struct relay_session *session, ds_tick cutoff, ds_tick now);

/* Ended sessions at most; above that the oldest is forgotten early. A rep who opens one after
 * another makes one with each audit line. */
#define RELAY_ENDED_MAX 65536

/* ENDED from now on: no code, no legs, forgotten at forget_at. */
void relay_sessions_end(struct relay_sessions *sessions, struct relay_session *session,
                        const char *by, const char *reason, ds_tick forget_at);
/* The oldest ended one, when its time has come or there are too many; NULL. */
struct relay_session *relay_sessions_outdated(struct relay_sessions *sessions, ds_tick now);
/* Frees it. */
void relay_sessions_close(struct relay_sessions *sessions, struct relay_session *session);

#endif
