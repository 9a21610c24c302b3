/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links against the real relay, over every carrier, paired, and when the relay stops or dies. */
#include "common/base/error.h"
#include "tests/support/folder.h"
#include "tests/support/link_probe.h"
#include "tests/support/session.h"
#include "tests/support/stub_relay.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAIT_STEPS 30000 /* milliseconds */

static char folder[256];
static struct test_session session;
static struct link_probe agent, viewer;

static int start_relay(void **state)
{
    (void)state;
    static const char *const env[] = {"DESKSIDE_TIME_SCALE=60", NULL};
    session = (struct test_session){.env = env};
    test_session_start_relay(&session, NULL);
    test_folder_make(folder, sizeof(folder));
    return 0;
}

static int end_relay(void **state)
{
    (void)state;
    test_session_end(&session);
    test_folder_remove(folder);
    return 0;
}

static void open_link(struct link_probe *probe, const char *role, unsigned port)
{
    link_probe_init(probe, folder);
    probe->role = role;
    link_probe_open(probe, "localhost", port, session.ca);
}

static void a_link_comes_up(void **state)
{
    (void)state;
    open_link(&agent, "agent", session.port);
    link_probe_wait(&agent, link_is_up);
    assert_string_equal(agent.info.org, "Acme Support");
    assert_int_equal(agent.info.transport, DS_TRANSPORT_TLS);
    link_probe_end(&agent);
}

static void only_http(struct stub_conn *conn)
{
    uint8_t first[4];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 'G')
        stub_forward(conn, session.port);
}

static void no_legs(struct stub_conn *conn)
{
    uint8_t first[4096];
    size_t n = stub_peek(conn, first, sizeof(first));
    if (n > 0 && first[0] == 0x16 && !memmem(first, n, DS_ALPN, strlen(DS_ALPN)))
        stub_forward(conn, session.port);
}

static bool is_heard(struct link_probe *p)
{
    assert_int_equal(p->downs, 0);
    return ds_link_rtt_ms(p->link) >= 0;
}

static void a_websocket_carries_a_link_plain_and_in_tls(void **state)
{
    (void)state;
    static stub_script *const gates[] = {only_http, no_legs};
    for (size_t i = 0; i < 2; i++) {
        static struct stub_relay gate;
        assert_true(stub_relay_start(&gate, "127.0.0.1", 0, gates[i]));
        open_link(&agent, "agent", gate.port);
        link_probe_wait(&agent, link_is_up);
        assert_int_equal(agent.info.transport, DS_TRANSPORT_WS);
        link_probe_wait(&agent, is_heard);
        link_probe_end(&agent);
        stub_relay_stop(&gate);
    }
}

static void the_relays_own_certificate_and_name_are_checked(void **state)
{
    (void)state;
    link_probe_init(&agent, folder);
    link_probe_open(&agent, "localhost", session.port, NULL); /* the system does not know it */
    link_probe_expect_down(&agent, DS_LINK_UNTRUSTED);
    link_probe_end(&agent);
}

/* Both loops, until the condition holds for both. */
static void wait_both(bool (*condition)(void))
{
    int steps = 0;
    for (; !condition() && steps < WAIT_STEPS; steps++) {
        int busy = uv_run(&agent.loop, UV_RUN_NOWAIT) + uv_run(&viewer.loop, UV_RUN_NOWAIT);
        assert_true(busy > 0);
        usleep(1000);
    }
    if (steps == WAIT_STEPS)
        print_error("agent: %u %s; viewer: %u %s\n", agent.messages, agent.detail, viewer.messages,
                    viewer.detail);
    assert_true(steps < WAIT_STEPS);
}

static bool are_up(void)
{
    return link_is_up(&agent) && link_is_up(&viewer);
}

static bool is_signed_in(void)
{
    return viewer.message.type == DS_MESSAGE_SIGNED_IN;
}

static bool has_code(void)
{
    return viewer.message.type == DS_MESSAGE_SESSION;
}

static bool are_paired(void)
{
    return agent.message.type == DS_MESSAGE_PAIRED && viewer.message.type == DS_MESSAGE_PAIRED;
}

static bool have_all(void)
{
    assert_int_equal(agent.downs + viewer.downs, 0);
    return agent.to_send == 0 && viewer.to_send == 0 && agent.data.len == viewer.sent &&
           viewer.data.len == agent.sent;
}

static bool has_ended(void)
{
    return agent.message.type == DS_MESSAGE_ENDED;
}

static void check_data(const struct link_probe *to)
{
    const uint8_t *got = ds_buf_peek(&to->data);
    for (size_t i = 0; i < to->data.len; i++) {
        if (got[i] != link_probe_byte(i))
            assert_int_equal(i, -1);
    }
}

static void pair(unsigned agent_port)
{
    struct ds_message message = {.type = DS_MESSAGE_SIGN_IN};
    open_link(&agent, "agent", agent_port);
    open_link(&viewer, "viewer", session.port);
    wait_both(are_up);
    snprintf(message.email, sizeof(message.email), "%s", TEST_EMAIL);
    snprintf(message.password, sizeof(message.password), "%s", TEST_PASSWORD);
    assert_int_equal(ds_link_send(viewer.link, &message), 0);
    wait_both(is_signed_in);
    message.type = DS_MESSAGE_NEW_SESSION;
    assert_int_equal(ds_link_send(viewer.link, &message), 0);
    wait_both(has_code);
    message.type = DS_MESSAGE_JOIN;
    memcpy(message.join_code, viewer.message.join_code, sizeof(message.join_code));
    assert_int_equal(ds_link_send(agent.link, &message), 0);
    wait_both(are_paired);
}

static void part(void)
{
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    assert_int_equal(ds_link_send(viewer.link, &end), 0);
    wait_both(has_ended);
    link_probe_end(&viewer);
    link_probe_end(&agent);
}

static void megabytes_pass_between_two_links_both_ways(void **state)
{
    (void)state;
    pair(session.port);
    agent.to_send = 4u << 20;
    viewer.to_send = 1u << 20;
    link_probe_pump(&agent);
    link_probe_pump(&viewer);
    wait_both(have_all);
    check_data(&agent);
    check_data(&viewer);
    part();
}

static void megabytes_pass_where_one_end_has_only_a_websocket(void **state)
{
    (void)state;
    static struct stub_relay gate;
    assert_true(stub_relay_start(&gate, "127.0.0.1", 0, only_http));
    pair(gate.port);
    agent.to_send = 2u << 20;
    viewer.to_send = 2u << 20;
    link_probe_pump(&agent);
    link_probe_pump(&viewer);
    wait_both(have_all);
    check_data(&agent);
    check_data(&viewer);
    part();
    stub_relay_stop(&gate);
}

static void a_relay_that_stands_still_is_lost_after_the_scaled_time(void **state)
{
    (void)state;
    open_link(&agent, "agent", session.port);
    link_probe_wait(&agent, link_is_up);
    link_probe_wait(&agent, is_heard);
    kill(test_process_pid(session.relay), SIGSTOP);
    link_probe_expect_down(&agent, DS_LINK_LOST);
    kill(test_process_pid(session.relay), SIGCONT);
    assert_non_null(strstr(agent.detail, "silent"));
    link_probe_end(&agent);
}

static void a_relay_that_dies_is_lost(void **state)
{
    (void)state;
    open_link(&agent, "agent", session.port);
    link_probe_wait(&agent, link_is_up);
    kill(test_process_pid(session.relay), SIGKILL);
    link_probe_expect_down(&agent, DS_LINK_LOST);
    link_probe_end(&agent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_comes_up),
        cmocka_unit_test(a_websocket_carries_a_link_plain_and_in_tls),
        cmocka_unit_test(the_relays_own_certificate_and_name_are_checked),
        cmocka_unit_test(megabytes_pass_between_two_links_both_ways),
        cmocka_unit_test(megabytes_pass_where_one_end_has_only_a_websocket),
        cmocka_unit_test(a_relay_that_stands_still_is_lost_after_the_scaled_time),
        cmocka_unit_test(a_relay_that_dies_is_lost),
    };
    return cmocka_run_group_tests(tests, start_relay, end_relay);
}
