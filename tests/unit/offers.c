/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard by offers: its messages, byte by byte, and its rules between two ends. */
#include "common/service/offers.h"
#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- bytes ---- */

static const uint8_t offer_bytes[] = {
    3,                      /* OFFER */
    0, 0, 0, 7,             /* serial */
    1, 2, 3, 4, 5, 6, 7, 8, /* place */
    1,                      /* PRIMARY */
    0, 5,                   /* text and PNG */
};
static const uint8_t heard_bytes[] = {4, 0, 0, 1, 0, 1};             /* serial 256, taken */
static const uint8_t fetch_bytes[] = {5, 0, 0, 0, 9, 0, 0, 0, 7, 2}; /* fetch 9 of 7, PNG */
static const uint8_t chunk_bytes[] = {6, 0, 0, 0, 9, 1, 0xff, 0};    /* the last two bytes of 9 */
static const uint8_t grant_bytes[] = {7, 0, 0, 0, 9, 0, 4, 0, 0};    /* 9 up to 262144 */
static const uint8_t failed_bytes[] = {8, 0, 0, 0, 9, 3};            /* 9 is too long */
static const uint8_t cancel_bytes[] = {9, 0, 0, 0, 9};
static const uint8_t switch_bytes[] = {10, 6}; /* takes, and what is marked */

static const struct golden {
    struct ds_clipboard_message message;
    const uint8_t *bytes;
    size_t len;
} goldens[] = {
    {{.type = DS_CLIPBOARD_OFFER,
      .serial = 7,
      .place = 0x0102030405060708,
      .selection = DS_CLIP_PRIMARY,
      .formats = 5},
     offer_bytes,
     sizeof(offer_bytes)},
    {{.type = DS_CLIPBOARD_HEARD, .serial = 256, .taken = true}, heard_bytes, sizeof(heard_bytes)},
    {{.type = DS_CLIPBOARD_FETCH, .fetch = 9, .serial = 7, .format = DS_CLIP_PNG},
     fetch_bytes,
     sizeof(fetch_bytes)},
    {{.type = DS_CLIPBOARD_CHUNK, .fetch = 9, .taken = true, .text = "\xff", .len = 2},
     chunk_bytes,
     sizeof(chunk_bytes)},
    {{.type = DS_CLIPBOARD_GRANT, .fetch = 9, .up_to = 262144}, grant_bytes, sizeof(grant_bytes)},
    {{.type = DS_CLIPBOARD_FAILED, .fetch = 9, .why = DS_CLIPBOARD_TOO_LONG},
     failed_bytes,
     sizeof(failed_bytes)},
    {{.type = DS_CLIPBOARD_CANCEL, .fetch = 9}, cancel_bytes, sizeof(cancel_bytes)},
    {{.type = DS_CLIPBOARD_SWITCH, .switches = 6}, switch_bytes, sizeof(switch_bytes)},
};

static int decode_exact(const uint8_t *bytes, size_t len, struct ds_clipboard_message *m)
{
    uint8_t *exact = malloc(len ? len : 1); /* so that a byte too many is seen */
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    int error = ds_clipboard_message_decode(exact, len, m);
    free(exact);
    return error;
}

static void messages_are_these_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(goldens) / sizeof(goldens[0]); i++) {
        const struct golden *g = &goldens[i];
        struct ds_clipboard_message m;
        struct ds_buf buf;
        ds_buf_init(&buf, 1000);
        assert_int_equal(ds_clipboard_message_encode(&buf, &g->message), DS_OK);
        assert_int_equal(buf.len, g->len);
        assert_memory_equal(ds_buf_peek(&buf), g->bytes, g->len);
        ds_buf_destroy(&buf);
        assert_int_equal(ds_clipboard_message_decode(g->bytes, g->len, &m), DS_OK);
        assert_true(m.type == g->message.type && m.serial == g->message.serial &&
                    m.place == g->message.place && m.selection == g->message.selection &&
                    m.formats == g->message.formats && m.fetch == g->message.fetch &&
                    m.format == g->message.format && m.up_to == g->message.up_to &&
                    m.why == g->message.why && m.switches == g->message.switches &&
                    m.taken == g->message.taken && m.len == g->message.len);
        for (size_t cut = 0; cut < g->len; cut++) /* a CHUNK may end anywhere in its bytes */
            if (g->message.type != DS_CLIPBOARD_CHUNK || cut < 6)
                assert_int_equal(decode_exact(g->bytes, cut, &m), DS_EPROTO);
    }
}

static void values_out_of_range_are_refused(void **state)
{
    (void)state;
    static uint8_t chunk[6 + DS_CLIPBOARD_CHUNK_MAX + 1] = {6};
    uint8_t bytes[32];
    struct ds_clipboard_message m;
    memcpy(bytes, offer_bytes, sizeof(offer_bytes));
    bytes[13] = 2; /* no such selection */
    assert_int_equal(decode_exact(bytes, sizeof(offer_bytes), &m), DS_EPROTO);
    bytes[13] = 0;
    bytes[14] = 0xff; /* formats of a newer version are left out */
    assert_int_equal(decode_exact(bytes, sizeof(offer_bytes), &m), DS_OK);
    assert_int_equal(m.formats, 5);
    memcpy(bytes, heard_bytes, sizeof(heard_bytes));
    bytes[5] = 2;
    assert_int_equal(decode_exact(bytes, sizeof(heard_bytes), &m), DS_EPROTO);
    assert_int_equal(decode_exact(chunk, sizeof(chunk) - 1, &m), DS_OK);
    assert_int_equal(decode_exact(chunk, sizeof(chunk), &m), DS_EPROTO);
    assert_int_equal(decode_exact(chunk, 6, &m), DS_EPROTO); /* nothing, and not the last */
    chunk[5] = 1;
    assert_int_equal(decode_exact(chunk, 6, &m), DS_OK);
    chunk[5] = 2;
    assert_int_equal(decode_exact(chunk, 7, &m), DS_EPROTO);
    chunk[5] = 0;
    assert_int_equal(decode_exact((const uint8_t[]){10, 0xff}, 2, &m), DS_OK);
    assert_int_equal(m.switches, 7);
}

/* ---- rules: two ends and what is between them ---- */

struct side {
    struct ds_offers rules;
    const char *text; /* what a program has copied here, `len` bytes */
    size_t len, supplied;
    bool is_asked; /* GIVE has come, and supply is under way */
    unsigned offered, gives, stops, failures, whole, switched;
    unsigned formats;      /* of the last offer */
    uint8_t why;           /* of the last failure */
    struct ds_buf content; /* what has come of what was wanted */
    size_t chunks;
};

struct pair {
    struct side a, b;
    struct ds_buf out;
};

static void open_side(struct side *s, uint64_t place, uint32_t seed)
{
    ds_offers_init(&s->rules, place, seed);
    ds_offers_allow(&s->rules, true);
    ds_buf_init(&s->content, DS_CLIP_MAX);
}

static int set_up(void **state)
{
    struct pair *p = calloc(1, sizeof(*p));
    open_side(&p->a, 1, 100);
    open_side(&p->b, 2, UINT32_MAX); /* numbers wrap */
    ds_buf_init(&p->out, DS_CLIPBOARD_CHUNK_MAX + 64);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct pair *p = *state;
    ds_offers_destroy(&p->a.rules);
    ds_offers_destroy(&p->b.rules);
    ds_buf_destroy(&p->a.content);
    ds_buf_destroy(&p->b.content);
    ds_buf_destroy(&p->out);
    free(p);
    return 0;
}

static void copy(struct side *s, const char *text, size_t len)
{
    s->text = text;
    s->len = len;
    ds_offers_copied(&s->rules, DS_CLIP_CLIPBOARD, 1u << DS_CLIP_TEXT | 1u << DS_CLIP_HTML);
}

static bool want(struct side *s)
{
    ds_buf_clear(&s->content);
    return ds_offers_want(&s->rules, DS_CLIP_CLIPBOARD, DS_CLIP_TEXT);
}

/* The program gives what may be read, in steps. */
static void supply(struct side *s)
{
    while (s->is_asked && !ds_offers_is_full(&s->rules)) {
        size_t left = s->len - s->supplied, n = left < 100000 ? left : 100000;
        if (n == 0) {
            ds_offers_supply_end(&s->rules);
            s->is_asked = false;
        } else if (ds_offers_supply(&s->rules, (const uint8_t *)s->text + s->supplied, n)) {
            s->is_asked = false;
        }
        s->supplied += n;
        assert_true(s->rules.give.bytes.len <= DS_OFFERS_AHEAD + 100000);
    }
}

static void hear(struct side *s, const struct ds_offers_news *news)
{
    switch (news->type) {
    case DS_OFFERS_NEWS_OFFER:
        s->offered++;
        s->formats = news->formats;
        break;
    case DS_OFFERS_NEWS_GIVE:
        s->gives++;
        s->is_asked = true;
        s->supplied = 0;
        break;
    case DS_OFFERS_NEWS_STOP:
        s->stops++;
        s->is_asked = false;
        break;
    case DS_OFFERS_NEWS_CONTENT:
        s->chunks++;
        assert_int_equal(ds_buf_append(&s->content, news->bytes, news->len), DS_OK);
        assert_int_equal(s->content.len, news->total);
        s->whole += news->is_last;
        break;
    case DS_OFFERS_NEWS_FAILED:
        s->failures++;
        s->why = news->why;
        break;
    case DS_OFFERS_NEWS_SWITCHED:
        s->switched++;
        break;
    case DS_OFFERS_NEWS_NONE:
        break;
    }
}

/* One message from one side to the other; false: there was none. */
static bool carry(struct pair *p, struct side *from, struct side *to)
{
    struct ds_offers_news news;
    struct ds_offers_given given;
    ds_buf_clear(&p->out);
    supply(from);
    if (!ds_offers_drain(&from->rules, &p->out, &given))
        return false;
    assert_int_equal(ds_offers_feed(&to->rules, ds_buf_peek(&p->out), p->out.len, &news), DS_OK);
    hear(to, &news);
    return true;
}

static unsigned settle(struct pair *p)
{
    unsigned messages = 0;
    bool more = true;
    while (more) {
        more = false;
        while (carry(p, &p->a, &p->b)) {
            more = true;
            messages++;
        }
        while (carry(p, &p->b, &p->a)) {
            more = true;
            messages++;
        }
        assert_true(messages < 20000);
    }
    return messages;
}

static void only_the_offer_travels_until_somebody_pastes(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "one", 3);
    assert_int_equal(settle(p), 2); /* OFFER and HEARD */
    assert_true(p->b.offered == 1 && p->a.gives == 0);
    assert_true(want(&p->b));
    assert_int_equal(settle(p), 2); /* FETCH and the one CHUNK */
    assert_true(p->b.whole == 1 && p->b.content.len == 3);
    assert_memory_equal(ds_buf_peek(&p->b.content), "one", 3);
    assert_false(want(&p->a)); /* nothing is offered there */
}

static void long_contents_go_with_credit(void **state)
{
    struct pair *p = *state;
    size_t len = (3 << 20) + 1;
    char *text = malloc(len);
    assert_non_null(text);
    for (size_t i = 0; i < len; i++)
        text[i] = (char)('a' + i % 23);
    copy(&p->a, text, len);
    settle(p);
    assert_true(want(&p->b));
    while (carry(p, &p->b, &p->a))
        ;
    size_t chunks = p->b.chunks;
    while (carry(p, &p->a, &p->b))
        ;
    /* what goes without a word from over there */
    assert_int_equal((p->b.chunks - chunks) * DS_CLIPBOARD_CHUNK_MAX, DS_CLIPBOARD_WINDOW);
    settle(p);
    assert_true(p->b.whole == 1 && p->b.content.len == len);
    assert_memory_equal(ds_buf_peek(&p->b.content), text, len);
    free(text);
}

static void the_bound_is_kept_by_the_giver(void **state)
{
    struct pair *p = *state;
    char *text = calloc(1, DS_CLIP_MAX + 1);
    assert_non_null(text);
    copy(&p->a, text, DS_CLIP_MAX + 1);
    settle(p);
    assert_true(want(&p->b));
    settle(p);
    assert_true(p->b.whole == 0 && p->b.failures == 1);
    assert_int_equal(p->b.why, DS_CLIPBOARD_TOO_LONG);
    copy(&p->a, text, DS_CLIP_MAX);
    settle(p);
    assert_true(want(&p->b));
    settle(p);
    assert_true(p->b.whole == 1 && p->b.content.len == DS_CLIP_MAX);
    free(text);
}

static int feed(struct side *s, const struct ds_clipboard_message *m, struct ds_offers_news *news)
{
    struct ds_buf buf;
    ds_buf_init(&buf, DS_CLIPBOARD_CHUNK_MAX + 64);
    assert_int_equal(ds_clipboard_message_encode(&buf, m), DS_OK);
    int error = ds_offers_feed(&s->rules, ds_buf_peek(&buf), buf.len, news);
    ds_buf_destroy(&buf);
    return error;
}

/* A peer that gives without end, and one that gives more than was granted. */
static void the_bound_is_kept_by_the_taker(void **state)
{
    struct pair *p = *state;
    static char bytes[DS_CLIPBOARD_CHUNK_MAX];
    struct ds_offers_news news = {.type = DS_OFFERS_NEWS_NONE};
    struct ds_offers_given given;
    copy(&p->a, "x", 1);
    settle(p);
    assert_true(want(&p->b));
    assert_true(ds_offers_drain(&p->b.rules, &p->out, &given)); /* FETCH, to nobody */
    const struct ds_clipboard_message chunk = {.type = DS_CLIPBOARD_CHUNK,
                                               .fetch = p->b.rules.take.fetch,
                                               .text = bytes,
                                               .len = sizeof(bytes)};
    size_t total = 0;
    while (news.type != DS_OFFERS_NEWS_FAILED) {
        assert_int_equal(feed(&p->b, &chunk, &news), DS_OK);
        total += sizeof(bytes);
        ds_buf_clear(&p->out);
        ds_offers_drain(&p->b.rules, &p->out, &given); /* GRANT, or the CANCEL of the end */
        assert_true(total <= DS_CLIP_MAX + sizeof(bytes));
    }
    assert_int_equal(news.why, DS_CLIPBOARD_TOO_LONG);
    assert_int_equal(ds_buf_peek(&p->out)[0], DS_CLIPBOARD_CANCEL);
    assert_int_equal(feed(&p->b, &chunk, &news), DS_OK); /* was under way: let pass */
    assert_int_equal(news.type, DS_OFFERS_NEWS_NONE);
    assert_true(want(&p->b));
    ds_buf_clear(&p->out);
    assert_true(ds_offers_drain(&p->b.rules, &p->out, &given));
    struct ds_clipboard_message more = chunk;
    more.fetch = p->b.rules.take.fetch;
    int error = DS_OK;
    for (total = 0; !error && total <= DS_CLIPBOARD_WINDOW; total += sizeof(bytes))
        error = feed(&p->b, &more, &news); /* and no GRANT is sent */
    assert_int_equal(error, DS_OK);        /* each half of the window grants by itself */
    more.fetch = p->b.rules.take.fetch;
    p->b.rules.take.granted = p->b.rules.take.received;
    assert_int_equal(feed(&p->b, &more, &news), DS_EPROTO);
}

static void a_stale_offer_is_answered_empty(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "old", 3);
    settle(p);
    assert_true(want(&p->b));
    copy(&p->a, "new", 3); /* before FETCH has come */
    while (carry(p, &p->b, &p->a))
        ;
    assert_int_equal(p->a.gives, 0);
    settle(p);
    assert_true(p->b.whole == 0); /* failed, or cancelled by the new offer */
    assert_true(want(&p->b));
    settle(p);
    assert_memory_equal(ds_buf_peek(&p->b.content), "new", 3);
    ds_offers_copied(&p->a.rules, DS_CLIP_CLIPBOARD, 0); /* a secret */
    settle(p);
    assert_int_equal(p->b.formats, 0);
    assert_false(want(&p->b));
}

static void the_newest_offer_wins_while_the_line_is_away(void **state)
{
    struct pair *p = *state;
    struct ds_offers_given given;
    struct ds_buf other;
    copy(&p->a, "first", 5);
    assert_true(ds_offers_drain(&p->a.rules, &p->out, &given)); /* into a ledger that waits */
    ds_buf_init(&other, 1000);
    for (int i = 0; i < 5000; i++) {
        copy(&p->a, "later", 5);
        assert_false(ds_offers_drain(&p->a.rules, &other, &given));
    }
    ds_buf_destroy(&other);
    struct ds_offers_news news;
    assert_int_equal(ds_offers_feed(&p->b.rules, ds_buf_peek(&p->out), p->out.len, &news), DS_OK);
    assert_int_equal(settle(p), 3); /* its HEARD, the newest, and the HEARD of that */
    assert_true(want(&p->b));
    settle(p);
    assert_memory_equal(ds_buf_peek(&p->b.content), "later", 5);
}

static void nothing_goes_without_the_right(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "offered", 7);
    settle(p);
    ds_offers_allow(&p->a.rules, false);
    assert_true(want(&p->b)); /* over there it is not known yet */
    settle(p);
    assert_true(p->a.gives == 0 && p->b.whole == 0 && p->b.failures == 1);
    assert_int_equal(p->b.why, DS_CLIPBOARD_REFUSED);
    copy(&p->a, "private", 7);
    copy(&p->b, "unwanted", 8);
    settle(p);
    assert_true(p->b.offered == 1 && p->a.offered == 0);
    ds_offers_allow(&p->a.rules, true);
    assert_int_equal(settle(p), 0); /* the right does not reach back */
    assert_false(want(&p->a));
    copy(&p->b, "wanted", 6);
    settle(p);
    assert_int_equal(p->a.offered, 1);
}

static void a_right_that_goes_in_the_middle_ends_it(void **state)
{
    struct pair *p = *state;
    static char text[DS_CLIPBOARD_WINDOW * 2];
    copy(&p->a, text, sizeof(text));
    settle(p);
    assert_true(want(&p->b));
    while (carry(p, &p->b, &p->a))
        ;
    assert_true(carry(p, &p->a, &p->b)); /* the first CHUNK */
    ds_offers_allow(&p->a.rules, false);
    size_t before = p->b.content.len;
    settle(p);
    assert_int_equal(p->b.content.len, before);
    assert_true(p->b.failures == 1 && p->b.whole == 0);
}

static void each_direction_has_a_switch_at_each_side(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "before", 6);
    settle(p);
    ds_offers_switch(&p->b.rules, DS_CLIPBOARD_GIVES);
    assert_false(want(&p->b)); /* at once, also what was offered */
    settle(p);
    assert_int_equal(p->a.switched, 1);
    assert_false(ds_offers_gives(&p->a.rules, DS_CLIP_CLIPBOARD));
    assert_true(ds_offers_takes(&p->a.rules, DS_CLIP_CLIPBOARD));
    copy(&p->a, "not", 3);
    assert_int_equal(settle(p), 0);
    copy(&p->b, "the other way", 13);
    settle(p);
    assert_true(want(&p->a));
    settle(p);
    assert_int_equal(p->a.whole, 1);
    ds_offers_switch(&p->b.rules, DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES);
    settle(p);
    copy(&p->a, "again", 5);
    settle(p);
    assert_true(want(&p->b));
    settle(p);
    assert_int_equal(p->b.whole, 1);
}

static void what_is_marked_goes_when_both_want_it(void **state)
{
    struct pair *p = *state;
    const uint8_t all = DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES | DS_CLIPBOARD_PRIMARY;
    ds_offers_switch(&p->a.rules, all);
    settle(p);
    ds_offers_copied(&p->a.rules, DS_CLIP_PRIMARY, 1u << DS_CLIP_TEXT);
    assert_int_equal(settle(p), 0);
    ds_offers_switch(&p->b.rules, all);
    settle(p);
    ds_offers_copied(&p->a.rules, DS_CLIP_PRIMARY, 1u << DS_CLIP_TEXT);
    copy(&p->a, "copied", 6);
    settle(p);
    assert_int_equal(p->b.offered, 2);
    p->a.text = "marked";
    assert_true(ds_offers_want(&p->b.rules, DS_CLIP_PRIMARY, DS_CLIP_TEXT));
    settle(p);
    assert_memory_equal(ds_buf_peek(&p->b.content), "marked", 6);
}

static void two_formats_come_one_after_the_other(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "same", 4);
    settle(p);
    assert_true(want(&p->b));
    assert_true(want(&p->b)); /* the same again costs nothing */
    assert_true(ds_offers_want(&p->b.rules, DS_CLIP_CLIPBOARD, DS_CLIP_HTML));
    assert_false(ds_offers_want(&p->b.rules, DS_CLIP_CLIPBOARD, DS_CLIP_PNG));
    while (carry(p, &p->b, &p->a))
        ;
    assert_int_equal(p->a.gives, 1);
    while (carry(p, &p->a, &p->b))
        ;
    ds_buf_clear(&p->b.content);
    settle(p);
    assert_true(p->a.gives == 2 && p->b.whole == 2);
}

static void what_takes_too_long_is_cancelled(void **state)
{
    struct pair *p = *state;
    enum ds_clip_selection selection;
    enum ds_clip_format format;
    copy(&p->a, "slow", 4);
    settle(p);
    assert_false(ds_offers_cancel(&p->b.rules, &selection, &format));
    assert_true(want(&p->b));
    assert_true(carry(p, &p->b, &p->a));
    assert_true(ds_offers_cancel(&p->b.rules, &selection, &format));
    assert_true(selection == DS_CLIP_CLIPBOARD && format == DS_CLIP_TEXT);
    assert_true(carry(p, &p->b, &p->a));
    assert_int_equal(p->a.stops, 1);
    assert_true(want(&p->b)); /* the offer is still good */
    settle(p);
    assert_true(p->b.whole == 1 && p->b.failures == 0);
}

static void two_ends_on_one_display_leave_each_other_alone(void **state)
{
    struct pair *p = *state;
    p->b.rules.place = 1;
    copy(&p->a, "here", 4);
    assert_int_equal(settle(p), 2);
    assert_int_equal(p->b.offered, 0);
    assert_false(want(&p->b));
}

/* One end became another process while everything was under way. */
static void another_process_begins_anew(void **state)
{
    struct pair *p = *state;
    copy(&p->a, "old", 3);
    settle(p);
    assert_true(want(&p->b));
    copy(&p->b, "unheard", 7);
    assert_true(carry(p, &p->b, &p->a)); /* FETCH, and the OFFER stays behind */
    ds_offers_destroy(&p->a.rules);
    ds_offers_init(&p->a.rules, 1, 5000);
    p->a.is_asked = false;
    ds_offers_allow(&p->a.rules, true);
    settle(p);
    enum ds_clip_selection selection;
    enum ds_clip_format format;
    assert_true(ds_offers_cancel(&p->b.rules, &selection, &format)); /* nobody answers */
    settle(p);
    assert_int_equal(p->a.offered, 1);
    copy(&p->a, "new", 3);
    settle(p);
    assert_true(want(&p->b));
    settle(p);
    assert_memory_equal(ds_buf_peek(&p->b.content), "new", 3);
}

static void out_of_turn_is_a_mistake(void **state)
{
    struct pair *p = *state;
    struct ds_offers_news news;
    const struct ds_clipboard_message offer = {
        .type = DS_CLIPBOARD_OFFER, .serial = 1, .formats = 1};
    assert_int_equal(feed(&p->a, &offer, &news), DS_OK);
    assert_int_equal(feed(&p->a, &offer, &news), DS_EPROTO); /* its HEARD has not gone */
    copy(&p->b, "x", 1);
    static char text[DS_CLIPBOARD_WINDOW];
    p->b.text = text;
    p->b.len = sizeof(text);
    const struct ds_clipboard_message fetch = {.type = DS_CLIPBOARD_FETCH,
                                               .fetch = 1,
                                               .serial = p->b.rules.mine[0].serial,
                                               .format = DS_CLIP_TEXT};
    assert_int_equal(feed(&p->b, &fetch, &news), DS_OK);
    assert_int_equal(news.type, DS_OFFERS_NEWS_GIVE);
    struct ds_clipboard_message grant = {
        .type = DS_CLIPBOARD_GRANT, .fetch = 1, .up_to = DS_CLIPBOARD_WINDOW + 1};
    assert_int_equal(feed(&p->b, &grant, &news), DS_EPROTO); /* for what was never sent */
    grant.up_to = 5;
    assert_int_equal(feed(&p->b, &grant, &news), DS_EPROTO); /* takes back */
    grant.fetch = 2;
    assert_int_equal(feed(&p->b, &grant, &news), DS_OK); /* of another that is over */
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_are_these_bytes),
        cmocka_unit_test(values_out_of_range_are_refused),
        CASE(only_the_offer_travels_until_somebody_pastes),
        CASE(long_contents_go_with_credit),
        CASE(the_bound_is_kept_by_the_giver),
        CASE(the_bound_is_kept_by_the_taker),
        CASE(a_stale_offer_is_answered_empty),
        CASE(the_newest_offer_wins_while_the_line_is_away),
        CASE(nothing_goes_without_the_right),
        CASE(a_right_that_goes_in_the_middle_ends_it),
        CASE(each_direction_has_a_switch_at_each_side),
        CASE(what_is_marked_goes_when_both_want_it),
        CASE(two_formats_come_one_after_the_other),
        CASE(what_takes_too_long_is_cancelled),
        CASE(two_ends_on_one_display_leave_each_other_alone),
        CASE(another_process_begins_anew),
        CASE(out_of_turn_is_a_mistake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
