/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How drawings look: each tool, in both looks. Usage: unit_note_paint [FOLDER]: also leaves a
 * picture of all of them there, to be looked at. */
#include "common/desk/note_paint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 360

static const char *folder;

static struct ds_note make(enum ds_note_tool tool, int x0, int y0, int x1, int y1, uint32_t color)
{
    struct ds_note note = {.id = 1,
                           .tool = (uint8_t)tool,
                           .color = color,
                           .width = WIDTH,
                           .height = HEIGHT,
                           .count = tool == DS_NOTE_TEXT ? 1 : 2,
                           .points = {{(uint16_t)x0, (uint16_t)y0}, {(uint16_t)x1, (uint16_t)y1}}};
    if (tool == DS_NOTE_TEXT)
        snprintf(note.text, sizeof(note.text), "Click here \xe2\x86\x92 d\xc3\xa9j\xc3\xa0");
    return note;
}

static cairo_surface_t *paint(const struct ds_note_shape *shapes, size_t count,
                              enum ds_note_look look)
{
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
    cairo_t *cr = cairo_create(surface);
    ds_note_paint(cr, shapes, count, look);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    return surface;
}

static uint32_t at(cairo_surface_t *surface, int x, int y)
{
    const unsigned char *data = cairo_image_surface_get_data(surface);
    uint32_t value;
    memcpy(&value, data + y * cairo_image_surface_get_stride(surface) + 4 * x, 4);
    return value;
}

/* Where paint is, against where the box says that it can be. */
static void assert_inside_box(cairo_surface_t *surface, struct ds_rect box)
{
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            if (at(surface, x, y) &&
                !(x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height))
                fail_msg("paint at %d,%d, outside of %d,%d %dx%d", x, y, box.x, box.y, box.width,
                         box.height);
}

static void every_tool_paints_inside_its_box(void **state)
{
    (void)state;
    static const double scales[] = {0.3, 1, 1.7};
    for (int tool = DS_NOTE_PEN; tool < DS_NOTE_TOOLS; tool++)
        for (int look = DS_NOTE_SOFT; look <= DS_NOTE_SOLID; look++)
            for (int i = 0; i < 3; i++) {
                struct ds_note note = make((enum ds_note_tool)tool, 200, 150, 90, 40, 0xe5484d);
                struct ds_note_shape shape = {&note, 10, 20, scales[i]};
                cairo_surface_t *surface = paint(&shape, 1, (enum ds_note_look)look);
                assert_inside_box(surface, ds_note_box(&shape, (enum ds_note_look)look));
                cairo_surface_destroy(surface);
            }
}

static void a_line_has_its_colour_where_it_was_drawn(void **state)
{
    (void)state;
    struct ds_note note = make(DS_NOTE_ARROW, 100, 100, 300, 100, 0xe5484d);
    struct ds_note_shape shape = {&note, 0, 0, 1};
    for (int look = DS_NOTE_SOFT; look <= DS_NOTE_SOLID; look++) {
        cairo_surface_t *surface = paint(&shape, 1, (enum ds_note_look)look);
        assert_int_equal(at(surface, 200, 100), 0xffe5484d);
        assert_int_equal(at(surface, 200, 110), 0);
        cairo_surface_destroy(surface);
    }
}

static void solid_has_no_half_tones(void **state)
{
    (void)state;
    for (int tool = DS_NOTE_PEN; tool < DS_NOTE_TEXT; tool++) {
        struct ds_note note = make((enum ds_note_tool)tool, 33, 44, 310, 205, 0x2f7d32);
        struct ds_note_shape shape = {&note, 0, 0, 1};
        cairo_surface_t *surface = paint(&shape, 1, DS_NOTE_SOLID);
        for (int y = 0; y < HEIGHT; y++)
            for (int x = 0; x < WIDTH; x++)
                assert_true(at(surface, x, y) >> 24 == 0 || at(surface, x, y) >> 24 == 255);
        cairo_surface_destroy(surface);
    }
}

static void the_screen_can_be_read_beneath_a_marker(void **state)
{
    (void)state;
    struct ds_note note = make(DS_NOTE_HIGHLIGHT, 100, 100, 300, 100, 0xf5d90a);
    struct ds_note_shape shape = {&note, 0, 0, 1};
    cairo_surface_t *soft = paint(&shape, 1, DS_NOTE_SOFT);
    cairo_surface_t *solid = paint(&shape, 1, DS_NOTE_SOLID);
    assert_in_range(at(soft, 200, 100) >> 24, 80, 130);
    assert_int_equal(at(solid, 200, 100), 0);         /* inside the outline */
    assert_int_equal(at(solid, 200, 89), 0xfff5d90a); /* on it */
    cairo_surface_destroy(soft);
    cairo_surface_destroy(solid);
}

static void spotlights_share_one_shade(void **state)
{
    (void)state;
    struct ds_note first = make(DS_NOTE_SPOTLIGHT, 50, 50, 250, 150, 0x1f5eff);
    struct ds_note second = make(DS_NOTE_SPOTLIGHT, 350, 150, 550, 300, 0x1f5eff);
    struct ds_note_shape shapes[] = {{&first, 0, 0, 1}, {&second, 0, 0, 1}};
    cairo_surface_t *surface = paint(shapes, 2, DS_NOTE_SOFT);
    assert_int_equal(at(surface, 150, 100), 0);            /* in the light */
    assert_int_equal(at(surface, 450, 225), 0);            /* in the other */
    assert_in_range(at(surface, 600, 20) >> 24, 110, 120); /* shaded once */
    cairo_surface_destroy(surface);
    surface = paint(shapes, 2, DS_NOTE_SOLID);
    assert_int_equal(at(surface, 600, 20), 0);
    cairo_surface_destroy(surface);
}

static void draw_all(const char *name, enum ds_note_look look)
{
    struct ds_note notes[] = {make(DS_NOTE_PEN, 40, 60, 160, 30, 0xe5484d),
                              make(DS_NOTE_ARROW, 200, 90, 300, 40, 0xe5484d),
                              make(DS_NOTE_BOX, 340, 30, 460, 100, 0x2f7d32),
                              make(DS_NOTE_HIGHLIGHT, 40, 170, 240, 170, 0xf5d90a),
                              make(DS_NOTE_SPOTLIGHT, 320, 150, 600, 260, 0x1f5eff),
                              make(DS_NOTE_TEXT, 60, 240, 0, 0, 0x1f5eff),
                              make(DS_NOTE_TEXT, 60, 290, 0, 0, 0xf5d90a)};
    struct ds_note_shape shapes[7];
    char path[500];
    for (int i = 0; i < 6; i++) /* a hand's line */
        notes[0].points[i] =
            (struct ds_note_point){(uint16_t)(40 + 24 * i), (uint16_t)(i % 2 ? 40 : 80)};
    notes[0].count = 6;
    for (int i = 0; i < 7; i++)
        shapes[i] = (struct ds_note_shape){&notes[i], 0, 0, 1};
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, WIDTH, HEIGHT);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1, 1, 1);
    cairo_paint(cr);
    cairo_set_source_rgb(cr, 0.1, 0.1, 0.15);
    cairo_rectangle(cr, 480, 0, 160, 360);
    cairo_fill(cr);
    cairo_set_source_rgb(cr, 0.3, 0.3, 0.3);
    cairo_set_font_size(cr, 14);
    for (int y = 20; y < HEIGHT; y += 22) {
        cairo_move_to(cr, 10, y);
        cairo_show_text(cr,
                        "The quick brown fox jumps over the lazy dog and reads what is beneath.");
    }
    ds_note_paint(cr, shapes, 7, look);
    cairo_destroy(cr);
    snprintf(path, sizeof(path), "%s/%s.png", folder, name);
    assert_int_equal(cairo_surface_write_to_png(surface, path), CAIRO_STATUS_SUCCESS);
    cairo_surface_destroy(surface);
}

static void all_of_them_in_a_picture(void **state)
{
    (void)state;
    if (!folder)
        skip();
    draw_all("notes-soft", DS_NOTE_SOFT);
    draw_all("notes-solid", DS_NOTE_SOLID);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_tool_paints_inside_its_box),
        cmocka_unit_test(a_line_has_its_colour_where_it_was_drawn),
        cmocka_unit_test(solid_has_no_half_tones),
        cmocka_unit_test(the_screen_can_be_read_beneath_a_marker),
        cmocka_unit_test(spotlights_share_one_shade),
        cmocka_unit_test(all_of_them_in_a_picture),
    };
    folder = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
