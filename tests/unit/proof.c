/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/proof.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t session[DS_SESSION_ID] = {1, 2, 3};
static struct ds_proof *viewer, *agent;
static uint8_t out[1 + DS_PROOF_BODY_MAX];

static int set_up(void **state)
{
    (void)state;
    viewer = ds_proof_new(DS_TUNNEL_VIEWER, session, "relay.example", 0);
    agent = ds_proof_new(DS_TUNNEL_AGENT, session, "relay.example", 0);
    return viewer && agent ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    ds_proof_free(viewer);
    ds_proof_free(agent);
    return 0;
}

static enum ds_proof_event number(struct ds_proof *proof, const char *digits)
{
    enum ds_proof_event event;
    assert_int_equal(ds_proof_set_number(proof, digits, &event), DS_OK);
    return event;
}

/* Carries one message of this kind and length; gives what the receiver made of it. */
static int carry(struct ds_proof *from, struct ds_proof *to, uint8_t kind, size_t len,
                 enum ds_proof_event *event)
{
    assert_int_equal(ds_proof_drain(from, out), 1 + len);
    assert_int_equal(out[0], kind);
    return ds_proof_feed(to, kind, out + 1, len, event);
}

/* Up to and with the agent's check of cA. */
static enum ds_proof_event prove(const char *typed)
{
    enum ds_proof_event event;
    assert_int_equal(number(viewer, typed), DS_PROOF_BEGUN);
    assert_int_equal(carry(viewer, agent, DS_KIND_PA, 65, &event), DS_OK);
    assert_int_equal(event, DS_PROOF_BEGUN);
    assert_int_equal(carry(agent, viewer, DS_KIND_PB, 65, &event), DS_OK);
    assert_int_equal(event, DS_PROOF_NOTHING);
    assert_int_equal(carry(viewer, agent, DS_KIND_CA, 32, &event), DS_OK);
    return event;
}

static void four_messages_prove_the_number_and_give_both_one_key(void **state)
{
    (void)state;
    enum ds_proof_event event;
    uint8_t a[DS_PROOF_KEY], b[DS_PROOF_KEY];
    number(agent, "481926");
    assert_int_equal(ds_proof_key(agent, a), DS_EINVAL);
    assert_int_equal(prove("481926"), DS_PROOF_PROVED);
    assert_int_equal(ds_proof_key(viewer, a), DS_EINVAL);
    assert_int_equal(carry(agent, viewer, DS_KIND_CB, 32, &event), DS_OK);
    assert_int_equal(event, DS_PROOF_PROVED);
    assert_int_equal(ds_proof_key(viewer, a), DS_OK);
    assert_int_equal(ds_proof_key(agent, b), DS_OK);
    assert_memory_equal(a, b, sizeof(a));
    assert_false(ds_proof_has_output(viewer));
    assert_false(ds_proof_has_output(agent));
    assert_int_equal(ds_proof_tries(viewer), 0);
    assert_int_equal(ds_proof_tries(agent), 0);
}

static void a_wrong_number_is_counted_and_the_next_may_be_right(void **state)
{
    (void)state;
    enum ds_proof_event event;
    number(agent, "481926");
    for (unsigned i = 1; i < DS_NUMBER_TRIES; i++) {
        assert_int_equal(prove("481927"), DS_PROOF_WRONG);
        assert_int_equal(ds_proof_tries(agent), i);
        assert_int_equal(carry(agent, viewer, DS_KIND_WRONG, 1, &event), DS_OK);
        assert_int_equal(out[1], DS_NUMBER_TRIES - i);
        assert_int_equal(event, DS_PROOF_WRONG);
        assert_int_equal(ds_proof_left(viewer), DS_NUMBER_TRIES - i);
    }
    assert_int_equal(prove("481926"), DS_PROOF_PROVED);
    assert_int_equal(ds_proof_tries(agent), DS_NUMBER_TRIES - 1);
}

static void the_third_wrong_number_is_the_last(void **state)
{
    (void)state;
    enum ds_proof_event event;
    number(agent, "481926");
    for (unsigned i = 0; i < DS_NUMBER_TRIES; i++) {
        assert_int_equal(prove("000000"), DS_PROOF_WRONG);
        assert_int_equal(carry(agent, viewer, DS_KIND_WRONG, 1, &event), DS_OK);
    }
    assert_int_equal(ds_proof_left(agent), 0);
    assert_int_equal(ds_proof_left(viewer), 0);
    assert_int_equal(ds_proof_set_number(viewer, "481926", &event), DS_EAUTH);
    assert_int_equal(ds_proof_set_number(agent, "481926", &event), DS_EAUTH);
    struct ds_proof *other = ds_proof_new(DS_TUNNEL_VIEWER, session, "relay.example", 0);
    assert_int_equal(ds_proof_set_number(other, "481926", &event), DS_OK);
    assert_int_equal(carry(other, agent, DS_KIND_PA, 65, &event), DS_EAUTH);
    ds_proof_free(other);
}

static void tries_are_counted_before_the_check_and_outlive_a_connection(void **state)
{
    (void)state;
    enum ds_proof_event event;
    for (unsigned i = 0; i < DS_NUMBER_TRIES; i++) {
        unsigned viewer_tries = ds_proof_tries(viewer), agent_tries = ds_proof_tries(agent);
        assert_int_equal(viewer_tries, i);
        assert_int_equal(agent_tries, i);
        tear_down(NULL);
        viewer = ds_proof_new(DS_TUNNEL_VIEWER, session, "relay.example", viewer_tries);
        agent = ds_proof_new(DS_TUNNEL_AGENT, session, "relay.example", agent_tries);
        number(agent, "481926");
        assert_int_equal(prove("123456"), DS_PROOF_WRONG);
        /* The line is cut before the answer arrives: both have counted all the same. */
    }
    assert_int_equal(ds_proof_left(viewer), 0);
    assert_int_equal(ds_proof_left(agent), 0);
    assert_int_equal(ds_proof_set_number(viewer, "481926", &event), DS_EINVAL);
    /* A count from elsewhere that is too high does not wrap. */
    struct ds_proof *high = ds_proof_new(DS_TUNNEL_AGENT, session, "relay.example", 77);
    assert_int_equal(ds_proof_left(high), 0);
    ds_proof_free(high);
}

static void a_viewer_counts_by_itself_when_the_other_side_never_does(void **state)
{
    (void)state;
    enum ds_proof_event event;
    for (unsigned i = 1; i <= DS_NUMBER_TRIES; i++) {
        struct ds_proof *stranger = ds_proof_new(DS_TUNNEL_AGENT, session, "relay.example", 0);
        number(stranger, "000001");
        number(viewer, "481926");
        assert_int_equal(carry(viewer, stranger, DS_KIND_PA, 65, &event), DS_OK);
        assert_int_equal(carry(stranger, viewer, DS_KIND_PB, 65, &event), DS_OK);
        assert_int_equal(ds_proof_drain(viewer, out), 33);
        static const uint8_t two_left[1] = {2};
        assert_int_equal(ds_proof_feed(viewer, DS_KIND_WRONG, two_left, 1, &event), DS_OK);
        assert_int_equal(ds_proof_left(viewer), DS_NUMBER_TRIES - i);
        ds_proof_free(stranger);
    }
    assert_int_equal(ds_proof_set_number(viewer, "481926", &event), DS_EAUTH);
}

static void another_host_or_session_is_a_wrong_number(void **state)
{
    (void)state;
    number(agent, "481926");
    ds_proof_free(viewer);
    viewer = ds_proof_new(DS_TUNNEL_VIEWER, session, "relay.example.evil", 0);
    assert_int_equal(prove("481926"), DS_PROOF_WRONG);
    enum ds_proof_event event;
    carry(agent, viewer, DS_KIND_WRONG, 1, &event);
    ds_proof_free(viewer);
    static const uint8_t other[DS_SESSION_ID] = {1, 2, 4};
    viewer = ds_proof_new(DS_TUNNEL_VIEWER, other, "relay.example", 0);
    assert_int_equal(prove("481926"), DS_PROOF_WRONG);
}

static void a_viewer_whose_words_are_sent_back_to_it_refuses(void **state)
{
    (void)state;
    enum ds_proof_event event;
    number(viewer, "481926");
    assert_int_equal(ds_proof_drain(viewer, out), 66);
    assert_int_equal(ds_proof_feed(viewer, DS_KIND_PB, out + 1, 65, &event), DS_OK);
    assert_int_equal(ds_proof_drain(viewer, out), 33);
    assert_int_equal(ds_proof_feed(viewer, DS_KIND_CB, out + 1, 32, &event), DS_EAUTH);
    assert_int_equal(ds_proof_tries(viewer), 1);
}

static void a_wrong_confirmation_of_the_agent_is_refused(void **state)
{
    (void)state;
    enum ds_proof_event event;
    for (unsigned at = 0; at < DS_SPAKE2_MAC; at++) {
        number(agent, "481926");
        assert_int_equal(prove("481926"), DS_PROOF_PROVED);
        assert_int_equal(ds_proof_drain(agent, out), 33);
        out[1 + at] ^= 0x80;
        assert_int_equal(ds_proof_feed(viewer, DS_KIND_CB, out + 1, 32, &event), DS_EAUTH);
        uint8_t key[DS_PROOF_KEY];
        assert_int_equal(ds_proof_key(viewer, key), DS_EINVAL);
        tear_down(NULL);
        set_up(NULL);
    }
}

/* Brings both to where `kind` is what the receiver waits for and is in out; returns the receiver.
 */
static struct ds_proof *wait_for(uint8_t kind, size_t *len)
{
    enum ds_proof_event event;
    tear_down(NULL);
    set_up(NULL);
    number(agent, "481926");
    number(viewer, kind == DS_KIND_WRONG ? "111111" : "481926");
    *len = ds_proof_drain(viewer, out) - 1;
    if (kind == DS_KIND_PA)
        return agent;
    ds_proof_feed(agent, DS_KIND_PA, out + 1, *len, &event);
    *len = ds_proof_drain(agent, out) - 1;
    if (kind == DS_KIND_PB)
        return viewer;
    ds_proof_feed(viewer, DS_KIND_PB, out + 1, *len, &event);
    *len = ds_proof_drain(viewer, out) - 1;
    if (kind == DS_KIND_CA)
        return agent;
    ds_proof_feed(agent, DS_KIND_CA, out + 1, *len, &event);
    *len = ds_proof_drain(agent, out) - 1;
    return viewer;
}

static void every_message_is_refused_at_every_other_length(void **state)
{
    (void)state;
    for (uint8_t kind = DS_KIND_PA; kind <= DS_KIND_WRONG; kind++) {
        for (size_t n = 0; n <= 80; n++) {
            size_t len;
            enum ds_proof_event event;
            struct ds_proof *to = wait_for(kind, &len);
            uint8_t *exact = calloc(1, n ? n : 1);
            memcpy(exact, out + 1, n < len ? n : len);
            int error = ds_proof_feed(to, kind, exact, n, &event);
            assert_int_equal(error, n == len ? DS_OK : DS_EPROTO);
            free(exact);
        }
    }
}

static void every_message_is_refused_at_every_other_step(void **state)
{
    (void)state;
    static const uint8_t junk[65] = {4};
    static const size_t lengths[] = {0, 65, 65, 32, 32, 1, 9};
    for (uint8_t step = DS_KIND_PA; step <= DS_KIND_WRONG; step++) {
        for (uint8_t kind = 0; kind <= DS_KIND_TLS; kind++) {
            size_t len;
            enum ds_proof_event event;
            struct ds_proof *to = wait_for(step, &len);
            if (kind == step ||
                (to == viewer && step >= DS_KIND_CB && kind >= DS_KIND_CB && kind <= DS_KIND_WRONG))
                continue;
            assert_int_equal(ds_proof_feed(to, kind, junk, lengths[kind], &event), DS_EPROTO);
            /* And it is over. */
            assert_int_equal(ds_proof_feed(to, step, out + 1, len, &event), DS_EPROTO);
        }
    }
}

static void junk_points_are_refused(void **state)
{
    (void)state;
    enum ds_proof_event event;
    uint8_t junk[65] = {4, 1, 2, 3};
    size_t len;
    assert_int_equal(ds_proof_feed(wait_for(DS_KIND_PA, &len), DS_KIND_PA, junk, 65, &event),
                     DS_EPROTO);
    assert_int_equal(ds_proof_feed(wait_for(DS_KIND_PB, &len), DS_KIND_PB, junk, 65, &event),
                     DS_EPROTO);
}

static void a_viewer_that_comes_first_waits_for_the_agents_number(void **state)
{
    (void)state;
    enum ds_proof_event event;
    number(viewer, "481926");
    assert_int_equal(carry(viewer, agent, DS_KIND_PA, 65, &event), DS_OK);
    assert_int_equal(event, DS_PROOF_NOTHING);
    assert_false(ds_proof_has_output(agent));
    assert_int_equal(number(agent, "481926"), DS_PROOF_BEGUN);
    assert_int_equal(carry(agent, viewer, DS_KIND_PB, 65, &event), DS_OK);
    assert_int_equal(carry(viewer, agent, DS_KIND_CA, 32, &event), DS_OK);
    assert_int_equal(event, DS_PROOF_PROVED);
    /* Only one may wait. */
    tear_down(NULL);
    set_up(NULL);
    number(viewer, "481926");
    assert_int_equal(carry(viewer, agent, DS_KIND_PA, 65, &event), DS_OK);
    assert_int_equal(ds_proof_feed(agent, DS_KIND_PA, out + 1, 65, &event), DS_EPROTO);
}

static void a_peer_that_does_not_read_its_answers_is_refused(void **state)
{
    (void)state;
    enum ds_proof_event event;
    static const uint8_t guess[32] = {0};
    number(agent, "481926");
    number(viewer, "111111");
    assert_int_equal(ds_proof_drain(viewer, out), 66);
    assert_int_equal(ds_proof_feed(agent, DS_KIND_PA, out + 1, 65, &event), DS_OK);
    assert_int_equal(ds_proof_feed(agent, DS_KIND_CA, guess, 32, &event), DS_OK);
    assert_int_equal(event, DS_PROOF_WRONG);
    assert_int_equal(ds_proof_feed(agent, DS_KIND_PA, out + 1, 65, &event), DS_EPROTO);
}

static void only_six_digits_begin_a_try(void **state)
{
    (void)state;
    enum ds_proof_event event;
    static const char *const bad[] = {"", "12345", "1234567", "12345x", NULL};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(ds_proof_set_number(viewer, bad[i], &event), DS_EINVAL);
    number(viewer, "481926");
    assert_int_equal(ds_proof_set_number(viewer, "481926", &event), DS_EINVAL);
}

static void a_host_name_has_a_bound(void **state)
{
    (void)state;
    char host[DS_TEXT_HOST + 1];
    memset(host, 'a', sizeof(host));
    host[DS_TEXT_HOST] = '\0';
    assert_null(ds_proof_new(DS_TUNNEL_VIEWER, session, host, 0));
    host[DS_TEXT_HOST - 1] = '\0';
    struct ds_proof *proof = ds_proof_new(DS_TUNNEL_VIEWER, session, host, 0);
    assert_non_null(proof);
    number(proof, "481926");
    ds_proof_free(proof);
}

#define with_proofs(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_proofs(four_messages_prove_the_number_and_give_both_one_key),
        with_proofs(a_wrong_number_is_counted_and_the_next_may_be_right),
        with_proofs(the_third_wrong_number_is_the_last),
        with_proofs(tries_are_counted_before_the_check_and_outlive_a_connection),
        with_proofs(a_viewer_counts_by_itself_when_the_other_side_never_does),
        with_proofs(another_host_or_session_is_a_wrong_number),
        with_proofs(a_viewer_whose_words_are_sent_back_to_it_refuses),
        with_proofs(a_wrong_confirmation_of_the_agent_is_refused),
        with_proofs(every_message_is_refused_at_every_other_length),
        with_proofs(every_message_is_refused_at_every_other_step),
        with_proofs(junk_points_are_refused),
        with_proofs(a_viewer_that_comes_first_waits_for_the_agents_number),
        with_proofs(a_peer_that_does_not_read_its_answers_is_refused),
        with_proofs(only_six_digits_begin_a_try),
        with_proofs(a_host_name_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
