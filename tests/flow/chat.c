/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat of both ends through a relay that keeps it by the rules of PROTOCOL.md, over lines that are
 * cut again and again: every message is shown once at both ends, in one order. */
#include "common/service/chat.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGES 10000
#define LINE 64 /* messages that a line holds */

struct stored {
    char id[DS_TEXT_ID];
    bool is_rep;
    char text[24];
};

/* A line carries in order and loses everything when it is cut. */
struct line {
    struct ds_message *messages[LINE];
    size_t count;
};

struct end {
    struct ds_chat chat;
    struct line up, down;
    size_t told; /* messages of the relay that are in `down` or behind it */
    bool is_agent, is_open;
    unsigned shown, receipts, last_number, most_under_way;
    char (*texts)[24]; /* by number */
};

static struct stored *store;
static size_t stored;
static struct end rep, customer;
static uint64_t seed;
static ds_tick now;

static unsigned random_below(unsigned below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 16) % below);
}

/* ---- lines ---- */

static int push(struct line *line, const struct ds_message *m)
{
    if (line->count == LINE)
        return DS_EAGAIN;
    line->messages[line->count] = malloc(sizeof(*m));
    assert_non_null(line->messages[line->count]);
    memcpy(line->messages[line->count++], m, sizeof(*m));
    return DS_OK;
}

static bool pop(struct line *line, struct ds_message *m)
{
    if (line->count == 0)
        return false;
    memcpy(m, line->messages[0], sizeof(*m));
    free(line->messages[0]);
    line->count--;
    memmove(line->messages, line->messages + 1, line->count * sizeof(line->messages[0]));
    return true;
}

static void lose(struct line *line)
{
    struct ds_message m;
    while (pop(line, &m))
        ;
}

/* ---- the relay ---- */

static void tell(struct end *to, size_t number)
{
    struct ds_message m = {.type = DS_MESSAGE_CHAT, .number = (unsigned)number};
    const struct stored *s = &store[number - 1];
    memcpy(m.id, s->id, sizeof(m.id));
    snprintf(m.from, sizeof(m.from), "%s", s->is_rep ? DS_BY_REP : DS_BY_CUSTOMER);
    snprintf(m.text, sizeof(m.text), "%s", s->text);
    push(&to->down, &m);
}

static void tell_on(struct end *to)
{
    while (to->is_open && to->told < stored && to->down.count < LINE / 2)
        tell(to, ++to->told);
}

static void relay_takes(struct end *from, const struct ds_message *m)
{
    for (size_t i = stored; i > 0 && i + 600 > stored; i--) {
        if (strcmp(store[i - 1].id, m->id) == 0) {
            if (i <= from->told)
                tell(from, i); /* of then; else it comes in its turn */
            return;
        }
    }
    assert_true(stored < 2 * MESSAGES);
    memcpy(store[stored].id, m->id, sizeof(m->id));
    snprintf(store[stored].text, sizeof(store[stored].text), "%.23s", m->text);
    store[stored++].is_rep = from == &rep;
}

/* ---- an end ---- */

static int op_say(void *ctx, const char *id, const char *text)
{
    struct end *end = ctx;
    struct ds_message m = {.type = DS_MESSAGE_SAY};
    unsigned under_way = 1;
    if (!end->is_open)
        return DS_ECLOSED;
    memcpy(m.id, id, sizeof(m.id));
    snprintf(m.text, sizeof(m.text), "%s", text);
    for (size_t i = 0; i < end->chat.count; i++)
        under_way += end->chat.lines[i]->number == 0 && end->chat.lines[i]->said != 0;
    if (under_way > end->most_under_way)
        end->most_under_way = under_way;
    return push(&end->up, &m);
}

static void op_show(void *ctx, const struct ds_chat_line *line, bool is_new)
{
    struct end *end = ctx;
    (void)is_new;
    if (line->number == 0)
        return;
    assert_int_equal(end->last_number + 1, line->number); /* once, and in order */
    end->last_number = line->number;
    snprintf(end->texts[line->number], 24, "%.23s", line->text);
    assert_int_equal(line->is_ours, line->is_rep != end->is_agent);
    if (line->is_ours)
        end->receipts++;
    else
        end->shown++;
}

static const struct ds_chat_ops ops = {.say = op_say, .show = op_show};

static void open_end(struct end *end)
{
    end->is_open = true;
    end->told = ds_chat_seen(&end->chat);
    ds_chat_up(&end->chat, now);
}

static void cut(struct end *end)
{
    lose(&end->up);
    lose(&end->down);
    end->is_open = false;
    ds_chat_down(&end->chat);
}

static bool step(struct end *end)
{
    struct ds_message m;
    bool did = false;
    if (random_below(2) && pop(&end->up, &m)) {
        relay_takes(end, &m);
        did = true;
    }
    tell_on(&rep);
    tell_on(&customer);
    if (random_below(2) && pop(&end->down, &m)) {
        ds_chat_take(&end->chat, &m, now);
        did = true;
    }
    return did;
}

static void init(struct end *end, bool is_agent)
{
    memset(end, 0, sizeof(*end));
    end->is_agent = is_agent;
    end->texts = calloc(2 * MESSAGES + 1, sizeof(*end->texts));
    assert_non_null(end->texts);
    ds_chat_init(&end->chat, is_agent, &ops, end);
}

static int set_up(void **state)
{
    (void)state;
    store = calloc(2 * MESSAGES, sizeof(*store));
    stored = 0;
    now = DS_SECOND;
    seed = 88172645463325252u;
    init(&rep, false);
    init(&customer, true);
    return store ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    cut(&rep);
    cut(&customer);
    ds_chat_destroy(&rep.chat);
    ds_chat_destroy(&customer.chat);
    free(rep.texts);
    free(customer.texts);
    free(store);
    return 0;
}

static void ten_thousand_messages_and_two_hundred_cuts_exactly_once(void **state)
{
    (void)state;
    unsigned said[2] = {0, 0}, cuts = 0;
    struct end *ends[2] = {&rep, &customer};
    open_end(&rep);
    open_end(&customer);
    while (said[0] + said[1] < MESSAGES || rep.chat.waiting || customer.chat.waiting ||
           rep.last_number < stored || customer.last_number < stored) {
        unsigned i = random_below(2);
        char text[24];
        now += DS_MS;
        snprintf(text, sizeof(text), "%u:%u", i, said[i]);
        if (said[0] + said[1] < MESSAGES && random_below(3) == 0 &&
            ds_chat_say(&ends[i]->chat, text, now) == DS_OK)
            said[i]++;
        step(ends[i]);
        if (cuts < 200 && random_below(100) == 0) {
            cut(ends[i]);
            cuts++;
        }
        if (!ends[i]->is_open && random_below(20) == 0)
            open_end(ends[i]);
        if (random_below(50) == 0) {
            ds_chat_tick(&rep.chat, now);
            ds_chat_tick(&customer.chat, now);
        }
    }
    assert_int_equal(200, cuts);
    assert_int_equal(MESSAGES, stored);
    assert_int_equal(MESSAGES, rep.shown + rep.receipts);
    assert_int_equal(MESSAGES, customer.shown + customer.receipts);
    assert_memory_equal(rep.texts, customer.texts, (MESSAGES + 1) * sizeof(*rep.texts));
    unsigned next[2] = {0, 0};
    for (unsigned n = 1; n <= MESSAGES; n++) { /* the order of each who said it */
        char text[24];
        unsigned i = rep.texts[n][0] == '0' ? 0 : 1;
        snprintf(text, sizeof(text), "%u:%u", i, next[i]++);
        assert_string_equal(text, rep.texts[n]);
    }
    assert_in_range(rep.most_under_way, 1, DS_CHAT_UNDER_WAY);
}

static void sixteen_are_under_way_and_the_rest_waits(void **state)
{
    (void)state;
    open_end(&rep);
    for (unsigned i = 0; i < DS_CHAT_WAITING; i++)
        assert_int_equal(DS_OK, ds_chat_say(&rep.chat, "x", now));
    assert_int_equal(DS_ELIMIT, ds_chat_say(&rep.chat, "x", now));
    assert_int_equal(DS_CHAT_UNDER_WAY, rep.up.count);
}

static void what_is_not_brought_back_is_said_again_after_fifteen_seconds(void **state)
{
    (void)state;
    open_end(&rep);
    ds_chat_say(&rep.chat, "x", now);
    lose(&rep.up);
    ds_chat_tick(&rep.chat, now + DS_CHAT_AGAIN - 1);
    assert_int_equal(0, rep.up.count);
    ds_chat_tick(&rep.chat, now + DS_CHAT_AGAIN);
    assert_int_equal(1, rep.up.count);
    ds_chat_tick(&rep.chat, now + DS_CHAT_AGAIN + 1);
    assert_int_equal(1, rep.up.count);
}

static void what_is_said_without_a_line_goes_when_there_is_one(void **state)
{
    (void)state;
    assert_int_equal(DS_OK, ds_chat_say(&rep.chat, "first", now));
    assert_int_equal(DS_OK, ds_chat_say(&rep.chat, "second", now));
    assert_int_equal(0, rep.chat.lines[0]->number);
    open_end(&rep);
    assert_int_equal(2, rep.up.count);
    while (rep.chat.waiting)
        step(&rep);
    assert_int_equal(1, rep.chat.lines[0]->number);
    assert_string_equal("first", rep.chat.lines[0]->text);
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    static char text[DS_TEXT_CHAT + 1];
    memset(text, 'x', DS_TEXT_CHAT);
    assert_int_equal(DS_EINVAL, ds_chat_say(&rep.chat, text, now));
    text[DS_TEXT_CHAT - 1] = '\0';
    assert_int_equal(DS_OK, ds_chat_say(&rep.chat, text, now));
    assert_int_equal(DS_EINVAL, ds_chat_say(&rep.chat, "", now));
    assert_int_equal(DS_EINVAL, ds_chat_say(&rep.chat, "\xff", now));
}

/* What the relay has no room for stays here, marked, and is not said again and again. */
static void a_full_conversation_is_not_repeated(void **state)
{
    (void)state;
    open_end(&rep);
    assert_int_equal(DS_OK, ds_chat_say(&rep.chat, "too much", now));
    lose(&rep.up);
    ds_chat_full(&rep.chat);
    ds_chat_tick(&rep.chat, now + 10 * DS_CHAT_AGAIN);
    cut(&rep);
    open_end(&rep);
    assert_int_equal(0, rep.up.count);
    assert_int_equal(DS_EREFUSED, ds_chat_say(&rep.chat, "more", now));
    assert_int_equal(1, rep.chat.waiting);
    assert_string_equal("too much", rep.chat.lines[0]->text);
}

/* A time is what the owner's clock says less the age; a clock that was never set gives none. */
static void a_line_has_the_time_when_it_was_stored(void **state)
{
    (void)state;
    struct ds_message m = {
        .type = DS_MESSAGE_CHAT, .number = 1, .from = DS_BY_CUSTOMER, .text = "t"};
    m.age_s = 90;
    memset(m.id, 'a', 32);
    rep.chat.wall_s = 1000000;
    ds_chat_take(&rep.chat, &m, now);
    assert_true(rep.chat.lines[0]->at_s == 1000000 - 90);
    assert_int_equal(DS_OK, ds_chat_say(&rep.chat, "mine", now));
    assert_true(rep.chat.lines[1]->at_s == 1000000);
    memcpy(m.id, rep.chat.lines[1]->id, sizeof(m.id));
    snprintf(m.from, sizeof(m.from), "%s", DS_BY_REP);
    m.number = 2;
    m.age_s = 5;
    rep.chat.wall_s = 1000010;
    ds_chat_take(&rep.chat, &m, now);
    assert_true(rep.chat.lines[1]->at_s == 1000005);
}

static void the_transcript_is_bounded_and_keeps_what_waits(void **state)
{
    (void)state;
    struct ds_message m = {.type = DS_MESSAGE_CHAT, .from = DS_BY_CUSTOMER, .text = "t"};
    ds_chat_say(&rep.chat, "mine", now);
    for (unsigned n = 1; n <= 2 * DS_CHAT_KEPT; n++) {
        snprintf(m.id, sizeof(m.id), "%032x", n);
        m.number = n;
        ds_chat_take(&rep.chat, &m, now);
    }
    size_t count = rep.chat.count;
    assert_in_range(count, DS_CHAT_KEPT * 7 / 8, DS_CHAT_KEPT);
    assert_string_equal("mine", rep.chat.lines[count - 1]->text);
    for (size_t i = 0; i < count - 1; i++)
        assert_int_equal(2 * DS_CHAT_KEPT - (count - 2) + i, rep.chat.lines[i]->number);
    assert_int_equal(2 * DS_CHAT_KEPT, ds_chat_seen(&rep.chat));
    ds_chat_take(&rep.chat, &m, now); /* again: not shown again */
    assert_int_equal(2 * DS_CHAT_KEPT, rep.shown);
}

static void a_text_is_shown_without_what_is_invisible(void **state)
{
    (void)state;
    char out[64], small[6];
    ds_chat_for_display(out, sizeof(out),
                        "a\x1b[31m\nb\r\n\n\xe2\x80\xae"
                        "c\t");
    assert_string_equal("a[31m\nb\n\nc", out);
    ds_chat_for_display(small, sizeof(small), "ab\ncdefgh");
    assert_string_equal("ab\ncd", small);
    ds_chat_for_display(small, sizeof(small), "\n\n\n\n\n\n\n\n");
    assert_string_equal("\n\n\n\n\n", small);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(ten_thousand_messages_and_two_hundred_cuts_exactly_once),
        CASE(sixteen_are_under_way_and_the_rest_waits),
        CASE(what_is_not_brought_back_is_said_again_after_fifteen_seconds),
        CASE(what_is_said_without_a_line_goes_when_there_is_one),
        CASE(what_is_no_text_is_refused),
        CASE(a_full_conversation_is_not_repeated),
        CASE(a_line_has_the_time_when_it_was_stored),
        CASE(the_transcript_is_bounded_and_keeps_what_waits),
        CASE(a_text_is_shown_without_what_is_invisible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
