/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/guard.h"

#define KEYSYM_PAUSE 0xff13 /* X11/keysymdef.h */
#define KEYSYM_BREAK 0xff6b

void agent_guard_init(struct agent_guard *guard, uint32_t epoch, agent_guard_may_reach *may_reach,
                      void *ctx)
{
    *guard = (struct agent_guard){.may_reach = may_reach, .ctx = ctx, .epoch = epoch};
}

static unsigned let_go(struct agent_guard *guard)
{
    guard->buttons = 0;
    return AGENT_GUARD_RELEASE;
}

void agent_guard_let_go(struct agent_guard *guard)
{
    let_go(guard);
}

unsigned agent_guard_set_epoch(struct agent_guard *guard, uint32_t epoch)
{
    guard->epoch = epoch;
    guard->sequence = 0;
    return let_go(guard);
}

unsigned agent_guard_allow(struct agent_guard *guard, bool allowed)
{
    if (guard->allowed == allowed)
        return 0;
    guard->allowed = allowed;
    if (allowed)
        return 0;
    unsigned actions = let_go(guard);
    if (guard->held)
        actions |= AGENT_GUARD_HOLD_ENDED;
    guard->held = false;
    return actions;
}

/* Only releases: the buttons that are down and not asked for any more, where the pointer was. */
static bool release_behind(struct agent_guard *guard, const struct ds_input *input,
                           struct ds_input *out)
{
    uint8_t kept = guard->buttons & input->buttons;
    if (kept == guard->buttons)
        return false;
    *out = *input;
    out->x = guard->x;
    out->y = guard->y;
    out->buttons = kept;
    guard->buttons = kept;
    return true;
}

static enum agent_guard_verdict judge_pointer(struct agent_guard *guard,
                                              const struct ds_input *input, struct ds_input *out)
{
    if (!guard->may_reach(guard->ctx, false, input->x, input->y))
        return release_behind(guard, input, out) ? AGENT_GUARD_PASS : AGENT_GUARD_WINDOW;
    guard->x = input->x;
    guard->y = input->y;
    guard->buttons = input->buttons;
    *out = *input;
    return AGENT_GUARD_PASS;
}

/* The keys of the customer's bar: Pause, and Break, which is on the same key. */
static bool is_of_the_bar(const struct ds_input *input)
{
    return input->keysym == KEYSYM_PAUSE || input->keysym == KEYSYM_BREAK;
}

static enum agent_guard_verdict judge(struct agent_guard *guard, const struct ds_input *input,
                                      struct ds_input *out)
{
    if (input->epoch != guard->epoch || input->sequence <= guard->sequence)
        return AGENT_GUARD_LATE;
    guard->sequence = input->sequence;
    if (!guard->allowed)
        return AGENT_GUARD_REFUSED;
    if (guard->held)
        return AGENT_GUARD_HELD;
    switch (input->type) {
    case DS_INPUT_POINTER:
        return judge_pointer(guard, input, out);
    case DS_INPUT_KEY:
        /* Letting go is never wrong: a key pressed before the focus moved must not stay down. */
        if (input->down && (is_of_the_bar(input) || !guard->may_reach(guard->ctx, true, 0, 0)))
            return AGENT_GUARD_WINDOW;
        break;
    case DS_INPUT_TEXT:
        if (!guard->may_reach(guard->ctx, true, 0, 0))
            return AGENT_GUARD_WINDOW;
        break;
    case DS_INPUT_RELEASE:
        guard->buttons = 0;
        break;
    default:
        return AGENT_GUARD_REFUSED;
    }
    *out = *input;
    return AGENT_GUARD_PASS;
}

enum agent_guard_verdict agent_guard_check(struct agent_guard *guard, const struct ds_input *input,
                                           struct ds_input *out)
{
    enum agent_guard_verdict verdict = judge(guard, input, out);
    guard->counts[verdict]++;
    return verdict;
}

/* Two presses with a release and no other key between them. */
static bool is_escape_twice(struct agent_guard *guard, enum agent_own_input what, ds_tick now)
{
    switch (what) {
    case AGENT_OWN_ESCAPE_DOWN:
        if (guard->escape_since != 0 && !guard->escape_down &&
            now - guard->escape_since <= AGENT_GUARD_ESCAPE) {
            guard->escape_since = 0;
            return true;
        }
        if (!guard->escape_down)
            guard->escape_since = now;
        guard->escape_down = true;
        return false;
    case AGENT_OWN_ESCAPE_UP:
        guard->escape_down = false;
        return false;
    case AGENT_OWN_KEY:
        guard->escape_since = 0;
        return false;
    default:
        return false;
    }
}

unsigned agent_guard_own(struct agent_guard *guard, enum agent_own_input what, ds_tick now)
{
    unsigned actions = is_escape_twice(guard, what, now) ? AGENT_GUARD_TAKE_BACK : 0;
    if (!guard->allowed)
        return actions;
    guard->held_until = now + AGENT_GUARD_HOLD;
    if (guard->held)
        return actions;
    guard->held = true;
    return actions | let_go(guard) | AGENT_GUARD_HOLD_BEGAN;
}

ds_tick agent_guard_deadline(const struct agent_guard *guard)
{
    return guard->held ? guard->held_until : 0;
}

unsigned agent_guard_tick(struct agent_guard *guard, ds_tick now)
{
    if (!guard->held || now < guard->held_until)
        return 0;
    guard->held = false;
    return AGENT_GUARD_HOLD_ENDED;
}
