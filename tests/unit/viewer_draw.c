/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The palette of the rep: a key for each thing, and what it asks for. */
#include "viewer/panels/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

static struct viewer_panels p;
static struct viewer_view view;
static struct ds_ui *ui;
static unsigned undone, erased, asked;

static void on_order(void *ctx, enum viewer_order_kind kind)
{
    (void)ctx;
    undone += kind == VIEWER_ORDER_UNDO_NOTE;
    erased += kind == VIEWER_ORDER_ERASE_NOTES;
}

static void on_right(void *ctx, enum viewer_order_kind kind, enum ds_right right)
{
    (void)ctx;
    asked += kind == VIEWER_ORDER_REQUEST && right == DS_RIGHT_POINT;
}

static const struct viewer_panel_actions actions = {.order = on_order, .right = on_right};

static int set_up(void **state)
{
    const struct ds_theme theme = {.scale = 1, .target = DS_TARGET_REP};
    (void)state;
    undone = erased = asked = 0;
    memset(&p, 0, sizeof(p));
    ui = ds_ui_new(&theme);
    viewer_panels_init(&p, ui, &view, &actions, NULL, "", "");
    p.model.stage = VIEWER_ACTIVE;
    p.model.rights[DS_RIGHT_POINT] = DS_RIGHT_GRANTED;
    p.model.may_laser = true;
    p.complete = true;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    viewer_panels_destroy(&p);
    ds_ui_destroy(ui);
    return 0;
}

static struct ds_note with(void)
{
    static struct ds_note like;
    viewer_draw_with(&p, &like);
    return like;
}

static void each_tool_has_its_digit_and_opens_the_palette(void **state)
{
    (void)state;
    static const uint8_t tools[VIEWER_TOOLS] = {DS_NOTE_PEN,       DS_NOTE_ARROW,     DS_NOTE_BOX,
                                                DS_NOTE_HIGHLIGHT, DS_NOTE_SPOTLIGHT, DS_NOTE_TEXT,
                                                DS_NOTE_LASER};
    assert_false(viewer_draw_is_on(&p));
    for (unsigned i = 0; i < VIEWER_TOOLS; i++) {
        assert_true(viewer_draw_key(&p, XKB_KEY_1 + i, false));
        assert_true(viewer_draw_is_on(&p));
        assert_int_equal(with().tool, tools[i]);
    }
    assert_false(viewer_draw_key(&p, XKB_KEY_8, false));
}

static void colours_and_thickness_go_round(void **state)
{
    (void)state;
    p.draws = true;
    uint32_t first = with().color, seen[VIEWER_COLORS];
    assert_int_equal(with().size, DS_NOTE_NORMAL);
    for (unsigned i = 0; i < VIEWER_COLORS; i++) {
        seen[i] = with().color;
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(seen[k], seen[i]);
        assert_true(viewer_draw_key(&p, XKB_KEY_g, true));
    }
    assert_int_equal(with().color, first);
    assert_true(viewer_draw_key(&p, XKB_KEY_w, true));
    assert_int_equal(with().size, DS_NOTE_THICK);
    assert_true(viewer_draw_key(&p, XKB_KEY_W, false));
    assert_int_equal(with().size, DS_NOTE_THIN);
}

static void a_key_alone_counts_only_while_drawing(void **state)
{
    (void)state;
    p.model.notes = 1;
    assert_false(viewer_draw_key(&p, XKB_KEY_2, true));
    assert_false(viewer_draw_key(&p, XKB_KEY_z, true));
    assert_false(viewer_draw_key(&p, XKB_KEY_Escape, true));
    assert_int_equal(undone, 0);
    p.draws = true;
    assert_true(viewer_draw_key(&p, XKB_KEY_2, true));
    assert_true(viewer_draw_key(&p, XKB_KEY_z, true));
    assert_int_equal(undone, 1);
    assert_true(viewer_draw_key(&p, XKB_KEY_Escape, true));
    assert_false(viewer_draw_is_on(&p));
    p.draws = true;
    assert_false(viewer_draw_key(&p, XKB_KEY_Escape, false)); /* with the modifiers it is none */
}

static void erasing_means_the_customers_too(void **state)
{
    (void)state;
    assert_true(viewer_draw_key(&p, XKB_KEY_x, false)); /* nothing is there: nothing is asked */
    assert_int_equal(erased, 0);
    p.model.own_notes = 2;
    viewer_draw_key(&p, XKB_KEY_x, false);
    assert_int_equal(erased, 1);
    viewer_draw_key(&p, XKB_KEY_z, false); /* but only one's own is taken back */
    assert_int_equal(undone, 0);
}

static void without_the_right_it_is_asked_for_once(void **state)
{
    (void)state;
    p.model.rights[DS_RIGHT_POINT] = DS_RIGHT_NONE;
    viewer_draw_key(&p, XKB_KEY_3, false);
    assert_false(viewer_draw_is_on(&p));
    p.model.rights[DS_RIGHT_POINT] = DS_RIGHT_ASKED;
    viewer_draw_key(&p, XKB_KEY_3, false);
    viewer_draw_toggle(&p);
    assert_int_equal(asked, 1);
    p.model.rights[DS_RIGHT_POINT] = DS_RIGHT_GRANTED;
    assert_true(viewer_draw_is_on(&p) && with().tool == DS_NOTE_BOX);
    p.model.paused = true;
    assert_false(viewer_draw_is_on(&p));
}

static void an_old_program_of_the_customer_has_no_laser(void **state)
{
    (void)state;
    p.model.may_laser = false;
    p.draws = true;
    viewer_draw_key(&p, XKB_KEY_7, true);
    assert_int_equal(with().tool, DS_NOTE_PEN);
}

static void a_text_that_is_written_ends_with_its_tool(void **state)
{
    (void)state;
    viewer_draw_key(&p, XKB_KEY_6, false);
    viewer_draw_write_at(&p, 100, 100);
    assert_true(viewer_draw_wants_keys(&p));
    viewer_draw_key(&p, XKB_KEY_1, false); /* what was written is kept */
    viewer_draw_writing(&p);
    assert_int_equal(p.writing, VIEWER_WRITTEN);
    viewer_draw_key(&p, XKB_KEY_6, false);
    viewer_draw_write_at(&p, 100, 100);
    p.model.rights[DS_RIGHT_POINT] = DS_RIGHT_NONE; /* and cannot be any more */
    viewer_draw_writing(&p);
    assert_int_equal(p.writing, VIEWER_WRITING_DROPPED);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(each_tool_has_its_digit_and_opens_the_palette),
        CASE(colours_and_thickness_go_round),
        CASE(a_key_alone_counts_only_while_drawing),
        CASE(erasing_means_the_customers_too),
        CASE(without_the_right_it_is_asked_for_once),
        CASE(an_old_program_of_the_customer_has_no_laser),
        CASE(a_text_that_is_written_ends_with_its_tool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
