/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/session/session.h"

#include "agent/agent.h"

#include <stdio.h>
#include <string.h>

/* "Controls" is shown for a second after the last injected event, so that it does not flicker
 * between key strokes. */
#define CONTROLLING_FOR DS_SECOND

void agent_session_init(struct agent_session *s, const char *accept, const char *code)
{
    *s = (struct agent_session){.phase = code ? AGENT_PHASE_CONNECTING : AGENT_PHASE_CODE};
    agent_rights_init(&s->rights, accept);
    if (code)
        snprintf(s->code, sizeof(s->code), "%s", code);
}

/* How long a cut is only told on the bar: most are over sooner than a page can be read. */
#define BRIEF (3 * DS_SECOND)

static bool is_lost(const struct agent_session *s)
{
    return s->lost_at != 0 && s->phase >= AGENT_PHASE_WARNING && s->phase <= AGENT_PHASE_ACTIVE;
}

const char *agent_session_state(const struct agent_session *s)
{
    if (is_lost(s))
        return "reconnecting";
    switch (s->phase) {
    case AGENT_PHASE_WARNING:
    case AGENT_PHASE_CONSENT:
        return "asking";
    case AGENT_PHASE_NUMBER:
        return "verifying";
    case AGENT_PHASE_ACTIVE:
        return s->paused != AGENT_PAUSE_NONE ? "paused" : "active";
    case AGENT_PHASE_ENDED:
        return "ended";
    default:
        return "waiting";
    }
}

bool agent_session_is_seen(const struct agent_session *s)
{
    return s->phase == AGENT_PHASE_ACTIVE && s->lost_at == 0 && s->paused == AGENT_PAUSE_NONE &&
           agent_rights_has(&s->rights, DS_RIGHT_LOOK);
}

bool agent_session_is_controlled(const struct agent_session *s)
{
    return agent_session_is_seen(s) && agent_rights_has(&s->rights, DS_RIGHT_CONTROL);
}

void agent_session_lost(struct agent_session *s, ds_tick now)
{
    if (s->lost_at != 0)
        return;
    agent_session_count(s, now);
    s->lost_at = now;
}

ds_tick agent_session_back(struct agent_session *s, ds_tick question_until, ds_tick now)
{
    ds_tick away = s->lost_at != 0 ? now - s->lost_at : 0;
    agent_session_count(s, now);
    s->lost_at = s->lost_until = 0;
    return question_until != 0 ? question_until + away : 0;
}

unsigned agent_session_left_s(const struct agent_session *s, ds_tick now)
{
    if (s->lost_at == 0 || s->lost_until <= now)
        return 0;
    return (unsigned)((s->lost_until - now + DS_SECOND - 1) / DS_SECOND);
}

void agent_session_count(struct agent_session *s, ds_tick now)
{
    if (s->counted_until != 0 && now > s->counted_until) {
        if (agent_session_is_seen(s))
            s->seen += now - s->counted_until;
        if (agent_session_is_controlled(s))
            s->controlled += now - s->counted_until;
    }
    s->counted_until = now;
}

static enum agent_page page_of(const struct agent_session *s)
{
    if (s->is_restarting)
        return AGENT_PAGE_RESTARTING;
    /* Who agreed on the command line is asked nothing; frame and bar are shown all the same. */
    if (is_lost(s))
        return AGENT_PAGE_RECONNECTING;
    if (s->rights.by_policy)
        return s->phase == AGENT_PHASE_ACTIVE ? AGENT_PAGE_CONNECTED : AGENT_PAGE_NONE;
    static const enum agent_page pages[] = {
        [AGENT_PHASE_CODE] = AGENT_PAGE_CODE,
        [AGENT_PHASE_CONNECTING] = AGENT_PAGE_CONNECTING,
        [AGENT_PHASE_WARNING] = AGENT_PAGE_WARNING,
        [AGENT_PHASE_NUMBER] = AGENT_PAGE_NUMBER,
        [AGENT_PHASE_CONSENT] = AGENT_PAGE_CONSENT,
        [AGENT_PHASE_ACTIVE] = AGENT_PAGE_CONNECTED,
        [AGENT_PHASE_ENDED] = AGENT_PAGE_ENDED,
    };
    return pages[s->phase];
}

/* A moment counts as a second: nobody is told "not at all" who was seen. */
static uint32_t whole_seconds(ds_tick time)
{
    return (uint32_t)((time + DS_SECOND - 1) / DS_SECOND);
}

void agent_session_view(const struct agent_session *s, ds_tick now, struct agent_view *v)
{
    *v = (struct agent_view){
        .page = page_of(s),
        .percent = s->percent,
        .wrong_tries = s->wrong_tries,
        .asked = agent_rights_asked(&s->rights),
        .is_controlling = agent_session_is_controlled(s) && s->last_injected != 0 &&
                          now - s->last_injected < CONTROLLING_FOR,
        .is_held = s->is_held,
        .resume_asked = s->resume_asked,
        .paused = s->paused,
        .may_resume = s->may_resume,
        .comes_back = s->comes_back,
        .by_command = s->rights.by_policy,
        .drawings = s->drawings + s->own_drawings,
        .hand = s->hand,
        .clipboard = s->clipboard,
        .left_s = agent_session_left_s(s, now),
        .was_active = s->phase == AGENT_PHASE_ACTIVE,
        .is_brief = s->lost_at != 0 && now < s->lost_at + BRIEF,
        .ending = s->ending,
        .removal = s->removal,
        .began_s = s->began_s,
        .seen_s = whole_seconds(s->seen),
        .controlled_s = whole_seconds(s->controlled),
    };
    memcpy(v->host, s->host, sizeof(v->host));
    memcpy(v->org, s->org, sizeof(v->org));
    memcpy(v->rep, s->rep, sizeof(v->rep));
    memcpy(v->code, s->code, sizeof(v->code));
    memcpy(v->problem, s->problem, sizeof(v->problem));
    memcpy(v->stage, s->stage, sizeof(v->stage));
    memcpy(v->number, s->number, sizeof(v->number));
    memcpy(v->session, s->id, sizeof(v->session));
    memcpy(v->own_file, s->own_file, sizeof(v->own_file));
    memcpy(v->removed, s->removed, sizeof(v->removed));
    for (int i = 0; i < DS_RIGHT_COUNT; i++)
        v->granted[i] = agent_rights_has(&s->rights, (enum ds_right)i);
}

enum agent_ending agent_session_ending(const struct ds_message *ended, int *exit_code)
{
    static const struct {
        const char *reason;
        enum agent_ending ending;
        int exit_code;
    } known[] = {
        {DS_REASON_WRONG_NUMBER, AGENT_ENDING_WRONG_NUMBER, AGENT_EXIT_REFUSED},
        {DS_REASON_EXPIRED, AGENT_ENDING_EXPIRED, AGENT_EXIT_REFUSED},
        {DS_REASON_REFUSED, AGENT_ENDING_REFUSED, AGENT_EXIT_REFUSED},
        {DS_REASON_LOST, AGENT_ENDING_LOST, AGENT_EXIT_CUT_OFF},
        {DS_REASON_SHUTDOWN, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_CUT_OFF},
        {DS_REASON_ADMIN, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_ENDED},
        {DS_REASON_DISABLED, AGENT_ENDING_SHUTDOWN, AGENT_EXIT_ENDED},
        {DS_REASON_PROTOCOL, AGENT_ENDING_FAULT, AGENT_EXIT_INTERNAL},
    };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strcmp(ended->reason, known[i].reason) == 0) {
            *exit_code = known[i].exit_code;
            return known[i].ending;
        }
    }
    *exit_code = AGENT_EXIT_ENDED;
    if (strcmp(ended->by, DS_BY_CUSTOMER) == 0)
        return AGENT_ENDING_BY_CUSTOMER;
    return strcmp(ended->by, DS_BY_REP) == 0 ? AGENT_ENDING_BY_REP : AGENT_ENDING_SHUTDOWN;
}
