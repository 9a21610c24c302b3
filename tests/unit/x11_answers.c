/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of an X display taken apart. The bytes are those of a little-endian machine, as every
 * one is that Deskside is built for. */
#include "common/base/error.h"
#include "common/x11/keymap_wire.h"
#include "common/x11/randr.h"
#include "common/x11/xfixes.h"
#include "common/x11/xinput.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define HEAD(words) 1, 0, 2, 0, words, 0, 0, 0 /* an answer, sequence number 2, 32 + 4 * words */
#define ZERO4 0, 0, 0, 0
#define ZERO12 ZERO4, ZERO4, ZERO4

/* clang-format off */
static const uint8_t map_answer[] = {
    HEAD(30),
    0, 0, 8, 10,          /* keycodes 8..10 */
    0x7f, 0,              /* every part but the virtual modifiers of keys */
    0, 2, 2,              /* types: first, here, in all */
    8, 3, 0, 3,           /* symbols: first key, symbols in all, keys here */
    9, 2, 0, 2,           /* actions: first key, actions in all, keys here */
    8, 1, 1,              /* behaviours: first key, keys, in all */
    8, 1, 1,              /* explicit: the same */
    9, 1, 1,              /* modifier map: the same */
    0, 0, 0, 0,           /* virtual modifiers of keys: the same; pad */
    0x05, 0,              /* two virtual modifiers */
    0, 0, 0, 0, 1, 0, 0, 0,     /* type 0: no modifiers, one level */
    1, 1, 0, 0, 2, 2, 1, 0,     /* type 1: Shift, two levels, two entries, what they preserve */
    1, 1, 1, 1, ZERO4,          /* Shift: level 1 */
    0, 2, 7, 2, ZERO4,          /* not active */
    ZERO4, ZERO4,               /* preserved */
    1, 0, 0, 0, 1, 2, 2, 0,     /* key 8: type 1, one group, two levels, two symbols */
    'a', 0, 0, 0, 'A', 0, 0, 0,
    0, 0, 0, 0, 1, 1, 1, 0,     /* key 9: one of everything */
    0xe1, 0xff, 0, 0,           /* Shift_L */
    0, 0, 0, 0, 2, 2, 0, 0,     /* key 10: two groups of two levels without a symbol */
    1, 1, 0, 0,                 /* one action each for keys 9 and 10; pad */
    1, 0, 1, 1, ZERO4,          /* sets Shift */
    2, 0, 4, 4, ZERO4,          /* latches Control */
    8, 0, 0, 0,                 /* behaviour of key 8 */
    1, 2, 0, 0,                 /* virtual modifiers; pad */
    8, 1, 0, 0,                 /* explicit of key 8; pad */
    9, 1, 0, 0,                 /* modifier map: key 9 is Shift; pad */
};
static const uint8_t device_answer[] = {
    HEAD(17),
    2, 0, 0, 0, ZERO12, ZERO4, ZERO4,   /* two devices */
    3, 0, 2, 0, 2, 0, 1, 0, 5, 0, 1, 0, /* 3, master keyboard, of 2, one class, 5 bytes of name */
    'c', 'o', 'r', 'e', '!', 0, 0, 0,
    0, 0, 3, 0, 3, 0, 1, 0, 9, 0, 0, 0, /* class: keys, three words, source 3, one key: 9 */
    5, 0, 4, 0, 3, 0, 2, 0, 0, 0, 1, 0, /* 5, slave keyboard, of 3, two classes, no name */
    1, 0, 2, 0, ZERO4,                  /* two words */
    1, 0, 4, 0, ZERO12,                 /* four words */
};
static const uint8_t mark_answer[] = {
    HEAD(1),
    19, 0, 0, 0, ZERO4,     /* INTEGER, nothing more */
    1, 0, 0, 0, 8, 0, 0, 0, /* one item of 8 bits */
    ZERO4, ZERO4,
    1, 0, 0, 0,             /* it is 1; pad */
};
static const uint8_t monitor_answer[] = {
    HEAD(15),
    ZERO4, 2, 0, 0, 0, 3, 0, 0, 0, ZERO12,  /* two monitors of three outputs */
    0x40, 0, 0, 0, 1, 0, 1, 0,              /* name, primary, made by hand, one output */
    0, 0, 0, 0, 0x80, 0x07, 0x38, 0x04,     /* 1920x1080 at 0,0 */
    ZERO4, ZERO4, 0x50, 0, 0, 0,            /* millimetres; the output */
    0x41, 0, 0, 0, 0, 1, 2, 0,
    0x80, 0x07, 0xf6, 0xff, 0, 5, 0, 4,     /* 1280x1024 at 1920,-10 */
    ZERO4, ZERO4, 0x51, 0, 0, 0, 0x52, 0, 0, 0,
};
static const uint8_t cursor_answer[] = {
    HEAD(2),
    5, 0, 6, 0, 2, 0, 1, 0, 1, 0, 0, 0,     /* at 5,6; 2x1; hot spot 1,0 */
    7, 0, 0, 0, ZERO4, ZERO4,               /* serial 7 */
    0x03, 0x02, 0x01, 0xff, 0, 0, 0, 0,     /* 0xff010203, transparent */
};
static const uint8_t region_answer[] = {
    HEAD(4),
    1, 0, 2, 0, 30, 0, 40, 0, ZERO12, ZERO4, /* extents 30x40 at 1,2 */
    1, 0, 2, 0, 3, 0, 4, 0,                  /* 3x4 at 1,2 */
    9, 0, 9, 0, 22, 0, 33, 0,
};
/* clang-format on */

/* size bytes at the end of their own memory, aligned as xcb's are. */
static void *copy(const uint8_t *bytes, size_t size)
{
    void *own = malloc(size ? size : 1);
    assert_non_null(own);
    return memcpy(own, bytes, size);
}

/* What a reader returns for the first size bytes of an answer. */
typedef int reader(const void *answer, size_t size);

static int as_map(const void *answer, size_t size)
{
    struct ds_keymap map = {.min = 77};
    int error = ds_keymap_decode(&map, answer, size);
    if (error)
        assert_int_equal(77, map.min);
    else
        ds_keymap_destroy(&map);
    return error;
}

static int as_devices(const void *answer, size_t size)
{
    struct ds_xinput_device devices[4];
    return ds_xinput_read_devices(answer, size, devices, 4);
}

static int as_mark(const void *answer, size_t size)
{
    return ds_xinput_read_mark(answer, size) ? DS_OK : DS_EPROTO;
}

static int as_monitors(const void *answer, size_t size)
{
    xcb_randr_monitor_info_t monitors[DS_RANDR_MONITORS];
    return ds_randr_read_monitors(answer, size, monitors);
}

static int as_cursor(const void *answer, size_t size)
{
    xcb_xfixes_get_cursor_image_reply_t head;
    const uint32_t *pixels;
    return ds_xfixes_read_cursor(answer, size, &head, &pixels);
}

static int as_region(const void *answer, size_t size)
{
    struct ds_xfixes_region region;
    return ds_xfixes_read_region(answer, size, &region);
}

static const struct {
    reader *read;
    const uint8_t *bytes;
    size_t size;
    size_t needed; /* shorter ones are refused */
} answers[] = {
    {as_map, map_answer, sizeof(map_answer), sizeof(map_answer)},
    {as_devices, device_answer, sizeof(device_answer), sizeof(device_answer)},
    {as_mark, mark_answer, sizeof(mark_answer), 33},
    {as_monitors, monitor_answer, sizeof(monitor_answer), sizeof(monitor_answer)},
    {as_cursor, cursor_answer, sizeof(cursor_answer), sizeof(cursor_answer)},
    {as_region, region_answer, sizeof(region_answer), 32},
};
#define ANSWERS (sizeof(answers) / sizeof(answers[0]))

static void every_answer_is_as_long_as_its_head_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++)
        assert_int_equal(answers[i].size, 32 + 4 * answers[i].bytes[4]);
}

static void an_answer_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++)
        for (size_t size = 0; size <= answers[i].size; size++) {
            void *own = copy(answers[i].bytes, size);
            int result = answers[i].read(own, size);
            if (size < answers[i].needed)
                assert_int_equal(DS_EPROTO, result);
            else
                assert_true(result >= 0);
            free(own);
        }
}

static void no_byte_at_its_maximum_leads_outside(void **state)
{
    (void)state;
    for (size_t i = 0; i < ANSWERS; i++)
        for (size_t at = 0; at < answers[i].size; at++)
            for (size_t width = 1; width <= 4 && at + width <= answers[i].size; width++) {
                uint8_t *own = copy(answers[i].bytes, answers[i].size);
                memset(own + at, 0xff, width);
                answers[i].read(own, answers[i].size); /* the sanitizer looks */
                free(own);
            }
}

static void a_keymap_is_read_with_its_types_symbols_and_modifiers(void **state)
{
    (void)state;
    struct ds_keymap map;
    void *own = copy(map_answer, sizeof(map_answer));
    assert_int_equal(0, ds_keymap_decode(&map, own, sizeof(map_answer)));
    free(own);
    assert_int_equal(8, map.min);
    assert_int_equal(10, map.max);
    assert_int_equal(0, map.types[0].count);
    assert_int_equal(DS_MOD_SHIFT, map.types[1].mask);
    assert_int_equal(1, map.types[1].count); /* the other entry is not active */
    assert_int_equal(1, map.types[1].entries[0].level);
    assert_int_equal('a', ds_keymap_sym(&map, 8, 0, 0));
    assert_int_equal('A', ds_keymap_sym(&map, 8, 0, DS_MOD_SHIFT));
    assert_int_equal(0xffe1, ds_keymap_sym(&map, 9, 0, 0));
    assert_int_equal(DS_MOD_SHIFT, map.keys[9].sets);
    assert_int_equal(DS_MOD_SHIFT, map.keys[9].modmap);
    assert_int_equal(0, map.keys[10].groups); /* more levels than symbols */
    assert_int_equal(0, map.keys[10].sets);   /* a latch is not held */
    assert_int_equal(0, map.keys[8].sets);
    ds_keymap_destroy(&map);
}

static void keys_outside_of_the_keycodes_are_refused(void **state)
{
    (void)state;
    uint8_t *own = copy(map_answer, sizeof(map_answer));
    own[17] = 9; /* symbols for 9, 10 and 11 */
    assert_int_equal(DS_EPROTO, as_map(own, sizeof(map_answer)));
    own[17] = 8;
    own[10] = 11; /* first keycode above the last */
    assert_int_equal(DS_EPROTO, as_map(own, sizeof(map_answer)));
    free(own);
}

static void devices_are_read_up_to_the_room_there_is(void **state)
{
    (void)state;
    struct ds_xinput_device devices[2] = {{0}};
    assert_int_equal(2, ds_xinput_read_devices(device_answer, sizeof(device_answer), devices, 2));
    assert_int_equal(3, devices[0].id);
    assert_int_equal(XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD, devices[0].type);
    assert_int_equal(2, devices[0].attachment);
    assert_int_equal(5, devices[1].id);
    assert_int_equal(XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD, devices[1].type);
    assert_int_equal(3, devices[1].attachment);
    devices[1].id = 77;
    assert_int_equal(1, ds_xinput_read_devices(device_answer, sizeof(device_answer), devices, 1));
    assert_int_equal(77, devices[1].id);
}

static void a_class_without_length_is_refused(void **state)
{
    (void)state;
    uint8_t *own = copy(device_answer, sizeof(device_answer));
    own[32 + 12 + 8 + 2] = 0;
    assert_int_equal(DS_EPROTO, as_devices(own, sizeof(device_answer)));
    free(own);
}

static void a_mark_is_one_byte_that_is_not_zero(void **state)
{
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
    } unlike[] = {{16, 0}, {16, 2}, {20, 32}, {32, 0}};
    assert_true(ds_xinput_read_mark(mark_answer, sizeof(mark_answer)));
    for (size_t i = 0; i < sizeof(unlike) / sizeof(unlike[0]); i++) {
        uint8_t *own = copy(mark_answer, sizeof(mark_answer));
        own[unlike[i].at] = unlike[i].value;
        assert_false(ds_xinput_read_mark(own, sizeof(mark_answer)));
        free(own);
    }
}

static void monitors_are_read_with_their_places(void **state)
{
    (void)state;
    xcb_randr_monitor_info_t monitors[DS_RANDR_MONITORS];
    assert_int_equal(2, ds_randr_read_monitors(monitor_answer, sizeof(monitor_answer), monitors));
    assert_int_equal(0x40, monitors[0].name);
    assert_int_equal(1, monitors[0].primary);
    assert_int_equal(1920, monitors[0].width);
    assert_int_equal(1080, monitors[0].height);
    assert_int_equal(0x41, monitors[1].name);
    assert_int_equal(1920, monitors[1].x);
    assert_int_equal(-10, monitors[1].y);
    assert_int_equal(1280, monitors[1].width);
}

static void more_monitors_than_room_are_left_out(void **state)
{
    (void)state;
    size_t size = 32 + 24 * (DS_RANDR_MONITORS + 1);
    uint8_t *own = calloc(1, size);
    assert_non_null(own);
    own[12] = DS_RANDR_MONITORS + 1;
    assert_int_equal(DS_RANDR_MONITORS, as_monitors(own, size));
    free(own);
}

static void a_cursor_is_read_with_its_pixels(void **state)
{
    (void)state;
    xcb_xfixes_get_cursor_image_reply_t head;
    const uint32_t *pixels;
    void *own = copy(cursor_answer, sizeof(cursor_answer));
    assert_int_equal(0, ds_xfixes_read_cursor(own, sizeof(cursor_answer), &head, &pixels));
    assert_int_equal(2, head.width);
    assert_int_equal(1, head.height);
    assert_int_equal(1, head.xhot);
    assert_int_equal(7, head.cursor_serial);
    assert_int_equal(0xff010203, pixels[0]);
    assert_int_equal(0, pixels[1]);
    free(own);
}

static void a_region_has_the_rectangles_that_came(void **state)
{
    (void)state;
    struct ds_xfixes_region region;
    void *own = copy(region_answer, sizeof(region_answer));
    assert_int_equal(0, ds_xfixes_read_region(own, sizeof(region_answer), &region));
    assert_int_equal(30, region.extents.width);
    assert_int_equal(2, region.count);
    assert_int_equal(4, region.rects[0].height);
    assert_int_equal(33, region.rects[1].height);
    /* a rectangle cut in two is none */
    assert_int_equal(0, ds_xfixes_read_region(own, sizeof(region_answer) - 1, &region));
    assert_int_equal(1, region.count);
    free(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_is_as_long_as_its_head_says),
        cmocka_unit_test(an_answer_cut_anywhere_is_refused),
        cmocka_unit_test(no_byte_at_its_maximum_leads_outside),
        cmocka_unit_test(a_keymap_is_read_with_its_types_symbols_and_modifiers),
        cmocka_unit_test(keys_outside_of_the_keycodes_are_refused),
        cmocka_unit_test(devices_are_read_up_to_the_room_there_is),
        cmocka_unit_test(a_class_without_length_is_refused),
        cmocka_unit_test(a_mark_is_one_byte_that_is_not_zero),
        cmocka_unit_test(monitors_are_read_with_their_places),
        cmocka_unit_test(more_monitors_than_room_are_left_out),
        cmocka_unit_test(a_cursor_is_read_with_its_pixels),
        cmocka_unit_test(a_region_has_the_rectangles_that_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
