/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The customer's windows on a real X server, pressed by xdotool. The test's own window lies below
 * and says what reached it. */
#include "agent/show/show.h"

#include "agent/show/page.h"
#include "common/ui/text.h"
#include "common/ui/theme.h"
#include "tests/support/display.h"
#include "tests/support/folder.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#include <cmocka.h>

enum { WIDTH = 1280, HEIGHT = 800, DEADLINE_MS = 10000 };

static struct {
    struct test_display *display;
    uv_loop_t loop;
    uv_timer_t tick; /* lets a wait look at its condition now and then */
    struct agent_show *show;
    struct agent_view view;
    struct agent_show_event event;
    char code[DS_TEXT_CODE];
    int events;
    xcb_connection_t *below;
    int below_presses;
} t;

static void on_event(void *ctx, const struct agent_show_event *event)
{
    (void)ctx;
    t.event = *event;
    t.events++;
    if (event->code)
        snprintf(t.code, sizeof t.code, "%s", event->code);
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer;
}

static bool has_event(void)
{
    return t.events > 0;
}

/* Runs the loop until the condition holds; false when it does not in time. */
static bool wait_for(bool (*is_true)(void), int ms)
{
    uint64_t end = uv_hrtime() / 1000000 + (uint64_t)ms;
    while (!is_true()) {
        if (uv_hrtime() / 1000000 > end)
            return false;
        uv_run(&t.loop, UV_RUN_ONCE);
    }
    return true;
}

static void expect(enum agent_show_event_type type)
{
    if (!wait_for(has_event, DEADLINE_MS))
        fail_msg("event %d did not come", type);
    assert_int_equal(t.event.type, type);
    t.events = 0;
}

static bool always_after_a_round(void)
{
    static bool is_second;
    is_second = !is_second;
    return !is_second;
}

static void settle(void)
{
    for (int i = 0; i < 5; i++)
        wait_for(always_after_a_round, DEADLINE_MS);
}

#define XDO(...) test_display_run(t.display, (const char *const[]){"xdotool", __VA_ARGS__, NULL})

static void xkey(const char *key)
{
    XDO("key", key);
}

static void click(int x, int y)
{
    char xs[16], ys[16];
    snprintf(xs, sizeof xs, "%d", x);
    snprintf(ys, sizeof ys, "%d", y);
    XDO("mousemove", "--sync", xs, ys, "click", "1");
}

static bool is_page_ready(void)
{
    return agent_show_has_keyboard(t.show);
}

static bool is_bar_there(void)
{
    return agent_show_covers(t.show, WIDTH / 2, 20);
}

static bool is_bar_gone(void)
{
    return !is_bar_there();
}

static void show_page(enum agent_page page)
{
    t.view.page = page;
    agent_show_set(t.show, &t.view);
    t.events = 0;
}

/* A page that has the keyboard, with what grants something no longer deaf. */
static void show_ready_page(enum agent_page page)
{
    show_page(page);
    assert_true(wait_for(is_page_ready, DEADLINE_MS));
}

/* ---- The window below ---- */

static void open_below(void)
{
    t.below = xcb_connect(test_display_name(t.display), NULL);
    xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(t.below)).data;
    uint32_t values[] = {0x336699, 1, XCB_EVENT_MASK_BUTTON_PRESS};
    xcb_window_t id = xcb_generate_id(t.below);
    xcb_create_window(t.below, XCB_COPY_FROM_PARENT, id, screen->root, 0, 0, WIDTH, HEIGHT, 0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT, XCB_COPY_FROM_PARENT,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    xcb_map_window(t.below, id);
    free(xcb_get_input_focus_reply(t.below, xcb_get_input_focus(t.below), NULL));
}

static bool has_below_press(void)
{
    xcb_generic_event_t *event;
    while ((event = xcb_poll_for_event(t.below))) {
        t.below_presses += (event->response_type & 0x7f) == XCB_BUTTON_PRESS;
        free(event);
    }
    return t.below_presses > 0;
}

/* ---- Set up ---- */

static int start(const char *dpi)
{
    char message[256] = "";
    memset(&t, 0, sizeof t);
    t.display = test_display_start("1280x800x24", NULL);
    if (dpi) {
        char folder[256], path[300], text[64];
        test_folder_make(folder, sizeof folder);
        snprintf(path, sizeof path, "%s/resources", folder);
        snprintf(text, sizeof text, "Xft.dpi: %s\n", dpi);
        test_file_write(path, text);
        test_display_run(t.display, (const char *const[]){"xrdb", "-nocpp", "-load", path, NULL});
        test_folder_remove(folder);
    }
    open_below();
    uv_loop_init(&t.loop);
    uv_timer_init(&t.loop, &t.tick);
    uv_timer_start(&t.tick, on_tick, 5, 5);
    t.show = agent_show_open(&t.loop, test_display_name(t.display), on_event, NULL, message,
                             sizeof message);
    if (!t.show)
        fail_msg("%s", message);
    t.view = (struct agent_view){.asked = DS_RIGHT_COUNT,
                                 .host = "relay.example",
                                 .org = "Acme Support",
                                 .rep = "Dana R.",
                                 .number = "481926"};
    t.view.granted[DS_RIGHT_LOOK] = true;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    ds_text_choose("en");
    return start(NULL);
}

static int tear_down(void **state)
{
    (void)state;
    agent_show_close(t.show);
    uv_close((uv_handle_t *)&t.tick, NULL);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&t.loop), 0);
    xcb_disconnect(t.below);
    test_display_end(t.display);
    return 0;
}

/* ---- Pages ---- */

static void a_typed_code_is_sent(void **state)
{
    (void)state;
    show_ready_page(AGENT_PAGE_CODE);
    XDO("type", "123456789");
    xkey("Return");
    expect(AGENT_SHOW_CODE);
    assert_string_equal(t.code, "123456789");
}

static void a_code_can_be_pasted(void **state)
{
    (void)state;
    const char *const argv[] = {"xclip", "-quiet", "-selection", "clipboard", NULL};
    const char *const env[] = {test_display_env(t.display), NULL};
    const struct test_process_options options = {.env = env, .stdin_text = "987 654 321\n"};
    struct test_process *xclip = test_process_start(argv, &options);
    test_process_wait_error(xclip, "Waiting", DEADLINE_MS);
    show_ready_page(AGENT_PAGE_CODE);
    for (int i = 0; i < 20 && !has_event(); i++) {
        xkey("ctrl+v");
        settle();
        xkey("Return");
        wait_for(has_event, 300);
    }
    expect(AGENT_SHOW_CODE);
    assert_string_equal(t.code, "987654321");
    test_process_end(xclip);
}

static void escape_and_enter_are_safe(void **state)
{
    (void)state;
    show_ready_page(AGENT_PAGE_WARNING);
    xkey("Escape");
    expect(AGENT_SHOW_STOP);
    show_ready_page(AGENT_PAGE_CONSENT);
    xkey("Return");
    expect(AGENT_SHOW_STOP);
}

static void tab_reaches_the_other_answer(void **state)
{
    (void)state;
    show_ready_page(AGENT_PAGE_WARNING);
    xkey("shift+Tab");
    for (int i = 0; i < 50 && !has_event(); i++) {
        xkey("Return"); /* deaf for the first 0.4 s */
        wait_for(has_event, 50);
    }
    expect(AGENT_SHOW_GO_ON);
}

static void a_question_stops_injected_input_and_no_is_safe(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_bar_there, DEADLINE_MS));
    assert_false(agent_show_is_asking(t.show));
    assert_false(agent_show_has_keyboard(t.show));
    t.view.asked = DS_RIGHT_CONTROL;
    show_ready_page(AGENT_PAGE_CONNECTED);
    assert_true(agent_show_is_asking(t.show));
    assert_true(agent_show_covers(t.show, WIDTH / 2, HEIGHT / 2));
    xkey("Escape");
    expect(AGENT_SHOW_ANSWER);
    assert_false(t.event.yes);
    assert_int_equal(t.event.right, DS_RIGHT_CONTROL);
}

static bool has_no_keyboard(void)
{
    return !agent_show_has_keyboard(t.show);
}

static void a_page_that_goes_gives_everything_back(void **state)
{
    (void)state;
    show_ready_page(AGENT_PAGE_NUMBER);
    assert_true(agent_show_covers(t.show, WIDTH / 2, HEIGHT / 2));
    show_page(AGENT_PAGE_NONE);
    assert_true(wait_for(has_no_keyboard, DEADLINE_MS));
    assert_false(agent_show_covers(t.show, WIDTH / 2, HEIGHT / 2));
    click(WIDTH / 2 - 50, HEIGHT / 2 + 20);
    assert_true(wait_for(has_below_press, DEADLINE_MS));
}

/* ---- Frame and bar ---- */

static uint32_t pixel(int x, int y)
{
    uint32_t *p = test_display_grab(t.display, x, y, 1, 1), v = *p & 0xffffff;
    free(p);
    return v;
}

static bool is_frame_seen(void)
{
    return pixel(0, HEIGHT / 2) == ds_theme_color(false, DS_COLOR_SEEN);
}

static bool is_frame_controlled(void)
{
    return pixel(0, HEIGHT / 2) == ds_theme_color(false, DS_COLOR_CONTROLLED);
}

static bool is_frame_paused(void)
{
    return pixel(0, HEIGHT / 2) == ds_theme_color(false, DS_COLOR_PAUSED);
}

static bool is_frame_gone(void)
{
    return pixel(0, HEIGHT / 2) == 0x336699;
}

static void the_frame_is_three_pixels_in_the_colour_of_the_state(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_frame_seen, DEADLINE_MS));
    uint32_t color = ds_theme_color(false, DS_COLOR_SEEN);
    for (int i = 0; i < 4; i++) {
        uint32_t want = i < 3 ? color : 0x336699;
        assert_int_equal(pixel(i, HEIGHT / 2), want);
        assert_int_equal(pixel(WIDTH - 1 - i, HEIGHT / 2), want);
        assert_int_equal(pixel(100, i), want);
        assert_int_equal(pixel(WIDTH / 2, HEIGHT - 1 - i), want);
    }
    t.view.granted[DS_RIGHT_CONTROL] = true;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_frame_controlled, DEADLINE_MS));
    t.view.paused = AGENT_PAUSE_BY_CUSTOMER;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_frame_paused, DEADLINE_MS));
    show_page(AGENT_PAGE_ENDED);
    assert_true(wait_for(is_frame_gone, DEADLINE_MS));
}

/* Turns of the loop in a while. */
static unsigned count_turns(int ms)
{
    uint64_t end = uv_hrtime() / 1000000 + (uint64_t)ms;
    unsigned turns = 0;
    for (; uv_hrtime() / 1000000 < end; turns++)
        uv_run(&t.loop, UV_RUN_ONCE);
    return turns;
}

/* The bar is hidden under the pointer, and hears of it after it is gone. */
static void the_loop_rests_when_the_session_ends_under_the_pointer(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_frame_seen, DEADLINE_MS));
    XDO("mousemove", "--sync", "640", "20");
    settle();
    show_page(AGENT_PAGE_ENDED);
    assert_true(wait_for(is_frame_gone, DEADLINE_MS));
    XDO("mousemove", "--sync", "300", "300");
    settle();
    assert_true(count_turns(500) < 500); /* tens of thousands when it does not */
}

static void the_frame_lets_clicks_through(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_frame_seen, DEADLINE_MS));
    assert_false(agent_show_covers(t.show, 1, HEIGHT / 2));
    click(1, HEIGHT / 2);
    assert_true(wait_for(has_below_press, DEADLINE_MS));
}

/* The bar's right end: looks for where it stops covering. */
static int bar_right(void)
{
    int x = WIDTH / 2;
    while (x < WIDTH && agent_show_covers(t.show, x, 20))
        x++;
    return x;
}

static bool is_asking(void)
{
    return agent_show_is_asking(t.show);
}

static void the_bar_pauses_and_ends_only_after_a_question(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_bar_there, DEADLINE_MS));
    int right = bar_right(), left = WIDTH - right;
    assert_true(right - left > 150 && right - left < 400);
    click(right - 80, 20);
    expect(AGENT_SHOW_PAUSE);
    click(right - 20, 20);
    assert_true(wait_for(is_asking, DEADLINE_MS));
    XDO("mousemove", "--sync", "640", "700");
    settle();
    assert_true(wait_for(is_page_ready, DEADLINE_MS));
    assert_int_equal(t.events, 0);
    xkey("Escape");
    expect(AGENT_SHOW_STAY);
    assert_int_equal(t.below_presses, 0);
    show_page(AGENT_PAGE_NONE);
    assert_true(wait_for(is_bar_gone, DEADLINE_MS));
}

static bool has_bar_moved(void)
{
    return agent_show_covers(t.show, WIDTH / 2, 220) && !is_bar_there();
}

static void the_bar_can_be_dragged_aside(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_bar_there, DEADLINE_MS));
    char from[16];
    snprintf(from, sizeof from, "%d", WIDTH - bar_right() + 8);
    XDO("mousemove", "--sync", from, "20");
    settle();
    XDO("mousedown", "1");
    settle();
    XDO("mousemove_relative", "--sync", "0", "200");
    settle();
    XDO("mouseup", "1");
    assert_true(wait_for(has_bar_moved, DEADLINE_MS));
}

static void the_pause_key_pauses(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_bar_there, DEADLINE_MS));
    settle();
    xkey("Pause");
    expect(AGENT_SHOW_PAUSE);
}

static void the_bar_works_by_keys(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTED);
    assert_true(wait_for(is_bar_there, DEADLINE_MS));
    settle();
    xkey("shift+Pause");
    assert_true(wait_for(is_page_ready, DEADLINE_MS));
    xkey("Return");
    expect(AGENT_SHOW_PAUSE);
}

/* ---- With a window manager ---- */

static bool has_manager(void)
{
    static const char name[] = "_NET_SUPPORTING_WM_CHECK";
    xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(t.below)).data->root;
    xcb_intern_atom_reply_t *atom =
        xcb_intern_atom_reply(t.below, xcb_intern_atom(t.below, 0, sizeof name - 1, name), NULL);
    xcb_get_property_reply_t *reply = xcb_get_property_reply(
        t.below, xcb_get_property(t.below, 0, root, atom->atom, XCB_ATOM_WINDOW, 0, 1), NULL);
    bool has = reply && xcb_get_property_value_length(reply) == 4;
    free(reply);
    free(atom);
    return has;
}

static void the_manager_closing_a_page_is_the_safe_answer(void **state)
{
    (void)state;
    const char *const argv[] = {"openbox", "--sm-disable", NULL};
    const char *const env[] = {test_display_env(t.display), NULL};
    const struct test_process_options options = {.env = env};
    struct test_process *openbox = test_process_start(argv, &options);
    assert_true(wait_for(has_manager, DEADLINE_MS));
    show_page(AGENT_PAGE_CONSENT);
    for (int i = 0; i < 50 && !has_event(); i++) {
        xkey("alt+F4"); /* a key also wakes a manager that is still starting */
        wait_for(has_event, 100);
    }
    expect(AGENT_SHOW_STOP);
    test_process_end(openbox);
}

/* ---- Scale, and a display that goes ---- */

static int set_up_large(void **state)
{
    (void)state;
    return start("192");
}

static bool is_page_wide(void)
{
    return agent_show_covers(t.show, WIDTH / 2 - 500, HEIGHT / 2) &&
           !agent_show_covers(t.show, WIDTH / 2 - 540, HEIGHT / 2);
}

static void a_dense_screen_gets_larger_windows(void **state)
{
    (void)state;
    show_page(AGENT_PAGE_CONNECTING);
    assert_true(wait_for(is_page_wide, DEADLINE_MS));
}

static void a_display_that_goes_is_survived(void **state)
{
    (void)state;
    show_ready_page(AGENT_PAGE_NUMBER);
    test_display_end(t.display);
    t.display = NULL;
    settle();
    agent_show_set(t.show, &t.view);
    settle();
}

static void no_display_is_said_in_a_sentence(void **state)
{
    char message[256] = "";
    (void)state;
    assert_null(agent_show_open(&t.loop, ":9999", on_event, NULL, message, sizeof message));
    assert_string_equal(message, "Cannot open the display :9999.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_typed_code_is_sent),
        TEST(a_code_can_be_pasted),
        TEST(escape_and_enter_are_safe),
        TEST(tab_reaches_the_other_answer),
        TEST(a_question_stops_injected_input_and_no_is_safe),
        TEST(a_page_that_goes_gives_everything_back),
        TEST(the_frame_is_three_pixels_in_the_colour_of_the_state),
        TEST(the_loop_rests_when_the_session_ends_under_the_pointer),
        TEST(the_frame_lets_clicks_through),
        TEST(the_bar_pauses_and_ends_only_after_a_question),
        TEST(the_bar_can_be_dragged_aside),
        TEST(the_pause_key_pauses),
        TEST(the_bar_works_by_keys),
        TEST(the_manager_closing_a_page_is_the_safe_answer),
        cmocka_unit_test_setup_teardown(a_dense_screen_gets_larger_windows, set_up_large,
                                        tear_down),
        TEST(a_display_that_goes_is_survived),
        TEST(no_display_is_said_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
