/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the customer's side knows of its session: phase, people, rights, pauses and times. Pure: the
 * caller hands in the time and acts on what changed. */
#ifndef AGENT_SESSION_SESSION_H
#define AGENT_SESSION_SESSION_H

#include "agent/consent/rights.h"
#include "agent/show/show.h"
#include "common/base/clock.h"
#include "common/wire/message.h"

#include <stdbool.h>

enum agent_phase {
    AGENT_PHASE_CODE,       /* the customer types the code */
    AGENT_PHASE_CONNECTING, /* dialling or joining with a code */
    AGENT_PHASE_WARNING,    /* paired: who wants in, before anything else */
    AGENT_PHASE_NUMBER,     /* the security number is shown */
    AGENT_PHASE_CONSENT,    /* the rep has proved the number; what may they do? */
    AGENT_PHASE_ACTIVE,
    AGENT_PHASE_ENDED,
};

struct agent_session {
    enum agent_phase phase;
    struct agent_rights rights;
    char host[DS_TEXT_HOST], org[DS_TEXT_NAME], rep[DS_TEXT_NAME];
    char code[DS_TEXT_CODE];
    char id[DS_TEXT_SESSION];
    char number[DS_TEXT_NUMBER];
    char stage[DS_TEXT_MESSAGE], problem[DS_TEXT_MESSAGE];
    unsigned percent;
    unsigned wrong_tries;
    enum agent_pause paused;
    bool may_resume; /* the rep may end this pause without a question */
    bool resume_asked;
    struct agent_refusal resume_refused; /* how long a "stay paused" holds */
    unsigned drawings, own_drawings;     /* on the screen: of the rep, of the customer */
    uint8_t hand;                        /* the customer draws with that tool; 0: they do not */
    uint8_t clipboard;                   /* DS_CLIPBOARD_GIVES and the others: the customer's */
    bool comes_back;       /* after a restart the picture is shown without a question */
    bool is_restarting;    /* agreed: the computer goes down */
    bool is_held;          /* the customer's own hand is on it */
    ds_tick last_injected; /* 0: never */
    ds_tick lost_at;       /* the line to the rep is cut since then; 0: it is not */
    ds_tick lost_until;    /* when it is over, while it is cut */
    enum agent_ending ending;
    int64_t began_s;       /* Unix time, 0: nothing was shown */
    ds_tick counted_until; /* the times below are complete until then */
    ds_tick seen, controlled;
    enum agent_removal removal; /* of the program, afterwards */
    char own_file[DS_TEXT_MESSAGE], removed[2 * DS_TEXT_MESSAGE];
};

/* accept: text of --accept, checked by the options, or NULL. */
void agent_session_init(struct agent_session *session, const char *accept, const char *code);

/* "waiting", "asking" ... of DESIGN section 7 for events. Static. */
const char *agent_session_state(const struct agent_session *session);

/* The rep sees the screen now; the rep may control now. */
bool agent_session_is_seen(const struct agent_session *session);
bool agent_session_is_controlled(const struct agent_session *session);

/* The line to the rep is cut: nobody sees or does anything. Nothing when it was. */
void agent_session_lost(struct agent_session *session, ds_tick now);
/* It is back. Returns until when the open question (question_until, 0: none) waits now: the time
 * without a line does not count, since nobody could be asked or answer. */
ds_tick agent_session_back(struct agent_session *session, ds_tick question_until, ds_tick now);
/* Seconds until a cut session is over; 0 when it is not cut. */
unsigned agent_session_left_s(const struct agent_session *session, ds_tick now);

/* Adds the time since the last call to the durations of the record. Call before anything changes,
 * and each second. */
void agent_session_count(struct agent_session *session, ds_tick now);

/* Everything the windows show. */
void agent_session_view(const struct agent_session *session, ds_tick now, struct agent_view *view);

/* How an ENDED message of the relay is told to the customer, and the exit code that goes with it.
 */
enum agent_ending agent_session_ending(const struct ds_message *ended, int *exit_code);

#endif
