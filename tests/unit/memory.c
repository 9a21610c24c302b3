/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every allocation of a tunnel's life fails in turn, OpenSSL's too: the tunnel says so or goes on,
 * nothing crashes, leaks or opens by mistake. */
#include "common/tunnel/secret.h"
#include "tests/support/ends.h"

#include <openssl/crypto.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

static unsigned long counted, failing; /* failing 0: none */
static unsigned long unmapped;
static bool goes_on; /* all after the failing one fail too */

static bool fails(void)
{
    counted++;
    return failing > 0 && (counted == failing || (goes_on && counted > failing));
}

/* The linker sends the calls of common/ here (--wrap). */
void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *old, size_t n);
void *__real_mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset);
int __real_munmap(void *at, size_t n);
int __wrap_munmap(void *at, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *old, size_t n);
void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset);

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
    return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *old, size_t n)
{
    return fails() ? NULL : __real_realloc(old, n);
}

void *__wrap_mmap(void *at, size_t n, int prot, int flags, int fd, off_t offset)
{
    return fails() ? MAP_FAILED : __real_mmap(at, n, prot, flags, fd, offset);
}

/* Only secrets are unmapped by common/tunnel: they are gone before the pages are. */
int __wrap_munmap(void *at, size_t n)
{
    const uint8_t *bytes = at;
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], 0);
    unmapped++;
    return __real_munmap(at, n);
}

static void *openssl_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : __real_malloc(n);
}

static void *openssl_realloc(void *old, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : __real_realloc(old, n);
}

static void openssl_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

static struct end viewer, agent;

/* A whole life; true when both opened and everything arrived. */
static bool live(void)
{
    static uint8_t message[30000];
    bool made = end_make(&viewer, DS_TUNNEL_VIEWER, &end_config);
    made = end_make(&agent, DS_TUNNEL_AGENT, &end_config) && made;
    int errors = 0;
    if (made) {
        errors += ds_tunnel_set_number(agent.tunnel, "481926") != DS_OK;
        errors += ds_tunnel_set_number(viewer.tunnel, "481927") != DS_OK;
        ends_settle(&viewer, &agent, 0);
        if (ds_tunnel_state(viewer.tunnel) == DS_TUNNEL_NUMBER)
            errors += ds_tunnel_set_number(viewer.tunnel, "481926") != DS_OK;
        ends_settle(&viewer, &agent, 0);
        for (int c = DS_CHANNEL_CONTROL; c < DS_CHANNEL_COUNT; c++)
            errors +=
                ds_tunnel_send(agent.tunnel, (enum ds_channel)c, message, sizeof(message)) != DS_OK;
        ends_settle(&viewer, &agent, 0);
        for (int i = 0; i < 2; i++)
            ds_tunnel_cut(i ? viewer.tunnel : agent.tunnel);
        errors += ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, message, 100) != DS_OK;
        errors += ds_tunnel_rejoin(viewer.tunnel, 2) != DS_OK;
        errors += ds_tunnel_rejoin(agent.tunnel, 2) != DS_OK;
        ends_settle(&viewer, &agent, 0);
    }
    /* What was not closed with a reason still stands. */
    bool whole = made && errors == 0 && viewer.opened && agent.opened && !viewer.closed &&
                 !agent.closed && viewer.resumed && agent.resumed &&
                 viewer.messages == DS_CHANNEL_COUNT;
    if (made && (viewer.closed || agent.closed)) {
        const struct end *e = viewer.closed ? &viewer : &agent;
        assert_non_null(e->reason);
        assert_true(e->error < 0);
    }
    assert_true(viewer.opened <= 1 && agent.opened <= 1);
    assert_true(viewer.resumed + viewer.cut <= 1 && agent.resumed + agent.cut <= 1);
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
    return whole;
}

/* A start that is cut before anything was proved, a restart of the agent, and what is left of it.
 */
static bool live_on(void)
{
    bool made = end_make(&viewer, DS_TUNNEL_VIEWER, &end_config);
    made = end_make(&agent, DS_TUNNEL_AGENT, &end_config) && made;
    struct ds_buf saved;
    ds_buf_init(&saved, DS_TUNNEL_SAVED_MAX);
    int errors = 0;
    if (made) {
        errors += ds_tunnel_set_number(agent.tunnel, "481926") != DS_OK;
        errors += ds_tunnel_set_number(viewer.tunnel, "481926") != DS_OK;
        errors += ds_tunnel_rejoin(viewer.tunnel, 1) != DS_OK;
        errors += ds_tunnel_rejoin(agent.tunnel, 1) != DS_OK;
        ends_settle(&viewer, &agent, 0);
        errors += ds_tunnel_send(agent.tunnel, DS_CHANNEL_NOTES, "kept", 4) != DS_OK;
        errors += ds_tunnel_save(agent.tunnel, &saved) != DS_OK;
    }
    bool whole = made && errors == 0 && viewer.opened && agent.opened && !viewer.cut &&
                 !viewer.closed && !agent.cut && !agent.closed;
    assert_true(viewer.opened <= 1 && agent.opened <= 1);
    ds_tunnel_destroy(agent.tunnel);
    agent.tunnel =
        ds_tunnel_load(ds_buf_peek(&saved), saved.len, end_config.host, &end_events, &agent);
    if (agent.tunnel) {
        errors += ds_tunnel_rejoin(viewer.tunnel, 2) != DS_OK;
        errors += ds_tunnel_rejoin(agent.tunnel, 2) != DS_OK;
        ends_settle(&viewer, &agent, 0);
    }
    whole = whole && errors == 0 && agent.resumed == 1 && viewer.messages == 1;
    ds_buf_wipe(&saved);
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
    return whole;
}

/* Every step-th allocation of the life fails, alone and with all that follow. */
static void fail_each(bool (*life)(void), unsigned step)
{
    failing = 0;
    assert_true(life()); /* what the library makes once is made */
    counted = 0;
    assert_true(life());
    unsigned long all = counted, survived = 0;
    for (int mode = 0; mode < 2; mode++) {
        goes_on = mode == 1;
        /* From there on: mostly the same paths, so a seventh of them. */
        for (unsigned long at = 1; at <= all; at += goes_on ? 7 : step) {
            failing = at;
            counted = 0;
            survived += life();
        }
    }
    failing = 0;
    assert_true(life());
    print_message("%lu allocations failed one by one and from there on; %lu runs were whole\n", all,
                  survived);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    fail_each(live, 1);
}

static void every_allocation_over_cut_and_restart_may_fail(void **state)
{
    (void)state;
    fail_each(live_on, 2);
}

static void secrets_are_overwritten_before_their_pages_go(void **state)
{
    (void)state;
    unmapped = 0;
    assert_true(live());
    /* Resume, proof, seal and the runs of two tries, and the seal after a cut, at both ends. */
    assert_int_equal(unmapped, 12);
}

/* VmFlags of the mapping that begins at `at`, as the kernel tells them. */
static void read_flags(const void *at, char *out, size_t size)
{
    char line[512], start[32];
    FILE *maps = fopen("/proc/self/smaps", "r");
    assert_non_null(maps);
    snprintf(start, sizeof(start), "%lx-", (unsigned long)(uintptr_t)at);
    bool is_ours = false;
    out[0] = '\0';
    while (fgets(line, sizeof(line), maps)) {
        if (strncmp(line, start, strlen(start)) == 0)
            is_ours = true;
        if (is_ours && strncmp(line, "VmFlags:", 8) == 0) {
            snprintf(out, size, "%s", line);
            break;
        }
    }
    fclose(maps);
}

static void secret_pages_are_left_out_of_core_dumps(void **state)
{
    (void)state;
    /* Two mappings of the same flags become one: this one is larger than any beside it. */
    const size_t size = (size_t)1 << 22;
    char flags[512];
    uint8_t *secret = ds_secret_alloc(size);
    assert_non_null(secret);
    read_flags(secret, flags, sizeof(flags));
    assert_non_null(strstr(flags, " dd"));
    memset(secret, 0xaa, size);
    ds_secret_free(secret, size);
    ds_secret_free(NULL, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_over_cut_and_restart_may_fail),
        cmocka_unit_test(secrets_are_overwritten_before_their_pages_go),
        cmocka_unit_test(secret_pages_are_left_out_of_core_dumps),
    };
    /* Before the library has allocated anything. */
    if (!CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free))
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
