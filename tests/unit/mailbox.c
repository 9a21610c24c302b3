/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/mailbox.h"

#include "common/base/error.h"

#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>

#include <cmocka.h>

struct note {
    struct ds_letter letter;
    unsigned sender, number;
};

static atomic_uint destroyed, woken;

static void destroy_note(struct ds_letter *letter)
{
    atomic_fetch_add(&destroyed, 1);
    free(letter);
}

static void wake(void *ctx)
{
    atomic_fetch_add(&woken, 1);
    if (ctx)
        sem_post(ctx);
}

static struct note *make_note(unsigned sender, unsigned number)
{
    struct note *note = calloc(1, sizeof(*note));
    if (note) {
        note->letter.destroy = destroy_note;
        note->sender = sender;
        note->number = number;
    }
    return note;
}

static void letters_come_out_in_order_and_wake_once(void **state)
{
    (void)state;
    struct ds_mailbox box;
    atomic_store(&woken, 0);
    assert_int_equal(ds_mailbox_init(&box, 10, wake, NULL), DS_OK);
    assert_null(ds_mailbox_take_all(&box));
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(ds_mailbox_push(&box, &make_note(0, i)->letter), DS_OK);
    assert_int_equal(atomic_load(&woken), 1);
    struct ds_letter *letter = ds_mailbox_take_all(&box);
    for (unsigned i = 0; i < 5; i++) {
        assert_non_null(letter);
        assert_int_equal(((struct note *)letter)->number, i);
        struct ds_letter *next = letter->next;
        letter->destroy(letter);
        letter = next;
    }
    assert_null(letter);
    assert_int_equal(ds_mailbox_push(&box, &make_note(0, 9)->letter), DS_OK);
    assert_int_equal(atomic_load(&woken), 2);
    ds_mailbox_destroy(&box);
}

static void a_full_box_leaves_the_letter_with_its_sender(void **state)
{
    (void)state;
    struct ds_mailbox box;
    atomic_store(&destroyed, 0);
    assert_int_equal(ds_mailbox_init(&box, 2, NULL, NULL), DS_OK);
    assert_int_equal(ds_mailbox_push(&box, &make_note(0, 0)->letter), DS_OK);
    assert_int_equal(ds_mailbox_push(&box, &make_note(0, 1)->letter), DS_OK);
    struct note *third = make_note(0, 2);
    assert_int_equal(ds_mailbox_push(&box, &third->letter), DS_ELIMIT);
    free(third);
    /* What is left inside is destroyed with the box. */
    ds_mailbox_destroy(&box);
    assert_int_equal(atomic_load(&destroyed), 2);
    ds_mailbox_destroy(&box);
}

enum { SENDERS = 4, NOTES = 2000 };

struct sender {
    struct ds_mailbox *box;
    unsigned id;
};

static void *send_notes(void *ctx)
{
    const struct sender *sender = ctx;
    for (unsigned i = 0; i < NOTES; i++) {
        struct note *note = make_note(sender->id, i);
        if (!note || ds_mailbox_push(sender->box, &note->letter) != DS_OK)
            abort();
    }
    return NULL;
}

static void no_letter_of_many_threads_is_lost_or_out_of_order(void **state)
{
    (void)state;
    struct ds_mailbox box;
    sem_t bell;
    pthread_t threads[SENDERS];
    struct sender senders[SENDERS];
    unsigned next[SENDERS] = {0}, got = 0;
    assert_int_equal(sem_init(&bell, 0, 0), 0);
    assert_int_equal(ds_mailbox_init(&box, SENDERS * NOTES, wake, &bell), DS_OK);
    for (unsigned i = 0; i < SENDERS; i++) {
        senders[i] = (struct sender){.box = &box, .id = i};
        assert_int_equal(pthread_create(&threads[i], NULL, send_notes, &senders[i]), 0);
    }
    while (got < SENDERS * NOTES) {
        sem_wait(&bell);
        struct ds_letter *letter = ds_mailbox_take_all(&box);
        while (letter) {
            struct note *note = (struct note *)letter;
            assert_int_equal(note->number, next[note->sender]++);
            struct ds_letter *after = letter->next;
            letter->destroy(letter);
            letter = after;
            got++;
        }
    }
    for (unsigned i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    ds_mailbox_destroy(&box);
    sem_destroy(&bell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_come_out_in_order_and_wake_once),
        cmocka_unit_test(a_full_box_leaves_the_letter_with_its_sender),
        cmocka_unit_test(no_letter_of_many_threads_is_lost_or_out_of_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
