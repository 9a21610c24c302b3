/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of files: who may say what when, and what becomes of a file in each state. */
#include "tests/support/files_pair.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 2000000

static struct files_pair pair;
static struct files_end *const rep = &pair.viewer, *const customer = &pair.agent;

static int set_up(void **state)
{
    (void)state;
    files_pair_init(&pair, 3);
    files_pair_file(rep, "a", SIZE);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    files_pair_destroy(&pair);
    return 0;
}

static void offer(void)
{
    assert_int_equal(DS_OK, ds_files_send(&rep->files, "a", "t"));
    files_pair_settle(&pair);
}

static void accept_it(void)
{
    assert_int_equal(DS_OK, ds_files_accept(&customer->files, 1, "in", false, "t"));
}

/* Until the receiver has some of it, but not all. */
static void flow(void)
{
    accept_it();
    while (customer->last.bytes == 0 && files_pair_step(&pair))
        ;
    assert_true(customer->last.bytes > 0 && customer->last.bytes < SIZE);
}

static int say(struct files_end *to, const struct ds_file_message *m)
{
    struct ds_buf buf;
    ds_buf_init(&buf, 4096);
    assert_int_equal(DS_OK, ds_file_message_encode(&buf, m));
    int error = ds_files_control(&to->files, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
    return error;
}

static int say_data(struct files_end *to, uint32_t id, uint64_t offset, size_t len)
{
    static uint8_t bytes[DS_FILE_DATA_HEADER + DS_FILE_PIECE_MAX];
    ds_file_data_header(bytes, id, offset);
    return ds_files_data(&to->files, bytes, DS_FILE_DATA_HEADER + len);
}

static void assert_over(struct files_end *end, enum ds_file_state state, enum ds_file_fault fault)
{
    assert_int_equal(1, end->news[state]);
    assert_int_equal(state, end->last.state);
    assert_int_equal(fault, end->last.fault);
    assert_int_equal(0, end->files.count);
    assert_int_equal(DS_OK, end->error);
}

/* ---- the ordinary way ---- */

static void a_file_is_offered_accepted_sent_and_verified(void **state)
{
    (void)state;
    offer();
    assert_int_equal(1, rep->outcomes);
    assert_int_equal(DS_FILE_OK, rep->outcome);
    accept_it();
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_DONE, DS_FILE_OK);
    assert_over(customer, DS_FILE_STATE_DONE, DS_FILE_OK);
    assert_memory_equal(rep->last.hash, customer->last.hash, DS_FILE_HASH);
    assert_int_equal(SIZE, customer->last.bytes);
    assert_int_equal(1, customer->news[DS_FILE_STATE_FLOWING]);
    assert_int_equal(1, rep->news[DS_FILE_STATE_FLOWING]);
    assert_memory_equal(files_pair_find(rep, "a")->bytes, files_pair_find(customer, "in")->bytes,
                        SIZE);
}

static void progress_is_told_five_times_a_second_at_most(void **state)
{
    (void)state;
    offer();
    accept_it();
    ds_tick began = pair.now;
    files_pair_settle(&pair);
    unsigned most = (unsigned)((pair.now - began) / (200 * DS_MS)) + 1;
    assert_in_range(customer->progress, 1, most);
    assert_in_range(rep->progress, 1, most);
}

static void a_held_line_lets_the_disk_catch_up(void **state)
{
    (void)state;
    files_pair_file(rep, "b", 5 * SIZE);
    ds_files_send(&rep->files, "b", "");
    files_pair_settle(&pair);
    accept_it();
    while (!customer->last.bytes && files_pair_step(&pair))
        ;
    customer->is_disk_idle = true;
    files_pair_settle(&pair);
    assert_true(customer->is_held);
    assert_true(customer->files.backlog <= DS_FILES_HIGH + DS_FILE_PIECE_MAX);
    customer->is_disk_idle = false;
    files_pair_settle(&pair);
    assert_false(customer->is_held);
    assert_over(customer, DS_FILE_STATE_DONE, DS_FILE_OK);
}

static void a_full_ledger_only_delays(void **state)
{
    (void)state;
    rep->is_control_full = customer->is_control_full = true;
    offer();
    assert_int_equal(0, customer->news[DS_FILE_STATE_OFFERED]);
    assert_int_equal(0, customer->files.count);
    rep->is_control_full = false;
    ds_files_pump(&rep->files);
    files_pair_settle(&pair);
    accept_it();
    files_pair_settle(&pair);
    customer->is_control_full = false;
    ds_files_pump(&customer->files);
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_DONE, DS_FILE_OK);
}

/* ---- no ---- */

static void a_person_says_no(void **state)
{
    (void)state;
    offer();
    assert_int_equal(DS_OK, ds_files_refuse(&customer->files, 1));
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_CANCELLED, DS_FILE_REFUSED);
    assert_over(customer, DS_FILE_STATE_CANCELLED, DS_FILE_REFUSED);
    assert_int_equal(DS_ENOTFOUND, ds_files_refuse(&customer->files, 1));
    assert_int_equal(DS_ENOTFOUND, ds_files_accept(&customer->files, 1, "in", false, ""));
}

static void what_is_not_there_is_not_offered(void **state)
{
    (void)state;
    assert_int_equal(DS_OK, ds_files_send(&rep->files, "nothing", "t"));
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_NOT_FOUND);
    assert_int_equal(DS_FILE_NOT_FOUND, rep->outcome);
    assert_int_equal(0, customer->files.count + customer->files.their_id);
}

static void a_bad_place_leaves_the_offer_open(void **state)
{
    (void)state;
    offer();
    customer->is_disk_full = true;
    accept_it();
    files_pair_settle(&pair);
    assert_int_equal(DS_FILE_NO_SPACE, customer->outcome);
    assert_int_equal(DS_FILE_STATE_OFFERED, customer->last.state);
    customer->is_disk_full = false;
    accept_it();
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_DONE, DS_FILE_OK);
}

static void a_disk_that_fills_up_ends_it_and_keeps_the_part(void **state)
{
    (void)state;
    offer();
    flow();
    customer->is_disk_full = true;
    files_pair_settle(&pair);
    assert_over(customer, DS_FILE_STATE_FAILED, DS_FILE_NO_SPACE);
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_NO_SPACE);
    assert_non_null(files_pair_find(customer, "in.part"));
}

static void a_file_that_changes_under_way_fails_at_both(void **state)
{
    (void)state;
    offer();
    flow();
    files_pair_find(rep, "a")->len = SIZE / 2;
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_CHANGED);
    assert_over(customer, DS_FILE_STATE_FAILED, DS_FILE_CHANGED);
    assert_null(files_pair_find(customer, "in.part")); /* it is of no use */
}

static void a_wrong_hash_fails_at_both(void **state)
{
    (void)state;
    offer();
    flow();
    files_pair_find(rep, "a")->bytes[0] ^= 1; /* sent already; the sum is of what is there now */
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_DAMAGED);
    assert_over(customer, DS_FILE_STATE_FAILED, DS_FILE_DAMAGED);
    assert_null(files_pair_find(customer, "in.part"));
    assert_null(files_pair_find(customer, "in"));
}

/* ---- cancelling, by either side, after each number of steps ---- */

static void cancel_after(unsigned steps, bool by_rep)
{
    bool accepted = false;
    files_pair_init(&pair, 5);
    files_pair_file(rep, "a", 300000);
    ds_files_send(&rep->files, "a", "t");
    for (unsigned i = 0; i < steps; i++) {
        files_pair_step(&pair);
        if (!accepted && ds_files_find(&customer->files, 1)) {
            accept_it();
            accepted = true;
        }
    }
    struct files_end *by = by_rep ? rep : customer;
    bool was_open = ds_files_cancel(&by->files, 1) == DS_OK;
    files_pair_settle(&pair);
    if (was_open) {
        assert_over(by, DS_FILE_STATE_CANCELLED, DS_FILE_OK);
        assert_int_equal(0, rep->files.count + customer->files.count);
        assert_null(files_pair_find(customer, "in"));
        assert_null(files_pair_find(customer, "in.part"));
        assert_int_equal(0, rep->news[DS_FILE_STATE_DONE] + customer->news[DS_FILE_STATE_DONE]);
    } else if (accepted) {
        assert_over(rep, DS_FILE_STATE_DONE, DS_FILE_OK);
    }
    assert_int_equal(DS_OK, rep->error);
    assert_int_equal(DS_OK, customer->error);
    files_pair_destroy(&pair);
}

static void a_file_can_be_cancelled_at_any_moment(void **state)
{
    (void)state;
    files_pair_destroy(&pair);
    for (unsigned steps = 0; steps < 60; steps++) {
        cancel_after(steps, true);
        cancel_after(steps, false);
    }
    files_pair_init(&pair, 3); /* for tear_down */
}

/* ---- rights ---- */

static void nothing_moves_without_the_right(void **state)
{
    (void)state;
    ds_files_allow(&customer->files, false);
    offer();
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_NO_RIGHT);
    assert_int_equal(0, customer->news[DS_FILE_STATE_OFFERED]);
    assert_int_equal(DS_EREFUSED, ds_files_send(&customer->files, "a", ""));
    assert_int_equal(DS_OK, say_data(customer, 1, 0, 10)); /* and is ignored */
    assert_int_equal(0, customer->files.backlog);
}

static void a_right_that_is_taken_back_stops_both_directions(void **state)
{
    (void)state;
    files_pair_file(customer, "b", 10);
    offer();
    flow();
    assert_int_equal(DS_OK, ds_files_send(&customer->files, "b", ""));
    ds_files_allow(&customer->files, false);
    assert_int_equal(2, customer->news[DS_FILE_STATE_FAILED]);
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_NO_RIGHT);
    assert_int_equal(0, customer->files.count);
    assert_null(files_pair_find(customer, "in.part"));
}

static void the_end_of_the_session_keeps_the_part(void **state)
{
    (void)state;
    offer();
    flow();
    ds_files_end(&customer->files);
    ds_files_end(&rep->files);
    assert_over(customer, DS_FILE_STATE_FAILED, DS_FILE_ENDED);
    assert_over(rep, DS_FILE_STATE_FAILED, DS_FILE_ENDED);
    while (pair.agent.jobs)
        files_pair_step(&pair);
    assert_non_null(files_pair_find(customer, "in.part"));
}

static void another_process_goes_on_with_the_ids(void **state)
{
    (void)state;
    struct ds_files_place place, odd;
    files_pair_file(customer, "b", 10);
    assert_int_equal(DS_OK, ds_files_send(&customer->files, "b", ""));
    offer();
    flow();
    place = ds_files_leave(&customer->files, NULL);
    assert_int_equal(4, place.next_id);
    assert_int_equal(1, place.their_id);
    files_pair_settle(&pair);
    assert_int_equal(2, rep->news[DS_FILE_STATE_FAILED]); /* one of each */
    assert_int_equal(0, customer->files.count);
    assert_non_null(files_pair_find(customer, "in.part"));

    const struct ds_files_ops *ops = customer->files.ops;
    void *ctx = customer->files.ctx;
    ds_files_destroy(&customer->files);
    ds_files_init(&customer->files, true, ops, ctx);
    odd = place;
    odd.next_id = 5;
    assert_false(ds_files_return(&customer->files, &odd, NULL, 0));
    odd = place;
    odd.their_id = 2;
    assert_false(ds_files_return(&customer->files, &odd, NULL, 0));
    odd = place;
    odd.next_id = 0;
    assert_false(ds_files_return(&customer->files, &odd, NULL, 0));
    assert_true(ds_files_return(&customer->files, &place, NULL, 0));
    ds_files_allow(&customer->files, true);
    ds_files_up(&customer->files, 2);
    assert_int_equal(DS_OK, say_data(customer, 1, 0, 10)); /* of before: no mistake */
    offer();                                               /* as 3: not one that was */
    assert_non_null(ds_files_find(&customer->files, 3));
}

/* What another process left, cut anywhere or with any byte changed, is refused or harmless. */
static void what_was_left_is_checked(void **state)
{
    (void)state;
    struct ds_buf kept;
    files_pair_file(customer, "b", SIZE);
    assert_int_equal(DS_OK, ds_files_send(&customer->files, "b", ""));
    offer();
    flow();
    assert_int_equal(DS_OK, ds_files_accept(&rep->files, 2, "in", false, ""));
    while (rep->last.id != 2 || rep->last.state != DS_FILE_STATE_FLOWING)
        assert_true(files_pair_step(&pair));
    ds_buf_init(&kept, DS_FILES_KEPT_MAX);
    struct ds_files_place place = ds_files_leave(&customer->files, &kept);
    assert_int_equal(2, ds_buf_peek(&kept)[0]);
    assert_int_equal(0, customer->news[DS_FILE_STATE_FAILED]);
    const struct ds_files_ops *ops = customer->files.ops;
    for (size_t i = 0; i < 2 * kept.len; i++) {
        size_t len = i < kept.len ? i : kept.len;
        uint8_t *bytes = malloc(len ? len : 1);
        assert_non_null(bytes);
        memcpy(bytes, ds_buf_peek(&kept), len);
        if (i >= kept.len)
            bytes[i - kept.len] ^= 0xff;
        ds_files_destroy(&customer->files);
        ds_files_init(&customer->files, true, ops, customer);
        bool is_taken = ds_files_return(&customer->files, &place, bytes, len);
        assert_false(is_taken && 0 < i && i < kept.len); /* none at all is allowed */
        for (size_t k = 0; k < customer->files.count; k++)
            assert_true(customer->files.files[k]->size <= DS_FILE_SIZE_MAX);
        free(bytes);
    }
    ds_files_destroy(&customer->files);
    ds_files_init(&customer->files, true, ops, customer);
    assert_true(ds_files_return(&customer->files, &place, ds_buf_peek(&kept), kept.len));
    assert_int_equal(2, customer->files.count);
    ds_buf_destroy(&kept);
}

/* ---- pauses ---- */

static void either_side_pauses_and_nothing_more_is_sent(void **state)
{
    (void)state;
    offer();
    flow();
    assert_int_equal(DS_OK, ds_files_pause(&customer->files, 1, true));
    files_pair_settle(&pair);
    assert_int_equal(1, rep->pauses);
    assert_int_equal(1, customer->pauses);
    assert_true(rep->last.is_theirs_paused);
    uint64_t sent = rep->sent;
    assert_true(sent < SIZE);
    assert_int_equal(DS_OK, ds_files_pause(&rep->files, 1, true));
    assert_int_equal(DS_OK, ds_files_pause(&customer->files, 1, false));
    files_pair_settle(&pair);
    assert_int_equal(sent, rep->sent); /* the other one still waits */
    files_pair_cut(&pair);
    files_pair_join(&pair); /* and a cut does not change that */
    files_pair_settle(&pair);
    assert_int_equal(sent, rep->sent);
    assert_int_equal(DS_OK, ds_files_pause(&rep->files, 1, false));
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_DONE, DS_FILE_OK);
    assert_int_equal(DS_ENOTFOUND, ds_files_pause(&rep->files, 1, true));
}

static void an_older_program_is_not_told_what_it_does_not_know(void **state)
{
    (void)state;
    ds_files_peer(&customer->files, false);
    ds_files_peer(&rep->files, false);
    offer();
    flow();
    assert_int_equal(DS_EUNSUPPORTED, ds_files_pause(&customer->files, 1, true));
    assert_int_equal(DS_OK, ds_files_pause(&rep->files, 1, true)); /* it just stops sending */
    files_pair_settle(&pair);
    assert_int_equal(0, customer->pauses);
    assert_int_equal(DS_OK, ds_files_pause(&rep->files, 1, false));
    files_pair_settle(&pair);
    assert_over(rep, DS_FILE_STATE_DONE, DS_FILE_OK);
}

/* ---- bounds ---- */

static void files_that_wait_are_bounded_at_both(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DS_FILES_MAX; i++)
        assert_int_equal(DS_OK, ds_files_send(&rep->files, "a", ""));
    assert_int_equal(DS_ELIMIT, ds_files_send(&rep->files, "a", ""));
    struct ds_file_message m = {.type = DS_FILE_OFFER, .name = "x"};
    for (unsigned i = 0; i < DS_FILES_MAX + 5; i++) {
        m.id = 2 * i + 1;
        assert_int_equal(DS_OK, say(customer, &m));
    }
    assert_int_equal(DS_FILES_MAX, customer->files.count);
    for (unsigned i = 0; i < 5; i++) {
        struct ds_rcbuf *buf = files_pair_take(customer);
        assert_non_null(buf);
        assert_int_equal(DS_FILE_REFUSE, buf->data[0]);
        ds_rcbuf_unref(buf);
    }
    assert_null(files_pair_take(customer));
    customer->is_control_full = true; /* it offers and does not listen */
    m.id += 2;
    assert_int_equal(DS_EPROTO, say(customer, &m));
}

/* ---- mistakes of the peer ---- */

static void what_cannot_be_is_a_mistake_of_the_peer(void **state)
{
    (void)state;
    struct ds_file_message m = {.type = DS_FILE_OFFER, .id = 2, .name = "x"};
    assert_int_equal(DS_EPROTO, say(customer, &m)); /* that is the customer's own number */
    m.id = 5;
    assert_int_equal(DS_OK, say(customer, &m));
    assert_int_equal(DS_EPROTO, say(customer, &m)); /* twice */
    m.id = 3;
    assert_int_equal(DS_EPROTO, say(customer, &m)); /* lower */
    m.type = DS_FILE_ACCEPT;
    m.id = 5;
    assert_int_equal(DS_EPROTO, say(customer, &m)); /* accepts what it offered */
    m.id = 9;
    m.type = DS_FILE_DONE;
    assert_int_equal(DS_EPROTO, say(customer, &m)); /* never was */
    m.id = 5;
    assert_int_equal(DS_EPROTO, say(customer, &m));           /* nobody accepted it */
    assert_int_equal(DS_EPROTO, say_data(customer, 5, 0, 1)); /* the same */
    assert_int_equal(DS_EPROTO, say_data(customer, 7, 0, 1)); /* never was */
    assert_int_equal(DS_EPROTO, say_data(customer, 2, 0, 1)); /* the customer's own number */
    assert_int_equal(DS_EPROTO, ds_files_control(&customer->files, (const uint8_t *)"\x14", 1));
    assert_int_equal(DS_EPROTO, ds_files_data(&customer->files, (const uint8_t *)"\x01", 1));
}

static void content_beyond_the_file_or_with_a_gap_is_a_mistake(void **state)
{
    (void)state;
    offer();
    flow();
    uint64_t at = ds_files_find(&customer->files, 1)->at;
    assert_int_equal(DS_EPROTO, say_data(customer, 1, at + 1, 10));
    assert_int_equal(DS_EPROTO, say_data(customer, 1, SIZE - 1, 2));
    assert_int_equal(DS_EPROTO, say_data(customer, 1, SIZE, 1));
    assert_int_equal(DS_OK, say_data(customer, 1, 0, 10)); /* known */
    assert_int_equal(at, ds_files_find(&customer->files, 1)->at);
}

static void a_receiver_that_lies_is_noticed(void **state)
{
    (void)state;
    struct ds_file_message m = {.type = DS_FILE_ACCEPT, .id = 1, .offset = SIZE + 1};
    offer();
    assert_int_equal(DS_EPROTO, say(rep, &m));
    m.type = DS_FILE_AT;
    m.offset = 0;
    assert_int_equal(DS_EPROTO, say(rep, &m)); /* before it accepted */
    m.type = DS_FILE_DONE;
    assert_int_equal(DS_EPROTO, say(rep, &m)); /* before anything was sent */
    flow();
    m = (struct ds_file_message){
        .type = DS_FILE_AT, .id = 1, .epoch = 1, .begun = true, .offset = SIZE};
    assert_int_equal(DS_EPROTO, say(rep, &m)); /* ahead */
    m.type = DS_FILE_REFUSE;
    assert_int_equal(DS_EPROTO, say(rep, &m)); /* after it accepted */
    m.type = DS_FILE_ACCEPT;
    m.offset = 0;
    assert_int_equal(DS_EPROTO, say(rep, &m)); /* twice */
    m.type = DS_FILE_OFFER;
    m.name[0] = 'x';
    assert_int_equal(DS_EPROTO, say(rep, &m)); /* offers what is ours */
}

static void a_hostile_name_is_shown_and_kept_clean(void **state)
{
    (void)state;
    struct ds_file_message m = {.type = DS_FILE_OFFER, .id = 1, .name = "../../.ssh/keys\x1b[2J"};
    assert_int_equal(DS_OK, say(customer, &m));
    assert_string_equal("keys[2J", customer->last.name);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_file_is_offered_accepted_sent_and_verified),
        CASE(progress_is_told_five_times_a_second_at_most),
        CASE(a_held_line_lets_the_disk_catch_up),
        CASE(a_full_ledger_only_delays),
        CASE(a_person_says_no),
        CASE(what_is_not_there_is_not_offered),
        CASE(a_bad_place_leaves_the_offer_open),
        CASE(a_disk_that_fills_up_ends_it_and_keeps_the_part),
        CASE(a_file_that_changes_under_way_fails_at_both),
        CASE(a_wrong_hash_fails_at_both),
        CASE(a_file_can_be_cancelled_at_any_moment),
        CASE(nothing_moves_without_the_right),
        CASE(a_right_that_is_taken_back_stops_both_directions),
        CASE(the_end_of_the_session_keeps_the_part),
        CASE(another_process_goes_on_with_the_ids),
        CASE(files_that_wait_are_bounded_at_both),
        CASE(what_cannot_be_is_a_mistake_of_the_peer),
        CASE(content_beyond_the_file_or_with_a_gap_is_a_mistake),
        CASE(a_receiver_that_lies_is_noticed),
        CASE(what_was_left_is_checked),
        CASE(either_side_pauses_and_nothing_more_is_sent),
        CASE(an_older_program_is_not_told_what_it_does_not_know),
        CASE(a_hostile_name_is_shown_and_kept_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
