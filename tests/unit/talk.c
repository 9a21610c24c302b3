/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The panel with chat and files: what it shows, and that a person reaches all of it by keys. */
#include "common/talk/talk.h"
#include "common/talk/wrap.h"
#include "common/ui/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAB 0xff09
#define ENTER 0xff0d

static struct ds_talk talk;
static struct ds_ui *ui;
static struct ds_talk_wish wish, last;
static ds_tick now;

static void wake(void *ctx)
{
    (void)ctx; /* folders are looked into by unit/chooser.c */
}

static int set_up(void **state)
{
    (void)state;
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    ui = ds_ui_new(&theme);
    ds_talk_init(&talk, "/home/somebody/Downloads");
    ds_talk_wake(&talk, wake, NULL);
    snprintf(talk.other, sizeof(talk.other), "Dana R.");
    talk.may_send = true;
    now = DS_SECOND;
    last = (struct ds_talk_wish){0};
    return ui ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ds_talk_destroy(&talk);
    ds_ui_destroy(ui);
    ds_text_choose("en");
    return 0;
}

static void frames(double width, double height)
{
    bool more = true;
    now += DS_SECOND;
    while (more) {
        ds_ui_begin(ui, (int)width, (int)height, now);
        if (ds_talk_build(ui, &talk, ds_ui_window(ui), true, &wish))
            last = wish;
        ds_talk_cue(ui, &talk, ds_ui_window(ui));
        more = ds_ui_end(ui);
    }
}

static void key(uint32_t keysym)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = keysym});
    frames(320, 1400);
}

static void type(const char *text)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = (uint32_t)text[0]});
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = text});
    frames(320, 700);
}

static void line(const char *id, unsigned number, bool is_ours, const char *text)
{
    struct ds_chat_line l = {.number = number, .is_ours = is_ours};
    snprintf(l.id, sizeof(l.id), "%s", id);
    l.text = strdup(text);
    ds_talk_put_line(&talk, &l);
    free(l.text);
}

static void file(uint32_t id, bool is_ours, enum ds_file_state state, enum ds_file_fault fault)
{
    struct ds_file f = {.id = id, .is_ours = is_ours, .state = state, .fault = fault};
    f.size = 3000000;
    f.bytes = 1000000;
    f.left_s = 80;
    f.rate_bps = 25600000;
    f.path = (char[]){"/home/somebody/a file\0"};
    snprintf(f.name, sizeof(f.name), "a file with quite a long name that has no room %u.pdf", id);
    ds_talk_put_file(&talk, &f);
}

/* All text rows put together again. */
static void assert_rows(const char *wanted)
{
    char all[8192] = "";
    for (size_t i = 0; i < talk.row_count; i++) {
        const struct ds_talk_row *row = &talk.rows[i];
        const char *text = talk.lines[row->line].text + row->from;
        if (row->kind == DS_TALK_ROW_NAME)
            strcat(all, "#");
        else if (row->kind == DS_TALK_ROW_UNSENT)
            strcat(all, "!");
        else if (row->kind == DS_TALK_ROW_SEEN)
            strcat(all, "^");
        else if (row->kind == DS_TALK_ROW_DAY)
            strcat(all, "=");
        else
            strncat(all, text, row->len);
    }
    assert_string_equal(wanted, all);
}

static void who_says_what_is_shown_in_order(void **state)
{
    (void)state;
    line("a", 1, false, "Hello");
    line("b", 0, true, "mine");
    frames(320, 700);
    assert_rows("#Hello#mine!");
    line("c", 2, false, "again"); /* stored before mine */
    frames(320, 700);
    assert_rows("#Helloagain#mine!");
    line("b", 3, true, "mine");
    frames(320, 700);
    assert_rows("#Helloagain#mine");
    assert_int_equal(0, talk.unsent);
    assert_int_equal(2, talk.unread);
}

static void the_mark_stands_behind_the_last_that_is_not_sent(void **state)
{
    (void)state;
    line("a", 0, true, "one");
    line("b", 0, true, "two");
    frames(320, 700);
    assert_rows("#onetwo!");
    line("c", 0, true, "three");
    frames(320, 700);
    assert_rows("#onetwothree!");
    line("a", 1, true, "one");
    frames(320, 700);
    assert_rows("#onetwothree!");
    line("b", 2, true, "two");
    line("c", 3, true, "three");
    frames(320, 700);
    assert_rows("#onetwothree");
}

static void long_lines_are_broken_and_nothing_is_lost(void **state)
{
    (void)state;
    char text[1200] = "", hash[1400] = "#";
    for (int i = 0; i < 60; i++)
        sprintf(text + strlen(text), "wörd%d ", i);
    for (int i = 0; i < 100; i++)
        strcat(text, "é"); /* one word wider than the panel */
    line("a", 1, false, text);
    for (double width = 60; width < 900; width += 60) {
        frames(width, 500);
        strcpy(hash + 1, text);
        assert_rows(hash);
        for (size_t i = 0; i < talk.row_count; i++)
            if (talk.rows[i].len)
                assert_int_not_equal(0x80, (unsigned char)text[talk.rows[i].from] & 0xc0);
    }
    ds_talk_clear(&talk);
    line("b", 1, false, "one\ntwo\n\nthree\n");
    frames(320, 500);
    assert_int_equal(1 + 5, talk.row_count);
    assert_rows("#onetwothree");
}

static void what_is_typed_is_said_with_enter(void **state)
{
    (void)state;
    frames(320, 700);
    ds_talk_focus(ui);
    frames(320, 700);
    key(ENTER); /* nothing to say */
    assert_int_equal(DS_TALK_NOTHING, last.did);
    type("Hello there");
    key(ENTER);
    assert_int_equal(DS_TALK_SAY, last.did);
    assert_string_equal("Hello there", last.text);
    assert_int_equal(0, talk.edit.len);
}

static void everything_is_reached_by_keys(void **state)
{
    (void)state;
    bool seen[DS_TALK_ALLOW + 1] = {false}, is_choosing[2] = {false};
    static const enum ds_talk_did wanted[] = {DS_TALK_SAY,    DS_TALK_SAVE,  DS_TALK_REFUSE,
                                              DS_TALK_CANCEL, DS_TALK_CLOSE, DS_TALK_PAUSE,
                                              DS_TALK_GO_ON,  DS_TALK_SHOW,  DS_TALK_SEND};
    for (int tabs = 0; tabs < 18; tabs++) {
        ds_talk_clear(&talk);
        file(1, false, DS_FILE_STATE_OFFERED, DS_FILE_OK);
        file(2, true, DS_FILE_STATE_FLOWING, DS_FILE_OK);
        file(4, true, DS_FILE_STATE_AGREED, DS_FILE_OK);
        file(6, true, DS_FILE_STATE_FAILED, DS_FILE_ENDED);
        file(3, false, DS_FILE_STATE_DONE, DS_FILE_OK);
        talk.files[2].is_ours_paused = true;
        ds_edit_set(&talk.edit, "text");
        frames(320, 1400);
        ds_talk_focus(ui);
        frames(320, 700);
        for (int i = 0; i < tabs; i++)
            key(TAB);
        last = (struct ds_talk_wish){0};
        key(ENTER);
        seen[last.did] = true;
        is_choosing[talk.choosing_for != 0] |= talk.chooser.is_open;
        ds_chooser_close(&talk.chooser);
        frames(320, 1400);
    }
    assert_true(is_choosing[0] && is_choosing[1]);
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (!seen[wanted[i]])
            fail_msg("%d was never reached", (int)wanted[i]);
}

static void drop(const char *list)
{
    ds_talk_drop(&talk, list, strlen(list));
    last = (struct ds_talk_wish){0};
    frames(320, 700);
}

/* The paths of SEND as "/a|/b|". */
static void assert_sent(const char *wanted)
{
    char all[256] = "";
    assert_int_equal(DS_TALK_SEND, last.did);
    for (size_t at = 0; at < last.text_len; at += strlen(last.text + at) + 1)
        sprintf(all + strlen(all), "%s|", last.text + at);
    assert_string_equal(wanted, all);
}

static void dropped_files_go_at_once_when_they_may(void **state)
{
    (void)state;
    drop("file:///a%20b\r\nfile:///c\r\n");
    assert_sent("/a b|/c|");
    assert_null(talk.problem);
    drop("file:///a\r\nhttps://example.org/\r\n");
    assert_sent("/a|");
    drop("https://example.org/\r\n");
    assert_int_equal(DS_TALK_NOTHING, last.did);
    assert_non_null(talk.problem);
}

static void a_rep_without_the_right_asks_once_and_nothing_is_lost(void **state)
{
    (void)state;
    talk.may_send = false;
    talk.can_ask = true;
    drop("file:///a\r\n");
    assert_int_equal(DS_TALK_ASK, last.did);
    drop("file:///b\r\n");
    assert_int_equal(DS_TALK_NOTHING, last.did);
    talk.refusals++; /* the customer says no: it can be asked for again */
    frames(320, 700);
    bool asked = false;
    for (int tabs = 0; tabs < 6 && !asked; tabs++) {
        ds_talk_focus(ui);
        frames(320, 700);
        for (int i = 0; i < tabs; i++)
            key(TAB);
        last = (struct ds_talk_wish){0};
        key(ENTER);
        asked = last.did == DS_TALK_ASK;
        ds_chooser_close(&talk.chooser);
        frames(320, 700);
    }
    assert_true(asked);
    talk.may_send = true;
    last = (struct ds_talk_wish){0};
    frames(320, 700);
    assert_sent("/a|/b|");
    last = (struct ds_talk_wish){0};
    frames(320, 700);
    assert_int_equal(DS_TALK_NOTHING, last.did);
}

static void a_customer_allows_files_by_sending_some(void **state)
{
    (void)state;
    bool is_allowed = false;
    talk.may_send = false;
    talk.may_allow = true;
    drop("file:///a\r\n");
    assert_int_equal(DS_TALK_NOTHING, last.did);
    for (int tabs = 0; tabs < 6 && !is_allowed; tabs++) {
        ds_talk_focus(ui);
        frames(320, 700);
        for (int i = 0; i < tabs; i++)
            key(TAB);
        key(ENTER);
        is_allowed = last.did == DS_TALK_ALLOW;
        ds_chooser_close(&talk.chooser);
        frames(320, 700);
    }
    assert_true(is_allowed);
}

static void a_name_that_is_taken_is_asked_in_place(void **state)
{
    (void)state;
    bool seen[DS_FILE_EXISTS_SKIP + 1] = {false};
    file(1, false, DS_FILE_STATE_OFFERED, DS_FILE_EXISTING);
    for (int tabs = 0; tabs < 9; tabs++) {
        frames(320, 700);
        ds_talk_focus(ui);
        frames(320, 700);
        for (int i = 0; i < tabs; i++)
            key(TAB);
        last = (struct ds_talk_wish){0};
        key(ENTER);
        if (last.did == DS_TALK_SAVE) {
            assert_string_equal("/home/somebody/Downloads", last.text);
            seen[last.exists] = true;
        }
        ds_chooser_close(&talk.chooser);
    }
    assert_true(seen[DS_FILE_EXISTS_KEEP_BOTH] && seen[DS_FILE_EXISTS_REPLACE] &&
                seen[DS_FILE_EXISTS_SKIP]);
    assert_false(seen[DS_FILE_EXISTS_ASK]);
}

static void what_failed_is_tried_again_under_the_same_path(void **state)
{
    (void)state;
    bool is_sent = false;
    file(2, true, DS_FILE_STATE_FAILED, DS_FILE_NO_SPACE);
    for (int tabs = 0; tabs < 8 && !is_sent; tabs++) {
        ds_talk_focus(ui);
        frames(320, 700);
        for (int i = 0; i < tabs; i++)
            key(TAB);
        last = (struct ds_talk_wish){0};
        key(ENTER);
        is_sent = last.did == DS_TALK_SEND;
        ds_chooser_close(&talk.chooser);
        frames(320, 700);
    }
    assert_sent("/home/somebody/a file|");
    struct ds_file two = {.id = 8, .is_ours = true, .path = (char[]){"/a\0/b c\0"}};
    size_t len;
    char *paths = ds_path_list_of(&two, &len);
    assert_int_equal(8, len);
    assert_memory_equal("/a\0/b c\0", paths, 9);
    free(paths);
    assert_int_equal(0, talk.file_count);
}

/* The path of SHOW for a file that came. */
static const char *shown(bool is_folder, const char *name)
{
    ds_talk_clear(&talk);
    file(1, false, DS_FILE_STATE_DONE, DS_FILE_OK);
    talk.files[0].is_folder = is_folder;
    snprintf(talk.files[0].name, sizeof(talk.files[0].name), "%s", name);
    last = (struct ds_talk_wish){0};
    for (int tabs = 0; tabs < 8 && last.did != DS_TALK_SHOW; tabs++) {
        ds_talk_focus(ui);
        frames(320, 700);
        for (int i = 0; i < tabs; i++)
            key(TAB);
        key(ENTER);
        ds_chooser_close(&talk.chooser);
        frames(320, 700);
    }
    assert_int_equal(DS_TALK_SHOW, last.did);
    return last.text;
}

static void what_came_is_shown_where_it_lies(void **state)
{
    (void)state;
    assert_string_equal("/home/somebody/a file", shown(false, "a file"));
    assert_string_equal("/home/somebody/a file", shown(true, "a file"));
    assert_string_equal("/home/somebody/a file/", shown(true, "one + 3")); /* they are in it */
}

static void all_under_way_together_are_one_progress(void **state)
{
    (void)state;
    assert_true(ds_talk_progress(&talk) < 0);
    file(1, false, DS_FILE_STATE_OFFERED, DS_FILE_OK);
    file(2, true, DS_FILE_STATE_DONE, DS_FILE_OK);
    assert_true(ds_talk_progress(&talk) < 0);
    file(4, true, DS_FILE_STATE_FLOWING, DS_FILE_OK);
    file(6, true, DS_FILE_STATE_AGREED, DS_FILE_OK);
    assert_true(ds_talk_progress(&talk) > 0.3 && ds_talk_progress(&talk) < 0.4);
}

static void those_under_way_are_shown_before_those_that_are_over(void **state)
{
    (void)state;
    for (uint32_t id = 1; id <= 500; id++)
        file(id, true, id == 3 ? DS_FILE_STATE_FLOWING : DS_FILE_STATE_DONE, DS_FILE_OK);
    bool is_there = false;
    for (size_t i = 0; i < talk.file_count; i++)
        is_there |= talk.files[i].id == 3;
    assert_true(is_there);
    assert_true(talk.file_count <= DS_TALK_FILES);
    assert_int_equal(0, ds_talk_offer(&talk));
    file(640, false, DS_FILE_STATE_OFFERED, DS_FILE_OK);
    assert_int_equal(640, ds_talk_offer(&talk));
}

static void no_text_is_cut_in_either_language(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "fr"};
    for (size_t l = 0; l < 2; l++) {
        ds_text_choose(languages[l]);
        for (int fault = 0; fault < DS_FILE_FAULTS; fault++) {
            ds_talk_clear(&talk);
            file(1, false, DS_FILE_STATE_OFFERED, (enum ds_file_fault)fault);
            file(2, true, DS_FILE_STATE_FAILED, (enum ds_file_fault)fault);
            file(4, true, DS_FILE_STATE_OFFERED, DS_FILE_OK);
            file(6, true, DS_FILE_STATE_FLOWING, DS_FILE_OK);
            for (int i = 0; i < 3; i++) {
                talk.may_send = i == 0;
                talk.can_ask = i == 1;
                talk.may_allow = i == 2;
                ds_path_list_add(&talk.outbox, "/a", "");
                talk.drag = (enum ds_talk_drag)i;
                frames(320, 1400);
                if (ds_ui_cut_text(ui))
                    fail_msg("%s: %s", languages[l], ds_ui_cut_text(ui));
            }
        }
    }
}

static void sizes_are_written_for_people(void **state)
{
    (void)state;
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {{0, "0\u00a0B"},          {999, "999\u00a0B"},        {1000, "1\u00a0kB"},
                 {999499, "999\u00a0kB"},  {999600, "1.0\u00a0MB"},    {3200000, "3.2\u00a0MB"},
                 {10000000, "10\u00a0MB"}, {1500000000, "1.5\u00a0GB"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[32];
        ds_talk_bytes(text, sizeof(text), cases[i].bytes);
        assert_string_equal(cases[i].text, text);
    }
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(who_says_what_is_shown_in_order),
        CASE(the_mark_stands_behind_the_last_that_is_not_sent),
        CASE(long_lines_are_broken_and_nothing_is_lost),
        CASE(what_is_typed_is_said_with_enter),
        CASE(everything_is_reached_by_keys),
        CASE(dropped_files_go_at_once_when_they_may),
        CASE(a_rep_without_the_right_asks_once_and_nothing_is_lost),
        CASE(a_customer_allows_files_by_sending_some),
        CASE(a_name_that_is_taken_is_asked_in_place),
        CASE(what_failed_is_tried_again_under_the_same_path),
        CASE(what_came_is_shown_where_it_lies),
        CASE(all_under_way_together_are_one_progress),
        CASE(those_under_way_are_shown_before_those_that_are_over),
        CASE(no_text_is_cut_in_either_language),
        CASE(sizes_are_written_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
