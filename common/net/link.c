/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/link.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/net/address.h"
#include "common/net/dial.h"
#include "common/net/pulse.h"
#include "common/net/remember.h"
#include "common/net/stage.h"
#include "common/wire/frame.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HELLO_MS 10000 /* from the leg's TLS to WELCOME */

enum link_state { LINK_DIALLING, LINK_HELLO, LINK_UP, LINK_DOWN };

struct ds_link {
    uv_loop_t *loop;
    char host[DS_TEXT_HOST];
    unsigned asked_port;
    const char *role, *program;
    const struct ds_link_events *events;
    void *ctx;
    enum link_state state;
    struct ds_dial *dial; /* owned while DIALLING */
    struct ds_line *line; /* owned from HELLO on, until DOWN */
    struct ds_route route;
    struct ds_link_info info;
    struct ds_buf in; /* a frame that is not complete */
    struct ds_pulse pulse;
    uv_timer_t timer;             /* HELLO: its deadline; UP: the next look at the pulse */
    uint64_t bytes_in, bytes_out; /* of the line, when it is gone */
    ds_tick heard;                /* last byte since WELCOME */
    bool was_closed;              /* by the other side */
    bool address_gone;            /* on_address_gone is due */
    uint32_t credit;              /* bytes of DATA payload that may be sent */
    bool starved;                 /* room was 0 when last looked at: on_room is owed */
    bool closed;                  /* by ds_link_close */
};

const char *ds_link_failure_name(enum ds_link_failure why)
{
    static const char *const names[DS_LINK_FAILURES] = {
        [DS_LINK_OFFLINE] = "offline",
        [DS_LINK_NO_NAME] = "no-name",
        [DS_LINK_UNREACHABLE] = "unreachable",
        [DS_LINK_UNTRUSTED] = "untrusted",
        [DS_LINK_PROXY] = "proxy",
        [DS_LINK_VERSION] = "version",
        [DS_LINK_LOST] = "lost",
        [DS_LINK_PROTOCOL] = "protocol",
    };
    return (unsigned)why < DS_LINK_FAILURES ? names[why] : "unknown";
}

static void keep_bytes(struct ds_link *link)
{
    if (link->line)
        ds_line_bytes(link->line, &link->bytes_in, &link->bytes_out);
}

/* Everything but the link itself goes. */
static void let_go(struct ds_link *link, bool finish)
{
    keep_bytes(link);
    link->was_closed = link->line && ds_line_was_closed(link->line);
    link->state = LINK_DOWN;
    uv_timer_stop(&link->timer);
    ds_dial_close(link->dial);
    link->dial = NULL;
    if (link->line && finish)
        ds_line_finish(link->line);
    else
        ds_line_close(link->line);
    link->line = NULL;
}

static void go_down(struct ds_link *link, enum ds_link_failure why, const char *detail)
{
    if (link->state == LINK_DOWN)
        return;
    char copy[DS_TEXT_MESSAGE + DS_FAULT_TEXT];
    snprintf(copy, sizeof(copy), "%s", detail);
    /* What the relay did wrong is not a reason to be rude: it gets what was queued. */
    let_go(link, why == DS_LINK_PROTOCOL || why == DS_LINK_VERSION);
    link->events->on_down(link->ctx, why, copy);
}

/* ---- Out */

static int send_frame(struct ds_link *link, enum ds_frame_type type, const void *payload, size_t n)
{
    struct ds_buf frame;
    ds_buf_init(&frame, DS_FRAME_HEADER + DS_FRAME_PAYLOAD_MAX);
    int error = ds_frame_append(&frame, type, payload, n);
    if (!error)
        error = ds_line_send(link->line, ds_buf_peek(&frame), frame.len);
    ds_buf_wipe(&frame);
    return error;
}

static int send_message(struct ds_link *link, const struct ds_message *message)
{
    struct ds_buf text;
    ds_buf_init(&text, DS_FRAME_CONTROL_MAX);
    int error = ds_message_encode(&text, message);
    if (!error && ds_line_waiting(link->line) + text.len > DS_LINK_QUEUE_MAX)
        error = DS_ELIMIT;
    if (!error)
        error = send_frame(link, DS_FRAME_CONTROL, ds_buf_peek(&text), text.len);
    ds_buf_wipe(&text);
    return error;
}

static void send_stamp(struct ds_link *link, enum ds_frame_type type, uint64_t stamp)
{
    uint8_t bytes[8];
    ds_put_u64(bytes, stamp);
    /* A relay that asks without reading the answers does not fill our memory. */
    if (ds_line_waiting(link->line) <= DS_LINK_QUEUE_MAX)
        send_frame(link, type, bytes, sizeof(bytes));
}

int ds_link_send(struct ds_link *link, const struct ds_message *message)
{
    if (link->closed || link->state == LINK_DOWN)
        return DS_ECLOSED;
    if (link->state != LINK_UP)
        return DS_EAGAIN;
    int error = send_message(link, message);
    link->starved = link->starved || ds_link_data_room(link) == 0;
    return error;
}

size_t ds_link_data_room(const struct ds_link *link)
{
    if (link->closed || link->state != LINK_UP || link->credit < DS_FRAME_DATA_MAX ||
        ds_line_waiting(link->line) > 0 || !ds_line_is_sound(link->line))
        return 0;
    return DS_FRAME_DATA_MAX;
}

int ds_link_send_data(struct ds_link *link, const uint8_t *payload, size_t len)
{
    if (link->closed || link->state == LINK_DOWN)
        return DS_ECLOSED;
    if (len == 0 || len > DS_FRAME_DATA_MAX)
        return DS_EINVAL;
    if (ds_link_data_room(link) == 0)
        return DS_EAGAIN;
    uint8_t frame[DS_FRAME_HEADER + DS_FRAME_DATA_MAX];
    ds_frame_header(frame, DS_FRAME_DATA, len);
    memcpy(frame + DS_FRAME_HEADER, payload, len);
    int error = ds_line_send(link->line, frame, DS_FRAME_HEADER + len);
    if (!error)
        link->credit -= (uint32_t)len;
    link->starved = link->starved || ds_link_data_room(link) == 0;
    return error;
}

static void offer_room(struct ds_link *link)
{
    if (!link->starved || ds_link_data_room(link) == 0)
        return;
    link->starved = false;
    link->events->on_room(link->ctx);
}

/* ---- Heartbeat */

static void on_beat(uv_timer_t *timer)
{
    struct ds_link *link = timer->data;
    ds_tick now = ds_clock_now();
    switch (ds_pulse_check(&link->pulse, now)) {
    case DS_PULSE_DEAD:
        go_down(link, DS_LINK_LOST, "the relay has been silent for too long");
        return;
    case DS_PULSE_PING:
        send_stamp(link, DS_FRAME_PING, now);
        break;
    case DS_PULSE_WAIT:
        break;
    }
    /* One millisecond later than due: the loop's clock may run behind ours. */
    uv_timer_start(&link->timer, on_beat, ds_pulse_wait(&link->pulse, now) / DS_MS + 1, 0);
}

static void on_address_gone(uv_timer_t *timer)
{
    go_down(timer->data, DS_LINK_LOST, "the address of this computer has changed");
}

void ds_link_hurry(struct ds_link *link)
{
    if (link->state != LINK_UP || link->closed || link->address_gone)
        return;
    ds_pulse_hurry(&link->pulse, ds_clock_now());
    uv_timer_start(&link->timer, on_beat, 0, 0);
}

static bool is_same_address(const struct sockaddr *a, const struct sockaddr *b)
{
    if (a->sa_family != b->sa_family)
        return false;
    if (a->sa_family == AF_INET)
        return ((const struct sockaddr_in *)(const void *)a)->sin_addr.s_addr ==
               ((const struct sockaddr_in *)(const void *)b)->sin_addr.s_addr;
    return a->sa_family == AF_INET6 &&
           memcmp(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)(const void *)b)->sin6_addr,
                  sizeof(struct in6_addr)) == 0;
}

void ds_link_address_gone(struct ds_link *link, const struct sockaddr *address)
{
    struct sockaddr_storage own;
    if (link->state != LINK_UP || link->closed || !ds_line_local(link->line, &own) ||
        !is_same_address((const struct sockaddr *)&own, address))
        return;
    link->address_gone = true;
    uv_timer_start(&link->timer, on_address_gone, 0, 0);
}

/* ---- In */

static void welcome(struct ds_link *link, const struct ds_message *message)
{
    if (message->version != DS_PROTOCOL_VERSION) {
        go_down(link, DS_LINK_VERSION, "the relay speaks another version of the protocol");
        return;
    }
    link->state = LINK_UP;
    link->heard = ds_clock_now();
    link->starved = true;
    ds_text_for_display(link->info.org, sizeof(link->info.org), message->org);
    ds_remember_put(link->host, link->asked_port, link->info.through_proxy, &link->route);
    ds_tick now = ds_clock_now();
    ds_pulse_init(
        &link->pulse,
        message->heartbeat_ms ? message->heartbeat_ms
                              : ds_clock_scaled_ms_floor(DS_HEARTBEAT_MS, DS_HEARTBEAT_FLOOR_MS),
        message->dead_ms ? message->dead_ms
                         : ds_clock_scaled_ms_floor(DS_DEAD_AFTER_MS, DS_DEAD_AFTER_FLOOR_MS),
        now);
    uv_timer_start(&link->timer, on_beat, 0, 0);
    link->events->on_up(link->ctx, &link->info);
}

/* ERROR before WELCOME. */
static void refused(struct ds_link *link, const struct ds_message *message)
{
    char text[DS_TEXT_MESSAGE + DS_TEXT_REASON + 32], shown[sizeof(text)];
    snprintf(text, sizeof(text), "the relay said %s: %s", message->error, message->message);
    ds_text_for_display(shown, sizeof(shown), text);
    enum ds_link_failure why = DS_LINK_PROTOCOL;
    if (strcmp(message->error, DS_REFUSAL_VERSION) == 0)
        why = DS_LINK_VERSION;
    else if (strcmp(message->error, DS_REFUSAL_BUSY) == 0 ||
             strcmp(message->error, DS_REFUSAL_TOO_MANY) == 0)
        why = DS_LINK_UNREACHABLE;
    go_down(link, why, shown);
}

static void on_control(struct ds_link *link, const struct ds_frame *frame)
{
    struct ds_message message;
    if (ds_message_decode(frame->payload, frame->len, &message)) {
        go_down(link, DS_LINK_PROTOCOL, "a control message of the relay is not well formed");
        return;
    }
    bool is_relays = ds_message_is_relays(message.type);
    if (message.type == DS_MESSAGE_UNKNOWN)
        ds_log_debug("Unknown control message skipped");
    else if (link->state == LINK_HELLO && message.type == DS_MESSAGE_WELCOME)
        welcome(link, &message);
    else if (link->state == LINK_HELLO && message.type == DS_MESSAGE_ERROR)
        refused(link, &message);
    else if (link->state == LINK_HELLO || !is_relays || message.type == DS_MESSAGE_WELCOME)
        go_down(link, DS_LINK_PROTOCOL, "a control message of the relay is out of place");
    else
        link->events->on_message(link->ctx, &message);
    ds_message_wipe(&message);
}

static void on_credit(struct ds_link *link, uint32_t more)
{
    if (more > DS_LINK_CREDIT_MAX || link->credit > DS_LINK_CREDIT_MAX - more) {
        go_down(link, DS_LINK_PROTOCOL, "the relay granted more credit than there may be");
        return;
    }
    link->credit += more;
    offer_room(link);
}

static void on_frame(struct ds_link *link, const struct ds_frame *frame)
{
    struct ds_cursor c = ds_cursor_of(frame->payload, frame->len);
    switch (frame->type) {
    case DS_FRAME_CONTROL:
        on_control(link, frame);
        break;
    case DS_FRAME_DATA:
        if (link->state == LINK_UP)
            link->events->on_data(link->ctx, frame->payload, frame->len);
        else
            go_down(link, DS_LINK_PROTOCOL, "data before the relay's welcome");
        break;
    case DS_FRAME_CREDIT:
        on_credit(link, ds_cursor_u32(&c));
        break;
    case DS_FRAME_PING:
        send_stamp(link, DS_FRAME_PONG, ds_cursor_u64(&c));
        break;
    case DS_FRAME_PONG:
        if (link->state == LINK_UP)
            ds_pulse_pong(&link->pulse, ds_cursor_u64(&c), ds_clock_now());
        break;
    default:
        break; /* of a newer version */
    }
}

/* Whole frames at the front; returns the bytes used. Stops when the link went down or was closed.
 */
static size_t on_frames(struct ds_link *link, const uint8_t *bytes, size_t n)
{
    size_t at = 0;
    while (link->state != LINK_DOWN && !link->closed) {
        struct ds_frame frame;
        int used = ds_frame_decode(bytes + at, n - at, &frame);
        if (used == 0)
            break;
        if (used < 0) {
            go_down(link, DS_LINK_PROTOCOL, "a frame of the relay is not well formed");
            break;
        }
        on_frame(link, &frame);
        at += (size_t)used;
    }
    return at;
}

static void on_bytes(void *ctx, const uint8_t *bytes, size_t n)
{
    struct ds_link *link = ctx;
    if (link->state == LINK_UP) {
        link->heard = ds_clock_now();
        ds_pulse_hear(&link->pulse, link->heard);
    }
    int error = DS_OK;
    if (link->in.len == 0) {
        size_t used = on_frames(link, bytes, n);
        if (link->state != LINK_DOWN && !link->closed)
            error = ds_buf_append(&link->in, bytes + used, n - used);
    } else {
        error = ds_buf_append(&link->in, bytes, n);
        size_t used = error ? 0 : on_frames(link, ds_buf_peek(&link->in), link->in.len);
        ds_buf_consume(&link->in, used);
    }
    if (error && !link->closed)
        go_down(link, DS_LINK_LOST, ds_error_name(error));
}

static void on_drained(void *ctx)
{
    offer_room(ctx);
}

static void on_end(void *ctx, const struct ds_fault *fault)
{
    struct ds_link *link = ctx;
    go_down(link, link->state == LINK_UP ? DS_LINK_LOST : DS_LINK_UNREACHABLE, fault->detail);
}

static void on_nothing(void *ctx)
{
    (void)ctx;
}

static const struct ds_line_events line_events = {
    .on_open = on_nothing, .on_bytes = on_bytes, .on_drained = on_drained, .on_end = on_end};

/* ---- Dialling */

static void on_progress(void *ctx, const char *stage, unsigned percent)
{
    struct ds_link *link = ctx;
    link->events->on_progress(link->ctx, stage, percent);
}

static void on_hello_deadline(uv_timer_t *timer)
{
    go_down(timer->data, DS_LINK_UNREACHABLE, "the relay did not answer hello in time");
}

static void on_line(void *ctx, struct ds_line *line, const struct ds_route *route,
                    bool through_proxy)
{
    struct ds_link *link = ctx;
    struct ds_message hello = {.type = DS_MESSAGE_HELLO, .version = DS_PROTOCOL_VERSION};
    link->line = line;
    link->route = *route;
    link->info.port = route->port;
    link->info.transport = route->carrier == DS_CARRIER_TLS ? DS_TRANSPORT_TLS : DS_TRANSPORT_WS;
    link->info.through_proxy = through_proxy;
    link->state = LINK_HELLO;
    ds_dial_close(link->dial);
    link->dial = NULL;
    ds_line_set_events(line, &line_events, link);
    snprintf(hello.role, sizeof(hello.role), "%s", link->role);
    snprintf(hello.program, sizeof(hello.program), "%s", link->program);
    uv_timer_start(&link->timer, on_hello_deadline, HELLO_MS, 0);
    int error = send_message(link, &hello);
    if (error && error != DS_ECLOSED) /* else on_end follows */
        go_down(link, DS_LINK_UNREACHABLE, ds_error_name(error));
    else
        link->events->on_progress(link->ctx, "Saying hello", ds_stage_percent(DS_STAGE_HELLO));
}

static void on_failed(void *ctx, enum ds_link_failure why, const char *detail)
{
    go_down(ctx, why, detail);
}

static const struct ds_dial_events dial_events = {
    .on_progress = on_progress, .on_line = on_line, .on_failed = on_failed};

/* ---- Life */

struct ds_link *ds_link_open(uv_loop_t *loop, const struct ds_link_config *config,
                             const struct ds_link_events *events, void *ctx, int *error)
{
    struct ds_link *link = calloc(1, sizeof(*link));
    *error = link ? DS_OK : DS_ENOMEM;
    if (link && (!ds_address_normalize(config->host, link->host, sizeof(link->host)) ||
                 config->port > UINT16_MAX || strlen(config->role) >= 8 ||
                 strlen(config->program) >= DS_TEXT_NAME))
        *error = DS_EINVAL;
    if (!*error)
        link->dial = ds_dial_open(loop, link->host, config->port, config->ca_file, &dial_events,
                                  link, error);
    if (*error) {
        free(link);
        return NULL;
    }
    link->loop = loop;
    link->asked_port = config->port;
    link->role = config->role;
    link->program = config->program;
    link->events = events;
    link->ctx = ctx;
    link->info.host = link->host;
    link->pulse.rtt_ms = link->pulse.rtt_min_ms = -1;
    /* The longest frame, and one read more. */
    ds_buf_init(&link->in, DS_FRAME_HEADER + DS_FRAME_PAYLOAD_MAX + 256u * 1024);
    uv_timer_init(loop, &link->timer); /* cannot fail */
    link->timer.data = link;
    return link;
}

static void on_closed(uv_handle_t *handle)
{
    struct ds_link *link = handle->data;
    ds_buf_wipe(&link->in);
    free(link);
}

void ds_link_close(struct ds_link *link)
{
    if (!link || link->closed)
        return;
    link->closed = true;
    let_go(link, true);
    uv_close((uv_handle_t *)&link->timer, on_closed);
}

ds_tick ds_link_heard(const struct ds_link *link)
{
    return link->heard;
}

bool ds_link_was_closed(const struct ds_link *link)
{
    return link->was_closed;
}

double ds_link_rtt_ms(const struct ds_link *link)
{
    return link->pulse.rtt_ms;
}

double ds_link_rtt_min_ms(const struct ds_link *link)
{
    return link->pulse.rtt_min_ms;
}

double ds_link_jitter_ms(const struct ds_link *link)
{
    return link->pulse.rtt_ms < 0 ? -1 : link->pulse.jitter_ms;
}

int ds_link_quality(const struct ds_link *link)
{
    return link->state == LINK_UP ? ds_pulse_quality(&link->pulse, ds_clock_now()) : -1;
}

void ds_link_bytes(const struct ds_link *link, uint64_t *in, uint64_t *out)
{
    *in = link->bytes_in;
    *out = link->bytes_out;
    if (link->line)
        ds_line_bytes(link->line, in, out);
}
