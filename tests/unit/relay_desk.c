/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The desk without sockets: a session is opened, joined, cut, resumed, chatted in and ended while
 * each allocation, each drawing of random bytes, each digest and each push to the clerk fails in
 * turn. Whatever fails costs a leg or a moment, never the session. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/wire/frame.h"
#include "relay/desk/desk.h"
#include "tests/support/folder.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

/* ---- what fails (the linker sends calls here: --wrap) ---- */

static _Thread_local bool is_armed;
static _Thread_local long calls, fail_at = -1;

static bool fails(void)
{
    return is_armed && calls++ == fail_at;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *old, size_t n);
int __real_RAND_bytes(unsigned char *out, int n);
int __real_EVP_Digest(const void *data, size_t n, unsigned char *out, unsigned *len,
                      const EVP_MD *type, ENGINE *engine);
int __real_relay_clerk_push(struct relay_clerk *clerk, struct relay_job *job);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *old, size_t n);
int __wrap_RAND_bytes(unsigned char *out, int n);
int __wrap_EVP_Digest(const void *data, size_t n, unsigned char *out, unsigned *len,
                      const EVP_MD *type, ENGINE *engine);
int __wrap_relay_clerk_push(struct relay_clerk *clerk, struct relay_job *job);

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *old, size_t n)
{
    return fails() ? NULL : __real_realloc(old, n);
}

int __wrap_RAND_bytes(unsigned char *out, int n)
{
    return fails() ? 0 : __real_RAND_bytes(out, n);
}

int __wrap_EVP_Digest(const void *data, size_t n, unsigned char *out, unsigned *len,
                      const EVP_MD *type, ENGINE *engine)
{
    return fails() ? 0 : __real_EVP_Digest(data, n, out, len, type, engine);
}

int __wrap_relay_clerk_push(struct relay_clerk *clerk, struct relay_job *job)
{
    return fails() ? DS_ELIMIT : __real_relay_clerk_push(clerk, job);
}

/* ---- a desk with legs that are only letters ---- */

#define WORKERS 2

static char folder[256], message[1024];
static uv_loop_t loop;
static struct relay_conf conf;
static struct relay_listener listener;
static struct relay_worker workers[WORKERS];
static struct relay_worker_common common;
static struct relay_clerk clerk;
static struct relay_desk desk;
static const struct relay_address from = {{1, 2, 3}};

struct leg {
    uint64_t id;
    bool is_here, is_rejoined, is_resumed, is_refused, is_ended, is_chatted;
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN], code[DS_TEXT_CODE];
    unsigned chat;
};

static struct leg viewer, agent;

static void no_wake(void *ctx)
{
    (void)ctx;
}

static void start(void)
{
    struct relay_store *store = relay_store_open(folder, false, message, sizeof(message));
    assert_non_null(store);
    uv_loop_init(&loop);
    memset(&listener, 0, sizeof(listener));
    memset(workers, 0, sizeof(workers));
    memset(&clerk, 0, sizeof(clerk));
    relay_conf_defaults(&conf);
    for (int i = 0; i < RELAY_GATE_CLASSES; i++)
        listener.gate.most[i] = listener.gate.most_each[i] = 1000;
    assert_int_equal(relay_gate_init(&listener.gate), 0);
    assert_int_equal(relay_desk_init(&desk, &loop, &conf, store->audit_key), 0);
    assert_int_equal(relay_desk_load(&desk, store), 0);
    assert_int_equal(relay_clerk_start(&clerk, &loop, store, 1000), 0);
    common.reports = &desk.reports;
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i].index = i;
        workers[i].common = &common;
        assert_int_equal(ds_mailbox_init(&workers[i].orders, 10000, no_wake, NULL), 0);
    }
    desk.listener = &listener;
    desk.workers = workers;
    desk.worker_count = WORKERS;
    desk.clerk = &clerk;
}

static void end(void)
{
    desk.is_stopping = true;
    relay_clerk_stop(&clerk);
    relay_desk_destroy(&desk);
    for (int i = 0; i < WORKERS; i++)
        ds_mailbox_destroy(&workers[i].orders);
    relay_gate_destroy(&listener.gate);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void gone(struct leg *leg)
{
    unsigned worker = relay_desk_find(&desk, leg->id)->worker;
    leg->is_here = false;
    relay_worker_gone(&workers[worker], leg->id, ds_clock_now(), "cut");
}

static void hear(struct leg *leg, const struct ds_message *m)
{
    switch (m->type) {
    case DS_MESSAGE_SESSION:
        memcpy(leg->session, m->session, sizeof(leg->session));
        memcpy(leg->code, m->join_code, sizeof(leg->code));
        break;
    case DS_MESSAGE_PAIRED:
        memcpy(leg->session, m->session, sizeof(leg->session));
        break;
    case DS_MESSAGE_TOKEN:
        memcpy(leg->token, m->token, sizeof(leg->token));
        break;
    case DS_MESSAGE_REJOINED:
        leg->is_rejoined = true;
        break;
    case DS_MESSAGE_RESUMED:
        leg->is_resumed = true;
        break;
    case DS_MESSAGE_CHAT:
        assert_true(m->number <= leg->chat + 1);
        leg->chat = m->number > leg->chat ? m->number : leg->chat;
        break;
    case DS_MESSAGE_ENDED:
        leg->is_ended = true;
        break;
    case DS_MESSAGE_ERROR:
        leg->is_refused = true;
        break;
    default:
        break;
    }
}

static struct leg *leg_of(uint64_t id)
{
    return viewer.id == id ? &viewer : agent.id == id ? &agent : NULL;
}

static void hear_frames(uint64_t id, const struct ds_rcbuf *bytes)
{
    struct leg *leg = leg_of(id);
    struct ds_frame frame;
    struct ds_message m;
    int used;
    for (size_t at = 0; bytes && leg && leg->is_here && at < bytes->len; at += (size_t)used) {
        used = ds_frame_decode(bytes->data + at, bytes->len - at, &frame);
        assert_true(used > 0);
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &m), 0);
        hear(leg, &m);
    }
}

static void obey(unsigned worker, struct relay_order *order)
{
    struct leg *leg = leg_of(order->leg);
    hear_frames(order->leg, order->bytes);
    hear_frames(order->other, order->other_bytes);
    if (order->letter.kind == RELAY_ORDER_MOVE)
        relay_worker_report(&workers[order->to], RELAY_REPORT_ARRIVED, order->leg, NULL, NULL);
    if (order->tells && leg && leg->is_here)
        relay_worker_report(&workers[worker], RELAY_REPORT_WRITTEN, order->leg, NULL, NULL);
    if (order->last && relay_desk_find(&desk, order->leg)) {
        if (leg)
            leg->is_here = false;
        relay_worker_gone(&workers[worker], order->leg, ds_clock_now(), "done");
    }
}

/* One round of everything; only what the desk does itself may fail. */
static void turn(void)
{
    is_armed = true;
    uv_run(&loop, UV_RUN_NOWAIT);
    is_armed = false;
    bool is_quiet = true;
    for (unsigned i = 0; i < WORKERS; i++) {
        struct ds_letter *letter = ds_mailbox_take_all(&workers[i].orders);
        while (letter) {
            struct ds_letter *next = letter->next;
            is_quiet = false;
            obey(i, (struct relay_order *)letter);
            letter->destroy(letter);
            letter = next;
        }
    }
    if (is_quiet) /* the clerk has the word */
        clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 100000}, NULL);
}

static void say(struct leg *leg, const struct ds_message *m)
{
    struct relay_desk_leg *there = relay_desk_find(&desk, leg->id);
    if (there)
        relay_worker_report(&workers[there->worker],
                            m->type == DS_MESSAGE_HELLO ? RELAY_REPORT_HELLO : RELAY_REPORT_MESSAGE,
                            leg->id, m, NULL);
}

static void dial(struct leg *leg, const char *role)
{
    struct ds_message hello = {.type = DS_MESSAGE_HELLO, .version = 1};
    snprintf(hello.role, sizeof(hello.role), "%s", role);
    assert_true(relay_gate_enter(&listener.gate, RELAY_GATE_STRANGER, &from));
    relay_desk_take(&desk, -1, &from);
    leg->id = desk.last_id;
    leg->is_here = true;
    leg->is_resumed = leg->is_rejoined = leg->is_refused = leg->is_ended = false;
    say(leg, &hello);
}

/* Until it is in its session again: dials as often as it takes, like an end. */
static void come_back(struct leg *leg, const char *role)
{
    ds_tick patience = ds_clock_now() + 20 * DS_SECOND;
    while (!leg->is_resumed || !leg->is_here) {
        struct ds_message resume = {.type = DS_MESSAGE_RESUME, .chat_seen = leg->chat};
        assert_true(ds_clock_now() < patience);
        if (leg->is_here)
            gone(leg);
        dial(leg, role);
        memcpy(resume.session, leg->session, sizeof(resume.session));
        memcpy(resume.token, leg->token, sizeof(resume.token));
        say(leg, &resume);
        for (int i = 0; i < 50 && leg->is_here && !leg->is_resumed && !leg->is_refused; i++)
            turn();
        assert_false(leg->is_ended);
    }
}

static void wait_for_token(struct leg *leg)
{
    char before[DS_TEXT_TOKEN];
    ds_tick patience = ds_clock_now() + 5 * DS_SECOND;
    memcpy(before, leg->token, sizeof(before));
    while (strcmp(before, leg->token) == 0 && ds_clock_now() < patience) {
        turn();
        if (calls > fail_at && fail_at >= 0 && !leg->token[0])
            continue;
        if (fail_at >= 0 && calls > fail_at)
            break; /* it may have been the token that failed */
    }
}

/* ---- the script ---- */

static bool open_and_join(void)
{
    struct ds_message new_session = {.type = DS_MESSAGE_NEW_SESSION};
    struct ds_message join = {.type = DS_MESSAGE_JOIN};
    ds_tick patience = ds_clock_now() + 20 * DS_SECOND;
    dial(&viewer, "viewer");
    struct relay_desk_leg *leg = relay_desk_find(&desk, viewer.id);
    snprintf(leg->email, sizeof(leg->email), "dana@acme.example");
    while (!viewer.code[0]) {
        assert_true(ds_clock_now() < patience);
        say(&viewer, &new_session);
        for (int i = 0; i < 2000 && !viewer.code[0] && !viewer.is_refused; i++)
            turn();
        viewer.is_refused = false;
    }
    for (int i = 0; i < 20000 && !viewer.token[0]; i++)
        turn();
    if (!viewer.token[0]) /* a lost message: before it can return a viewer has nothing to lose */
        return false;
    dial(&agent, "agent");
    memcpy(join.join_code, viewer.code, sizeof(join.join_code));
    say(&agent, &join);
    for (int i = 0; i < 20000 && !agent.token[0] && !agent.is_refused; i++)
        turn();
    return agent.token[0] != '\0' && agent.is_here;
}

static void chat(struct leg *leg, char id, unsigned wanted)
{
    struct ds_message m = {.type = DS_MESSAGE_SAY, .text = "hello"};
    ds_tick patience = ds_clock_now() + 20 * DS_SECOND;

    memset(m.id, id, DS_TEXT_ID - 1);
    while (leg->chat < wanted) {
        assert_true(ds_clock_now() < patience);
        if (!leg->is_here)
            come_back(leg, leg == &viewer ? "viewer" : "agent");
        say(leg, &m);
        for (int i = 0; i < 3000 && leg->chat < wanted && leg->is_here; i++)
            turn();
    }
}

static void until_both_are_joined(void)
{
    ds_tick patience = ds_clock_now() + 20 * DS_SECOND;
    while (!viewer.is_rejoined || !agent.is_rejoined || !viewer.is_here || !agent.is_here) {
        assert_true(ds_clock_now() < patience);
        for (int i = 0; i < 50; i++)
            turn();
        if (!viewer.is_here) {
            agent.is_rejoined = false;
            come_back(&viewer, "viewer");
        }
        if (!agent.is_here) {
            viewer.is_rejoined = false;
            come_back(&agent, "agent");
        }
        /* A word that was lost for want of memory leaves an end that hears nothing; it dials. */
        if (!agent.is_rejoined && desk.sessions.first && desk.sessions.first->is_joined)
            gone(&agent);
        else if (!viewer.is_rejoined && desk.sessions.first && desk.sessions.first->is_joined)
            gone(&viewer);
    }
}

static void script(void)
{
    memset(&viewer, 0, sizeof(viewer));
    memset(&agent, 0, sizeof(agent));
    if (!open_and_join())
        return;
    chat(&viewer, 'a', 1);
    gone(&agent);
    turn();
    chat(&viewer, 'b', 2);
    come_back(&agent, "agent");
    wait_for_token(&agent);
    until_both_are_joined();
    come_back(&viewer, "viewer");
    gone(&viewer);
    viewer.is_resumed = false;
    come_back(&viewer, "viewer");
    until_both_are_joined();
    chat(&agent, 'c', 3);
    assert_int_equal(agent.chat, 3);
    struct relay_session *session = relay_sessions_find(&desk.sessions, agent.session);
    assert_non_null(session);
    assert_int_equal(session->state, RELAY_SESSION_PAIRED);
    assert_int_equal(session->chat, 3);
    while (session->state != RELAY_SESSION_ENDED) {
        struct ds_message m = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
        say(&agent, &m);
        turn();
    }
    for (struct relay_session *s = desk.sessions.ended; s; s = s->next)
        s->forget_at = 0;
    for (int i = 0; i < 20000 && desk.sessions.ended; i++) {
        is_armed = true;
        relay_desk_save_rest(&desk);
        relay_desk_expire(&desk, 1);
        is_armed = false;
        turn();
    }
    struct relay_session *left = desk.sessions.ended;
    if (left)
        fail_msg("call %ld: the session is kept: saving %d unsaved %d chat %u", fail_at,
                 left->is_saving, left->is_unsaved, left->chat_waiting);
}

static void each_failure_costs_no_session(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    relay_store_close(relay_store_open(folder, true, message, sizeof(message)));
    long needed = 0;
    for (fail_at = -1; fail_at <= needed; fail_at++) {
        start();
        calls = 0;
        script();
        if (fail_at < 0)
            needed = calls;
        end();
    }
    print_message("%ld calls failed in turn\n", needed);
    assert_true(needed > 50);
    fail_at = -1;
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_failure_costs_no_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
