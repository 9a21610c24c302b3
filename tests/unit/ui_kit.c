/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kit as a window uses it: focus, keys, pointer, fields, menus, dialogs, damage. */
#include "common/ui/ui.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 400, HEIGHT = 300 };
enum { TAB = 0xff09, ENTER = 0xff0d, ESC = 0xff1b, LEFT = 0xff51, UP, RIGHT, DOWN, END = 0xff57 };
enum { BACKSPACE = 0xff08, HOME = 0xff50, F5 = 0xffc2 };

/* A window with one of each, and what happened in it. */
static struct {
    struct ds_ui *ui;
    ds_tick now;
    char buffer[64];
    struct ds_edit edit;
    struct ds_ui_field field;
    struct ds_ui_list list;
    unsigned page;
    ds_ui_id safe;
    unsigned grants; /* flags of button 2 */
    bool has_menu, has_modal, has_default, has_list, has_slider;
    bool is_on;
    double value;
    int clicks[4], chosen, activated, shortcuts, escapes, changes, enters, frames;
    char copied[64];
    bool is_primary_copied;
    int asked;
} t;

static void clipboard_put(void *ctx, const char *text, bool primary)
{
    (void)ctx;
    strncpy(t.copied, text, sizeof t.copied - 1);
    t.is_primary_copied = primary;
}

static void clipboard_ask(void *ctx, bool primary)
{
    (void)ctx;
    (void)primary;
    t.asked++;
}

static void build_modal(void)
{
    struct ds_box inside;
    ds_ui_modal_begin(t.ui, 90, 300, 200, "Sure?", 92, &inside);
    if (ds_ui_button(t.ui, 91, ds_box_top(&inside, 32, 8), "Yes", DS_UI_GRANTS))
        t.clicks[0] += 100;
    if (ds_ui_button(t.ui, 92, ds_box_top(&inside, 32, 8), "No", 0) || ds_ui_escape(t.ui))
        t.has_modal = false;
    ds_ui_modal_end(t.ui);
}

static void build(void)
{
    static const struct ds_ui_item items[] = {{.label = "First"},
                                              {.label = "Never", .disabled = true},
                                              {.label = NULL},
                                              {.label = "Last"}};
    struct ds_ui *ui = t.ui;
    struct ds_box box = ds_box_pad(ds_ui_window(ui), 10, 10), row = ds_box_top(&box, 32, 8);
    t.frames++;
    ds_ui_page(ui, t.page, t.safe);
    for (unsigned i = 0; i < 3; i++)
        t.clicks[i] +=
            ds_ui_button(ui, i + 1, ds_box_column(row, i, 3, 8), "Button", i == 1 ? t.grants : 0);
    unsigned did = ds_ui_text_field(ui, 10, ds_box_top(&box, 32, 8), &t.edit, &t.field);
    t.changes += did & DS_UI_FIELD_CHANGED ? 1 : 0;
    t.enters += did & DS_UI_FIELD_ENTER ? 1 : 0;
    if (t.has_default)
        t.clicks[3] += ds_ui_button(ui, 4, ds_box_top(&box, 32, 8), "Send", DS_UI_DEFAULT);
    if (t.has_slider)
        ds_ui_slider(ui, 30, ds_box_top(&box, 32, 8), "Value", &t.value, 0, 10, 1);
    if (t.has_list) {
        ds_ui_list_begin(ui, 20, ds_box_top(&box, 100, 8), 50, 20, &t.list);
        while (ds_ui_list_next(ui, &t.list, &row) >= 0)
            ds_ui_label(ui, row, "Row", DS_TYPE_NORMAL, DS_COLOR_TEXT, 0);
        if (t.list.activated >= 0)
            t.activated = t.list.activated;
        ds_ui_list_end(ui, &t.list);
    }
    if (t.has_menu) {
        int chosen =
            ds_ui_menu_button(ui, 40, ds_box_top(&box, 32, 8), DS_ICON_MENU, "Menu", 0, items, 4);
        t.chosen = chosen >= 0 ? chosen : t.chosen;
    }
    if (t.has_modal)
        build_modal();
    t.shortcuts += ds_ui_shortcut(ui, 'f', DS_UI_CTRL);
    t.escapes += ds_ui_escape(ui);
}

static void run(void)
{
    do {
        ds_ui_begin(t.ui, WIDTH, HEIGHT, t.now);
        build();
    } while (ds_ui_end(t.ui));
}

static void key_with(uint32_t keysym, unsigned mods)
{
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = keysym, .mods = mods});
    run();
}

static void key(uint32_t keysym)
{
    key_with(keysym, 0);
}

static void type_text(const char *text)
{
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = text});
    run();
}

static void pointer(enum ds_ui_event_type type, double x, double y)
{
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = type, .x = x, .y = y, .button = 1});
}

static void click(double x, double y)
{
    pointer(DS_UI_PRESS, x, y);
    pointer(DS_UI_RELEASE, x, y);
    run();
}

static int set_up(void **state)
{
    (void)state;
    const struct ds_theme theme = {.scale = 1, .target = 32};
    const struct ds_ui_host host = {clipboard_put, clipboard_ask, NULL};
    memset(&t, 0, sizeof t);
    t.ui = ds_ui_new(&theme);
    ds_ui_set_host(t.ui, &host);
    ds_edit_init(&t.edit, t.buffer, sizeof t.buffer);
    t.now = 100 * DS_SECOND;
    t.page = 1;
    t.chosen = t.activated = -1;
    t.list.selected = -1;
    run();
    t.now += DS_SECOND;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_ui_destroy(t.ui);
    return 0;
}

/* ---- Focus ---- */

static void tab_goes_round_in_the_order_of_building(void **state)
{
    static const ds_ui_id order[] = {2, 3, 10, 1};
    (void)state;
    assert_int_equal(ds_ui_focused(t.ui), 1);
    for (size_t i = 0; i < 4; i++) {
        key(TAB);
        assert_int_equal(ds_ui_focused(t.ui), order[i]);
    }
    key_with(TAB, DS_UI_SHIFT);
    assert_int_equal(ds_ui_focused(t.ui), 10);
}

static void arrows_go_where_they_point(void **state)
{
    (void)state;
    key(RIGHT);
    assert_int_equal(ds_ui_focused(t.ui), 2);
    key(RIGHT);
    key(RIGHT);
    assert_int_equal(ds_ui_focused(t.ui), 3);
    key(DOWN);
    assert_int_equal(ds_ui_focused(t.ui), 10);
    key(UP);
    assert_int_equal(ds_ui_focused(t.ui), 2);
}

static void disabled_widgets_are_skipped_and_not_pressed(void **state)
{
    (void)state;
    t.grants = DS_UI_DISABLED;
    key(TAB);
    assert_int_equal(ds_ui_focused(t.ui), 3);
    click(200, 20);
    assert_int_equal(t.clicks[1], 0);
}

static void enter_and_space_press_the_focused_button(void **state)
{
    (void)state;
    key(ENTER);
    key(' ');
    assert_int_equal(t.clicks[0], 2);
    key(F5);
    assert_int_equal(t.clicks[0], 2);
}

static void a_new_page_focuses_the_safe_answer(void **state)
{
    (void)state;
    key(TAB);
    t.page = 2;
    t.safe = 3;
    run();
    assert_int_equal(ds_ui_focused(t.ui), 3);
    key(TAB);
    run();
    assert_int_equal(ds_ui_focused(t.ui), 10);
}

static void what_grants_is_deaf_while_the_page_is_new(void **state)
{
    (void)state;
    t.grants = DS_UI_GRANTS;
    t.page = 2;
    t.safe = 2;
    run();
    t.now += 300 * DS_MS;
    click(200, 20);
    key(ENTER);
    assert_int_equal(t.clicks[1], 0);
    t.now += 200 * DS_MS;
    click(200, 20);
    key(ENTER);
    assert_int_equal(t.clicks[1], 2);
}

static void a_press_let_go_elsewhere_is_no_click(void **state)
{
    (void)state;
    pointer(DS_UI_PRESS, 20, 20);
    pointer(DS_UI_POINTER, 200, 20);
    pointer(DS_UI_RELEASE, 200, 20);
    run();
    assert_int_equal(t.clicks[0] + t.clicks[1], 0);
    click(20, 20);
    assert_int_equal(t.clicks[0], 1);
}

static void quick_presses_are_not_lost(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        pointer(DS_UI_PRESS, 20, 20);
        pointer(DS_UI_RELEASE, 20, 20);
    }
    run();
    assert_int_equal(t.clicks[0], 10);
}

static void a_widget_can_be_pressed_by_its_id(void **state)
{
    (void)state;
    ds_ui_activate(t.ui, 3);
    run();
    assert_int_equal(t.clicks[2], 1);
}

static void shortcuts_and_escape_reach_the_window_once(void **state)
{
    (void)state;
    key_with('F', DS_UI_CTRL | DS_UI_CAPS);
    key_with('f', DS_UI_CTRL | DS_UI_SHIFT);
    key(ESC);
    assert_int_equal(t.shortcuts, 1);
    assert_int_equal(t.escapes, 1);
}

/* ---- Text field ---- */

static void focus_field(void)
{
    ds_ui_focus(t.ui, 10);
    run();
    run();
    assert_int_equal(ds_ui_focused(t.ui), 10);
}

static void typed_text_arrives_and_keys_edit_it(void **state)
{
    (void)state;
    focus_field();
    type_text("caf\xc3\xa9");
    key(BACKSPACE);
    type_text("e");
    key_with(HOME, 0);
    type_text("d\xc3\xa9");
    assert_string_equal(t.buffer, "d\xc3\xa9"
                                  "cafe");
    assert_int_equal(t.changes, 4);
    type_text("\r");
    type_text("\x1b");
    assert_int_equal(t.changes, 4);
}

static void text_of_a_key_that_pressed_a_button_does_not_land_in_a_field(void **state)
{
    (void)state;
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = ' '});
    run();
    focus_field();
    type_text(" ");
    assert_string_equal(t.buffer, "");
    key('x');
    type_text("x");
    assert_string_equal(t.buffer, "x");
}

static void copy_cut_and_paste_use_the_host(void **state)
{
    (void)state;
    focus_field();
    type_text("hello");
    key_with('a', DS_UI_CTRL);
    key_with('c', DS_UI_CTRL);
    assert_string_equal(t.copied, "hello");
    assert_false(t.is_primary_copied);
    key_with('X', DS_UI_CTRL | DS_UI_CAPS);
    assert_string_equal(t.buffer, "");
    key_with('v', DS_UI_CTRL);
    assert_int_equal(t.asked, 1);
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_PASTE, .text = "1\n2"});
    run();
    assert_string_equal(t.buffer, "1 2");
}

static void a_password_cannot_be_copied(void **state)
{
    (void)state;
    t.field.password = true;
    focus_field();
    type_text("secret");
    key_with('a', DS_UI_CTRL);
    key_with('c', DS_UI_CTRL);
    key_with('x', DS_UI_CTRL);
    assert_string_equal(t.copied, "");
    assert_string_equal(t.buffer, "secret");
    ds_ui_activate(t.ui, ds_ui_sub(10, 0));
    run();
    assert_true(t.edit.revealed);
    assert_string_equal(t.copied, "");
}

static void dragging_selects_and_offers_the_primary_selection(void **state)
{
    (void)state;
    focus_field();
    type_text("hello");
    pointer(DS_UI_PRESS, 22, 66);
    pointer(DS_UI_POINTER, 390, 66);
    pointer(DS_UI_RELEASE, 390, 66);
    run();
    assert_string_equal(t.copied, "hello");
    assert_true(t.is_primary_copied);
}

static void a_double_click_selects_the_word(void **state)
{
    size_t from, to;
    (void)state;
    focus_field();
    type_text("hello world");
    click(30, 66);
    click(30, 66);
    assert_true(ds_edit_selection(&t.edit, &from, &to));
    assert_int_equal(from, 0);
    assert_int_equal(to, 5);
}

static void preedit_is_shown_but_is_no_text_yet(void **state)
{
    cairo_rectangle_int_t before, after;
    (void)state;
    focus_field();
    assert_true(ds_ui_wants_text(t.ui, &before));
    ds_ui_event(t.ui, &(struct ds_ui_event){
                          .type = DS_UI_PREEDIT, .text = "\xe3\x81\x82\xe3\x81\x84", .caret = -1});
    run();
    assert_string_equal(t.buffer, "");
    assert_true(ds_ui_wants_text(t.ui, &after));
    assert_true(after.x > before.x + 10);
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_PREEDIT, .text = ""});
    type_text("\xe6\x84\x9b");
    assert_string_equal(t.buffer, "\xe6\x84\x9b");
}

static void enter_in_a_field_presses_the_default_button(void **state)
{
    (void)state;
    focus_field();
    key(ENTER);
    assert_int_equal(t.enters, 1);
    t.has_default = true;
    run();
    key(ENTER);
    assert_int_equal(t.enters, 1);
    assert_int_equal(t.clicks[3], 1);
}

static void a_code_is_grouped_on_the_screen_only(void **state)
{
    cairo_rectangle_int_t three, four;
    (void)state;
    t.field.number = true;
    t.edit.digits_only = true;
    focus_field();
    type_text("111");
    ds_ui_wants_text(t.ui, &three);
    type_text("1");
    ds_ui_wants_text(t.ui, &four);
    assert_string_equal(t.buffer, "1111");
    type_text("1");
    cairo_rectangle_int_t five;
    ds_ui_wants_text(t.ui, &five);
    assert_true(four.x - three.x > five.x - four.x);
}

/* ---- List, menu, slider, dialog ---- */

static void a_list_moves_by_keys_and_keeps_the_row_in_sight(void **state)
{
    (void)state;
    t.has_list = true;
    run();
    ds_ui_focus(t.ui, 20);
    run();
    run();
    key(DOWN);
    assert_int_equal(t.list.selected, 0);
    key(END);
    assert_int_equal(t.list.selected, 49);
    assert_true(t.list.scroll == 50 * 20 - 100);
    key(ENTER);
    assert_int_equal(t.activated, 49);
    key(HOME);
    assert_true(t.list.scroll == 0);
}

static void a_list_row_is_chosen_by_click_and_done_by_double_click(void **state)
{
    (void)state;
    t.has_list = true;
    run();
    click(50, 95 + 20);
    assert_int_equal(t.list.selected, 1);
    assert_int_equal(t.activated, -1);
    click(50, 95 + 20);
    assert_int_equal(t.activated, 1);
}

static void only_rows_in_sight_are_built(void **state)
{
    (void)state;
    t.has_list = true;
    run();
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_WHEEL, .x = 50, .y = 120, .dy = 100});
    run();
    assert_true(t.list.scroll == 50 * 20 - 100);
    assert_int_equal(t.list.at, 50);
}

static void a_menu_works_by_keys_alone(void **state)
{
    (void)state;
    t.has_menu = true;
    run();
    ds_ui_focus(t.ui, 40);
    run();
    run();
    key(ENTER);
    key(DOWN); /* over the disabled item and the line */
    key(ENTER);
    assert_int_equal(t.chosen, 3);
    t.chosen = -1;
    key(DOWN); /* opens */
    key('l');
    key(ENTER);
    assert_int_equal(t.chosen, 3);
    t.chosen = -1;
    key(ENTER);
    key(ESC);
    key(ENTER);
    key(TAB);
    assert_int_equal(t.chosen, -1);
    assert_int_equal(t.escapes, 0);
}

static void a_press_outside_closes_the_menu_and_does_nothing_else(void **state)
{
    (void)state;
    t.has_menu = true;
    run();
    click(100, 106);
    assert_true(ds_ui_covers(t.ui, 399, 299));
    click(20, 20);
    assert_int_equal(t.clicks[0], 0);
    click(20, 20);
    assert_int_equal(t.clicks[0], 1);
}

static void a_menu_item_is_chosen_by_pointer(void **state)
{
    (void)state;
    t.has_menu = true;
    run();
    click(100, 106);
    pointer(DS_UI_POINTER, 40, 145);
    click(40, 145);
    assert_int_equal(t.chosen, 0);
}

static void a_slider_steps_and_stays_in_its_range(void **state)
{
    (void)state;
    t.has_slider = true;
    t.value = 9;
    run();
    ds_ui_focus(t.ui, 30);
    run();
    run();
    key(RIGHT);
    key(RIGHT);
    assert_true(t.value == 10);
    key(HOME);
    key(LEFT);
    assert_true(t.value == 0);
    key(END);
    assert_true(t.value == 10);
}

static void a_dialog_keeps_everything_else_away(void **state)
{
    (void)state;
    key(TAB);
    t.has_modal = true;
    run();
    assert_int_equal(ds_ui_focused(t.ui), 92);
    click(20, 20);
    key(TAB);
    key(TAB);
    assert_int_equal(ds_ui_focused(t.ui), 92);
    assert_int_equal(t.clicks[0], 0);
    key_with('f', DS_UI_CTRL);
    key(ESC);
    assert_int_equal(t.escapes, 0);
    assert_false(t.has_modal);
    assert_int_equal(ds_ui_focused(t.ui), 2);
    click(20, 20);
    assert_int_equal(t.clicks[0], 1);
}

/* ---- Drawing ---- */

static void paint(void)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *cr = cairo_create(surface);
    ds_ui_paint(t.ui, cr);
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
}

static void nothing_is_painted_when_nothing_changed(void **state)
{
    (void)state;
    paint();
    run();
    assert_false(ds_ui_damage(t.ui, NULL));
    pointer(DS_UI_POINTER, 390, 290);
    run();
    assert_false(ds_ui_damage(t.ui, NULL));
}

static void damage_is_where_the_change_is(void **state)
{
    cairo_rectangle_int_t box;
    (void)state;
    paint();
    pointer(DS_UI_POINTER, 200, 20);
    run();
    assert_true(ds_ui_damage(t.ui, &box));
    assert_true(box.y >= 5 && box.y + box.height <= 50);
    assert_true(box.x > 130 && box.x + box.width < 270);
}

static void a_toast_goes_after_four_seconds(void **state)
{
    (void)state;
    paint();
    ds_ui_toast(t.ui, "Copied.", DS_COLOR_GOOD);
    run();
    assert_true(ds_ui_damage(t.ui, NULL));
    assert_true(ds_ui_deadline(t.ui) > t.now && ds_ui_deadline(t.ui) <= t.now + 4 * DS_SECOND);
    paint();
    t.now = ds_ui_deadline(t.ui);
    run();
    assert_true(ds_ui_damage(t.ui, NULL));
    assert_int_equal(ds_ui_deadline(t.ui), 0);
}

/* Cairo rounds the edge of a curve differently by one step when it is clipped. */
static void expect_same_pixels(cairo_surface_t *a, cairo_surface_t *b)
{
    const unsigned char *p = cairo_image_surface_get_data(a), *q = cairo_image_surface_get_data(b);
    size_t n = (size_t)cairo_image_surface_get_stride(a) * HEIGHT;
    for (size_t i = 0; i < n; i++) {
        if (abs(p[i] - q[i]) > 2 && i % 4 != 3)
            fail_msg("pixel %zu, %zu differs", i % (WIDTH * 4) / 4, i / (WIDTH * 4));
    }
}

/* Painting only the damage must give the same pixels as painting everything. */
static void damage_is_never_too_small(void **state)
{
    (void)state;
    cairo_surface_t *part = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_surface_t *whole = cairo_image_surface_create(CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
    cairo_t *on_part = cairo_create(part), *on_whole = cairo_create(whole);
    uint32_t seed = 5;
    t.has_menu = t.has_slider = t.has_default = true;
    for (int i = 0; i < 400; i++) {
        seed = seed * 1664525 + 1013904223;
        static const uint32_t keys[] = {TAB, ENTER, DOWN, UP, LEFT, RIGHT, ESC, BACKSPACE};
        double x = seed >> 8 & 511, y = seed >> 17 & 255;
        if (seed >> 29 < 3)
            pointer(DS_UI_POINTER, x, y);
        else if (seed >> 29 < 5)
            ds_ui_event(t.ui,
                        &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = keys[seed >> 16 & 7]});
        else if (seed >> 29 == 5)
            ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = "Wj\xc3\xa9"});
        else
            click(x, y);
        t.has_modal ^= (seed >> 13 & 31) == 0;
        run();
        ds_ui_paint(t.ui, on_part);
        ds_ui_invalidate(t.ui);
        ds_ui_paint(t.ui, on_whole);
        cairo_surface_flush(part);
        cairo_surface_flush(whole);
        expect_same_pixels(part, whole);
    }
    cairo_destroy(on_part);
    cairo_destroy(on_whole);
    cairo_surface_destroy(part);
    cairo_surface_destroy(whole);
}

static void a_text_that_does_not_fit_is_noticed(void **state)
{
    (void)state;
    ds_ui_begin(t.ui, WIDTH, HEIGHT, t.now);
    ds_ui_label(t.ui, (struct ds_box){0, 0, 30, 20}, "Far too long", DS_TYPE_NORMAL, DS_COLOR_TEXT,
                0);
    ds_ui_end(t.ui);
    assert_string_equal(ds_ui_cut_text(t.ui), "Far too long");
    ds_ui_begin(t.ui, WIDTH, HEIGHT, t.now);
    ds_ui_label(t.ui, (struct ds_box){0, 0, 30, 20}, "Far too long", DS_TYPE_NORMAL, DS_COLOR_TEXT,
                DS_UI_ELLIPSIS);
    ds_ui_end(t.ui);
    assert_null(ds_ui_cut_text(t.ui));
}

/* ---- Layout ---- */

static void boxes_are_cut_without_ever_going_negative(void **state)
{
    (void)state;
    struct ds_box box = {10, 20, 100, 50};
    struct ds_box top = ds_box_top(&box, 20, 8);
    assert_true(top.y == 20 && top.height == 20 && box.y == 48 && box.height == 22);
    struct ds_box right = ds_box_right(&box, 30, 4);
    assert_true(right.x == 80 && right.width == 30 && box.width == 66);
    struct ds_box bottom = ds_box_bottom(&box, 100, 8);
    assert_true(bottom.height == 22 && box.height == 0);
    struct ds_box column = ds_box_column((struct ds_box){0, 0, 100, 10}, 1, 2, 10);
    assert_true(column.x == 55 && column.width == 45);
    box = ds_box_pad((struct ds_box){0, 0, 10, 10}, 20, 2);
    assert_true(box.width == 0 && box.height == 6);
    assert_true(ds_box_row((struct ds_box){0, 0, 1, 1}, 0, 9, 5).height == 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tab_goes_round_in_the_order_of_building),
        TEST(arrows_go_where_they_point),
        TEST(disabled_widgets_are_skipped_and_not_pressed),
        TEST(enter_and_space_press_the_focused_button),
        TEST(a_new_page_focuses_the_safe_answer),
        TEST(what_grants_is_deaf_while_the_page_is_new),
        TEST(a_press_let_go_elsewhere_is_no_click),
        TEST(quick_presses_are_not_lost),
        TEST(a_widget_can_be_pressed_by_its_id),
        TEST(shortcuts_and_escape_reach_the_window_once),
        TEST(typed_text_arrives_and_keys_edit_it),
        TEST(text_of_a_key_that_pressed_a_button_does_not_land_in_a_field),
        TEST(copy_cut_and_paste_use_the_host),
        TEST(a_password_cannot_be_copied),
        TEST(dragging_selects_and_offers_the_primary_selection),
        TEST(a_double_click_selects_the_word),
        TEST(preedit_is_shown_but_is_no_text_yet),
        TEST(enter_in_a_field_presses_the_default_button),
        TEST(a_code_is_grouped_on_the_screen_only),
        TEST(a_list_moves_by_keys_and_keeps_the_row_in_sight),
        TEST(a_list_row_is_chosen_by_click_and_done_by_double_click),
        TEST(only_rows_in_sight_are_built),
        TEST(a_menu_works_by_keys_alone),
        TEST(a_press_outside_closes_the_menu_and_does_nothing_else),
        TEST(a_menu_item_is_chosen_by_pointer),
        TEST(a_slider_steps_and_stays_in_its_range),
        TEST(a_dialog_keeps_everything_else_away),
        TEST(nothing_is_painted_when_nothing_changed),
        TEST(damage_is_where_the_change_is),
        TEST(a_toast_goes_after_four_seconds),
        TEST(damage_is_never_too_small),
        TEST(a_text_that_does_not_fit_is_noticed),
        TEST(boxes_are_cut_without_ever_going_negative),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
