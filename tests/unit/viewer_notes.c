/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's drawings in the rep's own window: the hand, and when an echo goes. */
#include "viewer/present/notes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static struct viewer_notes notes;
static struct viewer_view view;

static int set_up(void **state)
{
    (void)state;
    memset(&notes, 0, sizeof(notes));
    memset(&view, 0, sizeof(view));
    view.scale = VIEWER_SCALE_FIT;
    viewer_view_set_window(&view, 800, 600);
    viewer_view_set_picture(&view, 1600, 1200); /* half its size */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    viewer_notes_destroy(&notes);
    return 0;
}

static struct ds_note like(enum ds_note_tool tool)
{
    return (struct ds_note){.tool = (uint8_t)tool, .width = 1600, .height = 1200};
}

static struct ds_note *make(uint32_t id, int x, int y)
{
    struct ds_note *note = calloc(1, sizeof(*note));
    assert_non_null(note);
    *note = like(DS_NOTE_ARROW);
    note->id = id;
    note->count = 2;
    note->points[0] = (struct ds_note_point){(uint16_t)x, (uint16_t)y};
    note->points[1] = (struct ds_note_point){(uint16_t)(x + 100), (uint16_t)y};
    return note;
}

static struct ds_region region_of(int x, int y, int width, int height)
{
    struct ds_region region = {.count = 0};
    ds_region_add(&region, (struct ds_rect){x, y, width, height});
    return region;
}

static void an_arrow_has_two_ends(void **state)
{
    (void)state;
    const struct ds_note arrow = like(DS_NOTE_ARROW);
    viewer_notes_begin(&notes, &view, &arrow, 100, 100);
    assert_true(viewer_notes_is_drawing(&notes));
    viewer_notes_move(&notes, &view, 150, 120);
    struct ds_rect box = viewer_notes_move(&notes, &view, 300, 200);
    /* where it was and where it is, in window pixels */
    assert_true(box.x < 50 && box.y < 50 && box.x + box.width > 150 && box.y + box.height > 100);
    assert_true(viewer_notes_end(&notes));
    assert_int_equal(notes.draft.count, 2);
    assert_true(notes.draft.points[0].x == 100 && notes.draft.points[1].x == 300);
    assert_false(viewer_notes_is_drawing(&notes));
}

static void a_click_makes_a_dot_of_the_pen_and_nothing_else(void **state)
{
    (void)state;
    const struct ds_note pen = like(DS_NOTE_PEN), box = like(DS_NOTE_BOX);
    viewer_notes_begin(&notes, &view, &pen, 100, 100);
    assert_true(viewer_notes_end(&notes));
    assert_int_equal(notes.draft.count, 1);
    viewer_notes_begin(&notes, &view, &box, 100, 100);
    assert_false(viewer_notes_end(&notes));
    assert_false(viewer_notes_any(&notes));
}

static void points_stay_on_the_picture(void **state)
{
    (void)state;
    const struct ds_note pen = like(DS_NOTE_PEN);
    viewer_notes_begin(&notes, &view, &pen, -5, 5000);
    viewer_notes_move(&notes, &view, 5000, -5);
    assert_true(notes.draft.points[0].x == 0 && notes.draft.points[0].y == 1199);
    assert_true(notes.draft.points[1].x == 1599 && notes.draft.points[1].y == 0);
}

static void a_long_line_never_has_too_many_points(void **state)
{
    (void)state;
    const struct ds_note pen = like(DS_NOTE_PEN);
    viewer_notes_begin(&notes, &view, &pen, 0, 0);
    for (int i = 1; i < 20000; i++) {
        viewer_notes_move(&notes, &view, i % 1600, i / 1600 * 50);
        assert_in_range(notes.draft.count, 1, DS_NOTE_POINTS_MAX);
    }
    assert_true(notes.draft.points[0].x == 0 && notes.draft.points[0].y == 0);
    assert_int_equal(notes.draft.points[notes.draft.count - 1].x, 19999 % 1600);
}

static void the_draft_becomes_the_echo(void **state)
{
    (void)state;
    const struct ds_note arrow = like(DS_NOTE_ARROW);
    viewer_notes_begin(&notes, &view, &arrow, 100, 100);
    viewer_notes_move(&notes, &view, 200, 100);
    viewer_notes_end(&notes);
    assert_int_equal(notes.draft.count, 2); /* seen until its echo comes */
    struct ds_rect box = viewer_notes_echo(&notes, &view, make(1, 100, 100));
    assert_false(ds_rect_is_empty(box));
    assert_true(notes.draft.count == 0 && notes.count == 1);
    viewer_notes_begin(&notes, &view, &arrow, 100, 300); /* another one, under the hand: */
    viewer_notes_echo(&notes, &view, make(2, 500, 500)); /* a command's does not end it */
    assert_true(viewer_notes_is_drawing(&notes));
}

static void an_echo_goes_with_the_update_that_contains_it(void **state)
{
    (void)state;
    struct ds_region there = region_of(90, 90, 50, 50), elsewhere = region_of(900, 900, 50, 50);
    viewer_notes_echo(&notes, &view, make(1, 100, 100));
    viewer_notes_updated(&notes, &view, 99, &there);
    assert_int_equal(notes.count, 1); /* not on the customer's screen yet */
    viewer_notes_shown(&notes, 1, 100, 5);
    viewer_notes_updated(&notes, &view, 100, &there);
    assert_int_equal(notes.count, 1); /* made before */
    viewer_notes_updated(&notes, &view, 101, &elsewhere);
    assert_int_equal(notes.count, 1); /* of another place */
    struct ds_rect box = viewer_notes_updated(&notes, &view, 102, &there);
    assert_int_equal(notes.count, 0);
    assert_false(ds_rect_is_empty(box));
}

static void an_echo_whose_picture_never_comes_goes_by_itself(void **state)
{
    (void)state;
    ds_tick next = 0;
    viewer_notes_echo(&notes, &view, make(1, 100, 100));
    viewer_notes_tick(&notes, &view, 1000 * DS_SECOND, &next);
    assert_true(next == 0 && notes.count == 1); /* the line may be away for long */
    viewer_notes_shown(&notes, 1, 7, 1000 * DS_SECOND);
    viewer_notes_tick(&notes, &view, 1000 * DS_SECOND, &next);
    assert_true(next > 1000 * DS_SECOND && notes.count == 1);
    assert_false(ds_rect_is_empty(viewer_notes_tick(&notes, &view, next, &next)));
    assert_true(next == 0 && notes.count == 0);
}

static void what_is_gone_is_not_echoed(void **state)
{
    (void)state;
    for (uint32_t id = 1; id <= 4; id++)
        viewer_notes_echo(&notes, &view, make(id, 100, 100));
    viewer_notes_gone(&notes, &view, 3, false);
    assert_int_equal(notes.count, 3);
    viewer_notes_gone(&notes, &view, 2, true);
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.echoes[0].note->id, 4);
}

static void an_echo_does_not_come_along_to_another_monitor(void **state)
{
    (void)state;
    const struct ds_note arrow = like(DS_NOTE_ARROW);
    viewer_notes_echo(&notes, &view, make(1, 100, 100));
    viewer_notes_begin(&notes, &view, &arrow, 300, 300);
    assert_true(ds_rect_is_empty(viewer_notes_layout(&notes, &view, 0, 1600, 1200)));
    assert_true(notes.count == 1 && viewer_notes_is_drawing(&notes));
    assert_false(ds_rect_is_empty(viewer_notes_layout(&notes, &view, 1, 1600, 1200)));
    assert_false(viewer_notes_any(&notes));
}

/* Composed text comes along; what ends empty is no drawing. */
static void a_text_is_written_into_the_draft(void **state)
{
    (void)state;
    const struct ds_note text = like(DS_NOTE_TEXT);
    viewer_notes_begin(&notes, &view, &text, 200, 200);
    assert_true(viewer_notes_is_writing(&notes));
    struct ds_rect box = viewer_notes_write(&notes, &view, "h\xc3\xa9", 3);
    assert_true(box.x <= 100 && box.y <= 100 && !ds_rect_is_empty(box));
    assert_string_equal(notes.draft.text, "h\xc3\xa9");
    assert_true(ds_rect_is_empty(viewer_notes_write(&notes, &view, "h\xc3\xa9", 3)));
    assert_false(ds_rect_is_empty(viewer_notes_write(&notes, &view, "h\xc3\xa9", 1)));
    assert_true(viewer_notes_end(&notes));
    assert_false(viewer_notes_is_writing(&notes));
    viewer_notes_begin(&notes, &view, &text, 200, 200);
    assert_false(viewer_notes_end(&notes));
    assert_false(viewer_notes_any(&notes));
}

static void more_echoes_than_there_is_room_for_push_out_the_oldest(void **state)
{
    (void)state;
    for (uint32_t id = 1; id <= DS_NOTES_MAX + 5; id++)
        viewer_notes_echo(&notes, &view, make(id, 100, 100));
    assert_int_equal(notes.count, DS_NOTES_MAX);
    assert_int_equal(notes.echoes[0].note->id, 6);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(an_arrow_has_two_ends),
        CASE(a_click_makes_a_dot_of_the_pen_and_nothing_else),
        CASE(points_stay_on_the_picture),
        CASE(a_long_line_never_has_too_many_points),
        CASE(the_draft_becomes_the_echo),
        CASE(an_echo_goes_with_the_update_that_contains_it),
        CASE(an_echo_whose_picture_never_comes_goes_by_itself),
        CASE(what_is_gone_is_not_echoed),
        CASE(an_echo_does_not_come_along_to_another_monitor),
        CASE(a_text_is_written_into_the_draft),
        CASE(more_echoes_than_there_is_room_for_push_out_the_oldest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
