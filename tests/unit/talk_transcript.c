/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The transcript under the hand and the keys: selecting, copying, opening addresses, what stands
 * around the messages, all scripts, and many messages. */
#include "common/talk/stamp.h"
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
#include <time.h>

enum { WIDTH = 320, HEIGHT = 700, ROW = 20 };
enum { TAB = 0xff09, BACK_TAB = 0xfe20, ENTER = 0xff0d, ESC = 0xff1b, RIGHT = 0xff53 };
enum { UP = 0xff52, HOME = 0xff50 };

static struct ds_talk talk;
static struct ds_ui *ui;
static struct ds_talk_wish wish, last;
static ds_tick now;
static char copied[1 << 16], primary[1 << 16];

static void put_clipboard(void *ctx, const char *text, bool is_primary)
{
    (void)ctx;
    snprintf(is_primary ? primary : copied, sizeof(copied), "%s", text);
}

static int set_up(void **state)
{
    (void)state;
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    struct ds_ui_host host = {.clipboard_put = put_clipboard};
    ui = ds_ui_new(&theme);
    ds_ui_set_host(ui, &host);
    ds_talk_init(&talk, "/home/somebody/Downloads");
    snprintf(talk.other, sizeof(talk.other), "Dana R.");
    now = DS_SECOND;
    last = (struct ds_talk_wish){0};
    copied[0] = primary[0] = '\0';
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

static void frames(void)
{
    bool more = true;
    now += DS_SECOND;
    while (more) {
        ds_ui_begin(ui, WIDTH, HEIGHT, now);
        if (ds_talk_build(ui, &talk, ds_ui_window(ui), true, &wish))
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

static void hand(enum ds_ui_event_type type, double x, double y)
{
    ds_ui_event(ui, &(struct ds_ui_event){.type = type, .x = x, .y = y, .button = 1});
    frames();
}

static void say_at(const char *id, unsigned number, bool is_ours, int64_t at_s, const char *text)
{
    struct ds_chat_line l = {.number = number, .is_ours = is_ours, .at_s = at_s};
    snprintf(l.id, sizeof(l.id), "%s", id);
    l.text = strdup(text);
    ds_talk_put_line(&talk, &l);
    free(l.text);
}

static void say(unsigned number, bool is_ours, const char *text)
{
    char id[16];
    snprintf(id, sizeof(id), "%u", number);
    say_at(id, number, is_ours, 0, text);
}

/* Where the row is in the window; -1: out of sight. */
static double row_y(size_t row)
{
    double y = talk.list.box.y + (double)row * ROW - talk.list.scroll + ROW / 2.0;
    return y < talk.list.box.y || y > talk.list.box.y + talk.list.box.height ? -1 : y;
}

static double left(void)
{
    return talk.list.box.x + 13;
}

static char kinds[64];

static const char *row_kinds(void)
{
    static const char names[] = {[DS_TALK_ROW_TEXT] = 't',
                                 [DS_TALK_ROW_DAY] = 'd',
                                 [DS_TALK_ROW_NAME] = 'n',
                                 [DS_TALK_ROW_UNSENT] = 'u',
                                 [DS_TALK_ROW_SEEN] = 's'};
    for (size_t i = 0; i < talk.row_count && i < sizeof(kinds) - 1; i++)
        kinds[i] = names[talk.rows[i].kind];
    kinds[talk.row_count] = '\0';
    return kinds;
}

/* ---- what stands around the messages ---- */

static void days_and_minutes_part_the_messages(void **state)
{
    (void)state;
    time_t today = time(NULL);
    int64_t noon = (int64_t)today - (int64_t)today % 60;
    say_at("a", 1, false, noon - 3 * 86400, "long ago");
    say_at("b", 2, false, noon - 3 * 86400, "in the same minute");
    say_at("c", 3, false, noon - 3 * 86400 + 60, "a minute later");
    say_at("d", 4, true, noon, "today");
    frames();
    assert_string_equal("dntt"
                        "nt"
                        "dnt",
                        row_kinds());
    char text[32];
    ds_stamp_day(text, sizeof(text), noon, noon);
    assert_string_equal("Today", text);
    ds_stamp_day(text, sizeof(text), noon - 86400, noon);
    assert_string_equal("Yesterday", text);
    setenv("TZ", "UTC", 1);
    tzset();
    ds_stamp_day(text, sizeof(text), 1764000000, 1764000000 + 30 * 86400);
    assert_string_equal("2025-11-24", text);
    ds_stamp_time(text, sizeof(text), 1764000000);
    assert_string_equal("16:00", text);
    ds_stamp_time(text, sizeof(text), 0);
    assert_string_equal("", text);
    unsetenv("TZ");
    tzset();
}

static void the_newest_that_was_seen_has_the_mark(void **state)
{
    (void)state;
    say(1, true, "one");
    say(2, true, "two");
    frames();
    assert_string_equal("ntt", row_kinds());
    ds_talk_mood(&talk, false, false, 1);
    frames();
    assert_string_equal("ntst", row_kinds());
    ds_talk_mood(&talk, false, false, 2);
    frames();
    assert_string_equal("ntts", row_kinds());
    say(3, false, "answer");
    frames();
    assert_string_equal("nttsnt", row_kinds());
    say(4, true, "three");
    frames();
    assert_string_equal("nttsntnt", row_kinds());
    ds_talk_mood(&talk, false, false, 4);
    frames();
    assert_string_equal("nttntnts", row_kinds());
}

static void what_was_seen_is_told_once(void **state)
{
    (void)state;
    unsigned number = 9;
    assert_false(ds_talk_seen(&talk, &number));
    say(1, false, "one");
    say(2, false, "two");
    assert_int_equal(2, talk.unread);
    assert_true(ds_talk_seen(&talk, &number));
    assert_int_equal(2, number);
    assert_int_equal(0, talk.unread);
    assert_false(ds_talk_seen(&talk, &number));
    say(3, true, "ours"); /* is no news to us */
    assert_false(ds_talk_seen(&talk, &number));
    say(4, false, "four");
    assert_true(ds_talk_seen(&talk, &number));
    assert_int_equal(4, number);
}

static void each_letter_is_a_wish_but_emptying_is_not(void **state)
{
    (void)state;
    frames();
    ds_talk_focus(ui);
    frames();
    ds_ui_event(ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = "H"});
    frames();
    assert_int_equal(DS_TALK_TYPING, last.did);
    last = (struct ds_talk_wish){0};
    key(0xff08); /* BackSpace */
    assert_int_equal(DS_TALK_NOTHING, last.did);
}

static void what_was_not_delivered_can_be_copied_after_the_end(void **state)
{
    (void)state;
    assert_false(ds_talk_has_rest(&talk));
    say(1, true, "sent");
    say_at("x", 0, true, 0, "not sent");
    ds_edit_set(&talk.edit, "half a");
    assert_true(ds_talk_has_rest(&talk));
    talk.is_over = true;
    frames();
    ds_talk_focus(ui);
    frames();
    key(ENTER); /* would send */
    assert_int_equal(DS_TALK_NOTHING, last.did);
    assert_string_equal("not sent\nhalf a", copied);
    assert_string_equal("half a", talk.edit.text);
    ds_edit_set(&talk.edit, "");
    key(ENTER);
    assert_string_equal("not sent", copied);
}

/* ---- selecting ---- */

static void the_hand_selects_and_keys_copy(void **state)
{
    (void)state;
    say(1, false, "first message");
    say(2, true, "second message");
    frames();
    assert_string_equal("ntnt", row_kinds());
    hand(DS_UI_POINTER, left(), row_y(1));
    hand(DS_UI_PRESS, left() - 5, row_y(1));
    hand(DS_UI_POINTER, left() + 250, row_y(3));
    hand(DS_UI_RELEASE, left() + 250, row_y(3));
    assert_string_equal("first message\nsecond message", primary);
    assert_string_equal("", copied);
    key_with('c', DS_UI_CTRL);
    assert_string_equal("first message\nsecond message", copied);
    /* Backwards, and a part. */
    hand(DS_UI_PRESS, left() + 250, row_y(1));
    hand(DS_UI_POINTER, left() - 5, row_y(1));
    hand(DS_UI_RELEASE, left() - 5, row_y(1));
    assert_string_equal("first message", primary);
    double half = ds_ui_text_width(ui, "first ", DS_TYPE_NORMAL, 0);
    now += DS_SECOND;
    hand(DS_UI_PRESS, left() + half, row_y(1));
    hand(DS_UI_POINTER, left() + 250, row_y(1));
    hand(DS_UI_RELEASE, left() + 250, row_y(1));
    assert_string_equal("message", primary);
    /* All of it, by keys alone. */
    key_with('a', DS_UI_CTRL);
    key_with('c', DS_UI_CTRL);
    assert_string_equal("first message\nsecond message", copied);
}

static void what_comes_between_selects_nothing_else(void **state)
{
    (void)state;
    say(1, false, "first");
    say_at("mine", 0, true, 0, "waits");
    frames();
    hand(DS_UI_POINTER, left(), row_y(3));
    hand(DS_UI_PRESS, left() - 5, row_y(3));
    hand(DS_UI_POINTER, left() + 250, row_y(3));
    hand(DS_UI_RELEASE, left() + 250, row_y(3));
    assert_string_equal("waits", primary);
    say(2, false, "stored before it");
    key_with('c', DS_UI_CTRL);
    assert_string_not_equal("stored before it", copied);
}

/* ---- addresses ---- */

static void an_address_is_opened_after_a_question(void **state)
{
    (void)state;
    say(1, false, "look at https://acme.example/caf\xc3\xa9 please");
    frames();
    double x = left() + ds_ui_text_width(ui, "look at htt", DS_TYPE_NORMAL, 0);
    hand(DS_UI_POINTER, left() + 3, row_y(1));
    hand(DS_UI_PRESS, left() + 3, row_y(1));
    hand(DS_UI_RELEASE, left() + 3, row_y(1)); /* beside it */
    assert_string_equal("", talk.link);
    now += DS_SECOND;
    hand(DS_UI_POINTER, x, row_y(1));
    hand(DS_UI_PRESS, x, row_y(1));
    hand(DS_UI_RELEASE, x, row_y(1));
    assert_string_equal("https://acme.example/caf%C3%A9", talk.link);
    assert_int_equal(DS_TALK_NOTHING, last.did); /* not yet */
    key(ENTER);                                  /* the safe answer has the keyboard */
    assert_string_equal("", talk.link);
    assert_int_equal(DS_TALK_NOTHING, last.did);
    hand(DS_UI_PRESS, x, row_y(1));
    hand(DS_UI_RELEASE, x, row_y(1));
    key(TAB);
    key(ENTER);
    assert_int_equal(DS_TALK_OPEN, last.did);
    assert_string_equal("https://acme.example/caf%C3%A9", last.text);
}

static void keys_reach_every_address(void **state)
{
    (void)state;
    say(1, false, "http://a.example http://b.example");
    frames();
    ds_talk_focus(ui);
    frames();
    for (int i = 0; i < 12 && ds_ui_focused(ui) != DS_TALK_IDS + 2; i++)
        key(TAB);
    key(0xff57); /* End */
    key(ENTER);
    assert_string_equal("http://a.example", talk.link);
    key(ESC);
    assert_string_equal("", talk.link);
    key(RIGHT);
    key(ENTER);
    assert_string_equal("http://b.example", talk.link);
    key(ESC);
    key_with('c', DS_UI_CTRL); /* nothing is selected: the message */
    assert_string_equal("http://a.example http://b.example", copied);
}

static void the_question_shows_a_long_address_whole(void **state)
{
    (void)state;
    static const char *const languages[] = {"en", "fr"};
    for (size_t l = 0; l < 2; l++) {
        ds_text_choose(languages[l]);
        snprintf(talk.link, sizeof(talk.link), "https://acme.example/");
        memset(talk.link + 21, 'a', DS_LINK_MAX - 21);
        talk.link[DS_LINK_MAX] = '\0';
        frames();
        assert_null(ds_ui_cut_text(ui));
    }
}

/* ---- all scripts ---- */

#define HEBREW "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d"
#define FAMILY                                                                                     \
    "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7" /* three with ZWJ   \
                                                                                */
#define ACCENT "e\xcc\x81"                                                     /* two for one */

static void no_character_is_broken(void **state)
{
    (void)state;
    char text[1200] = "";
    for (int i = 0; i < 60; i++)
        strcat(text, ACCENT);
    say(1, false, text);
    frames();
    size_t all = 0;
    for (size_t i = 0; i < talk.row_count; i++) {
        const struct ds_talk_row *row = &talk.rows[i];
        const char *at = talk.lines[row->line].text + row->from;
        if (row->len == 0)
            continue;
        assert_int_equal('e', at[0]); /* never before a combining mark */
        all += row->len;
    }
    assert_int_equal(strlen(text), all);
    assert_true(talk.row_count > 2);
}

static void right_to_left_is_selected_too(void **state)
{
    (void)state;
    char text[200] = "";
    for (int i = 0; i < 8; i++)
        strcat(text, HEBREW " ");
    strcat(text, "https://acme.example/");
    say(1, false, text);
    frames();
    assert_true(talk.rows[1].is_rtl && talk.rows[2].is_rtl);
    hand(DS_UI_POINTER, left() + 100, row_y(1));
    hand(DS_UI_PRESS, WIDTH - 30, row_y(1)); /* its beginning is at the right */
    hand(DS_UI_POINTER, left() - 5, row_y(talk.row_count - 1));
    hand(DS_UI_RELEASE, left() - 5, row_y(talk.row_count - 1));
    assert_true(strncmp(primary, HEBREW, strlen(HEBREW)) == 0);
    assert_int_equal(0, strlen(text) - strlen(talk.lines[0].text));
}

static void the_longest_message_in_any_form(void **state)
{
    (void)state;
    static char text[DS_TEXT_CHAT];
    static const char *const parts[] = {
        "\n", "a", " ", HEBREW, FAMILY, ACCENT, "https://a.example/ "};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        text[0] = '\0';
        while (strlen(text) + strlen(parts[i]) < sizeof(text))
            strcat(text, parts[i]);
        ds_talk_clear(&talk);
        say(1, false, text);
        frames();
        size_t all = 0;
        for (size_t r = 0; r < talk.row_count; r++)
            all += talk.rows[r].len;
        size_t ends = 0;
        for (const char *p = talk.lines[0].text; *p; p++)
            ends += *p == '\n';
        assert_int_equal(strlen(talk.lines[0].text), all + ends);
    }
}

/* ---- many ---- */

/* Ten thousand messages: what a frame costs does not grow with them. Figures are printed, not
 * judged. */
static void ten_thousand_messages_scroll(void **state)
{
    (void)state;
    char text[256];
    for (unsigned i = 1; i <= DS_CHAT_KEPT; i++) {
        snprintf(text, sizeof(text), "message %u%s", i,
                 i % 10 == 0 ? ", which is a longer one with https://acme.example/ in it and with "
                               "an acc\xc3\xa9nt"
                             : "");
        say(i, i % 3 == 0, text);
    }
    ds_tick began = ds_clock_now();
    frames();
    ds_tick first = ds_clock_now() - began;
    frames();
    began = ds_clock_now();
    hand(DS_UI_POINTER, left(), 300);
    for (int i = 0; i < 200; i++) {
        ds_ui_event(ui,
                    &(struct ds_ui_event){.type = DS_UI_WHEEL, .x = left(), .y = 300, .dy = -1});
        frames();
    }
    ds_tick each = (ds_clock_now() - began) / 200;
    began = ds_clock_now();
    for (unsigned i = 1; i <= 100; i++) {
        say(DS_CHAT_KEPT + i, false, "and another one");
        frames();
    }
    ds_tick more = (ds_clock_now() - began) / 100;
    print_message("10,000 messages: first %.0f ms, a notch %.2f ms, one more %.2f ms\n",
                  (double)first / DS_MS, (double)each / DS_MS, (double)more / DS_MS);
    assert_in_range(talk.count, DS_CHAT_KEPT * 7 / 8, DS_CHAT_KEPT);
    assert_true(talk.row_count > talk.count);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(days_and_minutes_part_the_messages),
        CASE(the_newest_that_was_seen_has_the_mark),
        CASE(what_was_seen_is_told_once),
        CASE(each_letter_is_a_wish_but_emptying_is_not),
        CASE(what_was_not_delivered_can_be_copied_after_the_end),
        CASE(the_hand_selects_and_keys_copy),
        CASE(what_comes_between_selects_nothing_else),
        CASE(an_address_is_opened_after_a_question),
        CASE(keys_reach_every_address),
        CASE(the_question_shows_a_long_address_whole),
        CASE(no_character_is_broken),
        CASE(right_to_left_is_selected_too),
        CASE(the_longest_message_in_any_form),
        CASE(ten_thousand_messages_scroll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
