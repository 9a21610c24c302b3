/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/history.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

static struct ds_history history;

static char *written(ds_tick now)
{
    static const struct ds_history_head head = {.program = "deskside-viewer",
                                                .version = "0.1.0",
                                                .relay = "relay.example",
                                                .port = 443,
                                                .transport = "ws",
                                                .through_proxy = true,
                                                .session = "00112233445566778899aabbccddeeff",
                                                .wall_s = 1795000000};
    struct ds_buf out;
    ds_buf_init(&out, 1u << 20);
    assert_int_equal(ds_history_write(&history, &head, now, &out), DS_OK);
    assert_int_equal(ds_buf_append(&out, "", 1), DS_OK);
    char *text = strdup((const char *)ds_buf_peek(&out));
    ds_buf_destroy(&out);
    assert_non_null(text);
    return text;
}

static void seconds(ds_tick from, unsigned count, int quality)
{
    for (unsigned i = 0; i < count; i++)
        ds_history_add(&history, &(struct ds_history_second){.at = from + i * DS_SECOND,
                                                             .stage = DS_STAGE_VERIFIED,
                                                             .quality = quality,
                                                             .rtt_ms = 20,
                                                             .fps = 30,
                                                             .bytes_in = 1000 + i});
}

static void a_cut_keeps_the_minute_before_it_and_time_is_counted(void **state)
{
    (void)state;
    ds_tick t = 5000 * DS_SECOND;
    ds_history_init(&history);
    assert_int_equal(ds_history_session_s(&history, t), 0);
    ds_history_begin(&history, t);
    seconds(t + DS_SECOND, 100, 97);
    t += 101 * DS_SECOND;
    ds_history_cut(&history, DS_CUT_SELF, "closed by the relay\x1b[2J", t, 1795000100);
    /* One cut is one, whoever else notices it. */
    ds_history_cut(&history, DS_CUT_PEER, "away", t + 1, 1795000100);
    assert_int_equal(history.cut_count, 1);
    assert_int_equal(history.disconnects[DS_CUT_SELF], 1);
    assert_int_equal(history.disconnects[DS_CUT_PEER], 0);
    assert_null(strchr(history.cuts[0].why, 0x1b));
    const struct ds_history_second *first = &history.cuts[0].before[0];
    const struct ds_history_second *last = &history.cuts[0].before[DS_HISTORY_SECONDS - 1];
    assert_int_equal(first->at, t - 60 * DS_SECOND);
    assert_int_equal(last->at, t - DS_SECOND);
    assert_int_equal(ds_history_up_s(&history, t + 9 * DS_SECOND), 101);
    assert_int_equal(ds_history_session_s(&history, t + 9 * DS_SECOND), 110);
    ds_history_back(&history, t + 10 * DS_SECOND);
    ds_history_back(&history, t + 20 * DS_SECOND);
    assert_int_equal(ds_history_up_s(&history, t + 30 * DS_SECOND), 121);
    /* Figures of later are not in it. */
    seconds(t + 10 * DS_SECOND, 60, 12);
    assert_int_equal(history.cuts[0].before[59].quality, 97);

    char *text = written(t + 70 * DS_SECOND);
    assert_non_null(strstr(text, "Relay: relay.example, port 443, ws, through a proxy"));
    assert_non_null(strstr(text, "Disconnects: self 1, relay 0, peer 0"));
    assert_non_null(strstr(text, "by self: closed by the relay"));
    assert_non_null(strstr(text, "Back after 10.0 s"));
    assert_non_null(strstr(text, "  -1.0 s  verified  97%"));
    assert_non_null(strstr(text, " -60.0 s  verified  12%"));
    free(text);
}

static void only_the_newest_cuts_are_kept_and_all_are_counted(void **state)
{
    (void)state;
    ds_tick t = 5000 * DS_SECOND;
    ds_history_init(&history);
    ds_history_begin(&history, t);
    for (int i = 0; i < 20; i++) {
        t += 10 * DS_SECOND;
        ds_history_cut(&history, (enum ds_cut_side)(i % 3), "why", t, 0);
        ds_history_back(&history, t + DS_SECOND);
    }
    assert_int_equal(history.cut_count, DS_HISTORY_CUTS);
    assert_int_equal(history.cuts[DS_HISTORY_CUTS - 1].at, t);
    assert_int_equal(history.disconnects[0] + history.disconnects[1] + history.disconnects[2], 20);
    assert_int_equal(ds_history_up_s(&history, t + DS_SECOND), 181);
    ds_history_init(&history);
    ds_history_cut(&history, DS_CUT_RELAY, "at once", t, 0);
    ds_history_begin(&history, t);
    assert_int_equal(history.disconnects[DS_CUT_RELAY], 1);
    ds_history_init(&history);
    char *text = written(t + DS_SECOND);
    assert_null(strstr(text, "Cut 1"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_keeps_the_minute_before_it_and_time_is_counted),
        cmocka_unit_test(only_the_newest_cuts_are_kept_and_all_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
