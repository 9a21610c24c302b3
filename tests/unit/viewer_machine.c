/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of the rep's side, message by message, against a table that only writes down. */
#include "viewer/session/machine.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static char done[4096]; /* what the machine asked for, one word each */
static int number_result, dial_result, send_result;
static struct viewer_machine m;

static void write_down(const char *word)
{
    strncat(done, word, sizeof(done) - strlen(done) - 2);
    strcat(done, " ");
}

static int dial(void *ctx, const char *host, unsigned port)
{
    char word[300];
    (void)ctx;
    snprintf(word, sizeof(word), "dial:%s:%u", host, port);
    write_down(word);
    return dial_result;
}

static void hang_up(void *ctx)
{
    (void)ctx;
    write_down("hang-up");
}

static int send_message(void *ctx, const struct ds_message *message)
{
    (void)ctx;
    write_down(ds_message_name(message->type));
    if (message->type == DS_MESSAGE_SIGN_IN) {
        assert_string_equal("dana@acme.example", message->email);
        assert_string_equal("secret", message->password);
    }
    if (message->type == DS_MESSAGE_END)
        write_down(message->reason);
    return send_result;
}

static int tunnel_open(void *ctx, const uint8_t session[DS_SESSION_ID])
{
    (void)ctx;
    assert_int_equal(0x01, session[0]);
    assert_int_equal(0xff, session[15]);
    write_down("tunnel-open");
    return DS_OK;
}

static int tunnel_number(void *ctx, const char *number)
{
    char word[32];
    (void)ctx;
    snprintf(word, sizeof(word), "number:%s", number);
    write_down(word);
    return number_result;
}

static void tunnel_close(void *ctx)
{
    (void)ctx;
    write_down("tunnel-close");
}

static int control(void *ctx, const struct ds_control *c)
{
    char word[32];
    (void)ctx;
    snprintf(word, sizeof(word), "control:%u", c->type);
    write_down(word);
    return DS_OK;
}

static void picture_size(void *ctx, uint32_t width, uint32_t height)
{
    char word[32];
    (void)ctx;
    snprintf(word, sizeof(word), "size:%ux%u", width, height);
    write_down(word);
}

static void ticket(void *ctx, const char *text, const char *refusal)
{
    (void)ctx;
    write_down(text ? text : "no-ticket:");
    if (!text)
        write_down(refusal);
}

static const struct viewer_machine_ops ops = {
    .dial = dial,
    .hang_up = hang_up,
    .send = send_message,
    .tunnel_open = tunnel_open,
    .tunnel_number = tunnel_number,
    .tunnel_close = tunnel_close,
    .control = control,
    .picture_size = picture_size,
    .ticket = ticket,
};

static int set_up(void **state)
{
    (void)state;
    viewer_machine_init(&m, &ops, NULL);
    number_result = dial_result = send_result = DS_OK;
    done[0] = '\0';
    return 0;
}

static void assert_done(const char *words)
{
    assert_string_equal(words, done);
    done[0] = '\0';
}

/* ---- steps of a session ---- */

static void message(enum ds_message_type type)
{
    struct ds_message in = {.type = type, .expires_s = 900};
    strcpy(in.name, "Dana R.");
    strcpy(in.join_code, "123456789");
    strcpy(in.session, "010000000000000000000000000000ff");
    viewer_machine_on_message(&m, &in, 1000 * DS_SECOND);
}

static void refusal(const char *code, const char *text)
{
    struct ds_message in = {.type = DS_MESSAGE_ERROR};
    snprintf(in.error, sizeof(in.error), "%s", code);
    snprintf(in.message, sizeof(in.message), "%s", text);
    viewer_machine_on_message(&m, &in, 1000 * DS_SECOND);
}

static void ended(const char *by, const char *reason)
{
    struct ds_message in = {.type = DS_MESSAGE_ENDED};
    snprintf(in.by, sizeof(in.by), "%s", by);
    snprintf(in.reason, sizeof(in.reason), "%s", reason);
    viewer_machine_on_message(&m, &in, 2000 * DS_SECOND);
}

static void right(enum ds_right which, enum ds_right_state state)
{
    struct ds_control in = {
        .type = DS_CONTROL_RIGHT, .right = (uint8_t)which, .state = (uint8_t)state};
    viewer_machine_on_control(&m, &in, 1500 * DS_SECOND);
}

static void flag(uint8_t type, bool on)
{
    struct ds_control in = {.type = type, .on = on};
    viewer_machine_on_control(&m, &in, 1500 * DS_SECOND);
}

static void to_signing_in(void)
{
    struct ds_link_info info = {.port = 443, .host = "relay.example", .org = "Acme"};
    assert_int_equal(DS_OK,
                     viewer_machine_sign_in(&m, "relay.example", 0, "dana@acme.example", "secret"));
    assert_int_equal(VIEWER_CONNECTING, m.model.stage);
    viewer_machine_on_up(&m, &info, 999 * DS_SECOND);
    assert_int_equal(VIEWER_SIGNING_IN, m.model.stage);
}

static void to_ready(void)
{
    to_signing_in();
    message(DS_MESSAGE_SIGNED_IN);
    assert_int_equal(VIEWER_READY, m.model.stage);
}

static void to_waiting(void)
{
    to_ready();
    assert_int_equal(DS_OK, viewer_machine_new_session(&m));
    message(DS_MESSAGE_SESSION);
    assert_int_equal(VIEWER_WAITING, m.model.stage);
}

static void to_number(void)
{
    to_waiting();
    message(DS_MESSAGE_PAIRED);
    assert_int_equal(VIEWER_NUMBER, m.model.stage);
}

static void to_active(void)
{
    to_number();
    assert_int_equal(DS_OK, viewer_machine_number(&m, "123456"));
    viewer_machine_on_open(&m);
    assert_int_equal(VIEWER_ASKING, m.model.stage);
    right(DS_RIGHT_LOOK, DS_RIGHT_GRANTED);
    assert_int_equal(VIEWER_ACTIVE, m.model.stage);
    done[0] = '\0';
}

/* ---- tests ---- */

static void a_session_goes_from_sign_in_to_the_end(void **state)
{
    (void)state;
    to_waiting();
    assert_done("hang-up dial:relay.example:0 sign-in new-session ");
    assert_string_equal("Dana R.", m.model.rep);
    assert_string_equal("123456789", m.model.code);
    assert_int_equal(1900 * DS_SECOND, m.model.code_until);
    assert_string_equal("waiting", viewer_model_state(&m.model));
    message(DS_MESSAGE_PAIRED);
    assert_done("tunnel-open ");
    assert_string_equal("", m.model.code);
    assert_string_equal("verifying", viewer_model_state(&m.model));
    assert_int_equal(DS_OK, viewer_machine_number(&m, "481926"));
    assert_int_equal(VIEWER_VERIFYING, m.model.stage);
    viewer_machine_on_open(&m);
    assert_done("number:481926 control:1 ");
    assert_string_equal("asking", viewer_model_state(&m.model));
    right(DS_RIGHT_LOOK, DS_RIGHT_GRANTED);
    assert_string_equal("active", viewer_model_state(&m.model));
    assert_int_equal(DS_OK, viewer_machine_end(&m));
    assert_done("control:11 tunnel-close end closed tunnel-close ");
    assert_string_equal("ended", viewer_model_state(&m.model));
    assert_string_equal("rep", m.model.by);
    assert_int_equal(VIEWER_EXIT_OK, m.model.exit_code);
    assert_int_equal(DS_OK, viewer_machine_new_session(&m));
    assert_int_equal(VIEWER_OPENING, m.model.stage);
}

static void the_password_is_forgotten_when_it_has_been_sent(void **state)
{
    static const char zeros[DS_TEXT_PASSWORD];
    (void)state;
    to_signing_in();
    assert_memory_equal(zeros, m.password, sizeof(zeros));
}

static void a_code_is_drawn_at_once_when_asked_for_on_the_command_line(void **state)
{
    (void)state;
    m.new_session = true;
    to_signing_in();
    message(DS_MESSAGE_SIGNED_IN);
    assert_int_equal(VIEWER_OPENING, m.model.stage);
    assert_done("hang-up dial:relay.example:0 sign-in new-session ");
}

static void refusals_of_a_sign_in_lead_back_to_the_form(void **state)
{
    (void)state;
    static const struct {
        const char *code;
        enum viewer_trouble trouble;
        int exit_code;
    } cases[] = {
        {DS_REFUSAL_PASSWORD, VIEWER_TROUBLE_PASSWORD, VIEWER_EXIT_REFUSED},
        {DS_REFUSAL_NOT_ACTIVATED, VIEWER_TROUBLE_NOT_ACTIVATED, VIEWER_EXIT_REFUSED},
        {DS_REFUSAL_TOO_MANY, VIEWER_TROUBLE_TOO_MANY, VIEWER_EXIT_REFUSED},
        {DS_REFUSAL_BUSY, VIEWER_TROUBLE_BUSY, VIEWER_EXIT_RELAY},
        {"what-is-this", VIEWER_TROUBLE_PROTOCOL, VIEWER_EXIT_RELAY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_up(NULL);
        to_signing_in();
        refusal(cases[i].code, "in 5\x07 minutes");
        assert_int_equal(VIEWER_SIGNED_OUT, m.model.stage);
        assert_int_equal(cases[i].trouble, m.model.trouble);
        assert_int_equal(cases[i].exit_code, m.model.exit_code);
        assert_string_equal("in 5 minutes", m.model.detail); /* safe to show */
        assert_done("hang-up dial:relay.example:0 sign-in hang-up ");
        to_signing_in();
        assert_int_equal(VIEWER_TROUBLE_NONE, m.model.trouble);
    }
}

static void failures_of_the_link_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        enum ds_link_failure why;
        enum viewer_trouble trouble;
    } cases[] = {
        {DS_LINK_OFFLINE, VIEWER_TROUBLE_UNREACHABLE},
        {DS_LINK_NO_NAME, VIEWER_TROUBLE_UNREACHABLE},
        {DS_LINK_UNREACHABLE, VIEWER_TROUBLE_UNREACHABLE},
        {DS_LINK_UNTRUSTED, VIEWER_TROUBLE_UNTRUSTED},
        {DS_LINK_PROXY, VIEWER_TROUBLE_PROXY},
        {DS_LINK_VERSION, VIEWER_TROUBLE_VERSION},
        {DS_LINK_LOST, VIEWER_TROUBLE_LOST},
        {DS_LINK_PROTOCOL, VIEWER_TROUBLE_PROTOCOL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_up(NULL);
        viewer_machine_sign_in(&m, "relay.example", 8200, "dana@acme.example", "secret");
        viewer_machine_on_down(&m, cases[i].why, "detail");
        assert_int_equal(VIEWER_SIGNED_OUT, m.model.stage);
        assert_int_equal(cases[i].trouble, m.model.trouble);
        assert_int_equal(VIEWER_EXIT_RELAY, m.model.exit_code);
    }
}

static void a_ca_file_that_cannot_be_read_is_said_in_the_form(void **state)
{
    (void)state;
    dial_result = DS_EIO;
    viewer_machine_sign_in(&m, "relay.example", 0, "dana@acme.example", "secret");
    assert_int_equal(VIEWER_SIGNED_OUT, m.model.stage);
    assert_int_equal(VIEWER_TROUBLE_CA_FILE, m.model.trouble);
}

static void wrong_numbers_are_counted_down_and_the_third_ends(void **state)
{
    (void)state;
    to_number();
    assert_int_equal(3, m.model.tries_left);
    for (unsigned left = 2; left > 0; left--) {
        assert_int_equal(DS_OK, viewer_machine_number(&m, "000000"));
        viewer_machine_on_wrong_number(&m, left);
        assert_int_equal(VIEWER_NUMBER, m.model.stage);
        assert_int_equal(left, m.model.tries_left);
    }
    done[0] = '\0';
    viewer_machine_number(&m, "000001");
    viewer_machine_on_wrong_number(&m, 0);
    assert_done("number:000001 tunnel-close end wrong-number tunnel-close ");
    assert_int_equal(VIEWER_ENDED, m.model.stage);
    assert_string_equal(DS_REASON_WRONG_NUMBER, m.model.reason);
    assert_int_equal(VIEWER_EXIT_REFUSED, m.model.exit_code);
}

static void more_tries_left_than_there_are_is_not_believed(void **state)
{
    (void)state;
    to_number();
    viewer_machine_number(&m, "000000");
    viewer_machine_on_wrong_number(&m, 4000000000u);
    assert_int_equal(2, m.model.tries_left);
}

static void what_is_no_number_changes_nothing(void **state)
{
    (void)state;
    to_number();
    number_result = DS_EINVAL;
    assert_int_equal(DS_EINVAL, viewer_machine_number(&m, "12345"));
    assert_int_equal(VIEWER_NUMBER, m.model.stage);
}

static void a_number_that_comes_before_the_customer_is_kept(void **state)
{
    (void)state;
    to_waiting();
    done[0] = '\0';
    assert_int_equal(DS_EINVAL, viewer_machine_number(&m, "12x456"));
    assert_int_equal(DS_OK, viewer_machine_number(&m, "123456"));
    assert_int_equal(VIEWER_WAITING, m.model.stage);
    message(DS_MESSAGE_PAIRED);
    assert_done("tunnel-open number:123456 ");
    assert_int_equal(VIEWER_VERIFYING, m.model.stage);
    assert_int_equal(0, m.early_number[0]);
}

static void rights_are_asked_for_and_given_back(void **state)
{
    (void)state;
    to_active();
    assert_int_equal(DS_OK, viewer_machine_request(&m, DS_RIGHT_CONTROL));
    assert_done("control:2 ");
    right(DS_RIGHT_CONTROL, DS_RIGHT_ASKED);
    assert_int_equal(DS_OK, viewer_machine_request(&m, DS_RIGHT_CONTROL));
    assert_done(""); /* asked once is enough */
    right(DS_RIGHT_CONTROL, DS_RIGHT_GRANTED);
    assert_true(viewer_model_has(&m.model, DS_RIGHT_CONTROL));
    assert_int_equal(DS_OK, viewer_machine_release(&m, DS_RIGHT_CONTROL));
    assert_done("control:4 ");
    assert_false(viewer_model_has(&m.model, DS_RIGHT_CONTROL));
    right(DS_RIGHT_CONTROL, DS_RIGHT_REFUSED);
    assert_int_equal(DS_OK, viewer_machine_request(&m, DS_RIGHT_CONTROL));
    assert_done("control:2 "); /* a refusal can be asked again */
}

static void a_no_says_when_to_ask_again(void **state)
{
    (void)state;
    struct ds_control no = {.type = DS_CONTROL_RIGHT,
                            .right = DS_RIGHT_CONTROL,
                            .state = DS_RIGHT_REFUSED,
                            .wait_s = 30};
    to_active();
    viewer_machine_on_control(&m, &no, DS_SECOND);
    assert_int_equal(1, m.model.refusals[DS_RIGHT_CONTROL]);
    assert_int_equal(30, m.model.wait_s[DS_RIGHT_CONTROL]);
    no.wait_s = 12; /* asked too early: told again */
    viewer_machine_on_control(&m, &no, DS_SECOND);
    assert_int_equal(2, m.model.refusals[DS_RIGHT_CONTROL]);
    assert_int_equal(12, m.model.wait_s[DS_RIGHT_CONTROL]);

    struct ds_control paused = {.type = DS_CONTROL_PAUSED, .on = true};
    viewer_machine_on_control(&m, &paused, DS_SECOND);
    assert_int_equal(0, m.model.resume_refusals);
    assert_int_equal(DS_OK, viewer_machine_resume(&m));
    assert_true(m.model.resume_asked);
    paused.wait_s = 60;
    viewer_machine_on_control(&m, &paused, DS_SECOND);
    assert_false(m.model.resume_asked);
    assert_int_equal(1, m.model.resume_refusals);
    assert_int_equal(60, m.model.resume_wait_s);
}

static void nothing_can_be_asked_outside_an_active_session(void **state)
{
    (void)state;
    to_number();
    assert_int_equal(DS_EINVAL, viewer_machine_request(&m, DS_RIGHT_CONTROL));
    assert_int_equal(DS_EINVAL, viewer_machine_release(&m, DS_RIGHT_CONTROL));
    assert_int_equal(DS_EINVAL, viewer_machine_pause(&m));
    assert_int_equal(DS_EINVAL, viewer_machine_resume(&m));
    assert_int_equal(DS_EINVAL, viewer_machine_monitor(&m, 0xff));
    assert_int_equal(DS_EINVAL, viewer_machine_new_session(&m));
    assert_int_equal(DS_EINVAL, viewer_machine_sign_out(&m));
    assert_int_equal(DS_EINVAL,
                     viewer_machine_sign_in(&m, "other", 0, "dana@acme.example", "secret"));
    right(DS_RIGHT_LOOK, DS_RIGHT_GRANTED); /* before the seal is open it means nothing */
    assert_int_equal(VIEWER_NUMBER, m.model.stage);
}

static void pause_and_resume_are_the_agents_word(void **state)
{
    (void)state;
    to_active();
    assert_int_equal(DS_OK, viewer_machine_pause(&m));
    assert_done("control:12 ");
    assert_string_equal("active", viewer_model_state(&m.model));
    flag(DS_CONTROL_PAUSED, true);
    assert_string_equal("paused", viewer_model_state(&m.model));
    assert_int_equal(DS_OK, viewer_machine_resume(&m));
    assert_done("control:8 ");
    assert_true(m.model.resume_asked);
    assert_string_equal("paused", viewer_model_state(&m.model));
    flag(DS_CONTROL_PAUSED, false);
    assert_string_equal("active", viewer_model_state(&m.model));
    assert_false(m.model.resume_asked);
}

static void a_layout_sets_the_size_and_bounds_the_choice_of_monitors(void **state)
{
    (void)state;
    struct ds_control layout = {
        .type = DS_CONTROL_LAYOUT, .width = 3840, .height = 1080, .monitor = 0xff};
    to_active();
    assert_int_equal(DS_EINVAL, viewer_machine_monitor(&m, 0xff));
    layout.monitor_count = 2;
    strcpy(layout.monitors[1].name, "HDMI\n-1");
    viewer_machine_on_control(&m, &layout, 0);
    assert_done("size:3840x1080 ");
    assert_string_equal("HDMI-1", m.model.layout.monitors[1].name);
    assert_int_equal(DS_OK, viewer_machine_monitor(&m, 1));
    assert_int_equal(DS_OK, viewer_machine_monitor(&m, 0xff));
    assert_int_equal(DS_EINVAL, viewer_machine_monitor(&m, 2));
    assert_done("control:6 control:6 ");
}

static void every_way_to_end_has_its_exit_code(void **state)
{
    (void)state;
    static const struct {
        const char *reason;
        int code;
    } cases[] = {
        {DS_REASON_CLOSED, 0},     {DS_REASON_ADMIN, 0},    {DS_REASON_REFUSED, 3},
        {DS_REASON_EXPIRED, 3},    {DS_REASON_LOST, 4},     {DS_REASON_WRONG_NUMBER, 3},
        {DS_REASON_SHUTDOWN, 4},   {DS_REASON_PROTOCOL, 5}, {DS_REASON_DISABLED, 3},
        {"of a later version", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_up(NULL);
        to_active();
        ended(DS_BY_CUSTOMER, cases[i].reason);
        assert_done("tunnel-close ");
        assert_int_equal(VIEWER_ENDED, m.model.stage);
        assert_string_equal("customer", m.model.by);
        assert_int_equal(cases[i].code, m.model.exit_code);
        assert_int_equal(DS_RIGHT_NONE, m.model.rights[DS_RIGHT_LOOK]);
        ended(DS_BY_RELAY, DS_REASON_LOST); /* the first word counts */
        assert_string_equal("customer", m.model.by);
    }
}

static void the_customers_sealed_end_is_believed_and_passed_on(void **state)
{
    (void)state;
    struct ds_control end = {.type = DS_CONTROL_END, .reason = "refused"};
    to_active();
    viewer_machine_on_control(&m, &end, 0);
    assert_done("end refused tunnel-close ");
    assert_string_equal("refused", m.model.reason);
    assert_int_equal(3, m.model.exit_code);
}

static void a_cut_session_keeps_everything_but_its_line(void **state)
{
    (void)state;
    struct ds_link_info info = {.port = 443, .host = "relay.example", .org = "Acme"};
    to_active();
    right(DS_RIGHT_CONTROL, DS_RIGHT_GRANTED);
    done[0] = '\0';
    viewer_machine_on_unlinked(&m);
    viewer_machine_on_away(&m, VIEWER_AWAY_DIALLING, 900 * DS_SECOND);
    assert_string_equal("reconnecting", viewer_model_state(&m.model));
    assert_int_equal(VIEWER_ACTIVE, m.model.stage);
    assert_false(viewer_model_has(&m.model, DS_RIGHT_CONTROL)); /* nothing is typed meanwhile */
    assert_int_equal(0, m.model.connected_at);
    assert_string_equal("Dana R.", m.model.rep);
    assert_int_equal(DS_OK, viewer_machine_pause(&m)); /* the ledger keeps it */
    assert_done("control:12 ");
    viewer_machine_on_relinked(&m, &info, 7);
    assert_int_equal(443, m.model.port);
    assert_int_equal(7, m.model.connected_at);
    viewer_machine_on_readmitted(&m);
    assert_true(m.model.may_begin);
    viewer_machine_on_away(&m, VIEWER_AWAY_CUSTOMER, 800 * DS_SECOND);
    assert_int_equal(800 * DS_SECOND, m.model.away_until);
    viewer_machine_on_away(&m, VIEWER_HERE, 0);
    assert_string_equal("active", viewer_model_state(&m.model));
    assert_true(viewer_model_has(&m.model, DS_RIGHT_CONTROL));
    assert_true(m.model.resumed);
    assert_done("");
}

static void a_session_that_does_not_come_back_is_given_up(void **state)
{
    (void)state;
    to_active();
    viewer_machine_on_unlinked(&m);
    viewer_machine_on_away(&m, VIEWER_AWAY_DIALLING, 900 * DS_SECOND);
    viewer_machine_on_lost(&m);
    assert_done("tunnel-close hang-up ");
    assert_int_equal(VIEWER_ENDED, m.model.stage);
    assert_int_equal(VIEWER_EXIT_CUT_OFF, m.model.exit_code);
    assert_int_equal(VIEWER_HERE, m.model.away);
    viewer_machine_on_away(&m, VIEWER_AWAY_DIALLING, 1); /* too late */
    assert_string_equal("ended", viewer_model_state(&m.model));
}

static void a_code_does_not_run_out_while_its_line_is_cut(void **state)
{
    (void)state;
    to_waiting();
    viewer_machine_on_away(&m, VIEWER_AWAY_DIALLING, 99999 * DS_SECOND);
    viewer_machine_tick(&m, m.model.code_until + 100 * DS_SECOND);
    assert_int_equal(VIEWER_WAITING, m.model.stage);
    viewer_machine_on_away(&m, VIEWER_HERE, 0);
    viewer_machine_tick(&m, m.model.code_until + 100 * DS_SECOND);
    assert_int_equal(VIEWER_ENDED, m.model.stage);
}

static void a_cut_ends_the_session_and_asks_for_a_new_sign_in(void **state)
{
    (void)state;
    to_active();
    viewer_machine_on_down(&m, DS_LINK_LOST, "silence");
    assert_done("hang-up tunnel-close ");
    assert_int_equal(VIEWER_ENDED, m.model.stage);
    assert_int_equal(VIEWER_EXIT_CUT_OFF, m.model.exit_code);
    assert_int_equal(DS_OK, viewer_machine_new_session(&m)); /* after signing in */
    assert_int_equal(VIEWER_SIGNED_OUT, m.model.stage);
    assert_true(m.new_session);
}

static void a_broken_seal_ends_the_session_for_safety(void **state)
{
    (void)state;
    to_active();
    viewer_machine_on_broken(&m);
    assert_done("control:11 tunnel-close end protocol-error tunnel-close ");
    assert_int_equal(VIEWER_EXIT_INTERNAL, m.model.exit_code);
    viewer_machine_on_broken(&m);
    assert_done("");
}

static void a_code_that_nobody_ends_is_given_up(void **state)
{
    (void)state;
    to_waiting();
    done[0] = '\0';
    viewer_machine_tick(&m, 1905 * DS_SECOND);
    assert_int_equal(VIEWER_WAITING, m.model.stage);
    viewer_machine_tick(&m, 1911 * DS_SECOND);
    assert_done("tunnel-close end code-expired tunnel-close ");
    assert_int_equal(VIEWER_ENDED, m.model.stage);
}

static void messages_out_of_place_change_nothing(void **state)
{
    (void)state;
    message(DS_MESSAGE_SIGNED_IN);
    message(DS_MESSAGE_SESSION);
    message(DS_MESSAGE_PAIRED);
    ended(DS_BY_CUSTOMER, DS_REASON_CLOSED);
    refusal(DS_REFUSAL_PASSWORD, "");
    viewer_machine_on_open(&m);
    viewer_machine_on_wrong_number(&m, 1);
    viewer_machine_on_broken(&m);
    assert_int_equal(VIEWER_SIGNED_OUT, m.model.stage);
    assert_done("");
    to_ready();
    message(DS_MESSAGE_SESSION);
    message(DS_MESSAGE_PAIRED);
    message(DS_MESSAGE_WELCOME);
    message(DS_MESSAGE_UNKNOWN);
    assert_int_equal(VIEWER_READY, m.model.stage);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

static void a_ticket_is_asked_for_and_answered_once(void **state)
{
    (void)state;
    struct ds_message in = {.type = DS_MESSAGE_TICKET};
    strcpy(in.ticket, "00112233445566778899aabbccddeeff");
    assert_int_equal(DS_EINVAL, viewer_machine_want_ticket(&m)); /* not signed in */
    to_active();
    assert_int_equal(DS_OK, viewer_machine_want_ticket(&m));
    assert_int_equal(DS_OK, viewer_machine_want_ticket(&m));
    assert_done("want-ticket ");
    viewer_machine_on_message(&m, &in, 0);
    assert_done("00112233445566778899aabbccddeeff ");
    viewer_machine_on_message(&m, &in, 0); /* of nobody */
    assert_done("");
    assert_int_equal(DS_OK, viewer_machine_want_ticket(&m));
    refusal(DS_REFUSAL_BUSY, "The relay is busy.");
    assert_done("want-ticket no-ticket: The relay is busy. ");
    assert_int_equal(VIEWER_ACTIVE, m.model.stage); /* costs the session nothing */
    assert_int_equal(VIEWER_TROUBLE_NONE, m.model.trouble);
    assert_int_equal(DS_OK, viewer_machine_want_ticket(&m));
    done[0] = '\0';
    viewer_machine_on_unlinked(&m);
    assert_done("no-ticket:  ");
    assert_int_equal(DS_EINVAL, viewer_machine_want_ticket(&m));
}

static void a_ticket_signs_in_in_place_of_the_password(void **state)
{
    (void)state;
    struct ds_link_info info = {.port = 443, .host = "relay.example", .org = "Acme"};
    static const char ticket_text[] = "00112233445566778899aabbccddeeff";
    m.new_session = true;
    assert_int_equal(
        DS_OK, viewer_machine_use_ticket(&m, "relay.example", 0, "dana@acme.example", ticket_text));
    viewer_machine_on_up(&m, &info, 999 * DS_SECOND);
    assert_done("hang-up dial:relay.example:0 use-ticket ");
    assert_string_equal("", m.ticket); /* forgotten */
    message(DS_MESSAGE_SIGNED_IN);
    assert_done("new-session ");
}

static void a_ticket_that_is_refused_leads_to_the_form(void **state)
{
    (void)state;
    struct ds_link_info info = {.port = 443, .host = "relay.example", .org = "Acme"};
    viewer_machine_use_ticket(&m, "relay.example", 0, "dana@acme.example",
                              "00112233445566778899aabbccddeeff");
    viewer_machine_on_up(&m, &info, 999 * DS_SECOND);
    refusal(DS_REFUSAL_TICKET, "Sign in with your password.");
    assert_int_equal(VIEWER_SIGNED_OUT, m.model.stage);
    assert_int_equal(VIEWER_TROUBLE_TICKET, m.model.trouble);
    assert_int_equal(VIEWER_EXIT_REFUSED, m.model.exit_code);
    done[0] = '\0';
    to_ready(); /* and by password */
}

static void the_customers_name_is_cleaned_and_stays_until_the_next_session(void **state)
{
    (void)state;
    struct ds_control hello = {.type = DS_CONTROL_HELLO, .version = DS_PROTOCOL_VERSION};
    strcpy(hello.who, "Marie\n\x1b[2J (pc-17)");
    to_active();
    viewer_machine_on_control(&m, &hello, 0);
    assert_string_equal("Marie[2J (pc-17)", m.model.customer);
    ended(DS_BY_CUSTOMER, DS_REASON_CLOSED);
    assert_string_equal("Marie[2J (pc-17)", m.model.customer);
    assert_int_equal(DS_OK, viewer_machine_new_session(&m));
    assert_string_equal("", m.model.customer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_goes_from_sign_in_to_the_end),
        TEST(the_password_is_forgotten_when_it_has_been_sent),
        TEST(a_code_is_drawn_at_once_when_asked_for_on_the_command_line),
        TEST(refusals_of_a_sign_in_lead_back_to_the_form),
        TEST(failures_of_the_link_are_told_apart),
        TEST(a_ca_file_that_cannot_be_read_is_said_in_the_form),
        TEST(wrong_numbers_are_counted_down_and_the_third_ends),
        TEST(more_tries_left_than_there_are_is_not_believed),
        TEST(what_is_no_number_changes_nothing),
        TEST(a_number_that_comes_before_the_customer_is_kept),
        TEST(rights_are_asked_for_and_given_back),
        TEST(a_no_says_when_to_ask_again),
        TEST(nothing_can_be_asked_outside_an_active_session),
        TEST(pause_and_resume_are_the_agents_word),
        TEST(a_layout_sets_the_size_and_bounds_the_choice_of_monitors),
        TEST(every_way_to_end_has_its_exit_code),
        TEST(the_customers_sealed_end_is_believed_and_passed_on),
        TEST(a_cut_session_keeps_everything_but_its_line),
        TEST(a_session_that_does_not_come_back_is_given_up),
        TEST(a_code_does_not_run_out_while_its_line_is_cut),
        TEST(a_cut_ends_the_session_and_asks_for_a_new_sign_in),
        TEST(a_broken_seal_ends_the_session_for_safety),
        TEST(a_code_that_nobody_ends_is_given_up),
        TEST(messages_out_of_place_change_nothing),
        TEST(a_ticket_is_asked_for_and_answered_once),
        TEST(a_ticket_signs_in_in_place_of_the_password),
        TEST(a_ticket_that_is_refused_leads_to_the_form),
        TEST(the_customers_name_is_cleaned_and_stays_until_the_next_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
