/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/lifeline.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <string.h>

#define SESSION "000102030405060708090a0b0c0d0e0f"
#define FIRST "11111111111111111111111111111111"
#define SECOND_TOKEN "22222222222222222222222222222222"
#define THIRD "33333333333333333333333333333333"
#define START (1000 * DS_SECOND)
#define MINUTE (60 * DS_SECOND)

static bool mine;

static unsigned say(struct ds_lifeline *l, struct ds_message m, ds_tick now)
{
    return ds_lifeline_on_message(l, &m, now, &mine);
}

static void token(struct ds_lifeline *l, const char *text, ds_tick now)
{
    struct ds_message m = {.type = DS_MESSAGE_TOKEN};
    strcpy(m.token, text);
    assert_int_equal(say(l, m, now), 0);
    assert_true(mine);
}

static unsigned resumed(struct ds_lifeline *l, unsigned present, unsigned left_s, ds_tick now)
{
    return say(
        l, (struct ds_message){.type = DS_MESSAGE_RESUMED, .present = present, .left_s = left_s},
        now);
}

static unsigned peer_away(struct ds_lifeline *l, unsigned left_s, ds_tick now)
{
    return say(l, (struct ds_message){.type = DS_MESSAGE_PEER_AWAY, .left_s = left_s}, now);
}

static unsigned rejoined(struct ds_lifeline *l, unsigned round, ds_tick now)
{
    return say(l, (struct ds_message){.type = DS_MESSAGE_REJOINED, .round = round}, now);
}

static unsigned refused(struct ds_lifeline *l, const char *error, ds_tick now)
{
    struct ds_message m = {.type = DS_MESSAGE_ERROR};
    strcpy(m.error, error);
    return say(l, m, now);
}

static const char *said_token(const struct ds_lifeline *l)
{
    static struct ds_message m;
    ds_lifeline_resume(l, &m);
    assert_int_equal(m.type, DS_MESSAGE_RESUME);
    assert_string_equal(m.session, SESSION);
    return m.token;
}

/* A session whose content flows. */
static void begin(struct ds_lifeline *l)
{
    ds_lifeline_init(l, 7, DS_CUTOFF_MS);
    ds_lifeline_begin(l, SESSION, true, START);
    token(l, FIRST, START);
    assert_int_equal(ds_lifeline_on_open(l), 0);
    assert_int_equal(l->state, DS_LIFELINE_UP);
    assert_int_equal(ds_lifeline_deadline(l), 0);
}

/* To the next deadline; fails when there is none. */
static unsigned next(struct ds_lifeline *l, ds_tick *now)
{
    ds_tick at = ds_lifeline_deadline(l);
    assert_true(at != 0);
    if (at > *now)
        *now = at;
    return ds_lifeline_tick(l, *now);
}

/* Own line falls at now, and is dialled. */
static void fall(struct ds_lifeline *l, ds_tick *now)
{
    unsigned what = ds_lifeline_on_down(l, DS_LIFELINE_RELAY, *now, *now);
    assert_int_equal(what, DS_LIFELINE_CUT | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL);
    what = next(l, now);
    assert_int_equal(what, DS_LIFELINE_DIAL | DS_LIFELINE_TELL);
}

static void a_cut_is_dialled_resumed_and_over(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START + 30 * DS_SECOND, cut = now;
    begin(&l);
    fall(&l, &now);
    assert_in_range(now - cut, 0, DS_BACKOFF_FIRST);
    assert_true(ds_lifeline_is_lost(&l));
    assert_int_equal(ds_lifeline_left_s(&l, cut), 600);
    assert_int_equal(ds_lifeline_on_up(&l, now), DS_LIFELINE_RESUME | DS_LIFELINE_TELL);
    assert_string_equal(said_token(&l), FIRST);
    assert_int_equal(resumed(&l, 1, 600, now), DS_LIFELINE_TELL);
    token(&l, SECOND_TOKEN, now);
    assert_int_equal(rejoined(&l, 2, now), DS_LIFELINE_REJOIN | DS_LIFELINE_TELL);
    assert_int_equal(l.round, 2);
    assert_int_equal(l.state, DS_LIFELINE_RESUMING);
    assert_int_equal(ds_lifeline_on_open(&l), DS_LIFELINE_TELL);
    assert_int_equal(l.state, DS_LIFELINE_UP);
    assert_false(ds_lifeline_is_lost(&l));
    assert_int_equal(ds_lifeline_left_s(&l, now), 0);
    assert_int_equal(ds_lifeline_deadline(&l), 0);
    assert_int_equal(l.side, DS_LIFELINE_RELAY);
    assert_string_equal(said_token(&l), SECOND_TOKEN);
}

static void the_peer_away_and_back_costs_no_dial(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START + MINUTE;
    begin(&l);
    assert_int_equal(peer_away(&l, 590, now), DS_LIFELINE_CUT | DS_LIFELINE_TELL);
    assert_int_equal(l.state, DS_LIFELINE_AWAY);
    assert_int_equal(ds_lifeline_left_s(&l, now), 590); /* the relay has waited ten seconds */
    assert_int_equal(ds_lifeline_deadline(&l), now + 590 * DS_SECOND);
    now += MINUTE;
    assert_int_equal(rejoined(&l, 1, now), DS_LIFELINE_REJOIN | DS_LIFELINE_TELL);
    assert_int_equal(ds_lifeline_on_open(&l), DS_LIFELINE_TELL);
    assert_int_equal(l.side, DS_LIFELINE_PEER);
}

static void a_peer_that_was_back_before_it_was_missed_is_a_cut_all_the_same(void **state)
{
    (void)state;
    struct ds_lifeline l;
    begin(&l);
    assert_int_equal(rejoined(&l, 1, START + 5),
                     DS_LIFELINE_CUT | DS_LIFELINE_REJOIN | DS_LIFELINE_TELL);
    assert_int_equal(l.side, DS_LIFELINE_PEER);
}

/* Every try fails until `back` after the cut; then everything answers at once. True: it resumed. */
static bool comes_back(ds_tick silent, ds_tick back)
{
    struct ds_lifeline l;
    ds_tick cut = START + 5 * MINUTE, now = cut + silent;
    begin(&l);
    ds_lifeline_on_down(&l, DS_LIFELINE_SELF, cut, now);
    for (;;) {
        unsigned what = next(&l, &now);
        if (what & DS_LIFELINE_OVER) {
            assert_int_equal(now, cut + 10 * MINUTE);
            assert_int_equal(l.state, DS_LIFELINE_NONE);
            assert_int_equal(l.token[0], 0);
            return false;
        }
        assert_true(what & DS_LIFELINE_DIAL);
        if (now < cut + back) {
            assert_true(ds_lifeline_on_down(&l, DS_LIFELINE_SELF, 0, now) & DS_LIFELINE_HANG_UP);
            continue;
        }
        assert_true(ds_lifeline_on_up(&l, now) & DS_LIFELINE_RESUME);
        resumed(&l, 1, 600, now);
        rejoined(&l, 2, now);
        ds_lifeline_on_open(&l);
        return l.state == DS_LIFELINE_UP;
    }
}

static void nine_fifty_resumes_and_ten_ten_does_not(void **state)
{
    (void)state;
    assert_true(comes_back(0, 590 * DS_SECOND));
    assert_false(comes_back(0, 610 * DS_SECOND));
    assert_true(comes_back(15 * DS_SECOND, 590 * DS_SECOND));
    assert_true(comes_back(0, 599 * DS_SECOND));
    assert_false(comes_back(15 * DS_SECOND, 610 * DS_SECOND));
}

static void a_machine_that_slept_too_long_is_over_when_it_wakes(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START + MINUTE, heard = now;
    begin(&l);
    now += 9 * MINUTE; /* noticed only now, nine minutes after the last sign of life */
    assert_true(ds_lifeline_on_down(&l, DS_LIFELINE_SELF, heard, now) & DS_LIFELINE_CUT);
    assert_int_equal(ds_lifeline_left_s(&l, now), 60);
    assert_true(next(&l, &now) & DS_LIFELINE_DIAL);
    begin(&l);
    now = heard + 11 * MINUTE;
    assert_true(ds_lifeline_on_down(&l, DS_LIFELINE_SELF, heard, now) & DS_LIFELINE_CUT);
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_OVER);
}

static void sleeping_while_it_dials_counts(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    now = START + 11 * MINUTE;
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_OVER);
}

static void the_relays_count_holds_when_it_is_less_and_only_then(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 0, 100, now);
    assert_int_equal(l.state, DS_LIFELINE_AWAY);
    assert_int_equal(ds_lifeline_left_s(&l, now), 100);
    peer_away(&l, 600, now); /* its count began anew; ours did not */
    assert_int_equal(ds_lifeline_left_s(&l, now), 100);
    now += 100 * DS_SECOND;
    unsigned what = ds_lifeline_tick(&l, now);
    assert_int_equal(what,
                     DS_LIFELINE_OVER | DS_LIFELINE_CUT | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL);
}

static void a_refused_token_is_followed_by_the_one_before_once(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    token(&l, SECOND_TOKEN, now);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    assert_string_equal(said_token(&l), SECOND_TOKEN);
    assert_true(refused(&l, DS_REFUSAL_SESSION, now) & DS_LIFELINE_HANG_UP);
    assert_true(mine);
    assert_true(next(&l, &now) & DS_LIFELINE_DIAL);
    ds_lifeline_on_up(&l, now);
    assert_string_equal(said_token(&l), FIRST);
    assert_true(refused(&l, DS_REFUSAL_SESSION, now) & DS_LIFELINE_OVER);
    assert_int_equal(l.state, DS_LIFELINE_NONE);
}

static void the_token_before_is_as_good_and_the_next_cut_says_the_newest(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    token(&l, SECOND_TOKEN, now);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    refused(&l, DS_REFUSAL_SESSION, now);
    next(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 600, now);
    token(&l, THIRD, now);
    rejoined(&l, 2, now);
    ds_lifeline_on_open(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    assert_string_equal(said_token(&l), THIRD);
}

static void a_first_token_that_is_refused_is_the_end(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    assert_true(refused(&l, DS_REFUSAL_SESSION, now) & DS_LIFELINE_OVER);
}

static void without_a_token_there_is_no_way_back(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_lifeline_init(&l, 7, DS_CUTOFF_MS);
    ds_lifeline_begin(&l, SESSION, true, START);
    assert_true(ds_lifeline_on_down(&l, DS_LIFELINE_SELF, START, START) & DS_LIFELINE_OVER);
    assert_int_equal(l.state, DS_LIFELINE_NONE);
}

static void a_busy_relay_is_asked_again_later(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    assert_true(refused(&l, DS_REFUSAL_BUSY, now) & DS_LIFELINE_HANG_UP);
    assert_int_equal(l.state, DS_LIFELINE_DOWN);
    assert_true(next(&l, &now) & DS_LIFELINE_DIAL);
    ds_lifeline_on_up(&l, now);
    assert_string_equal(said_token(&l), FIRST);
    refused(&l, DS_REFUSAL_TOO_MANY, now);
    assert_int_equal(l.backoff.bound, DS_BACKOFF_MOST);
}

static void an_error_that_answers_something_else_is_not_ours(void **state)
{
    (void)state;
    struct ds_lifeline l;
    begin(&l);
    assert_int_equal(refused(&l, DS_REFUSAL_SESSION, START), 0);
    assert_false(mine);
    assert_int_equal(l.state, DS_LIFELINE_UP);
}

static void patience_ends_for_an_answer_and_for_a_resume(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    ds_tick asked = now;
    assert_true(next(&l, &now) & DS_LIFELINE_HANG_UP);
    assert_int_equal(now, asked + DS_LIFELINE_ANSWER);
    assert_int_equal(l.state, DS_LIFELINE_DOWN);
    next(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 500, now);
    ds_tick present = now; /* and REJOINED never comes */
    assert_true(next(&l, &now) & DS_LIFELINE_HANG_UP);
    assert_int_equal(now, present + DS_LIFELINE_ANSWER);
    next(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 500, now);
    now += 9 * DS_SECOND;
    rejoined(&l, 3, now);
    ds_tick joined = now; /* and the inner handshake never ends */
    unsigned what = next(&l, &now);
    assert_int_equal(now, joined + DS_LIFELINE_ANSWER);
    assert_int_equal(what, DS_LIFELINE_CUT | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL);
    assert_int_equal(l.state, DS_LIFELINE_DOWN);
}

static void a_handshake_that_fails_hangs_up_and_dials(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 500, now);
    rejoined(&l, 3, now);
    assert_true(ds_lifeline_on_cut(&l, now) & DS_LIFELINE_HANG_UP);
    assert_true(next(&l, &now) & DS_LIFELINE_DIAL);
}

static void a_resume_under_way_at_zero_may_finish(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    now = l.until - DS_SECOND;
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 1, now);
    rejoined(&l, 3, now);
    now += 2 * DS_SECOND;
    assert_int_equal(ds_lifeline_tick(&l, now), 0);
    ds_lifeline_on_open(&l);
    assert_int_equal(l.state, DS_LIFELINE_UP);
}

static void a_resume_that_fails_after_zero_is_over(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    now = l.until - DS_SECOND;
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 1, now);
    rejoined(&l, 3, now);
    assert_false(next(&l, &now) & DS_LIFELINE_OVER);
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_OVER);
}

static void the_peer_lost_again_in_a_resume_is_waited_for(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 600, now);
    rejoined(&l, 1, now);
    assert_int_equal(peer_away(&l, 600, now), DS_LIFELINE_CUT | DS_LIFELINE_TELL);
    assert_int_equal(l.state, DS_LIFELINE_AWAY);
    assert_true(rejoined(&l, 2, now) & DS_LIFELINE_REJOIN);
}

static void waiting_with_a_code_comes_back_without_anybody(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    ds_lifeline_init(&l, 7, DS_CUTOFF_MS);
    ds_lifeline_begin(&l, SESSION, false, now);
    token(&l, FIRST, now);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    assert_int_equal(resumed(&l, 0, 600, now), DS_LIFELINE_TELL);
    assert_int_equal(l.state, DS_LIFELINE_UP);
    assert_int_equal(ds_lifeline_left_s(&l, now), 0);
    assert_int_equal(peer_away(&l, 600, now), 0); /* of nobody */
}

static void who_came_meanwhile_is_found(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    ds_lifeline_init(&l, 7, DS_CUTOFF_MS);
    ds_lifeline_begin(&l, SESSION, false, now);
    token(&l, FIRST, now);
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    resumed(&l, 1, 600, now);
    assert_true(rejoined(&l, 1, now) & DS_LIFELINE_REJOIN);
    assert_true(l.has_peer);
    /* The number is still to be typed: no patience ends. */
    assert_int_equal(l.state, DS_LIFELINE_UP);
    assert_int_equal(ds_lifeline_deadline(&l), 0);
    ds_lifeline_on_open(&l);
    assert_true(l.was_open);
}

static void paired_adds_the_peer_to_the_session(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    ds_lifeline_init(&l, 7, DS_CUTOFF_MS);
    ds_lifeline_begin(&l, SESSION, false, now);
    token(&l, FIRST, now);
    ds_lifeline_begin(&l, SESSION, true, now + DS_SECOND);
    assert_true(l.has_peer);
    assert_string_equal(l.token, FIRST);
    ds_lifeline_begin(&l, THIRD, false, now + DS_SECOND); /* another one */
    assert_false(l.has_peer);
    assert_string_equal(l.token, "");
}

static void moving_dials_within_the_relays_time(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START, latest = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        now = START;
        begin(&l);
        l.random = seed * 977;
        say(&l, (struct ds_message){.type = DS_MESSAGE_MOVING, .delay_ms = 5000}, now);
        unsigned what = next(&l, &now);
        assert_int_equal(what, DS_LIFELINE_CUT | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL);
        assert_in_range(now - START, 0, 5 * DS_SECOND);
        latest = now > latest ? now : latest;
        assert_true(next(&l, &now) & DS_LIFELINE_DIAL);
        assert_int_equal(l.side, DS_LIFELINE_RELAY);
    }
    assert_true(latest > START + 4 * DS_SECOND); /* they are spread */
}

static void a_relay_that_is_gone_sooner_is_not_dialled_sooner(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    say(&l, (struct ds_message){.type = DS_MESSAGE_MOVING, .delay_ms = 3600000}, now);
    ds_tick due = l.move_at;
    ds_lifeline_on_down(&l, DS_LIFELINE_RELAY, now, now);
    assert_int_equal(l.due, due);
}

static void another_network_dials_at_once_but_not_all_the_time(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    assert_int_equal(ds_lifeline_on_network(&l, now), 0);
    fall(&l, &now);
    for (int i = 0; i < 20; i++) { /* deep into the back-off */
        ds_lifeline_on_down(&l, DS_LIFELINE_SELF, 0, now);
        next(&l, &now);
    }
    ds_lifeline_on_down(&l, DS_LIFELINE_SELF, 0, now);
    now += DS_LIFELINE_NETWORK;
    ds_lifeline_on_network(&l, now);
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_DIAL);
    now += DS_SECOND;
    assert_int_equal(ds_lifeline_on_network(&l, now), 0); /* the dial has its chance */
    now += DS_SECOND;
    assert_int_equal(ds_lifeline_on_network(&l, now), DS_LIFELINE_HANG_UP);
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_DIAL);
    ds_lifeline_on_down(&l, DS_LIFELINE_SELF, 0, now);
    ds_tick due = l.due;
    assert_int_equal(ds_lifeline_on_network(&l, now + 1), 0);
    assert_int_equal(l.due, due);
}

static void waits_grow_to_eight_seconds_and_are_short_again_after_a_good_line(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START, longest = 0;
    unsigned dials = 0;
    begin(&l);
    fall(&l, &now);
    while (now < START + 5 * MINUTE) {
        ds_tick failed = now;
        ds_lifeline_on_down(&l, DS_LIFELINE_SELF, 0, now);
        next(&l, &now);
        longest = now - failed > longest ? now - failed : longest;
        dials++;
    }
    assert_in_range(longest, 6 * DS_SECOND, DS_BACKOFF_MOST);
    assert_in_range(dials, 40, 150); /* about every four seconds */
    for (int stands = 0; stands < 2; stands++) {
        ds_lifeline_on_up(&l, now);
        resumed(&l, 1, 600, now);
        rejoined(&l, 2, now);
        ds_lifeline_on_open(&l);
        now += stands == 0 ? DS_BACKOFF_STABLE - 1 : DS_BACKOFF_STABLE;
        assert_int_equal(l.backoff.bound, DS_BACKOFF_MOST);
        fall(&l, &now);
    }
    assert_int_equal(l.backoff.bound, 2 * DS_BACKOFF_FIRST);
}

static void leaving_without_a_line_tells_the_relay_when_it_can(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_on_down(&l, DS_LIFELINE_SELF, 0, now);
    assert_int_equal(ds_lifeline_leave(&l, now), 0);
    assert_false(ds_lifeline_is_lost(&l));
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_DIAL); /* at once */
    assert_true(ds_lifeline_on_up(&l, now) & DS_LIFELINE_RESUME);
    assert_string_equal(said_token(&l), FIRST);
    assert_int_equal(resumed(&l, 1, 600, now),
                     DS_LIFELINE_END | DS_LIFELINE_HANG_UP | DS_LIFELINE_TELL);
    assert_int_equal(l.state, DS_LIFELINE_NONE);
    assert_int_equal(l.token[0], 0);
}

static void leaving_without_a_line_gives_up_in_silence(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    fall(&l, &now);
    ds_lifeline_leave(&l, now);
    now = l.until;
    assert_false(ds_lifeline_tick(&l, now) & DS_LIFELINE_OVER);
    assert_int_equal(l.state, DS_LIFELINE_NONE);
    begin(&l);
    now = START;
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    ds_lifeline_leave(&l, now);
    assert_false(refused(&l, DS_REFUSAL_SESSION, now) & DS_LIFELINE_OVER);
    assert_int_equal(l.state, DS_LIFELINE_NONE);
    begin(&l);
    now = START;
    fall(&l, &now);
    ds_lifeline_on_up(&l, now);
    ds_lifeline_leave(&l, now);
    unsigned what = say(&l, (struct ds_message){.type = DS_MESSAGE_ENDED}, now);
    assert_true(mine);
    assert_true(what & DS_LIFELINE_HANG_UP);
}

static void leaving_with_a_line_is_the_callers_word(void **state)
{
    (void)state;
    struct ds_lifeline l;
    begin(&l);
    peer_away(&l, 600, START);
    assert_int_equal(ds_lifeline_leave(&l, START), 0);
    assert_int_equal(l.state, DS_LIFELINE_NONE);
    assert_int_equal(ds_lifeline_deadline(&l), 0);
}

static void after_the_end_nothing_does_anything(void **state)
{
    (void)state;
    struct ds_lifeline l;
    begin(&l);
    ds_lifeline_end(&l);
    ds_tick now = START + 2 * MINUTE;
    assert_int_equal(ds_lifeline_on_up(&l, now), 0);
    assert_int_equal(ds_lifeline_on_down(&l, DS_LIFELINE_SELF, now, now), 0);
    assert_int_equal(ds_lifeline_on_open(&l), 0);
    assert_int_equal(ds_lifeline_on_cut(&l, now), 0);
    assert_int_equal(ds_lifeline_on_network(&l, now), 0);
    assert_int_equal(ds_lifeline_tick(&l, now), 0);
    assert_int_equal(peer_away(&l, 1, now), 0);
    assert_false(mine);
}

static void messages_out_of_place_change_nothing(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    begin(&l);
    assert_int_equal(resumed(&l, 1, 5, now), 0);
    assert_int_equal(l.state, DS_LIFELINE_UP);
    assert_int_equal(ds_lifeline_on_up(&l, now), 0);
    say(&l, (struct ds_message){.type = DS_MESSAGE_CHAT}, now);
    assert_false(mine);
    ds_lifeline_on_down(&l, DS_LIFELINE_SELF, now, now);
    ds_tick due = l.due;
    assert_int_equal(rejoined(&l, 9, now), 0);
    assert_int_equal(peer_away(&l, 9, now), 0);
    assert_int_equal(ds_lifeline_on_open(&l), 0);
    assert_int_equal(ds_lifeline_on_cut(&l, now), 0);
    assert_int_equal(ds_lifeline_on_up(&l, now), 0); /* nobody dialled */
    assert_int_equal(ds_lifeline_on_down(&l, DS_LIFELINE_SELF, now, now), 0);
    assert_int_equal(l.state, DS_LIFELINE_DOWN);
    assert_int_equal(l.due, due);
}

static void an_adopted_session_is_dialled_at_once(void **state)
{
    (void)state;
    struct ds_lifeline l;
    ds_tick now = START;
    ds_lifeline_init(&l, 7, DS_CUTOFF_MS);
    ds_lifeline_adopt(&l, SESSION, SECOND_TOKEN, FIRST, now + MINUTE, now);
    assert_int_equal(ds_lifeline_left_s(&l, now), 60);
    assert_true(ds_lifeline_tick(&l, now) & DS_LIFELINE_DIAL);
    ds_lifeline_on_up(&l, now);
    assert_string_equal(said_token(&l), SECOND_TOKEN);
    resumed(&l, 1, 600, now);
    rejoined(&l, 5, now);
    assert_int_equal(l.state, DS_LIFELINE_RESUMING);
    assert_int_equal(ds_lifeline_left_s(&l, now), 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_is_dialled_resumed_and_over),
        cmocka_unit_test(the_peer_away_and_back_costs_no_dial),
        cmocka_unit_test(a_peer_that_was_back_before_it_was_missed_is_a_cut_all_the_same),
        cmocka_unit_test(nine_fifty_resumes_and_ten_ten_does_not),
        cmocka_unit_test(a_machine_that_slept_too_long_is_over_when_it_wakes),
        cmocka_unit_test(sleeping_while_it_dials_counts),
        cmocka_unit_test(the_relays_count_holds_when_it_is_less_and_only_then),
        cmocka_unit_test(a_refused_token_is_followed_by_the_one_before_once),
        cmocka_unit_test(the_token_before_is_as_good_and_the_next_cut_says_the_newest),
        cmocka_unit_test(a_first_token_that_is_refused_is_the_end),
        cmocka_unit_test(without_a_token_there_is_no_way_back),
        cmocka_unit_test(a_busy_relay_is_asked_again_later),
        cmocka_unit_test(an_error_that_answers_something_else_is_not_ours),
        cmocka_unit_test(patience_ends_for_an_answer_and_for_a_resume),
        cmocka_unit_test(a_handshake_that_fails_hangs_up_and_dials),
        cmocka_unit_test(a_resume_under_way_at_zero_may_finish),
        cmocka_unit_test(a_resume_that_fails_after_zero_is_over),
        cmocka_unit_test(the_peer_lost_again_in_a_resume_is_waited_for),
        cmocka_unit_test(waiting_with_a_code_comes_back_without_anybody),
        cmocka_unit_test(who_came_meanwhile_is_found),
        cmocka_unit_test(paired_adds_the_peer_to_the_session),
        cmocka_unit_test(moving_dials_within_the_relays_time),
        cmocka_unit_test(a_relay_that_is_gone_sooner_is_not_dialled_sooner),
        cmocka_unit_test(another_network_dials_at_once_but_not_all_the_time),
        cmocka_unit_test(waits_grow_to_eight_seconds_and_are_short_again_after_a_good_line),
        cmocka_unit_test(leaving_without_a_line_tells_the_relay_when_it_can),
        cmocka_unit_test(leaving_without_a_line_gives_up_in_silence),
        cmocka_unit_test(leaving_with_a_line_is_the_callers_word),
        cmocka_unit_test(after_the_end_nothing_does_anything),
        cmocka_unit_test(messages_out_of_place_change_nothing),
        cmocka_unit_test(an_adopted_session_is_dialled_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
