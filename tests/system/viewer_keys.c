/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whose key is it? The rep's desktop, the viewer's window or the customer, as the preferences say,
 * with a real window manager beside the viewer; and screenshots, compared with the customer's
 * display pixel by pixel. */
#include "common/base/clock.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <poll.h>
#include <spng.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

enum { LEFT = 100, TOP = 50, WIDE = 1000, HIGH = 700 };

/* Keycodes of a plain keyboard. */
enum {
    CODE_TAB = 23,
    CODE_SUPER = 133,
    CODE_CONTROL = 37,
    CODE_ALT = 64,
    CODE_DELETE = 119,
    CODE_PRINT = 107,
    CODE_RIGHT = 114,
    CODE_F11 = 95,
    CODE_F12 = 96,
};

static struct test_session session;
static struct test_process *manager, *other, *listener;
static xcb_connection_t *look; /* on the rep's display */

static int set_up(void **state)
{
    static const char *const extra[] = {
        "--geometry", "640x500+100+50", "--borderless", "--scale", "1:1", NULL};
    static const char *const openbox[] = {"openbox", NULL};
    const char *wait[] = {"sh", "-c",
                          "for i in $(seq 400); do xprop -root _NET_SUPPORTING_WM_CHECK | grep -q "
                          "'# 0x' && exit 0; done; exit 1",
                          NULL};
    const char *stripes[] = {"sh", "-c", "xsetroot -mod 40 24 -fg '#123456' -bg '#fedcba'", NULL};
    (void)state;
    memset(&session, 0, sizeof(session));
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1000x700x24", "1600x1000x24");
    const char *env[] = {test_display_env(session.rep), NULL};
    test_display_run(session.customer, stripes);
    manager = test_process_start(openbox, &(struct test_process_options){.env = env});
    test_display_run(session.rep, wait);
    look = xcb_connect(test_display_name(session.rep), NULL);
    assert_int_equal(0, xcb_connection_has_error(look));
    test_session_start_viewer(&session, extra);
    test_session_start_agent(&session, "look,control", NULL);
    test_session_verify(&session);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_process_end(other);
    test_process_end(listener);
    other = listener = NULL;
    xcb_disconnect(look);
    test_process_end(manager);
    test_session_end(&session);
    return 0;
}

static void rep(const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.rep, argv);
}

static void focus_viewer(void)
{
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --name Deskside | "
        "tail -n 1)");
    rep("xdotool mousemove 400 300");
}

static bool is_down(const struct test_display *display, int code)
{
    char script[120];
    snprintf(script, sizeof(script),
             "xinput query-state 'Virtual core XTEST keyboard' | grep -q 'key\\[%d\\]=down'", code);
    const char *argv[] = {"env", test_display_env(display), "sh", "-c", script, NULL};
    char *output = NULL;
    bool down = test_run(argv, &output) == 0;
    free(output);
    return down;
}

static void wait_key(int code, bool down)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (is_down(session.customer, code) != down)
        if (ds_clock_now() > until)
            fail_msg("the customer's key %d does not go %s", code, down ? "down" : "up");
}

/* Presses at the rep's, sees it at the customer's, lets go. */
static void expect_through(const char *key, int code)
{
    char script[100];
    snprintf(script, sizeof(script), "xdotool keydown %s", key);
    rep(script);
    wait_key(code, true);
    snprintf(script, sizeof(script), "xdotool keyup %s", key);
    rep(script);
    wait_key(code, false);
}

static void wait_pointer(int x, int y)
{
    char script[160];
    snprintf(script, sizeof(script),
             "for i in $(seq 4000); do xdotool getmouselocation | grep -q 'x:%d y:%d ' && exit 0; "
             "done; exit 1",
             x, y);
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.customer, argv);
}

/* Presses, and then moves the customer's pointer, which comes after it: the key has not come. */
static void expect_kept(const char *key, int code)
{
    static int x = 200;
    char script[100];
    snprintf(script, sizeof(script), "xdotool keydown %s mousemove %d 250", key, LEFT + ++x);
    rep(script);
    wait_pointer(x, 250 - TOP);
    assert_false(is_down(session.customer, code));
    snprintf(script, sizeof(script), "xdotool keyup %s", key);
    rep(script);
}

/* Whether the viewer holds the whole keyboard of the rep's display: nobody else can take it then.
 */
static void wait_taken(bool taken)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    for (;;) {
        xcb_window_t root = xcb_setup_roots_iterator(xcb_get_setup(look)).data->root;
        xcb_grab_keyboard_reply_t *reply =
            xcb_grab_keyboard_reply(look,
                                    xcb_grab_keyboard(look, 0, root, XCB_CURRENT_TIME,
                                                      XCB_GRAB_MODE_ASYNC, XCB_GRAB_MODE_ASYNC),
                                    NULL);
        assert_non_null(reply);
        bool is_taken = reply->status == XCB_GRAB_STATUS_ALREADY_GRABBED;
        free(reply);
        xcb_ungrab_keyboard(look, XCB_CURRENT_TIME);
        xcb_flush(look);
        if (is_taken == taken)
            return;
        if (ds_clock_now() > until)
            fail_msg("the keyboard %s", taken ? "is not taken" : "is not let go");
        poll(NULL, 0, 20); /* our own try is in the viewer's way */
    }
}

static void command(const char *text)
{
    test_process_command(session.viewer, text);
}

static void set(const char *name, const char *value)
{
    char text[160];
    snprintf(text, sizeof(text),
             "{\"cmd\":\"set\",\"name\":\"%s\",\"value\":\"%s\",\"tag\":\"%s=%s\"}", name, value,
             name, value);
    command(text);
    snprintf(text, sizeof(text), "%s=%s", name, value);
    test_process_wait_event(session.viewer, "done", "tag", text, TEST_WAIT_MS);
}

static void shot(const char *name)
{
    const char *to = getenv("DESKSIDE_TEST_SHOTS");
    char script[400];
    if (!to)
        return;
    snprintf(script, sizeof(script), "import -window root '%s/%s.png'", to, name);
    rep(script);
}

/* ---- the desktop's keys ---- */

static void windows_keys_go_where_the_preference_says(void **state)
{
    (void)state;
    focus_viewer();
    expect_through("b", 56); /* control is ours */
    wait_taken(false);
    expect_kept("super", CODE_SUPER);
    set("pass-windows-keys", "on");
    wait_taken(true);
    rep("xdotool keydown alt");
    expect_through("Tab", CODE_TAB);
    rep("xdotool keyup alt");
    expect_through("super", CODE_SUPER);
    /* a menu of the viewer has the keyboard, and so has the desktop */
    rep("xdotool key ctrl+alt+shift+l");
    wait_taken(false);
    shot("keys-menu");
    rep("xdotool key Escape key Escape");
    wait_taken(true);
    /* so does another window in front */
    static const char *const clock[] = {"xclock", NULL};
    const char *env[] = {test_display_env(session.rep), NULL};
    other = test_process_start(clock, &(struct test_process_options){.env = env});
    rep("xdotool windowfocus --sync $(xdotool search --sync --onlyvisible --class xclock | tail -n "
        "1)");
    wait_taken(false);
    focus_viewer();
    wait_taken(true);
    /* and without control there is nobody to have it */
    command("{\"cmd\":\"revoke\",\"right\":\"control\"}");
    wait_taken(false);
    command("{\"cmd\":\"request\",\"right\":\"control\"}");
    wait_taken(true);
    rep("xdotool key ctrl+alt+shift+y"); /* by its key */
    wait_taken(false);
    expect_kept("super", CODE_SUPER);
}

static void combinations_are_sent_as_real_presses(void **state)
{
    (void)state;
    static const char *const listen[] = {"stdbuf", "-oL", "xinput", "test-xi2", "--root", NULL};
    const char *env[] = {test_display_env(session.customer), NULL};
    listener = test_process_start(listen, &(struct test_process_options){.env = env});
    command("{\"cmd\":\"send-keys\",\"keys\":\"Ctrl+Nonsense\",\"tag\":\"no\"}");
    test_process_wait_event(session.viewer, "error", "tag", "no", TEST_WAIT_MS);
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    do { /* until the listener listens */
        command("{\"cmd\":\"send-keys\",\"keys\":\"Ctrl+Alt+Del\",\"tag\":\"yes\"}");
        test_process_wait_event(session.viewer, "done", "tag", "yes", TEST_WAIT_MS);
        wait_key(CODE_CONTROL, false);
    } while (!strstr(test_process_output(listener), "detail: 119\n") && ds_clock_now() < until);
    static const int codes[] = {CODE_CONTROL, CODE_ALT, CODE_DELETE};
    for (size_t i = 0; i < 3; i++) { /* in this order */
        char line[40];
        snprintf(line, sizeof(line), "detail: %d\n", codes[i]);
        test_process_wait_output(listener, line, TEST_WAIT_MS);
    }
    for (size_t i = 0; i < 3; i++)
        wait_key(codes[i], false);
    /* from the menu, by keys alone: the last but one is Ctrl+Alt+F1 */
    focus_viewer();
    rep("xdotool key ctrl+alt+shift+l key Up key Up key Return");
    test_process_wait_output(listener, "detail: 67\n", TEST_WAIT_MS);
    command("{\"cmd\":\"revoke\",\"right\":\"control\"}");
    command("{\"cmd\":\"send-keys\",\"keys\":\"Super\",\"tag\":\"none\"}");
    test_process_wait_event(session.viewer, "error", "tag", "none", TEST_WAIT_MS);
}

/* ---- menu shortcuts ---- */

static void shortcuts_take_only_what_they_say(void **state)
{
    (void)state;
    focus_viewer();
    expect_through("F12", CODE_F12);
    expect_through("Right", CODE_RIGHT);
    set("f12", "on"); /* one by one, without the main switch */
    expect_kept("F12", CODE_F12);
    expect_through("F11", CODE_F11);
    expect_through("Right", CODE_RIGHT);
    set("menu-shortcuts", "on");
    rep("xdotool key F11"); /* full screen */
    rep("for i in $(seq 200); do xdotool getwindowgeometry $(xdotool getwindowfocus) | grep -q "
        "1600x1000 && exit 0; done; exit 1");
    assert_false(is_down(session.customer, CODE_F11));
    rep("xdotool key F11");
    rep("for i in $(seq 200); do xdotool getwindowgeometry $(xdotool getwindowfocus) | grep -q "
        "640x500 && exit 0; done; exit 1");
    rep("for i in $(seq 200); do xdotool getwindowgeometry $(xdotool getwindowfocus) | grep -q "
        "'Position: 100,50' && exit 0; done; exit 1");
    command("{\"cmd\":\"scroll\",\"x\":0,\"y\":0}");
    rep("xdotool mousemove 300 250");
    wait_pointer(300 - LEFT, 250 - TOP);
    rep("xdotool keydown Right"); /* the picture moves below the hand by a step */
    wait_pointer(340 - LEFT, 250 - TOP);
    assert_false(is_down(session.customer, CODE_RIGHT));
    rep("xdotool keyup Right");
    set("menu-shortcuts", "off");
    expect_through("F12", CODE_F12); /* went off with it */
}

/* The keys scroll where there is nothing more to scroll: the notice comes, and its button cures it.
 */
static void a_preference_that_eats_keys_is_noticed(void **state)
{
    (void)state;
    focus_viewer();
    set("menu-shortcuts", "on");
    rep("xdotool key --delay 150 End End Right Right Right Right");
    /* below the toolbar's place, to the right; its first seconds may show that as well */
    rep("xdotool mousemove 518 142");
    shot("cure");
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    do { /* until the notice is drawn the click is the customer's */
        rep("xdotool click 1 keydown Right");
        if (is_down(session.customer, CODE_RIGHT))
            break;
        rep("xdotool keyup Right");
    } while (ds_clock_now() < until);
    wait_key(CODE_RIGHT, true);
    rep("xdotool keyup Right");
    wait_key(CODE_RIGHT, false);
}

/* ---- screenshots ---- */

static void expect_picture(const char *path)
{
    FILE *file = fopen(path, "re");
    struct spng_ihdr header;
    size_t len;
    assert_non_null(file);
    spng_ctx *ctx = spng_ctx_new(0);
    assert_int_equal(0, spng_set_png_file(ctx, file));
    assert_int_equal(0, spng_get_ihdr(ctx, &header));
    assert_int_equal(header.width, WIDE);
    assert_int_equal(header.height, HIGH);
    assert_int_equal(0, spng_decoded_image_size(ctx, SPNG_FMT_RGB8, &len));
    uint8_t *pixels = malloc(len);
    assert_int_equal(0, spng_decode_image(ctx, pixels, len, SPNG_FMT_RGB8, 0));
    uint32_t *real = test_display_grab(session.customer, 0, 0, WIDE, HIGH);
    size_t differ = 0;
    for (size_t i = 0; i < WIDE * HIGH; i++) {
        const uint8_t *p = pixels + 3 * i;
        differ += ((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) != real[i];
    }
    assert_int_equal(differ, 0);
    free(real);
    free(pixels);
    spng_ctx_free(ctx);
    fclose(file);
}

static void the_customers_picture_is_saved_and_copied(void **state)
{
    (void)state;
    char path[400], text[600];
    /* the window is smaller than the picture: all of it is saved */
    test_session_wait_equal(&session, LEFT, TOP, 600, 300, TEST_WAIT_MS);
    snprintf(path, sizeof(path), "%s/one.png", session.folder);
    snprintf(text, sizeof(text), "{\"cmd\":\"screenshot\",\"path\":\"%s\",\"tag\":\"one\"}", path);
    command(text);
    test_process_wait_event(session.viewer, "screenshot", "path", path, TEST_WAIT_MS);
    test_process_wait_event(session.viewer, "done", "tag", "one", TEST_WAIT_MS);
    expect_picture(path);
    /* another program pastes the same bytes */
    snprintf(text, sizeof(text),
             "xclip -selection clipboard -t image/png -o | cmp - '%s' && "
             "xclip -selection clipboard -t TARGETS -o | grep -qx image/png",
             path);
    rep(text);
    /* what is there is never written over */
    snprintf(text, sizeof(text), "{\"cmd\":\"screenshot\",\"path\":\"%s\",\"tag\":\"two\"}", path);
    command(text);
    test_process_wait_event(session.viewer, "error", "tag", "two", TEST_WAIT_MS);
    /* by the key, with a name of its own; the other way round it is the customer's */
    focus_viewer();
    set("pass-windows-keys", "on"); /* the window manager would have it */
    wait_taken(true);
    rep("xdotool key Print");
    json_t *event = test_process_wait_event(session.viewer, "screenshot", NULL, NULL, TEST_WAIT_MS);
    expect_picture(json_string_value(json_object_get(event, "path")));
    set("print-screen", "remote");
    expect_through("Print", CODE_PRINT);
    /* nothing of what is not shown */
    command("{\"cmd\":\"pause\"}");
    test_process_wait_event(session.viewer, "state", "state", "paused", TEST_WAIT_MS);
    command("{\"cmd\":\"screenshot\",\"tag\":\"dark\"}");
    test_process_wait_event(session.viewer, "error", "tag", "dark", TEST_WAIT_MS);
}

/* ---- preferences ---- */

static uint32_t pixel(int x, int y)
{
    uint32_t *pixels = test_display_grab(session.rep, x, y, 1, 1);
    uint32_t color = pixels[0];
    free(pixels);
    return color;
}

static void wait_pixel(int x, int y, uint32_t color)
{
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (pixel(x, y) != color)
        if (ds_clock_now() > until)
            fail_msg("%d,%d stays %06x and does not become %06x", x, y, pixel(x, y), color);
}

static void the_window_opens_over_the_picture_and_is_kept(void **state)
{
    (void)state;
    char text[700];
    const int x = LEFT + 60, y = TOP + 60; /* its left top, inside */
    focus_viewer();
    set("theme", "light");
    command("{\"cmd\":\"preferences\"}");
    wait_pixel(x, y, 0xffffff);
    shot("preferences");
    set("theme", "dark");
    wait_pixel(x, y, 0x15181d);
    rep("xdotool key Escape"); /* it has the keyboard */
    wait_key(9, false);
    ds_tick until = ds_clock_now() + TEST_WAIT_MS * DS_MS;
    while (pixel(x, y) == 0x15181d && ds_clock_now() < until)
        ;
    assert_int_not_equal(pixel(x, y), 0x15181d);
    rep("xdotool key ctrl+alt+shift+comma");
    wait_pixel(x, y, 0x15181d);
    command("{\"cmd\":\"set\",\"name\":\"theme\",\"value\":\"purple\",\"tag\":\"wrong\"}");
    test_process_wait_event(session.viewer, "error", "tag", "wrong", TEST_WAIT_MS);
    snprintf(text, sizeof(text),
             "grep -qx theme=dark '%s/.config/deskside/viewer.conf' && grep -qx scale=system "
             "'%s/.config/deskside/viewer.conf'",
             session.folder, session.folder);
    rep(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(windows_keys_go_where_the_preference_says),
        TEST(combinations_are_sent_as_real_presses),
        TEST(shortcuts_take_only_what_they_say),
        TEST(a_preference_that_eats_keys_is_noticed),
        TEST(the_customers_picture_is_saved_and_copied),
        TEST(the_window_opens_over_the_picture_and_is_kept),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
