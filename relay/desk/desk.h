/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The control plane: what the relay knows of each leg, and the answers to what legs ask. Main loop
 * only; it speaks to workers by orders and hears their reports. */
#ifndef RELAY_DESK_DESK_H
#define RELAY_DESK_DESK_H

#include "relay/account/ticket.h"
#include "relay/desk/conf.h"
#include "relay/listen/listener.h"
#include "relay/meet/session.h"
#include "relay/meet/tries.h"
#include "relay/store/clerk.h"
#include "relay/worker.h"

struct relay_desk_leg {
    struct relay_desk_leg *next; /* of its slot */
    uint64_t id;
    unsigned worker;
    struct relay_address from;
    ds_tick taken;
    enum relay_gate_class class; /* the place it holds: STRANGER or LEG; CLASSES: none */
    bool is_viewer;
    bool is_asking; /* a sign-in or new-session of it is under way */
    bool is_moving; /* between two workers: orders wait in deferred */
    bool is_leaving;
    char email[DS_TEXT_EMAIL]; /* signed in as; "" when not */
    char name[DS_TEXT_NAME];
    struct relay_session *session; /* borrowed; NULL when none */
    unsigned chat_told;            /* the last message of the session that was sent to it */
    bool is_chat_under_way;        /* what comes next is being read from the store or written */
    ds_tick guest_until;           /* 0: it is signed in or in a session */
    ds_tick late_until;            /* said hello when there was no place; 0: it has one */
    struct relay_order *deferred;  /* owned, linked by letter.next, oldest first */
};

#define RELAY_DESK_SLOTS 4096

struct relay_desk {
    uv_loop_t *loop;
    const struct relay_conf *conf;
    struct relay_listener *listener;
    struct relay_worker *workers;
    unsigned worker_count;
    struct relay_clerk *clerk;
    struct ds_mailbox reports;
    uv_async_t async;
    uv_timer_t sweep;
    struct relay_desk_leg **slots; /* owned; hash by id */
    unsigned leg_count;
    uint64_t last_id, trimmed_id; /* of legs; the last one when memory was given back */
    ds_tick took_at;              /* when the last leg came */
    struct relay_sessions sessions;
    ds_tick cutoff; /* a session without one of its ends is over after this */
    struct relay_tries codes, passwords, tokens;
    struct relay_tickets tickets;
    unsigned sign_ins; /* under way */
    unsigned waits;    /* answers held back */
    unsigned workers_stopped;
    bool unsaved; /* rows of sessions wait for the sweep */
    bool is_stopping;
    void (*on_stopped)(void *ctx); /* every worker has ended its legs */
    void *ctx;
    ds_tick started;
    uint64_t sessions_total;
    struct ds_log_limit log_limit;
};

/* Before the workers start. audit_key: 32 bytes, the secret of the store. DS_ENOMEM, DS_EIO. */
int relay_desk_init(struct relay_desk *desk, uv_loop_t *loop, const struct relay_conf *conf,
                    const uint8_t *audit_key);
void relay_desk_destroy(struct relay_desk *desk);

/* A new leg: gives it to a worker. Takes fd and the place among the strangers. */
void relay_desk_take(struct relay_desk *desk, int fd, const struct relay_address *from);
/* Closes legs that were taken before that and have not said hello. */
void relay_desk_make_room(struct relay_desk *desk, ds_tick since);

/* Tells every leg to come back to the relay's next process, and ends it; on_stopped when all is
 * written or drain_ms is over. The sessions stay in the store. */
void relay_desk_stop(struct relay_desk *desk, void (*on_stopped)(void *ctx), void *ctx);

struct relay_desk_leg *relay_desk_find(struct relay_desk *desk, uint64_t id);

/* Sends a message to a leg. answers: it answers a question; last: the leg is closed after it. */
void relay_desk_send(struct relay_desk *desk, struct relay_desk_leg *leg,
                     const struct ds_message *message, bool answers, bool last);
/* An ERROR as the answer to a question. */
void relay_desk_refuse(struct relay_desk *desk, struct relay_desk_leg *leg, const char *error,
                       const char *text);
/* An order for the worker of the leg, at once or when it has arrived there. Takes order. */
void relay_desk_order(struct relay_desk *desk, struct relay_desk_leg *leg,
                      struct relay_order *order);
/* A control frame with the message; NULL when memory is short. */
struct ds_rcbuf *relay_desk_frame(const struct ds_message *message);
/* When all places are taken: whoever has done nothing with one for longest leaves it, if that is
 * long enough; at_once: whoever it is. */
void relay_desk_dismiss_a_guest(struct relay_desk *desk, bool at_once);
/* "The relay is full", and the end of the leg. */
void relay_desk_refuse_full(struct relay_desk *desk, struct relay_desk_leg *leg);
/* The time a leg may stay without signing in or joining. */
void relay_desk_make_guest(struct relay_desk *desk, struct relay_desk_leg *leg);
/* "Too many tries" with the time to wait. */
void relay_desk_refuse_tries(struct relay_desk *desk, struct relay_desk_leg *leg, unsigned wait_s);

/* sign_in.c */
void relay_desk_sign_in(struct relay_desk *desk, struct relay_desk_leg *leg,
                        const struct ds_message *message);
void relay_desk_use_ticket(struct relay_desk *desk, struct relay_desk_leg *leg,
                           const struct ds_message *message);

/* ticket.c */
void relay_desk_want_ticket(struct relay_desk *desk, struct relay_desk_leg *leg);

/* meeting.c */
void relay_desk_new_session(struct relay_desk *desk, struct relay_desk_leg *leg);
void relay_desk_join(struct relay_desk *desk, struct relay_desk_leg *leg,
                     const struct ds_message *message);
/* Ends a session: the legs named get ENDED; reason: a token. */
void relay_desk_end(struct relay_desk *desk, struct relay_session *session, const char *by,
                    const char *reason, bool tell_viewer, bool tell_agent);
/* Every session and leg of an account; returns how many sessions ended. */
unsigned relay_desk_end_account(struct relay_desk *desk, const char *email);
/* Codes and absences whose time is over, and ended sessions that need not be remembered. */
void relay_desk_expire(struct relay_desk *desk, ds_tick now);

/* resume.c */
void relay_desk_resume(struct relay_desk *desk, struct relay_desk_leg *leg,
                       const struct ds_message *message);
/* The leg takes its place in the session; whoever had it was sent away. */
void relay_desk_seat(struct relay_session *session, struct relay_desk_leg *leg);
/* A leg of a session is gone; its last bytes came at heard. */
void relay_desk_away(struct relay_desk *desk, struct relay_desk_leg *leg, ds_tick heard);
/* If both legs of the session are here, brings them to one worker and joins them there; tells an
 * agent that is alone that it is paired. Call it again when a leg has arrived. */
void relay_desk_meet(struct relay_desk *desk, struct relay_session *session);

/* keep.c */
/* The session's row, as it is now or will be then, goes to the store, and with it new tokens for
 * the ends that want one; they are sent when it is there. */
void relay_desk_save(struct relay_desk *desk, struct relay_session *session);
/* Saves what could not be handed to the clerk before; when the relay stops, all that has changed.
 */
void relay_desk_save_rest(struct relay_desk *desk);
/* Frees an ended session, here and in the store. False: something of it is under way, later. */
bool relay_desk_forget(struct relay_desk *desk, struct relay_session *session);
/* Before the clerk starts: the sessions of the process before. DS_EIO, DS_ENOMEM. */
int relay_desk_load(struct relay_desk *desk, struct relay_store *store);
/* When everything runs: ends those of them whose account has been suspended meanwhile. */
void relay_desk_end_barred(struct relay_desk *desk);

/* chat.c */
void relay_desk_say(struct relay_desk *desk, struct relay_desk_leg *leg,
                    const struct ds_message *message);
/* Goes on with what the leg has not been told, unless that is under way. */
void relay_desk_tell_chat(struct relay_desk *desk, struct relay_desk_leg *leg);
/* Its person writes, or has seen a message: for the other end. In presence.c. */
void relay_desk_presence(struct relay_desk *desk, struct relay_desk_leg *leg,
                         const struct ds_message *message);
/* A leg that came back hears what the other end's person has seen. */
void relay_desk_tell_seen(struct relay_desk *desk, struct relay_desk_leg *leg);
/* What it was told last is written. */
void relay_desk_chat_written(struct relay_desk *desk, struct relay_desk_leg *leg);

#endif
