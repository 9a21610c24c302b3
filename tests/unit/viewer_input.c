/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys and pointer on their way to the customer: what is merged, what never is. */
#include "viewer/input/keys.h"
#include "viewer/input/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

static struct ds_input sent[1024];
static size_t count;

static void record(void *ctx, const struct ds_input *input)
{
    (void)ctx;
    assert_true(count < 1024);
    sent[count++] = *input;
}

static int set_up(void **state)
{
    (void)state;
    count = 0;
    return 0;
}

static void assert_key(size_t i, uint32_t keysym, bool down)
{
    assert_true(i < count);
    assert_int_equal(DS_INPUT_KEY, sent[i].type);
    assert_int_equal(keysym, sent[i].keysym);
    assert_int_equal(down, sent[i].down);
}

static void assert_pointer(size_t i, int x, int y, int buttons)
{
    assert_true(i < count);
    assert_int_equal(DS_INPUT_POINTER, sent[i].type);
    assert_int_equal(x, sent[i].x);
    assert_int_equal(y, sent[i].y);
    assert_int_equal(buttons, sent[i].buttons);
}

/* ---- queue ---- */

static struct ds_input pointer(int x, int buttons)
{
    return (struct ds_input){
        .type = DS_INPUT_POINTER, .x = (uint16_t)x, .buttons = (uint8_t)buttons};
}

static void push(struct viewer_input_queue *q, struct ds_input input)
{
    viewer_input_queue_push(q, &input);
}

static void movement_that_waits_is_replaced_by_the_newest(void **state)
{
    (void)state;
    static struct viewer_input_queue q;
    struct ds_input out;
    viewer_input_queue_init(&q, 3);
    for (int i = 0; i < 1000; i++)
        push(&q, pointer(i, 0));
    assert_true(viewer_input_queue_take(&q, &out));
    assert_int_equal(999, out.x);
    assert_int_equal(3, out.epoch);
    assert_int_equal(1, out.sequence);
    assert_false(viewer_input_queue_take(&q, &out));
}

static void the_laser_points_where_the_hand_is_now(void **state)
{
    (void)state;
    static struct viewer_input_queue q;
    struct ds_input out, laser = {.type = DS_INPUT_LASER, .down = true};
    viewer_input_queue_init(&q, 3);
    for (laser.x = 0; laser.x < 500; laser.x++)
        push(&q, laser);
    laser.down = false; /* that it is over is told by itself */
    push(&q, laser);
    push(&q, pointer(7, 0));
    assert_true(viewer_input_queue_take(&q, &out));
    assert_true(out.type == DS_INPUT_LASER && out.x == 499 && out.down);
    assert_true(viewer_input_queue_take(&q, &out));
    assert_true(out.type == DS_INPUT_LASER && !out.down);
    assert_true(viewer_input_queue_take(&q, &out));
    assert_true(out.type == DS_INPUT_POINTER && out.x == 7);
}

static void presses_are_never_merged_away(void **state)
{
    (void)state;
    static struct viewer_input_queue q;
    struct ds_input out;
    viewer_input_queue_init(&q, 1);
    push(&q, pointer(1, 0));
    push(&q, pointer(2, 1)); /* press */
    push(&q, pointer(3, 1));
    push(&q, pointer(4, 1)); /* drag: merged with the one before, which is a movement */
    push(&q, pointer(4, 0)); /* release */
    push(&q, pointer(4, 8)); /* wheel up and back, twice */
    push(&q, pointer(4, 0));
    push(&q, pointer(4, 8));
    push(&q, pointer(4, 0));
    static const int xs[] = {1, 4, 4, 4, 4, 4, 4}, buttons[] = {0, 1, 0, 8, 0, 8, 0};
    for (uint32_t i = 0; i < 7; i++) {
        assert_true(viewer_input_queue_take(&q, &out));
        assert_int_equal(buttons[i], out.buttons);
        assert_int_equal(xs[i], out.x);
        assert_int_equal(i + 1, out.sequence);
    }
    assert_false(viewer_input_queue_take(&q, &out));
}

static void a_key_between_two_movements_keeps_its_place(void **state)
{
    (void)state;
    static struct viewer_input_queue q;
    struct ds_input out;
    viewer_input_queue_init(&q, 1);
    push(&q, pointer(1, 0));
    push(&q, (struct ds_input){.type = DS_INPUT_KEY, .keysym = 'a', .down = true});
    push(&q, pointer(2, 0));
    viewer_input_queue_take(&q, &out);
    assert_int_equal(1, out.x);
    viewer_input_queue_take(&q, &out);
    assert_int_equal(DS_INPUT_KEY, out.type);
    viewer_input_queue_take(&q, &out);
    assert_int_equal(2, out.x);
}

static void a_full_queue_lets_everything_go_up(void **state)
{
    (void)state;
    static struct viewer_input_queue q;
    struct ds_input out;
    viewer_input_queue_init(&q, 1);
    for (int i = 0; i <= VIEWER_INPUT_MAX; i++)
        push(&q, (struct ds_input){.type = DS_INPUT_KEY, .keysym = 'a', .down = i % 2 == 0});
    assert_true(viewer_input_queue_take(&q, &out));
    assert_int_equal(DS_INPUT_RELEASE, out.type);
    assert_true(viewer_input_queue_take(&q, &out));
    assert_int_equal(DS_INPUT_KEY, out.type);
    assert_false(viewer_input_queue_take(&q, &out));
}

/* ---- pointer ---- */

static struct viewer_view half_view(void)
{
    struct viewer_view v = {.scale = VIEWER_SCALE_FIT};
    viewer_view_set_window(&v, 1000, 600);
    viewer_view_set_picture(&v, 2000, 1000); /* at 0,50, half the size */
    return v;
}

static void movement_is_sent_in_pixels_of_the_picture(void **state)
{
    (void)state;
    struct viewer_view v = half_view();
    struct viewer_pointer p = {.emit = record};
    assert_true(viewer_pointer_move(&p, &v, 500, 300));
    assert_pointer(0, 1001, 501, 0);
    assert_true(viewer_pointer_move(&p, &v, 500, 300));
    assert_int_equal(1, count); /* the same place is not news */
    assert_false(viewer_pointer_move(&p, &v, 500, 10));
    assert_int_equal(1, count);
}

static void a_press_outside_stays_here_and_a_drag_goes_to_the_edge(void **state)
{
    (void)state;
    struct viewer_view v = half_view();
    struct viewer_pointer p = {.emit = record};
    assert_false(viewer_pointer_button(&p, &v, 500, 10, VIEWER_BUTTON_LEFT, true));
    assert_false(viewer_pointer_button(&p, &v, 500, 300, VIEWER_BUTTON_LEFT, false));
    assert_int_equal(0, count);
    assert_true(viewer_pointer_button(&p, &v, 0, 50, VIEWER_BUTTON_LEFT, true));
    assert_pointer(0, 1, 1, 1);
    assert_true(viewer_pointer_move(&p, &v, 2000, 2000));
    assert_pointer(1, 1999, 999, 1);
    assert_true(viewer_pointer_button(&p, &v, 2000, 2000, VIEWER_BUTTON_LEFT, false));
    assert_pointer(2, 1999, 999, 0);
}

static void a_notch_is_a_press_and_a_release(void **state)
{
    (void)state;
    struct viewer_view v = half_view();
    struct viewer_pointer p = {.emit = record};
    viewer_pointer_button(&p, &v, 500, 300, VIEWER_BUTTON_RIGHT, true);
    assert_true(viewer_pointer_wheel(&p, &v, 500, 300, 0, -2));
    assert_pointer(1, 1001, 501, VIEWER_BUTTON_RIGHT | VIEWER_WHEEL_DOWN);
    assert_pointer(2, 1001, 501, VIEWER_BUTTON_RIGHT);
    assert_pointer(3, 1001, 501, VIEWER_BUTTON_RIGHT | VIEWER_WHEEL_DOWN);
    assert_pointer(4, 1001, 501, VIEWER_BUTTON_RIGHT);
    assert_true(viewer_pointer_wheel(&p, &v, 500, 300, 1, 0));
    assert_pointer(5, 1001, 501, VIEWER_BUTTON_RIGHT | VIEWER_WHEEL_RIGHT);
    assert_int_equal(7, count);
    viewer_pointer_wheel(&p, &v, 500, 300, 0, 100000);
    assert_int_equal(7 + 40, count);
}

/* ---- keys ---- */

static void a_key_goes_as_its_keysym_and_its_own_text_does_not_follow(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    viewer_keys_press(&k, 38, 'a', "a");
    viewer_keys_known(&k);
    viewer_keys_text(&k, "a");
    viewer_keys_release(&k, 38);
    assert_int_equal(2, count);
    assert_key(0, 'a', true);
    assert_key(1, 'a', false);
}

static void a_repeat_is_another_press(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    for (int i = 0; i < 3; i++) {
        viewer_keys_press(&k, 38, 'a', "a");
        viewer_keys_known(&k);
        viewer_keys_text(&k, "a");
    }
    viewer_keys_release(&k, 38);
    assert_int_equal(4, count);
    assert_key(2, 'a', true);
    assert_key(3, 'a', false);
}

static void composed_text_goes_as_text(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    /* a dead key and a letter were taken by the input method, which then sends keycode 0 */
    viewer_keys_press(&k, 0, 0, "");
    viewer_keys_text(&k, "ê");
    viewer_keys_release(&k, 26); /* of a press that was never seen */
    assert_int_equal(1, count);
    assert_int_equal(DS_INPUT_TEXT, sent[0].type);
    assert_string_equal("ê", sent[0].text);
}

static void a_letter_that_an_input_method_has_taken_is_not_typed(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    viewer_keys_press(&k, 57, 'n', "n"); /* SDL says nothing about it: part of a composition */
    viewer_keys_settle(&k);
    viewer_keys_release(&k, 57);
    viewer_keys_text(&k, "你好");
    assert_int_equal(1, count);
    assert_string_equal("你好", sent[0].text);
}

static void a_key_without_a_name_in_sdl_is_a_key_all_the_same(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    viewer_keys_press(&k, 247, 0x10020ac, "€"); /* a spare keycode */
    viewer_keys_text(&k, "€");
    viewer_keys_release(&k, 247);
    viewer_keys_press(&k, 248, 0x1008ff12, ""); /* a media key */
    viewer_keys_settle(&k);
    viewer_keys_release(&k, 248);
    assert_int_equal(4, count);
    assert_key(0, 0x10020ac, true);
    assert_key(1, 0x10020ac, false);
    assert_key(2, 0x1008ff12, true);
    assert_key(3, 0x1008ff12, false);
}

static void a_key_once_named_is_taken_when_nothing_is_said_about_it(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    viewer_keys_press(&k, 132, 0xa5, "¥"); /* outside the block that SDL names on every keyboard */
    viewer_keys_known(&k);
    viewer_keys_release(&k, 132);
    assert_int_equal(2, count);
    viewer_keys_press(&k, 132, 0xa5, "¥"); /* now an input method keeps it */
    viewer_keys_settle(&k);
    viewer_keys_release(&k, 132);
    assert_int_equal(2, count);
}

static void the_release_names_the_keysym_of_the_press(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    viewer_keys_press(&k, 38, 'A', "A"); /* with shift, which goes up before the letter does */
    viewer_keys_known(&k);
    viewer_keys_press(&k, 38, 'a', "a"); /* repeats without it */
    viewer_keys_known(&k);
    viewer_keys_release(&k, 38);
    assert_int_equal(4, count);
    assert_key(0, 'A', true);
    assert_key(1, 'A', false);
    assert_key(2, 'a', true);
    assert_key(3, 'a', false);
}

static void everything_is_let_go_at_once(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    viewer_keys_press(&k, 37, 0xffe3, "");
    viewer_keys_known(&k);
    assert_true(viewer_keys_any(&k));
    viewer_keys_release_all(&k);
    assert_false(viewer_keys_any(&k));
    assert_int_equal(DS_INPUT_RELEASE, sent[1].type);
    viewer_keys_release(&k, 37);
    assert_int_equal(2, count);
}

static void control_characters_are_never_text_and_long_text_is_cut_between_characters(void **state)
{
    (void)state;
    struct viewer_keys k = {.emit = record};
    char text[601] = "";
    viewer_keys_text(&k, "\n");
    viewer_keys_text(&k, "");
    viewer_keys_text(&k, "\x7f");
    assert_int_equal(0, count);
    for (int i = 0; i < 300; i++)
        memcpy(text + 2 * i, "é", 2);
    viewer_keys_text(&k, text);
    assert_int_equal(3, count);
    assert_int_equal(256, strlen(sent[0].text));
    assert_int_equal(256, strlen(sent[1].text));
    assert_int_equal(88, strlen(sent[2].text));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(movement_that_waits_is_replaced_by_the_newest),
        TEST(the_laser_points_where_the_hand_is_now),
        TEST(presses_are_never_merged_away),
        TEST(a_key_between_two_movements_keeps_its_place),
        TEST(a_full_queue_lets_everything_go_up),
        TEST(movement_is_sent_in_pixels_of_the_picture),
        TEST(a_press_outside_stays_here_and_a_drag_goes_to_the_edge),
        TEST(a_notch_is_a_press_and_a_release),
        TEST(a_key_goes_as_its_keysym_and_its_own_text_does_not_follow),
        TEST(a_repeat_is_another_press),
        TEST(composed_text_goes_as_text),
        TEST(a_letter_that_an_input_method_has_taken_is_not_typed),
        TEST(a_key_without_a_name_in_sdl_is_a_key_all_the_same),
        TEST(a_key_once_named_is_taken_when_nothing_is_said_about_it),
        TEST(the_release_names_the_keysym_of_the_press),
        TEST(everything_is_let_go_at_once),
        TEST(control_characters_are_never_text_and_long_text_is_cut_between_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
