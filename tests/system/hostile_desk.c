/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A viewer that means no good and a real agent: clipboard and drawings without a right, out of
 * turn, and as much of them as the rules let pass. */
#include "common/wire/clipboard.h"
#include "common/wire/note.h"
#include "tests/support/peer.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 15000 /* for a person's wish while a flood comes, with sanitizers */

static struct test_session session;
static struct test_peer peer;
static struct test_process *owner; /* holds the customer's clipboard */
static struct ds_buf buf;
static unsigned answers; /* of a channel, before the last message */

static void meet_agent(const char *accept)
{
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1024x768x24", "1024x768x24");
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    test_peer_open(&peer, DS_TUNNEL_VIEWER, session.port, session.ca);
    test_peer_new_session(&peer, TEST_EMAIL, TEST_PASSWORD);
    memcpy(session.code, peer.code, sizeof(session.code));
    test_session_start_agent(&session, accept, NULL);
    test_peer_pair(&peer);
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    test_peer_number(&peer, json_string_value(json_object_get(event, "number")));
    test_peer_open_seal(&peer);
    peer.acks = true;
    test_peer_hello(&peer);
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.agent, "state", "state", "active", TEST_WAIT_MS);
}

static int tear_down(void **state)
{
    (void)state;
    test_peer_close(&peer);
    test_process_end(owner);
    owner = NULL;
    test_session_end(&session);
    ds_buf_destroy(&buf);
    return 0;
}

static bool has_layout(const struct test_peer *p)
{
    return p->layout.width > 0;
}

static bool is_answered_on_clipboard(const struct test_peer *p)
{
    return p->messages[DS_CHANNEL_CLIPBOARD] > answers;
}

static bool is_answered_on_notes(const struct test_peer *p)
{
    return p->messages[DS_CHANNEL_NOTES] > answers;
}

static bool say_text(uint32_t serial, const char *text, size_t len)
{
    ds_buf_clear(&buf);
    assert_int_equal(
        ds_clipboard_message_encode(&buf, &(struct ds_clipboard_message){.type = DS_CLIPBOARD_TEXT,
                                                                         .serial = serial,
                                                                         .text = text,
                                                                         .len = len}),
        0);
    return test_peer_send(&peer, DS_CHANNEL_CLIPBOARD, ds_buf_peek(&buf), buf.len);
}

static bool draw(const struct ds_note *note)
{
    ds_buf_clear(&buf);
    assert_int_equal(
        ds_note_message_encode(&buf, &(struct ds_note_message){.type = DS_NOTE_DRAW}, note), 0);
    return test_peer_send(&peer, DS_CHANNEL_NOTES, ds_buf_peek(&buf), buf.len);
}

static bool erase(uint32_t id)
{
    ds_buf_clear(&buf);
    ds_note_message_encode(&buf, &(struct ds_note_message){.type = DS_NOTE_ERASE, .id = id}, NULL);
    return test_peer_send(&peer, DS_CHANNEL_NOTES, ds_buf_peek(&buf), buf.len);
}

/* As long as a line may be, all over the screen. */
static struct ds_note scribble(uint32_t id, enum ds_note_tool tool)
{
    struct ds_note note = {.id = id,
                           .tool = (uint8_t)tool,
                           .color = 0xff00ff,
                           .monitor = peer.layout.monitor,
                           .width = 1024,
                           .height = 768,
                           .count = 1};
    while (note.count < DS_NOTE_POINTS_MAX) {
        note.points[note.count].x = (uint16_t)(id * 7919u * note.count % 1024);
        note.points[note.count].y = (uint16_t)(id * 104729u * note.count % 768);
        note.count++;
        if (!ds_note_is_valid(&note)) {
            note.count--;
            break;
        }
    }
    return note;
}

static void expect_pasted(const char *want)
{
    const char *argv[] = {
        "env", test_display_env(session.customer), "xclip", "-selection", "clipboard", "-out",
        NULL};
    char *text = NULL;
    assert_int_equal(test_run(argv, &text), 0);
    assert_string_equal(text, want);
    free(text);
}

static void copy(const char *text)
{
    static const char *const argv[] = {"xclip", "-quiet", "-selection", "clipboard", "-in", NULL};
    const char *const env[] = {test_display_env(session.customer), NULL};
    owner =
        test_process_start(argv, &(struct test_process_options){.env = env, .stdin_text = text});
    test_process_wait_error(owner, "Waiting for", TEST_WAIT_MS);
}

static void expect_end(void)
{
    test_process_command(session.agent, "{\"cmd\":\"end\"}");
    assert_int_equal(0, test_process_wait_exit(session.agent, PATIENCE_MS));
}

static void a_text_without_the_right_changes_nothing(void **state)
{
    (void)state;
    meet_agent("look,control");
    copy("the customer's own");
    for (uint32_t serial = 1; serial <= 50; serial++) {
        answers = peer.messages[DS_CHANNEL_CLIPBOARD];
        assert_true(say_text(serial, "pushed", 6));
        assert_true(test_peer_wait(&peer, is_answered_on_clipboard));
    }
    expect_pasted("the customer's own");
    expect_end();
}

static void texts_out_of_turn_end_the_agent(void **state)
{
    (void)state;
    meet_agent("look,clipboard");
    say_text(7, "not the first", 13);
    test_peer_flush(&peer);
    assert_int_equal(5, test_process_wait_exit(session.agent, PATIENCE_MS));
}

static void texts_without_end_are_borne(void **state)
{
    (void)state;
    static char text[DS_CLIPBOARD_MAX];
    memset(text, 'x', sizeof(text));
    meet_agent("look,clipboard");
    for (uint32_t serial = 1; serial <= 60 && test_peer_lives(&peer); serial++)
        say_text(serial, text, sizeof(text));
    expect_end();
}

static void drawings_without_the_right_are_answered(void **state)
{
    (void)state;
    meet_agent("look,control");
    assert_true(test_peer_wait(&peer, has_layout));
    for (uint32_t id = 1; id <= 500; id++) {
        struct ds_note note = scribble(id, DS_NOTE_PEN);
        answers = peer.messages[DS_CHANNEL_NOTES];
        assert_true(draw(&note));
        assert_true(test_peer_wait(&peer, is_answered_on_notes));
    }
    uint32_t *pixels = test_display_grab(session.customer, 0, 100, 1024, 600);
    for (size_t i = 0; i < 1024 * 600; i++)
        assert_int_not_equal(pixels[i] & 0xffffff, 0xff00ff);
    free(pixels);
    expect_end();
}

static void more_drawings_than_there_may_be_end_the_agent(void **state)
{
    (void)state;
    meet_agent("look,point");
    assert_true(test_peer_wait(&peer, has_layout));
    for (uint32_t id = 1; id <= DS_NOTES_MAX + 1; id++) {
        struct ds_note note = scribble(id, DS_NOTE_PEN);
        note.count = 1;
        draw(&note);
    }
    test_peer_flush(&peer);
    assert_int_equal(5, test_process_wait_exit(session.agent, PATIENCE_MS));
}

/* As many and as long as there may be, painted and taken away again and again. */
static void all_the_drawing_there_may_be_leaves_the_customer_in_charge(void **state)
{
    (void)state;
    static const enum ds_note_tool tools[] = {DS_NOTE_HIGHLIGHT, DS_NOTE_PEN};
    uint32_t id = 0;
    meet_agent("look,point");
    assert_true(test_peer_wait(&peer, has_layout));
    for (int round = 0; round < 5 && test_peer_lives(&peer); round++) {
        for (unsigned i = 0; i < DS_NOTES_MAX && test_peer_lives(&peer); i++) {
            struct ds_note note = scribble(++id, tools[i % 2]);
            draw(&note);
        }
        if (round == 2) {
            test_process_command(session.agent, "{\"cmd\":\"pause\",\"tag\":\"now\"}");
            test_process_wait_event(session.agent, "done", "tag", "now", PATIENCE_MS);
        }
        erase(id);
    }
    expect_end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_text_without_the_right_changes_nothing, tear_down),
        cmocka_unit_test_teardown(texts_out_of_turn_end_the_agent, tear_down),
        cmocka_unit_test_teardown(texts_without_end_are_borne, tear_down),
        cmocka_unit_test_teardown(drawings_without_the_right_are_answered, tear_down),
        cmocka_unit_test_teardown(more_drawings_than_there_may_be_end_the_agent, tear_down),
        cmocka_unit_test_teardown(all_the_drawing_there_may_be_leaves_the_customer_in_charge,
                                  tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
