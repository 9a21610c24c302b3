/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/mux.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CAP 16384

/* What a mux handed out. */
struct seen {
    unsigned messages, rooms, ledgers;
    enum ds_channel channel, room;
    size_t len;
    uint8_t bytes[DS_MUX_MESSAGE_MAX];
};

static struct seen seen;
static struct ds_mux sender, receiver;

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct seen *s = ctx;
    s->messages++;
    s->channel = channel;
    s->len = len;
    memcpy(s->bytes, bytes, len);
}

static void on_room(void *ctx, enum ds_channel channel)
{
    struct seen *s = ctx;
    s->rooms++;
    s->room = channel;
}

static void on_ledger(void *ctx)
{
    ((struct seen *)ctx)->ledgers++;
}

static const struct ds_mux_events events = {
    .on_message = on_message, .on_room = on_room, .on_ledger = on_ledger};

static int set_up(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof(seen));
    ds_mux_init(&sender, &events, &seen);
    ds_mux_init(&receiver, &events, &seen);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ds_mux_destroy(&sender);
    ds_mux_destroy(&receiver);
    return 0;
}

static int push(struct ds_mux *mux, enum ds_channel channel, size_t len, uint8_t fill)
{
    struct ds_rcbuf *buf = ds_rcbuf_new(len);
    assert_non_null(buf);
    memset(buf->data, fill, len);
    int error = ds_mux_send(mux, channel, buf);
    ds_rcbuf_unref(buf);
    return error;
}

/* Bytes in exactly sized memory, so that the sanitizer sees a read past them. */
static int feed_exact(struct ds_mux *mux, const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1);
    assert_non_null(exact);
    memcpy(exact, bytes, len);
    int error = ds_mux_feed(mux, exact, len);
    free(exact);
    return error;
}

static int feed_to(struct ds_mux *to, struct ds_mux *from)
{
    static uint8_t bytes[CAP];
    size_t n = ds_mux_drain(from, bytes, sizeof(bytes));
    int error = ds_mux_feed(to, bytes, n);
    if (error)
        print_message("%s\n", to->reason);
    return error;
}

/* ---- bytes ---- */

static void a_small_message_is_these_bytes(void **state)
{
    (void)state;
    uint8_t out[64 + DS_MUX_HEADER];
    assert_int_equal(push(&sender, DS_CHANNEL_INPUT, 3, 0xab), DS_OK);
    static const uint8_t want[] = {
        2,                /* channel: input */
        3,                /* flags: FIRST, LAST */
        0,    3,          /* length */
        0xab, 0xab, 0xab, /* the message */
    };
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), sizeof(want));
    assert_memory_equal(out, want, sizeof(want));
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), 0);
}

static void a_ledger_message_begins_with_its_sequence_number(void **state)
{
    (void)state;
    uint8_t out[64 + DS_MUX_HEADER];
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 1, 0x11), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 2, 0x22), DS_OK);
    static const uint8_t want[] = {
        1,    3,                       /* control, FIRST and LAST */
        0,    9,                       /* length, with the sequence number */
        0,    0,    0, 0,  0, 0, 0, 1, /* the first message */
        0x11,                          /* */
        1,    3,    0, 10,             /* */
        0,    0,    0, 0,  0, 0, 0, 2, /* the second */
        0x22, 0x22,
    };
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), sizeof(want));
    assert_memory_equal(out, want, sizeof(want));
}

static void an_acknowledgement_and_a_grant_are_these_bytes(void **state)
{
    (void)state;
    uint8_t out[CAP];
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 1, 1), DS_OK);
    assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    static const uint8_t ack[] = {
        0, 0,                    /* the mux's own channel, no flags */
        0, 10,                   /* length */
        2, 1,                    /* ACK, of control */
        0, 0,  0, 0, 0, 0, 0, 1, /* up to the first message */
    };
    assert_int_equal(ds_mux_drain(&receiver, out, sizeof(out)), sizeof(ack));
    assert_memory_equal(out, ack, sizeof(ack));
    assert_int_equal(ds_mux_feed(&sender, ack, sizeof(ack)), DS_OK);
    assert_int_equal(sender.lanes[DS_CHANNEL_CONTROL].queue.acked, 1);

    assert_int_equal(push(&sender, DS_CHANNEL_FILES, DS_MUX_WINDOW / 2, 1), DS_OK);
    while (ds_mux_has_output(&sender))
        assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    static const uint8_t grant[] = {
        0, 0, 0, 6, /* the mux's own channel, length 6 */
        1, 7,       /* CREDIT, for files */
        0, 2, 0, 0, /* 131072 further bytes */
    };
    assert_int_equal(ds_mux_drain(&receiver, out, sizeof(out)), sizeof(grant));
    assert_memory_equal(out, grant, sizeof(grant));
    assert_int_equal(ds_mux_feed(&sender, grant, sizeof(grant)), DS_OK);
    assert_int_equal(sender.lanes[DS_CHANNEL_FILES].send_credit, DS_MUX_WINDOW);
}

static void records_are_understood_however_they_are_cut(void **state)
{
    (void)state;
    static uint8_t stream[3 * DS_MUX_RECORD_MAX];
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 100, 1), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_INPUT, 9, 2), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_SCREEN, DS_MUX_RECORD_MAX + 50, 3), DS_OK);
    size_t n = ds_mux_drain(&sender, stream, sizeof(stream));
    /* Two parts, cut at every length; then every step width. */
    for (size_t cut = 0; cut <= n; cut++) {
        tear_down(NULL);
        set_up(NULL);
        assert_int_equal(feed_exact(&receiver, stream, cut), DS_OK);
        assert_int_equal(feed_exact(&receiver, stream + cut, n - cut), DS_OK);
        assert_int_equal(seen.messages, 3);
        assert_int_equal(seen.len, DS_MUX_RECORD_MAX + 50);
    }
    for (size_t step = 1; step < 70; step++) {
        tear_down(NULL);
        set_up(NULL);
        for (size_t at = 0; at < n; at += step)
            assert_int_equal(feed_exact(&receiver, stream + at, n - at < step ? n - at : step),
                             DS_OK);
        assert_int_equal(seen.messages, 3);
        for (size_t i = 0; i < seen.len; i++)
            assert_int_equal(seen.bytes[i], 3);
    }
}

/* ---- priorities ---- */

static void a_key_press_behind_a_mebibyte_of_file_is_in_the_next_record(void **state)
{
    (void)state;
    uint8_t out[CAP];
    assert_int_equal(push(&sender, DS_CHANNEL_FILES, 1u << 20, 1), DS_OK);
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), CAP);
    assert_int_equal(push(&sender, DS_CHANNEL_INPUT, 14, 2), DS_OK);
    size_t n = ds_mux_drain(&sender, out, sizeof(out));
    assert_true(n > DS_MUX_HEADER + 14);
    assert_int_equal(out[0], DS_CHANNEL_INPUT);
    assert_int_equal(out[3], 14);
    assert_int_equal(out[DS_MUX_HEADER + 14], DS_CHANNEL_FILES);
}

static void channels_go_strictly_by_priority(void **state)
{
    (void)state;
    uint8_t out[CAP];
    for (int c = DS_CHANNEL_COUNT - 1; c >= DS_CHANNEL_CONTROL; c--)
        assert_int_equal(push(&sender, (enum ds_channel)c, 20, (uint8_t)c), DS_OK);
    size_t n = ds_mux_drain(&sender, out, sizeof(out));
    size_t at = 0;
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        assert_true(at < n);
        assert_int_equal(out[at], c);
        at += DS_MUX_HEADER + ((size_t)out[at + 2] << 8 | out[at + 3]);
    }
    assert_int_equal(at, n);
}

static void no_record_is_longer_than_its_bound(void **state)
{
    (void)state;
    uint8_t out[CAP];
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
        assert_int_equal(push(&sender, (enum ds_channel)c, 30000, 1), DS_OK);
    size_t total = 0, n;
    while ((n = ds_mux_drain(&sender, out, sizeof(out))) > 0) {
        for (size_t at = 0; at < n;) {
            size_t len = (size_t)out[at + 2] << 8 | out[at + 3];
            assert_in_range(len, 1, DS_MUX_RECORD_MAX);
            total += len - (ds_ledger_has(out[at]) && (out[at + 1] & DS_MUX_FIRST) ? 8 : 0);
            at += DS_MUX_HEADER + len;
            assert_true(at <= n);
        }
    }
    assert_int_equal(total, 7 * 30000);
}

static void drain_never_writes_past_its_room(void **state)
{
    (void)state;
    for (size_t cap = DS_MUX_HEADER + 64; cap < 400; cap++) {
        tear_down(NULL);
        set_up(NULL);
        for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
            assert_int_equal(push(&sender, (enum ds_channel)c, 90 + cap % 50, 1), DS_OK);
        uint8_t *out = malloc(cap);
        assert_non_null(out);
        size_t n;
        while ((n = ds_mux_drain(&sender, out, cap)) > 0) {
            assert_true(n <= cap);
            assert_int_equal(ds_mux_feed(&receiver, out, n), DS_OK);
        }
        assert_int_equal(seen.messages, 7);
        while (ds_mux_drain(&receiver, out, cap) > 0)
            ;
        free(out);
    }
}

/* ---- credit ---- */

static void credit_is_never_exceeded_and_the_rest_waits_for_a_grant(void **state)
{
    (void)state;
    uint8_t out[CAP];
    assert_int_equal(push(&sender, DS_CHANNEL_SCREEN, DS_MUX_MESSAGE_MAX, 1), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_FILES, 10, 1), DS_OK);
    size_t payload = 0, n;
    bool saw_file = false;
    while ((n = ds_mux_drain(&sender, out, sizeof(out))) > 0) {
        for (size_t at = 0; at < n;) {
            size_t len = (size_t)out[at + 2] << 8 | out[at + 3];
            if (out[at] == DS_CHANNEL_SCREEN)
                payload += len;
            else
                saw_file = true;
            at += DS_MUX_HEADER + len;
        }
    }
    assert_int_equal(payload, DS_MUX_WINDOW);
    assert_true(saw_file); /* one channel without credit does not hold up the others */
    assert_false(ds_mux_has_output(&sender));
    static const uint8_t grant[] = {0, 0, 0, 6, 1, DS_CHANNEL_SCREEN, 0, 0, 0, 100};
    assert_int_equal(ds_mux_feed(&sender, grant, sizeof(grant)), DS_OK);
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), DS_MUX_HEADER + 100);
    assert_false(ds_mux_has_output(&sender));
}

static void credit_regrants_when_half_used(void **state)
{
    (void)state;
    struct ds_credit credit;
    ds_credit_init(&credit);
    assert_true(ds_credit_take(&credit, DS_MUX_WINDOW / 2 - 1));
    assert_int_equal(ds_credit_due(&credit), 0);
    assert_true(ds_credit_take(&credit, 1));
    assert_int_equal(ds_credit_due(&credit), DS_MUX_WINDOW / 2);
    credit.is_held = true;
    assert_int_equal(ds_credit_due(&credit), 0);
    assert_true(ds_credit_take(&credit, DS_MUX_WINDOW / 2));
    assert_false(ds_credit_take(&credit, 1));
    credit.is_held = false;
    assert_int_equal(ds_credit_due(&credit), DS_MUX_WINDOW);
    ds_credit_grant(&credit, DS_MUX_WINDOW);
    assert_int_equal(ds_credit_due(&credit), 0);
}

static void a_grant_has_a_bound(void **state)
{
    (void)state;
    uint32_t left = 0;
    assert_false(ds_credit_add(&left, 0));
    assert_true(ds_credit_add(&left, DS_CREDIT_MAX));
    assert_false(ds_credit_add(&left, 1));
    assert_false(ds_credit_add(&left, UINT32_MAX));
    assert_int_equal(left, DS_CREDIT_MAX);
    static const uint8_t much[] = {0, 0, 0, 6, 1, 7, 0xff, 0xff, 0xff, 0xff};
    assert_int_equal(ds_mux_feed(&sender, much, sizeof(much)), DS_EPROTO);
    assert_string_equal(sender.reason, "more credit was granted than is allowed");
}

static void a_held_channel_stops_after_one_window_and_goes_on(void **state)
{
    (void)state;
    uint8_t out[CAP];
    ds_mux_hold(&receiver, DS_CHANNEL_FILES, true);
    assert_int_equal(push(&sender, DS_CHANNEL_FILES, DS_MUX_MESSAGE_MAX, 1), DS_OK);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(feed_to(&receiver, &sender), DS_OK);
        assert_int_equal(feed_to(&sender, &receiver), DS_OK);
    }
    assert_int_equal(ds_mux_queued(&sender, DS_CHANNEL_FILES), DS_MUX_MESSAGE_MAX - DS_MUX_WINDOW);
    assert_int_equal(ds_mux_drain(&receiver, out, sizeof(out)), 0);
    ds_mux_hold(&receiver, DS_CHANNEL_FILES, false);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(feed_to(&sender, &receiver), DS_OK);
        assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    }
    assert_int_equal(seen.messages, 1);
    assert_int_equal(seen.len, DS_MUX_MESSAGE_MAX);
}

/* ---- bounds ---- */

static void queues_are_bounded_and_tell_when_there_is_room(void **state)
{
    (void)state;
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        enum ds_channel channel = (enum ds_channel)c;
        set_up(NULL);
        size_t max = ds_mux_queue_max(channel), queued = 0;
        int error;
        while ((error = push(&sender, channel, 4096, 1)) == DS_OK)
            queued += 4096;
        assert_int_equal(error, DS_EAGAIN);
        assert_int_equal(queued, max);
        assert_int_equal(ds_mux_queued(&sender, channel), max);
        while (ds_mux_queued(&sender, channel) > max / 2) {
            assert_int_equal(seen.rooms, 0);
            assert_int_equal(feed_to(&receiver, &sender), DS_OK);
            assert_int_equal(feed_to(&sender, &receiver), DS_OK);
        }
        assert_int_equal(seen.rooms, 1);
        assert_int_equal(seen.room, channel);
        while (ds_mux_has_output(&sender)) {
            assert_int_equal(feed_to(&receiver, &sender), DS_OK);
            assert_int_equal(feed_to(&sender, &receiver), DS_OK);
        }
        assert_int_equal(seen.rooms, 1);
        assert_int_equal(ds_mux_queued(&sender, channel), 0);
        /* A message of any size fits an empty queue. */
        assert_int_equal(push(&sender, channel, DS_MUX_MESSAGE_MAX, 1), DS_OK);
        assert_int_equal(push(&sender, channel, 1, 1), DS_EAGAIN);
        tear_down(NULL);
    }
    set_up(NULL);
}

static void a_queue_holds_a_thousand_messages(void **state)
{
    (void)state;
    for (int i = 0; i < DS_MUX_QUEUE_MESSAGES; i++)
        assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 1, 1), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 1, 1), DS_EAGAIN);
    assert_int_equal(push(&sender, DS_CHANNEL_INPUT, 1, 1), DS_OK);
}

static void messages_out_of_range_are_not_queued(void **state)
{
    (void)state;
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 0, 1), DS_EINVAL);
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, DS_MUX_MESSAGE_MAX + 1, 1), DS_EINVAL);
    assert_int_equal(push(&sender, (enum ds_channel)0, 1, 1), DS_EINVAL);
    assert_int_equal(push(&sender, DS_CHANNEL_COUNT, 1, 1), DS_EINVAL);
    assert_false(ds_mux_has_output(&sender));
}

/* ---- a peer that breaks the rules ---- */

static void assert_breaks(const void *bytes, size_t n, const char *reason)
{
    assert_int_equal(feed_exact(&receiver, bytes, n), DS_EPROTO);
    assert_string_equal(receiver.reason, reason);
    tear_down(NULL);
    set_up(NULL);
}

static void a_record_with_a_length_out_of_range_ends_the_stream(void **state)
{
    (void)state;
    static const uint8_t empty[] = {2, 3, 0, 0};
    static const uint8_t one_too_long[] = {2, 3, 0x10, 0x01};
    static const uint8_t longest[] = {2, 3, 0xff, 0xff};
    assert_breaks(empty, 4, "a record's length is out of range");
    assert_breaks(one_too_long, 4, "a record's length is out of range");
    assert_breaks(longest, 4, "a record's length is out of range");
}

static void pieces_out_of_order_end_the_stream(void **state)
{
    (void)state;
    static const uint8_t no_first[] = {2, 2, 0, 1, 0};
    static const uint8_t two_firsts[] = {2, 1, 0, 1, 0, 2, 1, 0, 1, 0};
    static const uint8_t flags[] = {2, 7, 0, 1, 0};
    assert_breaks(no_first, sizeof(no_first), "a message began twice or not at all");
    assert_breaks(two_firsts, sizeof(two_firsts), "a message began twice or not at all");
    assert_breaks(flags, sizeof(flags), "a record has unknown flags");
}

static void a_ledger_message_twice_missing_or_empty_ends_the_stream(void **state)
{
    (void)state;
    static const enum ds_channel ledgers[] = {DS_CHANNEL_CONTROL, DS_CHANNEL_NOTES,
                                              DS_CHANNEL_CLIPBOARD};
    for (size_t i = 0; i < 3; i++) {
        uint8_t record[13] = {(uint8_t)ledgers[i], 3, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0x55};
        assert_int_equal(ds_mux_feed(&receiver, record, sizeof(record)), DS_OK);
        assert_breaks(record, sizeof(record), "a message is missing or came twice");
        record[11] = 2;
        assert_breaks(record, sizeof(record), "a message is missing or came twice");
        record[11] = 0;
        assert_breaks(record, sizeof(record), "a message is missing or came twice");
        memset(record + 4, 0xff, 8);
        assert_breaks(record, sizeof(record), "a message is missing or came twice");
        memset(record + 4, 0, 8);
        record[11] = 1;
        for (uint8_t n = 1; n <= 8; n++) {
            record[3] = n;
            assert_breaks(record, DS_MUX_HEADER + (size_t)n, "a message has no content");
        }
    }
}

static void more_than_the_credit_ends_the_stream(void **state)
{
    (void)state;
    uint8_t record[DS_MUX_HEADER + DS_MUX_RECORD_MAX] = {DS_CHANNEL_SCREEN, 3, 0x10, 0x00};
    for (unsigned i = 0; i < DS_MUX_WINDOW / DS_MUX_RECORD_MAX; i++)
        assert_int_equal(ds_mux_feed(&receiver, record, sizeof(record)), DS_OK);
    record[2] = 0;
    record[3] = 1;
    assert_breaks(record, DS_MUX_HEADER + 1, "a channel's credit was exceeded");
}

static void a_message_above_its_bound_ends_the_stream(void **state)
{
    (void)state;
    uint8_t record[DS_MUX_HEADER + DS_MUX_RECORD_MAX] = {DS_CHANNEL_FILES, 1, 0x10, 0x00};
    uint8_t out[CAP];
    for (unsigned i = 0; i < DS_MUX_MESSAGE_MAX / DS_MUX_RECORD_MAX; i++) {
        assert_int_equal(ds_mux_feed(&receiver, record, sizeof(record)), DS_OK);
        ds_mux_drain(&receiver, out, sizeof(out)); /* grants */
        record[1] = 0;
    }
    assert_int_equal(seen.messages, 0);
    record[1] = 2;
    record[2] = 0;
    record[3] = 1;
    assert_breaks(record, DS_MUX_HEADER + 1, "a message is too long");
}

static void own_records_are_checked(void **state)
{
    (void)state;
    static const uint8_t no_grant[] = {0, 0, 0, 6, 1, 7, 0, 0, 0, 0};
    assert_breaks(no_grant, sizeof(no_grant), "more credit was granted than is allowed");
    static const uint8_t early_ack[] = {0, 0, 0, 10, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1};
    assert_breaks(early_ack, sizeof(early_ack), "a message was acknowledged that was not sent");
    uint8_t cut[16] = {0, 0, 0, 0, 1, 7, 0, 0, 0, 1};
    for (uint8_t n = 1; n < 6; n++) {
        cut[3] = n;
        assert_breaks(cut, DS_MUX_HEADER + (size_t)n, "a mux record is too short");
    }
    cut[4] = 2;
    for (uint8_t n = 1; n < 10; n++) {
        cut[3] = n;
        assert_breaks(cut, DS_MUX_HEADER + (size_t)n, "a mux record is too short");
    }
}

static void a_half_received_message_is_not_acknowledged(void **state)
{
    (void)state;
    uint8_t out[CAP];
    assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 10, 1), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 2 * CAP, 1), DS_OK);
    assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    assert_int_equal(seen.messages, 1);
    assert_int_equal(ds_mux_drain(&receiver, out, sizeof(out)), DS_MUX_HEADER + 10);
    assert_int_equal(out[5], DS_CHANNEL_NOTES);
    assert_int_equal(out[13], 1);
    assert_int_equal(ds_mux_feed(&sender, out, DS_MUX_HEADER + 10), DS_OK);
    while (ds_mux_has_output(&sender))
        assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    assert_int_equal(feed_to(&sender, &receiver), DS_OK);
    assert_int_equal(sender.lanes[DS_CHANNEL_NOTES].queue.acked, 2);
}

static void an_acknowledgement_of_a_half_sent_message_ends_the_stream(void **state)
{
    (void)state;
    uint8_t out[CAP];
    static const uint8_t ack[] = {0, 0, 0, 10, 2, 1, 0, 0, 0, 0, 0, 0, 0, 1};
    assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 3 * CAP, 1), DS_OK);
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), CAP);
    assert_int_equal(ds_mux_feed(&sender, ack, sizeof(ack)), DS_EPROTO);
}

/* ---- over a cut ---- */

static const uint8_t session[DS_SESSION_ID] = {9, 8, 7};

static void cut_and_resume(void)
{
    ds_mux_cut(&sender);
    ds_mux_cut(&receiver);
    ds_mux_resume(&sender, session);
    ds_mux_resume(&receiver, session);
}

/* Until neither has anything to say. */
static void settle(void)
{
    while (ds_mux_has_output(&sender) || ds_mux_has_output(&receiver)) {
        assert_int_equal(feed_to(&receiver, &sender), DS_OK);
        assert_int_equal(feed_to(&sender, &receiver), DS_OK);
    }
}

static void messages_are_kept_until_they_are_acknowledged(void **state)
{
    (void)state;
    uint8_t out[CAP];
    for (int i = 0; i < 3; i++)
        assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 10, 1), DS_OK);
    assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    assert_int_equal(ds_mux_queued(&sender, DS_CHANNEL_NOTES), 0);
    assert_int_equal(ds_queue_load(&sender.lanes[DS_CHANNEL_NOTES].queue), 30);
    assert_int_equal(sender.lanes[DS_CHANNEL_NOTES].queue.messages, 3);
    assert_false(ds_mux_has_output(&sender));
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), 0);
    assert_int_equal(feed_to(&sender, &receiver), DS_OK);
    assert_int_equal(sender.lanes[DS_CHANNEL_NOTES].queue.messages, 0);
    assert_int_equal(ds_queue_load(&sender.lanes[DS_CHANNEL_NOTES].queue), 0);
}

static void unacknowledged_messages_fill_the_bounds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(ds_ledger_channels) / sizeof(ds_ledger_channels[0]); i++)
        for (size_t len = 1; len <= 65536; len *= 65536) {
            enum ds_channel channel = ds_ledger_channels[i];
            const unsigned max = len == 1 ? DS_MUX_QUEUE_MESSAGES : DS_MUX_QUEUE_BYTES / 65536;
            unsigned sent = 0;
            set_up(NULL);
            for (int error = DS_OK; !error;) {
                error = push(&sender, channel, len, 1);
                sent += !error;
                /* They arrive, but no acknowledgement comes back, only credit. */
                assert_int_equal(feed_to(&receiver, &sender), DS_OK);
                sender.lanes[channel].send_credit = DS_MUX_WINDOW;
                receiver.lanes[channel].credit.left = DS_MUX_WINDOW;
            }
            assert_int_equal(sent, max);
            while (ds_mux_has_output(&sender)) {
                sender.lanes[channel].send_credit = DS_MUX_WINDOW;
                receiver.lanes[channel].credit.left = DS_MUX_WINDOW;
                assert_int_equal(feed_to(&receiver, &sender), DS_OK);
            }
            assert_int_equal(seen.messages, max);
            assert_int_equal(seen.rooms, 0);
            /* One less than half, then half. */
            uint8_t ack[] = {0, 0, 0, 10, 2, (uint8_t)channel, 0, 0, 0, 0, 0, 0, 0, 0};
            ds_put_u16(ack + 12, (uint16_t)(max / 2 - 1));
            assert_int_equal(ds_mux_feed(&sender, ack, sizeof(ack)), DS_OK);
            assert_int_equal(seen.rooms, 0);
            ds_put_u16(ack + 12, (uint16_t)(max / 2));
            assert_int_equal(ds_mux_feed(&sender, ack, sizeof(ack)), DS_OK);
            assert_int_equal(seen.rooms, 1);
            assert_int_equal(seen.room, channel);
            tear_down(NULL);
        }
    set_up(NULL);
}

static void the_first_record_after_a_cut_is_these_bytes(void **state)
{
    (void)state;
    uint8_t out[CAP];
    assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 5, 1), DS_OK);
    assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 5, 1), DS_OK);
    settle();
    cut_and_resume();
    static const uint8_t want[] = {
        0, 0, 0, 44,                /* the mux's own channel, length */
        3,                          /* LEDGER */
        9, 8, 7, 0,  0, 0, 0, 0,    /* session */
        0, 0, 0, 0,  0, 0, 0, 0,    /* */
        1, 0, 0, 0,  0, 0, 0, 0, 0, /* control: nothing came */
        4, 0, 0, 0,  0, 0, 0, 0, 2, /* notes: two messages came whole */
        6, 0, 0, 0,  0, 0, 0, 0, 0, /* clipboard */
    };
    assert_true(ds_mux_has_output(&receiver));
    assert_int_equal(ds_mux_drain(&receiver, out, sizeof(out)), sizeof(want));
    assert_memory_equal(out, want, sizeof(want));
    /* Nothing else before the peer's. */
    assert_int_equal(push(&receiver, DS_CHANNEL_CONTROL, 5, 1), DS_OK);
    assert_false(ds_mux_has_output(&receiver));
    assert_int_equal(ds_mux_drain(&receiver, out, sizeof(out)), 0);
    assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    assert_int_equal(seen.ledgers, 1);
    assert_true(ds_mux_has_output(&receiver));
}

/* A long stream of the sender's is cut after every byte that the receiver got. */
static void a_stream_cut_at_any_byte_goes_on_without_loss(void **state)
{
    (void)state;
    static uint8_t stream[CAP];
    size_t n = 1;
    for (size_t cut = 0; cut < n; cut++) {
        tear_down(NULL);
        set_up(NULL);
        for (int i = 1; i <= 4; i++) {
            assert_int_equal(push(&sender, DS_CHANNEL_CONTROL, 30, (uint8_t)i), DS_OK);
            assert_int_equal(push(&sender, DS_CHANNEL_CLIPBOARD, i == 2 ? 4500 : 40, (uint8_t)i),
                             DS_OK);
            assert_int_equal(push(&sender, DS_CHANNEL_FILES, 50, (uint8_t)i), DS_OK);
        }
        n = ds_mux_drain(&sender, stream, sizeof(stream));
        assert_int_equal(feed_exact(&receiver, stream, cut), DS_OK);
        cut_and_resume();
        assert_int_equal(ds_mux_queued(&sender, DS_CHANNEL_FILES), 0);
        settle();
        assert_int_equal(seen.ledgers, 2);
        assert_int_equal(receiver.lanes[DS_CHANNEL_CONTROL].received_sequence, 4);
        assert_int_equal(receiver.lanes[DS_CHANNEL_CLIPBOARD].received_sequence, 4);
        assert_in_range(seen.messages, 8, 12); /* and files before the cut */
        assert_null(sender.lanes[DS_CHANNEL_CONTROL].queue.first);
        assert_null(sender.lanes[DS_CHANNEL_CLIPBOARD].queue.first);
        assert_int_equal(receiver.lanes[DS_CHANNEL_FILES].credit.left, DS_MUX_WINDOW);
        assert_int_equal(sender.lanes[DS_CHANNEL_FILES].send_credit, DS_MUX_WINDOW);
    }
    assert_true(n > 5000);
}

static void what_is_held_stays_held_over_a_cut(void **state)
{
    (void)state;
    ds_mux_hold(&receiver, DS_CHANNEL_SCREEN, true);
    assert_int_equal(push(&sender, DS_CHANNEL_SCREEN, DS_MUX_MESSAGE_MAX, 1), DS_OK);
    settle();
    cut_and_resume();
    assert_int_equal(push(&sender, DS_CHANNEL_SCREEN, DS_MUX_MESSAGE_MAX, 1), DS_OK);
    settle();
    assert_int_equal(ds_mux_queued(&sender, DS_CHANNEL_SCREEN), DS_MUX_MESSAGE_MAX - DS_MUX_WINDOW);
    ds_mux_hold(&receiver, DS_CHANNEL_SCREEN, false);
    settle();
    assert_int_equal(seen.messages, 1);
}

static void assert_does_not_fit(const uint8_t *record, size_t n, const char *reason)
{
    for (int i = 0; i < 3; i++)
        assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 10, 1), DS_OK);
    assert_int_equal(feed_to(&receiver, &sender), DS_OK);
    settle();
    assert_int_equal(push(&sender, DS_CHANNEL_NOTES, 10, 1), DS_OK);
    cut_and_resume();
    assert_int_equal(feed_exact(&sender, record, n), DS_EPROTO);
    assert_string_equal(sender.reason, reason);
    assert_int_equal(seen.ledgers, 0);
    /* Nothing was dropped. */
    assert_int_equal(sender.lanes[DS_CHANNEL_NOTES].queue.messages, 1);
    tear_down(NULL);
    set_up(NULL);
}

static void a_ledger_that_does_not_fit_ends_the_stream(void **state)
{
    (void)state;
    uint8_t record[DS_MUX_HEADER + DS_LEDGER_SIZE] = {0, 0, 0, DS_LEDGER_SIZE, 3, 9, 8, 7};
    uint8_t *notes = record + DS_MUX_HEADER + 1 + DS_SESSION_ID + 9, *control = notes - 9;
    control[0] = DS_CHANNEL_CONTROL;
    notes[0] = DS_CHANNEL_NOTES;
    notes[9] = DS_CHANNEL_CLIPBOARD;
    static const char ahead[] =
        "the other side's ledger is ahead: it has messages that were never sent";
    notes[8] = 4; /* queued, but never sent */
    assert_does_not_fit(record, sizeof(record), ahead);
    memset(notes + 1, 0xff, 8);
    assert_does_not_fit(record, sizeof(record), ahead);
    memset(notes + 1, 0, 8);
    notes[8] = 2;
    assert_does_not_fit(record, sizeof(record),
                        "the other side's ledger is too far behind: it lacks messages that it had");
    notes[8] = 3;
    control[8] = 1;
    assert_does_not_fit(record, sizeof(record), ahead);
    control[8] = 0;
    record[DS_MUX_HEADER + DS_SESSION_ID] = 1;
    assert_does_not_fit(record, sizeof(record), "the other side's ledger is of another session");
    record[DS_MUX_HEADER + DS_SESSION_ID] = 0;
    notes[0] = DS_CHANNEL_FILES;
    assert_does_not_fit(record, sizeof(record), "a ledger could not be read");
    notes[0] = DS_CHANNEL_NOTES;
    record[3] = 10;
    assert_does_not_fit(record, DS_MUX_HEADER + 10, "a ledger could not be read");
    static const uint8_t message[] = {2, 3, 0, 1, 0x42};
    static const uint8_t grant[] = {0, 0, 0, 6, 1, 7, 0, 0, 0, 1};
    static const uint8_t unknown[] = {99, 0, 0, 1, 3};
    assert_does_not_fit(message, sizeof(message), "something came before the ledger");
    assert_does_not_fit(grant, sizeof(grant), "something came before the ledger");
    assert_does_not_fit(unknown, sizeof(unknown), "something came before the ledger");
    record[3] = DS_LEDGER_SIZE;
    assert_breaks(record, sizeof(record), "a ledger came in the middle of a connection");
}

static void an_acknowledgement_outside_of_the_ledger_ends_the_stream(void **state)
{
    (void)state;
    uint8_t out[CAP];
    static const uint8_t ack[] = {0, 0, 0, 10, 2, 7, 0, 0, 0, 0, 0, 0, 0, 1};
    assert_int_equal(push(&sender, DS_CHANNEL_FILES, 3 * CAP, 1), DS_OK);
    assert_int_equal(ds_mux_drain(&sender, out, sizeof(out)), CAP);
    assert_int_equal(ds_mux_feed(&sender, ack, sizeof(ack)), DS_EPROTO);
    assert_string_equal(sender.reason, "a message was acknowledged that was not sent");
}

static void what_a_newer_version_sends_is_skipped(void **state)
{
    (void)state;
    static const uint8_t newer[] = {
        9, 0xff, 0, 3, 1,    2,  3,                /* an unknown channel */
        0, 0,    0, 2, 77,   1,                    /* an unknown record of the mux */
        0, 0,    0, 6, 1,    99, 0, 0, 0, 1,       /* credit for an unknown channel */
        0, 0,    0, 8, 1,    7,  0, 0, 0, 1, 5, 5, /* credit with fields at its end */
        2, 3,    0, 1, 0x42,                       /* and a message of ours */
    };
    assert_int_equal(feed_exact(&receiver, newer, sizeof(newer)), DS_OK);
    assert_int_equal(seen.messages, 1);
    assert_int_equal(seen.bytes[0], 0x42);
    assert_int_equal(receiver.lanes[DS_CHANNEL_FILES].send_credit, DS_MUX_WINDOW + 1);
}

#define with_muxes(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_muxes(a_small_message_is_these_bytes),
        with_muxes(a_ledger_message_begins_with_its_sequence_number),
        with_muxes(an_acknowledgement_and_a_grant_are_these_bytes),
        with_muxes(records_are_understood_however_they_are_cut),
        with_muxes(a_key_press_behind_a_mebibyte_of_file_is_in_the_next_record),
        with_muxes(channels_go_strictly_by_priority),
        with_muxes(no_record_is_longer_than_its_bound),
        with_muxes(drain_never_writes_past_its_room),
        with_muxes(credit_is_never_exceeded_and_the_rest_waits_for_a_grant),
        with_muxes(credit_regrants_when_half_used),
        with_muxes(a_grant_has_a_bound),
        with_muxes(a_held_channel_stops_after_one_window_and_goes_on),
        with_muxes(queues_are_bounded_and_tell_when_there_is_room),
        with_muxes(a_queue_holds_a_thousand_messages),
        with_muxes(messages_out_of_range_are_not_queued),
        with_muxes(a_record_with_a_length_out_of_range_ends_the_stream),
        with_muxes(pieces_out_of_order_end_the_stream),
        with_muxes(a_ledger_message_twice_missing_or_empty_ends_the_stream),
        with_muxes(more_than_the_credit_ends_the_stream),
        with_muxes(a_message_above_its_bound_ends_the_stream),
        with_muxes(own_records_are_checked),
        with_muxes(a_half_received_message_is_not_acknowledged),
        with_muxes(an_acknowledgement_of_a_half_sent_message_ends_the_stream),
        with_muxes(messages_are_kept_until_they_are_acknowledged),
        with_muxes(unacknowledged_messages_fill_the_bounds),
        with_muxes(the_first_record_after_a_cut_is_these_bytes),
        with_muxes(a_stream_cut_at_any_byte_goes_on_without_loss),
        with_muxes(what_is_held_stays_held_over_a_cut),
        with_muxes(a_ledger_that_does_not_fit_ends_the_stream),
        with_muxes(an_acknowledgement_outside_of_the_ledger_ends_the_stream),
        with_muxes(what_a_newer_version_sends_is_skipped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
