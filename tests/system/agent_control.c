/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remote control with a customer's own hand in it: Xephyr's input comes from devices that are not
 * XTEST's, and xdotool on the display around it moves them. */
#include "agent/inject/control.h"
#include "common/base/clock.h"
#include "common/x11/display.h"
#include "tests/support/display.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT (20 * DS_SECOND)

struct desk {
    struct test_display *outer, *inner;
    struct ds_display look;
    uv_loop_t loop;
    uv_timer_t turn;
    struct agent_control *control;
    uint32_t sequence;
    unsigned held, freed, escapes;
    bool refuse_keys, refuse_pointer; /* what may_inject says */
    int seen_x, seen_y;
};

static void on_held(void *ctx, bool held)
{
    struct desk *d = ctx;
    d->held += held;
    d->freed += !held;
}

static void on_escape(void *ctx)
{
    ((struct desk *)ctx)->escapes++;
}

static bool may_inject(void *ctx, bool is_key, int x, int y)
{
    struct desk *d = ctx;
    d->seen_x = x;
    d->seen_y = y;
    return is_key ? !d->refuse_keys : !d->refuse_pointer;
}

static const struct agent_control_events events = {on_held, on_escape, may_inject};

static void on_turn(uv_timer_t *timer)
{
    uv_stop(timer->loop);
}

/* Lets the loop run for at most so long. */
static void turn(struct desk *d, unsigned timeout_ms)
{
    uv_timer_start(&d->turn, on_turn, timeout_ms, 0);
    uv_run(&d->loop, UV_RUN_ONCE);
}

static void wait_until(struct desk *d, const unsigned *counter, unsigned value)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (*counter < value) {
        turn(d, 100);
        if (ds_clock_now() > deadline)
            fail_msg("it stays at %u and does not become %u", *counter, value);
    }
}

static void desk_start(struct desk *d)
{
    char message[256];
    memset(d, 0, sizeof(*d));
    d->outer = test_display_start("1024x768x24", NULL);
    d->inner = test_display_start_nested(d->outer, "800x600");
    assert_int_equal(0, ds_display_open(&d->look, test_display_name(d->inner), NULL, 0));
    assert_int_equal(0, uv_loop_init(&d->loop));
    uv_timer_init(&d->loop, &d->turn);
    d->control = agent_control_open(&d->loop, test_display_name(d->inner), NULL, 1, &events, d,
                                    message, sizeof(message));
    if (!d->control)
        fail_msg("%s", message);
    agent_control_set_area(d->control, 0, 0, 800, 600);
}

static void desk_stop(struct desk *d)
{
    agent_control_close(d->control);
    uv_close((uv_handle_t *)&d->turn, NULL);
    uv_run(&d->loop, UV_RUN_DEFAULT);
    assert_int_equal(0, uv_loop_close(&d->loop));
    ds_display_close(&d->look);
    test_display_end(d->inner);
    test_display_end(d->outer);
}

static void hand(struct desk *d, const char *what, const char *a, const char *b)
{
    const char *const argv[] = {"xdotool", what, a, b, NULL};
    test_display_run(d->outer, argv);
}

static bool point(struct desk *d, uint16_t x, uint16_t y, uint8_t buttons)
{
    struct ds_input input = {.epoch = 1,
                             .sequence = ++d->sequence,
                             .type = DS_INPUT_POINTER,
                             .x = x,
                             .y = y,
                             .buttons = buttons};
    return agent_control_input(d->control, &input);
}

static bool press(struct desk *d, uint32_t keysym, bool down)
{
    struct ds_input input = {.epoch = 1,
                             .sequence = ++d->sequence,
                             .type = DS_INPUT_KEY,
                             .keysym = keysym,
                             .down = down};
    return agent_control_input(d->control, &input);
}

static unsigned keys_down(struct desk *d)
{
    xcb_query_keymap_reply_t *reply =
        xcb_query_keymap_reply(d->look.conn, xcb_query_keymap(d->look.conn), NULL);
    unsigned count = 0;
    for (int i = 0; i < 32; i++)
        count += (unsigned)__builtin_popcount(reply->keys[i]);
    free(reply);
    return count;
}

static void expect_pointer(struct desk *d, int x, int y, unsigned mask)
{
    xcb_query_pointer_reply_t reply = {.mask = 0};
    ds_tick deadline = ds_clock_now() + WAIT;
    do {
        xcb_query_pointer_reply_t *now = xcb_query_pointer_reply(
            d->look.conn, xcb_query_pointer(d->look.conn, d->look.screen->root), NULL);
        reply = *now;
        free(now);
    } while ((reply.root_x != x || reply.root_y != y || reply.mask != mask) &&
             ds_clock_now() < deadline);
    assert_int_equal(x, reply.root_x);
    assert_int_equal(y, reply.root_y);
    assert_int_equal(mask, reply.mask);
}

static void expect_keys_down(struct desk *d, unsigned count)
{
    ds_tick deadline = ds_clock_now() + WAIT;
    while (keys_down(d) != count)
        if (ds_clock_now() > deadline)
            fail_msg("%u keys are down and not %u", keys_down(d), count);
}

static void what_the_rep_does_is_not_taken_for_the_customers_hand(void **state)
{
    (void)state;
    struct desk d;
    desk_start(&d);
    assert_false(point(&d, 10, 10, 0)); /* nothing is allowed at the start */
    agent_control_allow(d.control, true);
    assert_true(point(&d, 300, 200, 1));
    assert_true(press(&d, 'a', true));
    expect_pointer(&d, 300, 200, XCB_BUTTON_MASK_1);
    expect_keys_down(&d, 1);
    for (int i = 0; i < 5; i++)
        turn(&d, 50);
    assert_int_equal(0, d.held);
    agent_control_allow(d.control, false); /* revoked: all up at once */
    expect_pointer(&d, 300, 200, 0);
    expect_keys_down(&d, 0);
    assert_false(press(&d, 'a', true));
    struct agent_control_counts counts;
    agent_control_counts(d.control, &counts);
    assert_int_equal(2, counts.injected);
    assert_int_equal(2, counts.not_allowed);
    desk_stop(&d);
}

static void the_customers_hand_takes_control_and_gives_it_back_at_rest(void **state)
{
    (void)state;
    struct desk d;
    desk_start(&d);
    agent_control_allow(d.control, true);
    assert_true(point(&d, 300, 200, 1));
    assert_true(press(&d, 'a', true));
    expect_keys_down(&d, 1);
    hand(&d, "mousemove", "400", "300");
    wait_until(&d, &d.held, 1);
    expect_keys_down(&d, 0); /* what the rep held is let go */
    assert_false(point(&d, 310, 210, 0));
    assert_false(press(&d, 'b', true));
    struct agent_control_counts counts;
    agent_control_counts(d.control, &counts);
    assert_int_equal(2, counts.held);
    wait_until(&d, &d.freed, 1);
    assert_true(point(&d, 320, 220, 0));
    expect_pointer(&d, 320, 220, 0);
    hand(&d, "key", "x", NULL); /* keys count as well */
    wait_until(&d, &d.held, 2);
    assert_int_equal(0, d.escapes);
    desk_stop(&d);
}

static void escape_twice_by_the_customers_hand_takes_everything_back(void **state)
{
    (void)state;
    struct desk d;
    desk_start(&d);
    agent_control_allow(d.control, true);
    press(&d, 0xff1b, true); /* the rep's own do not count */
    press(&d, 0xff1b, false);
    press(&d, 0xff1b, true);
    press(&d, 0xff1b, false);
    for (int i = 0; i < 5; i++)
        turn(&d, 50);
    assert_int_equal(0, d.escapes);
    hand(&d, "mousemove", "400", "300"); /* Xephyr has the keyboard where the pointer is */
    const char *const twice[] = {"xdotool", "key", "--delay", "30", "Escape", "Escape", NULL};
    test_display_run(d.outer, twice);
    wait_until(&d, &d.escapes, 1);
    desk_stop(&d);
}

/* The loop does not run: what waits in it is the rep's input, as much as there may be. */
static void nothing_that_waits_comes_between_escape_twice_and_its_effect(void **state)
{
    (void)state;
    struct desk d;
    desk_start(&d);
    agent_control_allow(d.control, true);
    assert_true(press(&d, 'a', true));
    expect_keys_down(&d, 1);
    hand(&d, "mousemove", "400", "300");
    const char *const twice[] = {"xdotool", "key",       "--delay", "30",  "Escape",
                                 "Escape",  "mousemove", "410",     "310", NULL};
    test_display_run(d.outer, twice);
    expect_pointer(&d, 410, 310, 0); /* the display has it all */
    expect_pointer(&d, 410, 310, 0);
    assert_int_equal(0, d.escapes);
    assert_false(press(&d, 'b', true)); /* the very next one */
    assert_int_equal(1, d.escapes);
    expect_keys_down(&d, 0);
    desk_stop(&d);
}

static void windows_of_the_agent_are_never_reached(void **state)
{
    (void)state;
    struct desk d;
    desk_start(&d);
    agent_control_allow(d.control, true);
    agent_control_set_area(d.control, 100, 50, 400, 300);
    assert_true(point(&d, 10, 20, 1));
    assert_int_equal(110, d.seen_x); /* asked about where it would land */
    assert_int_equal(70, d.seen_y);
    d.refuse_pointer = true;
    assert_false(point(&d, 30, 40, 1));
    expect_pointer(&d, 110, 70, XCB_BUTTON_MASK_1);
    assert_true(point(&d, 30, 40, 0)); /* the button goes up, where the pointer was */
    expect_pointer(&d, 110, 70, 0);
    assert_true(press(&d, 'a', true));
    d.refuse_keys = true;
    assert_false(press(&d, 'b', true));
    assert_true(press(&d, 'a', false));
    expect_keys_down(&d, 0);
    struct agent_control_counts counts;
    agent_control_counts(d.control, &counts);
    assert_int_equal(2, counts.own_window);
    desk_stop(&d);
}

static void the_end_of_the_display_stops_control_quietly(void **state)
{
    (void)state;
    struct desk d;
    desk_start(&d);
    agent_control_allow(d.control, true);
    assert_true(point(&d, 10, 20, 1));
    test_display_end(d.inner);
    d.inner = NULL;
    ds_tick deadline = ds_clock_now() + WAIT;
    while (point(&d, 10, 20, 0))
        assert_true(ds_clock_now() < deadline);
    for (int i = 0; i < 3; i++)
        turn(&d, 50);
    desk_stop(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rep_does_is_not_taken_for_the_customers_hand),
        cmocka_unit_test(the_customers_hand_takes_control_and_gives_it_back_at_rest),
        cmocka_unit_test(escape_twice_by_the_customers_hand_takes_everything_back),
        cmocka_unit_test(nothing_that_waits_comes_between_escape_twice_and_its_effect),
        cmocka_unit_test(windows_of_the_agent_are_never_reached),
        cmocka_unit_test(the_end_of_the_display_stops_control_quietly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
