/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The customer's pages: what is in focus, what Escape answers, that no text is cut. */
#include "agent/show/page.h"

#include "common/ui/text.h"
#include "tests/support/folder.h"
#include "tests/support/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TAB = 0xff09, ENTER = 0xff0d, ESC = 0xff1b };

static struct {
    struct ds_ui *ui;
    struct agent_page_state state;
    struct agent_view view;
    struct agent_show_event event;
    bool has_event;
    char code[DS_TEXT_CODE];
    double height, scale;
    ds_tick now;
} t;

static void run(void)
{
    struct agent_show_event event;
    do {
        ds_ui_begin(t.ui, (int)(AGENT_PAGE_WIDTH * t.scale), (int)(t.height * t.scale + 0.99),
                    t.now);
        if (agent_page_build(t.ui, &t.state, &t.view, &event, &t.height)) {
            t.event = event;
            t.has_event = true;
            if (event.code)
                snprintf(t.code, sizeof t.code, "%s", event.code);
        }
    } while (ds_ui_end(t.ui));
}

static void show_at(const struct test_view *view, double scale, bool dark)
{
    const struct ds_theme theme = {.scale = scale, .dark = dark, .target = DS_TARGET_CUSTOMER};
    memset(&t, 0, sizeof t);
    t.ui = ds_ui_new(&theme);
    t.height = 100;
    t.scale = scale;
    t.now = 100 * DS_SECOND;
    agent_page_init(&t.state);
    test_view_make(view, &t.view, &t.state);
    run();
    run();
    t.now += DS_SECOND;
}

static void leave(void)
{
    agent_page_destroy(&t.state);
    ds_ui_destroy(t.ui);
}

static const struct test_view *view_named(const char *name)
{
    for (size_t i = 0; i < test_view_count; i++) {
        if (strcmp(test_views[i].name, name) == 0)
            return &test_views[i];
    }
    fail_msg("no view %s", name);
    return NULL;
}

static void key(uint32_t keysym)
{
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = keysym});
    run();
}

static void no_text_is_cut_on_any_page(void **state)
{
    static const char *const languages[] = {"en", "fr"};
    static const double scales[] = {1, 1.25, 1.5, 1.75, 2};
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        ds_text_choose(languages[l]);
        for (size_t i = 0; i < test_view_count; i++) {
            for (size_t s = 0; s < 5; s++) {
                show_at(&test_views[i], scales[s], false);
                if (ds_ui_cut_text(t.ui))
                    fail_msg("%s, %s, %.2f: cut: %s", test_views[i].name, languages[l], scales[s],
                             ds_ui_cut_text(t.ui));
                leave();
            }
        }
    }
    ds_text_choose("en");
}

static void no_text_is_cut_on_the_bar(void **state)
{
    static const char *const languages[] = {"en", "fr"};
    (void)state;
    for (size_t i = 0; i < 2 * test_view_count; i++) {
        struct agent_show_event event;
        enum agent_bar_did did;
        double width = 100;
        ds_text_choose(languages[i & 1]);
        show_at(&test_views[i / 2], 1, false);
        for (int pass = 0; pass < 2; pass++) {
            do {
                ds_ui_begin(t.ui, (int)(width + 0.99), AGENT_BAR_HEIGHT, t.now);
                agent_bar_build(t.ui, &t.view, false, &event, &did, &width);
            } while (ds_ui_end(t.ui));
        }
        assert_null(ds_ui_cut_text(t.ui));
        leave();
    }
    ds_text_choose("en");
}

static double bar_width(void)
{
    struct agent_show_event event;
    enum agent_bar_did did;
    double width = 100;
    do {
        ds_ui_begin(t.ui, 800, AGENT_BAR_HEIGHT, t.now);
        agent_bar_build(t.ui, &t.view, false, &event, &did, &width);
    } while (ds_ui_end(t.ui));
    return width;
}

static void the_bar_keeps_its_width_while_the_customer_moves_the_mouse(void **state)
{
    static const char *const languages[] = {"en", "fr"};
    (void)state;
    for (size_t l = 0; l < 2; l++) {
        ds_text_choose(languages[l]);
        show_at(view_named("ending"), 1, false);
        t.view.is_held = false;
        double free_width = bar_width();
        t.view.is_held = true;
        assert_true(bar_width() == free_width);
        leave();
    }
    ds_text_choose("en");
}

static void the_bar_is_small(void **state)
{
    (void)state;
    show_at(view_named("ending"), 1, false);
    snprintf(t.view.rep, sizeof t.view.rep, "Dana R.");
    t.view.granted[DS_RIGHT_CLIPBOARD] = false;
    assert_true(bar_width() < 524); /* with the name of the key that pauses */
    leave();
}

static bool is_safe(const struct agent_show_event *event)
{
    switch (event->type) {
    case AGENT_SHOW_STOP:
    case AGENT_SHOW_CLOSED:
    case AGENT_SHOW_STAY:
        return true;
    case AGENT_SHOW_ANSWER:
    case AGENT_SHOW_RESUME:
    case AGENT_SHOW_FILE:
    case AGENT_SHOW_MAY_RESUME:
    case AGENT_SHOW_COMES_BACK:
        return !event->yes;
    default:
        return false;
    }
}

static void escape_gives_nothing_away_on_any_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < test_view_count; i++) {
        show_at(&test_views[i], 1, false);
        key(ESC);
        assert_true(t.has_event && is_safe(&t.event));
        leave();
    }
}

static void enter_on_a_fresh_page_gives_nothing_away(void **state)
{
    (void)state;
    for (size_t i = 0; i < test_view_count; i++) {
        if (test_views[i].page == AGENT_PAGE_CODE)
            continue;
        show_at(&test_views[i], 1, false);
        key(ENTER);
        assert_true(t.has_event && is_safe(&t.event));
        leave();
    }
}

static void closing_the_window_gives_nothing_away(void **state)
{
    (void)state;
    for (size_t i = 0; i < test_view_count; i++) {
        struct agent_show_event event;
        show_at(&test_views[i], 1, false);
        if (agent_page_dismiss(&t.state, &t.view, &event))
            assert_true(is_safe(&event));
        else
            /* asks first, or goes back from asking */
            assert_true(t.state.is_ending || (test_views[i].is_removing && !t.state.is_removing) ||
                        (test_views[i].is_connection_open && !t.state.is_connection_open) ||
                        (test_views[i].is_rights_open && !t.state.is_rights_open));
        leave();
    }
}

/* Every answer of every page can be reached with Tab and given with Enter. */
static void every_answer_is_reached_by_keys(void **state)
{
    bool seen[AGENT_SHOW_CLOSED + 1] = {false}, looked = false, controlled = false;
    (void)state;
    for (size_t i = 0; i < test_view_count; i++) {
        for (int tabs = 0; tabs < 4; tabs++) {
            show_at(&test_views[i], 1, false);
            if (t.view.page == AGENT_PAGE_CODE)
                ds_edit_set(&t.state.code, "123456789");
            if (t.view.page == AGENT_PAGE_ENDED)
                t.state.folder = "/nowhere";
            run();
            for (int k = 0; k < tabs; k++)
                key(TAB);
            key(ENTER);
            if (t.has_event)
                seen[t.event.type] = true;
            looked |= t.event.type == AGENT_SHOW_CONSENT && t.event.right == DS_RIGHT_LOOK;
            controlled |= t.event.type == AGENT_SHOW_CONSENT && t.event.right == DS_RIGHT_CONTROL;
            leave();
        }
    }
    for (int type = 0; type <= AGENT_SHOW_CLOSED; type++) {
        bool is_of_the_bar =
            type == AGENT_SHOW_REVOKE || type == AGENT_SHOW_PAUSE || type == AGENT_SHOW_ERASE ||
            type == AGENT_SHOW_GONE || type == AGENT_SHOW_TALK || type == AGENT_SHOW_SHARED ||
            type == AGENT_SHOW_CLIPBOARD || type == AGENT_SHOW_DRAW || type == AGENT_SHOW_HAND;
        if (!seen[type] && !is_of_the_bar)
            fail_msg("event %d was never given", type);
    }
    assert_true(looked && controlled);
}

/* A press meant for the page before must not grant what the new one asks. */
static void nothing_is_granted_in_the_first_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < test_view_count; i++) {
        for (int tabs = 0; tabs < 4; tabs++) {
            show_at(&test_views[i], 1, false);
            t.now -= DS_SECOND; /* as when the page appeared */
            for (int k = 0; k < tabs; k++)
                key(TAB);
            key(ENTER);
            bool is_given = t.event.type == AGENT_SHOW_CONSENT ||
                            t.event.type == AGENT_SHOW_GO_ON || t.event.yes;
            assert_false(t.has_event && is_given);
            leave();
        }
    }
}

static void a_pasted_code_is_sent_with_enter(void **state)
{
    (void)state;
    show_at(view_named("code"), 1, false);
    ds_edit_set(&t.state.code, "");
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_PASTE, .text = " 481 926-350\n"});
    key(ENTER);
    assert_true(t.has_event);
    assert_int_equal(t.event.type, AGENT_SHOW_CODE);
    assert_string_equal(t.code, "481926350");
    leave();
}

static void eight_digits_are_not_sent(void **state)
{
    (void)state;
    show_at(view_named("code"), 1, false);
    ds_edit_set(&t.state.code, "12345678");
    run();
    key(ENTER);
    assert_false(t.has_event);
    leave();
}

static void the_code_is_gone_once_somebody_wants_in(void **state)
{
    (void)state;
    show_at(view_named("code"), 1, false);
    ds_edit_set(&t.state.code, "123456789");
    t.view.page = AGENT_PAGE_WARNING;
    agent_page_enter(&t.state, &t.view);
    for (size_t i = 0; i < sizeof t.state.code_text; i++)
        assert_int_equal(t.state.code_text[i], 0);
    leave();
}

static void injected_input_is_stopped_while_something_is_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < test_view_count; i++) {
        show_at(&test_views[i], 1, false);
        bool is_question = t.view.page == AGENT_PAGE_WARNING || t.view.page == AGENT_PAGE_CONSENT ||
                           (t.view.page == AGENT_PAGE_CONNECTED &&
                            !test_views[i].is_connection_open && !test_views[i].is_rights_open) ||
                           t.view.page == AGENT_PAGE_RECONNECTING ||
                           t.view.page == AGENT_PAGE_RESTARTING;
        assert_int_equal(agent_page_is_asking(&t.state, &t.view), is_question);
        leave();
    }
    show_at(view_named("ask-look"), 1, false);
    t.view.asked = DS_RIGHT_COUNT;
    assert_false(agent_page_is_asking(&t.state, &t.view));
    assert_false(agent_page_is_shown(&t.state, &t.view));
    leave();
}

static void names_of_strangers_are_made_safe(void **state)
{
    char text[4096];
    (void)state;
    struct agent_view view = {.page = AGENT_PAGE_ENDED,
                              .rep = "Da\xe2\x80\xaena\nFrom: <b>%s</b>\xff",
                              .began_s = 1,
                              .seen_s = 60};
    agent_show_ended_text(&view, text, sizeof text);
    assert_string_equal(text, "Session ended. DanaFrom: <b>%s</b>\xef\xbf\xbd saw your screen for "
                              "1 min.");
    agent_show_record_text(&view, text, sizeof text);
    assert_null(strstr(text, "\nFrom:"));
}

static void the_record_says_what_happened(void **state)
{
    char text[4096];
    (void)state;
    show_at(view_named("ended"), 1, false);
    agent_show_ended_text(&t.view, text, sizeof text);
    assert_string_equal(text, "Session ended. Dana Rosenberg-Villeneuve saw your screen for 12 "
                              "min, controlled it for 3 min, and sent 1 file.");
    agent_show_record_text(&t.view, text, sizeof text);
    assert_non_null(strstr(text, "Organisation: Acme Support\n"));
    assert_null(strstr(text, "481926"));
    for (size_t size = 0; size < 64; size++) {
        char cut[64];
        memset(cut, 'x', sizeof cut);
        agent_show_record_text(&t.view, cut, size ? size : 1);
        assert_true(strlen(cut) < (size ? size : 1));
    }
    leave();
}

static void records_are_saved_side_by_side(void **state)
{
    char folder[256], first[512], second[512];
    (void)state;
    test_folder_make(folder, sizeof folder);
    show_at(view_named("ended"), 1, false);
    assert_int_equal(agent_record_save(&t.view, folder, first, sizeof first), 0);
    assert_int_equal(agent_record_save(&t.view, folder, second, sizeof second), 0);
    assert_string_not_equal(first, second);
    char *text = test_file_read(first, NULL);
    assert_non_null(strstr(text, "Dana Rosenberg-Villeneuve"));
    free(text);
    t.state.folder = "/nowhere/at/all";
    ds_ui_activate(t.ui, 1);
    run();
    assert_true(t.state.is_note_bad && t.state.note[0]);
    assert_false(t.has_event);
    leave();
    test_folder_remove(folder);
}

static void removing_asks_once_and_every_way_out_keeps(void **state)
{
    (void)state;
    show_at(view_named("ended-removable"), 1, false);
    ds_ui_activate(t.ui, 9); /* [Remove from this computer] */
    run();
    assert_true(t.state.is_removing);
    assert_int_equal(AGENT_SHOW_STAY, t.event.type);
    t.now += DS_SECOND;
    run();
    key(ENTER); /* the safe answer has the focus */
    assert_int_equal(AGENT_SHOW_STAY, t.event.type);
    assert_false(t.state.is_removing);
    ds_ui_activate(t.ui, 9);
    run();
    key(ESC);
    assert_false(t.state.is_removing);
    assert_int_equal(AGENT_SHOW_STAY, t.event.type);
    ds_ui_activate(t.ui, 9);
    run();
    assert_false(agent_page_dismiss(&t.state, &t.view, &t.event));
    assert_false(t.state.is_removing);
    ds_ui_activate(t.ui, 9);
    run();
    ds_ui_activate(t.ui, 1); /* [Remove] */
    run();
    assert_int_equal(AGENT_SHOW_REMOVE, t.event.type);
    leave();
}

static void there_is_no_button_where_nothing_can_be_removed(void **state)
{
    static const char *const names[] = {"ended", "ended-installed", "removed"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        show_at(view_named(names[i]), 1, false);
        ds_ui_activate(t.ui, 9);
        run();
        assert_false(t.has_event);
        assert_false(t.state.is_removing);
        leave();
    }
}

/* Every button is pressed, the one that saves a record too: not into the home of whoever runs this.
 */
static int make_home(void **state)
{
    static char home[300];
    *state = home;
    test_folder_make(home, sizeof(home));
    unsetenv("XDG_CONFIG_HOME");
    return setenv("HOME", home, 1);
}

static int remove_home(void **state)
{
    test_folder_remove(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_is_cut_on_any_page),
        cmocka_unit_test(no_text_is_cut_on_the_bar),
        cmocka_unit_test(the_bar_keeps_its_width_while_the_customer_moves_the_mouse),
        cmocka_unit_test(the_bar_is_small),
        cmocka_unit_test(escape_gives_nothing_away_on_any_page),
        cmocka_unit_test(enter_on_a_fresh_page_gives_nothing_away),
        cmocka_unit_test(closing_the_window_gives_nothing_away),
        cmocka_unit_test(every_answer_is_reached_by_keys),
        cmocka_unit_test(nothing_is_granted_in_the_first_moment),
        cmocka_unit_test(a_pasted_code_is_sent_with_enter),
        cmocka_unit_test(eight_digits_are_not_sent),
        cmocka_unit_test(the_code_is_gone_once_somebody_wants_in),
        cmocka_unit_test(injected_input_is_stopped_while_something_is_asked),
        cmocka_unit_test(names_of_strangers_are_made_safe),
        cmocka_unit_test(the_record_says_what_happened),
        cmocka_unit_test(records_are_saved_side_by_side),
        cmocka_unit_test(removing_asks_once_and_every_way_out_keeps),
        cmocka_unit_test(there_is_no_button_where_nothing_can_be_removed),
    };
    return cmocka_run_group_tests(tests, make_home, remove_home);
}
