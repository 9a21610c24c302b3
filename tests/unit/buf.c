/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/buf.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void an_empty_buffer_has_no_content_and_no_memory(void **state)
{
    (void)state;
    struct ds_buf buf;
    ds_buf_init(&buf, 10);
    assert_null(buf.data);
    assert_int_equal(buf.len, 0);
    assert_non_null(ds_buf_peek(&buf));
    ds_buf_consume(&buf, 0);
    ds_buf_destroy(&buf);
    struct ds_buf zeroed = {0};
    ds_buf_destroy(&zeroed);
    ds_buf_wipe(&zeroed);
}

static void what_is_appended_is_consumed_in_order(void **state)
{
    (void)state;
    struct ds_buf buf;
    ds_buf_init(&buf, 1000);
    uint8_t next_in = 0, next_out = 0;
    for (unsigned round = 0; round < 2000; round++) {
        uint8_t bytes[37];
        unsigned n = round % 38;
        for (unsigned i = 0; i < n; i++)
            bytes[i] = next_in++;
        if (ds_buf_append(&buf, bytes, n) != DS_OK)
            next_in = (uint8_t)(next_in - n);
        unsigned take = (round * 7) % 41;
        take = take > buf.len ? (unsigned)buf.len : take;
        for (unsigned i = 0; i < take; i++)
            assert_int_equal(ds_buf_peek(&buf)[i], next_out++);
        ds_buf_consume(&buf, take);
        assert_true(buf.len <= 1000);
        assert_true(buf.off + buf.len <= buf.cap);
    }
    ds_buf_destroy(&buf);
}

static void the_bound_holds_at_every_size(void **state)
{
    (void)state;
    static const uint8_t bytes[600];
    for (size_t max = 1; max <= 600; max++) {
        struct ds_buf buf;
        ds_buf_init(&buf, max);
        assert_int_equal(ds_buf_append(&buf, bytes, max), DS_OK);
        assert_int_equal(ds_buf_append(&buf, bytes, 1), DS_ELIMIT);
        assert_int_equal(buf.len, max);
        ds_buf_consume(&buf, 1);
        assert_int_equal(ds_buf_append(&buf, bytes, 1), DS_OK);
        assert_int_equal(ds_buf_append(&buf, bytes, SIZE_MAX), DS_ELIMIT);
        ds_buf_destroy(&buf);
    }
}

static void content_survives_growing_and_moving(void **state)
{
    (void)state;
    struct ds_buf buf;
    uint8_t bytes[200];
    memset(bytes, 1, sizeof(bytes));
    ds_buf_init(&buf, 100000);
    assert_int_equal(ds_buf_append(&buf, bytes, 200), DS_OK);
    ds_buf_consume(&buf, 150);
    memset(bytes, 2, sizeof(bytes));
    assert_int_equal(ds_buf_append(&buf, bytes, 200), DS_OK); /* moves to the front */
    assert_int_equal(buf.off, 0);
    uint8_t *room;
    assert_int_equal(ds_buf_reserve(&buf, 50000, &room), DS_OK); /* grows */
    memset(room, 3, 50000);
    ds_buf_commit(&buf, 50000);
    assert_int_equal(buf.len, 50250);
    for (size_t i = 0; i < buf.len; i++)
        assert_int_equal(ds_buf_peek(&buf)[i], i < 50 ? 1 : i < 250 ? 2 : 3);
    ds_buf_clear(&buf);
    assert_int_equal(buf.len, 0);
    assert_true(buf.cap >= 50250);
    ds_buf_wipe(&buf);
    assert_null(buf.data);
    assert_int_equal(buf.max, 100000);
}

static void a_reservation_that_is_not_committed_is_nothing(void **state)
{
    (void)state;
    struct ds_buf buf;
    uint8_t *room;
    ds_buf_init(&buf, 100);
    assert_int_equal(ds_buf_reserve(&buf, 0, &room), DS_OK);
    assert_non_null(room);
    assert_int_equal(ds_buf_reserve(&buf, 100, &room), DS_OK);
    assert_int_equal(buf.len, 0);
    assert_int_equal(ds_buf_reserve(&buf, 101, &room), DS_ELIMIT);
    ds_buf_destroy(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_has_no_content_and_no_memory),
        cmocka_unit_test(what_is_appended_is_consumed_in_order),
        cmocka_unit_test(the_bound_holds_at_every_size),
        cmocka_unit_test(content_survives_growing_and_moving),
        cmocka_unit_test(a_reservation_that_is_not_committed_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
