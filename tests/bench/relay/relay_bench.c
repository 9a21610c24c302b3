/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the relay costs: a real one is started, and real legs (TLS, frames, credit) are its load.
 *
 *   relay_bench idle PAIRS            memory of a pair that is connected and quiet, CPU while idle
 *   relay_bench tput FLOWS SECONDS    bytes of DATA through, and the relay's CPU time for them
 *   relay_bench ping SECONDS          round trip of 64 bytes through the relay twice
 *   relay_bench back PAIRS            how soon that many quiet pairs are back after kill -9
 *
 * One JSON line a run. bench-relay's numbers are comparable: payload once in and once out. */
#include "common/base/clock.h"
#include "tests/support/crowd.h"
#include "tests/support/leg.h"
#include "tests/support/relay.h"

#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#define PAIRS_MAX 4000
#define FLOWS_MAX 64
#define PAYLOAD 16380 /* with its header one TLS record, as the tunnel makes it */

static struct test_relay relay;
static struct test_leg viewers[PAIRS_MAX], agents[PAIRS_MAX];
static atomic_bool is_over;
static atomic_ulong received;

static long memory_kb(const char *key)
{
    char path[64], line[256];
    long value = 0;
    snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)test_process_pid(relay.process));
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key), NULL, 10);
    }
    if (file)
        fclose(file);
    return value;
}

/* Seconds of all threads. */
static double cpu_s(void)
{
    char path[512];
    unsigned long long ns, all = 0;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)test_process_pid(relay.process));
    DIR *dir = opendir(path);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat",
                 (int)test_process_pid(relay.process), entry->d_name);
        FILE *file = entry->d_name[0] != '.' ? fopen(path, "r") : NULL;
        if (file && fscanf(file, "%llu", &ns) == 1)
            all += ns;
        if (file)
            fclose(file);
    }
    if (dir)
        closedir(dir);
    return (double)all / 1e9;
}

static struct test_crowd crowd;

static void *come_back(void *ctx)
{
    (void)ctx;
    test_crowd_run(&crowd, ds_clock_now() + 120 * DS_SECOND);
    return NULL;
}

static int by_time(const void *a, const void *b)
{
    ds_tick x = ((const struct test_crowd_end *)a)->back_at;
    ds_tick y = ((const struct test_crowd_end *)b)->back_at;
    return x < y ? -1 : x > y;
}

/* Each pair has an address of its own. The ends begin to dial when the relay is killed. */
static void back(int pairs)
{
    static struct test_crowd_end ends[2 * PAIRS_MAX];
    pthread_t thread;
    for (int i = 0; i < pairs; i++) {
        struct test_leg viewer, agent;
        char from[32];
        snprintf(from, sizeof(from), "127.0.%d.%d", 1 + i / 200, 1 + i % 200);
        test_leg_pair(&viewer, &agent, relay.port, from, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
        test_leg_wait_token(&viewer, 1);
        test_leg_wait_token(&agent, 1);
        test_crowd_join(&ends[2 * i], &viewer, from, true);
        test_crowd_join(&ends[2 * i + 1], &agent, from, false);
        viewers[i] = viewer;
        agents[i] = agent;
    }
    crowd.ends = ends;
    crowd.count = 2 * (size_t)pairs;
    atomic_store(&crowd.port, relay.port);
    test_relay_kill(&relay);
    for (int i = 0; i < pairs; i++) {
        test_leg_close(&viewers[i]);
        test_leg_close(&agents[i]);
    }
    pthread_create(&thread, NULL, come_back, NULL);
    test_relay_start(&relay, (const char *[]){"DESKSIDE_LOG=error", NULL});
    ds_tick began = ds_clock_now();
    atomic_store(&crowd.port, relay.port);
    pthread_join(thread, NULL);
    qsort(ends, crowd.count, sizeof(ends[0]), by_time);
    size_t n = crowd.count, lost = n - crowd.back;
    printf("{\"mode\":\"back\",\"pairs\":%d,\"lost\":%zu,\"s_p50\":%.2f,\"s_p95\":%.2f,"
           "\"s_last\":%.2f,\"dials\":%u,\"refusals\":%u,\"relay_cpu_s\":%.2f}\n",
           pairs, lost, (double)(ends[lost + (n - lost) / 2].back_at - began) / 1e6,
           (double)(ends[lost + (n - lost) * 95 / 100].back_at - began) / 1e6,
           (double)(ends[n - 1].back_at - began) / 1e6, crowd.dials, crowd.refusals, cpu_s());
    test_crowd_close(&crowd);
}

static void wait_ms(long ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

static void open_pair(int i)
{
    char from[32];
    snprintf(from, sizeof(from), "127.9.%d.%d", i / 200, 1 + i % 200);
    test_leg_pair(&viewers[i], &agents[i], relay.port, from, TEST_RELAY_EMAIL, TEST_RELAY_PASSWORD);
}

static void idle(int pairs)
{
    open_pair(0); /* what is made once is not counted */
    wait_ms(8000);
    long rss = memory_kb("Rss:"), pss = memory_kb("Pss:");
    for (int i = 1; i <= pairs; i++) {
        open_pair(i);
        test_leg_data(&agents[i], "0123456789abcdef", 16);
        test_leg_expect_data(&viewers[i], "0123456789abcdef", 16);
    }
    wait_ms(8000); /* buffers go back after a second, holes after five */
    double kb = (double)(memory_kb("Rss:") - rss) / pairs;
    double pss_kb = (double)(memory_kb("Pss:") - pss) / pairs;
    double cpu = cpu_s();
    wait_ms(3000);
    printf("{\"mode\":\"idle\",\"pairs\":%d,\"rss_kb_per_pair\":%.1f,\"pss_kb_per_pair\":%.1f,"
           "\"rss_mb\":%.1f,\"idle_cpu_pct\":%.2f}\n",
           pairs, kb, pss_kb, (double)memory_kb("Rss:") / 1024, (cpu_s() - cpu) / 3 * 100);
}

static void *send_all(void *ctx)
{
    struct test_leg *leg = ctx;
    static const uint8_t payload[PAYLOAD];
    while (!atomic_load(&is_over) && test_leg_data(leg, payload, sizeof(payload))) {
    }
    return NULL;
}

static void *take_all(void *ctx)
{
    struct test_leg *leg = ctx;
    uint8_t bytes[65536];
    int n;
    while (!atomic_load(&is_over) && (n = SSL_read(leg->ssl, bytes, sizeof(bytes))) > 0)
        atomic_fetch_add_explicit(&received, (unsigned long)n, memory_order_relaxed);
    return NULL;
}

static void tput(int flows, double seconds)
{
    pthread_t senders[FLOWS_MAX], takers[FLOWS_MAX];
    for (int i = 0; i < flows; i++)
        open_pair(i);
    for (int i = 0; i < flows; i++) {
        pthread_create(&takers[i], NULL, take_all, &viewers[i]);
        pthread_create(&senders[i], NULL, send_all, &agents[i]);
    }
    wait_ms(500);
    double cpu = cpu_s();
    unsigned long bytes = atomic_load(&received);
    ds_tick began = ds_clock_now();
    wait_ms((long)(seconds * 1000));
    double took = (double)(ds_clock_now() - began) / DS_SECOND;
    double gb = (double)(atomic_load(&received) - bytes) / 1e9;
    printf("{\"mode\":\"tput\",\"flows\":%d,\"size\":%d,\"gbit_s\":%.2f,\"cpu_s_per_gb\":%.3f,"
           "\"cpu_cores\":%.2f,\"rss_mb\":%.1f}\n",
           flows, PAYLOAD, gb * 8 / took, (cpu_s() - cpu) / gb, (cpu_s() - cpu) / took,
           (double)memory_kb("Rss:") / 1024);
    fflush(stdout);
    atomic_store(&is_over, true);
    for (int i = 0; i < flows; i++) {
        shutdown(agents[i].fd, SHUT_RDWR);
        shutdown(viewers[i].fd, SHUT_RDWR);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void ping(double seconds)
{
    static double took[1000000];
    static const uint8_t payload[64];
    size_t n = 0;
    open_pair(0);
    ds_tick end = ds_clock_now() + (ds_tick)(seconds * DS_SECOND);
    while (ds_clock_now() < end && n < sizeof(took) / sizeof(took[0])) {
        ds_tick began = ds_clock_now();
        test_leg_data(&agents[0], payload, sizeof(payload));
        test_leg_expect_data(&viewers[0], payload, sizeof(payload));
        test_leg_data(&viewers[0], payload, sizeof(payload));
        test_leg_expect_data(&agents[0], payload, sizeof(payload));
        took[n++] = (double)(ds_clock_now() - began);
    }
    qsort(took, n, sizeof(took[0]), by_size);
    printf("{\"mode\":\"ping\",\"size\":64,\"n\":%zu,\"rtt_us_p50\":%.0f,\"rtt_us_p99\":%.0f}\n", n,
           took[n / 2], took[n * 99 / 100]);
}

int main(int argc, char **argv)
{
    struct rlimit limit;
    if (argc < 3) {
        fprintf(stderr,
                "usage: relay_bench idle PAIRS | tput FLOWS SECONDS | ping SECONDS | back PAIRS\n");
        return 1;
    }
    int count = atoi(argv[2]);
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    test_relay_make(&relay);
    test_relay_quick_password(&relay);
    /* The generator does not answer heartbeats of legs that it does not read just then. */
    test_relay_conf(&relay, "heartbeat_ms = 60000\ndead_ms = 600000\nlegs_max = 8192\n");
    test_relay_start(&relay, (const char *[]){"DESKSIDE_LOG=error", NULL});
    if (strcmp(argv[1], "idle") == 0 && count > 0 && count < PAIRS_MAX)
        idle(count);
    else if (strcmp(argv[1], "tput") == 0 && argc == 4 && count > 0 && count <= FLOWS_MAX)
        tput(count, atof(argv[3]));
    else if (strcmp(argv[1], "back") == 0 && count > 0 && count < PAIRS_MAX)
        back(count);
    else if (strcmp(argv[1], "ping") == 0)
        ping(atof(argv[2]));
    fflush(stdout);
    test_relay_remove(&relay);
    return 0;
}
