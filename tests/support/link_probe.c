/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/link_probe.h"

#include "common/base/error.h"

// clang-format off
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 30000

static void at(struct link_probe *probe, const char *event)
{
    if (probe->at)
        probe->at(probe, event);
}

static void on_progress(void *ctx, const char *stage, unsigned percent)
{
    struct link_probe *probe = ctx;
    assert_true(stage[0] != '\0');
    assert_true(percent > probe->percent && percent <= 100);
    assert_int_equal(probe->downs, 0);
    probe->percent = percent;
    probe->progresses++;
    at(probe, "progress");
}

static void on_up(void *ctx, const struct ds_link_info *info)
{
    struct link_probe *probe = ctx;
    assert_int_equal(probe->downs, 0);
    probe->ups++;
    probe->info = *info;
    at(probe, "up");
}

static void on_message(void *ctx, const struct ds_message *message)
{
    struct link_probe *probe = ctx;
    assert_int_equal(probe->downs, 0);
    if (message->type == DS_MESSAGE_TOKEN)
        return; /* comes by itself beside what is asked for */
    probe->messages++;
    probe->message = *message;
    at(probe, "message");
}

static void on_data(void *ctx, const uint8_t *payload, size_t len)
{
    struct link_probe *probe = ctx;
    assert_int_equal(probe->downs, 0);
    probe->datas++;
    assert_int_equal(ds_buf_append(&probe->data, payload, len), 0);
    at(probe, "data");
}

static void on_room(void *ctx)
{
    struct link_probe *probe = ctx;
    assert_int_equal(probe->downs, 0);
    probe->rooms++;
    link_probe_pump(probe);
    at(probe, "room");
}

static void on_down(void *ctx, enum ds_link_failure why, const char *detail)
{
    struct link_probe *probe = ctx;
    assert_int_equal(probe->downs, 0);
    probe->downs++;
    probe->why = why;
    snprintf(probe->detail, sizeof(probe->detail), "%s", detail);
    at(probe, "down");
}

static const struct ds_link_events events = {
    .on_progress = on_progress,
    .on_up = on_up,
    .on_message = on_message,
    .on_data = on_data,
    .on_room = on_room,
    .on_down = on_down,
};

const struct ds_link_events *link_probe_events(void)
{
    return &events;
}

void link_probe_init(struct link_probe *probe, const char *folder)
{
    static const char *const proxies[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "no_proxy",
                                          "NO_PROXY"};
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < sizeof(proxies) / sizeof(proxies[0]); i++)
        unsetenv(proxies[i]);
    setenv("XDG_STATE_HOME", folder, 1);
    memset(probe, 0, sizeof(*probe));
    probe->role = "agent";
    ds_buf_init(&probe->data, 64u << 20);
    assert_int_equal(uv_loop_init(&probe->loop), 0);
}

void link_probe_open(struct link_probe *probe, const char *host, unsigned port, const char *ca_file)
{
    struct ds_link_config config = {.host = host,
                                    .port = port,
                                    .ca_file = ca_file,
                                    .role = probe->role,
                                    .program = "link_probe 1"};
    int error;
    probe->link = ds_link_open(&probe->loop, &config, &events, probe, &error);
    assert_non_null(probe->link);
}

void link_probe_pump(struct link_probe *probe)
{
    uint8_t payload[DS_FRAME_DATA_MAX];
    size_t room;
    while (probe->to_send > 0 && (room = ds_link_data_room(probe->link)) > 0) {
        size_t n = probe->to_send < room ? probe->to_send : room;
        for (size_t i = 0; i < n; i++)
            payload[i] = link_probe_byte(probe->sent + i);
        int error = ds_link_send_data(probe->link, payload, n);
        assert_true(error == 0 || error == DS_ECLOSED);
        if (error) { /* on_down follows, and there is no room any more */
            assert_int_equal(ds_link_data_room(probe->link), 0);
            return;
        }
        probe->sent += n;
        probe->to_send -= n;
    }
}

static void on_tick(uv_timer_t *timer)
{
    (void)timer; /* wakes uv_run */
}

void link_probe_wait(struct link_probe *probe, bool (*condition)(struct link_probe *probe))
{
    uv_timer_t tick;
    uv_timer_init(&probe->loop, &tick);
    uv_timer_start(&tick, on_tick, 20, 20);
    uint64_t end = uv_hrtime() + WAIT_MS * 1000000ull;
    while (!condition(probe)) {
        if (uv_hrtime() > end)
            print_error("waited in vain: ups=%u downs=%u detail=%s\n", probe->ups, probe->downs,
                        probe->detail);
        assert_true(uv_hrtime() < end);
        uv_run(&probe->loop, UV_RUN_ONCE);
    }
    uv_close((uv_handle_t *)&tick, NULL);
    uv_run(&probe->loop, UV_RUN_NOWAIT);
}

bool link_is_up(struct link_probe *probe)
{
    if (probe->downs > 0)
        print_error("down instead of up: %s\n", probe->detail);
    assert_int_equal(probe->downs, 0);
    return probe->ups > 0;
}

bool link_is_down(struct link_probe *probe)
{
    return probe->downs > 0;
}

void link_probe_expect_down(struct link_probe *probe, enum ds_link_failure why)
{
    link_probe_wait(probe, link_is_down);
    if (probe->why != why)
        print_error("down for another reason: %s\n", probe->detail);
    assert_int_equal(probe->why, why);
    assert_true(probe->detail[0] != '\0');
}

static bool is_loop_empty(struct link_probe *probe)
{
    return uv_loop_close(&probe->loop) == 0;
}

void link_probe_end(struct link_probe *probe)
{
    ds_link_close(probe->link);
    probe->link = NULL;
    uint64_t end = uv_hrtime() + WAIT_MS * 1000000ull;
    while (!is_loop_empty(probe)) {
        assert_true(uv_hrtime() < end);
        uv_run(&probe->loop, UV_RUN_ONCE);
    }
    ds_buf_destroy(&probe->data);
}
