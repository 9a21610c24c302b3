/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/dial.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/net/carrier_proxy.h"
#include "common/net/carrier_ws.h"
#include "common/net/leg_tls.h"
#include "common/net/proxy_setting.h"
#include "common/net/remember.h"
#include "common/net/stage.h"

#include <limits.h>
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>

enum attempt_state { ATTEMPT_NEW, ATTEMPT_RUNNING, ATTEMPT_OVER };

struct attempt {
    struct ds_dial *dial;
    struct ds_route route;
    enum attempt_state state;
    struct ds_line *line; /* owned while RUNNING */
    bool first;           /* the remembered way */
    bool reached;         /* the relay's port has accepted the connection */
    struct ds_fault fault;
};

struct ds_dial {
    uv_loop_t *loop;
    char host[DS_TEXT_HOST];
    unsigned port;
    char *ca_file;  /* owned; may be NULL */
    SSL_CTX *leg;   /* owned */
    SSL_CTX *outer; /* owned; NULL until a carrier needs it */
    struct ds_proxy_setting proxy;
    struct ds_resolve *resolve; /* owned while the name is looked up */
    struct sockaddr_storage addresses[DS_RESOLVE_MAX];
    struct attempt attempts[DS_ROUTES_MAX];
    size_t count;
    uv_timer_t pace;     /* the next step */
    uv_timer_t deadline; /* of everything */
    unsigned handles;
    uint64_t last_step; /* uv_now when an attempt last started or got its connection */
    unsigned percent;
    bool any_fault, worst_reached, over, closed;
    struct ds_fault worst;
    const struct ds_dial_events *events;
    void *ctx;
};

static void advance(struct ds_dial *dial);

static void progress(struct ds_dial *dial, const char *stage, unsigned percent)
{
    if (percent <= dial->percent)
        return;
    dial->percent = percent;
    dial->events->on_progress(dial->ctx, stage, percent);
}

/* Keeps the fault that tells the most. */
static void note_fault(struct ds_dial *dial, const struct ds_fault *fault, bool reached)
{
    if (dial->any_fault && (fault->kind < dial->worst.kind ||
                            (fault->kind == dial->worst.kind && reached <= dial->worst_reached)))
        return;
    dial->any_fault = true;
    dial->worst = *fault;
    dial->worst_reached = reached;
}

static void stop_all(struct ds_dial *dial)
{
    dial->over = true;
    uv_timer_stop(&dial->pace);
    uv_timer_stop(&dial->deadline);
    for (size_t i = 0; i < dial->count; i++) {
        if (dial->attempts[i].state == ATTEMPT_RUNNING)
            ds_line_close(dial->attempts[i].line);
        dial->attempts[i].state = ATTEMPT_OVER;
    }
    ds_resolve_close(dial->resolve);
    dial->resolve = NULL;
}

static void give_up(struct ds_dial *dial)
{
    enum ds_link_failure why = DS_LINK_UNREACHABLE;
    if (dial->over)
        return;
    stop_all(dial);
    /* Where somebody named this very port, something else on it is not to be trusted either. Where
     * ports are guessed, a captive portal on one of them proves nothing. */
    if (dial->worst.kind == DS_FAULT_UNTRUSTED ||
        (dial->worst.kind == DS_FAULT_FOREIGN && dial->port != 0))
        why = DS_LINK_UNTRUSTED;
    else if (dial->worst.kind == DS_FAULT_PROXY)
        why = DS_LINK_PROXY;
    else if (dial->worst.kind == DS_FAULT_OFFLINE)
        why = DS_LINK_OFFLINE;
    else if (dial->worst.kind == DS_FAULT_NO_NAME)
        why = DS_LINK_NO_NAME;
    dial->events->on_failed(dial->ctx, why, dial->worst.detail);
}

static void give_up_with(struct ds_dial *dial, enum ds_fault_kind kind, const char *text)
{
    struct ds_fault fault;
    ds_fault_set(&fault, kind, "%s: %s", dial->proxy.host[0] ? dial->proxy.host : dial->host, text);
    note_fault(dial, &fault, false);
    give_up(dial);
}

/* ---- One attempt */

static size_t proxy_filters(const struct ds_dial *dial)
{
    return !dial->proxy.host[0] ? 0 : dial->proxy.tls ? 2 : 1;
}

static void on_stage(void *ctx, size_t opened)
{
    struct attempt *attempt = ctx;
    struct ds_dial *dial = attempt->dial;
    if (opened < proxy_filters(dial) || attempt->reached)
        return;
    attempt->reached = true;
    dial->last_step = uv_now(dial->loop);
    progress(dial, "Securing the connection", ds_stage_percent(DS_STAGE_TLS));
    advance(dial); /* its WebSockets may have waited for this */
}

static void on_open(void *ctx)
{
    struct attempt *attempt = ctx;
    struct ds_dial *dial = attempt->dial;
    struct ds_line *line = attempt->line;
    attempt->state = ATTEMPT_OVER;
    attempt->line = NULL;
    stop_all(dial);
    dial->events->on_line(dial->ctx, line, &attempt->route, dial->proxy.host[0] != '\0');
}

static void on_bytes(void *ctx, const uint8_t *bytes, size_t n)
{
    /* A line is handed over before its first byte. */
    (void)ctx;
    (void)bytes;
    (void)n;
}

static void attempt_failed(struct attempt *attempt, const struct ds_fault *fault)
{
    struct ds_dial *dial = attempt->dial;
    attempt->state = ATTEMPT_OVER;
    attempt->line = NULL;
    enum ds_fault_kind kind = fault->kind;
    /* A proxy that cannot be reached or trusted hides the relay, whatever the reason. */
    if (dial->proxy.host[0] && !attempt->reached && kind != DS_FAULT_BEHIND)
        kind = DS_FAULT_PROXY;
    ds_fault_set(&attempt->fault, kind, "%s port %u (%s)%s%s: %s", dial->host, attempt->route.port,
                 ds_carrier_name(attempt->route.carrier),
                 dial->proxy.host[0] ? " through the proxy " : "", dial->proxy.host, fault->detail);
    ds_log_debug("Attempt failed detail=\"%s\"", attempt->fault.detail);
    note_fault(dial, &attempt->fault, attempt->reached);
}

static void on_end(void *ctx, const struct ds_fault *fault)
{
    struct attempt *attempt = ctx;
    ds_line_close(attempt->line);
    attempt_failed(attempt, fault);
    advance(attempt->dial);
}

static const struct ds_line_events line_events = {
    .on_stage = on_stage, .on_open = on_open, .on_bytes = on_bytes, .on_end = on_end};

/* Made late: reading the system's store takes 20 to 60 ms, and most links need only the leg's. */
static struct ds_filter *outer_tls(struct ds_dial *dial, const char *host)
{
    int error;
    if (!dial->outer)
        dial->outer = ds_leg_tls_context(DS_TLS_OUTER, dial->ca_file, &error);
    return dial->outer ? ds_leg_tls_new(dial->outer, DS_TLS_OUTER, host) : NULL;
}

static void start(struct attempt *attempt)
{
    struct ds_dial *dial = attempt->dial;
    const struct ds_route *route = &attempt->route;
    struct ds_filter *filters[DS_LINE_FILTERS];
    size_t n = 0;
    if (dial->proxy.host[0] && dial->proxy.tls)
        filters[n++] = outer_tls(dial, dial->proxy.host);
    if (dial->proxy.host[0])
        filters[n++] = ds_carrier_proxy_new(dial->host, route->port,
                                            dial->proxy.userinfo[0] ? dial->proxy.userinfo : NULL);
    if (route->carrier == DS_CARRIER_WSS)
        filters[n++] = outer_tls(dial, dial->host);
    if (route->carrier != DS_CARRIER_TLS)
        filters[n++] =
            ds_carrier_ws_new(dial->host, route->port, route->carrier == DS_CARRIER_WSS ? 443 : 80);
    filters[n++] = ds_leg_tls_new(dial->leg, DS_TLS_LEG, dial->host);
    struct sockaddr_storage address = dial->addresses[route->address];
    ds_resolve_set_port(&address, dial->proxy.host[0] ? dial->proxy.port : route->port);
    bool complete = true;
    for (size_t i = 0; i < n; i++)
        complete = complete && filters[i];
    for (size_t i = 0; i < n && !complete; i++) {
        if (filters[i])
            filters[i]->ops->destroy(filters[i]);
    }
    dial->last_step = uv_now(dial->loop);
    attempt->state = ATTEMPT_RUNNING;
    attempt->line = complete ? ds_line_open(dial->loop, (const struct sockaddr *)&address, filters,
                                            n, &line_events, attempt)
                             : NULL;
    if (!attempt->line) {
        struct ds_fault fault;
        ds_fault_set(&fault, DS_FAULT_SILENT, "memory or handles are short");
        attempt_failed(attempt, &fault);
    }
}

/* ---- The race */

/* The plain leg to the same address and port. */
static const struct attempt *plain_of(const struct ds_dial *dial, const struct attempt *attempt)
{
    for (size_t i = 0; i < dial->count; i++) {
        const struct attempt *other = &dial->attempts[i];
        if (other->route.carrier == DS_CARRIER_TLS && other->route.port == attempt->route.port &&
            other->route.address == attempt->route.address)
            return other;
    }
    return attempt;
}

/* Where not even TCP got through, a WebSocket has no better chance and is left out; where TCP is
 * still on its way, it has to wait. */
static struct attempt *next_attempt(struct ds_dial *dial)
{
    for (size_t i = 0; i < dial->count; i++) {
        struct attempt *attempt = &dial->attempts[i];
        if (attempt->state != ATTEMPT_NEW)
            continue;
        const struct attempt *plain = plain_of(dial, attempt);
        if (attempt->first || plain == attempt || plain->reached)
            return attempt;
        if (plain->state == ATTEMPT_OVER)
            attempt->state = ATTEMPT_OVER;
    }
    return NULL;
}

/* When the next attempt may start, in uv_now's milliseconds; 0: at once. */
static uint64_t next_due(const struct ds_dial *dial)
{
    unsigned step = 0;
    for (size_t i = 0; i < dial->count; i++) {
        const struct attempt *attempt = &dial->attempts[i];
        if (attempt->state == ATTEMPT_RUNNING && attempt->reached)
            step = DS_DIAL_TLS_STEP_MS;
        else if (attempt->state == ATTEMPT_RUNNING && step == 0)
            step = DS_DIAL_STEP_MS;
    }
    return step ? dial->last_step + step : 0;
}

static bool is_any_running(const struct ds_dial *dial)
{
    for (size_t i = 0; i < dial->count; i++) {
        if (dial->attempts[i].state == ATTEMPT_RUNNING)
            return true;
    }
    return false;
}

static void on_pace(uv_timer_t *timer)
{
    advance(timer->data);
}

static void advance(struct ds_dial *dial)
{
    if (dial->over || dial->closed)
        return;
    for (struct attempt *attempt; (attempt = next_attempt(dial));) {
        uint64_t due = next_due(dial), now = uv_now(dial->loop);
        if (due > now) {
            uv_timer_start(&dial->pace, on_pace, due - now, 0);
            return;
        }
        if (attempt->route.carrier != DS_CARRIER_TLS)
            progress(dial, "Trying another way", ds_stage_percent(DS_STAGE_TLS) + 1);
        if (dial->over)
            return;
        start(attempt);
    }
    if (!is_any_running(dial))
        give_up(dial);
}

static void on_resolved(void *ctx, int error, const struct sockaddr_storage *addresses,
                        size_t count)
{
    struct ds_dial *dial = ctx;
    bool proxied = dial->proxy.host[0] != '\0';
    struct ds_route routes[DS_ROUTES_MAX], first;
    ds_resolve_close(dial->resolve);
    dial->resolve = NULL;
    if (error) {
        give_up_with(dial, proxied ? DS_FAULT_PROXY : ds_resolve_fault(error), gai_strerror(error));
        return;
    }
    memcpy(dial->addresses, addresses, count * sizeof(*addresses));
    bool known = ds_remember_get(dial->host, dial->port, proxied, &first);
    dial->count = ds_route_plan(routes, count, dial->port, proxied, known ? &first : NULL);
    for (size_t i = 0; i < dial->count; i++) {
        bool is_first = known && routes[i].port == first.port && routes[i].carrier == first.carrier;
        dial->attempts[i] = (struct attempt){.dial = dial, .route = routes[i], .first = is_first};
    }
    progress(dial, "Connecting", ds_stage_percent(DS_STAGE_TCP));
    advance(dial);
}

static void on_begin(uv_timer_t *timer)
{
    struct ds_dial *dial = timer->data;
    int error = ds_proxy_setting_get(dial->host, dial->port, &dial->proxy);
    if (error) {
        give_up_with(dial, DS_FAULT_PROXY,
                     error == DS_EUNSUPPORTED
                         ? "https_proxy names a kind of proxy that is not supported"
                         : "https_proxy is not the address of a proxy");
        return;
    }
    progress(dial, "Looking up the relay", ds_stage_percent(DS_STAGE_DNS));
    if (dial->over)
        return;
    dial->resolve = ds_resolve_open(dial->loop, dial->proxy.host[0] ? dial->proxy.host : dial->host,
                                    on_resolved, dial);
    if (!dial->resolve)
        give_up_with(dial, DS_FAULT_SILENT, "memory or handles are short");
}

static void on_deadline(uv_timer_t *timer)
{
    give_up_with(timer->data, DS_FAULT_SILENT, "no answer in time");
}

/* ---- Life */

static void free_dial(struct ds_dial *dial)
{
    SSL_CTX_free(dial->leg);
    SSL_CTX_free(dial->outer);
    free(dial->ca_file);
    explicit_bzero(&dial->proxy, sizeof(dial->proxy));
    free(dial);
}

struct ds_dial *ds_dial_open(uv_loop_t *loop, const char *host, unsigned port, const char *ca_file,
                             const struct ds_dial_events *events, void *ctx, int *error)
{
    struct ds_dial *dial = calloc(1, sizeof(*dial));
    if (!dial || strlen(host) >= sizeof(dial->host)) {
        *error = dial ? DS_EINVAL : DS_ENOMEM;
        free(dial);
        return NULL;
    }
    memcpy(dial->host, host, strlen(host) + 1);
    dial->loop = loop;
    dial->port = port;
    dial->events = events;
    dial->ctx = ctx;
    dial->ca_file = ca_file ? ds_strdup_bounded(ca_file, PATH_MAX) : NULL;
    if (ca_file && !dial->ca_file)
        *error = DS_ENOMEM;
    else
        dial->leg = ds_leg_tls_context(DS_TLS_LEG, ca_file, error);
    if (!dial->leg) {
        free_dial(dial);
        return NULL;
    }
    uv_timer_init(loop, &dial->pace); /* cannot fail */
    uv_timer_init(loop, &dial->deadline);
    dial->pace.data = dial->deadline.data = dial;
    dial->handles = 2;
    uv_timer_start(&dial->pace, on_begin, 0, 0);
    uv_timer_start(&dial->deadline, on_deadline, DS_DIAL_MS, 0);
    return dial;
}

static void on_closed(uv_handle_t *handle)
{
    struct ds_dial *dial = handle->data;
    if (--dial->handles == 0)
        free_dial(dial);
}

void ds_dial_close(struct ds_dial *dial)
{
    if (!dial || dial->closed)
        return;
    stop_all(dial);
    dial->closed = true;
    uv_close((uv_handle_t *)&dial->pace, on_closed);
    uv_close((uv_handle_t *)&dial->deadline, on_closed);
}
