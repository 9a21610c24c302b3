/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LIFE (900 * DS_SECOND)

static void a_code_is_used_once_and_only_before_its_end(void **state)
{
    (void)state;
    struct relay_sessions sessions;
    char code[DS_TEXT_CODE], late[DS_TEXT_CODE];
    ds_tick now = 5 * DS_SECOND;
    assert_int_equal(relay_sessions_init(&sessions), 0);
    struct relay_session *session = relay_sessions_open(&sessions, now, LIFE, code);
    assert_non_null(session);
    assert_int_equal(strspn(code, "0123456789"), 9);
    assert_int_equal(strlen(session->id), 32);
    assert_ptr_equal(relay_sessions_join(&sessions, code, now + LIFE - 1), session);
    assert_int_equal(session->state, RELAY_SESSION_MEETING);
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
    assert_int_equal(relay_sessions_init(&sessions), 0);
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
    assert_int_equal(relay_sessions_init(&sessions), 0);
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
    assert_int_equal(relay_sessions_init(&sessions), 0);
    for (int i = 0; i < 3; i++)
        s[i] = relay_sessions_open(&sessions, 0, LIFE, code[i]);
    relay_sessions_join(&sessions, code[1], 1);
    relay_sessions_set_paired(&sessions, s[1], 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_used_once_and_only_before_its_end),
        cmocka_unit_test(codes_of_many_sessions_differ_and_each_finds_its_own),
        cmocka_unit_test(digits_of_codes_are_uniform),
        cmocka_unit_test(no_code_is_kept_in_clear),
        cmocka_unit_test(closing_in_any_state_leaves_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
