/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Combinations of keys from their names, and the notice about keys that are kept here. */
#include "viewer/input/eaten.h"
#include "viewer/input/strokes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

static struct ds_input sent[32];
static size_t count;

static void record(void *ctx, const struct ds_input *input)
{
    (void)ctx;
    assert_true(count < 32);
    sent[count++] = *input;
}

static void keys_go_down_in_order_and_up_the_other_way_round(void **state)
{
    (void)state;
    static const uint32_t want[] = {XKB_KEY_Control_L, XKB_KEY_Alt_L, XKB_KEY_Delete,
                                    XKB_KEY_Delete,    XKB_KEY_Alt_L, XKB_KEY_Control_L};
    struct viewer_strokes strokes;
    count = 0;
    assert_true(viewer_strokes_parse("Ctrl+Alt+Del", &strokes));
    viewer_strokes_send(&strokes, record, NULL);
    assert_int_equal(count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(sent[i].type, DS_INPUT_KEY);
        assert_int_equal(sent[i].keysym, want[i]);
        assert_int_equal(sent[i].down, i < 3);
    }
}

static void names_are_those_of_keysyms_too(void **state)
{
    (void)state;
    struct viewer_strokes s;
    assert_true(viewer_strokes_parse("Super_R+plus", &s));
    assert_int_equal(s.count, 2);
    assert_int_equal(s.keysyms[0], XKB_KEY_Super_R);
    assert_int_equal(s.keysyms[1], XKB_KEY_plus);
    assert_true(viewer_strokes_parse("Alt+U+20AC", &s));
    assert_int_equal(s.count, 2);
    assert_int_equal(s.keysyms[1], XKB_KEY_EuroSign);
    assert_true(viewer_strokes_parse("U+20AC+Shift", &s));
    assert_int_equal(s.keysyms[1], XKB_KEY_Shift_L);
    assert_true(viewer_strokes_parse("U", &s));
    assert_int_equal(s.keysyms[0], XKB_KEY_U);
}

static void what_is_no_combination_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "+",
                                        "Ctrl+",
                                        "+Ctrl",
                                        "Ctrl++Alt",
                                        "Nonsense",
                                        "Ctrl+Nonsense",
                                        "a+b+c+d+e+f+g",
                                        "a_name_that_is_much_longer_than_any_key_has_one"};
    struct viewer_strokes s;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        if (viewer_strokes_parse(wrong[i], &s))
            fail_msg("taken: %s", wrong[i]);
    assert_true(viewer_strokes_parse("a+b+c+d+e+f", &s));
}

static void every_combination_of_the_menu_can_be_sent(void **state)
{
    (void)state;
    unsigned i = 0;
    struct viewer_strokes s;
    for (; viewer_strokes_of_menu(i); i++)
        assert_true(viewer_strokes_parse(viewer_strokes_of_menu(i), &s));
    assert_int_equal(i, 7); /* as the menu has them */
}

static void three_presses_for_nothing_are_noticed(void **state)
{
    (void)state;
    struct viewer_eaten e = {.presses = 0};
    ds_tick now = 100 * DS_SECOND;
    assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now));
    assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += DS_SECOND));
    assert_true(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += DS_SECOND));
    /* and begin anew */
    assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += DS_SECOND));
}

static void a_key_that_is_held_a_pause_and_another_kind_are_no_sign(void **state)
{
    (void)state;
    struct viewer_eaten e = {.presses = 0};
    ds_tick now = 100 * DS_SECOND;
    for (int i = 0; i < 100; i++) /* repeats by itself at the end of the picture */
        assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += 33 * DS_MS));
    viewer_eaten_forget(&e);
    for (int i = 0; i < 10; i++)
        assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += 4 * DS_SECOND));
    viewer_eaten_forget(&e);
    for (int i = 0; i < 10; i++)
        assert_false(viewer_eaten_press(
            &e, i % 2 ? VIEWER_PREFERENCE_SHORTCUTS : VIEWER_PREFERENCE_PASS_KEYS,
            now += DS_SECOND));
    viewer_eaten_forget(&e);
    for (int i = 0; i < 10; i++) { /* something comes of it between */
        assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += DS_SECOND));
        assert_false(viewer_eaten_press(&e, VIEWER_PREFERENCE_SHORTCUTS, now += DS_SECOND));
        viewer_eaten_forget(&e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_go_down_in_order_and_up_the_other_way_round),
        cmocka_unit_test(names_are_those_of_keysyms_too),
        cmocka_unit_test(what_is_no_combination_is_refused),
        cmocka_unit_test(every_combination_of_the_menu_can_be_sent),
        cmocka_unit_test(three_presses_for_nothing_are_noticed),
        cmocka_unit_test(a_key_that_is_held_a_pause_and_another_kind_are_no_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
