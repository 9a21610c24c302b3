/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A relay that lies at the resume: it speaks to both ends with secrets of its own, plays back what
 * it has recorded and changes what both ends say of themselves. It costs connections: nothing is
 * opened, delivered or forgotten, and the next honest connection goes on. One session lives through
 * all of it. DESKSIDE_TRIES: how many (default 10000; with sanitizers 2000). */
#include "common/base/cursor.h"
#include "common/tunnel/proof.h"
#include "common/tunnel/resume.h"
#include "tests/support/draw.h"
#include "tests/support/ends.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#ifdef DESKSIDE_SANITIZED
#define TRIES 2000
#else
#define TRIES 10000
#endif
#define RECORDED 64
#define SAVED_SECRET 49 /* offset of the first secret in a saved tunnel */

static struct end viewer, agent;       /* honest */
static struct end as_viewer, as_agent; /* the relay's own */
static struct draw d;
static uint32_t relay_round;

/* What the relay has seen, by who said it. */
static struct {
    size_t len;
    uint8_t bytes[1024];
} recorded[2][RECORDED];
static unsigned seen[2];

static void record(int from, const uint8_t *bytes, size_t len)
{
    if (len > sizeof(recorded[0][0].bytes))
        return;
    unsigned at = seen[from]++ % RECORDED;
    recorded[from][at].len = len;
    memcpy(recorded[from][at].bytes, bytes, len);
}

static struct end *end_of(int who)
{
    return who ? &agent : &viewer;
}

static bool carry(int from)
{
    static uint8_t payload[DS_FRAME_DATA_MAX];
    int n = ds_tunnel_drain(end_of(from)->tunnel, payload, sizeof(payload), 0);
    if (n <= 0)
        return false;
    record(from, payload, (size_t)n);
    ds_tunnel_feed(end_of(!from)->tunnel, payload, (size_t)n, 0);
    return true;
}

static void settle(void)
{
    bool more = true;
    while (more) {
        more = carry(0);
        more = carry(1) || more;
    }
}

static void rejoin(void)
{
    ends_rejoin(&viewer, &agent, ++relay_round);
}

/* An honest connection: both are where they were, and new messages arrive once. */
static void assert_goes_on(void)
{
    unsigned before[2] = {viewer.messages, agent.messages};
    rejoin();
    settle();
    for (int i = 0; i < 2; i++) {
        struct end *e = end_of(i);
        assert_int_equal(ds_tunnel_send(e->tunnel, DS_CHANNEL_NOTES, "a note", 6), DS_OK);
        settle();
        assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_OPEN);
        assert_int_equal(end_of(!i)->messages, before[!i] + 1);
        assert_int_equal(e->opened, 1);
        assert_int_equal(e->closed, 0);
    }
    assert_int_equal(ds_tunnel_epoch(viewer.tunnel), ds_tunnel_epoch(agent.tunnel));
}

static void make_session(void)
{
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
    memset(seen, 0, sizeof(seen));
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, "481926"), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, "481926"), DS_OK);
    settle();
    assert_goes_on();
}

static void drop_session(void)
{
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
}

static bool is_open(const struct end *e)
{
    return ds_tunnel_state(e->tunnel) == DS_TUNNEL_OPEN;
}

/* ---- the relay's own secrets ---- */

/* Everything that the honest end has, but the secrets: those are guessed. */
static void impersonate(const struct end *honest, struct end *own)
{
    struct ds_buf saved;
    ds_buf_init(&saved, DS_TUNNEL_SAVED_MAX);
    assert_int_equal(ds_tunnel_save(honest->tunnel, &saved), DS_OK);
    uint8_t *bytes = malloc(saved.len);
    assert_non_null(bytes);
    memcpy(bytes, ds_buf_peek(&saved), saved.len);
    for (int i = 0; i < 32; i++)
        bytes[SAVED_SECRET + i] = (uint8_t)draw_below(&d, 256);
    size_t len = saved.len - 32;
    assert_int_equal(EVP_Digest(bytes, len, bytes + len, NULL, EVP_sha256(), NULL), 1);
    memset(own, 0, offsetof(struct end, message));
    own->tunnel = ds_tunnel_load(bytes, saved.len, end_config.host, &end_events, own);
    assert_non_null(own->tunnel);
    ds_buf_wipe(&saved);
    free(bytes);
}

/* It runs the whole resume with both ends at once. */
static void speak_to_both(void)
{
    impersonate(&viewer, &as_viewer);
    impersonate(&agent, &as_agent);
    rejoin();
    assert_int_equal(ds_tunnel_rejoin(as_viewer.tunnel, relay_round), DS_OK);
    assert_int_equal(ds_tunnel_rejoin(as_agent.tunnel, relay_round), DS_OK);
    ends_settle(&viewer, &as_agent, 0);
    ends_settle(&as_viewer, &agent, 0);
    assert_false(is_open(&viewer) || is_open(&agent) || is_open(&as_viewer) || is_open(&as_agent));
    assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_CUT);
    assert_int_equal(as_viewer.messages + as_agent.messages, 0);
    ds_tunnel_destroy(as_viewer.tunnel);
    ds_tunnel_destroy(as_agent.tunnel);
}

/* ---- played back ---- */

/* A new connection, and what both ends said first in it, which did not arrive. */
static uint8_t fresh[2][DS_FRAME_DATA_MAX];
static size_t fresh_len[2];

static void intercept(void)
{
    rejoin();
    for (int from = 0; from < 2; from++) {
        int n = ds_tunnel_drain(end_of(from)->tunnel, fresh[from], sizeof(fresh[from]), 0);
        assert_in_range(n, 14, DS_RESUME_MAX);
        fresh_len[from] = (size_t)n;
        record(from, fresh[from], fresh_len[from]);
    }
}

/* What the peer said before, in a RESUME of this round or another, and other things it said. The
 * list of secrets is brought up to date, for an old one would end the session. */
static void play_back(void)
{
    intercept();
    for (int to = 0; to < 2; to++) {
        int from = !to;
        unsigned count = seen[from] < RECORDED ? seen[from] : RECORDED;
        unsigned start = draw_below(&d, count), many = 1 + draw_below(&d, 12);
        for (unsigned i = 0; i < many; i++) {
            uint8_t bytes[1024];
            unsigned at = draw_below(&d, 4) ? (start + i) % count : draw_below(&d, count);
            size_t len = recorded[from][at].len;
            memcpy(bytes, recorded[from][at].bytes, len);
            if (bytes[0] == DS_KIND_RESUME) {
                len = fresh_len[from];
                memcpy(bytes + 9, fresh[from] + 9, len - 9);
                if (draw_below(&d, 4))
                    ds_put_u32(bytes + 1, relay_round);
            }
            ds_tunnel_feed(end_of(to)->tunnel, bytes, len, 0);
        }
        assert_false(is_open(end_of(to)));
    }
}

/* ---- changed on the way ---- */

/* Both say which connection was their last and which secrets they hold; the relay says otherwise. A
 * denial of every common secret would end the session, so one of them stays in the list. */
static void change_both(void)
{
    uint32_t lies = draw_below(&d, 3) == 0 ? draw_below(&d, DS_RESUME_AHEAD * 2) : 0;
    uint32_t base = ds_tunnel_epoch(agent.tunnel);
    intercept();
    for (int from = 0; from < 2; from++) {
        uint8_t *payload = fresh[from];
        switch (draw_below(&d, 5)) {
        case 0: /* too low, or far too high */
            ds_put_u32(payload + 5, draw_below(&d, 2) ? draw_below(&d, 10) : UINT32_MAX);
            break;
        case 1: /* the same lie to both */
            ds_put_u32(payload + 5, base + lies);
            break;
        case 2: /* a secret that is no longer there, beside the true one */
            payload[9] = 2;
            ds_put_u32(payload + 14, ds_get_u32(payload + 10) - 1);
            fresh_len[from] = 18;
            break;
        case 3:
            payload[9] = (uint8_t)(3 + draw_below(&d, 253));
            break;
        default:
            break;
        }
        ds_tunnel_feed(end_of(!from)->tunnel, payload, fresh_len[from], 0);
    }
    settle();
    /* What still opened is between the two ends. */
    assert_int_equal(is_open(&viewer), is_open(&agent));
    if (is_open(&viewer))
        assert_int_equal(ds_tunnel_epoch(viewer.tunnel), ds_tunnel_epoch(agent.tunnel));
}

static void a_lying_relay_costs_connections_and_nothing_else(void **state)
{
    (void)state;
    unsigned tries = draw_count("DESKSIDE_TRIES", TRIES), opened = 0, cut;
    uint64_t seed = draw_seed(1);
    d.state = seed;
    make_session();
    for (unsigned i = 0; i < tries; i++) {
        unsigned messages = viewer.messages + agent.messages;
        unsigned how = draw_below(&d, 3);
        if (how == 0)
            speak_to_both();
        else if (how == 1)
            play_back();
        else
            change_both();
        opened += is_open(&viewer) && is_open(&agent);
        assert_int_equal(viewer.messages + agent.messages, messages);
        assert_int_equal(viewer.closed + agent.closed, 0);
        if (draw_below(&d, 8) == 0)
            assert_goes_on();
        else {
            ds_tunnel_cut(viewer.tunnel);
            ds_tunnel_cut(agent.tunnel);
        }
    }
    assert_goes_on();
    cut = viewer.cut + agent.cut;
    print_message("seed %llu: %u tries, %u connections failed at an end, %u were opened by the two "
                  "ends all the same, epoch %u\n",
                  (unsigned long long)seed, tries, cut, opened, ds_tunnel_epoch(viewer.tunnel));
    assert_true(cut > tries / 3);
    drop_session();
}

/* Denying every common secret ends the session at an end that has been private with its peer:
 * never another proof, never an older key. */
static void a_denied_secret_never_leads_to_another_proof(void **state)
{
    (void)state;
    d.state = draw_seed(2);
    for (int to = 0; to < 2; to++)
        for (unsigned i = 0; i < 50; i++) {
            uint8_t forged[DS_RESUME_MAX] = {DS_KIND_RESUME};
            make_session();
            struct end *e = end_of(to);
            unsigned count = draw_below(&d, 3);
            rejoin();
            ds_put_u32(forged + 1, relay_round);
            ds_put_u32(forged + 5, 1 + draw_below(&d, 3));
            forged[9] = (uint8_t)count;
            for (unsigned n = 0; n < count; n++)
                ds_put_u32(forged + 10 + 4 * n, 100 + draw_below(&d, 1000));
            assert_int_equal(ds_tunnel_feed(e->tunnel, forged, 10 + 4 * count, 0), DS_EAUTH);
            assert_int_equal(ds_tunnel_state(e->tunnel), DS_TUNNEL_CLOSED);
            assert_int_equal(e->closed, 1);
            assert_false(ds_tunnel_has_output(e->tunnel));
            drop_session();
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lying_relay_costs_connections_and_nothing_else),
        cmocka_unit_test(a_denied_secret_never_leads_to_another_proof),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
