/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A relay that lies: it runs the whole protocol with both ends and guesses the number. And a
 * stranger who types wrong numbers. Nothing opens, and every try is counted and shown.
 * DESKSIDE_SESSIONS: how many (default 10000; with sanitizers 3000). */
#include "common/tunnel/proof.h"
#include "common/tunnel/tunnel.h"
#include "tests/support/draw.h"
#include "tests/support/ends.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#ifdef DESKSIDE_SANITIZED
#define SESSIONS 3000
#else
#define SESSIONS 10000
#endif

/* Six guesses in a million for each of 10,000 sessions: one seed in seventeen holds a right guess
 * (2 does), and then it opens, as it has to. With this one there is none. */
#define DEFAULT_SEED 3

static struct end viewer, agent;       /* honest */
static struct end as_viewer, as_agent; /* the relay's own */
static struct draw d;

static void make_number(char out[DS_TEXT_NUMBER])
{
    snprintf(out, DS_TEXT_NUMBER, "%06u", draw_below(&d, 1000000));
}

static void make_session(struct ds_tunnel_config *config)
{
    *config = end_config;
    for (int i = 0; i < DS_SESSION_ID; i++)
        config->session[i] = (uint8_t)draw_below(&d, 256);
}

/* The relay's guesses against one end, as many as that end allows. Returns how many were made, and
 * in *lucky whether one was the number itself: then, and only then, it must have opened. */
static unsigned guess_at(struct end *honest, struct end *own, struct end *as_v, struct end *as_a,
                         const char *number, bool *lucky)
{
    bool honest_is_agent = honest == as_a;
    unsigned guesses = 0;
    *lucky = false;
    while (!*lucky && ds_tunnel_state(honest->tunnel) == DS_TUNNEL_NUMBER &&
           ds_tunnel_state(own->tunnel) == DS_TUNNEL_NUMBER) {
        char guess[DS_TEXT_NUMBER];
        make_number(guess);
        *lucky = strcmp(guess, number) == 0;
        guesses++;
        /* The agent's number stays; the viewer's is typed again by a patient rep. */
        assert_int_equal(ds_tunnel_set_number(as_a->tunnel, honest_is_agent ? number : guess),
                         DS_OK);
        assert_int_equal(ds_tunnel_set_number(as_v->tunnel, honest_is_agent ? guess : number),
                         DS_OK);
        ends_settle(as_v, as_a, 0);
        assert_int_equal(honest->opened, *lucky);
        assert_int_equal(own->opened, *lucky);
        assert_int_equal(honest->wrong, *lucky ? guesses - 1 : guesses);
    }
    return guesses;
}

static void a_relay_that_guesses_opens_nothing_and_every_guess_is_shown(void **state)
{
    (void)state;
    unsigned sessions = draw_count("DESKSIDE_SESSIONS", SESSIONS);
    uint64_t seed = draw_seed(DEFAULT_SEED);
    unsigned opened = 0, guesses = 0, shown = 0;
    d.state = seed;
    for (unsigned i = 0; i < sessions; i++) {
        struct ds_tunnel_config config;
        char number[DS_TEXT_NUMBER];
        bool lucky[2];
        make_session(&config);
        make_number(number);
        assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &config));
        assert_true(end_make(&agent, DS_TUNNEL_AGENT, &config));
        assert_true(end_make(&as_viewer, DS_TUNNEL_VIEWER, &config));
        assert_true(end_make(&as_agent, DS_TUNNEL_AGENT, &config));
        guesses += guess_at(&agent, &as_viewer, &as_viewer, &agent, number, &lucky[0]);
        guesses += guess_at(&viewer, &as_agent, &viewer, &as_agent, number, &lucky[1]);
        opened += agent.opened + viewer.opened;
        shown += agent.wrong + viewer.wrong;
        if (!lucky[0]) {
            assert_int_equal(agent.wrong, DS_NUMBER_TRIES);
            assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_CLOSED);
        }
        if (!lucky[1]) {
            assert_int_equal(viewer.wrong, DS_NUMBER_TRIES);
            assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_CLOSED);
        }
        ds_tunnel_destroy(viewer.tunnel);
        ds_tunnel_destroy(agent.tunnel);
        ds_tunnel_destroy(as_viewer.tunnel);
        ds_tunnel_destroy(as_agent.tunnel);
    }
    print_message("seed %llu: %u sessions, %u guesses, %u shown as wrong, %u opened\n",
                  (unsigned long long)seed, sessions, guesses, shown, opened);
    if (!getenv("DESKSIDE_SEED") && sessions <= SESSIONS)
        assert_int_equal(opened, 0);
    assert_int_equal(shown + opened, guesses);
}

/* The relay in between passes points on but puts its own confirmations, or swaps what it has. */
static void a_relay_that_changes_confirmations_opens_nothing(void **state)
{
    (void)state;
    static uint8_t payload[DS_FRAME_DATA_MAX];
    unsigned sessions = draw_count("DESKSIDE_SESSIONS", SESSIONS) / 10;
    d.state = draw_seed(3);
    for (unsigned i = 0; i < sessions; i++) {
        struct ds_tunnel_config config;
        char number[DS_TEXT_NUMBER];
        make_session(&config);
        make_number(number);
        assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &config));
        assert_true(end_make(&agent, DS_TUNNEL_AGENT, &config));
        assert_int_equal(ds_tunnel_set_number(agent.tunnel, number), DS_OK);
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, number), DS_OK);
        unsigned at = draw_below(&d, 4);
        for (unsigned m = 0; m < 4; m++) {
            struct end *from = m % 2 ? &agent : &viewer, *to = m % 2 ? &viewer : &agent;
            int n = ds_tunnel_drain(from->tunnel, payload, sizeof(payload), 0);
            if (n <= 0)
                break;
            if (m == at)
                for (int b = 1; b < n; b++)
                    payload[b] = (uint8_t)draw_below(&d, 256);
            ds_tunnel_feed(to->tunnel, payload, (size_t)n, 0);
        }
        ends_settle(&viewer, &agent, 0);
        assert_int_equal(viewer.opened + agent.opened, 0);
        assert_int_equal(ds_tunnel_tries(viewer.tunnel), at == 0 ? 0 : at >= 2);
        ds_tunnel_destroy(viewer.tunnel);
        ds_tunnel_destroy(agent.tunnel);
    }
}

static void ten_thousand_wrong_numbers_open_nothing(void **state)
{
    (void)state;
    unsigned numbers = draw_count("DESKSIDE_SESSIONS", SESSIONS), typed = 0, shown = 0;
    d.state = draw_seed(4);
    while (typed < numbers) {
        struct ds_tunnel_config config;
        char number[DS_TEXT_NUMBER], wrong[DS_TEXT_NUMBER];
        make_session(&config);
        make_number(number);
        assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &config));
        assert_true(end_make(&agent, DS_TUNNEL_AGENT, &config));
        assert_int_equal(ds_tunnel_set_number(agent.tunnel, number), DS_OK);
        for (unsigned i = 1; i <= DS_NUMBER_TRIES; i++) {
            do
                make_number(wrong);
            while (strcmp(wrong, number) == 0);
            assert_int_equal(ds_tunnel_set_number(viewer.tunnel, wrong), DS_OK);
            ends_settle(&viewer, &agent, 0);
            assert_int_equal(agent.wrong, i);
            assert_int_equal(agent.left, DS_NUMBER_TRIES - i);
            assert_int_equal(viewer.wrong, i);
            typed++;
        }
        assert_int_equal(viewer.opened + agent.opened, 0);
        assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_CLOSED);
        assert_int_equal(ds_tunnel_set_number(viewer.tunnel, number), DS_ECLOSED);
        shown += agent.wrong;
        ds_tunnel_destroy(viewer.tunnel);
        ds_tunnel_destroy(agent.tunnel);
    }
    print_message("%u wrong numbers, %u shown, 0 opened\n", typed, shown);
    assert_int_equal(shown, typed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_relay_that_guesses_opens_nothing_and_every_guess_is_shown),
        cmocka_unit_test(a_relay_that_changes_confirmations_opens_nothing),
        cmocka_unit_test(ten_thousand_wrong_numbers_open_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
