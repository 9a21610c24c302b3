/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings: their messages, byte by byte, and the rules between viewer and agent. */
#include "common/service/notes.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

static const uint8_t arrow_bytes[] = {
    1,                      /* DRAW */
    0,    0,    0,    1,    /* id */
    2,                      /* arrow */
    0xe5, 0x48, 0x4d,       /* colour */
    0xff,                   /* all monitors */
    0x07, 0x80, 0x04, 0x38, /* of 1920 x 1080 */
    0,    0,                /* no text */
    0,    2,                /* points */
    0,    10,   0,    20,   /* from */
    0x01, 0x00, 0x02, 0x00, /* to */
};
static const uint8_t text_bytes[] = {
    1, 0,    0,   0,   2,    6,    0, 0, 0xff, /* DRAW, id 2, text, blue */
    0, 0x03, 0,   2,   0x58,                   /* monitor 0, 768 x 600 */
    0, 4,    'c', 'l', 0xc3, 0xa9,             /* "clé" */
    0, 1,    0,   0,   0,    1                 /* one point */
};
static const uint8_t undo_bytes[] = {2, 0, 0, 0, 3};
static const uint8_t erase_bytes[] = {3, 0, 0, 1, 0};
static const uint8_t shown_bytes[] = {4, 0, 0, 0, 3, 0, 0, 2, 0};
static const uint8_t gone_bytes[] = {5, 0, 0, 0, 3, 1};
static const uint8_t hand_bytes[] = {6, 1, 0, 2};
static const uint8_t clean_bytes[] = {7};
static const uint8_t thick_bytes[] = {
    1, 0, 0, 0, 1, 1, 0, 0, 0, 0, /* DRAW, id 1, pen, black, monitor 0 */
    0, 8, 0, 8, 0, 0,             /* of 8 x 8, no text */
    0, 1, 0, 7, 0, 7,             /* one point */
    2,                            /* thick */
};

static const struct {
    const uint8_t *bytes;
    size_t len;
    struct ds_note_message message;
} golden[] = {
    {arrow_bytes, sizeof(arrow_bytes), {.type = DS_NOTE_DRAW, .id = 1}},
    {text_bytes, sizeof(text_bytes), {.type = DS_NOTE_DRAW, .id = 2}},
    {undo_bytes, sizeof(undo_bytes), {.type = DS_NOTE_UNDO, .id = 3}},
    {erase_bytes, sizeof(erase_bytes), {.type = DS_NOTE_ERASE, .id = 256}},
    {shown_bytes, sizeof(shown_bytes), {.type = DS_NOTE_SHOWN, .id = 3, .update = 512}},
    {gone_bytes, sizeof(gone_bytes), {.type = DS_NOTE_GONE, .id = 3, .all = true}},
    {hand_bytes, sizeof(hand_bytes), {.type = DS_NOTE_HAND, .draws = true, .count = 2}},
    {clean_bytes, sizeof(clean_bytes), {.type = DS_NOTE_CLEAN}},
};

static int decode_exact(const uint8_t *bytes, size_t len, struct ds_note_message *m,
                        struct ds_note *note)
{
    uint8_t *exact = malloc(len ? len : 1); /* so that a byte too many is seen */
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    int error = ds_note_message_decode(exact, len, m, note);
    free(exact);
    return error;
}

static void messages_are_these_bytes_and_no_fewer(void **state)
{
    (void)state;
    static struct ds_note note;
    for (size_t i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
        struct ds_note_message m;
        struct ds_buf buf;
        memset(&note, 0, sizeof(note));
        assert_int_equal(decode_exact(golden[i].bytes, golden[i].len, &m, &note), DS_OK);
        assert_true(m.type == golden[i].message.type && m.id == golden[i].message.id &&
                    m.update == golden[i].message.update && m.all == golden[i].message.all &&
                    m.draws == golden[i].message.draws && m.count == golden[i].message.count);
        ds_buf_init(&buf, 10000);
        assert_int_equal(ds_note_message_encode(&buf, &m, &note), DS_OK);
        assert_int_equal(buf.len, golden[i].len);
        assert_memory_equal(ds_buf_peek(&buf), golden[i].bytes, golden[i].len);
        ds_buf_destroy(&buf);
        for (size_t cut = 0; cut < golden[i].len; cut++)
            assert_int_equal(decode_exact(golden[i].bytes, cut, &m, &note), DS_EPROTO);
    }
    struct ds_note_message m;
    decode_exact(arrow_bytes, sizeof(arrow_bytes), &m, &note);
    assert_true(note.tool == DS_NOTE_ARROW && note.color == 0xe5484d && note.monitor == 0xff);
    assert_true(note.width == 1920 && note.height == 1080 && note.count == 2);
    assert_true(note.points[0].x == 10 && note.points[0].y == 20);
    assert_true(note.points[1].x == 256 && note.points[1].y == 512);
    decode_exact(text_bytes, sizeof(text_bytes), &m, &note);
    assert_string_equal(note.text, "cl\xc3\xa9");
}

/* The field came later: a drawing ends before it, or has it. */
static void a_drawing_may_be_thick(void **state)
{
    (void)state;
    static struct ds_note note;
    struct ds_note_message m;
    struct ds_buf buf;
    const size_t len = sizeof(thick_bytes);
    assert_int_equal(decode_exact(thick_bytes, len, &m, &note), DS_OK);
    assert_true(note.size == DS_NOTE_THICK && note.points[0].x == 7);
    ds_buf_init(&buf, 1000);
    assert_int_equal(ds_note_message_encode(&buf, &m, &note), DS_OK);
    assert_int_equal(buf.len, len);
    assert_memory_equal(ds_buf_peek(&buf), thick_bytes, len);
    ds_buf_destroy(&buf);
    assert_int_equal(decode_exact(thick_bytes, len - 1, &m, &note), DS_OK);
    assert_int_equal(note.size, DS_NOTE_NORMAL);
    note.size = DS_NOTE_SIZES;
    assert_false(ds_note_is_valid(&note));
    assert_int_equal(ds_note_size_by_name("thin"), DS_NOTE_THIN);
    assert_int_equal(ds_note_size_by_name("fat"), DS_NOTE_SIZES);
}

static struct ds_note make(enum ds_note_tool tool, unsigned count)
{
    struct ds_note note = {.id = 1,
                           .tool = (uint8_t)tool,
                           .color = 0xff0000,
                           .monitor = 0xff,
                           .width = 800,
                           .height = 600,
                           .count = (uint16_t)count};
    for (unsigned i = 0; i < count && i < DS_NOTE_POINTS_MAX; i++)
        note.points[i] = (struct ds_note_point){(uint16_t)(i % 2), (uint16_t)(i / 2)};
    if (tool == DS_NOTE_TEXT)
        snprintf(note.text, sizeof(note.text), "here");
    return note;
}

static void each_tool_has_its_points(void **state)
{
    (void)state;
    static const struct {
        enum ds_note_tool tool;
        unsigned least, most;
    } tools[] = {{DS_NOTE_PEN, 1, DS_NOTE_POINTS_MAX},
                 {DS_NOTE_ARROW, 2, 2},
                 {DS_NOTE_BOX, 2, 2},
                 {DS_NOTE_HIGHLIGHT, 1, DS_NOTE_POINTS_MAX},
                 {DS_NOTE_SPOTLIGHT, 2, 2},
                 {DS_NOTE_TEXT, 1, 1}};
    for (size_t i = 0; i < 6; i++) {
        static struct ds_note note;
        note = make(tools[i].tool, tools[i].least - 1);
        assert_false(ds_note_is_valid(&note));
        note = make(tools[i].tool, tools[i].least);
        assert_true(ds_note_is_valid(&note));
        note = make(tools[i].tool, tools[i].most);
        assert_true(ds_note_is_valid(&note));
        note = make(tools[i].tool, tools[i].most + 1);
        assert_false(ds_note_is_valid(&note));
        assert_int_equal(ds_note_tool_by_name(ds_note_tool_name(tools[i].tool)), tools[i].tool);
    }
    assert_int_equal(ds_note_tool_by_name("laser"), DS_NOTE_LASER); /* but no note has it */
    static struct ds_note laser;
    laser = make(DS_NOTE_LASER, 1);
    assert_false(ds_note_is_valid(&laser));
    assert_int_equal(ds_note_tool_by_name("chalk"), 0);
    assert_int_equal(ds_note_tool_by_name(""), 0);
}

static void what_is_out_of_range_is_refused(void **state)
{
    (void)state;
    struct ds_note note = make(DS_NOTE_BOX, 2);
    note.points[1].x = 800;
    assert_false(ds_note_is_valid(&note));
    note = make(DS_NOTE_BOX, 2);
    note.points[0].y = 600;
    assert_false(ds_note_is_valid(&note));
    note = make(DS_NOTE_BOX, 2);
    note.monitor = DS_SCREEN_MONITORS_MAX;
    assert_false(ds_note_is_valid(&note));
    note = make(DS_NOTE_BOX, 2);
    note.width = 0;
    assert_false(ds_note_is_valid(&note));
    note = make(DS_NOTE_BOX, 2);
    note.text[0] = 'a';
    assert_false(ds_note_is_valid(&note));
    note = make(DS_NOTE_TEXT, 1);
    snprintf(note.text, sizeof(note.text), "two\nlines");
    assert_false(ds_note_is_valid(&note));
    note = make((enum ds_note_tool)7, 1);
    assert_false(ds_note_is_valid(&note));
    note = make((enum ds_note_tool)0, 1);
    assert_false(ds_note_is_valid(&note));
}

static void a_line_has_a_length(void **state)
{
    (void)state;
    static struct ds_note note;
    note = make(DS_NOTE_PEN, 4);
    note.points[0] = note.points[2] = (struct ds_note_point){0, 0};
    note.points[1] = note.points[3] = (struct ds_note_point){799, 599};
    assert_int_equal(ds_note_length(&note), 3 * (799 + 599));
    note.count = 17; /* 16 times all across */
    for (unsigned i = 0; i < 17; i++)
        note.points[i] = i % 2 ? (struct ds_note_point){799, 599} : (struct ds_note_point){0, 0};
    assert_true(ds_note_is_valid(&note));
    note.count = 19;
    note.points[17] = (struct ds_note_point){799, 599};
    note.points[18] = (struct ds_note_point){0, 0};
    assert_false(ds_note_is_valid(&note));
}

static void more_points_than_there_may_be_are_refused_unread(void **state)
{
    (void)state;
    static uint8_t bytes[20 + 4 * (DS_NOTE_POINTS_MAX + 1)];
    static struct ds_note note;
    struct ds_note_message m;
    memcpy(bytes, arrow_bytes, 18);
    bytes[5] = DS_NOTE_PEN;
    bytes[16] = 0x04; /* 1024 */
    bytes[17] = 0x00;
    assert_int_equal(decode_exact(bytes, sizeof(bytes), &m, &note), DS_OK);
    bytes[17] = 0x01;
    assert_int_equal(decode_exact(bytes, sizeof(bytes), &m, &note), DS_EPROTO);
    bytes[16] = bytes[17] = 0xff;
    assert_int_equal(decode_exact(bytes, sizeof(bytes), &m, &note), DS_EPROTO);
}

/* ---- rules ---- */

struct pair {
    struct ds_notes viewer, agent;
    struct ds_buf out, answer;
    struct ds_notes_news news; /* of the last message */
};

static int set_up(void **state)
{
    struct pair *p = calloc(1, sizeof(*p));
    ds_notes_init(&p->viewer);
    ds_notes_init(&p->agent);
    p->agent.allowed = true;
    ds_buf_init(&p->out, 100000);
    ds_buf_init(&p->answer, 100000);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *p = *state;
    ds_notes_destroy(&p->viewer);
    ds_notes_destroy(&p->agent);
    ds_buf_destroy(&p->out);
    ds_buf_destroy(&p->answer);
    free(p);
    return 0;
}

/* The viewer's message to the agent, and the agent's answer back. */
static int carry(struct pair *p)
{
    ds_buf_clear(&p->answer);
    int error = ds_notes_feed(&p->agent, ds_buf_peek(&p->out), p->out.len, &p->answer, &p->news);
    ds_buf_clear(&p->out);
    return error;
}

static int carry_back(struct pair *p, struct ds_notes_news *news)
{
    int error = ds_notes_hear(&p->viewer, ds_buf_peek(&p->answer), p->answer.len, news);
    ds_buf_clear(&p->answer);
    return error;
}

static void draw(struct pair *p)
{
    const struct ds_note note = make(DS_NOTE_ARROW, 2);
    assert_int_equal(ds_notes_draw(&p->viewer, &note, &p->out), DS_OK);
}

static void a_note_is_drawn_undone_and_erased(void **state)
{
    struct pair *p = *state;
    uint32_t id = 0;
    for (uint32_t i = 1; i <= 3; i++) {
        draw(p);
        assert_int_equal(carry(p), DS_OK);
        assert_int_equal(p->news.type, DS_NOTES_NEWS_ADDED);
        assert_int_equal(p->news.note->id, i);
    }
    assert_int_equal(ds_notes_undo(&p->viewer, &p->out, &id), DS_OK);
    assert_int_equal(id, 3);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->news.type, DS_NOTES_NEWS_REMOVED);
    assert_true(p->viewer.count == 2 && p->agent.count == 2);
    draw(p); /* ids are not used again */
    carry(p);
    assert_int_equal(p->agent.list[2]->id, 4);
    assert_int_equal(ds_notes_erase(&p->viewer, &p->out), DS_OK);
    assert_int_equal(carry(p), DS_OK);
    assert_true(p->viewer.count == 0 && p->agent.count == 0);
    assert_int_equal(ds_notes_erase(&p->viewer, &p->out), DS_ENOTFOUND);
    assert_int_equal(ds_notes_undo(&p->viewer, &p->out, &id), DS_ENOTFOUND);
}

static void without_the_right_a_note_is_answered_and_not_shown(void **state)
{
    struct pair *p = *state;
    struct ds_notes_news news;
    p->agent.allowed = false;
    draw(p);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->news.type, DS_NOTES_NEWS_REFUSED);
    assert_int_equal(p->agent.count, 0);
    assert_int_equal(carry_back(p, &news), DS_OK);
    assert_true(news.type == DS_NOTES_NEWS_REMOVED && news.id == 1 && !news.all);
    assert_int_equal(p->viewer.count, 0);
    p->agent.allowed = true;
    draw(p);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->news.type, DS_NOTES_NEWS_ADDED);
}

static void the_customer_erases_while_another_note_is_on_its_way(void **state)
{
    struct pair *p = *state;
    struct ds_notes_news news;
    draw(p);
    carry(p);
    draw(p);
    carry(p);
    draw(p); /* under way */
    assert_int_equal(ds_notes_clear(&p->agent, &p->answer), DS_OK);
    assert_int_equal(carry_back(p, &news), DS_OK);
    assert_true(news.type == DS_NOTES_NEWS_REMOVED && news.all && news.id == 2);
    assert_int_equal(p->viewer.count, 1);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->agent.count, 1);
    assert_int_equal(p->agent.list[0]->id, p->viewer.list[0]->id);
    assert_int_equal(ds_notes_clear(&p->agent, &p->answer), DS_OK);
    assert_int_equal(ds_notes_clear(&p->agent, &p->answer), DS_ENOTFOUND);
}

static void undo_of_a_note_that_is_gone_is_no_mistake(void **state)
{
    struct pair *p = *state;
    uint32_t id;
    draw(p);
    carry(p);
    ds_notes_clear(&p->agent, &p->answer); /* and before that is heard: */
    assert_int_equal(ds_notes_undo(&p->viewer, &p->out, &id), DS_OK);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->news.type, DS_NOTES_NEWS_NONE);
}

static void a_note_that_does_not_fit_is_dropped_alone(void **state)
{
    struct pair *p = *state;
    struct ds_notes_news news;
    draw(p);
    carry(p);
    draw(p);
    carry(p);
    assert_int_equal(ds_notes_drop(&p->agent, 1, &p->answer), DS_OK);
    assert_int_equal(carry_back(p, &news), DS_OK);
    assert_true(p->viewer.count == 1 && p->viewer.list[0]->id == 2);
    assert_int_equal(ds_notes_drop(&p->agent, 1, &p->answer), DS_ENOTFOUND);
}

static void shown_is_told_with_the_update(void **state)
{
    struct pair *p = *state;
    struct ds_notes_news news;
    draw(p);
    carry(p);
    assert_int_equal(ds_notes_tell_shown(1, 77, &p->answer), DS_OK);
    assert_int_equal(carry_back(p, &news), DS_OK);
    assert_true(news.type == DS_NOTES_NEWS_SHOWN && news.id == 1 && news.update == 77);
}

static void there_is_a_bound_at_both_ends(void **state)
{
    struct pair *p = *state;
    const struct ds_note note = make(DS_NOTE_ARROW, 2);
    for (unsigned i = 0; i < DS_NOTES_MAX; i++) {
        draw(p);
        assert_int_equal(carry(p), DS_OK);
    }
    assert_int_equal(ds_notes_draw(&p->viewer, &note, &p->out), DS_ELIMIT);
    assert_int_equal(p->out.len, 0);
    ds_notes_destroy(&p->viewer); /* a viewer that does not keep to it */
    draw(p);
    assert_int_equal(carry(p), DS_EPROTO);
    assert_int_equal(p->agent.count, DS_NOTES_MAX);
}

static void the_customers_own_are_told_and_cleaned(void **state)
{
    struct pair *p = *state;
    struct ds_notes_news news;
    assert_int_equal(ds_notes_tell_hand(true, 7, &p->answer), DS_OK);
    assert_int_equal(carry_back(p, &news), DS_OK); /* though the rep never drew anything */
    assert_true(news.type == DS_NOTES_NEWS_HAND && news.draws && news.count == 7);
    assert_int_equal(ds_notes_clean(&p->out), DS_OK);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->news.type, DS_NOTES_NEWS_CLEAN);
    p->agent.allowed = false;
    assert_int_equal(ds_notes_clean(&p->out), DS_OK);
    assert_int_equal(carry(p), DS_OK);
    assert_int_equal(p->news.type, DS_NOTES_NEWS_NONE);
    static const uint8_t many[] = {6, 0, 0, DS_NOTES_MAX + 1}, half[] = {6, 2, 0, 0};
    assert_int_equal(ds_notes_hear(&p->viewer, many, sizeof(many), &news), DS_EPROTO);
    assert_int_equal(ds_notes_hear(&p->viewer, half, sizeof(half), &news), DS_EPROTO);
    assert_int_equal(ds_notes_hear(&p->viewer, clean_bytes, 1, &news), DS_EPROTO);
    ds_buf_append(&p->out, hand_bytes, sizeof(hand_bytes)); /* an agent's word */
    assert_int_equal(carry(p), DS_EPROTO);
}

static void out_of_turn_is_a_mistake(void **state)
{
    struct pair *p = *state;
    struct ds_notes_news news;
    static const uint8_t undo_nothing[] = {2, 0, 0, 0, 0}, erase_future[] = {3, 0, 0, 0, 9};
    draw(p);
    draw(p);
    p->out.len -= sizeof(arrow_bytes); /* both are as long */
    assert_int_equal(carry(p), DS_OK);
    draw(p); /* the third: the second never came */
    assert_int_equal(carry(p), DS_EPROTO);
    ds_buf_append(&p->out, undo_nothing, sizeof(undo_nothing));
    assert_int_equal(carry(p), DS_EPROTO);
    ds_buf_append(&p->out, erase_future, sizeof(erase_future));
    assert_int_equal(carry(p), DS_EPROTO);
    ds_buf_append(&p->out, shown_bytes, sizeof(shown_bytes)); /* an agent's word */
    assert_int_equal(carry(p), DS_EPROTO);
    assert_int_equal(ds_notes_hear(&p->viewer, undo_bytes, sizeof(undo_bytes), &news), DS_EPROTO);
    assert_int_equal(ds_notes_hear(&p->viewer, arrow_bytes, sizeof(arrow_bytes), &news), DS_EPROTO);
    static const uint8_t future[] = {5, 0, 0, 0, 99, 1};
    assert_int_equal(ds_notes_hear(&p->viewer, future, sizeof(future), &news), DS_EPROTO);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_these_bytes_and_no_fewer),
        cmocka_unit_test(a_drawing_may_be_thick),
        cmocka_unit_test(each_tool_has_its_points),
        cmocka_unit_test(what_is_out_of_range_is_refused),
        cmocka_unit_test(a_line_has_a_length),
        cmocka_unit_test(more_points_than_there_may_be_are_refused_unread),
        CASE(a_note_is_drawn_undone_and_erased),
        CASE(without_the_right_a_note_is_answered_and_not_shown),
        CASE(the_customer_erases_while_another_note_is_on_its_way),
        CASE(undo_of_a_note_that_is_gone_is_no_mistake),
        CASE(a_note_that_does_not_fit_is_dropped_alone),
        CASE(shown_is_told_with_the_update),
        CASE(there_is_a_bound_at_both_ends),
        CASE(the_customers_own_are_told_and_cleaned),
        CASE(out_of_turn_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
