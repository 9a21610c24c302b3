/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A relay that is killed or stopped and started again goes on with its sessions, for the ten
 * minutes that are theirs and not for longer. */
#include "common/base/clock.h"
#include "tests/support/crowd.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static struct test_relay relay;

static int set_up(void **state)
{
    (void)state;
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    test_relay_conf(&relay, "dead_ms = 60000"); /* legs are not read while others are opened */
    test_relay_start(&relay, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_relay_remove(&relay);
    return 0;
}

static void restart(void)
{
    test_relay_kill(&relay);
    test_relay_start(&relay, NULL);
}

static void pair(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_pair(viewer, agent, relay.port, NULL, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_wait_token(viewer, 1);
    test_leg_wait_token(agent, 1);
}

static void open_session(struct test_leg *viewer, struct ds_message *session)
{
    test_leg_open(viewer, relay.port, NULL, "viewer");
    test_leg_sign_in(viewer, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
    test_leg_expect(viewer, DS_MESSAGE_SIGNED_IN, NULL);
    test_leg_new_session(viewer, session);
    test_leg_wait_token(viewer, 1);
}

static void return_both(struct test_leg *viewer, struct test_leg *agent)
{
    test_leg_return(viewer, relay.port, NULL, "viewer", 0, NULL);
    test_leg_return(agent, relay.port, NULL, "agent", 0, NULL);
    test_leg_expect_rejoined(viewer);
    test_leg_expect(agent, DS_MESSAGE_REJOINED, NULL);
    test_leg_wait_token(viewer, 1);
    test_leg_wait_token(agent, 1);
}

static void talk(struct test_leg *viewer, struct test_leg *agent)
{
    assert_true(test_leg_data(viewer, "one way", 7));
    test_leg_expect_data(agent, "one way", 7);
    assert_true(test_leg_data(agent, "and back", 8));
    test_leg_expect_data(viewer, "and back", 8);
}

static void end_both(struct test_leg *a, struct test_leg *b)
{
    test_leg_close(a);
    test_leg_close(b);
}

static void expect_whole_log(void)
{
    char *output;
    const char *words[] = {"audit", "verify", NULL};
    int code = test_relay_command(&relay, words, &output);
    if (code != 0)
        fail_msg("%s", output);
    free(output);
}

/* Until `session list` says this of a session. */
static void wait_for_list(const char *session, const char *part)
{
    const char *words[] = {"session", "list", NULL};
    for (bool is_there = false; !is_there;) {
        char *list;
        assert_int_equal(test_relay_command(&relay, words, &list), 0);
        char *line = strstr(list, session);
        if (line)
            line[strcspn(line, "\n")] = '\0';
        is_there = line ? strstr(line, part) != NULL : part[0] == '\0';
        free(list);
    }
}

/* ---- kill -9 ---- */

/* One of each: waiting, waiting while the viewer is away, both here, one away, both away, ended. */
static void sessions_in_every_state_outlive_a_kill(void **state)
{
    (void)state;
    struct test_leg viewer[6], agent[6];
    struct ds_message session[6], message;
    struct ds_message end = {.type = DS_MESSAGE_END, .reason = DS_REASON_CLOSED};
    open_session(&viewer[0], &session[0]);
    open_session(&viewer[1], &session[1]);
    for (int i = 2; i < 6; i++)
        pair(&viewer[i], &agent[i]);
    shutdown(viewer[1].fd, SHUT_RDWR);
    shutdown(agent[3].fd, SHUT_RDWR);
    shutdown(viewer[4].fd, SHUT_RDWR);
    shutdown(agent[4].fd, SHUT_RDWR);
    wait_for_list(session[1].session, "rep away");
    wait_for_list(agent[3].session, "customer away");
    wait_for_list(agent[4].session, "both away");
    assert_true(test_leg_say(&viewer[5], &end));
    test_leg_expect(&agent[5], DS_MESSAGE_ENDED, NULL);
    /* The row that says so was handed over before this session's, which is written when its token
     * comes. */
    struct test_leg later;
    open_session(&later, &message);
    restart();
    test_leg_return(&viewer[0], relay.port, NULL, "viewer", 0, &message);
    assert_int_equal(message.present, 0);
    test_leg_open(&agent[0], relay.port, NULL, "agent");
    assert_true(test_leg_join(&agent[0], session[0].join_code));
    test_leg_expect(&agent[0], DS_MESSAGE_PAIRED, &message);
    assert_string_equal(message.name, "Dana R.");
    test_leg_expect(&viewer[0], DS_MESSAGE_PAIRED, NULL);
    test_leg_open(&agent[1], relay.port, NULL, "agent");
    assert_true(test_leg_join(&agent[1], session[1].join_code));
    test_leg_expect(&agent[1], DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&agent[1], DS_MESSAGE_PEER_AWAY, &message);
    assert_in_range(message.left_s, 500, 600);
    test_leg_return(&viewer[1], relay.port, NULL, "viewer", 0, NULL);
    test_leg_expect(&viewer[1], DS_MESSAGE_PAIRED, NULL);
    test_leg_expect(&viewer[1], DS_MESSAGE_REJOINED, NULL);
    test_leg_expect(&agent[1], DS_MESSAGE_REJOINED, NULL);
    for (int i = 2; i < 5; i++)
        return_both(&viewer[i], &agent[i]);
    for (int i = 0; i < 5; i++) {
        talk(&viewer[i], &agent[i]);
        end_both(&viewer[i], &agent[i]);
    }
    char token[DS_TEXT_TOKEN];
    memcpy(token, agent[5].token, sizeof(token));
    test_leg_close(&agent[5]);
    test_leg_open(&agent[5], relay.port, NULL, "agent");
    assert_true(test_leg_resume(&agent[5], viewer[5].session, token, 0));
    test_leg_expect(&agent[5], DS_MESSAGE_ENDED, &message);
    assert_string_equal(message.by, DS_BY_REP);
    assert_string_equal(message.reason, DS_REASON_CLOSED);
    end_both(&viewer[5], &agent[5]);
    test_leg_close(&later);
    expect_whole_log();
}

/* The kill comes at whatever point of the tokens' way it likes. */
static void twenty_kills_in_a_row_cost_nothing(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    pair(&viewer, &agent);
    for (int i = 0; i < 20; i++) {
        restart();
        test_leg_return(&viewer, relay.port, NULL, "viewer", 0, NULL);
        test_leg_return(&agent, relay.port, NULL, "agent", 0, NULL);
        test_leg_expect_rejoined(&viewer);
        test_leg_expect(&agent, DS_MESSAGE_REJOINED, NULL);
        talk(&viewer, &agent);
        if (i % 3 == 0)
            test_leg_wait_token(&viewer, 1);
        if (i % 4 == 0)
            test_leg_wait_token(&agent, 1);
    }
    end_both(&viewer, &agent);
    expect_whole_log();
}

#define CROWD 120

/* With the limits that are the default; relay_bench does the same with 2,000. */
static void many_are_all_back_after_a_kill(void **state)
{
    (void)state;
    static struct test_crowd_end ends[2 * CROWD];
    static struct test_leg viewer[CROWD], agent[CROWD];
    struct test_crowd crowd = {.ends = ends, .count = 2 * CROWD};
    for (int i = 0; i < CROWD; i++) {
        char from[16];
        snprintf(from, sizeof(from), "127.0.%d.%d", 1 + i / 100, 1 + i % 100);
        test_leg_pair(&viewer[i], &agent[i], relay.port, from, TEST_RELAY_EMAIL,
                      TEST_RELAY_PASSWORD);
        test_leg_wait_token(&viewer[i], 1);
        test_leg_wait_token(&agent[i], 1);
        test_crowd_join(&ends[2 * i], &viewer[i], from, true);
        test_crowd_join(&ends[2 * i + 1], &agent[i], from, false);
    }
    restart();
    atomic_store(&crowd.port, relay.port);
    test_crowd_run(&crowd, ds_clock_now() + 60 * DS_SECOND);
    if (crowd.back != crowd.count)
        fail_msg("%zu of %zu are back (%s)", crowd.back, crowd.count, crowd.last_refusal);
    test_crowd_close(&crowd);
    for (int i = 0; i < CROWD; i++)
        end_both(&viewer[i], &agent[i]);
    expect_whole_log();
}

/* ---- SIGTERM ---- */

#define ROLLING 12

static void a_rolling_restart_loses_no_session(void **state)
{
    (void)state;
    struct test_leg viewer[ROLLING], agent[ROLLING];
    for (int i = 0; i < ROLLING; i++)
        pair(&viewer[i], &agent[i]);
    for (int round = 0; round < 3; round++) {
        kill(test_process_pid(relay.process), SIGTERM);
        for (int i = 0; i < ROLLING; i++) {
            struct ds_message moving;
            test_leg_expect(&viewer[i], DS_MESSAGE_MOVING, &moving);
            assert_in_range(moving.delay_ms, 1, 8000);
            test_leg_expect(&agent[i], DS_MESSAGE_MOVING, NULL);
            test_leg_expect_closed(&viewer[i]);
            test_leg_expect_closed(&agent[i]);
        }
        assert_int_equal(test_process_wait_exit(relay.process, 20000), 0);
        test_relay_stop(&relay);
        test_relay_start(&relay, NULL);
        for (int i = 0; i < ROLLING; i++) {
            return_both(&viewer[i], &agent[i]);
            talk(&viewer[i], &agent[i]);
        }
    }
    for (int i = 0; i < ROLLING; i++)
        end_both(&viewer[i], &agent[i]);
    expect_whole_log();
}

static void what_ends_for_good_stays_ended(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message ended;
    char *output;
    pair(&viewer, &agent);
    assert_int_equal(
        test_relay_command(&relay, (const char *[]){"session", "end", viewer.session, NULL}, NULL),
        0);
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, NULL);
    assert_int_equal(test_relay_stop(&relay), 0);
    test_relay_start(&relay, NULL);
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    memcpy(session, agent.session, sizeof(session));
    memcpy(token, agent.token, sizeof(token));
    end_both(&viewer, &agent);
    test_leg_open(&agent, relay.port, NULL, "agent");
    assert_true(test_leg_resume(&agent, session, token, 0));
    test_leg_expect(&agent, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.reason, DS_REASON_ADMIN);
    test_leg_close(&agent);
    const char *list[] = {"session", "list", NULL};
    assert_int_equal(test_relay_command(&relay, list, &output), 0);
    assert_non_null(strstr(output, "There are no sessions."));
    free(output);
}

static void an_account_that_was_suspended_meanwhile_has_no_sessions(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message ended;
    char session[DS_TEXT_SESSION], token[DS_TEXT_TOKEN];
    pair(&viewer, &agent);
    test_relay_kill(&relay);
    const char *words[] = {"rep", "disable", TEST_RELAY_EMAIL, NULL};
    assert_int_equal(test_relay_command(&relay, words, NULL), 0);
    test_relay_start(&relay, NULL);
    memcpy(session, viewer.session, sizeof(session));
    memcpy(token, viewer.token, sizeof(token));
    end_both(&viewer, &agent);
    test_leg_open(&viewer, relay.port, NULL, "viewer");
    assert_true(test_leg_resume(&viewer, session, token, 0));
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.reason, DS_REASON_DISABLED);
    test_leg_close(&viewer);
}

/* ---- the ten minutes, sixty times as fast ---- */

#define SCALE 60
static const char *const scaled[] = {"DESKSIDE_TIME_SCALE=60", NULL};
#define CUTOFF (600 * DS_SECOND / SCALE)
#define TOLERANCE (10 * DS_SECOND / SCALE)

/* The leg answers its pings meanwhile. */
static void wait_until(struct test_leg *leg, ds_tick then)
{
    for (ds_tick now = ds_clock_now(); now < then; now = ds_clock_now()) {
        int left_ms = (int)((then - now) / DS_MS);
        test_leg_poll(leg, left_ms > 200 ? 200 : left_ms > 1 ? left_ms : 1);
    }
}

/* The agent was heard for the last time between `from` and `to`. Comes back when `after` has gone
 * since. True: it was let in. What the relay did must be right for the time at which it did it,
 * however slow this machine is. */
static bool come_back(struct test_leg *agent, ds_tick from, ds_tick to, ds_tick after)
{
    struct test_leg leg;
    struct ds_frame frame;
    struct ds_message message;
    test_leg_open(&leg, relay.port, NULL, "agent"); /* as early as possible */
    wait_until(&leg, to + after);
    ds_tick asked = ds_clock_now();
    assert_true(test_leg_resume(&leg, agent->session, agent->token, 0));
    assert_true(test_leg_next(&leg, &frame));
    ds_tick answered = ds_clock_now();
    assert_int_equal(ds_message_decode(frame.payload, frame.len, &message), 0);
    if (message.type == DS_MESSAGE_RESUMED) {
        assert_true(asked - to < CUTOFF + TOLERANCE);
    } else {
        assert_int_equal(message.type, DS_MESSAGE_ENDED);
        assert_string_equal(message.reason, DS_REASON_LOST);
        assert_true(answered - from > CUTOFF - TOLERANCE);
    }
    test_leg_close(&leg);
    return message.type == DS_MESSAGE_RESUMED;
}

enum meanwhile { NOTHING, KILL, KILL_TWICE, OTHER_BOOT };

/* Both ends go at once, and the relay with them when it is killed. */
static bool away_for(ds_tick after, enum meanwhile meanwhile)
{
    struct test_leg viewer, agent;
    test_relay_start(&relay, scaled);
    pair(&viewer, &agent);
    ds_tick from = ds_clock_now();
    test_leg_frame(&agent, DS_FRAME_PING, "12345678", 8);
    test_leg_frame(&viewer, DS_FRAME_PING, "12345678", 8);
    struct ds_frame frame;
    assert_true(test_leg_next(&agent, &frame)); /* PONG: it has been heard */
    assert_true(test_leg_next(&viewer, &frame));
    shutdown(agent.fd, SHUT_RDWR);
    shutdown(viewer.fd, SHUT_RDWR);
    ds_tick to = ds_clock_now();
    if (meanwhile != NOTHING) {
        test_relay_kill(&relay);
        /* A boot that began an hour later by its own clock; only the wall clock goes on. */
        if (meanwhile == OTHER_BOOT)
            free(test_relay_sql(&relay,
                                "UPDATE life SET boot='another', tick=tick+3600000000;"
                                "UPDATE session SET viewer_until=viewer_until+3600000000,"
                                "agent_until=agent_until+3600000000,opened=opened+3600000000,"
                                "paired=paired+3600000000,expires=expires+3600000000;"));
        test_relay_start(&relay, scaled);
        if (meanwhile == KILL_TWICE) {
            test_relay_kill(&relay);
            test_relay_start(&relay, scaled);
        }
    }
    bool is_in = come_back(&agent, from, to, after);
    end_both(&viewer, &agent);
    test_relay_kill(&relay);
    return is_in;
}

/* 9:50 returns and 10:10 does not. A machine that was too slow for the first is asked again. */
static void expect_ten_minutes(enum meanwhile meanwhile)
{
    int tries = 0;
    test_relay_kill(&relay);
    assert_false(away_for(CUTOFF + TOLERANCE, meanwhile));
    while (!away_for(CUTOFF - TOLERANCE, meanwhile))
        assert_true(++tries < 3);
    test_relay_start(&relay, NULL);
    expect_whole_log();
}

static void ten_minutes_are_ten_minutes(void **state)
{
    (void)state;
    expect_ten_minutes(NOTHING);
}

static void ten_minutes_go_on_over_a_kill(void **state)
{
    (void)state;
    expect_ten_minutes(KILL);
}

static void ten_minutes_do_not_begin_anew_with_each_kill(void **state)
{
    (void)state;
    expect_ten_minutes(KILL_TWICE);
}

static void ten_minutes_go_on_over_a_reboot(void **state)
{
    (void)state;
    expect_ten_minutes(OTHER_BOOT);
}

/* The other end hears of it, and nothing of the session is left but that it has ended; later not
 * even that, and the answer is that to a stranger. */
static void at_zero_the_session_ends_and_is_forgotten(void **state)
{
    (void)state;
    struct test_leg viewer, agent;
    struct ds_message ended;
    char token[DS_TEXT_TOKEN], session[DS_TEXT_SESSION], *left;
    test_relay_kill(&relay);
    test_relay_start(&relay, scaled);
    pair(&viewer, &agent);
    memcpy(token, agent.token, sizeof(token));
    memcpy(session, agent.session, sizeof(session));
    assert_true(test_leg_chat(&viewer, "a", "hello"));
    test_leg_expect(&viewer, DS_MESSAGE_CHAT, NULL);
    test_leg_close(&agent);
    test_leg_expect(&viewer, DS_MESSAGE_PEER_AWAY, &ended);
    assert_in_range(ended.left_s, 1, 10);
    test_leg_expect(&viewer, DS_MESSAGE_ENDED, &ended);
    assert_string_equal(ended.by, DS_BY_RELAY);
    assert_string_equal(ended.reason, DS_REASON_LOST);
    test_leg_open(&agent, relay.port, NULL, "agent");
    for (;;) {
        struct ds_frame frame;
        assert_true(test_leg_resume(&agent, session, token, 0));
        assert_true(test_leg_next(&agent, &frame));
        assert_int_equal(ds_message_decode(frame.payload, frame.len, &ended), 0);
        if (ended.type == DS_MESSAGE_ERROR)
            break;
        assert_int_equal(ended.type, DS_MESSAGE_ENDED);
        test_leg_poll(&viewer, 100);
    }
    assert_string_equal(ended.error, DS_REFUSAL_SESSION);
    end_both(&viewer, &agent);
    assert_int_equal(test_relay_stop(&relay), 0);
    left = test_relay_sql(&relay, "SELECT (SELECT count(*) FROM session) + (SELECT count(*) FROM "
                                  "chat);");
    assert_string_equal(left, "0\n");
    free(left);
    test_relay_start(&relay, NULL);
    expect_whole_log();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(sessions_in_every_state_outlive_a_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(twenty_kills_in_a_row_cost_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_are_all_back_after_a_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rolling_restart_loses_no_session, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_ends_for_good_stays_ended, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_account_that_was_suspended_meanwhile_has_no_sessions,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(ten_minutes_are_ten_minutes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ten_minutes_go_on_over_a_kill, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ten_minutes_do_not_begin_anew_with_each_kill, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(ten_minutes_go_on_over_a_reboot, set_up, tear_down),
        cmocka_unit_test_setup_teardown(at_zero_the_session_ends_and_is_forgotten, set_up,
                                        tear_down),
    };
    if (getenv("ONLY"))
        cmocka_set_test_filter(getenv("ONLY"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
