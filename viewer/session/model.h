/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known about the rep's connection and session at one moment: a plain value that the net
 * thread copies to the windows. Texts from the other side are already safe to show. */
#ifndef VIEWER_SESSION_MODEL_H
#define VIEWER_SESSION_MODEL_H

#include "common/base/clock.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stdint.h>

enum viewer_stage {
    VIEWER_SIGNED_OUT, /* the sign-in form; trouble says why the last try failed */
    VIEWER_CONNECTING, /* dialling the relay */
    VIEWER_SIGNING_IN,
    VIEWER_READY,     /* signed in, no session */
    VIEWER_OPENING,   /* a code was asked for */
    VIEWER_WAITING,   /* the code is shown until the customer uses it */
    VIEWER_NUMBER,    /* the customer is there; the security number is asked for */
    VIEWER_VERIFYING, /* the number is being proved */
    VIEWER_ASKING,    /* private line is up; the customer is being asked */
    VIEWER_ACTIVE,
    VIEWER_ENDED, /* by and reason say how; another session can be started */
};

enum viewer_trouble {
    VIEWER_TROUBLE_NONE,
    VIEWER_TROUBLE_PASSWORD,
    VIEWER_TROUBLE_NOT_ACTIVATED,
    VIEWER_TROUBLE_TOO_MANY, /* detail: the relay's own sentence */
    VIEWER_TROUBLE_UNREACHABLE,
    VIEWER_TROUBLE_UNTRUSTED,
    VIEWER_TROUBLE_PROXY,
    VIEWER_TROUBLE_VERSION,
    VIEWER_TROUBLE_LOST,
    VIEWER_TROUBLE_BUSY,
    VIEWER_TROUBLE_PROTOCOL,
    VIEWER_TROUBLE_TICKET,  /* another session of the rep could not vouch for this one */
    VIEWER_TROUBLE_CA_FILE, /* --ca names a file that cannot be read */
    VIEWER_TROUBLE_COUNT,
};

/* What keeps the session from going on. */
enum viewer_away {
    VIEWER_HERE,          /* nothing */
    VIEWER_AWAY_DIALLING, /* our own line to the relay is gone */
    VIEWER_AWAY_CUSTOMER, /* the customer's computer is not there */
    VIEWER_AWAY_RESUMING, /* both are there; the line is being made private again */
};

struct viewer_model {
    enum viewer_stage stage;
    enum viewer_trouble trouble;
    char detail[DS_TEXT_MESSAGE]; /* of the trouble, for the person; may be "" */

    char dial_stage[DS_TEXT_REASON]; /* CONNECTING: what is going on */
    unsigned dial_percent;
    char host[DS_TEXT_HOST];
    unsigned port;
    bool websocket, proxy;
    char org[DS_TEXT_NAME];        /* who runs the relay */
    char rep[DS_TEXT_NAME];        /* the rep's own name, from SIGNED_IN on */
    char without[DS_TEXT_WITHOUT]; /* features that the account lacks, from SIGNED_IN on */
    ds_tick connected_at;          /* 0: not connected */

    enum viewer_away away; /* in a session: it waits for its line; the stage is that of before */
    ds_tick away_until;    /* when it is over; 0: not known */
    bool resumed;          /* ACTIVE: the line was away before */
    bool may_begin;        /* the relay takes NEW_SESSION from this connection */

    char customer[DS_TEXT_REASON]; /* who sits there, from the customer's program; "": not told */
    char code[DS_TEXT_CODE];       /* WAITING: nine digits */
    ds_tick code_until;
    unsigned tries_left; /* NUMBER: DS_NUMBER_TRIES at first */

    uint8_t rights[DS_RIGHT_COUNT];    /* enum ds_right_state */
    uint32_t refusals[DS_RIGHT_COUNT]; /* how often each was refused */
    uint16_t wait_s[DS_RIGHT_COUNT];   /* told with the last refusal: until it may be asked again */
    bool paused, paused_by_rep;
    bool resume_asked;   /* the customer was asked to go on */
    bool resume_allowed; /* they need not be */
    uint32_t resume_refusals;
    bool may_share;                      /* the customer's program can show the rep's screen */
    uint8_t share;                       /* enum ds_share: what of it is shown now */
    uint8_t shared;                      /* enum ds_shared: what the customer has of it */
    char share_name[DS_TEXT_REASON];     /* of the screen or window */
    uint32_t share_ends;                 /* how often one came to its end */
    char share_reason[DS_TEXT_REASON];   /* of the last: rep customer resumed source-closed ... */
    uint32_t share_notes;                /* drawings of the customer on it */
    uint32_t notes;                      /* drawings of the rep that the customer has, or will */
    uint32_t own_notes;                  /* of the customer on their own screen */
    bool customer_draws;                 /* in this moment */
    bool may_laser;                      /* the customer's program knows the laser pointer */
    uint32_t clipboard_too_long;         /* how often something copied was too long to be shared */
    uint32_t clipboard_missed;           /* how often something of the customer's did not come */
    uint8_t clipboard, clipboard_other;  /* switches, DS_CLIPBOARD_*: the rep's, the customer's */
    uint16_t resume_wait_s;              /* told with the last of them */
    uint8_t restart;                     /* enum ds_restart: of the customer's computer */
    uint32_t restart_ends;               /* how often one came to its end, or to nothing */
    char restart_reason[DS_TEXT_REASON]; /* DS_RESTART_* of the last, "": it came back */
    bool held;                           /* the customer's own hand has control for now */
    bool has_layout;
    struct ds_control layout; /* the LAYOUT fields */
    ds_tick active_at;        /* 0: was never active */

    char by[16];                 /* ENDED: DS_BY_* */
    char reason[DS_TEXT_REASON]; /* ENDED: DS_REASON_* or another short word */
    int exit_code;               /* DESIGN section 7, if the program ended now */
};

static inline bool viewer_model_in_session(const struct viewer_model *m)
{
    return m->stage >= VIEWER_WAITING && m->stage <= VIEWER_ACTIVE;
}

/* In a session whose line is cut. */
static inline bool viewer_model_is_away(const struct viewer_model *m)
{
    return viewer_model_in_session(m) && m->away != VIEWER_HERE;
}

static inline bool viewer_model_has(const struct viewer_model *m, enum ds_right right)
{
    return m->stage == VIEWER_ACTIVE && m->away == VIEWER_HERE &&
           m->rights[right] == DS_RIGHT_GRANTED;
}

#endif
