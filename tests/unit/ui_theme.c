/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void expect_contrast(bool dark, enum ds_color text, enum ds_color ground, double least)
{
    double got = ds_theme_contrast(ds_theme_color(dark, text), ds_theme_color(dark, ground));
    if (got < least)
        fail_msg("%s: colour %d on %d has %.2f", dark ? "dark" : "light", text, ground, got);
}

static void text_is_readable_on_every_ground(void **state)
{
    static const enum ds_color texts[] = {DS_COLOR_TEXT, DS_COLOR_MUTED, DS_COLOR_ACCENT,
                                          DS_COLOR_GOOD, DS_COLOR_WARN,  DS_COLOR_BAD};
    (void)state;
    for (int dark = 0; dark < 2; dark++) {
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            expect_contrast(dark, texts[i], DS_COLOR_SURFACE, 4.5);
            expect_contrast(dark, texts[i], DS_COLOR_RAISED, 4.5);
        }
    }
}

static void words_on_filled_colours_are_readable(void **state)
{
    static const enum ds_color fills[] = {DS_COLOR_ACCENT, DS_COLOR_SEEN,  DS_COLOR_CONTROLLED,
                                          DS_COLOR_PAUSED, DS_COLOR_ENDED, DS_COLOR_GOOD,
                                          DS_COLOR_WARN,   DS_COLOR_BAD};
    (void)state;
    for (int dark = 0; dark < 2; dark++) {
        for (size_t i = 0; i < sizeof fills / sizeof fills[0]; i++)
            expect_contrast(dark, DS_COLOR_ON_ACCENT, fills[i], 4.5);
    }
}

static void borders_and_focus_rings_stand_out(void **state)
{
    (void)state;
    for (int dark = 0; dark < 2; dark++) {
        expect_contrast(dark, DS_COLOR_MUTED, DS_COLOR_SURFACE, 3);
        expect_contrast(dark, DS_COLOR_ACCENT, DS_COLOR_SURFACE, 3);
        expect_contrast(dark, DS_COLOR_ACCENT, DS_COLOR_RAISED, 3);
    }
}

static void text_stays_readable_where_something_is_selected_or_pointed_at(void **state)
{
    (void)state;
    for (int dark = 0; dark < 2; dark++) {
        uint32_t text = ds_theme_color(dark, DS_COLOR_TEXT);
        uint32_t accent = ds_theme_color(dark, DS_COLOR_ACCENT);
        uint32_t surface = ds_theme_color(dark, DS_COLOR_SURFACE);
        uint32_t raised = ds_theme_color(dark, DS_COLOR_RAISED);
        assert_true(ds_theme_contrast(text, ds_theme_mix(surface, accent, 72)) >= 4.5);
        assert_true(ds_theme_contrast(text, ds_theme_mix(raised, accent, 48)) >= 4.5);
        assert_true(ds_theme_contrast(text, ds_theme_mix(raised, text, 48)) >= 4.5);
    }
}

static void contrast_is_the_one_of_wcag(void **state)
{
    (void)state;
    assert_true(fabs(ds_theme_contrast(0x000000, 0xffffff) - 21) < 0.01);
    assert_true(fabs(ds_theme_contrast(0x777777, 0xffffff) - 4.48) < 0.01);
    assert_true(fabs(ds_theme_contrast(0x123456, 0x123456) - 1) < 0.001);
}

static void scale_is_clamped_and_stepped(void **state)
{
    (void)state;
    assert_true(ds_theme_scale(0) == 1);
    assert_true(ds_theme_scale(NAN) == 1);
    assert_true(ds_theme_scale(1.3) == 1.25);
    assert_true(ds_theme_scale(1.99) == 2);
    assert_true(ds_theme_scale(9) == 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_readable_on_every_ground),
        cmocka_unit_test(words_on_filled_colours_are_readable),
        cmocka_unit_test(borders_and_focus_rings_stand_out),
        cmocka_unit_test(text_stays_readable_where_something_is_selected_or_pointed_at),
        cmocka_unit_test(contrast_is_the_one_of_wcag),
        cmocka_unit_test(scale_is_clamped_and_stepped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
