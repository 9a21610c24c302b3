/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tunnel costs: the start of a session, a resume, and bytes through two tunnels in memory.
 * Usage: bench_tunnel [SECONDS] */
#include "tests/support/ends.h"

#include <stdlib.h>
#include <time.h>

static struct end viewer, agent;

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

/* Only counts: the checksum of ends.h costs more than the tunnel. */
static void count(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    (void)channel;
    (void)bytes;
    (void)len;
    ((struct end *)ctx)->messages++;
}

static void make(void)
{
    static struct ds_tunnel_events events;
    struct ds_tunnel_config config = end_config;
    events = end_events;
    events.on_message = count;
    memset(&viewer, 0, offsetof(struct end, message));
    config.role = DS_TUNNEL_VIEWER;
    viewer.tunnel = ds_tunnel_new(&config, &events, &viewer);
    ds_check(viewer.tunnel);
    ds_check(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
    ds_check(ds_tunnel_set_number(agent.tunnel, "481926") == DS_OK);
    ds_check(ds_tunnel_set_number(viewer.tunnel, "481926") == DS_OK);
}

static void drop(void)
{
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
}

static void measure_start(double seconds)
{
    unsigned starts = 0;
    double from = cpu_s();
    while (cpu_s() - from < seconds) {
        make();
        ends_settle(&viewer, &agent, 0);
        ds_check(viewer.opened && agent.opened);
        drop();
        starts++;
    }
    printf("start_both_ends_ms=%.3f\n", (cpu_s() - from) * 1000 / starts);
}

static void measure_resume(double seconds)
{
    unsigned resumes = 0;
    make();
    ends_settle(&viewer, &agent, 0);
    double from = cpu_s();
    while (cpu_s() - from < seconds) {
        ends_rejoin(&viewer, &agent, ++resumes);
        ends_settle(&viewer, &agent, 0);
        ds_check(viewer.resumed == resumes && agent.resumed == resumes);
    }
    printf("resume_both_ends_ms=%.3f\n", (cpu_s() - from) * 1000 / resumes);
    drop();
}

static void measure_bytes(enum ds_channel channel, size_t size, const char *name, double seconds)
{
    struct ds_rcbuf *buf = ds_rcbuf_new(size);
    ds_check(buf);
    memset(buf->data, 7, size);
    make();
    ends_settle(&viewer, &agent, 0);
    double from = cpu_s();
    while (cpu_s() - from < seconds) {
        for (int i = 0; i < 64; i++)
            while (ds_tunnel_send_buf(agent.tunnel, channel, buf) == DS_EAGAIN)
                ends_settle(&viewer, &agent, 0);
        ends_settle(&viewer, &agent, 0);
    }
    double spent = cpu_s() - from;
    printf("%s size=%zu messages_s=%.0f MB_s=%.0f\n", name, size, viewer.messages / spent,
           (double)viewer.messages * (double)size / spent / 1e6);
    drop();
    ds_rcbuf_unref(buf);
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 1;
    measure_start(seconds);
    measure_resume(seconds);
    measure_bytes(DS_CHANNEL_SCREEN, 65536, "screen", seconds);
    measure_bytes(DS_CHANNEL_FILES, 262144, "files", seconds);
    measure_bytes(DS_CHANNEL_INPUT, 14, "input", seconds);
    return 0;
}
