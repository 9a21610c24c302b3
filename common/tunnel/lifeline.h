/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How one end's session outlives its connections: the rules, for both ends alike. Times, messages
 * and mishaps go in, and what has to be done comes out; no socket, thread or clock.
 *
 *              on_down                 on_up              RESUMED 0             REJOINED
 *       UP ─────────────► DOWN ─────────────► ASKING ──────────────► AWAY ──────────────► RESUMING
 *        ▲ ▲               ▲  a dial runs        │  RESUME is said     ▲                     │
 *        │ └───────────────┼─────────────────────┘  (RESUMED 1: RESUMING)                    │
 *        │                 └── no answer, no end to a resume: hang up, dial again ◄──────────┤
 *        └───────────────────────────── on_open ─────────────────────────────────────────────┘
 *
 * Ten minutes without content end it, counted from the last sign of life; where the relay says that
 * less is left, that counts. Proved by tests/unit/lifeline.c and tests/flow/lifeline.c. */
#ifndef DS_TUNNEL_LIFELINE_H
#define DS_TUNNEL_LIFELINE_H

#include "common/tunnel/backoff.h"
#include "common/wire/message.h"

#include <stdbool.h>
#include <stdint.h>

/* Longer than a bad line needs for the answer to RESUME, and for one round of RESUME, an inner
 * handshake and LEDGER; then the line is no good. */
#define DS_LIFELINE_ANSWER (10 * DS_SECOND)
/* A wait is at most this part of what is left, so that a line that comes back at the last moment is
 * found in time; and at least so long, whatever is left. */
#define DS_LIFELINE_WAIT_PART 8
#define DS_LIFELINE_WAIT_LEAST (250 * DS_MS)
/* A change of the network dials at once, but not more often than this: where interfaces of
 * containers come and go all the time. */
#define DS_LIFELINE_NETWORK (500 * DS_MS)
enum ds_lifeline_state {
    DS_LIFELINE_NONE,     /* no session, or it is over */
    DS_LIFELINE_UP,       /* content flows, or nobody has come to talk to yet */
    DS_LIFELINE_DOWN,     /* this end's own line is gone; it dials, or waits to */
    DS_LIFELINE_ASKING,   /* the line is back and RESUME said */
    DS_LIFELINE_AWAY,     /* the other end is not there */
    DS_LIFELINE_RESUMING, /* both are there; the private line is being made anew */
};

/* Whose fault it was that the line broke. */
enum ds_lifeline_side {
    DS_LIFELINE_SELF,  /* silence, this machine's network, or the machine slept */
    DS_LIFELINE_RELAY, /* the relay, or something on the way there, closed it */
    DS_LIFELINE_PEER,  /* the other end was away */
};

/* What to do now, in this order; an or of these. */
enum ds_lifeline_do {
    DS_LIFELINE_CUT = 1,     /* nothing flows: ds_tunnel_cut, keys and buttons up, no picture */
    DS_LIFELINE_HANG_UP = 2, /* close the line to the relay */
    DS_LIFELINE_DIAL = 4,    /* open one; on_up or on_down follows */
    DS_LIFELINE_RESUME = 8,  /* say ds_lifeline_resume */
    DS_LIFELINE_REJOIN = 16, /* ds_tunnel_rejoin with the round; without a tunnel: make one first */
    DS_LIFELINE_END = 32,    /* it was left while the line was down: say END now, then hang up */
    DS_LIFELINE_OVER = 64,   /* given up: the session is over, reason connection-lost */
    DS_LIFELINE_TELL = 128,  /* what people see has changed */
};

struct ds_lifeline {
    enum ds_lifeline_state state;
    bool has_peer; /* both ends have met */
    bool was_open; /* their private line has stood */
    bool leaving;  /* it is over for this end, and only the relay is still to be told */
    bool dialling; /* DOWN: a dial is under way */
    bool older;    /* the token before is tried, since the newest was refused */
    char session[DS_TEXT_SESSION];
    char token[DS_TEXT_TOKEN], before[DS_TEXT_TOKEN]; /* secrets; "": none */
    unsigned chat_seen; /* for RESUME: the highest chat number this end has; the caller's */
    uint32_t round;
    struct ds_backoff backoff;
    ds_tick cutoff;  /* the ten minutes */
    ds_tick until;   /* when it is over; 0: nothing is missing */
    ds_tick due;     /* DOWN: next dial; ASKING, RESUMING: end of patience; 0: none */
    ds_tick move_at; /* leave the relay then; 0: stay */
    ds_tick dialled; /* when the last dial began; 0: never */
    uint64_t random;
    enum ds_lifeline_side side; /* of the last loss */
};

/* seed: any number that is another one in each program. cutoff_ms: DS_CUTOFF_MS, scaled. */
void ds_lifeline_init(struct ds_lifeline *lifeline, uint64_t seed, uint64_t cutoff_ms);

/* The line stands and the relay has opened a session (viewer: SESSION) or joined its ends (PAIRED:
 * has_peer). A second call for the same session only adds that the peer is there. */
void ds_lifeline_begin(struct ds_lifeline *lifeline, const char *session, bool has_peer,
                       ds_tick now);

/* A session of a program that ran before: DOWN, to be dialled at once. until: when it is over. */
void ds_lifeline_adopt(struct ds_lifeline *lifeline, const char *session, const char *token,
                       const char *before, ds_tick until, ds_tick now);

/* The session is over; forgets its tokens. */
void ds_lifeline_end(struct ds_lifeline *lifeline);

/* This end leaves for good while the relay cannot hear it: goes on dialling to tell it, until the
 * ten minutes are over. Where the relay can hear it (UP, AWAY, RESUMING) the caller says END
 * itself, and this is ds_lifeline_end. Returns what to do. */
unsigned ds_lifeline_leave(struct ds_lifeline *lifeline, ds_tick now);

/* ---- what happens; each returns what to do. Without a session nothing ---- */

/* The dialled line stands (after WELCOME). */
unsigned ds_lifeline_on_up(struct ds_lifeline *lifeline, ds_tick now);
/* The line fell, or the dial came to nothing. side: SELF or RELAY. heard: when the last byte came
 * over a line that stood, else 0. */
unsigned ds_lifeline_on_down(struct ds_lifeline *lifeline, enum ds_lifeline_side side,
                             ds_tick heard, ds_tick now);
/* A message of the relay. *mine: it was one of the resume and nobody else needs it (TOKEN, RESUMED,
 * PEER_AWAY, REJOINED, MOVING, and ERROR where it answers RESUME). ENDED is the caller's, except
 * while leaving. */
unsigned ds_lifeline_on_message(struct ds_lifeline *lifeline, const struct ds_message *message,
                                ds_tick now, bool *mine);
/* The tunnel opened or resumed: content flows. */
unsigned ds_lifeline_on_open(struct ds_lifeline *lifeline);
/* The tunnel's on_cut: this connection is of no use. */
unsigned ds_lifeline_on_cut(struct ds_lifeline *lifeline, ds_tick now);
/* Another address or default route: what failed may work now. */
unsigned ds_lifeline_on_network(struct ds_lifeline *lifeline, ds_tick now);
unsigned ds_lifeline_tick(struct ds_lifeline *lifeline, ds_tick now);

/* When tick is due; 0: never. */
ds_tick ds_lifeline_deadline(const struct ds_lifeline *lifeline);

/* RESUME with the token whose turn it is; wipe it. */
void ds_lifeline_resume(const struct ds_lifeline *lifeline, struct ds_message *message);

/* Something is missing: not UP, though there is a session. False while leaving. */
bool ds_lifeline_is_lost(const struct ds_lifeline *lifeline);
/* Seconds until it is over, rounded up. 0 when nothing is missing. */
unsigned ds_lifeline_left_s(const struct ds_lifeline *lifeline, ds_tick now);

/* "down" and the like, for logs. Static. */
const char *ds_lifeline_state_name(enum ds_lifeline_state state);

#endif
