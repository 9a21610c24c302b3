/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/queue.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void push(struct ds_queue *queue, size_t len)
{
    struct ds_rcbuf *buf = ds_rcbuf_new(len);
    assert_non_null(buf);
    memset(buf->data, 7, len);
    assert_int_equal(ds_queue_push(queue, buf), DS_OK);
    ds_rcbuf_unref(buf);
}

/* The message whose turn it is goes out: the first bytes of it count it as begun. */
static void drain(struct ds_queue *queue, size_t n)
{
    if (queue->sent_of_turn == 0 && queue->is_ledger)
        queue->begun++;
    ds_queue_advance(queue, n);
}

static void a_plain_queue_forgets_what_is_drained(void **state)
{
    (void)state;
    struct ds_queue queue;
    ds_queue_init(&queue, false);
    push(&queue, 10);
    push(&queue, 5);
    assert_int_equal(ds_queue_load(&queue), 15);
    drain(&queue, 4);
    assert_int_equal(ds_queue_load(&queue), 11);
    assert_int_equal(queue.messages, 2);
    drain(&queue, 6);
    assert_int_equal(queue.messages, 1);
    assert_ptr_equal(queue.turn, queue.first);
    drain(&queue, 5);
    assert_null(queue.first);
    assert_null(queue.turn);
    assert_int_equal(ds_queue_load(&queue), 0);
    push(&queue, 3);
    assert_ptr_equal(queue.turn, queue.first);
    ds_queue_destroy(&queue);
    ds_queue_destroy(&queue);
}

static void a_plain_queue_is_empty_after_a_cut(void **state)
{
    (void)state;
    struct ds_queue queue;
    ds_queue_init(&queue, false);
    push(&queue, 10);
    push(&queue, 5);
    drain(&queue, 4);
    ds_queue_cut(&queue);
    assert_int_equal(queue.messages, 0);
    assert_int_equal(queue.sent_of_turn, 0);
    assert_int_equal(ds_queue_load(&queue), 0);
    assert_null(queue.turn);
    push(&queue, 2);
    drain(&queue, 2);
    assert_null(queue.first);
    ds_queue_destroy(&queue);
}

static void a_ledger_keeps_what_is_not_acknowledged(void **state)
{
    (void)state;
    struct ds_queue queue;
    ds_queue_init(&queue, true);
    for (size_t len = 1; len <= 4; len++)
        push(&queue, len);
    assert_int_equal(ds_queue_load(&queue), 10);
    drain(&queue, 1);
    drain(&queue, 2);
    drain(&queue, 1); /* of three */
    assert_int_equal(ds_queue_load(&queue), 10);
    assert_int_equal(queue.waiting_bytes, 6);
    assert_int_equal(queue.begun, 3);
    assert_int_equal(queue.sent, 2);
    assert_int_equal(ds_queue_whole(&queue), 2);
    ds_queue_release(&queue, 2);
    assert_int_equal(ds_queue_load(&queue), 7);
    assert_int_equal(queue.waiting_bytes, 6);
    assert_int_equal(queue.messages, 2);
    assert_int_equal(queue.acked, 2);
    assert_int_equal(queue.sent_of_turn, 1);
    drain(&queue, 2);
    assert_int_equal(ds_queue_whole(&queue), 3);
    ds_queue_destroy(&queue);
}

static void a_cut_ledger_begins_again_with_the_first_it_keeps(void **state)
{
    (void)state;
    struct ds_queue queue;
    ds_queue_init(&queue, true);
    for (size_t len = 1; len <= 4; len++)
        push(&queue, len);
    drain(&queue, 1);
    drain(&queue, 2);
    drain(&queue, 3);
    drain(&queue, 2); /* of four */
    ds_queue_release(&queue, 1);
    ds_queue_cut(&queue);
    assert_int_equal(queue.waiting_bytes, 9);
    assert_int_equal(queue.begun, 1);
    assert_int_equal(queue.sent, 3);
    assert_ptr_equal(queue.turn, queue.first);
    assert_int_equal(queue.turn->buf->len, 2);
    /* The peer had the third: the fourth is next, from its beginning. */
    ds_queue_release(&queue, 3);
    assert_int_equal(queue.waiting_bytes, 4);
    assert_int_equal(queue.begun, 3);
    assert_int_equal(queue.turn->buf->len, 4);
    drain(&queue, 4);
    assert_int_equal(queue.sent, 4);
    assert_null(queue.turn);
    assert_int_equal(ds_queue_load(&queue), 4);
    ds_queue_release(&queue, 4);
    assert_null(queue.first);
    push(&queue, 9);
    assert_ptr_equal(queue.turn, queue.first);
    drain(&queue, 9);
    assert_int_equal(queue.sent, 5);
    ds_queue_destroy(&queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_queue_forgets_what_is_drained),
        cmocka_unit_test(a_plain_queue_is_empty_after_a_cut),
        cmocka_unit_test(a_ledger_keeps_what_is_not_acknowledged),
        cmocka_unit_test(a_cut_ledger_begins_again_with_the_first_it_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
