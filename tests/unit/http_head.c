/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/http_head.h"

#include "common/base/error.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdlib.h>
#include <string.h>

static int decode(const char *text, struct ds_http_head *head)
{
    return ds_http_head_decode((const uint8_t *)text, strlen(text), head);
}

static const char answer[] = "HTTP/1.1 101 Switching Protocols\r\n"
                             "Upgrade: websocket\r\n"
                             "connection:\t Upgrade \r\n"
                             "X-Empty:\r\n"
                             "X-Twice: a\r\n"
                             "X-Twice: b\r\n"
                             "\r\n";

static void status_and_fields_are_read(void **state)
{
    (void)state;
    struct ds_http_head head;
    char value[32];
    assert_int_equal(decode(answer, &head), sizeof(answer) - 1);
    assert_int_equal(head.status, 101);
    assert_true(ds_http_head_get(&head, "upgrade", value, sizeof(value)));
    assert_string_equal(value, "websocket");
    assert_true(ds_http_head_get(&head, "Connection", value, sizeof(value)));
    assert_string_equal(value, "Upgrade");
    assert_true(ds_http_head_get(&head, "X-Empty", value, sizeof(value)));
    assert_string_equal(value, "");
    assert_int_equal(ds_http_head_count(&head, "X-Twice"), 2);
    assert_int_equal(ds_http_head_count(&head, "X-Twic"), 0);
    assert_false(ds_http_head_get(&head, "X-None", value, sizeof(value)));
    assert_false(ds_http_head_get(&head, "Upgrade", value, 9)); /* "websocket" needs ten */
    assert_true(ds_http_head_get(&head, "Upgrade", value, 10));
}

static void every_cut_asks_for_more(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof(answer) - 1; n++) {
        struct ds_http_head head;
        uint8_t *exact = malloc(n ? n : 1);
        memcpy(exact, answer, n);
        assert_int_equal(ds_http_head_decode(exact, n, &head), 0);
        free(exact);
    }
}

static void bytes_behind_the_head_are_left_alone(void **state)
{
    (void)state;
    struct ds_http_head head;
    assert_int_equal(decode("HTTP/1.0 200 OK\r\n\r\n\x16\x03", &head), 19);
    assert_int_equal(head.status, 200);
    assert_int_equal(decode("HTTP/1.1 200\n\nrest", &head), 14); /* single LF, no phrase */
}

static void what_is_no_http_is_refused_at_once(void **state)
{
    (void)state;
    struct ds_http_head head;
    const char *const bad[] = {"S",
                               "HTTP/2 200\r\n\r\n",
                               "HTTP/1.1 20\r\n\r\n",
                               "HTTP/1.1 2000\r\n\r\n",
                               "HTTP/1.1  200\r\n\r\n",
                               "HTTP/1.1 099 x\r\n\r\n",
                               "HTTP/1.x 200 x\r\n\r\n",
                               "\r\nHTTP/1.1 200 OK\r\n\r\n",
                               "SSH-2.0-OpenSSH\r\n"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(decode(bad[i], &head), DS_EPROTO);
}

static void a_head_has_a_bound(void **state)
{
    (void)state;
    struct ds_http_head head;
    static char text[DS_HTTP_HEAD_MAX + 1];
    memset(text, 'a', sizeof(text));
    memcpy(text, "HTTP/1.1 200 OK\r\nX: ", 20);
    assert_int_equal(ds_http_head_decode((uint8_t *)text, DS_HTTP_HEAD_MAX - 1, &head), 0);
    assert_int_equal(ds_http_head_decode((uint8_t *)text, DS_HTTP_HEAD_MAX, &head), DS_EPROTO);
    memcpy(text + DS_HTTP_HEAD_MAX - 4, "\r\n\r\n", 4);
    assert_int_equal(ds_http_head_decode((uint8_t *)text, DS_HTTP_HEAD_MAX, &head),
                     DS_HTTP_HEAD_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_fields_are_read),
        cmocka_unit_test(every_cut_asks_for_more),
        cmocka_unit_test(bytes_behind_the_head_are_left_alone),
        cmocka_unit_test(what_is_no_http_is_refused_at_once),
        cmocka_unit_test(a_head_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
