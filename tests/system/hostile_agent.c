/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An agent that means no good and a real viewer. */
#include "common/screen/format.h"
#include "common/screen/pack.h"
#include "tests/support/hostile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define MANY 20000

static struct ds_packer *packer;

static size_t put_number(uint8_t *out, size_t n)
{
    size_t at = 0;
    for (; n > 127; n >>= 7)
        out[at++] = (uint8_t)(n | 0x80);
    out[at++] = (uint8_t)n;
    return at;
}

/* A chunk with one stream of operations. */
static size_t make_chunk(uint8_t *out, size_t cap, const uint8_t *ops, size_t n, bool key,
                         size_t told)
{
    static uint8_t packed[DS_SCREEN_CHUNK_MAX];
    if (!packer)
        packer = ds_packer_new(false, DS_WINDOW_LOG);
    if (key)
        ds_packer_reset(packer);
    size_t at = 1, len = (size_t)ds_packer_pack(packer, ops, n, packed, sizeof(packed));
    out[0] = 1;
    at += put_number(out + at, told);
    at += put_number(out + at, len);
    assert_true(at + len <= cap);
    memcpy(out + at, packed, len);
    return at + len;
}

/* FILL of the whole picture; the place is relative to the corner before. */
static size_t put_fill(uint8_t *out, uint32_t width, uint32_t height, bool is_first)
{
    size_t at = 0;
    out[at++] = DS_OP_FILL;
    at += put_number(out + at, is_first ? 0 : 2 * (size_t)width - 1); /* s7: -width */
    at += put_number(out + at, 0);
    at += put_number(out + at, width);
    at += put_number(out + at, height);
    out[at++] = 1;
    out[at++] = 2;
    out[at++] = 3;
    return at;
}

static bool send_fills(uint32_t id, uint32_t width, uint32_t height, unsigned count, bool key)
{
    uint8_t ops[512], chunk[1024];
    size_t n = 0;
    for (unsigned i = 0; i < count; i++)
        n += put_fill(ops + n, width, height, i == 0);
    size_t len = make_chunk(chunk, sizeof(chunk), ops, n, key, n);
    uint8_t flags = DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST | (key ? DS_SCREEN_FLAG_KEY : 0);
    return test_peer_chunk(&peer, id, flags, chunk, len);
}

static void layouts_of_every_size_are_shown(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {
        {1, 1}, {16384, 2025}, {1, 16384}, {7680, 4320}, {16384, 1}};
    hostile_meet_viewer();
    for (unsigned i = 0; i < 5; i++) {
        assert_true(test_peer_layout(&peer, sizes[i][0], sizes[i][1]));
        assert_true(send_fills(i + 1, sizes[i][0], sizes[i][1], 1, true));
        assert_true(test_peer_flush(&peer));
        json_t *event =
            test_process_wait_event(session.viewer, "picture", NULL, NULL, TEST_WAIT_MS);
        assert_int_equal(json_integer_value(json_object_get(event, "width")), sizes[i][0]);
        hostile_expect_window_answers();
    }
    hostile_expect_growth_below(session.viewer, HOSTILE_VIEWER_GROWTH_KB);
    hostile_expect_end(session.viewer);
}

static void a_thousand_layouts_are_borne(void **state)
{
    (void)state;
    hostile_meet_viewer();
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(test_peer_layout(&peer, i % 2 ? 7680 : 16384, i % 2 ? 4320 : 2025));
        assert_true(send_fills(i + 1, i % 2 ? 7680 : 16384, i % 2 ? 4320 : 2025, 1, true));
        assert_true(test_peer_flush(&peer)); /* the next layout would overtake the picture */
    }
    hostile_expect_window_answers();
    assert_true(test_peer_layout(&peer, 640, 480));
    assert_true(send_fills(1001, 640, 480, 1, true));
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.viewer, "picture", NULL, NULL, 60000);
    hostile_expect_growth_below(session.viewer, HOSTILE_VIEWER_GROWTH_KB);
    hostile_expect_end(session.viewer);
}

/* What costs the decoder a second a chunk, for minutes. */
static void work_for_minutes_leaves_window_and_end_alone(void **state)
{
    (void)state;
    hostile_meet_viewer();
    assert_true(test_peer_layout(&peer, 7680, 4320));
    for (unsigned i = 0; i < 4000; i++)
        assert_true(send_fills(i + 1, 7680, 4320, 8, i == 0));
    assert_true(test_peer_flush(&peer));
    hostile_expect_window_answers();
    hostile_expect_wish(session.viewer, "pause");
    hostile_expect_window_answers();
    hostile_expect_growth_below(session.viewer, HOSTILE_VIEWER_GROWTH_KB);
    hostile_expect_end(session.viewer);
}

static void refuse_chunk(bool layout, const uint8_t *chunk, size_t len, uint8_t flags)
{
    if (layout)
        assert_true(test_peer_layout(&peer, 64, 64));
    test_peer_chunk(&peer, 1, flags, chunk, len);
    test_peer_flush(&peer);
    test_process_wait_event(session.viewer, "state", "reason", "protocol-error", TEST_WAIT_MS);
    hostile_expect_refused(session.viewer);
    test_process_end(session.viewer);
    session.viewer = NULL;
    test_peer_close(&peer);
    hostile_meet_viewer();
}

static void pictures_that_make_no_sense_end_the_viewer(void **state)
{
    (void)state;
    static uint8_t zeros[DS_CHUNK_RAW_MAX], chunk[DS_SCREEN_CHUNK_MAX];
    uint8_t ops[64];
    const uint8_t all = DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST | DS_SCREEN_FLAG_KEY;
    hostile_meet_viewer();
    size_t n = put_fill(ops, 64, 64, true);
    size_t len = make_chunk(chunk, sizeof(chunk), ops, n, true, n);
    refuse_chunk(false, chunk, len, all);                                       /* no layout */
    refuse_chunk(true, chunk, len, DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST); /* no key */
    n = put_fill(ops, 640, 480, true);
    len = make_chunk(chunk, sizeof(chunk), ops, n, true, n);
    refuse_chunk(true, chunk, len, all); /* of another size */
    len = make_chunk(chunk, sizeof(chunk), zeros, sizeof(zeros), true, 100);
    refuse_chunk(true, chunk, len, all); /* unpacks to more than it says */
    refuse_chunk(true, (const uint8_t *)"\x41\x01\x01\x01", 4, all);
    refuse_chunk(true, (const uint8_t *)"", 0, all);
    hostile_expect_end(session.viewer);
}

static size_t pack_pixels(uint8_t *out, size_t cap, size_t pixels, uint8_t value)
{
    uint8_t *raw = malloc(pixels * 4);
    uLongf len = cap;
    memset(raw, value, pixels * 4);
    assert_int_equal(compress2(out, &len, raw, pixels * 4, 1), Z_OK);
    free(raw);
    return len;
}

static void thousands_of_large_cursors_are_borne(void **state)
{
    (void)state;
    static uint8_t packed[65536];
    hostile_meet_viewer();
    assert_true(test_peer_layout(&peer, 640, 480));
    assert_true(send_fills(1, 640, 480, 1, true));
    for (unsigned i = 0; i < 4000; i++) {
        struct ds_cursor_message m = {.type = DS_CURSOR_SHAPE,
                                      .id = (uint8_t)(i % DS_CURSOR_SHAPES),
                                      .width = 256,
                                      .height = 256,
                                      .hot_x = 255,
                                      .packed = packed};
        m.packed_len = pack_pixels(packed, sizeof(packed), 65536, (uint8_t)i);
        assert_true(test_peer_cursor(&peer, &m));
    }
    hostile_expect_window_answers();
    assert_true(test_peer_flush(&peer));
    hostile_expect_wish(session.viewer, "pause");
    hostile_expect_window_answers();
    hostile_expect_growth_below(session.viewer, HOSTILE_VIEWER_GROWTH_KB);
    hostile_expect_end(session.viewer);
}

static void a_cursor_that_does_not_unpack_ends_the_viewer(void **state)
{
    (void)state;
    static uint8_t packed[65536];
    hostile_meet_viewer();
    for (int i = 0; i < 3; i++) {
        struct ds_cursor_message m = {
            .type = DS_CURSOR_SHAPE, .width = 16, .height = 16, .packed = packed};
        m.packed_len = i == 0   ? pack_pixels(packed, sizeof(packed), 257, 9)
                       : i == 1 ? pack_pixels(packed, sizeof(packed), 255, 9)
                                : 100;
        test_peer_cursor(&peer, &m);
        test_peer_flush(&peer);
        hostile_expect_refused(session.viewer);
        test_process_end(session.viewer);
        session.viewer = NULL;
        test_peer_close(&peer);
        hostile_meet_viewer();
    }
    hostile_expect_end(session.viewer);
}

static void hostile_names_and_orders_are_borne(void **state)
{
    (void)state;
    struct ds_control layout = {
        .type = DS_CONTROL_LAYOUT, .width = 64, .height = 64, .monitor = 0xff, .monitor_count = 16};
    hostile_start_agent_peer();
    for (unsigned i = 0; i < 16; i++) {
        layout.monitors[i] =
            (struct ds_monitor){.x = -32768, .y = 32767, .width = 16384, .height = 1};
        snprintf(layout.monitors[i].name, sizeof(layout.monitors[i].name),
                 "\x1b]0;x\x07\xe2\x80\xae%c\xe2\x81\xa6\n\xc2\x9b", (int)i + 1);
    }
    test_peer_control(&peer, &layout); /* before any right */
    for (unsigned i = 0; i < 3000; i++)
        test_peer_right(&peer, (enum ds_right)(i % DS_RIGHT_COUNT), (enum ds_right_state)(i % 4));
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_HELD, .on = true});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_PAUSED, .on = true});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = 2});
    test_peer_control(&peer, &(struct ds_control){.type = DS_CONTROL_RESUME});
    test_peer_input(&peer, &(struct ds_input){.type = DS_INPUT_KEY, .keysym = 0xff1b});
    test_peer_send(&peer, DS_CHANNEL_FILES, "abc", 3);
    assert_true(test_peer_flush(&peer));
    hostile_expect_window_answers();
    test_peer_control(
        &peer, &(struct ds_control){.type = DS_CONTROL_END, .reason = "\x1b[31m\xe2\x80\xae"});
    test_peer_flush(&peer);
    test_process_wait_event(session.viewer, "state", "state", "ended", TEST_WAIT_MS);
    assert_int_equal(0, test_process_wait_exit(session.viewer, HOSTILE_PATIENCE_MS));
    assert_null(strchr(test_process_error(session.viewer), '\x1b'));
}

static void a_picture_that_stops_in_the_middle_leaves_a_window_that_answers(void **state)
{
    (void)state;
    uint8_t ops[64], chunk[256];
    hostile_meet_viewer();
    assert_true(test_peer_layout(&peer, 640, 480));
    size_t n = put_fill(ops, 640, 480, true);
    size_t len = make_chunk(chunk, sizeof(chunk), ops, n, true, n);
    assert_true(test_peer_chunk(&peer, 1, DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_KEY, chunk, len));
    assert_true(test_peer_flush(&peer));
    test_peer_run(&peer, 300);
    hostile_expect_window_answers();
    hostile_expect_end(session.viewer);
}

int main(void)
{
#define HOSTILE(name) cmocka_unit_test_setup_teardown(name, hostile_set_up, hostile_tear_down)
    const struct CMUnitTest tests[] = {
        HOSTILE(layouts_of_every_size_are_shown),
        HOSTILE(a_thousand_layouts_are_borne),
        HOSTILE(work_for_minutes_leaves_window_and_end_alone),
        HOSTILE(pictures_that_make_no_sense_end_the_viewer),
        HOSTILE(thousands_of_large_cursors_are_borne),
        HOSTILE(a_cursor_that_does_not_unpack_ends_the_viewer),
        HOSTILE(hostile_names_and_orders_are_borne),
        HOSTILE(a_picture_that_stops_in_the_middle_leaves_a_window_that_answers),
    };
    if (getenv("DESKSIDE_TEST_ONLY"))
        cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    ds_packer_destroy(packer);
    return failed;
}
