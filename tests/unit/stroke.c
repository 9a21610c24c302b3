/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A drawing under a hand, of either side. */
#include "common/service/stroke.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct ds_note note;

static struct ds_note like(enum ds_note_tool tool)
{
    return (struct ds_note){
        .id = 1, .tool = (uint8_t)tool, .size = DS_NOTE_THICK, .width = 800, .height = 600};
}

static void begin(enum ds_note_tool tool, int x, int y)
{
    const struct ds_note of = like(tool);
    ds_stroke_begin(&note, &of, x, y);
}

static void a_box_has_two_corners_wherever_the_hand_went(void **state)
{
    (void)state;
    begin(DS_NOTE_BOX, 100, 100);
    assert_true(ds_stroke_move(&note, 300, 10));
    assert_true(ds_stroke_move(&note, 50, 40));
    assert_false(ds_stroke_move(&note, 50, 40)); /* nothing new */
    assert_true(ds_stroke_end(&note));
    assert_true(note.count == 2 && note.size == DS_NOTE_THICK);
    assert_true(note.points[0].x == 100 && note.points[1].x == 50 && note.points[1].y == 40);
    assert_true(ds_note_is_valid(&note));
}

static void a_click_is_a_dot_of_a_pen_and_no_arrow(void **state)
{
    (void)state;
    begin(DS_NOTE_PEN, 5, 5);
    assert_true(ds_stroke_end(&note));
    assert_true(note.count == 1 && ds_note_is_valid(&note));
    begin(DS_NOTE_ARROW, 5, 5);
    ds_stroke_move(&note, 6, 5);
    ds_stroke_move(&note, 5, 5); /* and back */
    assert_false(ds_stroke_end(&note));
    assert_int_equal(note.count, 0);
}

static void what_leaves_the_picture_stays_at_its_edge(void **state)
{
    (void)state;
    begin(DS_NOTE_PEN, -40, 5000);
    ds_stroke_move(&note, 5000, -40);
    assert_true(note.points[0].x == 0 && note.points[0].y == 599);
    assert_true(note.points[1].x == 799 && note.points[1].y == 0);
    assert_true(ds_note_is_valid(&note));
}

static void a_scribble_without_end_is_a_drawing_that_may_be_sent(void **state)
{
    (void)state;
    begin(DS_NOTE_HIGHLIGHT, 0, 0);
    for (int i = 0; i < 5000; i++) {
        ds_stroke_move(&note, i % 7 * 100, i % 5 * 100);
        assert_true(ds_note_is_valid(&note));
    }
    assert_true(ds_stroke_end(&note));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_box_has_two_corners_wherever_the_hand_went),
        cmocka_unit_test(a_click_is_a_dot_of_a_pen_and_no_arrow),
        cmocka_unit_test(what_leaves_the_picture_stays_at_its_edge),
        cmocka_unit_test(a_scribble_without_end_is_a_drawing_that_may_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
