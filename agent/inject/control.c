/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/control.h"

#include "agent/inject/allowance.h"
#include "agent/inject/guard.h"
#include "agent/inject/inject.h"
#include "agent/inject/own_input.h"
#include "common/base/error.h"
#include "common/base/log.h"

#include <stdio.h>
#include <stdlib.h>

struct agent_control {
    struct agent_guard guard;
    struct agent_allowance allowance;
    struct agent_inject *inject;               /* owned */
    struct agent_own_watch *watch;             /* owned */
    const struct agent_control_events *events; /* borrowed */
    void *ctx;
    int32_t x, y; /* of the picture on the root window */
    uint32_t width, height;
    uint64_t injected, flooded;
    bool is_flooded;     /* the last input was one too many */
    ds_tick warned_at;   /* when the log last said so, 0: never */
    bool lost;           /* the display is gone: nothing is injected any more */
    uv_poll_t own, keys; /* descriptors of watch and inject */
    uv_timer_t timer;
    unsigned handles; /* not closed yet; the last one frees */
};

static void stop_watching(struct agent_control *c)
{
    if (c->lost)
        return;
    c->lost = true;
    uv_poll_stop(&c->own);
    uv_poll_stop(&c->keys);
    uv_timer_stop(&c->timer);
    ds_log_warn("the display that is controlled has gone");
}

static void act(struct agent_control *c, unsigned actions)
{
    if (actions & AGENT_GUARD_RELEASE)
        agent_inject_release(c->inject);
    if (actions & AGENT_GUARD_HOLD_BEGAN)
        c->events->on_held(c->ctx, true);
    if (actions & AGENT_GUARD_HOLD_ENDED)
        c->events->on_held(c->ctx, false);
    if (actions & AGENT_GUARD_TAKE_BACK)
        c->events->on_escape(c->ctx);
}

static void on_timer(uv_timer_t *timer);

/* The timer runs for the nearest deadline only, and not at all when there is none. */
static void arm(struct agent_control *c)
{
    ds_tick first = agent_guard_deadline(&c->guard);
    ds_tick inject = agent_inject_deadline(c->inject);
    if (inject != 0 && (first == 0 || inject < first))
        first = inject;
    if (first == 0 || c->lost) {
        uv_timer_stop(&c->timer);
        return;
    }
    ds_tick now = ds_clock_now();
    uv_timer_start(&c->timer, on_timer, first > now ? (first - now + DS_MS - 1) / DS_MS : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct agent_control *c = timer->data;
    ds_tick now = ds_clock_now();
    act(c, agent_guard_tick(&c->guard, now));
    if (agent_inject_poll(c->inject, now))
        stop_watching(c);
    arm(c);
}

static void on_own(void *ctx, enum agent_own_input what)
{
    struct agent_control *c = ctx;
    if (c->lost) /* closed by what was told before */
        return;
    act(c, agent_guard_own(&c->guard, what, ds_clock_now()));
}

static void on_own_readable(uv_poll_t *poll, int status, int events)
{
    struct agent_control *c = poll->data;
    (void)events;
    if (status < 0 || agent_own_watch_poll(c->watch, on_own, c))
        stop_watching(c);
    arm(c);
}

static void on_keys_readable(uv_poll_t *poll, int status, int events)
{
    struct agent_control *c = poll->data;
    (void)events;
    if (status < 0 || agent_inject_poll(c->inject, ds_clock_now()))
        stop_watching(c);
    arm(c);
}

static bool may_reach(void *ctx, bool is_key, uint32_t x, uint32_t y)
{
    struct agent_control *c = ctx;
    /* The place that would be reached, cut to the picture as the injector cuts it. */
    x = x < c->width ? x : c->width - (c->width > 0);
    y = y < c->height ? y : c->height - (c->height > 0);
    return c->events->may_inject(c->ctx, is_key, c->x + (int)x, c->y + (int)y);
}

static void on_closed(uv_handle_t *handle)
{
    struct agent_control *c = handle->data;
    if (--c->handles > 0)
        return;
    agent_own_watch_close(c->watch);
    agent_inject_close(c->inject);
    free(c);
}

static int watch(struct agent_control *c, uv_loop_t *loop)
{
    int error = uv_timer_init(loop, &c->timer);
    if (error)
        return error;
    c->timer.data = c->own.data = c->keys.data = c;
    c->handles = 1;
    error = uv_poll_init(loop, &c->own, agent_own_watch_fd(c->watch));
    if (error)
        return error;
    c->handles++;
    error = uv_poll_init(loop, &c->keys, agent_inject_fd(c->inject));
    if (error)
        return error;
    c->handles++;
    error = uv_poll_start(&c->own, UV_READABLE, on_own_readable);
    return error ? error : uv_poll_start(&c->keys, UV_READABLE, on_keys_readable);
}

struct agent_control *agent_control_open(uv_loop_t *loop, const char *display,
                                         struct agent_traces *traces, uint32_t epoch,
                                         const struct agent_control_events *events, void *ctx,
                                         char *message, size_t size)
{
    struct agent_control *c = calloc(1, sizeof(*c));
    if (!c) {
        snprintf(message, size, "There is not enough memory.");
        return NULL;
    }
    c->events = events;
    c->ctx = ctx;
    agent_guard_init(&c->guard, epoch, may_reach, c);
    agent_allowance_init(&c->allowance, ds_clock_now());
    if (agent_inject_open(&c->inject, display, traces, message, size) ||
        agent_own_watch_open(&c->watch, display, message, size)) {
        agent_inject_close(c->inject);
        free(c);
        return NULL;
    }
    if (watch(c, loop)) {
        snprintf(message, size, "The customer's keyboard and mouse cannot be watched.");
        agent_control_close(c);
        return NULL;
    }
    return c;
}

void agent_control_close(struct agent_control *c)
{
    if (!c)
        return;
    agent_inject_release(c->inject);
    c->lost = true;
    if (c->handles == 0) {
        agent_own_watch_close(c->watch);
        agent_inject_close(c->inject);
        free(c);
        return;
    }
    /* closing order: the last callback frees, and every handle there is gets one */
    unsigned handles = c->handles;
    uv_close((uv_handle_t *)&c->timer, on_closed);
    if (handles > 1)
        uv_close((uv_handle_t *)&c->own, on_closed);
    if (handles > 2)
        uv_close((uv_handle_t *)&c->keys, on_closed);
}

void agent_control_allow(struct agent_control *c, bool allowed)
{
    act(c, agent_guard_allow(&c->guard, allowed));
    arm(c);
}

void agent_control_set_epoch(struct agent_control *c, uint32_t epoch)
{
    act(c, agent_guard_set_epoch(&c->guard, epoch));
    arm(c);
}

void agent_control_set_area(struct agent_control *c, int32_t x, int32_t y, uint32_t width,
                            uint32_t height)
{
    c->x = x;
    c->y = y;
    c->width = width;
    c->height = height;
    agent_inject_set_area(c->inject, x, y, width, height);
}

#define FLOOD_QUIET (10 * DS_SECOND)

/* What would have let go of a key may be among what is dropped: nothing stays down. */
static void drop_flood(struct agent_control *c, ds_tick now)
{
    c->flooded++;
    if (c->is_flooded)
        return;
    c->is_flooded = true;
    if (c->warned_at == 0 ||
        now - c->warned_at > FLOOD_QUIET) { /* a log that nobody reads blocks */
        c->warned_at = now;
        ds_log_warn("more input than hands can make is dropped");
    }
    agent_guard_let_go(&c->guard);
    agent_inject_release(c->inject);
}

bool agent_control_input(struct agent_control *c, const struct ds_input *input)
{
    struct ds_input allowed;
    /* What the customer's hand has done by now comes first, however much of the rep's input waits
     * behind this one. */
    if (!c->lost && agent_own_watch_poll(c->watch, on_own, c))
        stop_watching(c);
    ds_tick now = ds_clock_now();
    if (agent_guard_check(&c->guard, input, &allowed) != AGENT_GUARD_PASS || c->lost)
        return false;
    if (!agent_allowance_has(&c->allowance, now)) {
        drop_flood(c, now);
        return false;
    }
    c->is_flooded = false;
    int error = agent_inject_input(c->inject, &allowed, now);
    agent_allowance_spend(&c->allowance, ds_clock_now() - now);
    if (error == DS_ECLOSED)
        stop_watching(c);
    c->injected += error == DS_OK;
    arm(c);
    return error == DS_OK;
}

void agent_control_counts(const struct agent_control *c, struct agent_control_counts *counts)
{
    *counts = (struct agent_control_counts){.injected = c->injected,
                                            .late = c->guard.counts[AGENT_GUARD_LATE],
                                            .not_allowed = c->guard.counts[AGENT_GUARD_REFUSED],
                                            .held = c->guard.counts[AGENT_GUARD_HELD],
                                            .own_window = c->guard.counts[AGENT_GUARD_WINDOW],
                                            .flooded = c->flooded};
}
