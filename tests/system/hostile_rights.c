/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every kind of message that a viewer can send, to a real agent whose customer has not granted the
 * right for it: before the first yes, with looking alone, and with everything but paused. Each is
 * refused, and nothing of it is seen on the customer's display, in their clipboard or folder. */
#include "common/wire/clipboard.h"
#include "common/wire/file_message.h"
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

static struct test_session session;
static struct test_peer peer;
static struct test_process *owner; /* holds the customer's clipboard */
static struct ds_buf buf;
static uint32_t sequence, notes, texts; /* the last of each kind */

static void run(const char *script)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    test_display_run(session.customer, argv);
}

/* The proof is done; nobody has been asked yet. */
static void meet_agent(void)
{
    static const char *const copy[] = {"xclip", "-quiet", "-selection", "clipboard", "-in", NULL};
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1024x768x24", "640x480x24");
    const char *const env[] = {test_display_env(session.customer), NULL};
    owner = test_process_start(
        copy, &(struct test_process_options){.env = env, .stdin_text = "the customer's own"});
    test_process_wait_error(owner, "Waiting for", TEST_WAIT_MS);
    run("xdotool mousemove 700 500");
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    test_peer_open(&peer, DS_TUNNEL_VIEWER, session.port, session.ca);
    test_peer_new_session(&peer, TEST_EMAIL, TEST_PASSWORD);
    memcpy(session.code, peer.code, sizeof(session.code));
    test_session_start_agent(&session, NULL, NULL);
    test_peer_pair(&peer);
    test_process_wait_event(session.agent, "state", "state", "asking", TEST_WAIT_MS);
    test_process_command(session.agent, "{\"cmd\":\"continue\"}");
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    test_peer_number(&peer, json_string_value(json_object_get(event, "number")));
    test_peer_open_seal(&peer);
    peer.acks = true;
    test_peer_hello(&peer);
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.agent, "state", "state", "asking", TEST_WAIT_MS); /* a person */
    sequence = notes = texts = 0;
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

/* ---- every kind ---- */

static void control(struct ds_control message)
{
    assert_true(test_peer_control(&peer, &message));
}

static void send_controls(void)
{
    for (uint8_t right = 0; right < DS_RIGHT_COUNT; right++) /* what an agent says, forged */
        control((struct ds_control){
            .type = DS_CONTROL_RIGHT, .right = right, .state = DS_RIGHT_GRANTED});
    control((struct ds_control){.type = DS_CONTROL_PAUSED, .allowed = true});
    control((struct ds_control){.type = DS_CONTROL_HELD});
    control((struct ds_control){
        .type = DS_CONTROL_RESTARTING, .restart = DS_RESTART_NOW, .left_s = 600});
    control((struct ds_control){
        .type = DS_CONTROL_LAYOUT, .width = 1024, .height = 768, .monitor = 0xff});
    control((struct ds_control){.type = DS_CONTROL_MONITOR, .monitor = 0xff});
    control((struct ds_control){.type = DS_CONTROL_VISIBLE, .on = true});
    for (uint8_t right = 1; right < DS_RIGHT_COUNT; right++) /* nothing to give back */
        control((struct ds_control){.type = DS_CONTROL_RELEASE, .right = right});
}

static void input(struct ds_input message)
{
    message.epoch = 1;
    message.sequence = ++sequence;
    assert_true(test_peer_input(&peer, &message));
}

static void send_inputs(void)
{
    input((struct ds_input){.type = DS_INPUT_POINTER, .x = 10, .y = 20, .buttons = 1});
    input((struct ds_input){.type = DS_INPUT_POINTER, .x = 11, .y = 21, .buttons = 0});
    input((struct ds_input){.type = DS_INPUT_KEY, .keysym = 'a', .down = true});
    input((struct ds_input){.type = DS_INPUT_TEXT, .text = "typed"});
    /* no RELEASE: what had come down would stay so, and be seen */
}

static void note(const struct ds_note_message *message, const struct ds_note *drawing)
{
    ds_buf_clear(&buf);
    assert_int_equal(0, ds_note_message_encode(&buf, message, drawing));
    assert_true(test_peer_send(&peer, DS_CHANNEL_NOTES, ds_buf_peek(&buf), buf.len));
}

static void send_notes(void)
{
    for (uint8_t tool = DS_NOTE_PEN; tool < DS_NOTE_TOOLS; tool++) {
        struct ds_note drawing = {.id = ++notes,
                                  .tool = tool,
                                  .color = 0xff00ff,
                                  .monitor = 0xff,
                                  .width = 1024,
                                  .height = 768,
                                  .count = tool == DS_NOTE_TEXT ? 1 : 2,
                                  .points = {{100, 300}, {900, 600}}};
        if (tool == DS_NOTE_TEXT)
            snprintf(drawing.text, sizeof(drawing.text), "drawn");
        note(&(struct ds_note_message){.type = DS_NOTE_DRAW}, &drawing);
    }
    note(&(struct ds_note_message){.type = DS_NOTE_UNDO, .id = notes}, NULL);
    note(&(struct ds_note_message){.type = DS_NOTE_ERASE, .id = notes}, NULL);
}

static void send_texts(void)
{
    ds_buf_clear(&buf);
    assert_int_equal(
        0,
        ds_clipboard_message_encode(
            &buf, &(struct ds_clipboard_message){
                      .type = DS_CLIPBOARD_TEXT, .serial = ++texts, .text = "pushed", .len = 6}));
    assert_true(test_peer_send(&peer, DS_CHANNEL_CLIPBOARD, ds_buf_peek(&buf), buf.len));
}

static void send_files(uint32_t id)
{
    struct ds_file_message m = {.type = DS_FILE_OFFER, .id = id, .size = 5};
    static const uint8_t content[] = {'p', 'u', 's', 'h', '!'};
    uint8_t data[DS_FILE_DATA_HEADER + sizeof(content)] = {
        DS_FILE_DATA, (uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id};
    snprintf(m.name, sizeof(m.name), "pushed.txt");
    ds_buf_clear(&buf);
    assert_int_equal(0, ds_file_message_encode(&buf, &m));
    assert_true(test_peer_send(&peer, DS_CHANNEL_CONTROL, ds_buf_peek(&buf), buf.len));
    memcpy(data + DS_FILE_DATA_HEADER, content, sizeof(content));
    assert_true(test_peer_send(&peer, DS_CHANNEL_FILES, data, sizeof(data)));
    m = (struct ds_file_message){.type = DS_FILE_CANCEL, .id = id};
    ds_buf_clear(&buf);
    assert_int_equal(0, ds_file_message_encode(&buf, &m));
    assert_true(test_peer_send(&peer, DS_CHANNEL_CONTROL, ds_buf_peek(&buf), buf.len));
}

/* ---- what must not have happened ---- */

/* An answer to a question of ours: all that was sent before it has been dealt with. */
static bool is_asked_back(const struct test_peer *p)
{
    return p->rights[DS_RIGHT_RESTART] != DS_RIGHT_NONE;
}

static void settle(void)
{
    peer.rights[DS_RIGHT_RESTART] = DS_RIGHT_NONE;
    control((struct ds_control){.type = DS_CONTROL_REQUEST, .right = DS_RIGHT_RESTART});
    assert_true(test_peer_wait(&peer, is_asked_back));
    assert_int_not_equal(peer.rights[DS_RIGHT_RESTART], DS_RIGHT_GRANTED);
}

static void expect_untouched(void)
{
    char script[600];
    assert_true(test_peer_lives(&peer));
    assert_false(test_process_has_ended(session.agent));
    run("xdotool getmouselocation | grep -q 'x:700 y:500 '");
    run("! xinput query-state 'Virtual core XTEST keyboard' | grep -q =down");
    run("! xinput query-state 'Virtual core XTEST pointer' | grep -q =down");
    run("test \"$(xclip -selection clipboard -out)\" = \"the customer's own\"");
    snprintf(script, sizeof(script), "test -z \"$(find '%s' -name 'pushed*')\"", session.folder);
    run(script);
    uint32_t *pixels = test_display_grab(session.customer, 0, 0, 1024, 768);
    for (size_t i = 0; i < 1024 * 768; i++)
        assert_int_not_equal(pixels[i] & 0xffffff, 0xff00ff);
    free(pixels);
}

static void before_the_first_yes_nothing_counts(void **state)
{
    (void)state;
    meet_agent();
    for (uint8_t right = 0; right < DS_RIGHT_COUNT; right++)
        control((struct ds_control){.type = DS_CONTROL_REQUEST, .right = right});
    control((struct ds_control){.type = DS_CONTROL_RESTART});
    control((struct ds_control){.type = DS_CONTROL_RESUME});
    send_controls();
    send_inputs();
    send_notes();
    send_texts();
    send_files(1);
    assert_true(test_peer_flush(&peer));
    /* they say yes to looking, and that is all there is */
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"look\"}");
    test_process_wait_event(session.agent, "state", "state", "active", TEST_WAIT_MS);
    settle();
    expect_untouched();
    for (int right = DS_RIGHT_POINT; right < DS_RIGHT_COUNT; right++)
        assert_int_not_equal(peer.rights[right], DS_RIGHT_GRANTED);
}

static void with_looking_alone_all_else_is_refused(void **state)
{
    (void)state;
    meet_agent();
    test_process_command(session.agent, "{\"cmd\":\"grant\",\"right\":\"look\"}");
    test_process_wait_event(session.agent, "state", "state", "active", TEST_WAIT_MS);
    send_controls();
    control((struct ds_control){.type = DS_CONTROL_RESUME}); /* nothing is paused */
    send_inputs();
    send_notes();
    send_texts();
    send_files(1);
    settle();
    expect_untouched();
    for (int right = DS_RIGHT_POINT; right < DS_RIGHT_COUNT; right++)
        assert_int_not_equal(peer.rights[right], DS_RIGHT_GRANTED);
    /* one question at a time: the one for the restart is open */
    for (uint8_t right = DS_RIGHT_POINT; right < DS_RIGHT_RESTART; right++)
        control((struct ds_control){.type = DS_CONTROL_REQUEST, .right = right});
    settle();
    for (int right = DS_RIGHT_POINT; right < DS_RIGHT_RESTART; right++)
        assert_int_equal(peer.rights[right], DS_RIGHT_REFUSED);
}

static bool has_files(const struct test_peer *p)
{
    return p->rights[DS_RIGHT_FILES] == DS_RIGHT_GRANTED;
}

static bool is_paused(const struct test_peer *p)
{
    return p->paused;
}

static bool has_lost_all(const struct test_peer *p)
{
    return p->rights[DS_RIGHT_LOOK] == DS_RIGHT_NONE && p->rights[DS_RIGHT_FILES] == DS_RIGHT_NONE;
}

static void what_is_paused_or_taken_back_is_refused_at_once(void **state)
{
    static const char *const rights[] = {"look", "point", "control", "clipboard", "files"};
    (void)state;
    meet_agent();
    for (size_t i = 0; i < sizeof(rights) / sizeof(rights[0]); i++) {
        char text[80];
        snprintf(text, sizeof(text), "{\"cmd\":\"grant\",\"right\":\"%s\"}", rights[i]);
        test_process_command(session.agent, text);
    }
    assert_true(test_peer_wait(&peer, has_files));
    test_process_command(session.agent, "{\"cmd\":\"pause\"}");
    assert_true(test_peer_wait(&peer, is_paused));
    send_inputs();
    send_notes();
    send_texts();
    settle();
    expect_untouched();
    /* taking back looking takes back all of it */
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"look\"}");
    assert_true(test_peer_wait(&peer, has_lost_all));
    send_inputs();
    send_notes();
    send_texts();
    send_files(1);
    settle();
    expect_untouched();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(before_the_first_yes_nothing_counts, tear_down),
        cmocka_unit_test_teardown(with_looking_alone_all_else_is_refused, tear_down),
        cmocka_unit_test_teardown(what_is_paused_or_taken_back_is_refused_at_once, tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
