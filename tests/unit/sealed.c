/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/sealed.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ds_buf buf;

static int set_up(void **state)
{
    (void)state;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_buf_destroy(&buf);
    return 0;
}

static void assert_bytes(const uint8_t *want, size_t n)
{
    assert_int_equal(buf.len, n);
    assert_memory_equal(ds_buf_peek(&buf), want, n);
    ds_buf_clear(&buf);
}

/* Decoders by one signature, so that one loop can cut every golden message. */
static int decode_control(const uint8_t *bytes, size_t n)
{
    struct ds_control m;
    return ds_control_decode(bytes, n, &m);
}

static int decode_input(const uint8_t *bytes, size_t n)
{
    struct ds_input m;
    return ds_input_decode(bytes, n, &m);
}

static int decode_cursor(const uint8_t *bytes, size_t n)
{
    struct ds_cursor_message m;
    return ds_cursor_message_decode(bytes, n, &m);
}

static int decode_screen(const uint8_t *bytes, size_t n)
{
    struct ds_screen_message m;
    return ds_screen_message_decode(bytes, n, &m);
}

/* Whole: fine. One byte more: fine (a newer field). Less than `least`: refused. */
static void assert_cuts(int (*decode)(const uint8_t *, size_t), const uint8_t *bytes, size_t n,
                        size_t least)
{
    for (size_t cut = 0; cut <= n + 1; cut++) {
        uint8_t *exact = calloc(1, cut ? cut : 1);
        assert_non_null(exact);
        memcpy(exact, bytes, cut < n ? cut : n);
        assert_int_equal(decode(exact, cut), cut < least ? DS_EPROTO : DS_OK);
        free(exact);
    }
}

/* ---- CONTROL ---- */

static void control_messages_are_these_bytes(void **state)
{
    (void)state;
    static const struct {
        struct ds_control message;
        uint8_t bytes[16];
        size_t len;
    } golden[] = {
        {{.type = DS_CONTROL_HELLO, .version = 1, .features = 3, .program = "abc", .tiles = 1024},
         /* version 16, features 32, text, tiles 16, text */
         {1, 0, 1, 0, 0, 0, 3, 0, 3, 'a', 'b', 'c', 4, 0, 0, 0},
         16},
        {{.type = DS_CONTROL_REQUEST, .right = DS_RIGHT_CONTROL}, {2, 2}, 2},
        {{.type = DS_CONTROL_RIGHT, .right = DS_RIGHT_FILES, .state = DS_RIGHT_GRANTED},
         {3, 4, 2, 0, 0},
         5},
        {{.type = DS_CONTROL_RIGHT,
          .right = DS_RIGHT_CONTROL,
          .state = DS_RIGHT_REFUSED,
          .wait_s = 300},
         {3, 2, 3, 1, 44},
         5},
        {{.type = DS_CONTROL_RELEASE, .right = DS_RIGHT_POINT}, {4, 1}, 2},
        {{.type = DS_CONTROL_MONITOR, .monitor = 0xff}, {6, 0xff}, 2},
        {{.type = DS_CONTROL_PAUSED, .on = true, .by_rep = false, .wait_s = 30},
         {7, 1, 0, 0, 30, 0},
         6},
        {{.type = DS_CONTROL_PAUSED, .on = true, .by_rep = true, .allowed = true},
         {7, 1, 1, 0, 0, 1},
         6},
        {{.type = DS_CONTROL_RESUME}, {8}, 1},
        {{.type = DS_CONTROL_VISIBLE, .on = true}, {9, 1}, 2},
        {{.type = DS_CONTROL_HELD, .on = true}, {10, 1}, 2},
        {{.type = DS_CONTROL_END, .reason = "closed"}, {11, 0, 6, 'c', 'l', 'o', 's', 'e', 'd'}, 9},
        {{.type = DS_CONTROL_PAUSE}, {12}, 1},
        {{.type = DS_CONTROL_RESTARTING, .restart = DS_RESTART_NOW, .left_s = 600},
         {13, 2, 2, 88, 0, 0},
         6},
        {{.type = DS_CONTROL_RESTARTING, .reason = "file"},
         {13, 0, 0, 0, 0, 4, 'f', 'i', 'l', 'e'},
         10},
        {{.type = DS_CONTROL_RESTART}, {14}, 1},
        {{.type = DS_CONTROL_SHARE,
          .share = DS_SHARE_WINDOW,
          .fresh = true,
          .width = 0x0780,
          .height = 0x0438,
          .name = "Notes"},
         {15, 2, 1, 7, 0x80, 4, 0x38, 0, 5, 'N', 'o', 't', 'e', 's'}, /* 1920 x 1080 */
         14},
        {{.type = DS_CONTROL_SHARE}, {15, 0, 0, 0, 0, 0, 0, 0, 0}, 9},
        {{.type = DS_CONTROL_SHARED, .shared = DS_SHARED_HIDDEN}, {16, 2}, 2},
    };
    for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
        /* an older version ends before the wait, and before what came after it */
        size_t added = golden[i].message.type == DS_CONTROL_RIGHT    ? 2
                       : golden[i].message.type == DS_CONTROL_PAUSED ? 3
                       : golden[i].message.type == DS_CONTROL_HELLO  ? 4
                                                                     : 0;
        struct ds_control m;
        assert_int_equal(ds_control_encode(&buf, &golden[i].message), DS_OK);
        assert_bytes(golden[i].bytes, golden[i].len);
        assert_int_equal(ds_control_decode(golden[i].bytes, golden[i].len, &m), DS_OK);
        assert_memory_equal(&m, &golden[i].message, sizeof(m));
        assert_cuts(decode_control, golden[i].bytes, golden[i].len, golden[i].len - added);
    }
}

static void a_hello_may_name_who_sits_there(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {1,  0, 1, 0, 0,   0,  0, 0, 0, /* no program */
                                    16, 0, 0, 2, 'M', 'a'};
    struct ds_control m = {.type = DS_CONTROL_HELLO, .version = 1, .tiles = 4096, .who = "Ma"}, got;
    assert_int_equal(ds_control_encode(&buf, &m), DS_OK);
    assert_bytes(bytes, sizeof(bytes));
    assert_int_equal(ds_control_decode(bytes, sizeof(bytes), &got), DS_OK);
    assert_memory_equal(&got, &m, sizeof(m));
    assert_int_equal(ds_control_decode(bytes, sizeof(bytes) - 1, &got), DS_EPROTO);
}

static const uint8_t layout[] = {
    5,                                                              /* LAYOUT */
    0x0f, 0x00, 0x04, 0x38,                                         /* 3840 x 1080 */
    0xff,                                                           /* all monitors */
    2,                                                              /* of two */
    0x00, 0x00, 0x00, 0x00, 0x07, 0x80, 0x04, 0x38, 0, 2, 'H', '1', /* at 0,0 1920 x 1080 "H1" */
    0xf8, 0x80, 0x00, 0x10, 0x07, 0x80, 0x04, 0x38, 0, 0,           /* at -1920,16 no name */
};

static void a_layout_is_these_bytes(void **state)
{
    (void)state;
    struct ds_control m = {
        .type = DS_CONTROL_LAYOUT,
        .width = 3840,
        .height = 1080,
        .monitor = 0xff,
        .monitor_count = 2,
        .monitors = {{.width = 1920, .height = 1080, .name = "H1"},
                     {.x = -1920, .y = 16, .width = 1920, .height = 1080}},
    };
    assert_int_equal(ds_control_encode(&buf, &m), DS_OK);
    assert_bytes(layout, sizeof(layout));
    struct ds_control got;
    assert_int_equal(ds_control_decode(layout, sizeof(layout), &got), DS_OK);
    assert_int_equal(got.monitors[1].x, -1920);
    assert_string_equal(got.monitors[0].name, "H1");
    assert_memory_equal(&got, &m, sizeof(m));
    assert_cuts(decode_control, layout, sizeof(layout), sizeof(layout));
}

/* layout with one byte pair changed. */
static int layout_with(size_t at, uint16_t value)
{
    uint8_t bytes[sizeof(layout)];
    memcpy(bytes, layout, sizeof(layout));
    bytes[at] = (uint8_t)(value >> 8);
    bytes[at + 1] = (uint8_t)value;
    return decode_control(bytes, sizeof(bytes));
}

static void a_layout_out_of_range_is_refused(void **state)
{
    (void)state;
    assert_int_equal(layout_with(1, 0), DS_EPROTO);
    assert_int_equal(layout_with(3, 0), DS_EPROTO);
    assert_int_equal(layout_with(1, DS_SCREEN_SIDE_MAX), DS_OK);
    assert_int_equal(layout_with(1, DS_SCREEN_SIDE_MAX + 1), DS_EPROTO);
    assert_int_equal(layout_with(1, 0xffff), DS_EPROTO);
    assert_int_equal(layout_with(3, DS_SCREEN_AREA_MAX / 3840), DS_OK);
    assert_int_equal(layout_with(3, DS_SCREEN_AREA_MAX / 3840 + 1), DS_EPROTO);
    assert_int_equal(layout_with(5, 0x0102), DS_OK);     /* the second of two */
    assert_int_equal(layout_with(5, 0x0202), DS_EPROTO); /* the third of two */
    assert_int_equal(layout_with(5, 0xff11), DS_EPROTO); /* seventeen */
    assert_int_equal(layout_with(5, 0xffff), DS_EPROTO);
    assert_int_equal(layout_with(15, 0xffff), DS_EPROTO); /* longest name */
    struct ds_control m = {.type = DS_CONTROL_LAYOUT, .width = 0, .height = 1};
    assert_int_equal(ds_control_encode(&buf, &m), DS_EINVAL);
    m = (struct ds_control){.type = DS_CONTROL_LAYOUT,
                            .width = 1,
                            .height = 1,
                            .monitor_count = DS_SCREEN_MONITORS_MAX + 1};
    assert_int_equal(ds_control_encode(&buf, &m), DS_EINVAL);
}

static void the_largest_layout_fits(void **state)
{
    (void)state;
    struct ds_control m = {.type = DS_CONTROL_LAYOUT,
                           .width = 7680,
                           .height = 4320,
                           .monitor_count = DS_SCREEN_MONITORS_MAX},
                      got;
    for (unsigned i = 0; i < DS_SCREEN_MONITORS_MAX; i++) {
        m.monitors[i].width = i + 1;
        memset(m.monitors[i].name, 'n', DS_TEXT_REASON - 1);
    }
    assert_int_equal(ds_control_encode(&buf, &m), DS_OK);
    assert_int_equal(ds_control_decode(ds_buf_peek(&buf), buf.len, &got), DS_OK);
    assert_memory_equal(&got, &m, sizeof(m));
}

static void a_hello_says_how_many_tiles_are_remembered(void **state)
{
    (void)state;
    uint8_t hello[] = {1, 0, 1, 0, 0, 0, 3, 0, 0, 0, 64};
    struct ds_control m;
    assert_int_equal(ds_control_decode(hello, sizeof(hello), &m), DS_OK);
    assert_int_equal(m.tiles, DS_TILES_MIN);
    hello[10] = 63;
    assert_int_equal(ds_control_decode(hello, sizeof(hello), &m), DS_EPROTO);
    hello[9] = 16;
    hello[10] = 0;
    assert_int_equal(ds_control_decode(hello, sizeof(hello), &m), DS_OK);
    assert_int_equal(m.tiles, DS_TILES_MAX);
    hello[10] = 1;
    assert_int_equal(ds_control_decode(hello, sizeof(hello), &m), DS_EPROTO);
    assert_int_equal(ds_control_decode(hello, 9, &m), DS_OK); /* of an older version */
    assert_int_equal(m.tiles, DS_TILES_MAX);
}

static void control_values_out_of_range_are_refused(void **state)
{
    (void)state;
    static const uint8_t bad[][3] = {
        {2, DS_RIGHT_COUNT},
        {4, 0xff},
        {3, DS_RIGHT_COUNT, 0},
        {3, 0, DS_RIGHT_REFUSED + 1},
        {7, 2, 0},
        {7, 0, 2},
        {9, 2},
        {10, 0xff},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(decode_control(bad[i], 3), DS_EPROTO);
    static const uint8_t shares[][9] = {
        {15, DS_SHARE_WINDOW + 1, 1, 0, 9, 0, 9, 0, 0}, /* of no known kind */
        {15, DS_SHARE_SCREEN, 2, 0, 9, 0, 9, 0, 0},     /* fresh is no bool */
        {15, DS_SHARE_SCREEN, 1, 0, 0, 0, 9, 0, 0},     /* a screen without width */
        {15, DS_SHARE_SCREEN, 1, 0x40, 1, 0, 9, 0, 0},  /* wider than the limit */
        {15, DS_SHARE_NONE, 1, 0, 9, 0, 9, 0, 0},       /* nothing, with a size */
    };
    for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++)
        assert_int_equal(decode_control(shares[i], 9), DS_EPROTO);
    static const uint8_t shared[] = {16, DS_SHARED_HIDDEN + 1};
    assert_int_equal(decode_control(shared, 2), DS_EPROTO);
    static const uint8_t long_reason[3 + DS_TEXT_REASON] = {11, 0, DS_TEXT_REASON};
    assert_int_equal(decode_control(long_reason, sizeof(long_reason)), DS_EPROTO);
    struct ds_control m = {.type = 99};
    assert_int_equal(ds_control_encode(&buf, &m), DS_EINVAL);
}

/* ---- INPUT ---- */

static void input_messages_are_these_bytes(void **state)
{
    (void)state;
    static const struct {
        struct ds_input message;
        uint8_t bytes[24];
        size_t len;
    } golden[] = {
        {{.type = DS_INPUT_POINTER,
          .epoch = 1,
          .sequence = 2,
          .x = 0x0102,
          .y = 0x0304,
          .buttons = 5},
         {1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2, 3, 4, 5}, /* epoch 32, sequence 32, x, y, buttons */
         14},
        {{.type = DS_INPUT_KEY,
          .epoch = 0x01020304,
          .sequence = 0xfffffffe,
          .keysym = 0x010020ac,
          .down = true},
         {2, 1, 2, 3, 4, 0xff, 0xff, 0xff, 0xfe, 1, 0, 0x20, 0xac, 1}, /* keysym 32, down */
         14},
        {{.type = DS_INPUT_TEXT, .epoch = 1, .sequence = 3, .text = "\xc3\xa9"},
         {3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 2, 0xc3, 0xa9},
         13},
        {{.type = DS_INPUT_RELEASE, .epoch = 1, .sequence = 4}, {4, 0, 0, 0, 1, 0, 0, 0, 4}, 9},
        {{.type = DS_INPUT_LASER,
          .epoch = 1,
          .sequence = 5,
          .x = 0x0102,
          .y = 0x0304,
          .color = 0xe5484d,
          .down = true},
         {16, 0, 0, 0, 1, 0, 0, 0, 5, 1, 2, 3, 4, 0xe5, 0x48, 0x4d, 1}, /* x, y, colour, down */
         17},
    };
    for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
        struct ds_input m;
        assert_int_equal(ds_input_encode(&buf, &golden[i].message), DS_OK);
        assert_bytes(golden[i].bytes, golden[i].len);
        assert_int_equal(ds_input_decode(golden[i].bytes, golden[i].len, &m), DS_OK);
        assert_memory_equal(&m, &golden[i].message, sizeof(m));
        assert_cuts(decode_input, golden[i].bytes, golden[i].len, golden[i].len);
    }
}

static int decode_text(const char *text, size_t n)
{
    uint8_t bytes[11 + 512] = {3, 0, 0, 0, 1, 0, 0, 0, 1, (uint8_t)(n >> 8), (uint8_t)n};
    memcpy(bytes + 11, text, n);
    return decode_input(bytes, 11 + n);
}

static void composed_text_has_no_control_characters(void **state)
{
    (void)state;
    assert_int_equal(decode_text("plain \xe2\x82\xac", 9), DS_OK);
    assert_int_equal(decode_text("", 0), DS_EPROTO);
    for (char c = 0; c < 0x20; c++)
        assert_int_equal(decode_text((char[]){'a', c}, 2), DS_EPROTO);
    assert_int_equal(decode_text("\x7f", 1), DS_EPROTO);
    assert_int_equal(decode_text("\xc2\x85", 2), DS_EPROTO); /* a C1 control */
    assert_int_equal(decode_text("\xc3", 1), DS_EPROTO);
    char most[DS_INPUT_TEXT_MAX + 1];
    memset(most, 'm', sizeof(most));
    assert_int_equal(decode_text(most, DS_INPUT_TEXT_MAX), DS_OK);
    assert_int_equal(decode_text(most, DS_INPUT_TEXT_MAX + 1), DS_EPROTO);
    static const uint8_t key[] = {2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 97, 2};
    assert_int_equal(decode_input(key, sizeof(key)), DS_EPROTO); /* down is 0 or 1 */
}

/* ---- CURSOR ---- */

static void cursor_messages_are_these_bytes(void **state)
{
    (void)state;
    static const uint8_t packed[] = {0x78, 0x9c};
    static const struct {
        struct ds_cursor_message message;
        uint8_t bytes[16];
        size_t len, least;
    } golden[] = {
        {{.type = DS_CURSOR_SHAPE,
          .id = 31,
          .width = 256,
          .height = 24,
          .hot_x = 255,
          .hot_y = 1,
          .packed = packed,
          .packed_len = 2},
         {1, 31, 1, 0, 0, 24, 0, 255, 0, 1, 0x78, 0x9c}, /* id, width, height, hot x y, pixels */
         12,
         10},
        {{.type = DS_CURSOR_POSITION, .x = -2, .y = 300, .visible = true},
         {2, 0xff, 0xfe, 0x01, 0x2c, 1},
         6,
         6},
        {{.type = DS_CURSOR_USE, .id = 7}, {3, 7}, 2, 2},
    };
    for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
        struct ds_cursor_message m;
        assert_int_equal(ds_cursor_message_encode(&buf, &golden[i].message), DS_OK);
        assert_bytes(golden[i].bytes, golden[i].len);
        assert_int_equal(ds_cursor_message_decode(golden[i].bytes, golden[i].len, &m), DS_OK);
        assert_int_equal(m.type, golden[i].message.type);
        assert_int_equal(m.id, golden[i].message.id);
        assert_int_equal(m.width, golden[i].message.width);
        assert_int_equal(m.height, golden[i].message.height);
        assert_int_equal(m.hot_x, golden[i].message.hot_x);
        assert_int_equal(m.hot_y, golden[i].message.hot_y);
        assert_int_equal(m.x, golden[i].message.x);
        assert_int_equal(m.y, golden[i].message.y);
        assert_int_equal(m.visible, golden[i].message.visible);
        assert_int_equal(m.packed_len, golden[i].message.packed_len);
        assert_cuts(decode_cursor, golden[i].bytes, golden[i].len, golden[i].least);
    }
}

static void cursor_values_out_of_range_are_refused(void **state)
{
    (void)state;
    static const uint8_t bad[][11] = {
        {1, 32, 0, 16, 0, 16, 0, 0, 0, 0},  /* id */
        {1, 0, 0, 0, 0, 16, 0, 0, 0, 0},    /* no width */
        {1, 0, 0, 16, 0, 0, 0, 0, 0, 0},    /* no height */
        {1, 0, 1, 1, 0, 16, 0, 0, 0, 0},    /* too wide */
        {1, 0, 0, 16, 0xff, 0xff, 0, 0, 0}, /* too high */
        {1, 0, 0, 16, 0, 16, 0, 16, 0, 0},  /* hot spot outside */
        {1, 0, 0, 16, 0, 16, 0, 0, 0, 16},
        {2, 0, 0, 0, 0, 2}, /* visible is 0 or 1 */
        {3, 32},
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(decode_cursor(bad[i], 11), DS_EPROTO);
}

/* ---- SCREEN ---- */

static void screen_messages_are_these_bytes(void **state)
{
    (void)state;
    static const uint8_t ops[] = {9, 8, 7};
    static const uint8_t chunk[] = {
        1,           /* CHUNK */
        0,  0, 1, 2, /* update 258 */
        15,          /* FIRST LAST KEY EXACT */
        9,  8, 7,    /* operations */
    };
    static const uint8_t ack[] = {2, 0, 0, 1, 2, 0, 0, 0x13, 0x88}; /* update 258, 5000 us */
    struct ds_screen_message m = {.type = DS_SCREEN_CHUNK,
                                  .id = 258,
                                  .flags = 15,
                                  .ops = ops,
                                  .ops_len = 3},
                             got;
    assert_int_equal(ds_screen_message_encode(&buf, &m), DS_OK);
    assert_bytes(chunk, sizeof(chunk));
    assert_int_equal(ds_screen_message_decode(chunk, sizeof(chunk), &got), DS_OK);
    assert_int_equal(got.id, 258);
    assert_int_equal(got.flags, DS_SCREEN_FLAG_FIRST | DS_SCREEN_FLAG_LAST | DS_SCREEN_FLAG_KEY |
                                    DS_SCREEN_FLAG_EXACT);
    assert_ptr_equal(got.ops, chunk + DS_SCREEN_HEADER);
    assert_int_equal(got.ops_len, 3);
    assert_cuts(decode_screen, chunk, sizeof(chunk), DS_SCREEN_HEADER);
    m = (struct ds_screen_message){.type = DS_SCREEN_ACK, .id = 258, .decode_us = 5000};
    assert_int_equal(ds_screen_message_encode(&buf, &m), DS_OK);
    assert_bytes(ack, sizeof(ack));
    assert_int_equal(ds_screen_message_decode(ack, sizeof(ack), &got), DS_OK);
    assert_int_equal(got.decode_us, 5000);
    assert_cuts(decode_screen, ack, sizeof(ack), sizeof(ack));
}

static void a_chunk_has_a_bound(void **state)
{
    (void)state;
    uint8_t *bytes = calloc(1, DS_SCREEN_CHUNK_MAX + 1);
    assert_non_null(bytes);
    bytes[0] = DS_SCREEN_CHUNK;
    assert_int_equal(decode_screen(bytes, DS_SCREEN_CHUNK_MAX), DS_OK);
    assert_int_equal(decode_screen(bytes, DS_SCREEN_CHUNK_MAX + 1), DS_EPROTO);
    free(bytes);
}

/* ---- all ---- */

static void unknown_types_are_told_apart_from_bad_ones(void **state)
{
    (void)state;
    static const uint8_t unknown[12] = {200};
    struct ds_control control;
    struct ds_input input;
    struct ds_cursor_message cursor;
    struct ds_screen_message screen;
    assert_int_equal(ds_control_decode(unknown, 12, &control), DS_OK);
    assert_int_equal(control.type, 0);
    assert_int_equal(ds_input_decode(unknown, 12, &input), DS_OK);
    assert_int_equal(input.type, 0);
    assert_int_equal(ds_cursor_message_decode(unknown, 12, &cursor), DS_OK);
    assert_int_equal(cursor.type, 0);
    assert_int_equal(ds_screen_message_decode(unknown, 12, &screen), DS_OK);
    assert_int_equal(screen.type, 0);
    assert_int_equal(decode_control(unknown, 0), DS_EPROTO);
    assert_int_equal(decode_input(unknown, 0), DS_EPROTO);
    assert_int_equal(decode_cursor(unknown, 0), DS_EPROTO);
    assert_int_equal(decode_screen(unknown, 0), DS_EPROTO);
    input.type = cursor.type = screen.type = 99;
    assert_int_equal(ds_input_encode(&buf, &input), DS_EINVAL);
    assert_int_equal(ds_cursor_message_encode(&buf, &cursor), DS_EINVAL);
    assert_int_equal(ds_screen_message_encode(&buf, &screen), DS_EINVAL);
}

static void rights_have_names_both_ways(void **state)
{
    (void)state;
    static const char *const names[] = {"look",      "point", "control",
                                        "clipboard", "files", "restart"};
    for (int i = 0; i < DS_RIGHT_COUNT; i++) {
        assert_string_equal(ds_right_name((enum ds_right)i), names[i]);
        assert_int_equal(ds_right_by_name(names[i]), i);
    }
    assert_string_equal(ds_right_name(DS_RIGHT_COUNT), "unknown");
    assert_int_equal(ds_right_by_name("fly"), DS_RIGHT_COUNT);
}

#define with_buf(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_buf(control_messages_are_these_bytes),
        with_buf(a_hello_may_name_who_sits_there),
        with_buf(a_layout_is_these_bytes),
        with_buf(a_layout_out_of_range_is_refused),
        with_buf(the_largest_layout_fits),
        cmocka_unit_test(a_hello_says_how_many_tiles_are_remembered),
        with_buf(control_values_out_of_range_are_refused),
        with_buf(input_messages_are_these_bytes),
        with_buf(composed_text_has_no_control_characters),
        with_buf(cursor_messages_are_these_bytes),
        with_buf(cursor_values_out_of_range_are_refused),
        with_buf(screen_messages_are_these_bytes),
        with_buf(a_chunk_has_a_bound),
        with_buf(unknown_types_are_told_apart_from_bad_ones),
        with_buf(rights_have_names_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
