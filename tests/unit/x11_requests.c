/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bytes of requests to an X display, and what becomes of answers that are missing or short. The
 * display is a thread on a socket; little-endian, as the machine. */
#include "common/base/error.h"
#include "common/x11/keymap_read.h"
#include "common/x11/randr.h"
#include "common/x11/request.h"
#include "common/x11/xfixes.h"
#include "common/x11/xinput.h"
#include "common/x11/xkb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAJOR 140 /* what the display calls every extension */
#define ROOT 0x1234

/* No formats, no screens; requests of at most 65535 words. */
static const uint8_t welcome[8 + 32] = {1, 0, 11, 0, 0, 0, 8, [26] = 0xff, 0xff};

/* xcb must not be answered before it asks, so the display has a thread of its own. */
struct bench {
    int display;           /* the other end of conn */
    bool has;              /* the display has the extension that is asked for first */
    const uint8_t *answer; /* 32 bytes to the first request of it; NULL: says nothing more */
    pthread_t thread;
    uint8_t came[512]; /* the request that was answered */
    size_t came_size;
    char name[32]; /* of the extension */
    xcb_connection_t *conn;
};

static size_t hear(struct bench *b, uint8_t *out)
{
    if (recv(b->display, out, 4, MSG_WAITALL) != 4)
        return 0;
    size_t rest = (size_t)(out[2] | out[3] << 8) * 4 - 4;
    return recv(b->display, out + 4, rest, MSG_WAITALL) == (ssize_t)rest ? 4 + rest : 0;
}

static void *be_display(void *ctx)
{
    struct bench *b = ctx;
    uint8_t greeting[12], query[64];
    const uint8_t extension[32] = {1, 0, 1, 0, 0, 0, 0, 0, b->has, MAJOR};
    recv(b->display, greeting, sizeof(greeting), MSG_WAITALL);
    send(b->display, welcome, sizeof(welcome), MSG_NOSIGNAL);
    if (hear(b, query) == 0)
        return NULL;
    memcpy(b->name, query + 8, query[4]);
    send(b->display, extension, sizeof(extension), MSG_NOSIGNAL);
    if (b->answer && (b->came_size = hear(b, b->came)) > 0)
        send(b->display, b->answer, 32, MSG_NOSIGNAL);
    return NULL;
}

static void open_bench(struct bench *b, bool has, const uint8_t *answer)
{
    int ends[2];
    assert_int_equal(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    *b = (struct bench){.display = ends[0], .has = has, .answer = answer};
    assert_int_equal(0, pthread_create(&b->thread, NULL, be_display, b));
    b->conn = xcb_connect_to_fd(ends[1], NULL);
    assert_int_equal(0, xcb_connection_has_error(b->conn));
}

static void close_bench(struct bench *b)
{
    xcb_disconnect(b->conn);
    pthread_join(b->thread, NULL);
    close(b->display);
}

/* After QueryExtension for name, exactly these bytes came. Closes the bench. */
static void expect(struct bench *b, const char *name, const uint8_t *bytes, size_t size)
{
    assert_true(xcb_flush(b->conn) > 0);
    shutdown(xcb_get_file_descriptor(b->conn), SHUT_WR); /* the display hears an end */
    pthread_join(b->thread, NULL);
    size_t room = sizeof(b->came) - b->came_size;
    ssize_t n = recv(b->display, b->came + b->came_size, room, MSG_WAITALL);
    assert_true(n >= 0);
    assert_string_equal(name, b->name);
    assert_int_equal(size, b->came_size + (size_t)n);
    assert_memory_equal(bytes, b->came, size);
    xcb_disconnect(b->conn);
    close(b->display);
}

#define EXPECT(b, name, ...)                                                                       \
    expect(b, name, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void xkb_selects_whole_kinds_of_events(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, true, NULL);
    ds_xkb_select(b.conn, 0x100, 3, 0x17);
    EXPECT(&b, "XKEYBOARD", MAJOR, 1, 4, 0, 0, 1, 3, 0, 0, 0, 3, 0, 0x17, 0, 0x17, 0);
}

static void xkb_locks_modifiers_and_groups_apart(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, true, NULL);
    ds_xkb_lock_mods(b.conn, 0x100, 0x12, 0x10);
    ds_xkb_lock_group(b.conn, 0x100, 1);
    EXPECT(&b, "XKEYBOARD", MAJOR, 5, 4, 0, 0, 1, 0x12, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, /**/
           MAJOR, 5, 4, 0, 0, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0);
}

static void xkb_repeat_comes_back_when_the_connection_ends(void **state)
{
    (void)state;
    struct bench b;
    uint8_t both[100 + 28] = {MAJOR, 7, 25, 0, 5, 0};
    const uint8_t flags[28] = {MAJOR, 21, 7, 0, 5, 0, 0, 0, /* device 5 */
                               4,     0,  0, 0, 4, 0, 0, 0, /* auto-reset: on */
                               1,     0,  0, 0, 1, 0, 0, 0, 1, 0, 0, 0};
    both[24] = 1; /* of the boolean controls RepeatKeys is touched, and cleared at 28 */
    memcpy(both + 100, flags, sizeof(flags));
    open_bench(&b, true, NULL);
    ds_xkb_set_repeat(b.conn, 5, false);
    expect(&b, "XKEYBOARD", both, sizeof(both));
}

static void xkb_repeat_of_the_core_keyboard_is_put_for_good(void **state)
{
    (void)state;
    struct bench b;
    uint8_t set[100] = {MAJOR, 7, 25, 0, 0, 1}; /* SetControls of the core keyboard */
    set[24] = 1;                                /* RepeatKeys is touched ... */
    set[28] = 1;                                /* ... and set */
    open_bench(&b, true, NULL);
    ds_xkb_put_repeat(b.conn, true);
    expect(&b, "XKEYBOARD", set, sizeof(set));
}

static void xkb_repeat_is_off_where_nothing_tells(void **state)
{
    (void)state;
    struct bench b;
    const uint8_t is_short[32] = {1, 0, 2}; /* ends before the controls */
    open_bench(&b, true, is_short);
    assert_false(ds_xkb_has_repeat(b.conn, 5));
    assert_memory_equal(((const uint8_t[]){MAJOR, 6, 2, 0, 5, 0, 0, 0}), b.came, 8);
    close_bench(&b);
    open_bench(&b, false, NULL);
    assert_false(ds_xkb_has_repeat(b.conn, 5));
    close_bench(&b);
}

static void xinput_selects_for_one_device(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, true, NULL);
    ds_xinput_select(b.conn, ROOT, 1, 0x20000);
    EXPECT(&b, "XInputExtension", MAJOR, 46, 5, 0, 0x34, 0x12, 0, 0, 1, 0, 0, 0, /**/
           1, 0, 1, 0, 0, 0, 2, 0);
}

static void randr_selects_on_a_window(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, true, NULL);
    ds_randr_select(b.conn, ROOT, 0x47);
    EXPECT(&b, "RANDR", MAJOR, 4, 3, 0, 0x34, 0x12, 0, 0, 0x47, 0, 0, 0);
}

static void xfixes_makes_empty_regions_and_follows_the_cursor(void **state)
{
    (void)state;
    struct bench b;
    open_bench(&b, true, NULL);
    ds_xfixes_create_region(b.conn, 0x77);
    ds_xfixes_select_cursor(b.conn, ROOT);
    EXPECT(&b, "XFIXES", MAJOR, 5, 2, 0, 0x77, 0, 0, 0, /**/
           MAJOR, 3, 3, 0, 0x34, 0x12, 0, 0, 1, 0, 0, 0);
}

static void a_keymap_without_a_body_is_refused(void **state)
{
    (void)state;
    struct bench b;
    struct ds_keymap map = {.min = 77};
    const uint8_t answer[32] = {1, 3, 2, 0, 0, 0, 0, 0, 0, 0, 8, 255};
    open_bench(&b, true, answer);
    assert_int_equal(DS_EPROTO, ds_keymap_read(&map, b.conn, 0x100));
    assert_int_equal(77, map.min);
    EXPECT(&b, "XKEYBOARD", MAJOR, 8, 7, 0, 0, 1, 0x17, 0, 0, 0, 0, 0, 0, 0, 0, 0, /**/
           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}

static void an_error_is_no_answer(void **state)
{
    (void)state;
    struct bench b;
    struct ds_keymap map;
    const uint8_t error[32] = {0, 2, 2, 0};
    open_bench(&b, true, error);
    assert_int_equal(DS_EIO, ds_keymap_read(&map, b.conn, 0x100));
    assert_int_equal(0, xcb_connection_has_error(b.conn));
    close_bench(&b);
}

static void a_display_that_has_gone_gives_no_answer(void **state)
{
    (void)state;
    struct bench b;
    xcb_xkb_get_state_reply_t before = {.mods = 77};
    open_bench(&b, true, NULL);
    shutdown(b.display, SHUT_RDWR);
    assert_false(ds_xkb_get_state(b.conn, 0x100, &before));
    assert_int_equal(77, before.mods);
    close_bench(&b);
}

static void a_missing_extension_does_not_end_the_connection(void **state)
{
    (void)state;
    struct bench b;
    xcb_randr_monitor_info_t monitors[DS_RANDR_MONITORS];
    open_bench(&b, false, NULL);
    assert_int_equal(0, ds_randr_get_monitors(b.conn, ROOT, monitors));
    ds_randr_select(b.conn, ROOT, 1);
    assert_int_equal(0, xcb_connection_has_error(b.conn));
    close_bench(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xkb_selects_whole_kinds_of_events),
        cmocka_unit_test(xkb_locks_modifiers_and_groups_apart),
        cmocka_unit_test(xkb_repeat_comes_back_when_the_connection_ends),
        cmocka_unit_test(xkb_repeat_of_the_core_keyboard_is_put_for_good),
        cmocka_unit_test(xkb_repeat_is_off_where_nothing_tells),
        cmocka_unit_test(xinput_selects_for_one_device),
        cmocka_unit_test(randr_selects_on_a_window),
        cmocka_unit_test(xfixes_makes_empty_regions_and_follows_the_cursor),
        cmocka_unit_test(a_keymap_without_a_body_is_refused),
        cmocka_unit_test(an_error_is_no_answer),
        cmocka_unit_test(a_display_that_has_gone_gives_no_answer),
        cmocka_unit_test(a_missing_extension_does_not_end_the_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
