/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two tunnels over a line that splits, delays and cuts, by seed: what arrives is what was sent, in
 * order on each channel, and nothing else; over a cut that holds for the ledger channels, and for
 * the others within each connection. A failing run prints its seed; DESKSIDE_SEED=N plays
 * that one run again. DESKSIDE_RUNS: how many (default 150). */
#include "common/tunnel/tunnel.h"
#include "common/tunnel/proof.h"
#include "tests/support/draw.h"
#include "tests/support/ends.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LINE_MAX 64 /* payloads under way in one direction */

struct parcel {
    ds_tick due;
    size_t len;
    uint8_t bytes[DS_FRAME_DATA_MAX];
};

/* One direction: order is kept, as TCP does. */
struct line {
    struct parcel parcels[LINE_MAX];
    unsigned first, count;
};

/* An end, what it has sent, and the line away from it. */
struct side {
    struct end end;
    struct line line;
    uint64_t sums[DS_CHANNEL_COUNT]; /* as end.sums, of what was sent */
    unsigned sent[DS_CHANNEL_COUNT];
};

static struct side sides[2]; /* viewer, agent */
static uint64_t seed;
static unsigned resumed;
static struct draw d;
static ds_tick now;

#define check(e)                                                                                   \
    do {                                                                                           \
        if (!(e)) {                                                                                \
            print_error("DESKSIDE_SEED=%llu\n", (unsigned long long)seed);                         \
            fail_msg("%s", #e);                                                                    \
        }                                                                                          \
    } while (0)

static void put(struct line *line, uint8_t kind, const uint8_t *body, size_t len)
{
    check(line->count < LINE_MAX);
    unsigned at = (line->first + line->count) % LINE_MAX;
    ds_tick due = now + draw_below(&d, 200) * DS_MS;
    if (line->count > 0) {
        ds_tick before = line->parcels[(at + LINE_MAX - 1) % LINE_MAX].due;
        due = due < before ? before : due;
    }
    line->parcels[at].due = due;
    line->parcels[at].len = 1 + len;
    line->parcels[at].bytes[0] = kind;
    memcpy(line->parcels[at].bytes + 1, body, len);
    line->count++;
}

/* Takes one payload from the side; bytes of TLS may be split, the proof's messages stay whole. */
static bool drain(struct side *side)
{
    static uint8_t payload[DS_FRAME_DATA_MAX];
    if (side->line.count > LINE_MAX - 4)
        return false;
    int n = ds_tunnel_drain(side->end.tunnel, payload, sizeof(payload), now);
    check(n >= 0);
    size_t left = n > 0 ? (size_t)n - 1 : 0;
    const uint8_t *at = payload + 1;
    unsigned parts = n > 0 && payload[0] == DS_KIND_TLS ? 1 + draw_below(&d, 4) : 1;
    for (unsigned i = 1; i <= parts && left > 0; i++) {
        size_t part = i == parts ? left : 1 + draw_below(&d, (uint32_t)left);
        put(&side->line, payload[0], at, part);
        at += part;
        left -= part;
    }
    return n > 0;
}

static bool deliver(struct side *from, struct side *to)
{
    struct line *line = &from->line;
    if (line->count == 0 || line->parcels[line->first].due > now)
        return false;
    struct parcel *parcel = &line->parcels[line->first];
    line->first = (line->first + 1) % LINE_MAX;
    line->count--;
    ds_tunnel_feed(to->end.tunnel, parcel->bytes, parcel->len, now);
    return true;
}

static bool is_ledger(int channel)
{
    return channel == DS_CHANNEL_CONTROL || channel == DS_CHANNEL_NOTES ||
           channel == DS_CHANNEL_CLIPBOARD;
}

static void send_something(struct side *side)
{
    static uint8_t message[DS_MUX_MESSAGE_MAX];
    static const uint32_t sizes[] = {1, 20, 300, 5000, 70000, DS_MUX_MESSAGE_MAX};
    enum ds_channel channel =
        (enum ds_channel)(DS_CHANNEL_CONTROL + draw_below(&d, DS_CHANNEL_COUNT - 1));
    unsigned size = draw_below(&d, 100) < 3 ? 5 : draw_below(&d, 5);
    size_t len = 1 + draw_below(&d, sizes[size]);
    uint8_t fill = (uint8_t)draw_below(&d, 256);
    for (size_t i = 0; i < len; i++)
        message[i] = (uint8_t)(fill + i * 7);
    int error = ds_tunnel_send(side->end.tunnel, channel, message, len);
    check(error == DS_OK || error == DS_EAGAIN || (error == DS_ECLOSED && !is_ledger(channel)));
    if (error)
        return;
    side->sent[channel]++;
    side->sums[channel] = end_sum(side->sums[channel], message, len);
}

/* Nothing was sent or heard on this channel, either way. */
static void forget(int channel)
{
    for (int i = 0; i < 2; i++) {
        sides[i].sums[channel] = sides[i].end.sums[channel] = END_SUM_START;
        sides[i].sent[channel] = sides[i].end.per_channel[channel] = 0;
    }
}

static void make_ends(void)
{
    for (int i = 0; i < 2; i++) {
        memset(&sides[i].line, 0, sizeof(sides[i].line));
        check(end_make(&sides[i].end, i == 0 ? DS_TUNNEL_VIEWER : DS_TUNNEL_AGENT, &end_config));
    }
    for (int c = 0; c < DS_CHANNEL_COUNT; c++)
        forget(c);
    check(ds_tunnel_set_number(sides[1].end.tunnel, "481926") == DS_OK);
}

/* The line is cut; what was under way is lost, or arrives late. */
static void cut_line(uint32_t round)
{
    for (int i = 0; i < 2; i++)
        if (draw_below(&d, 2))
            sides[i].line.count = 0;
    ends_rejoin(&sides[0].end, &sides[1].end, round);
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
        if (!is_ledger(c))
            forget(c);
}

/* Carries until nothing is under way and nothing waits. */
static void settle(void)
{
    bool more = true;
    while (more) {
        more = drain(&sides[0]);
        more = drain(&sides[1]) || more;
        now += draw_below(&d, 100) * DS_MS;
        more = deliver(&sides[0], &sides[1]) || more;
        more = deliver(&sides[1], &sides[0]) || more;
        more = more || sides[0].line.count > 0 || sides[1].line.count > 0;
    }
}

static void step(void)
{
    for (int i = 0; i < 2; i++) {
        struct side *side = &sides[i];
        if (draw_below(&d, 4) == 0)
            send_something(side);
        if (draw_below(&d, 3) > 0)
            drain(side);
        if (draw_below(&d, 40) == 0)
            ds_tunnel_hold(side->end.tunnel, (enum ds_channel)(1 + draw_below(&d, 7)),
                           draw_below(&d, 2) == 0);
        deliver(&sides[1 - i], side);
    }
    /* Now and then a pause that is long enough for new keys. */
    now += draw_below(&d, 500) == 0 ? 16 * 60 * DS_SECOND : draw_below(&d, 50) * DS_MS;
}

/* One connection until it is cut or has carried everything. false: the tries are used up. */
static bool play_connection(bool cut)
{
    unsigned steps = 50 + draw_below(&d, cut ? 200 : 600);
    for (unsigned i = 0; i < steps; i++) {
        step();
        for (int s = 0; s < 2; s++)
            if (ds_tunnel_state(sides[s].end.tunnel) == DS_TUNNEL_CLOSED) {
                check(sides[s].end.closed == 1 ? sides[s].end.error == DS_EAUTH
                                               : sides[s].end.left == 0);
                return false;
            }
        if (ds_tunnel_state(sides[0].end.tunnel) == DS_TUNNEL_NUMBER)
            check(ds_tunnel_set_number(sides[0].end.tunnel,
                                       draw_below(&d, 4) ? "481926" : "481927") == DS_OK);
    }
    if (cut)
        return true;
    for (int s = 0; s < 2; s++)
        for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
            ds_tunnel_hold(sides[s].end.tunnel, (enum ds_channel)c, false);
    settle();
    for (int s = 0; s < 2; s++) {
        const struct side *from = &sides[s];
        const struct end *to = &sides[1 - s].end;
        check(to->opened == 1);
        check(to->closed == 0);
        for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
            check(to->per_channel[c] == from->sent[c]);
            check(to->sums[c] == from->sums[c]);
        }
    }
    return true;
}

static void play(uint64_t with)
{
    seed = with;
    d.state = with;
    now = 0;
    unsigned cuts = draw_below(&d, 4);
    make_ends();
    for (uint32_t round = 0; round <= cuts; round++) {
        if (round > 0)
            cut_line(round);
        if (!play_connection(round < cuts))
            break;
        for (int s = 0; s < 2; s++)
            for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
                check(sides[1 - s].end.per_channel[c] <= sides[s].sent[c]);
    }
    unsigned viewer_tries = ds_tunnel_tries(sides[0].end.tunnel);
    unsigned agent_tries = ds_tunnel_tries(sides[1].end.tunnel);
    check(viewer_tries <= DS_NUMBER_TRIES && agent_tries <= DS_NUMBER_TRIES);
    /* The viewer has counted at least what the agent has refused. */
    check(viewer_tries >= agent_tries);
    for (int s = 0; s < 2; s++) {
        resumed += sides[s].end.resumed;
        ds_tunnel_destroy(sides[s].end.tunnel);
    }
}

static void what_is_sent_arrives_over_a_line_that_splits_delays_and_cuts(void **state)
{
    (void)state;
    unsigned runs = draw_count("DESKSIDE_RUNS", 150);
    uint64_t base = draw_seed(20261122);
    if (getenv("DESKSIDE_SEED"))
        runs = draw_count("DESKSIDE_RUNS", 1);
    print_message("seeds %llu to %llu\n", (unsigned long long)base,
                  (unsigned long long)(base + runs - 1));
    for (unsigned i = 0; i < runs; i++)
        play(base + i);
    print_message("%u times an end resumed\n", resumed);
    assert_true(resumed > runs / 2 || runs == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_arrives_over_a_line_that_splits_delays_and_cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
