/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard's messages, byte by byte, and its rules between two ends. */
#include "common/service/clipboard.h"
#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

static const uint8_t text_bytes[] = {
    1,                         /* TEXT */
    0,   0,   0,    7,         /* serial */
    'c', 'l', 0xc3, 0xa9, '\n' /* "clé" and a new line, to the end */
};
static const uint8_t taken_bytes[] = {2, 0, 0, 1, 0, 1}; /* TAKEN, serial 256, yes */

static void messages_are_these_bytes(void **state)
{
    (void)state;
    const struct ds_clipboard_message text = {
        .type = DS_CLIPBOARD_TEXT, .serial = 7, .text = "cl\xc3\xa9\n", .len = 5};
    const struct ds_clipboard_message taken = {
        .type = DS_CLIPBOARD_TAKEN, .serial = 256, .taken = true};
    struct ds_clipboard_message m;
    struct ds_buf buf;
    ds_buf_init(&buf, 1000);
    assert_int_equal(ds_clipboard_message_encode(&buf, &text), DS_OK);
    assert_int_equal(buf.len, sizeof(text_bytes));
    assert_memory_equal(ds_buf_peek(&buf), text_bytes, sizeof(text_bytes));
    ds_buf_clear(&buf);
    assert_int_equal(ds_clipboard_message_encode(&buf, &taken), DS_OK);
    assert_int_equal(buf.len, sizeof(taken_bytes));
    assert_memory_equal(ds_buf_peek(&buf), taken_bytes, sizeof(taken_bytes));
    ds_buf_destroy(&buf);
    assert_int_equal(ds_clipboard_message_decode(text_bytes, sizeof(text_bytes), &m), DS_OK);
    assert_true(m.type == DS_CLIPBOARD_TEXT && m.serial == 7 && m.len == 5);
    assert_memory_equal(m.text, "cl\xc3\xa9\n", 5);
    assert_int_equal(ds_clipboard_message_decode(taken_bytes, sizeof(taken_bytes), &m), DS_OK);
    assert_true(m.type == DS_CLIPBOARD_TAKEN && m.serial == 256 && m.taken);
}

static int decode_exact(const uint8_t *bytes, size_t len)
{
    struct ds_clipboard_message m;
    uint8_t *exact = malloc(len ? len : 1); /* so that a byte too many is seen */
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    int error = ds_clipboard_message_decode(exact, len, &m);
    free(exact);
    return error;
}

static void cut_messages_are_refused(void **state)
{
    (void)state;
    for (size_t cut = 0; cut < sizeof(taken_bytes); cut++)
        assert_int_equal(decode_exact(taken_bytes, cut), DS_EPROTO);
    for (size_t cut = 0; cut <= 5; cut++)
        assert_int_equal(decode_exact(text_bytes, cut), DS_EPROTO);
    assert_int_equal(decode_exact(text_bytes, 7), DS_OK);     /* "cl" */
    assert_int_equal(decode_exact(text_bytes, 8), DS_EPROTO); /* half a character */
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    static const uint8_t nul[] = {1, 0, 0, 0, 1, 'a', 0, 'b'};
    static const uint8_t bad[] = {1, 0, 0, 0, 1, 0xff};
    static const uint8_t no_bool[] = {2, 0, 0, 0, 1, 2};
    static const uint8_t newer[] = {99, 1, 2, 3};
    assert_int_equal(decode_exact(nul, sizeof(nul)), DS_EPROTO);
    assert_int_equal(decode_exact(bad, sizeof(bad)), DS_EPROTO);
    assert_int_equal(decode_exact(no_bool, sizeof(no_bool)), DS_EPROTO);
    assert_int_equal(decode_exact(newer, sizeof(newer)), DS_OK);
}

static void a_text_has_a_bound(void **state)
{
    (void)state;
    size_t n = 5 + DS_CLIPBOARD_MAX;
    uint8_t *bytes = malloc(n + 1);
    assert_non_null(bytes);
    memcpy(bytes, text_bytes, 5);
    memset(bytes + 5, 'x', n - 4);
    assert_int_equal(decode_exact(bytes, n), DS_OK);
    assert_int_equal(decode_exact(bytes, n + 1), DS_EPROTO);
    free(bytes);
}

/* ---- rules: two ends and what is between them ---- */

struct side {
    struct ds_clipboard rules;
    char board[64]; /* the display's clipboard */
    unsigned put, delivered, refused;
};

struct pair {
    struct side a, b;
    struct ds_buf out;
};

static int set_up(void **state)
{
    struct pair *p = calloc(1, sizeof(*p));
    ds_clipboard_init(&p->a.rules);
    ds_clipboard_init(&p->b.rules);
    ds_clipboard_allow(&p->a.rules, true);
    ds_clipboard_allow(&p->b.rules, true);
    ds_buf_init(&p->out, DS_CLIPBOARD_MAX + 16);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *p = *state;
    ds_clipboard_destroy(&p->a.rules);
    ds_clipboard_destroy(&p->b.rules);
    ds_buf_destroy(&p->out);
    free(p);
    return 0;
}

static int copy(struct side *s, const char *text)
{
    snprintf(s->board, sizeof(s->board), "%s", text);
    return ds_clipboard_copied(&s->rules, text, strlen(text));
}

/* One message from one side to the other; false: there was none. */
static bool carry(struct pair *p, struct side *from, struct side *to)
{
    struct ds_clipboard_news news;
    ds_buf_clear(&p->out);
    if (!ds_clipboard_drain(&from->rules, &p->out))
        return false;
    assert_int_equal(ds_clipboard_feed(&to->rules, ds_buf_peek(&p->out), p->out.len, &news), DS_OK);
    if (news.type == DS_CLIPBOARD_NEWS_PUT) {
        snprintf(to->board, sizeof(to->board), "%.*s", (int)news.len, news.text);
        to->put++;
        /* a clipboard manager takes every new text up and owns it from then on */
        assert_int_equal(ds_clipboard_copied(&to->rules, to->board, news.len), DS_OK);
    }
    to->delivered += news.type == DS_CLIPBOARD_NEWS_DELIVERED;
    to->refused += news.type == DS_CLIPBOARD_NEWS_REFUSED;
    return true;
}

static unsigned settle(struct pair *p)
{
    unsigned messages = 0;
    bool more = true;
    while (more && messages < 100) {
        more = false;
        while (carry(p, &p->a, &p->b))
            more = ++messages < 100;
        while (carry(p, &p->b, &p->a))
            more = ++messages < 100;
    }
    return messages;
}

static void a_text_arrives_once_and_is_answered(void **state)
{
    struct pair *p = *state;
    assert_int_equal(copy(&p->a, "one"), DS_OK);
    assert_int_equal(settle(p), 2); /* TEXT and TAKEN, and no echo */
    assert_string_equal(p->b.board, "one");
    assert_true(p->b.put == 1 && p->a.delivered == 1 && p->a.put == 0);
    assert_int_equal(copy(&p->b, "two"), DS_OK);
    assert_int_equal(settle(p), 2);
    assert_string_equal(p->a.board, "two");
}

static void the_text_before_may_come_again(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "one");
    settle(p);
    copy(&p->b, "two");
    settle(p);
    copy(&p->a, "one"); /* not an echo: the other side has another text since */
    settle(p);
    assert_string_equal(p->b.board, "one");
}

static void the_newest_wins_while_the_line_is_away(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "first");
    ds_buf_clear(&p->out);
    assert_true(ds_clipboard_drain(&p->a.rules, &p->out)); /* into a ledger that waits */
    for (int i = 0; i < 5000; i++) {
        char text[32];
        snprintf(text, sizeof(text), "text %d", i);
        assert_int_equal(copy(&p->a, text), DS_OK);
        struct ds_buf none;
        ds_buf_init(&none, 1000);
        assert_false(ds_clipboard_drain(&p->a.rules, &none));
        ds_buf_destroy(&none);
    }
    struct ds_clipboard_news news;
    assert_int_equal(ds_clipboard_feed(&p->b.rules, ds_buf_peek(&p->out), p->out.len, &news),
                     DS_OK);
    assert_int_equal(settle(p), 3); /* its answer, the newest, and the answer to that */
    assert_string_equal(p->b.board, "text 4999");
}

static void nothing_goes_without_the_right(void **state)
{
    struct pair *p = *state;
    ds_clipboard_allow(&p->a.rules, false);
    assert_int_equal(copy(&p->a, "private"), DS_EREFUSED);
    ds_clipboard_allow(&p->a.rules, true);
    assert_int_equal(settle(p), 0); /* the right does not reach back */
    copy(&p->a, "waits");
    ds_clipboard_allow(&p->a.rules, false);
    ds_clipboard_allow(&p->a.rules, true);
    assert_int_equal(settle(p), 0);
}

static void nothing_comes_without_the_right(void **state)
{
    struct pair *p = *state;
    snprintf(p->a.board, sizeof(p->a.board), "mine");
    ds_clipboard_allow(&p->a.rules, false);
    copy(&p->b, "unwanted");
    assert_int_equal(settle(p), 2);
    assert_string_equal(p->a.board, "mine");
    assert_true(p->a.put == 0 && p->a.refused == 1 && p->b.delivered == 0 && p->b.refused == 1);
    ds_clipboard_allow(&p->a.rules, true);
    copy(&p->b, "wanted");
    settle(p);
    assert_string_equal(p->a.board, "wanted");
}

static void too_long_goes_not_even_in_part(void **state)
{
    struct pair *p = *state;
    char *text = malloc(DS_CLIPBOARD_MAX + 1);
    assert_non_null(text);
    memset(text, 'x', DS_CLIPBOARD_MAX + 1);
    copy(&p->a, "before");
    assert_int_equal(ds_clipboard_copied(&p->a.rules, text, DS_CLIPBOARD_MAX + 1), DS_ELIMIT);
    assert_int_equal(settle(p), 0); /* nor what it replaced */
    assert_int_equal(ds_clipboard_copied(&p->a.rules, text, DS_CLIPBOARD_MAX), DS_OK);
    assert_true(ds_clipboard_drain(&p->a.rules, &p->out));
    assert_int_equal(p->out.len, DS_CLIPBOARD_MAX + 5);
    free(text);
}

static void texts_that_cross_do_not_chase_each_other(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "from a");
    copy(&p->b, "from b");
    assert_true(settle(p) <= 4);
}

/* What was under way when one end became another process. */
static void another_process_goes_on_with_the_serials(void **state)
{
    struct pair *p = *state;
    struct ds_clipboard_place place;
    copy(&p->a, "one");
    settle(p);
    copy(&p->b, "two");
    settle(p);
    copy(&p->b, "three"); /* came, and its answer has not gone */
    assert_true(carry(p, &p->b, &p->a));
    copy(&p->a, "four");
    place = ds_clipboard_leave(&p->a.rules);
    ds_clipboard_destroy(&p->a.rules);
    ds_clipboard_init(&p->a.rules);
    ds_clipboard_return(&p->a.rules, &place);
    ds_clipboard_allow(&p->a.rules, true);
    assert_int_equal(settle(p), 1); /* the answer; "four" stayed behind */
    assert_int_equal(p->b.delivered, 2);
    copy(&p->a, "five");
    assert_int_equal(settle(p), 2);
    assert_string_equal(p->b.board, "five");
    copy(&p->b, "six");
    assert_int_equal(settle(p), 2);
    assert_string_equal(p->a.board, "six");
}

static void out_of_turn_is_a_mistake(void **state)
{
    struct pair *p = *state;
    struct ds_clipboard_news news;
    static const uint8_t second[] = {1, 0, 0, 0, 2, 'x'};
    static const uint8_t first[] = {1, 0, 0, 0, 1, 'x'};
    static const uint8_t answer[] = {2, 0, 0, 0, 0, 1};
    assert_int_equal(ds_clipboard_feed(&p->a.rules, second, sizeof(second), &news), DS_EPROTO);
    assert_int_equal(ds_clipboard_feed(&p->a.rules, answer, sizeof(answer), &news), DS_EPROTO);
    assert_int_equal(ds_clipboard_feed(&p->a.rules, first, sizeof(first), &news), DS_OK);
    assert_int_equal(ds_clipboard_feed(&p->a.rules, first, sizeof(first), &news), DS_EPROTO);
    /* and the next one before the answer to this has gone */
    assert_int_equal(ds_clipboard_feed(&p->a.rules, second, sizeof(second), &news), DS_EPROTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_these_bytes),
        cmocka_unit_test(cut_messages_are_refused),
        cmocka_unit_test(what_is_no_text_is_refused),
        cmocka_unit_test(a_text_has_a_bound),
        cmocka_unit_test_setup_teardown(a_text_arrives_once_and_is_answered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_text_before_may_come_again, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_newest_wins_while_the_line_is_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_goes_without_the_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_comes_without_the_right, set_up, tear_down),
        cmocka_unit_test_setup_teardown(too_long_goes_not_even_in_part, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_that_cross_do_not_chase_each_other, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_process_goes_on_with_the_serials, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(out_of_turn_is_a_mistake, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
