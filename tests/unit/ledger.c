/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/ledger.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct ds_ledger ledger = {
    .session = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d,
                0x0e, 0x0f},
    .received = {0x0102030405060708, 0, UINT64_MAX},
};

static const uint8_t golden[DS_LEDGER_SIZE] = {
    3,                                                    /* type: LEDGER */
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,       /* session */
    0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,       /* */
    1,    0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, /* control: the last that came whole */
    4,    0,    0,    0,    0,    0,    0,    0,    0,    /* notes: none came */
    6,    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* clipboard */
};

static void a_ledger_is_these_bytes(void **state)
{
    (void)state;
    uint8_t out[DS_LEDGER_SIZE];
    ds_ledger_encode(&ledger, out);
    assert_memory_equal(out, golden, sizeof(golden));
    struct ds_ledger back;
    assert_int_equal(ds_ledger_decode(golden, sizeof(golden), &back), DS_OK);
    assert_memory_equal(&back, &ledger, sizeof(back));
}

static void a_ledger_that_is_cut_or_of_other_channels_is_refused(void **state)
{
    (void)state;
    struct ds_ledger back = ledger;
    for (size_t n = 0; n < sizeof(golden); n++) {
        uint8_t *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, golden, n);
        assert_int_equal(ds_ledger_decode(exact, n, &back), DS_EPROTO);
        free(exact);
    }
    static const size_t fixed[] = {0, 17, 26, 35};
    for (size_t i = 0; i < 4; i++) {
        uint8_t changed[DS_LEDGER_SIZE];
        memcpy(changed, golden, sizeof(changed));
        changed[fixed[i]]++;
        assert_int_equal(ds_ledger_decode(changed, sizeof(changed), &back), DS_EPROTO);
    }
    assert_memory_equal(&back, &ledger, sizeof(back)); /* untouched */
    uint8_t longer[DS_LEDGER_SIZE + 5] = {0};
    memcpy(longer, golden, sizeof(golden));
    assert_int_equal(ds_ledger_decode(longer, sizeof(longer), &back), DS_OK);
}

static void only_what_was_sent_and_not_yet_acknowledged_fits(void **state)
{
    (void)state;
    const struct ds_queue queue = {.is_ledger = true, .acked = 5, .sent = 8, .begun = 5};
    for (uint64_t n = 5; n <= 8; n++)
        assert_null(ds_ledger_misfit(&queue, n));
    assert_string_equal(ds_ledger_misfit(&queue, 9),
                        "the other side's ledger is ahead: it has messages that were never sent");
    assert_string_equal(ds_ledger_misfit(&queue, UINT64_MAX), ds_ledger_misfit(&queue, 9));
    assert_string_equal(ds_ledger_misfit(&queue, 4),
                        "the other side's ledger is too far behind: it lacks messages that it had");
    assert_string_equal(ds_ledger_misfit(&queue, 0), ds_ledger_misfit(&queue, 4));
}

static void three_channels_are_in_the_ledger(void **state)
{
    (void)state;
    unsigned count = 0;
    for (int c = 0; c <= DS_CHANNEL_COUNT; c++)
        count += ds_ledger_has((enum ds_channel)c);
    assert_int_equal(count, DS_LEDGER_CHANNELS);
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++)
        assert_true(ds_ledger_has(ds_ledger_channels[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ledger_is_these_bytes),
        cmocka_unit_test(a_ledger_that_is_cut_or_of_other_channels_is_refused),
        cmocka_unit_test(only_what_was_sent_and_not_yet_acknowledged_fits),
        cmocka_unit_test(three_channels_are_in_the_ledger),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
