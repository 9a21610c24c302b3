/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/hue.h"

#include "common/ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* WCAG 2.1, relative luminance. */
static double luminance(uint32_t color)
{
    double sum = 0;
    static const double weights[] = {0.0722, 0.7152, 0.2126};
    for (int i = 0; i < 3; i++) {
        double c = (color >> (8 * i) & 0xff) / 255.0;
        sum += weights[i] * (c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static double contrast(uint32_t a, uint32_t b)
{
    double la = luminance(a), lb = luminance(b);
    return la > lb ? (la + 0.05) / (lb + 0.05) : (lb + 0.05) / (la + 0.05);
}

static void each_stands_out_on_both_themes(void **state)
{
    (void)state;
    for (unsigned hue = 0; hue < VIEWER_HUES; hue++)
        for (int dark = 0; dark < 2; dark++) {
            double least =
                contrast(viewer_hue_color(hue), ds_theme_color(dark != 0, DS_COLOR_RAISED));
            if (least < 3)
                print_message("hue %u on %s: %.2f\n", hue, dark ? "dark" : "light", least);
            assert_true(least >= 3);
        }
}

/* Distance in red, green and blue; the least of two is far above what an eye confuses. */
static void no_two_are_alike(void **state)
{
    (void)state;
    for (unsigned a = 0; a < VIEWER_HUES; a++)
        for (unsigned b = 0; b < a; b++) {
            double sum = 0;
            for (int i = 0; i < 24; i += 8) {
                int d =
                    (int)(viewer_hue_color(a) >> i & 0xff) - (int)(viewer_hue_color(b) >> i & 0xff);
                sum += d * d;
            }
            if (sqrt(sum) < 70)
                print_message("hues %u and %u: %.0f\n", a, b, sqrt(sum));
            assert_true(sqrt(sum) >= 70);
        }
}

static void a_session_gets_one_that_no_other_has(void **state)
{
    (void)state;
    assert_int_equal(viewer_hue_free(0), 0);
    assert_int_equal(viewer_hue_free(1), 1);
    assert_int_equal(viewer_hue_free(5), 1);
    assert_int_equal(viewer_hue_free(0x7f), 7);
    assert_int_equal(viewer_hue_free(0xff), 0); /* more than there are */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_stands_out_on_both_themes),
        cmocka_unit_test(no_two_are_alike),
        cmocka_unit_test(a_session_gets_one_that_no_other_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
