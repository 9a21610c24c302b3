/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/tunnel.h"

#include "common/base/clock.h"
#include "common/tunnel/proof.h"
#include "common/tunnel/seal.h"
#include "tests/support/ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct end viewer, agent;

static void make(void)
{
    assert_true(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    assert_true(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
}

static void drop(void)
{
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
}

static void open_with(const char *shown, const char *typed)
{
    assert_int_equal(ds_tunnel_set_number(agent.tunnel, shown), DS_OK);
    assert_int_equal(ds_tunnel_set_number(viewer.tunnel, typed), DS_OK);
    ends_settle(&viewer, &agent, DS_SECOND);
}

static void make_open(void)
{
    make();
    open_with("481926", "481926");
    assert_int_equal(viewer.opened, 1);
    assert_int_equal(agent.opened, 1);
}

static void the_right_number_opens_both_ends(void **state)
{
    (void)state;
    make_open();
    assert_int_equal(ds_tunnel_state(viewer.tunnel), DS_TUNNEL_OPEN);
    assert_int_equal(ds_tunnel_state(agent.tunnel), DS_TUNNEL_OPEN);
    assert_int_equal(viewer.closed + agent.closed + viewer.wrong + agent.wrong, 0);
    assert_int_equal(ds_tunnel_tries(viewer.tunnel), 0);
    assert_int_equal(ds_tunnel_tries(agent.tunnel), 0);
    drop();
}

static void every_channel_carries_messages_both_ways(void **state)
{
    (void)state;
    make_open();
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        char text[16];
        int n = snprintf(text, sizeof(text), "channel %d", c);
        for (int way = 0; way < 2; way++) {
            struct end *from = way ? &viewer : &agent, *to = way ? &agent : &viewer;
            assert_int_equal(ds_tunnel_send(from->tunnel, (enum ds_channel)c, text, (size_t)n),
                             DS_OK);
            ends_settle(&viewer, &agent, DS_SECOND);
            assert_int_equal(to->channel, c);
            assert_int_equal(to->len, n);
            assert_memory_equal(to->message, text, (size_t)n);
        }
    }
    assert_int_equal(viewer.messages, DS_CHANNEL_COUNT - 1);
    assert_int_equal(agent.messages, DS_CHANNEL_COUNT - 1);
    drop();
}

static void a_message_of_the_largest_size_arrives(void **state)
{
    (void)state;
    make_open();
    struct ds_rcbuf *buf = ds_rcbuf_new(DS_MUX_MESSAGE_MAX);
    assert_non_null(buf);
    for (size_t i = 0; i < buf->len; i++)
        buf->data[i] = (uint8_t)(i * 31 >> 3);
    for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++) {
        assert_int_equal(ds_tunnel_send_buf(agent.tunnel, (enum ds_channel)c, buf), DS_OK);
        ends_settle(&viewer, &agent, DS_SECOND);
        assert_int_equal(viewer.messages, c);
        assert_int_equal(viewer.len, buf->len);
        assert_memory_equal(viewer.message, buf->data, buf->len);
    }
    ds_rcbuf_unref(buf);
    drop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_number_opens_both_ends),
        cmocka_unit_test(every_channel_carries_messages_both_ways),
        cmocka_unit_test(a_message_of_the_largest_size_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
