/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/lifeline.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

/* A dial that is under way is given up for another network only after this: it may work. */
#define DIAL_CHANCE (2 * DS_SECOND)

const char *ds_lifeline_state_name(enum ds_lifeline_state state)
{
    static const char *const names[] = {
        [DS_LIFELINE_NONE] = "none", [DS_LIFELINE_UP] = "up",
        [DS_LIFELINE_DOWN] = "down", [DS_LIFELINE_ASKING] = "asking",
        [DS_LIFELINE_AWAY] = "away", [DS_LIFELINE_RESUMING] = "resuming",
    };
    return names[state];
}

/* Knuth's linear congruence; the low bits are thrown away. */
static uint64_t next_random(struct ds_lifeline *l)
{
    l->random = l->random * 6364136223846793005u + 1442695040888963407u;
    return l->random >> 16;
}

static void enter(struct ds_lifeline *l, enum ds_lifeline_state state)
{
    if (state == DS_LIFELINE_UP)
        l->until = 0;
    l->state = state;
    l->due = 0;
}

/* Something is missing from now on; heard: the last sign of life. The first moment counts. */
static void miss(struct ds_lifeline *l, ds_tick heard)
{
    if (l->until == 0)
        l->until = heard + l->cutoff;
}

/* The relay has counted too. It rounds, so 0 is not yet over. */
static void obey(struct ds_lifeline *l, unsigned left_s, ds_tick now)
{
    ds_tick until = now + (left_s > 0 ? left_s : 1) * DS_SECOND;
    if (l->until == 0 || until < l->until)
        l->until = until;
}

static void wait_to_dial(struct ds_lifeline *l, ds_tick wait, ds_tick now)
{
    l->due = now + wait;
    if (l->due < l->move_at) /* the relay said how the ends are to be spread */
        l->due = l->move_at;
    l->move_at = 0;
}

static ds_tick longest_wait(const struct ds_lifeline *l, ds_tick now)
{
    ds_tick part = l->until > now ? (l->until - now) / DS_LIFELINE_WAIT_PART : 0;
    return part > DS_LIFELINE_WAIT_LEAST ? part : DS_LIFELINE_WAIT_LEAST;
}

static unsigned go_down(struct ds_lifeline *l, bool at_once, ds_tick now)
{
    ds_backoff_down(&l->backoff, now);
    enter(l, DS_LIFELINE_DOWN);
    l->dialling = false;
    ds_tick wait = at_once ? 0 : ds_backoff_wait(&l->backoff, longest_wait(l, now), next_random(l));
    wait_to_dial(l, wait, now);
    return DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL;
}

static unsigned lose(struct ds_lifeline *l, enum ds_lifeline_side side, ds_tick heard)
{
    l->side = side;
    miss(l, heard);
    return DS_LIFELINE_CUT | DS_LIFELINE_TELL;
}

static unsigned fail(struct ds_lifeline *l, bool at_once, ds_tick now)
{
    miss(l, now);
    return DS_LIFELINE_CUT | go_down(l, at_once, now);
}

static unsigned give_up(struct ds_lifeline *l)
{
    unsigned what = DS_LIFELINE_CUT | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL;
    if (!l->leaving)
        what |= DS_LIFELINE_OVER;
    ds_lifeline_end(l);
    return what;
}

/* ---- life ---- */

void ds_lifeline_init(struct ds_lifeline *l, uint64_t seed, uint64_t cutoff_ms)
{
    *l = (struct ds_lifeline){.random = seed, .cutoff = cutoff_ms * DS_MS};
    ds_backoff_init(&l->backoff);
}

static void begin_anew(struct ds_lifeline *l, const char *session)
{
    ds_tick cutoff = l->cutoff;
    ds_lifeline_end(l);
    ds_lifeline_init(l, l->random, 0);
    l->cutoff = cutoff;
    snprintf(l->session, sizeof(l->session), "%s", session);
}

void ds_lifeline_begin(struct ds_lifeline *l, const char *session, bool has_peer, ds_tick now)
{
    if (l->state == DS_LIFELINE_NONE || strcmp(l->session, session) != 0) {
        begin_anew(l, session);
        ds_backoff_up(&l->backoff, now);
        enter(l, DS_LIFELINE_UP);
    }
    l->has_peer = l->has_peer || has_peer;
}

void ds_lifeline_adopt(struct ds_lifeline *l, const char *session, const char *token,
                       const char *before, ds_tick until, ds_tick now)
{
    begin_anew(l, session);
    snprintf(l->token, sizeof(l->token), "%s", token);
    snprintf(l->before, sizeof(l->before), "%s", before);
    l->has_peer = l->was_open = true;
    l->until = until;
    go_down(l, true, now);
}

void ds_lifeline_end(struct ds_lifeline *l)
{
    enter(l, DS_LIFELINE_NONE);
    l->leaving = l->dialling = l->older = false;
    l->until = l->move_at = 0;
    OPENSSL_cleanse(l->token, sizeof(l->token));
    OPENSSL_cleanse(l->before, sizeof(l->before));
}

unsigned ds_lifeline_leave(struct ds_lifeline *l, ds_tick now)
{
    if (l->state != DS_LIFELINE_DOWN && l->state != DS_LIFELINE_ASKING) {
        ds_lifeline_end(l);
        return 0;
    }
    l->leaving = true;
    if (l->state == DS_LIFELINE_DOWN && !l->dialling)
        l->due = now;
    return 0;
}

/* ---- the line ---- */

unsigned ds_lifeline_on_up(struct ds_lifeline *l, ds_tick now)
{
    if (l->state != DS_LIFELINE_DOWN || !l->dialling)
        return 0;
    enter(l, DS_LIFELINE_ASKING);
    l->dialling = false;
    l->due = now + DS_LIFELINE_ANSWER;
    return DS_LIFELINE_RESUME | DS_LIFELINE_TELL;
}

unsigned ds_lifeline_on_down(struct ds_lifeline *l, enum ds_lifeline_side side, ds_tick heard,
                             ds_tick now)
{
    if (l->state == DS_LIFELINE_NONE)
        return 0;
    if (l->state == DS_LIFELINE_DOWN)
        return l->dialling ? go_down(l, false, now) : 0;
    unsigned what = lose(l, side, heard > 0 && heard < now ? heard : now);
    if (l->token[0] == '\0') /* cut before the first one came: there is no way back */
        return what | give_up(l);
    return what | go_down(l, false, now);
}

unsigned ds_lifeline_on_network(struct ds_lifeline *l, ds_tick now)
{
    ds_tick since = l->dialling ? DIAL_CHANCE : DS_LIFELINE_NETWORK;
    if (l->state != DS_LIFELINE_DOWN || (l->dialled != 0 && now < l->dialled + since))
        return 0;
    unsigned what = l->dialling ? DS_LIFELINE_HANG_UP : 0;
    l->dialling = false;
    l->due = now;
    return what;
}

/* ---- the relay's answers ---- */

static void take_token(struct ds_lifeline *l, const struct ds_message *m)
{
    memcpy(l->before, l->token, sizeof(l->before));
    memcpy(l->token, m->token, sizeof(l->token));
    l->older = false;
}

static unsigned on_resumed(struct ds_lifeline *l, const struct ds_message *m, ds_tick now)
{
    if (l->state != DS_LIFELINE_ASKING)
        return 0;
    ds_backoff_up(&l->backoff, now);
    l->older = false;
    if (l->leaving) {
        ds_lifeline_end(l);
        return DS_LIFELINE_END | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL;
    }
    obey(l, m->left_s, now);
    if (m->present) {
        l->has_peer = true;
        enter(l, DS_LIFELINE_RESUMING);
        l->due = now + DS_LIFELINE_ANSWER; /* REJOINED follows */
    } else {
        enter(l, l->has_peer ? DS_LIFELINE_AWAY : DS_LIFELINE_UP);
    }
    return DS_LIFELINE_TELL;
}

static unsigned on_peer_away(struct ds_lifeline *l, const struct ds_message *m, ds_tick now)
{
    unsigned what = DS_LIFELINE_TELL;
    if (l->state == DS_LIFELINE_DOWN || !l->has_peer)
        return 0;
    if (l->state == DS_LIFELINE_UP)
        what |= lose(l, DS_LIFELINE_PEER, now);
    else if (l->state == DS_LIFELINE_RESUMING)
        what |= DS_LIFELINE_CUT;
    obey(l, m->left_s, now);
    enter(l, DS_LIFELINE_AWAY);
    return what;
}

static unsigned on_rejoined(struct ds_lifeline *l, const struct ds_message *m, ds_tick now)
{
    unsigned what = DS_LIFELINE_REJOIN | DS_LIFELINE_TELL;
    if (l->state == DS_LIFELINE_DOWN || l->leaving)
        return 0;
    if (l->state == DS_LIFELINE_UP && l->was_open) /* it was back before it was missed */
        what |= lose(l, DS_LIFELINE_PEER, now);
    ds_backoff_up(&l->backoff, now);
    l->has_peer = true;
    l->round = m->round;
    /* Before the line was ever private, people have to type first: that takes its time. */
    enter(l, l->was_open ? DS_LIFELINE_RESUMING : DS_LIFELINE_UP);
    if (l->was_open)
        l->due = now + DS_LIFELINE_ANSWER;
    return what;
}

static unsigned on_refused(struct ds_lifeline *l, const char *error, ds_tick now)
{
    if (strcmp(error, DS_REFUSAL_SESSION) != 0) { /* busy, or a relay that is being changed */
        if (strcmp(error, DS_REFUSAL_TOO_MANY) == 0)
            l->backoff.bound = DS_BACKOFF_MOST;
        return fail(l, false, now);
    }
    if (l->older || l->before[0] == '\0')
        return give_up(l);
    l->older = true;
    return fail(l, true, now);
}

unsigned ds_lifeline_on_message(struct ds_lifeline *l, const struct ds_message *m, ds_tick now,
                                bool *mine)
{
    *mine = false;
    if (l->state == DS_LIFELINE_NONE)
        return 0;
    *mine = true;
    switch (m->type) {
    case DS_MESSAGE_TOKEN:
        take_token(l, m);
        return 0;
    case DS_MESSAGE_RESUMED:
        return on_resumed(l, m, now);
    case DS_MESSAGE_PEER_AWAY:
        return on_peer_away(l, m, now);
    case DS_MESSAGE_REJOINED:
        return on_rejoined(l, m, now);
    case DS_MESSAGE_MOVING:
        l->move_at = now + next_random(l) % (m->delay_ms * DS_MS + 1);
        return 0;
    case DS_MESSAGE_ERROR:
        *mine = l->state == DS_LIFELINE_ASKING;
        return *mine ? on_refused(l, m->error, now) : 0;
    case DS_MESSAGE_ENDED:
        *mine = l->leaving; /* it was over anyway */
        return *mine ? give_up(l) : 0;
    default:
        *mine = false;
        return 0;
    }
}

/* ---- the private line ---- */

unsigned ds_lifeline_on_open(struct ds_lifeline *l)
{
    if (l->state != DS_LIFELINE_UP && l->state != DS_LIFELINE_RESUMING)
        return 0;
    l->was_open = true;
    if (l->state == DS_LIFELINE_UP)
        return 0;
    enter(l, DS_LIFELINE_UP);
    return DS_LIFELINE_TELL;
}

unsigned ds_lifeline_on_cut(struct ds_lifeline *l, ds_tick now)
{
    if (l->state != DS_LIFELINE_UP && l->state != DS_LIFELINE_RESUMING)
        return 0;
    return fail(l, false, now);
}

/* ---- time ---- */

static unsigned dial(struct ds_lifeline *l, ds_tick now)
{
    l->dialling = true;
    l->dialled = now;
    l->due = 0;
    return DS_LIFELINE_DIAL | DS_LIFELINE_TELL;
}

unsigned ds_lifeline_tick(struct ds_lifeline *l, ds_tick now)
{
    if (l->state == DS_LIFELINE_NONE)
        return 0;
    if (l->until != 0 && now >= l->until && l->state != DS_LIFELINE_RESUMING)
        return give_up(l);
    if (l->move_at != 0 && now >= l->move_at && l->state != DS_LIFELINE_DOWN) {
        l->move_at = 0;
        return lose(l, DS_LIFELINE_RELAY, now) | go_down(l, true, now);
    }
    if (l->due == 0 || now < l->due)
        return 0;
    return l->state == DS_LIFELINE_DOWN ? dial(l, now) : fail(l, false, now);
}

ds_tick ds_lifeline_deadline(const struct ds_lifeline *l)
{
    ds_tick first = l->due;
    if (l->state == DS_LIFELINE_NONE)
        return 0;
    if (l->move_at != 0 && l->state != DS_LIFELINE_DOWN && (first == 0 || l->move_at < first))
        first = l->move_at;
    if (l->until != 0 && l->state != DS_LIFELINE_RESUMING && (first == 0 || l->until < first))
        first = l->until;
    return first;
}

/* ---- what is to be said and shown ---- */

void ds_lifeline_resume(const struct ds_lifeline *l, struct ds_message *m)
{
    *m = (struct ds_message){.type = DS_MESSAGE_RESUME, .chat_seen = l->chat_seen};
    memcpy(m->session, l->session, sizeof(m->session));
    memcpy(m->token, l->older ? l->before : l->token, sizeof(m->token));
}

bool ds_lifeline_is_lost(const struct ds_lifeline *l)
{
    return l->state > DS_LIFELINE_UP && !l->leaving;
}

unsigned ds_lifeline_left_s(const struct ds_lifeline *l, ds_tick now)
{
    if (l->until <= now)
        return 0;
    return (unsigned)((l->until - now + DS_SECOND - 1) / DS_SECOND);
}
