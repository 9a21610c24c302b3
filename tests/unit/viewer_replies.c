/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file with ready replies, and the list of them above the field of the chat, by keys alone. */
#include "viewer/replies.h"

#include "common/base/error.h"
#include "common/ui/text.h"
#include "tests/support/folder.h"
#include "viewer/panels/panels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { UP = 0xff52, DOWN = 0xff54, ENTER = 0xff0d, ESC = 0xff1b, INSERT = 0xff63, F2 = 0xffbf };
enum { DELETE = 0xffff };

static char folder[128];
static struct viewer_replies replies;
static struct viewer_panels p;
static struct viewer_view view;
static struct ds_ui *ui;
static struct ds_talk_wish wish, last;
static ds_tick now;

static void path_of(char *out, size_t size)
{
    snprintf(out, size, "%s/deskside/replies.txt", folder);
}

static void write_file(const char *text)
{
    char path[200];
    snprintf(path, sizeof(path), "%s/deskside", folder);
    mkdir(path, 0700);
    path_of(path, sizeof(path));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void assert_file(const char *wanted)
{
    char path[200], text[4096];
    path_of(path, sizeof(path));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(wanted, text);
}

static int set_up(void **state)
{
    (void)state;
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    static const struct viewer_panel_actions actions;
    test_folder_make(folder, sizeof(folder));
    setenv("XDG_CONFIG_HOME", folder, 1);
    write_file("Hello there\nGood morning\nGood evening\n");
    viewer_replies_load(&replies);
    ui = ds_ui_new(&theme);
    viewer_panels_init(&p, ui, &view, &actions, NULL, "", "");
    p.replies = &replies;
    now = DS_SECOND;
    last = (struct ds_talk_wish){0};
    return ui ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    viewer_panels_destroy(&p);
    viewer_replies_destroy(&replies);
    ds_ui_destroy(ui);
    test_folder_remove(folder);
    ds_text_choose("en");
    return 0;
}

static void frames(void)
{
    bool more = true;
    now += DS_SECOND;
    while (more) {
        ds_ui_begin(ui, 320, 700, now);
        if (ds_talk_build(ui, &p.talk, ds_ui_window(ui), true, &wish) && wish.did == DS_TALK_SAY)
            last = wish;
        more = ds_ui_end(ui);
    }
}

static void key_with(uint32_t keysym, unsigned mods)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = keysym, .mods = mods});
    frames();
}

static void key(uint32_t keysym)
{
    key_with(keysym, 0);
}

static void type(const char *text)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = (uint32_t)text[0]});
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = text});
    frames();
}

static void begin(void)
{
    frames();
    ds_talk_focus(ui);
    frames();
}

static void a_slash_opens_the_list_and_enter_takes_one(void **state)
{
    (void)state;
    begin();
    type("/");
    assert_int_equal(3, p.reply.count);
    key(DOWN);
    key(DOWN);
    key(DOWN); /* there are only three */
    key(UP);
    key(ENTER);
    assert_string_equal("Good morning", p.talk.edit.text);
    assert_int_equal(DS_TALK_NOTHING, last.did); /* it can be changed before it is sent */
    key(ENTER);
    assert_int_equal(DS_TALK_SAY, last.did);
    assert_string_equal("Good morning", last.text);
}

static void what_is_typed_chooses(void **state)
{
    (void)state;
    begin();
    type("/");
    type("EVE good");
    assert_int_equal(1, p.reply.count);
    key(ENTER);
    assert_string_equal("Good evening", p.talk.edit.text);
    ds_edit_set(&p.talk.edit, "");
    type("/");
    type("nothing of that");
    assert_int_equal(0, p.reply.count);
    key(ENTER); /* nobody means to send that, but it is what Enter does with a text */
    assert_int_equal(DS_TALK_SAY, last.did);
}

static void a_text_may_begin_with_a_slash(void **state)
{
    (void)state;
    begin();
    type("/");
    key(ESC);
    type("etc/hosts");
    key(ENTER);
    assert_string_equal("/etc/hosts", last.text);
    type("/"); /* and the list comes again */
    assert_int_equal(3, p.reply.count);
    key(ENTER);
    assert_string_equal("Hello there", p.talk.edit.text);
}

static void replies_are_added_changed_and_deleted_in_place(void **state)
{
    (void)state;
    begin();
    type("/");
    type("One moment");
    key(INSERT);
    type(", please");
    key(ENTER);
    assert_file("Hello there\nGood morning\nGood evening\nOne moment, please\n");
    ds_edit_set(&p.talk.edit, "/there");
    frames();
    key(F2);
    type("!");
    key(ENTER);
    assert_file("Hello there!\nGood morning\nGood evening\nOne moment, please\n");
    ds_edit_set(&p.talk.edit, "/morning");
    frames();
    key_with(DELETE, DS_UI_CTRL);
    assert_file("Hello there!\nGood evening\nOne moment, please\n");
    ds_edit_set(&p.talk.edit, "/there");
    frames();
    key(F2);
    type(" never");
    key(ESC); /* as it was */
    assert_file("Hello there!\nGood evening\nOne moment, please\n");
    assert_int_equal(3, replies.count);
}

static void no_text_of_the_list_is_cut(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "fr"};
    for (size_t i = 0; i < 2; i++) {
        ds_text_choose(languages[i]);
        ds_edit_set(&p.talk.edit, "/");
        frames();
        assert_null(ds_ui_cut_text(ui));
        ds_edit_set(&p.talk.edit, "/zzz");
        frames();
        assert_null(ds_ui_cut_text(ui));
    }
}

static void without_a_file_there_is_a_set_in_each_language(void **state)
{
    (void)state;
    char path[200];
    size_t count = 0;
    path_of(path, sizeof(path));
    remove(path);
    for (size_t i = 0; i < 2; i++) {
        ds_text_choose(i ? "fr" : "en");
        viewer_replies_destroy(&replies);
        viewer_replies_load(&replies);
        assert_in_range(replies.count, 5, VIEWER_REPLIES_MAX);
        assert_true(i == 0 || replies.count == count);
        count = replies.count;
        assert_non_null(strstr(replies.texts[0], i ? "Bonjour" : "Hello"));
    }
    assert_int_equal(DS_OK, viewer_replies_remove(&replies, 0)); /* and is then the person's own */
    viewer_replies_destroy(&replies);
    viewer_replies_load(&replies);
    assert_int_equal(count - 1, replies.count);
}

static void a_file_that_makes_no_sense_does_no_harm(void **state)
{
    (void)state;
    static char text[3 * VIEWER_REPLY + 64];
    strcpy(text, "\nfirst\r\n\xff\xfe\n");
    memset(text + strlen(text), 'x', 3 * VIEWER_REPLY);
    strcat(text, "\nsecond\xe2\x80\xae\nlast");
    write_file(text);
    viewer_replies_destroy(&replies);
    viewer_replies_load(&replies);
    assert_int_equal(3, replies.count);
    assert_string_equal("first", replies.texts[0]);
    assert_string_equal("second", replies.texts[1]);
    assert_string_equal("last", replies.texts[2]);
    assert_int_equal(DS_EINVAL, viewer_replies_put(&replies, 0, ""));
    assert_int_equal(DS_EINVAL, viewer_replies_put(&replies, 0, "two\nlines"));
    assert_int_equal(DS_EINVAL, viewer_replies_put(&replies, 4, "beyond"));
    for (size_t i = replies.count; i < VIEWER_REPLIES_MAX; i++)
        assert_int_equal(DS_OK, viewer_replies_put(&replies, i, "more"));
    assert_int_equal(DS_ELIMIT, viewer_replies_put(&replies, VIEWER_REPLIES_MAX, "one too many"));
}

static void a_folder_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    setenv("XDG_CONFIG_HOME", "/proc/self", 1);
    assert_int_equal(DS_EIO, viewer_replies_put(&replies, 0, "changed"));
    assert_string_equal("changed", replies.texts[0]);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_slash_opens_the_list_and_enter_takes_one),
        CASE(what_is_typed_chooses),
        CASE(a_text_may_begin_with_a_slash),
        CASE(replies_are_added_changed_and_deleted_in_place),
        CASE(no_text_of_the_list_is_cut),
        CASE(without_a_file_there_is_a_set_in_each_language),
        CASE(a_file_that_makes_no_sense_does_no_harm),
        CASE(a_folder_that_cannot_be_written_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
