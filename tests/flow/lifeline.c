/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both ends' lifelines and tunnels over a relay that is played here, on a virtual clock: lines are
 * killed, half-open, refused and slow, the relay is killed and starts again. After every trouble
 * shorter than ten minutes the session goes on, nothing of the ledger is lost or doubled, and no
 * end dials all the time. A seed as argument repeats a run. */
#include "common/tunnel/lifeline.h"
#include "common/base/error.h"
#include "common/tunnel/tunnel.h"

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SESSION "000102030405060708090a0b0c0d0e0f"
#define SILENCE (15 * DS_SECOND) /* dead after */
#define QUEUE 4096

enum { VIEWER, AGENT };

struct frame {
    ds_tick at; /* when it arrives */
    bool is_data;
    struct ds_message message;
    uint8_t payload[DS_FRAME_DATA_MAX];
    size_t len;
};

struct end {
    struct ds_lifeline line;
    struct ds_tunnel *tunnel;
    unsigned opened, resumed, closed, over, dials;
    uint32_t said, heard; /* numbered messages of the ledger */
    bool has_link;        /* as this end sees it */
    ds_tick link_at;      /* a dial answers then; 0: none runs */
    bool link_ok;
    ds_tick noticed; /* when its link is found to be gone; 0: it is fine */
    bool cut_due;
    /* what is on its way to it from the relay, in order */
    struct frame *frames;
    unsigned first, count;
    unsigned generation; /* of its link */
};

static struct {
    ds_tick now;
    uint64_t random;
    struct end ends[2];
    bool up; /* the relay */
    bool refused[2];
    ds_tick slow;               /* delay of each frame */
    bool has_leg[2], is_joined; /* as the relay sees it */
    ds_tick away_since[2];
    unsigned round, tokens;
    char token[2][2][DS_TEXT_TOKEN]; /* newest, before */
} w;

static uint64_t dice(uint64_t n)
{
    w.random = w.random * 6364136223846793005u + 1442695040888963407u;
    return (w.random >> 16) % n;
}

/* ---- on its way ---- */

static void post(int to, const struct ds_message *message, const uint8_t *payload, size_t len)
{
    struct end *e = &w.ends[to];
    if (!e->has_link || e->noticed != 0)
        return; /* half-open: it is lost */
    assert_true(e->count < QUEUE);
    struct frame *f = &e->frames[(e->first + e->count++) % QUEUE];
    f->at = w.now + w.slow;
    f->is_data = payload != NULL;
    if (message)
        f->message = *message;
    if (payload)
        memcpy(f->payload, payload, f->len = len);
}

static void tell(int to, struct ds_message message)
{
    post(to, &message, NULL, 0);
}

/* ---- the relay ---- */

static void give_token(int side)
{
    struct ds_message m = {.type = DS_MESSAGE_TOKEN};
    memcpy(w.token[side][1], w.token[side][0], DS_TEXT_TOKEN);
    snprintf(m.token, sizeof(m.token), "%032x", ++w.tokens);
    memcpy(w.token[side][0], m.token, DS_TEXT_TOKEN);
    tell(side, m);
}

static unsigned left_s(void)
{
    ds_tick since = w.now;
    for (int side = 0; side < 2; side++)
        if (!w.has_leg[side] && w.away_since[side] < since)
            since = w.away_since[side];
    ds_tick until = since + DS_CUTOFF_MS * DS_MS;
    return until > w.now ? (unsigned)((until - w.now) / DS_SECOND) : 0;
}

static void leg_gone(int side)
{
    if (!w.has_leg[side])
        return;
    w.has_leg[side] = w.is_joined = false;
    w.away_since[side] = w.now;
    if (w.has_leg[1 - side])
        tell(1 - side, (struct ds_message){.type = DS_MESSAGE_PEER_AWAY, .left_s = left_s()});
}

static void on_resume(int side, const struct ds_message *m)
{
    if (strcmp(m->token, w.token[side][0]) != 0 && strcmp(m->token, w.token[side][1]) != 0) {
        struct ds_message error = {.type = DS_MESSAGE_ERROR, .error = DS_REFUSAL_SESSION};
        tell(side, error);
        return;
    }
    w.has_leg[side] = true;
    tell(side, (struct ds_message){
                   .type = DS_MESSAGE_RESUMED, .present = w.has_leg[1 - side], .left_s = left_s()});
    if (dice(8)) /* now and then the store is away: the tokens before stay good */
        give_token(side);
    if (!w.has_leg[1 - side])
        return;
    w.is_joined = true;
    w.round++;
    for (int to = 0; to < 2; to++)
        tell(to, (struct ds_message){.type = DS_MESSAGE_REJOINED, .round = w.round});
}

/* ---- the ends ---- */

static void pump(int side)
{
    static uint8_t payload[DS_FRAME_DATA_MAX];
    struct end *e = &w.ends[side];
    while (e->has_link) {
        int n = ds_tunnel_drain(e->tunnel, payload, sizeof(payload), w.now);
        if (n <= 0)
            return;
        if (w.up && w.is_joined && e->noticed == 0)
            post(1 - side, NULL, payload, (size_t)n);
    }
}

static void drop_link(int side)
{
    struct end *e = &w.ends[side];
    e->has_link = false;
    e->link_at = e->noticed = 0;
    e->first = e->count = 0;
    e->generation++;
    if (w.up)
        leg_gone(side);
}

static void act(int side, unsigned what)
{
    struct end *e = &w.ends[side];
    if (what & DS_LIFELINE_CUT)
        ds_tunnel_cut(e->tunnel);
    if (what & DS_LIFELINE_HANG_UP)
        drop_link(side);
    if (what & DS_LIFELINE_DIAL) {
        e->dials++;
        e->link_ok = w.up && !w.refused[side];
        e->link_at = w.now + (e->link_ok ? 50 * DS_MS + w.slow : dice(2) ? DS_MS : 5 * DS_SECOND);
    }
    if (what & DS_LIFELINE_RESUME) {
        struct ds_message m;
        ds_lifeline_resume(&e->line, &m);
        on_resume(side, &m);
    }
    if (what & DS_LIFELINE_REJOIN)
        assert_int_equal(ds_tunnel_rejoin(e->tunnel, e->line.round), DS_OK);
    if (what & DS_LIFELINE_OVER)
        e->over++;
    pump(side);
}

static void on_open(void *ctx)
{
    struct end *e = ctx;
    e->opened++;
    ds_lifeline_on_open(&e->line);
}

static void on_resumed(void *ctx)
{
    struct end *e = ctx;
    e->resumed++;
    ds_lifeline_on_open(&e->line);
}

static void on_cut(void *ctx, const char *reason)
{
    (void)reason;
    ((struct end *)ctx)->cut_due = true;
}

static void on_closed(void *ctx, int error, const char *reason)
{
    (void)error;
    ((struct end *)ctx)->closed++;
    print_message("closed: %s\n", reason);
}

static void on_wrong(void *ctx, unsigned left)
{
    (void)ctx, (void)left;
    fail_msg("a right number was wrong");
}

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct end *e = ctx;
    uint32_t number;
    assert_int_equal(channel, DS_CHANNEL_CONTROL);
    assert_int_equal(len, sizeof(number));
    memcpy(&number, bytes, sizeof(number));
    assert_int_equal(number, e->heard + 1); /* each once, in order */
    e->heard = number;
}

static const struct ds_tunnel_events events = {.on_open = on_open,
                                               .on_resumed = on_resumed,
                                               .on_cut = on_cut,
                                               .on_closed = on_closed,
                                               .on_wrong_number = on_wrong,
                                               .on_message = on_message};

/* ---- time ---- */

static void link_answers(int side)
{
    struct end *e = &w.ends[side];
    e->link_at = 0;
    if (e->link_ok && w.up && !w.refused[side]) {
        e->has_link = true;
        act(side, ds_lifeline_on_up(&e->line, w.now));
    } else {
        act(side, ds_lifeline_on_down(&e->line, DS_LIFELINE_SELF, 0, w.now));
    }
}

static void link_noticed(int side)
{
    struct end *e = &w.ends[side];
    drop_link(side);
    act(side, ds_lifeline_on_down(&e->line, DS_LIFELINE_RELAY, w.now, w.now));
}

static void arrive(int side)
{
    struct end *e = &w.ends[side];
    struct frame *f = &e->frames[e->first % QUEUE];
    e->first = (e->first + 1) % QUEUE;
    e->count--;
    if (f->is_data) {
        ds_tunnel_feed(e->tunnel, f->payload, f->len, w.now);
    } else {
        bool mine;
        act(side, ds_lifeline_on_message(&e->line, &f->message, w.now, &mine));
    }
    pump(side);
}

static ds_tick earlier(ds_tick a, ds_tick b)
{
    return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

static ds_tick next_of(const struct end *e)
{
    ds_tick at = earlier(ds_lifeline_deadline(&e->line), earlier(e->link_at, e->noticed));
    return e->count > 0 ? earlier(at, e->frames[e->first % QUEUE].at) : at;
}

static void step(int side)
{
    struct end *e = &w.ends[side];
    ds_tick line = ds_lifeline_deadline(&e->line);
    if (e->cut_due) {
        e->cut_due = false;
        act(side, ds_lifeline_on_cut(&e->line, w.now));
    } else if (e->noticed != 0 && e->noticed <= w.now) {
        link_noticed(side);
    } else if (e->link_at != 0 && e->link_at <= w.now) {
        link_answers(side);
    } else if (e->count > 0 && e->frames[e->first % QUEUE].at <= w.now) {
        arrive(side);
    } else if (line != 0 && line <= w.now) {
        act(side, ds_lifeline_tick(&e->line, w.now));
    }
}

static void run_until(ds_tick until)
{
    for (unsigned steps = 0;; steps++) {
        assert_true(steps < 2000000); /* no busy loop */
        bool due = w.ends[0].cut_due || w.ends[1].cut_due;
        ds_tick at = earlier(next_of(&w.ends[0]), next_of(&w.ends[1]));
        if (!due && (at == 0 || at > until))
            break;
        if (!due && at > w.now)
            w.now = at;
        step(VIEWER);
        step(AGENT);
    }
    w.now = until;
}

/* ---- troubles ---- */

/* at: when the end finds out. The relay knows at once when it is a kill, after its own silence when
 * the line is half-open. */
static void lose(int side, bool half_open)
{
    struct end *e = &w.ends[side];
    if (!e->has_link || e->noticed != 0)
        return;
    e->noticed = w.now + (half_open ? SILENCE : DS_MS);
    if (w.up)
        leg_gone(side);
}

static void trouble(void)
{
    int side = (int)dice(2);
    ds_tick how_long = dice(4) ? dice(20 * DS_SECOND) : dice(400 * DS_SECOND);
    switch (dice(6)) {
    case 0:
        lose(side, false);
        break;
    case 1:
        lose(side, true);
        break;
    case 2:
        lose(side, false);
        lose(1 - side, dice(2));
        break;
    case 3: /* refused for a while */
        w.refused[side] = true;
        lose(side, dice(2));
        run_until(w.now + how_long);
        w.refused[side] = false;
        break;
    case 4: /* slow, and cut in the middle of whatever comes next */
        w.slow = dice(900 * DS_MS);
        lose(side, false);
        run_until(w.now + dice(3 * DS_SECOND));
        lose((int)dice(2), false);
        w.slow = 0;
        break;
    default: /* the relay is killed, and its store is read again */
        lose(VIEWER, false);
        lose(AGENT, false);
        w.up = false;
        w.has_leg[0] = w.has_leg[1] = w.is_joined = false;
        run_until(w.now + how_long);
        w.up = true;
        w.round = 0;
        w.away_since[0] = w.away_since[1] = w.now - how_long;
        break;
    }
}

static void say(int side)
{
    struct end *e = &w.ends[side];
    uint32_t number = e->said + 1;
    if (ds_tunnel_send(e->tunnel, DS_CHANNEL_CONTROL, &number, sizeof(number)) == DS_OK)
        e->said = number;
    pump(side);
}

static void begin(uint64_t seed)
{
    struct frame *frames[2] = {w.ends[0].frames, w.ends[1].frames};
    memset(&w, 0, sizeof(w));
    w.now = 1000 * DS_SECOND;
    w.random = seed;
    w.up = true;
    for (int side = 0; side < 2; side++) {
        struct end *e = &w.ends[side];
        struct ds_tunnel_config config = {.role =
                                              side == VIEWER ? DS_TUNNEL_VIEWER : DS_TUNNEL_AGENT,
                                          .host = "relay.example",
                                          .epoch = 1};
        e->frames = frames[side] ? frames[side] : calloc(QUEUE, sizeof(*e->frames));
        e->tunnel = ds_tunnel_new(&config, &events, e);
        assert_non_null(e->tunnel);
        e->has_link = w.has_leg[side] = true;
        ds_lifeline_init(&e->line, dice(UINT32_MAX), DS_CUTOFF_MS);
        ds_lifeline_begin(&e->line, SESSION, true, w.now);
    }
    w.is_joined = true;
    for (int side = 0; side < 2; side++) {
        give_token(side);
        assert_int_equal(ds_tunnel_set_number(w.ends[side].tunnel, "481926"), DS_OK);
        pump(side);
    }
    run_until(w.now + DS_SECOND);
    assert_int_equal(w.ends[VIEWER].opened, 1);
    assert_int_equal(w.ends[AGENT].opened, 1);
}

static void finish(void)
{
    ds_tunnel_destroy(w.ends[0].tunnel);
    ds_tunnel_destroy(w.ends[1].tunnel);
}

static void converges(uint64_t seed, ds_tick length)
{
    ds_tick start = w.now;
    begin(seed);
    start = w.now;
    while (w.now < start + length) {
        say((int)dice(2));
        trouble();
        say((int)dice(2));
        /* 8 s of waiting, 5 s of a dial that hangs, 10 s of a resume that does; twice. */
        run_until(w.now + 60 * DS_SECOND + dice(60 * DS_SECOND));
        for (int side = 0; side < 2; side++) {
            const struct end *e = &w.ends[side];
            if (e->line.state != DS_LIFELINE_UP || e->over || e->closed ||
                e->heard != w.ends[1 - side].said)
                fail_msg("seed=%llu side=%d state=%s over=%u closed=%u heard=%u said=%u at=%llu s",
                         (unsigned long long)seed, side, ds_lifeline_state_name(e->line.state),
                         e->over, e->closed, e->heard, w.ends[1 - side].said,
                         (unsigned long long)((w.now - start) / DS_SECOND));
        }
    }
    for (int side = 0; side < 2; side++)
        assert_true(w.ends[side].dials < (w.now - start) / DS_SECOND); /* no storm */
    finish();
}

static uint64_t given;

static void after_every_trouble_the_session_goes_on(void **state)
{
    (void)state;
    for (uint64_t seed = given ? given : 1; seed < (given ? given + 1 : 60); seed++)
        converges(seed, 1200 * DS_SECOND);
}

static void a_day_of_troubles(void **state)
{
    (void)state;
    converges(given ? given : 7777, 86400 * DS_SECOND);
    print_message("resumed %u and %u times, dialled %u and %u times\n", w.ends[0].resumed,
                  w.ends[1].resumed, w.ends[0].dials, w.ends[1].dials);
}

static void ten_minutes_end_it_at_both_ends(void **state)
{
    (void)state;
    begin(3);
    ds_tick cut = w.now;
    w.refused[VIEWER] = true;
    lose(VIEWER, false);
    run_until(cut + 610 * DS_SECOND);
    w.refused[VIEWER] = false;
    run_until(w.now + 60 * DS_SECOND);
    assert_int_equal(w.ends[VIEWER].over, 1);
    assert_int_equal(w.ends[AGENT].over, 1);
    assert_int_equal(w.ends[VIEWER].line.state, DS_LIFELINE_NONE);
    finish();
    begin(4);
    cut = w.now;
    w.refused[VIEWER] = true;
    lose(VIEWER, false);
    run_until(cut + 590 * DS_SECOND);
    w.refused[VIEWER] = false;
    run_until(w.now + 30 * DS_SECOND);
    assert_int_equal(w.ends[VIEWER].resumed, 1);
    assert_int_equal(w.ends[AGENT].resumed, 1);
    finish();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(after_every_trouble_the_session_goes_on),
        cmocka_unit_test(a_day_of_troubles),
        cmocka_unit_test(ten_minutes_end_it_at_both_ends),
    };
    given = argc > 1 ? strtoull(argv[1], NULL, 0) : 0;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(w.ends[0].frames);
    free(w.ends[1].frames);
    return failed;
}
