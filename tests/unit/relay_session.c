/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LIFE (900 * DS_SECOND)
#define TEN_MINUTES (600 * DS_SECOND)

static const uint8_t key[32] = {1, 2, 3};

static void a_code_is_used_once_and_only_before_its_end(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[DS_TEXT_CODE], late[DS_TEXT_CODE];
    ds_tick now = 5 * DS_SECOND;
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    struct relay_session *session = relay_sessions_open(&sessions, now, LIFE, code);
    assert_non_null(session);
    assert_int_equal(strspn(code, "0123456789"), 9);
    assert_int_equal(strlen(session->id), 32);
    assert_ptr_equal(relay_sessions_join(&sessions, code, now + LIFE - 1), session);
    assert_int_equal(session->state, RELAY_SESSION_PAIRED);
    assert_null(relay_sessions_join(&sessions, code, now));
    assert_non_null(relay_sessions_open(&sessions, now, LIFE, late));
    assert_null(relay_sessions_join(&sessions, late, now + LIFE));
    relay_sessions_destroy(&sessions);
}

static void codes_of_many_sessions_differ_and_each_finds_its_own(void **state)
{
    (void)state;
    static char codes[20000][DS_TEXT_CODE];
    static struct relay_session *opened[20000];
    struct relay_sessions sessions;
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    for (int i = 0; i < 20000; i++)
        opened[i] = relay_sessions_open(&sessions, 0, LIFE, codes[i]);
    for (int i = 0; i < 20000; i++)
        assert_ptr_equal(relay_sessions_join(&sessions, codes[i], 1), opened[i]);
    assert_int_equal(sessions.count, 20000);
    relay_sessions_destroy(&sessions);
}

/* Chi-squared over ten digits in nine places: 9 * 9 = 81 degrees of freedom; 130 is p < 0.0005. */
static void digits_of_codes_are_uniform(void **state)
{
    (void)state;
    unsigned seen[9][10] = {{0}};
    const unsigned draws = 100000;
    char code[DS_TEXT_CODE];
    for (unsigned i = 0; i < draws; i++) {
        assert_int_equal(relay_code_draw(code), 0);
        for (int k = 0; k < 9; k++)
            seen[k][code[k] - '0']++;
    }
    double chi = 0;
    for (int k = 0; k < 9; k++) {
        for (int d = 0; d < 10; d++) {
            double off = seen[k][d] - draws / 10.0;
            chi += off * off / (draws / 10.0);
        }
    }
    assert_true(chi < 150);
}

static void no_code_is_kept_in_clear(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[DS_TEXT_CODE];
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    struct relay_session *session = relay_sessions_open(&sessions, 0, LIFE, code);
    const char *bytes = (const char *)session;
    for (size_t i = 0; i + 9 <= sizeof(*session); i++)
        assert_memory_not_equal(bytes + i, code, 9);
    relay_sessions_destroy(&sessions);
}

static void closing_in_any_state_leaves_the_others(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[3][DS_TEXT_CODE];
    struct relay_session *s[3];
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    for (int i = 0; i < 3; i++)
        s[i] = relay_sessions_open(&sessions, 0, LIFE, code[i]);
    relay_sessions_join(&sessions, code[1], 1);
    assert_int_equal(sessions.paired, 1);
    relay_sessions_close(&sessions, s[1]);
    assert_int_equal(sessions.paired, 0);
    relay_sessions_close(&sessions, s[0]);
    assert_null(relay_sessions_join(&sessions, code[0], 1));
    assert_ptr_equal(relay_sessions_find(&sessions, s[2]->id), s[2]);
    assert_ptr_equal(relay_sessions_join(&sessions, code[2], 1), s[2]);
    assert_int_equal(sessions.count, 1);
    relay_sessions_destroy(&sessions);
}

static void codes_are_good_after_a_restart_with_the_same_key_only(void **state)
{
    (void)state;
    static const uint8_t another[32] = {9};
    struct relay_code_key before, after, other;
    uint8_t hash[3][RELAY_CODE_HASH];
    assert_int_equal(relay_code_key_init(&before, key), 0);
    assert_int_equal(relay_code_key_init(&after, key), 0);
    assert_int_equal(relay_code_key_init(&other, another), 0);
    assert_memory_not_equal(before.bytes, key, 32); /* not the audit key itself */
    relay_code_hash(&before, "123456789", hash[0]);
    relay_code_hash(&after, "123456789", hash[1]);
    relay_code_hash(&other, "123456789", hash[2]);
    assert_memory_equal(hash[0], hash[1], RELAY_CODE_HASH);
    assert_memory_not_equal(hash[0], hash[2], RELAY_CODE_HASH);
}

static void a_session_ends_ten_minutes_after_the_first_end_went(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[DS_TEXT_CODE];
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    struct relay_session *s = relay_sessions_open(&sessions, 1, LIFE, code);
    struct relay_session_end *viewer = &s->end[RELAY_VIEWER], *agent = &s->end[RELAY_AGENT];
    viewer->leg = 7;
    /* Nobody is missed who has never been there. */
    assert_int_equal(relay_session_until(s), 0);
    assert_int_equal(relay_session_left_s(s, TEN_MINUTES, 5), 600);
    viewer->leg = 0;
    viewer->until = 1000 * DS_SECOND;
    assert_int_equal(relay_session_until(s), 1000 * DS_SECOND);
    relay_sessions_join(&sessions, code, 2);
    agent->leg = 8;
    assert_int_equal(relay_session_until(s), 1000 * DS_SECOND);
    agent->leg = 0;
    agent->until = 900 * DS_SECOND;
    assert_int_equal(relay_session_until(s), 900 * DS_SECOND);
    viewer->until = 800 * DS_SECOND;
    assert_int_equal(relay_session_until(s), 800 * DS_SECOND);
    assert_int_equal(relay_session_left_s(s, TEN_MINUTES, 790 * DS_SECOND + 1), 10);
    assert_int_equal(relay_session_left_s(s, TEN_MINUTES, 800 * DS_SECOND), 0);
    assert_int_equal(relay_session_left_s(s, TEN_MINUTES, 900 * DS_SECOND), 0);
    assert_int_equal(relay_session_left_s(s, TEN_MINUTES, 1), 600); /* never more */
    viewer->leg = agent->leg = 1;
    assert_int_equal(relay_session_until(s), 0);
    relay_sessions_destroy(&sessions);
}

static void an_ended_session_is_remembered_for_its_time(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[3][DS_TEXT_CODE];
    struct relay_session *s[3];
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    for (int i = 0; i < 3; i++)
        s[i] = relay_sessions_open(&sessions, 0, LIFE, code[i]);
    relay_sessions_join(&sessions, code[1], 1);
    for (int i = 0; i < 3; i++) {
        relay_sessions_end(&sessions, s[i], "rep", "closed", (ds_tick)(10 * (i + 1)));
        assert_null(relay_sessions_join(&sessions, code[i], 1));
        assert_ptr_equal(relay_sessions_find(&sessions, s[i]->id), s[i]);
        assert_string_equal(s[i]->reason, "closed");
    }
    assert_int_equal(sessions.count, 0);
    assert_int_equal(sessions.paired, 0);
    assert_int_equal(sessions.ended_count, 3);
    assert_null(relay_sessions_outdated(&sessions, 9));
    relay_sessions_close(&sessions, s[1]);
    assert_ptr_equal(relay_sessions_outdated(&sessions, 10), s[0]);
    relay_sessions_close(&sessions, s[0]);
    relay_sessions_close(&sessions, s[2]); /* the last of the list, and then it is empty */
    assert_null(relay_sessions_outdated(&sessions, 1000));
    s[0] = relay_sessions_open(&sessions, 0, LIFE, code[0]);
    relay_sessions_end(&sessions, s[0], "rep", "closed", 5);
    assert_ptr_equal(relay_sessions_outdated(&sessions, 5), s[0]);
    relay_sessions_destroy(&sessions);
}

/* However many are opened and ended within the time for which they are remembered. */
static void ended_sessions_are_bounded(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[DS_TEXT_CODE];
    assert_int_equal(relay_sessions_init(&sessions, key), 0);
    struct relay_session *first = NULL;
    for (int i = 0; i <= RELAY_ENDED_MAX; i++) {
        struct relay_session *s = relay_sessions_open(&sessions, 0, LIFE, code);
        assert_null(relay_sessions_outdated(&sessions, 1));
        relay_sessions_end(&sessions, s, "rep", "closed", 100);
        if (!first)
            first = s;
    }
    assert_ptr_equal(relay_sessions_outdated(&sessions, 1), first);
    relay_sessions_destroy(&sessions);
}

static void what_the_store_gives_back_is_found_again(void **state)
{
    (void)state;
    struct relay_sessions before, after;
    char code[DS_TEXT_CODE];
    assert_int_equal(relay_sessions_init(&before, key), 0);
    assert_int_equal(relay_sessions_init(&after, key), 0);
    struct relay_session *s = relay_sessions_open(&before, 0, LIFE, code);
    struct relay_session *copy = calloc(1, sizeof(*copy)), *again = calloc(1, sizeof(*copy));
    *copy = *s;
    *again = *s;
    assert_true(relay_sessions_restore(&after, copy));
    assert_false(relay_sessions_restore(&after, again)); /* the id is taken */
    again->id[0] = again->id[0] == '0' ? '1' : '0';
    assert_false(relay_sessions_restore(&after, again)); /* the code is */
    again->state = RELAY_SESSION_ENDED;
    again->forget_at = 5;
    assert_true(relay_sessions_restore(&after, again));
    assert_ptr_equal(relay_sessions_find(&after, copy->id), copy);
    assert_ptr_equal(relay_sessions_find(&after, again->id), again);
    assert_ptr_equal(relay_sessions_join(&after, code, 1), copy);
    assert_int_equal(after.count, 1);
    assert_int_equal(after.ended_count, 1);
    relay_sessions_destroy(&before);
    relay_sessions_destroy(&after);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_used_once_and_only_before_its_end),
        cmocka_unit_test(codes_of_many_sessions_differ_and_each_finds_its_own),
        cmocka_unit_test(digits_of_codes_are_uniform),
        cmocka_unit_test(no_code_is_kept_in_clear),
        cmocka_unit_test(closing_in_any_state_leaves_the_others),
        cmocka_unit_test(codes_are_good_after_a_restart_with_the_same_key_only),
        cmocka_unit_test(a_session_ends_ten_minutes_after_the_first_end_went),
        cmocka_unit_test(an_ended_session_is_remembered_for_its_time),
        cmocka_unit_test(ended_sessions_are_bounded),
        cmocka_unit_test(what_the_store_gives_back_is_found_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
