/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's chat beside the picture: when it opens by itself, what counts as seen, and what stays
 * when the session is over. */
#include "viewer/panels/panels.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct viewer_panels p;
static struct viewer_view view;
static struct ds_ui *ui;
static struct ds_talk_wish last;
static ds_tick now;

static void on_talk(void *ctx, const struct ds_talk_wish *wish)
{
    (void)ctx;
    last = *wish;
}

static const struct viewer_panel_actions actions = {.talk = on_talk};

static void be(enum viewer_stage stage)
{
    struct viewer_model model = {.stage = stage, .may_begin = true};
    viewer_panels_set_model(&p, &model);
}

static int set_up(void **state)
{
    (void)state;
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    ui = ds_ui_new(&theme);
    viewer_panels_init(&p, ui, &view, &actions, NULL, "", "");
    p.in_front = p.complete = true;
    now = DS_SECOND;
    last = (struct ds_talk_wish){0};
    be(VIEWER_ACTIVE);
    return ui ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    viewer_panels_destroy(&p);
    ds_ui_destroy(ui);
    return 0;
}

static void frames(void)
{
    bool more = true;
    now += DS_SECOND;
    while (more) {
        p.now = now;
        ds_ui_begin(ui, 1000, 700, now);
        viewer_panels_build(&p);
        more = ds_ui_end(ui);
    }
}

static void say(unsigned number, bool is_ours, const char *text)
{
    struct ds_chat_line l = {.number = number, .is_ours = is_ours};
    snprintf(l.id, sizeof(l.id), "%u%s", number, text);
    l.text = strdup(text);
    viewer_panels_line(&p, &l);
    free(l.text);
}

static void it_opens_by_itself_until_somebody_closes_it(void **state)
{
    (void)state;
    say(1, true, "mine");
    assert_false(p.talk_open);
    say(2, false, "theirs");
    assert_true(p.talk_open);
    frames();
    assert_true(viewer_panels_side(&p) > 0);
    viewer_panels_toggle_talk(&p);
    say(3, false, "more");
    frames();
    assert_false(p.talk_open);
    assert_int_equal(1, p.talk.unread); /* what the toolbar counts */
    assert_int_equal(0, viewer_panels_side(&p));
    viewer_panels_toggle_talk(&p);
    frames();
    assert_int_equal(0, p.talk.unread);
    assert_int_equal(DS_TALK_SAW, last.did);
    assert_int_equal(3, last.id);
}

static void what_is_behind_other_windows_is_not_seen(void **state)
{
    (void)state;
    p.in_front = false;
    say(1, false, "theirs");
    frames();
    assert_int_equal(DS_TALK_NOTHING, last.did);
    assert_int_equal(1, p.talk.unread);
    p.in_front = true;
    frames();
    assert_int_equal(DS_TALK_SAW, last.did);
    assert_int_equal(1, last.id);
}

static void what_was_not_delivered_stays_after_the_end(void **state)
{
    (void)state;
    say(1, false, "theirs");
    frames();
    be(VIEWER_ENDED);
    frames();
    assert_false(ds_ui_covers(ui, 990, 650)); /* nothing is left: no panel */
    ds_edit_set(&p.talk.edit, "half a sentence");
    frames();
    assert_true(ds_ui_covers(ui, 990, 650));
    assert_true(p.talk.is_over);
    assert_int_equal(0, viewer_panels_side(&p)); /* there is no picture to make room */
    assert_string_equal("half a sentence", p.talk.edit.text);
    last = (struct ds_talk_wish){0};
    ds_ui_activate(ui, DS_TALK_IDS + 3); /* its cross */
    frames();
    frames();
    assert_false(ds_ui_covers(ui, 990, 650));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_opens_by_itself_until_somebody_closes_it),
        CASE(what_is_behind_other_windows_is_not_seen),
        CASE(what_was_not_delivered_stays_after_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
