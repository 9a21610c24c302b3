/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A viewer that means no good and a real agent. */
#include "tests/support/hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANY 20000

static bool has_layout(const struct test_peer *p)
{
    return p->layout.width > 0;
}

static uint32_t seen_update;

static bool has_new_update(const struct test_peer *p)
{
    return p->last_update > seen_update;
}
static struct ds_input input_at(uint32_t sequence)
{
    return (struct ds_input){.epoch = 1, .sequence = sequence};
}

static void flood(uint8_t first, uint8_t second, uint32_t keysyms)
{
    hostile_meet_agent(true);
    for (uint32_t i = 1; i <= 100000 && test_peer_lives(&peer); i++) {
        struct ds_input in = input_at(i);
        in.type = i % 2 ? first : second;
        in.x = (uint16_t)(i % 1024);
        in.y = (uint16_t)(i % 768);
        in.buttons = (uint8_t)(i & 2 ? 0x7f : 0);
        in.keysym = keysyms + i % 26;
        in.down = true;
        memset(in.text, 'A', 200);
        test_peer_input(&peer, &in);
        if (i == 50000)
            hostile_expect_wish(session.agent, "pause");
    }
    hostile_expect_growth_below(session.agent, HOSTILE_AGENT_GROWTH_KB);
    hostile_expect_end(session.agent);
}

static void a_flood_of_keys_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_KEY, DS_INPUT_KEY, 'a');
}

static void a_flood_of_keys_without_code_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_KEY, DS_INPUT_POINTER, 0x010003b1u);
}

static void a_flood_of_text_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_TEXT, DS_INPUT_POINTER, 0);
}

static void a_flood_of_buttons_does_not_keep_the_customer_out(void **state)
{
    (void)state;
    flood(DS_INPUT_POINTER, DS_INPUT_POINTER, 0);
}

static void input_without_right_epoch_or_order_changes_nothing(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    test_peer_input(
        &peer,
        &(struct ds_input){
            .epoch = 1, .sequence = UINT32_MAX, .type = DS_INPUT_POINTER, .x = 65535, .y = 65535});
    for (uint32_t i = 0; i < MANY; i++) {
        struct ds_input in = {.epoch = i % 3, .sequence = i, .type = DS_INPUT_KEY, .down = true};
        in.keysym = i * 2654435761u;
        test_peer_input(&peer, &in);
    }
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"control\"}");
    test_process_wait_event(session.agent, "right", "right", "control", TEST_WAIT_MS);
    for (uint32_t i = 0; i < 1000; i++) {
        struct ds_input in = {.epoch = 1, .sequence = UINT32_MAX, .type = DS_INPUT_RELEASE};
        test_peer_input(&peer, &in);
    }
    hostile_expect_agent_answers();
    hostile_expect_end(session.agent);
}

static const struct {
    uint8_t channel;
    bool ends;
    size_t len;
    const char *bytes;
} to_agent[] = {
    /* borne: unknown, of another direction, of a later version */
    {DS_CHANNEL_CONTROL, false, 1, "\xff"},
    {DS_CHANNEL_CONTROL, false, 3, "\x03\x02\x02"},                 /* RIGHT */
    {DS_CHANNEL_CONTROL, false, 7, "\x05\x10\x00\x10\x00\xff\x00"}, /* LAYOUT */
    {DS_CHANNEL_CONTROL, false, 3, "\x07\x01\x00"},                 /* PAUSED */
    {DS_CHANNEL_CONTROL, false, 2, "\x06\x2a"},                     /* MONITOR 42 */
    {DS_CHANNEL_CONTROL, false, 2, "\x06\xfe"},                     /* MONITOR 254 */
    {DS_CHANNEL_CONTROL, false, 2, "\x06\xff"},                     /* all */
    {DS_CHANNEL_INPUT, false, 9, "\x63\0\0\0\1\0\0\0\1"},           /* unknown input */
    {DS_CHANNEL_CURSOR, false, 2, "\x03\x05"},                      /* USE */
    {DS_CHANNEL_NOTES, false, 3, "abc"},
    {DS_CHANNEL_CLIPBOARD, false, 3, "abc"},
    {DS_CHANNEL_FILES, false, 3, "abc"},
    {DS_CHANNEL_SCREEN, false, 9, "\x02\xff\xff\xff\xff\0\0\0\0"}, /* ACK never sent */
    {DS_CHANNEL_SCREEN, false, 9, "\x02\0\0\0\0\xff\xff\xff\xff"},
    {DS_CHANNEL_CONTROL, false, 9, "\x0f\0\1\0\0\0\0\0\0"},     /* SHARE, nothing */
    {DS_CHANNEL_CONTROL, false, 9, "\x0f\1\0\0\x09\0\x09\0\0"}, /* that never began */
    /* refused */
    {DS_CHANNEL_CONTROL, true, 1, "\x02"},                     /* REQUEST, cut */
    {DS_CHANNEL_CONTROL, true, 2, "\x02\x63"},                 /* right 99 */
    {DS_CHANNEL_CONTROL, true, 2, "\x09\x07"},                 /* bool 7 */
    {DS_CHANNEL_CONTROL, true, 9, "\x0f\1\1\0\0\0\x09\0\0"},   /* SHARE without width */
    {DS_CHANNEL_CONTROL, true, 9, "\x0f\3\1\0\x09\0\x09\0\0"}, /* of no known kind */
    {DS_CHANNEL_CURSOR, true, 2, "\x01\x05"},                  /* SHAPE, cut */
    {DS_CHANNEL_INPUT, true, 5, "\x01\0\0\0\1"},
    {DS_CHANNEL_INPUT, true, 12,
     "\x03\0\0\0\1\0\0\0\1\xff\xff"
     "A"}, /* text of 65535 */
    {DS_CHANNEL_SCREEN, true, 8,
     "\x01\0\0\0\1\x07"
     "ab"}, /* CHUNK */
    {DS_CHANNEL_SCREEN, true, 3, "\x02\0\0"},
};

static void messages_that_make_no_sense_end_the_agent_or_change_nothing(void **state)
{
    (void)state;
    size_t i = 0;
    hostile_meet_agent(true);
    for (; !to_agent[i].ends; i++)
        assert_true(test_peer_send(&peer, to_agent[i].channel, to_agent[i].bytes, to_agent[i].len));
    hostile_expect_agent_answers();
    for (; i < sizeof(to_agent) / sizeof(to_agent[0]); i++) {
        test_peer_send(&peer, to_agent[i].channel, to_agent[i].bytes, to_agent[i].len);
        test_peer_wait(&peer, test_peer_is_over);
        test_process_wait_event(session.agent, "error", "code", "ended", TEST_WAIT_MS);
        hostile_expect_refused(session.agent);
        test_process_end(session.agent);
        session.agent = NULL;
        test_peer_close(&peer);
        hostile_meet_agent(true);
    }
    hostile_expect_end(session.agent);
}

static void huge_messages_are_skipped_or_refused(void **state)
{
    (void)state;
    static uint8_t big[DS_MUX_MESSAGE_MAX];
    hostile_meet_agent(true);
    memset(big, 0xee, sizeof(big));
    for (int i = 0; i < 20; i++)
        for (uint8_t channel = DS_CHANNEL_CONTROL; channel < DS_CHANNEL_COUNT; channel++)
            test_peer_send(&peer, channel, big,
                           channel == DS_CHANNEL_INPUT   ? 65536
                           : channel == DS_CHANNEL_FILES ? 524288
                                                         : sizeof(big));
    if (test_peer_lives(&peer)) {
        hostile_expect_agent_answers();
        hostile_expect_growth_below(session.agent, HOSTILE_AGENT_GROWTH_KB);
        hostile_expect_end(session.agent);
    } else {
        hostile_expect_refused(session.agent);
    }
}

/* Whoever does not listen to the answers may be cut off; nobody else may suffer. */
static void expect_bearing(long growth_kb)
{
    test_peer_flush(&peer);
    test_peer_run(&peer, 500); /* what the agent has to say to it may be on its way */
    if (test_peer_lives(&peer)) {
        hostile_expect_wish(session.agent, "pause");
        hostile_expect_growth_below(session.agent, growth_kb);
        hostile_expect_end(session.agent);
    } else {
        hostile_expect_refused(session.agent);
    }
}

static void expect_bearing_or_plain_end(void)
{
    expect_bearing(HOSTILE_AGENT_GROWTH_KB);
}

static void requests_for_every_right_in_a_loop_are_borne(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = i % 3 ? DS_CONTROL_REQUEST : DS_CONTROL_RELEASE,
                                        .right = (uint8_t)(i % DS_RIGHT_COUNT)});
    expect_bearing_or_plain_end();
}

static void rights_flipped_without_end_do_not_kill_the_agent(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = i % 2 ? DS_CONTROL_REQUEST : DS_CONTROL_RELEASE,
                                        .right = DS_RIGHT_LOOK});
    expect_bearing_or_plain_end();
}

static void pause_and_resume_without_end_do_not_kill_the_agent(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = i % 2 ? DS_CONTROL_RESUME : DS_CONTROL_PAUSE});
    expect_bearing_or_plain_end();
}

static void begin_share(uint32_t width)
{
    struct ds_control begin = {.type = DS_CONTROL_SHARE,
                               .share = DS_SHARE_SCREEN,
                               .fresh = true,
                               .width = width,
                               .height = 4320,
                               .name = "\x1b[2J"};
    test_peer_control(&peer, &begin);
}

/* The largest picture there may be, again and again: one of it is held at a time. */
static void screens_shown_without_end_are_borne(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++) {
        begin_share(7680 - i % 7);
        if (i % 2)
            test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_SHARE});
    }
    expect_bearing(HOSTILE_AGENT_GROWTH_KB + 7680 * 4320 * 4 / 1024);
}

static void a_screen_that_does_not_decode_ends_the_agent(void **state)
{
    (void)state;
    static const uint8_t broken[] = {DS_SCREEN_CHUNK, 0, 0, 0, 1, 7, 1, 1, 1, 0xff};
    hostile_meet_agent(true);
    begin_share(7680);
    test_peer_send(&peer, DS_CHANNEL_SCREEN, broken, sizeof(broken));
    test_peer_wait(&peer, test_peer_is_over);
    hostile_expect_refused(session.agent);
}

static void a_viewer_that_reads_no_answer_is_cut_off_or_borne(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    ds_tunnel_hold(peer.tunnel, DS_CHANNEL_CONTROL, true);
    for (unsigned i = 0; i < 5 * MANY && test_peer_lives(&peer); i++)
        test_peer_control(
            &peer, &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = DS_RIGHT_FILES});
    expect_bearing_or_plain_end();
    assert_true(strlen(test_process_error(session.agent)) < 65536); /* the log is bounded */
}

static void visible_monitor_and_acknowledgements_in_a_loop_are_borne(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    peer.acks = true;
    assert_true(test_peer_wait(&peer, has_layout));
    for (unsigned i = 0; i < MANY && test_peer_lives(&peer); i++) {
        struct ds_screen_message ack = {
            .type = DS_SCREEN_ACK, .id = i * 2654435761u, .decode_us = UINT32_MAX - i};
        struct ds_buf buf;
        ds_buf_init(&buf, 64);
        ds_screen_message_encode(&buf, &ack);
        test_peer_send(&peer, DS_CHANNEL_SCREEN, ds_buf_peek(&buf), buf.len);
        ds_buf_destroy(&buf);
        test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_VISIBLE, .on = i % 2});
        test_peer_control(&peer,
                          &(struct ds_control){.type = DS_CONTROL_MONITOR, .monitor = (uint8_t)i});
    }
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_MONITOR, .monitor = 0xff});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_VISIBLE, .on = true});
    hostile_expect_agent_answers();
    test_peer_run(&peer, 1000);
    seen_update = peer.last_update;
    const char *draw[] = {"xsetroot", "-solid", "#224466", NULL};
    test_display_run(session.customer, draw);
    assert_true(test_peer_wait(&peer, has_new_update)); /* the picture goes on */
    hostile_expect_growth_below(session.agent, HOSTILE_AGENT_GROWTH_KB);
    hostile_expect_end(session.agent);
}

static void end_said_twice_ends_once(void **state)
{
    (void)state;
    struct ds_control end = {.type = DS_CONTROL_END, .reason = "\x1b[31m\xe2\x80\xae"};
    hostile_meet_agent(true);
    for (int i = 0; i < 10; i++)
        test_peer_control(&peer, &end);
    test_peer_hello(&peer);
    test_peer_flush(&peer);
    assert_int_equal(0, test_process_wait_exit(session.agent, HOSTILE_PATIENCE_MS));
}

static void a_viewer_of_another_version_is_refused(void **state)
{
    (void)state;
    hostile_meet_agent(false);
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = 2});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_HELLO,
                                                  .version = 99,
                                                  .program = "\x1b[2J",
                                                  .tiles = DS_TILES_MAX});
    test_peer_flush(&peer);
    hostile_expect_refused(session.agent);
}

static void a_viewer_that_never_acknowledges_costs_no_memory(void **state)
{
    (void)state;
    hostile_meet_agent(true);
    assert_true(test_peer_wait(&peer, has_layout));
    ds_tunnel_hold(peer.tunnel, DS_CHANNEL_SCREEN, true);
    ds_tunnel_hold(peer.tunnel, DS_CHANNEL_CURSOR, true);
    for (int i = 0; i < 40; i++) {
        char color[32];
        snprintf(color, sizeof(color), "#%06x", (unsigned)i * 60493u & 0xffffffu);
        const char *draw[] = {"xsetroot", "-mod", i % 2 ? "3" : "5", i % 2 ? "7" : "2", "-fg",
                              color,      NULL};
        test_display_run(session.customer, draw);
        test_peer_run(&peer, 20);
    }
    hostile_expect_growth_below(session.agent, HOSTILE_AGENT_GROWTH_KB);
    hostile_expect_end(session.agent);
}

int main(void)
{
#define HOSTILE(name) cmocka_unit_test_setup_teardown(name, hostile_set_up, hostile_tear_down)
    const struct CMUnitTest tests[] = {
        HOSTILE(a_flood_of_keys_does_not_keep_the_customer_out),
        HOSTILE(a_flood_of_keys_without_code_does_not_keep_the_customer_out),
        HOSTILE(a_flood_of_text_does_not_keep_the_customer_out),
        HOSTILE(a_flood_of_buttons_does_not_keep_the_customer_out),
        HOSTILE(input_without_right_epoch_or_order_changes_nothing),
        HOSTILE(messages_that_make_no_sense_end_the_agent_or_change_nothing),
        HOSTILE(huge_messages_are_skipped_or_refused),
        HOSTILE(requests_for_every_right_in_a_loop_are_borne),
        HOSTILE(rights_flipped_without_end_do_not_kill_the_agent),
        HOSTILE(pause_and_resume_without_end_do_not_kill_the_agent),
        HOSTILE(screens_shown_without_end_are_borne),
        HOSTILE(a_screen_that_does_not_decode_ends_the_agent),
        HOSTILE(a_viewer_that_reads_no_answer_is_cut_off_or_borne),
        HOSTILE(visible_monitor_and_acknowledgements_in_a_loop_are_borne),
        HOSTILE(end_said_twice_ends_once),
        HOSTILE(a_viewer_of_another_version_is_refused),
        HOSTILE(a_viewer_that_never_acknowledges_costs_no_memory),
    };
    if (getenv("DESKSIDE_TEST_ONLY"))
        cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY"));
    return cmocka_run_group_tests(tests, NULL, NULL);
}
