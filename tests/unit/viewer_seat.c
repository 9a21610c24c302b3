/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/seat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { A = 1, B = 2, KEY_A = 38, KEY_B = 56, SHIFT = 50 };

static void down(uint8_t map[VIEWER_SEAT_KEYS], unsigned keycode)
{
    map[keycode / 8] |= (uint8_t)(1u << keycode % 8);
}

static void a_key_is_the_windows_that_the_server_named(void **state)
{
    (void)state;
    struct viewer_seat seat = {0};
    assert_true(viewer_seat_press(&seat, A, KEY_A));
    assert_int_equal(seat.typing, A);
    viewer_seat_release(&seat, KEY_A);
    assert_true(viewer_seat_press(&seat, B, KEY_A));
    assert_int_equal(seat.typing, B);
    assert_false(viewer_seat_press(&seat, 0, KEY_A)); /* of no session */
    assert_int_equal(seat.typing, 0);
}

static void a_key_held_while_the_focus_moves_is_nobodys_until_it_is_up(void **state)
{
    (void)state;
    struct viewer_seat seat = {0};
    uint8_t map[VIEWER_SEAT_KEYS] = {0};
    assert_true(viewer_seat_press(&seat, A, KEY_A));
    viewer_seat_focus_out(&seat);
    viewer_seat_focus_in(&seat, B);
    down(map, KEY_A);
    viewer_seat_keymap(&seat, map);
    assert_false(viewer_seat_press(&seat, B, KEY_A)); /* it repeats */
    assert_int_equal(seat.typing, 0);                 /* nor is its text anybody's */
    assert_true(viewer_seat_press(&seat, B, KEY_B));  /* another key is fresh */
    assert_false(viewer_seat_press(&seat, B, KEY_A));
    viewer_seat_release(&seat, KEY_A);
    assert_true(viewer_seat_press(&seat, B, KEY_A));
}

static void the_keys_of_the_next_focus_replace_those_of_the_last(void **state)
{
    (void)state;
    struct viewer_seat seat = {0};
    uint8_t map[VIEWER_SEAT_KEYS] = {0}, none[VIEWER_SEAT_KEYS] = {0};
    down(map, SHIFT);
    viewer_seat_focus_in(&seat, B);
    viewer_seat_keymap(&seat, map);
    assert_false(viewer_seat_press(&seat, A, SHIFT));
    viewer_seat_focus_out(&seat); /* and up while another program has the keyboard */
    viewer_seat_focus_in(&seat, B);
    viewer_seat_keymap(&seat, none);
    assert_true(viewer_seat_press(&seat, A, SHIFT));
}

/* The server tells the keys with every entering of the pointer, too. */
static void only_the_map_that_follows_a_focus_counts(void **state)
{
    (void)state;
    struct viewer_seat seat = {0};
    uint8_t map[VIEWER_SEAT_KEYS] = {0};
    down(map, KEY_A);
    viewer_seat_keymap(&seat, map);
    assert_true(viewer_seat_press(&seat, A, KEY_A));
    viewer_seat_focus_in(&seat, B);
    viewer_seat_other(&seat);
    viewer_seat_keymap(&seat, map);
    assert_true(viewer_seat_press(&seat, A, KEY_A));
    viewer_seat_focus_in(&seat, B);
    viewer_seat_press(&seat, A, KEY_B);
    viewer_seat_keymap(&seat, map);
    assert_true(viewer_seat_press(&seat, A, KEY_A));
}

static void a_text_of_an_input_method_belongs_to_its_window_until_the_focus_goes(void **state)
{
    (void)state;
    struct viewer_seat seat = {0};
    assert_true(viewer_seat_press(&seat, A, 0));
    assert_int_equal(seat.typing, A);
    viewer_seat_focus_out(&seat);
    assert_int_equal(seat.typing, 0);
    viewer_seat_release(&seat, 9999); /* no keycode */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_the_windows_that_the_server_named),
        cmocka_unit_test(a_key_held_while_the_focus_moves_is_nobodys_until_it_is_up),
        cmocka_unit_test(the_keys_of_the_next_focus_replace_those_of_the_last),
        cmocka_unit_test(only_the_map_that_follows_a_focus_counts),
        cmocka_unit_test(a_text_of_an_input_method_belongs_to_its_window_until_the_focus_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
