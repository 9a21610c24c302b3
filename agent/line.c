/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's line to the relay and, inside it, to the viewer. */
#include "agent/desk.h"
#include "agent/show/reach.h"
#include "agent/shown.h"
#include "agent/who.h"
#include "agent/wiring.h"
#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/picture/decode.h"
#include "common/screen/encoder.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void makes_no_sense(struct agent *a)
{
    agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
              DS_TR("The other program sent something that makes no sense."), AGENT_EXIT_INTERNAL);
}

/* ---- to the viewer ---- */

void agent_line_pump(struct agent *a)
{
    uint8_t payload[DS_FRAME_DATA_MAX];
    ds_courier_settle(a->courier);
    while (a->link && a->tunnel && ds_link_data_room(a->link) >= sizeof(payload)) {
        int n = ds_tunnel_drain(a->tunnel, payload, sizeof(payload), ds_clock_now());
        if (n <= 0 || ds_link_send_data(a->link, payload, (size_t)n))
            break;
        ds_courier_settle(a->courier); /* there is room for the next piece */
    }
    if (a->screen && a->tunnel)
        ds_feed_set_queued(a->screen, ds_tunnel_queued(a->tunnel, DS_CHANNEL_SCREEN));
}

void agent_line_send_control(struct agent *a, const struct ds_control *control)
{
    struct ds_buf buf;
    if (!a->tunnel || a->session.began_s == 0) /* while it is cut, what is said waits */
        return;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    int error = ds_control_encode(&buf, control);
    if (!error)
        error = ds_tunnel_send(a->tunnel, DS_CHANNEL_CONTROL, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
    if (error == DS_EAGAIN) /* a thousand answers wait: it asks, and does not listen */
        makes_no_sense(a);
    else if (error)
        ds_log_warn("control message not sent type=%u error=%s", control->type,
                    ds_error_name(error));
    agent_line_pump(a);
}

void agent_line_send_right(struct agent *a, enum ds_right right)
{
    agent_line_send_control(
        a, &(struct ds_control){
               .type = DS_CONTROL_RIGHT,
               .right = (uint8_t)right,
               .state = (uint8_t)a->session.rights.state[right],
               .wait_s = agent_rights_wait_s(&a->session.rights, right, ds_clock_now())});
}

void agent_line_send_paused(struct agent *a)
{
    agent_line_send_control(
        a, &(struct ds_control){
               .type = DS_CONTROL_PAUSED,
               .on = a->session.paused != AGENT_PAUSE_NONE,
               .by_rep = a->session.paused == AGENT_PAUSE_BY_REP,
               .wait_s = agent_refusal_wait_s(&a->session.resume_refused, ds_clock_now()),
               .allowed = a->session.may_resume || a->session.rights.by_policy});
}

/* ---- from the viewer ---- */

static void take_control_message(struct agent *a, const uint8_t *bytes, size_t len)
{
    struct ds_control m;
    if (ds_control_decode(bytes, len, &m)) {
        makes_no_sense(a);
        return;
    }
    if (!a->peer_said_hello && m.type != DS_CONTROL_HELLO)
        return;
    switch (m.type) {
    case DS_CONTROL_HELLO:
        if (m.version != DS_PROTOCOL_VERSION) {
            agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
                      DS_TR("The representative's program is of another version."),
                      AGENT_EXIT_INTERNAL);
            return;
        }
        a->peer_said_hello = true;
        a->peer_features = m.features;
        a->peer_tiles = m.tiles;
        if (a->session.rights.by_policy) {
            agent_rights_grant_accepted(&a->session.rights);
            agent_activate(a);
        }
        break;
    case DS_CONTROL_REQUEST:
        agent_customer_ask(a, (enum ds_right)m.right);
        break;
    case DS_CONTROL_RELEASE:
        agent_customer_revoke(a, (enum ds_right)m.right);
        break;
    case DS_CONTROL_PAUSE:
        agent_customer_pause(a, AGENT_PAUSE_BY_REP);
        break;
    case DS_CONTROL_RESUME:
        agent_customer_ask_resume(a);
        break;
    case DS_CONTROL_MONITOR:
        a->monitor = m.monitor;
        if (a->screen)
            ds_feed_select(a->screen, m.monitor);
        break;
    case DS_CONTROL_VISIBLE:
        a->is_hidden = !m.on;
        if (a->screen)
            ds_feed_set_visible(a->screen, m.on);
        break;
    case DS_CONTROL_RESTART:
        agent_restart_wanted(a);
        break;
    case DS_CONTROL_SHARE:
        agent_shown_control(a, &m);
        break;
    case DS_CONTROL_END:
        agent_end(a, AGENT_ENDING_BY_REP, DS_REASON_CLOSED, NULL, AGENT_EXIT_ENDED);
        break;
    default:
        break; /* of a newer version */
    }
}

/* A wheel, or a key that moves a page. */
static bool scrolls(const struct ds_input *input)
{
    if (input->type == DS_INPUT_POINTER)
        return (input->buttons & 0x78) != 0;
    /* Home, arrows, Page Up, Page Down, End (X11 keysyms 0xff50 to 0xff57), and the space bar */
    return input->type == DS_INPUT_KEY &&
           ((input->keysym >= 0xff50 && input->keysym <= 0xff57) || input->keysym == 0x20);
}

static void take_input(struct agent *a, const uint8_t *bytes, size_t len)
{
    struct ds_input input;
    if (ds_input_decode(bytes, len, &input)) {
        makes_no_sense(a);
        return;
    }
    if (input.type == DS_INPUT_LASER) {
        agent_desk_laser(a, &input);
        return;
    }
    if (!a->control || !agent_control_input(a->control, &input))
        return;
    a->session.last_injected = ds_clock_now();
    if (a->screen && scrolls(&input))
        ds_feed_expect_scroll(a->screen);
}

static void take_screen_message(struct agent *a, const uint8_t *bytes, size_t len)
{
    struct ds_screen_message m;
    if (ds_screen_message_decode(bytes, len, &m) ||
        (m.type == DS_SCREEN_CHUNK && agent_shown_chunk(a, bytes, len))) {
        makes_no_sense(a);
        return;
    }
    if (m.type == DS_SCREEN_ACK && a->screen)
        ds_feed_ack(a->screen, m.id, m.decode_us);
}

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct agent *a = ctx;
    if (a->session.phase == AGENT_PHASE_ENDED)
        return;
    int taken = ds_courier_message(a->courier, channel, bytes, len);
    if (taken < 0)
        makes_no_sense(a);
    if (taken != 0)
        return;
    switch (channel) {
    case DS_CHANNEL_CONTROL:
        take_control_message(a, bytes, len);
        break;
    case DS_CHANNEL_INPUT:
        take_input(a, bytes, len);
        break;
    case DS_CHANNEL_CURSOR:
        if (agent_shown_cursor(a, bytes, len))
            makes_no_sense(a);
        break;
    case DS_CHANNEL_SCREEN:
        take_screen_message(a, bytes, len);
        break;
    case DS_CHANNEL_NOTES:
        agent_desk_note(a, bytes, len);
        break;
    case DS_CHANNEL_CLIPBOARD:
        agent_desk_clipboard(a, bytes, len);
        break;
    default:
        break; /* channels of a newer version */
    }
}

static void on_open(void *ctx)
{
    struct agent *a = ctx;
    struct ds_message verified = {.type = DS_MESSAGE_VERIFIED};
    uint8_t hash[32];
    if (!ds_tunnel_audit(a->tunnel, hash)) {
        for (size_t i = 0; i < sizeof(hash); i++)
            snprintf(verified.audit + 2 * i, 3, "%02x", hash[i]);
        ds_link_send(a->link, &verified);
    }
    a->session.began_s = (int64_t)time(NULL);
    struct ds_control hello = {.type = DS_CONTROL_HELLO,
                               .version = DS_PROTOCOL_VERSION,
                               .features = AGENT_DESK_FEATURES | DS_FEATURE_FILES |
                                           DS_FEATURE_FOLDERS | DS_FEATURE_RESTART |
                                           agent_shown_features(),
                               .program = "deskside-agent " DESKSIDE_VERSION,
                               .tiles = ds_decode_tiles_here()};
    agent_who(hello.who, sizeof(hello.who));
    agent_line_send_control(a, &hello);
    ds_courier_up(a->courier, ds_tunnel_epoch(a->tunnel));
    explicit_bzero(a->session.number, sizeof(a->session.number));
    a->session.phase = AGENT_PHASE_CONSENT;
    ds_keeper_on_open(&a->keeper);
    a->question_until = ds_clock_now() + ds_clock_scaled_ms(AGENT_CONSENT_MS) * DS_MS;
    agent_changed(a);
}

static void on_resumed(void *ctx)
{
    struct agent *a = ctx;
    if (a->session.phase != AGENT_PHASE_ENDED)
        agent_reconnect_resumed(a);
}

static void on_cut(void *ctx, const char *reason)
{
    struct agent *a = ctx;
    ds_log_warn("the private line did not come back reason=\"%s\"", reason);
    ds_keeper_on_cut(&a->keeper);
}

static void on_wrong_number(void *ctx, unsigned left)
{
    struct agent *a = ctx;
    a->session.wrong_tries = DS_NUMBER_TRIES - left;
    if (a->link)
        ds_link_send(a->link, &(struct ds_message){.type = DS_MESSAGE_WRONG_NUMBER,
                                                   .tries = a->session.wrong_tries});
    if (left == 0)
        agent_end(a, AGENT_ENDING_WRONG_NUMBER, DS_REASON_WRONG_NUMBER, NULL, AGENT_EXIT_REFUSED);
    else
        agent_changed(a);
}

static void on_closed(void *ctx, int error, const char *reason)
{
    struct agent *a = ctx;
    if (a->session.wrong_tries >= DS_NUMBER_TRIES)
        return; /* on_wrong_number has said it, or will */
    ds_log_warn("seal closed error=%s reason=\"%s\"", ds_error_name(error), reason);
    agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
              DS_TR("The private connection to your representative failed."), AGENT_EXIT_INTERNAL);
}

const struct ds_tunnel_events agent_tunnel_events = {
    .on_open = on_open,
    .on_resumed = on_resumed,
    .on_cut = on_cut,
    .on_wrong_number = on_wrong_number,
    .on_message = on_message,
    .on_closed = on_closed,
};

/* ---- the relay ---- */

static bool read_hex(const char *hex, uint8_t *out, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned byte;
        if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
            return false;
        out[i] = (uint8_t)byte;
    }
    return true;
}

static void take_paired(struct agent *a, const struct ds_message *m)
{
    struct ds_tunnel_config config = {.role = DS_TUNNEL_AGENT, .host = a->session.host, .epoch = 1};
    if (a->tunnel || a->session.phase != AGENT_PHASE_CONNECTING ||
        !read_hex(m->session, config.session, sizeof(config.session)))
        return;
    memcpy(a->session.id, m->session, sizeof(a->session.id));
    memcpy(a->session.rep, m->name, sizeof(a->session.rep));
    if (m->org[0])
        memcpy(a->session.org, m->org, sizeof(a->session.org));
    explicit_bzero(a->session.code, sizeof(a->session.code));
    a->tunnel = ds_tunnel_new(&config, &agent_tunnel_events, a);
    if (!a->tunnel) {
        agent_give_up(a, "memory", DS_TR("This computer has too little memory."),
                      AGENT_EXIT_INTERNAL);
        return;
    }
    ds_courier_bind(a->courier, a->tunnel);
    a->paired_since = ds_clock_now();
    ds_keeper_begin(&a->keeper, m->session, true);
    a->session.phase = AGENT_PHASE_WARNING;
    if (a->session.rights.by_policy)
        agent_line_prove(a);
    else
        agent_changed(a);
}

void agent_line_prove(struct agent *a)
{
    if (a->session.phase != AGENT_PHASE_WARNING || ds_number_draw(a->session.number) ||
        ds_tunnel_set_number(a->tunnel, a->session.number)) {
        agent_end(a, AGENT_ENDING_FAULT, DS_REASON_PROTOCOL,
                  DS_TR("The private connection to your representative failed."),
                  AGENT_EXIT_INTERNAL);
        return;
    }
    a->session.phase = AGENT_PHASE_NUMBER;
    agent_changed(a);
    ds_event_security_number(a->automation, a->session.number);
    /* No window shows it to whoever typed --accept. Never into a log. */
    if (a->session.rights.by_policy && isatty(STDERR_FILENO))
        fprintf(stderr, "deskside-agent: security number %.3s %s\n", a->session.number,
                a->session.number + 3);
    agent_line_pump(a);
}

static void take_refusal(struct agent *a, const struct ds_message *m)
{
    const char *sentence = m->message;
    if (strcmp(m->error, DS_REFUSAL_CODE) == 0)
        sentence = DS_TR("This code is not right, or it is no longer valid. Ask your "
                         "representative for a new one.");
    else if (strcmp(m->error, DS_REFUSAL_TOO_MANY) == 0)
        sentence = DS_TR("Too many wrong codes. Wait a while, then try again.");
    else if (strcmp(m->error, DS_REFUSAL_BUSY) == 0)
        sentence = DS_TR("The support server is busy. Try again in a minute.");
    a->exit_code = AGENT_EXIT_REFUSED; /* unless another code does better */
    if (agent_leaves_by_itself(a)) {
        agent_give_up(a, m->error, sentence, AGENT_EXIT_REFUSED);
        return;
    }
    ds_event_error(a->automation, m->error, sentence, "");
    snprintf(a->session.problem, sizeof(a->session.problem), "%s", sentence);
    explicit_bzero(a->session.code, sizeof(a->session.code));
    a->session.phase = AGENT_PHASE_CODE;
    agent_changed(a);
}

static void on_relay_message(void *ctx, const struct ds_message *m)
{
    struct agent *a = ctx;
    int exit_code;
    enum agent_ending ending;
    if (agent_restart_is_now(a) && m->type != DS_MESSAGE_ENDED)
        return; /* what is on the disk holds */
    ds_parley_message(&a->parley, m);
    a->keeper.line.chat_seen = ds_parley_seen(&a->parley);
    if (ds_keeper_on_message(&a->keeper, m))
        return;
    switch (m->type) {
    case DS_MESSAGE_PAIRED:
        take_paired(a, m);
        break;
    case DS_MESSAGE_ERROR:
        if (a->session.phase <= AGENT_PHASE_CONNECTING)
            take_refusal(a, m);
        else
            ds_log_warn("relay refused error=%s", m->error);
        break;
    case DS_MESSAGE_ENDED:
        ending = agent_session_ending(m, &exit_code);
        ds_keeper_end(&a->keeper); /* the relay knows */
        agent_end(a, ending, m->reason, NULL, exit_code);
        break;
    default:
        break;
    }
}

static void on_data(void *ctx, const uint8_t *payload, size_t len)
{
    struct agent *a = ctx;
    if (a->tunnel && a->session.phase != AGENT_PHASE_ENDED && !agent_restart_is_now(a))
        ds_tunnel_feed(a->tunnel, payload, len, ds_clock_now());
    agent_line_pump(a);
    agent_restart_step(a);
}

static void on_room(void *ctx)
{
    agent_line_pump(ctx);
}

static void on_progress(void *ctx, const char *stage, unsigned percent)
{
    struct agent *a = ctx;
    snprintf(a->session.stage, sizeof(a->session.stage), "%s", agent_reach_stage(stage));
    a->session.percent = percent;
    agent_changed(a);
}

static void on_up(void *ctx, const struct ds_link_info *info)
{
    struct agent *a = ctx;
    memcpy(a->session.org, info->org, sizeof(a->session.org));
    snprintf(a->session.host, sizeof(a->session.host), "%s", info->host);
    a->up_since = ds_clock_now();
    a->port = info->port;
    a->through_proxy = info->through_proxy;
    a->transport = info->transport == DS_TRANSPORT_WS ? "ws" : "tls";
    if (a->session.phase != AGENT_PHASE_ENDED)
        ds_event_connected(a->automation, a->port, a->transport, info->host);
    if (agent_restart_is_now(a) || ds_keeper_on_up(&a->keeper))
        return;
    if (a->session.phase == AGENT_PHASE_CONNECTING)
        agent_line_join(a);
    agent_changed(a);
}

static void on_down(void *ctx, enum ds_link_failure why, const char *detail)
{
    struct agent *a = ctx;
    ds_log_warn("line is down why=%s detail=\"%s\"", ds_link_failure_name(why), detail);
    ds_parley_down(&a->parley);
    if (agent_restart_on_down(a) || ds_keeper_on_down(&a->keeper, detail))
        return;
    ds_link_close(a->link);
    a->link = NULL;
    a->up_since = 0;
    if (a->session.phase == AGENT_PHASE_ENDED)
        return;
    if (a->session.phase == AGENT_PHASE_CODE)
        return; /* dialled again when the code is typed */
    const char *code = why == DS_LINK_UNTRUSTED ? "untrusted" : "unreachable";
    const char *sentence = agent_reach_trouble(why);
    a->exit_code = AGENT_EXIT_UNREACHABLE;
    if (agent_leaves_by_itself(a)) {
        agent_give_up(a, code, sentence, AGENT_EXIT_UNREACHABLE);
        return;
    }
    ds_event_error(a->automation, code, sentence, "");
    snprintf(a->session.problem, sizeof(a->session.problem), "%s", sentence);
    a->session.phase = AGENT_PHASE_CODE;
    agent_changed(a);
}

static const struct ds_link_events link_events = {
    .on_progress = on_progress,
    .on_up = on_up,
    .on_message = on_relay_message,
    .on_data = on_data,
    .on_room = on_room,
    .on_down = on_down,
};

int agent_line_dial(struct agent *a)
{
    struct ds_link_config config = {
        .host = a->options->host,
        .port = a->options->port,
        .ca_file = a->options->ca_file,
        .role = "agent",
        .program = "deskside-agent " DESKSIDE_VERSION,
    };
    int error = DS_OK;
    a->link = ds_link_open(&a->loop, &config, &link_events, a, &error);
    return error;
}

void agent_line_open(struct agent *a)
{
    if (!a->link && agent_line_dial(a))
        agent_give_up(a, "untrusted", DS_TR("The certificate file of --ca cannot be read."),
                      AGENT_EXIT_USAGE);
}

void agent_line_join(struct agent *a)
{
    struct ds_message join = {.type = DS_MESSAGE_JOIN};
    memcpy(join.join_code, a->session.code, sizeof(join.join_code));
    ds_link_send(a->link, &join);
    ds_message_wipe(&join);
}

void agent_line_leave(struct agent *a, const char *reason)
{
    struct ds_control end = {.type = DS_CONTROL_END};
    struct ds_message message = {.type = DS_MESSAGE_END};
    snprintf(end.reason, sizeof(end.reason), "%s", reason);
    snprintf(message.reason, sizeof(message.reason), "%s", reason);
    agent_line_send_control(a, &end);
    agent_line_pump(a); /* the last word of the proof, when the seal never opened */
    if (ds_keeper_leave(&a->keeper, reason))
        return; /* told when there is a line again */
    if (a->link && a->tunnel)
        ds_link_send(a->link, &message);
    ds_link_close(a->link);
    a->link = NULL;
}
