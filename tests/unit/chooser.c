/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing files: what is shown of a real folder, and that keys and pointer reach all of it. */
#include "common/talk/chooser.h"
#include "common/ui/text.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    TAB = 0xff09,
    ENTER = 0xff0d,
    BACKSPACE = 0xff08,
    ESCAPE = 0xff1b,
    DOWN = 0xff54,
    UP = 0xff52,
    END = 0xff57
};

static struct ds_chooser chooser;
static struct ds_ui *ui;
static enum ds_chooser_did did;
static ds_tick now;
static sem_t woken;
static char home[256];
static double width = 720, height = 620;

static void wake(void *ctx)
{
    (void)ctx;
    sem_post(&woken);
}

static void make(const char *name, size_t size)
{
    char path[600];
    snprintf(path, sizeof(path), "%s/%s", home, name);
    if (name[strlen(name) - 1] == '/') {
        assert_int_equal(0, mkdir(path, 0700));
        return;
    }
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(0, ftruncate(fileno(file), (off_t)size));
    fclose(file);
}

static void frames(void)
{
    bool more = true;
    now += DS_SECOND;
    while (more) {
        ds_ui_begin(ui, (int)width, (int)height, now);
        if (chooser.is_open) {
            enum ds_chooser_did what = ds_chooser_build(ui, &chooser);
            did = what ? what : did;
        }
        more = ds_ui_end(ui);
    }
}

/* Until the folder has been read, or there is none to read. */
static void settle(void)
{
    while (chooser.lister) {
        sem_wait(&woken);
        frames();
    }
    frames();
}

static int set_up(void **state)
{
    (void)state;
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    sem_init(&woken, 0, 0);
    test_folder_make(home, sizeof(home));
    setenv("HOME", home, 1);
    unsetenv("XDG_CONFIG_HOME");
    make("Letters/", 0);
    make("Desktop/", 0);
    make("a first.txt", 1200);
    make("Bill.pdf", 3000000);
    make("bills.pdf", 1);
    make("caf\xc3\xa9.txt", 1);
    make(".hidden", 1);
    make("Letters/one.txt", 1);
    make("Letters/two.txt", 1);
    ui = ds_ui_new(&theme);
    ds_chooser_init(&chooser, wake, NULL);
    ds_chooser_widen(&chooser);
    width = 720;
    now = DS_SECOND;
    did = DS_CHOOSER_NOTHING;
    return ui ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ds_chooser_destroy(&chooser);
    ds_ui_destroy(ui);
    ds_text_choose("en");
    test_folder_remove(home);
    sem_destroy(&woken);
    return 0;
}

static void begin(bool wants_folder)
{
    ds_chooser_open(&chooser, wants_folder, "");
    settle();
}

static void press(uint32_t keysym, unsigned mods)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = keysym, .mods = mods});
    frames();
    settle();
}

static void type(const char *text)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = (unsigned char)text[0]});
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = text});
    frames();
}

/* The names of all rows, those that are marked with a star. */
static void assert_rows(const char *wanted)
{
    char all[2000] = "";
    for (int i = 0; (size_t)i < chooser.count; i++) {
        const struct ds_listing_entry *entry = ds_chooser_entry(&chooser, i);
        sprintf(all + strlen(all), "%s%s%s|", entry->is_marked ? "*" : "", entry->name,
                entry->is_folder ? "/" : "");
    }
    assert_string_equal(wanted, all);
}

static void assert_selected(const char *name)
{
    assert_string_equal(name, ds_chooser_entry(&chooser, chooser.list.selected)->name);
}

/* What was chosen, as names below the home folder: "a|b|". */
static void assert_chosen(const char *wanted)
{
    char all[2000] = "";
    assert_int_equal(DS_CHOOSER_CHOSEN, did);
    assert_false(chooser.is_open);
    for (size_t at = 0; at < chooser.chosen.len; at += strlen(chooser.chosen.bytes + at) + 1) {
        assert_memory_equal(home, chooser.chosen.bytes + at, strlen(home));
        sprintf(all + strlen(all), "%s|", chooser.chosen.bytes + at + strlen(home));
    }
    assert_string_equal(wanted, all);
}

static void folders_come_first_and_hidden_ones_when_wanted(void **state)
{
    (void)state;
    begin(false);
    assert_string_equal(home, chooser.path);
    assert_rows("Desktop/|Letters/|a first.txt|Bill.pdf|bills.pdf|caf\xc3\xa9.txt|");
    press('h', DS_UI_CTRL);
    assert_rows("Desktop/|Letters/|.hidden|a first.txt|Bill.pdf|bills.pdf|caf\xc3\xa9.txt|");
    press('h', DS_UI_CTRL);
    assert_int_equal(6, chooser.count);
}

static void first_letters_find_a_name(void **state)
{
    (void)state;
    begin(false);
    type("b");
    assert_selected("Bill.pdf");
    type("i");
    type("l");
    type("l");
    assert_selected("Bill.pdf");
    type("s");
    assert_selected("bills.pdf");
    chooser.typed_at -= 2 * DS_SECOND; /* some time has passed */
    type("b");
    assert_selected("Bill.pdf"); /* the next one, from the top again */
    chooser.typed_at -= 2 * DS_SECOND;
    type("caf\xc3\xa9");
    assert_selected("caf\xc3\xa9.txt");
}

static void a_file_is_chosen_with_enter(void **state)
{
    (void)state;
    begin(false);
    type("a");
    press(ENTER, 0);
    assert_chosen("/a first.txt|");
}

static void many_are_marked_and_sent_together(void **state)
{
    (void)state;
    begin(false);
    press(DOWN, 0);
    press(' ', 0); /* a folder, whole */
    press(DOWN, 0);
    press(DOWN, 0);
    press(' ', 0);
    press(DOWN, 0);
    press(DOWN, 0);
    press(' ', DS_UI_SHIFT);
    assert_rows("Desktop/|*Letters/|a first.txt|*Bill.pdf|*bills.pdf|*caf\xc3\xa9.txt|");
    press(UP, 0);
    press(' ', 0);
    assert_int_equal(3, chooser.marked);
    press(ENTER, DS_UI_CTRL);
    assert_chosen("/Letters|/Bill.pdf|/caf\xc3\xa9.txt|");
    begin(false);
    press('a', DS_UI_CTRL);
    assert_int_equal(6, chooser.marked);
    press('a', DS_UI_CTRL);
    assert_int_equal(0, chooser.marked);
}

static void folders_are_entered_and_left(void **state)
{
    (void)state;
    begin(false);
    type("l");
    press(ENTER, 0);
    assert_rows("one.txt|two.txt|");
    press(BACKSPACE, 0);
    assert_string_equal(home, chooser.path);
    assert_selected("Letters"); /* where one came from */
    press(UP, DS_UI_ALT);
    assert_string_not_equal(home, chooser.path);
    for (int i = 0; i < 50; i++)
        press(UP, DS_UI_ALT);
    assert_string_equal("/", chooser.path);
    press(0xff50, DS_UI_ALT);
    assert_string_equal(home, chooser.path);
}

static void a_path_can_be_written(void **state)
{
    (void)state;
    static const char *const paths[] = {"~/Letters/two.txt", "%s/Letters/two.txt",
                                        "file://%s/Letters/two.txt"};
    char text[700];
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        begin(false);
        press('l', DS_UI_CTRL);
        snprintf(text, sizeof(text), i > 0 ? paths[i] : "%s", i > 0 ? home : paths[i]);
        ds_edit_set(&chooser.field, "");
        ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_PASTE, .text = text});
        frames();
        press(ENTER, 0);
        assert_chosen("/Letters/two.txt|");
        did = DS_CHOOSER_NOTHING;
    }
    begin(false);
    press('l', DS_UI_CTRL);
    ds_edit_set(&chooser.field, "~/Letters/");
    press(ENTER, 0);
    assert_rows("one.txt|two.txt|");
    press('l', DS_UI_CTRL);
    ds_edit_set(&chooser.field, "/nowhere/at/all");
    press(ENTER, 0);
    assert_int_equal(ENOENT, chooser.error);
    assert_true(chooser.is_open);
    press('l', DS_UI_CTRL);
    ds_edit_set(&chooser.field, "not a path");
    press(ENTER, 0);
    assert_int_equal(ENOENT, chooser.error);
    press(ESCAPE, 0);
    assert_int_equal(DS_CHOOSER_CANCELLED, did);
    assert_false(chooser.is_open);
}

static void a_folder_to_save_into_is_the_one_that_is_shown(void **state)
{
    (void)state;
    begin(true);
    assert_rows("Desktop/|Letters/|");
    press(' ', 0); /* nothing is marked here */
    assert_int_equal(0, chooser.marked);
    press(DOWN, 0);
    press(ENTER, 0);
    press(ENTER, DS_UI_CTRL);
    assert_chosen("/Letters|");
}

static void everything_is_reached_by_keys(void **state)
{
    (void)state;
    bool is_cancelled = false, is_taken = false, is_up = false, is_hidden = false,
         is_placed = false;
    for (int tabs = 0; tabs < 16; tabs++) {
        ds_chooser_open(&chooser, true, home);
        settle();
        for (int i = 0; i < tabs; i++)
            press(TAB, 0);
        did = DS_CHOOSER_NOTHING;
        press(ENTER, 0);
        is_cancelled |= did == DS_CHOOSER_CANCELLED;
        is_taken |= did == DS_CHOOSER_CHOSEN;
        is_hidden |= chooser.shows_hidden;
        is_up |= chooser.is_open && strlen(chooser.path) < strlen(home);
        is_placed |= chooser.is_open && strstr(chooser.path, "/Desktop");
        chooser.shows_hidden = false;
        ds_chooser_close(&chooser);
        frames();
    }
    assert_true(is_cancelled && is_taken && is_up && is_hidden && is_placed);
}

static void queue_press(double x, double y, unsigned mods)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_POINTER, .x = x, .y = y});
    ds_ui_event(
        ui, &(struct ds_ui_event){.type = DS_UI_PRESS, .x = x, .y = y, .button = 1, .mods = mods});
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_RELEASE, .x = x, .y = y, .button = 1});
}

/* The middle of a row, or of its box. */
static void press_row(int row, bool is_box, unsigned mods)
{
    const struct ds_ui_list *list = &chooser.list;
    queue_press(list->box.x + (is_box ? 20 : 200), list->box.y + (row + 0.5) * list->row_height,
                mods);
    frames();
    settle();
}

static void the_pointer_marks_by_box_or_with_a_key_held(void **state)
{
    (void)state;
    begin(false);
    press_row(2, false, 0);
    assert_selected("a first.txt");
    assert_int_equal(0, chooser.marked);
    press_row(2, true, 0);
    press_row(4, false, DS_UI_SHIFT);
    press_row(3, false, DS_UI_CTRL);
    assert_rows("Desktop/|Letters/|*a first.txt|Bill.pdf|*bills.pdf|caf\xc3\xa9.txt|");
    for (int i = 0; i < 2; i++) /* two quick ones */
        queue_press(chooser.list.box.x + 200, chooser.list.box.y + 1.5 * chooser.list.row_height,
                    0);
    frames();
    settle();
    assert_rows("one.txt|two.txt|");
}

static void what_cannot_be_read_is_said_and_left_again(void **state)
{
    (void)state;
    char path[600], gone[600];
    snprintf(path, sizeof(path), "%s/Letters", home);
    snprintf(gone, sizeof(gone), "%s/Desktop/gone", home);
    begin(false);
    assert_int_equal(0, rename(path, gone));
    type("l");
    press(ENTER, 0);
    assert_int_equal(ENOENT, chooser.error);
    press(BACKSPACE, 0);
    assert_int_equal(0, chooser.error);
}

static void no_text_is_cut_in_either_language(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "fr"};
    for (size_t l = 0; l < 4; l++) {
        ds_text_choose(languages[l / 2]);
        width = l % 2 ? 380 : 720;
        for (int wants_folder = 0; wants_folder < 2; wants_folder++) {
            begin(wants_folder == 1);
            frames();
            if (ds_ui_cut_text(ui))
                fail_msg("%s: %s", languages[l / 2], ds_ui_cut_text(ui));
            ds_chooser_go(&chooser, "/nowhere");
            settle();
            if (ds_ui_cut_text(ui))
                fail_msg("%s: %s", languages[l / 2], ds_ui_cut_text(ui));
            ds_chooser_close(&chooser);
            frames();
        }
    }
}

static void one_that_is_closed_while_it_reads_leaves_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < 200; i++) {
        ds_chooser_open(&chooser, false, home);
        if (i % 3 == 0)
            ds_chooser_go(&chooser, "/");
        ds_chooser_close(&chooser);
    }
    begin(false);
    assert_int_equal(6, chooser.count);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(folders_come_first_and_hidden_ones_when_wanted),
        CASE(first_letters_find_a_name),
        CASE(a_file_is_chosen_with_enter),
        CASE(many_are_marked_and_sent_together),
        CASE(folders_are_entered_and_left),
        CASE(a_path_can_be_written),
        CASE(a_folder_to_save_into_is_the_one_that_is_shown),
        CASE(everything_is_reached_by_keys),
        CASE(the_pointer_marks_by_box_or_with_a_key_held),
        CASE(what_cannot_be_read_is_said_and_left_again),
        CASE(no_text_is_cut_in_either_language),
        CASE(one_that_is_closed_while_it_reads_leaves_nothing),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
