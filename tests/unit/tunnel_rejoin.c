/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tunnel over several connections: what both ends hear of a cut, and what the next connection
 * begins with. Cuts at every payload of the start and of the resume. */
#include "common/tunnel/proof.h"
#include "tests/support/ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct end viewer, agent;
static uint8_t payload[DS_FRAME_DATA_MAX];

static void make(void)
{
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
}

static void give_numbers(void)
{
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
}

/* Open, and both have heard the other. */
static void make_open(void)
{
    make();
    give_numbers();
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.messages, 1);
    assert_int_equal(agent.messages, 1);
}

static void drop(void)
{
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
}

/* Carries at most n payloads, the ends in turns; returns how many there were. */
static size_t carry(size_t n)
{
    size_t count = 0;
    for (bool more = true; more && count < n;) {
        more = false;
        for (int way = 0; way < 2 && count < n; way++) {
            struct end *from = way ? &agent : &viewer, *to = way ? &viewer : &agent;
            if (!end_carry(from, to, 0))
                continue;
            more = true;
            count++;
        }
    }
    return count;
}

static void assert_open(uint32_t epoch)
{
    for (int i = 0; i < 2; i++) {
        struct end *e = i ? &viewer : &agent;
        assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_OPEN);
        assert_int_equal(ds_tunnel_epoch(e->tunnel), epoch);
        assert_int_equal(e->opened, 1);
        assert_int_equal(e->closed + e->wrong, 0);
    }
}

static void assert_works(void)
{
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
        for (int i = 0; i < 2; i++) {
            struct end *from = i ? &viewer : &agent, *to = i ? &agent : &viewer;
            unsigned before = to->messages;
            assert_int_equal(ds_tunnel_send(from->tunnel, (enum ds_channel)c, "works", 5), DS_OK);
            ends_settle(&viewer, &agent, 0);
            assert_int_equal(to->messages, before + 1);
            assert_int_equal(to->channel, c);
        }
}

/* ---- a resume ---- */

static void both_ends_resume_and_say_so_once(void **state)
{
    (void)state;
    make_open();
    for (uint32_t round = 1; round <= 5; round++) {
        ds_tunnel_cut(viewer.tunnel);
        ds_tunnel_cut(viewer.tunnel);
        assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_CUT);
        assert_false(ds_tunnel_has_output(viewer.tunnel));
        assert_int_equal(ds_tunnel_drain(viewer.tunnel, payload, sizeof(payload), 0), 0);
        ends_rejoin(&viewer, &agent, round); /* the agent is cut by that */
        assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_REJOINING);
        ends_settle(&viewer, &agent, 0);
        assert_open(round + 1);
        assert_int_equal(viewer.resumed, round);
        assert_int_equal(agent.resumed, round);
        assert_works();
    }
    drop();
}

static void the_first_payload_is_this_resume_and_the_second_small(void **state)
{
    (void)state;
    static const uint8_t want[] = {
        7,          /* kind: RESUME */
        0, 0, 0, 9, /* round */
        0, 0, 0, 1, /* the newest connection that opened here */
        1,          /* secrets that follow */
        0, 0, 0, 1, /* that of the first connection */
    };
    make_open();
    ends_rejoin(&viewer, &agent, 9);
    for (int i = 0; i < 2; i++) {
        struct end *from = i ? &viewer : &agent, *to = i ? &agent : &viewer;
        assert_true(ds_tunnel_has_output(from->tunnel));
        assert_int_equal(ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0), sizeof(want));
        assert_memory_equal(payload, want, sizeof(want));
        assert_int_equal(ds_tunnel_feed(to->tunnel, want, sizeof(want), 0), DS_OK);
    }
    /* ClientHello, ServerHello to Finished, Finished, and a LEDGER each: none above 256 bytes. */
    for (size_t count = 0; count < 5;) {
        for (int i = 0; i < 2; i++) {
            struct end *from = i ? &agent : &viewer, *to = i ? &viewer : &agent;
            int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
            if (n == 0)
                continue;
            assert_in_range(n, 2, 256);
            assert_int_equal(payload[0], DS_KIND_TLS);
            assert_int_equal(ds_tunnel_feed(to->tunnel, payload, (size_t)n, 0), DS_OK);
            count++;
        }
    }
    assert_open(2);
    assert_int_equal(carry(10), 0);
    drop();
}

static void only_the_ledger_waits_while_there_is_no_connection(void **state)
{
    (void)state;
    make_open();
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_SCREEN, "pixels", 6), DS_OK);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "kept", 4), DS_OK);
    ds_tunnel_cut(agent.tunnel);
    for (int rejoining = 0; rejoining < 2; rejoining++) {
        for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
            bool is_kept =
                c == DS_CHANNEL_CONTROL || c == DS_CHANNEL_NOTES || c == DS_CHANNEL_CLIPBOARD;
            struct ds_rcbuf *buf = ds_rcbuf_new(4);
            memcpy(buf->data, "wait", 4);
            assert_int_equal(ds_tunnel_send(agent.tunnel, (enum ds_channel)c, "wait", 4),
                             is_kept ? DS_OK : DS_ECLOSED);
            assert_int_equal(ds_tunnel_send_buf(agent.tunnel, (enum ds_channel)c, buf),
                             is_kept ? DS_OK : DS_ECLOSED);
            ds_rcbuf_unref(buf);
        }
        ends_rejoin(&viewer, &agent, 2);
    }
    assert_int_equal(ds_tunnel_queued(agent.tunnel, DS_CHANNEL_CONTROL), 4 + 16);
    assert_int_equal(ds_tunnel_queued(agent.tunnel, DS_CHANNEL_SCREEN), 0);
    ends_settle(&viewer, &agent, 0);
    assert_open(2);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_CONTROL], 1 + 1 + 4);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_NOTES], 4);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_CLIPBOARD], 4);
    assert_int_equal(viewer.messages, 14);
    assert_works();
    drop();
}

static void a_half_received_message_comes_whole_and_once(void **state)
{
    (void)state;
    static uint8_t large[100000];
    for (size_t i = 0; i < sizeof(large); i++)
        large[i] = (uint8_t)(i * 7);
    for (size_t carried = 0; carried < 9; carried++) {
        make_open();
        assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CLIPBOARD, large, sizeof(large)),
                         DS_OK);
        assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_FILES, large, sizeof(large)),
                         DS_OK);
        for (size_t i = 0; i < carried; i++)
            assert_true(end_carry(&agent, &viewer, 0)); /* no acknowledgement comes back */
        ends_rejoin(&viewer, &agent, 2);
        ends_settle(&viewer, &agent, 0);
        assert_open(2);
        assert_int_equal(viewer.per_channel[DS_CHANNEL_CLIPBOARD], 1);
        assert_int_equal(viewer.per_channel[DS_CHANNEL_FILES], 0);
        assert_int_equal(viewer.len, sizeof(large));
        assert_memory_equal(viewer.message, large, sizeof(large));
        assert_int_equal(ds_tunnel_queued(agent.tunnel, DS_CHANNEL_CLIPBOARD), 0);
        assert_works();
        drop();
    }
}

static void a_thousand_messages_wait_and_then_there_is_room(void **state)
{
    (void)state;
    make_open();
    ends_rejoin(&viewer, &agent, 2);
    unsigned sent = 0;
    while (ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "note", 4) == DS_OK)
        sent++;
    assert_int_equal(sent, 1000);
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "note", 4), DS_EAGAIN);
    assert_int_equal(agent.rooms, 0);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.rooms, 1);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_NOTES], 1000);
    assert_works();
    drop();
}

static void what_was_refused_before_a_cut_has_room_after_it(void **state)
{
    (void)state;
    static const uint8_t chunk[65536];
    make_open();
    while (ds_tunnel_send(agent.tunnel, DS_CHANNEL_FILES, chunk, sizeof(chunk)) == DS_OK)
        ;
    ends_rejoin(&viewer, &agent, 2);
    assert_int_equal(agent.rooms, 0);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.rooms, 1);
    assert_int_equal(viewer.per_channel[DS_CHANNEL_FILES], 0);
    drop();
}

/* ---- late payloads ---- */

static void what_comes_before_the_resume_of_the_round_is_skipped(void **state)
{
    (void)state;
    static uint8_t late[3][DS_FRAME_DATA_MAX];
    static const uint8_t other_round[] = {7, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    static const uint8_t too_short[] = {7, 0, 0, 0};
    static uint8_t large[60000];
    int lens[3];
    make_open();
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_FILES, large, sizeof(large)), DS_OK);
    for (int i = 0; i < 3; i++) {
        lens[i] = ds_tunnel_drain(agent.tunnel, late[i], sizeof(late[i]), 0);
        assert_true(lens[i] > 16000);
    }
    for (int rejoining = 0; rejoining < 2; rejoining++) {
        if (rejoining)
            ends_rejoin(&viewer, &agent, 2);
        else
            ds_tunnel_cut(viewer.tunnel);
        for (int i = 0; i < 3; i++)
            assert_int_equal(ds_tunnel_feed(viewer.tunnel, late[i], (size_t)lens[i], 0), DS_OK);
        assert_int_equal(ds_tunnel_feed(viewer.tunnel, late[0], 0, 0), DS_OK);
        assert_int_equal(ds_tunnel_feed(viewer.tunnel, other_round, sizeof(other_round), 0), DS_OK);
        assert_int_equal(ds_tunnel_feed(viewer.tunnel, too_short, sizeof(too_short), 0), DS_OK);
    }
    assert_int_equal(viewer.messages, 1);
    assert_int_equal(viewer.cut, 0);
    ends_settle(&viewer, &agent, 0);
    assert_open(2);
    /* In an open connection a RESUME means nothing. */
    assert_int_equal(ds_tunnel_feed(viewer.tunnel, other_round, sizeof(other_round), 0), DS_OK);
    assert_works();
    drop();
}

/* ---- cuts at every payload ---- */

/* The start, cut after n payloads, then once more after m of the second connection. */
static size_t start_with_cuts(size_t n, size_t m)
{
    make();
    give_numbers();
    assert_int_equal(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    assert_int_equal(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "hello", 5), DS_OK);
    size_t carried = carry(n);
    ends_rejoin(&viewer, &agent, 1);
    carried += carry(m);
    ends_rejoin(&viewer, &agent, 2);
    ends_settle(&viewer, &agent, 0);
    for (int i = 0; i < 2; i++) {
        struct end *e = i ? &viewer : &agent;
        assert_int_equal(e->opened, 1);
        assert_int_equal(e->closed + e->wrong + e->cut, 0);
        assert_int_equal(e->messages, 1);
        /* A try of the viewer's that was not answered is used up. */
        assert_in_range(ds_tunnel_tries(e->tunnel), 0, e == &viewer ? 2 : 0);
    }
    assert_int_equal(ds_tunnel_epoch(viewer.tunnel), ds_tunnel_epoch(agent.tunnel));
    assert_works();
    drop();
    return carried;
}

static void a_start_cut_twice_at_any_payload_opens_once(void **state)
{
    (void)state;
    size_t n = 0, runs = 0;
    for (bool more = true; more; n++)
        for (size_t m = 0;; m++, runs++) {
            size_t carried = start_with_cuts(n, m);
            if (m == 0)
                more = carried == n;
            if (carried < n + m)
                break;
        }
    print_message("%zu runs, %zu payloads in the start\n", runs, n - 1);
    assert_in_range(n, 9, 16);
}

static void a_resume_cut_twice_at_any_payload_loses_and_doubles_nothing(void **state)
{
    (void)state;
    size_t runs = 0;
    for (size_t n = 0, more = 1; more; n++)
        for (size_t m = 0;; m++, runs++) {
            make_open();
            for (int i = 0; i < 5; i++) {
                ds_tunnel_send(viewer.tunnel, DS_CHANNEL_NOTES, "from viewer", 11);
                ds_tunnel_send(agent.tunnel, DS_CHANNEL_CLIPBOARD, "from agent", 10);
            }
            ends_rejoin(&viewer, &agent, 1);
            size_t first = carry(n);
            ends_rejoin(&viewer, &agent, 2);
            size_t second = carry(m);
            ends_rejoin(&viewer, &agent, 3);
            ends_settle(&viewer, &agent, 0);
            assert_int_equal(viewer.messages, 6);
            assert_int_equal(agent.messages, 6);
            assert_int_equal(viewer.cut + agent.cut, 0);
            assert_int_equal(viewer.opened + agent.opened, 2);
            assert_int_equal(ds_tunnel_epoch(viewer.tunnel), ds_tunnel_epoch(agent.tunnel));
            assert_works();
            drop();
            more = first == n;
            if (second < m)
                break;
        }
    print_message("%zu runs\n", runs);
    assert_true(runs > 50);
}

/* One end is cut just before the last payload of the resume reached it, again and again. */
static void an_end_that_never_hears_the_new_keys_keeps_the_old_ones(void **state)
{
    (void)state;
    make_open();
    for (uint32_t round = 1; round <= 40; round++) {
        ends_rejoin(&viewer, &agent, round);
        carry(4); /* RESUME twice, ClientHello, ServerHello: only the viewer is up */
        assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_REJOINING);
    }
    ends_rejoin(&viewer, &agent, 41);
    ends_settle(&viewer, &agent, 0);
    assert_open(42);
    assert_int_equal(viewer.resumed, 1);
    assert_int_equal(agent.resumed, 1);
    drop();
}

/* ---- the number ---- */

static void a_number_may_be_typed_while_there_is_no_connection(void **state)
{
    (void)state;
    for (int rejoining = 0; rejoining < 3; rejoining++) {
        make();
        assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
        ds_tunnel_cut(viewer.tunnel);
        if (rejoining > 0)
            ends_rejoin(&viewer, &agent, 1);
        if (rejoining > 1) {
            ends_settle(&viewer, &agent, 0);
            assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_NUMBER);
            assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_NUMBER);
        }
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "48192"), DS_EINVAL);
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_EINVAL);
        if (rejoining == 0)
            ends_rejoin(&viewer, &agent, 1);
        ends_settle(&viewer, &agent, 0);
        assert_open(1);
        assert_int_equal(viewer.resumed + agent.resumed, 0);
        assert_works();
        ds_tunnel_cut(viewer.tunnel);
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_EINVAL);
        drop();
    }
}

static void a_wrong_number_counts_over_a_cut_and_is_asked_for_again(void **state)
{
    (void)state;
    make();
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "000000"), DS_OK);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.left, 2);
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.wrong, 1); /* not tried again by itself */
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_NUMBER);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "000001"), DS_OK);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.left, 1);
    assert_int_equal(agent.left, 1);
    ends_rejoin(&viewer, &agent, 2);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.opened, 1);
    assert_int_equal(agent.opened, 1);
    drop();
}

/* Each cut between cA and cB may have been a guess of a stranger: three end it. */
static void tries_that_were_not_answered_are_used_up(void **state)
{
    (void)state;
    make();
    give_numbers();
    for (uint32_t round = 1; round <= 3; round++) {
        carry(round == 1 ? 3 : 5); /* up to cA, and RESUME twice before it */
        assert_int_equal(ds_tunnel_tries(viewer.tunnel), round);
        ends_rejoin(&viewer, &agent, round);
        assert_int_equal(ds_tunnel_tries(viewer.tunnel), round);
    }
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_CLOSED);
    assert_int_equal(viewer.closed, 1);
    assert_int_equal(viewer.error, DS_EAUTH);
    assert_int_equal(viewer.opened + agent.opened, 0);
    assert_int_equal(ds_tunnel_rejoin(viewer.tunnel, 9), DS_ECLOSED);
    ds_tunnel_cut(viewer.tunnel);
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_CLOSED);
    drop();
}

/* ---- a resume that fails costs the connection only ---- */

static void assert_cut(struct end *e, const char *reason)
{
    assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_CUT);
    assert_int_equal(e->cut, 1);
    assert_string_equal(e->reason, reason);
    assert_false(ds_tunnel_has_output(e->tunnel));
    assert_int_equal(e->closed, 0);
    ends_rejoin(&viewer, &agent, 77);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_OPEN);
    assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_OPEN);
    assert_works();
    drop();
}

static void a_resume_that_makes_no_sense_costs_the_connection(void **state)
{
    (void)state;
    static const uint8_t three[] = {7, 0, 0, 0, 2, 0, 0, 0, 1, 3, 0,
                                    0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    static const uint8_t cut[] = {7, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0};
    static const uint8_t ahead[] = {7, 0, 0, 0, 2, 0, 2, 0, 0, 1, 0, 0, 0, 1};
    static const struct {
        const uint8_t *bytes;
        size_t len;
    } cases[] = {{three, sizeof(three)}, {cut, sizeof(cut)}, {ahead, sizeof(ahead)}};
    for (size_t i = 0; i < 3; i++) {
        make_open();
        ends_rejoin(&viewer, &agent, 2);
        assert_int_equal(ds_tunnel_feed(agent.tunnel, cases[i].bytes, cases[i].len, 0), DS_OK);
        assert_cut(&agent, "the other side's resume makes no sense");
    }
}

/* The RESUME of the right round, and then something that is not the peer's handshake. */
static void a_handshake_that_fails_costs_the_connection(void **state)
{
    (void)state;
    static const uint8_t resume[] = {7, 0, 0, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 1};
    static const uint8_t tls[] = {DS_KIND_TLS, 0x99, 3, 3, 0, 2, 1, 1};
    static const uint8_t pa[66] = {DS_KIND_PA, 4};
    static uint8_t padding[2000] = {DS_KIND_TLS};
    static const struct {
        const uint8_t *bytes;
        size_t len;
        const char *reason;
    } cases[] = {
        {tls, sizeof(tls), "the sealed connection could not be trusted"},
        {pa, sizeof(pa), "the security number came twice"},
        {padding, 257, "a payload's length is out of range"},
        {padding, 0, "a payload's length is out of range"},
    };
    for (size_t i = 0; i < 4; i++)
        for (int role = 0; role < 2; role++) {
            make_open();
            struct end *e = role ? &agent : &viewer;
            ends_rejoin(&viewer, &agent, 2);
            assert_int_equal(ds_tunnel_feed(e->tunnel, resume, sizeof(resume), 0), DS_OK);
            assert_int_equal(ds_tunnel_feed(e->tunnel, cases[i].bytes, cases[i].len, 0), DS_OK);
            assert_cut(e, cases[i].reason);
        }
}

/* Every byte of every payload of the resume changed in turn costs the connection or leaves the ends
 * waiting for the next one. Only a RESUME that denies the common secret ends the session: there is
 * nothing left to wait for. */
static void a_resume_changed_in_any_byte_costs_a_connection(void **state)
{
    (void)state;
    unsigned cuts = 0, closed = 0, open = 0, waiting = 0;
    for (size_t at = 0; at < 7; at++) {
        size_t len = 2;
        for (size_t i = 0; i < len; i++) {
            make_open();
            ends_rejoin(&viewer, &agent, 2);
            assert_int_equal(carry(at), at);
            struct end *from = &viewer, *to = &agent;
            int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
            if (n == 0) {
                from = &agent;
                to = &viewer;
                n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
            }
            assert_true(n > 0);
            len = (size_t)n;
            payload[i] ^= (uint8_t)(1u << (i % 8));
            ds_tunnel_feed(to->tunnel, payload, len, 0);
            ends_settle(&viewer, &agent, 0);
            cuts += viewer.cut + agent.cut;
            bool both = ds_tunnel_state(viewer.tunnel) == DS_TUNNEL_OPEN &&
                        ds_tunnel_state(agent.tunnel) == DS_TUNNEL_OPEN;
            open += both;
            closed += viewer.closed + agent.closed;
            waiting += !both && viewer.cut + agent.cut + viewer.closed + agent.closed == 0;
            /* at 0 and 1 the two RESUME, from 10 on the number of the secret */
            assert_int_equal(viewer.closed + agent.closed, at < 2 && i >= 10);
            if (!viewer.closed && !agent.closed) {
                ends_rejoin(&viewer, &agent, 3);
                ends_settle(&viewer, &agent, 0);
                assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_OPEN);
                assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_OPEN);
                assert_int_equal(ds_tunnel_epoch(viewer.tunnel), ds_tunnel_epoch(agent.tunnel));
                assert_works();
            }
            drop();
        }
    }
    print_message("%u cut, %u closed, %u open, %u waiting\n", cuts, closed, open, waiting);
}

static void a_peer_without_the_keys_ends_the_session(void **state)
{
    (void)state;
    make_open();
    ds_tunnel_destroy(viewer.tunnel);
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(agent.closed, 1);
    assert_int_equal(agent.error, DS_EAUTH);
    assert_string_equal(agent.reason, "the other side has lost the keys of this session");
    assert_int_equal(viewer.opened + viewer.closed, 0);
    drop();
}

/* The peer of another session, as a relay that mixes two up would join them. */
static void an_end_of_another_session_never_opens(void **state)
{
    (void)state;
    make_open();
    struct end one = {.tunnel = viewer.tunnel};
    ds_tunnel_destroy(agent.tunnel);
    struct ds_tunnel_config config = end_config;
    config.session[0] ^= 1;
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &config));
    give_numbers();
    ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "hello", 5);
    ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "hello", 5);
    ends_settle(&viewer, &agent, 0);
    ds_tunnel_destroy(viewer.tunnel);
    viewer.tunnel = one.tunnel; /* its events go to viewer */
    ends_rejoin(&viewer, &agent, 1);
    ends_settle(&viewer, &agent, 0);
    assert_int_equal(viewer.resumed + agent.resumed, 0);
    assert_int_equal(agent.cut, 1);
    assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_CUT);
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_resume_and_say_so_once),
        cmocka_unit_test(the_first_payload_is_this_resume_and_the_second_small),
        cmocka_unit_test(only_the_ledger_waits_while_there_is_no_connection),
        cmocka_unit_test(a_half_received_message_comes_whole_and_once),
        cmocka_unit_test(a_thousand_messages_wait_and_then_there_is_room),
        cmocka_unit_test(what_was_refused_before_a_cut_has_room_after_it),
        cmocka_unit_test(what_comes_before_the_resume_of_the_round_is_skipped),
        cmocka_unit_test(a_start_cut_twice_at_any_payload_opens_once),
        cmocka_unit_test(a_resume_cut_twice_at_any_payload_loses_and_doubles_nothing),
        cmocka_unit_test(an_end_that_never_hears_the_new_keys_keeps_the_old_ones),
        cmocka_unit_test(a_number_may_be_typed_while_there_is_no_connection),
        cmocka_unit_test(a_wrong_number_counts_over_a_cut_and_is_asked_for_again),
        cmocka_unit_test(tries_that_were_not_answered_are_used_up),
        cmocka_unit_test(a_resume_that_makes_no_sense_costs_the_connection),
        cmocka_unit_test(a_handshake_that_fails_costs_the_connection),
        cmocka_unit_test(a_resume_changed_in_any_byte_costs_a_connection),
        cmocka_unit_test(a_peer_without_the_keys_ends_the_session),
        cmocka_unit_test(an_end_of_another_session_never_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
