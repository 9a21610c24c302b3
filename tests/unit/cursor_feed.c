/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/cursor_feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static struct ds_pointer_shape shape;

static struct ds_cursor_message decode(struct ds_rcbuf *message)
{
    struct ds_cursor_message m;
    assert_non_null(message);
    assert_int_equal(0, ds_cursor_message_decode(message->data, message->len, &m));
    return m;
}

/* The id with which a shape of this single pixel is told, and how. */
static struct ds_cursor_message tell(struct ds_cursor_feed *feed, uint32_t pixel)
{
    shape = (struct ds_pointer_shape){.width = 1, .height = 1};
    shape.argb[0] = pixel;
    struct ds_rcbuf *message = ds_cursor_feed_shape(feed, &shape);
    struct ds_cursor_message m = decode(message);
    ds_rcbuf_unref(message);
    m.packed = NULL;
    return m;
}

static void a_shape_is_told_with_its_pixels_in_wire_order(void **state)
{
    (void)state;
    struct ds_cursor_feed feed = {.uses = 0};
    shape = (struct ds_pointer_shape){.width = 2, .height = 1, .hot_x = 1, .hot_y = 0};
    shape.argb[0] = 0xff102030;
    shape.argb[1] = 0x80402010;
    struct ds_rcbuf *message = ds_cursor_feed_shape(&feed, &shape);
    struct ds_cursor_message m = decode(message);
    assert_int_equal(DS_CURSOR_SHAPE, m.type);
    assert_int_equal(2, m.width);
    assert_int_equal(1, m.height);
    assert_int_equal(1, m.hot_x);
    uint8_t pixels[16];
    const uint8_t expected[] = {0xff, 0x10, 0x20, 0x30, 0x80, 0x40, 0x20, 0x10};
    uLongf len = sizeof(pixels);
    assert_int_equal(Z_OK, uncompress(pixels, &len, m.packed, m.packed_len));
    assert_int_equal(sizeof(expected), len);
    assert_memory_equal(expected, pixels, sizeof(expected));
    ds_rcbuf_unref(message);
}

static void a_shape_that_the_viewer_has_is_only_named(void **state)
{
    (void)state;
    struct ds_cursor_feed feed = {.uses = 0};
    struct ds_cursor_message first = tell(&feed, 0xff000001), second = tell(&feed, 0xff000002);
    assert_int_equal(DS_CURSOR_SHAPE, second.type);
    assert_int_not_equal(first.id, second.id);
    struct ds_cursor_message again = tell(&feed, 0xff000001);
    assert_int_equal(DS_CURSOR_USE, again.type);
    assert_int_equal(first.id, again.id);
}

static void the_shape_longest_unused_makes_room(void **state)
{
    (void)state;
    struct ds_cursor_feed feed = {.uses = 0};
    uint8_t second = 0;
    for (uint32_t i = 0; i < DS_CURSOR_SHAPES; i++) {
        struct ds_cursor_message m = tell(&feed, 0xff000000 + i);
        assert_int_equal(DS_CURSOR_SHAPE, m.type);
        second = i == 1 ? m.id : second;
    }
    assert_int_equal(DS_CURSOR_USE, tell(&feed, 0xff000000).type); /* the first is young again */
    struct ds_cursor_message m = tell(&feed, 0xffffffff);
    assert_int_equal(DS_CURSOR_SHAPE, m.type);
    assert_int_equal(second, m.id);
    assert_int_equal(DS_CURSOR_SHAPE, tell(&feed, 0xff000001).type); /* it is gone */
}

static void a_position_is_told_once(void **state)
{
    (void)state;
    struct ds_cursor_feed feed = {.uses = 0};
    struct ds_rcbuf *message = ds_cursor_feed_position(&feed, -3, 700, false);
    struct ds_cursor_message m = decode(message);
    assert_int_equal(DS_CURSOR_POSITION, m.type);
    assert_int_equal(-3, m.x);
    assert_int_equal(700, m.y);
    assert_false(m.visible);
    ds_rcbuf_unref(message);
    assert_null(ds_cursor_feed_position(&feed, -3, 700, false));
    message = ds_cursor_feed_position(&feed, -3, 700, true);
    assert_true(decode(message).visible);
    ds_rcbuf_unref(message);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shape_is_told_with_its_pixels_in_wire_order),
        cmocka_unit_test(a_shape_that_the_viewer_has_is_only_named),
        cmocka_unit_test(the_shape_longest_unused_makes_room),
        cmocka_unit_test(a_position_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
