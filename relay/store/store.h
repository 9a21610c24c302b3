/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the relay keeps on disk: accounts, the audit log, sessions with their chat, and when it was
 * last alive. A table of functions, so that another
 * database is another file. One thread at a time for each open store; two processes may have the
 * same store open. */
#ifndef RELAY_STORE_STORE_H
#define RELAY_STORE_STORE_H

#include "relay/account/account.h"
#include "relay/meet/session.h"
#include "relay/store/life.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RELAY_AUDIT_MAC 32
#define RELAY_AUDIT_WHAT 33
#define RELAY_AUDIT_DETAIL 257

struct relay_audit_line {
    int64_t number;                /* 1, 2, 3 ... */
    int64_t at_ms;                 /* wall clock; 0 until it is appended: then */
    char what[RELAY_AUDIT_WHAT];   /* "session-paired" and so on */
    char who[DS_TEXT_EMAIL];       /* the rep's account, "" when none */
    char session[DS_TEXT_SESSION]; /* or "" */
    char detail[RELAY_AUDIT_DETAIL];
    uint8_t mac[RELAY_AUDIT_MAC];
};

struct relay_chat {
    unsigned number;     /* from 1 in each session */
    char id[DS_TEXT_ID]; /* made by who said it */
    char from[16];       /* DS_BY_REP, DS_BY_CUSTOMER */
    int64_t at_ms;       /* wall clock, when it was stored; 0: before that was kept */
    char text[DS_TEXT_CHAT];
};

struct relay_store {
    const struct relay_store_ops *ops;
    uint8_t audit_key[32]; /* secret; from audit.key */
    /* Any thread: nobody waits any more for another process that holds the file. */
    atomic_bool is_hurried;
    bool is_hasty; /* the same, for the thread that uses it */
    /* Lines of the audit log wait for their turn: nobody may overtake them. */
    bool is_behind;
};

/* All return 0 or DS_EIO (the store is away or broken; the reason was logged) unless said. */
struct relay_store_ops {
    void (*close)(struct relay_store *store);
    /* Changes between begin and commit happen together or not at all, and no other process changes
     * anything meanwhile. rollback also after a failed commit. */
    int (*begin)(struct relay_store *store);
    int (*commit)(struct relay_store *store);
    void (*rollback)(struct relay_store *store);
    /* DS_EREFUSED: the e-mail is taken. */
    int (*account_add)(struct relay_store *store, const struct relay_account *account);
    /* DS_ENOTFOUND. */
    int (*account_get)(struct relay_store *store, const char *email, struct relay_account *out);
    /* In the order of e-mails; stops with what each returns when that is not 0. */
    int (*account_each)(struct relay_store *store,
                        int (*each)(void *ctx, const struct relay_account *account), void *ctx);
    /* DS_ENOTFOUND. */
    int (*account_activate)(struct relay_store *store, const char *email, bool is_active);
    int (*account_password)(struct relay_store *store, const char *email, const char *hash);
    int (*account_without)(struct relay_store *store, const char *email, const char *without);
    /* Adds a line with its number and MAC; lines can be neither changed nor removed. */
    int (*audit_put)(struct relay_store *store, const struct relay_audit_line *line);
    /* The last line's number and MAC; 0 and zeros when there is none. */
    int (*audit_last)(struct relay_store *store, int64_t *number, uint8_t mac[RELAY_AUDIT_MAC]);
    /* In the order of numbers. */
    int (*audit_each)(struct relay_store *store,
                      int (*each)(void *ctx, const struct relay_audit_line *line), void *ctx);
    /* A small named value; get: DS_ENOTFOUND. */
    int (*value_put)(struct relay_store *store, const char *name, const char *value);
    int (*value_get)(struct relay_store *store, const char *name, char *out, size_t size);
    /* Adds or replaces a session: everything but its links, round and what is under way. Of legs
     * only whether there are any. */
    int (*session_put)(struct relay_store *store, const struct relay_session *session);
    /* Each session as it was put (`leg` is 1 where there was one), with the number of its last chat
     * message; the one that is forgotten first comes first. */
    int (*session_each)(struct relay_store *store,
                        int (*each)(void *ctx, const struct relay_session *session), void *ctx);
    /* With its chat. */
    int (*session_remove)(struct relay_store *store, const char *id);
    /* chat: all but the number. Gives it the number after the last one; if the session has a
     * message with this id, *chat becomes that one and *is_new false. DS_ELIMIT: there are max. */
    int (*chat_add)(struct relay_store *store, const char *session, struct relay_chat *chat,
                    unsigned max, bool *is_new);
    /* Those above the number `after`, in order; stops with what each returns when that is not 0. */
    int (*chat_each)(struct relay_store *store, const char *session, unsigned after,
                     int (*each)(void *ctx, const struct relay_chat *chat), void *ctx);
    /* The sign of life; put: outside of begin and commit, need not survive a power cut (then the
     * boot is another one anyway, and the one before is a few seconds older). get: DS_ENOTFOUND. */
    int (*life_put)(struct relay_store *store, const struct relay_life *life);
    int (*life_get)(struct relay_store *store, struct relay_life *life);
};

/* Opens DIR/relay.db and DIR/audit.key; create: makes both (they must not exist). NULL: message
 * holds one plain sentence. */
struct relay_store *relay_store_open(const char *dir, bool create, char *message, size_t size);
/* Accepts NULL. */
void relay_store_close(struct relay_store *store);

#endif
