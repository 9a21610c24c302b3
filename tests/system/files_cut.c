/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A large file, and chat, with the real programs, while the relay is killed and started again. The
 * file has a gibibyte (less where a sanitizer makes everything slow; DESKSIDE_TEST_FILE_MIB). */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024 * 1024)
#ifdef DESKSIDE_SANITIZED
#define FILE_MIB 128
#else
#define FILE_MIB 1024
#endif
#define KILLS 3

static struct test_session session;
static char sent[300], inbox[300], target[400];

/* A port that is free now; the relay has to get the same one again. */
static void choose_port(char *out, size_t size)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(0, bind(fd, (struct sockaddr *)&address, len));
    assert_int_equal(0, getsockname(fd, (struct sockaddr *)&address, &len));
    snprintf(out, size, "%u", ntohs(address.sin_port));
    close(fd);
}

static int set_up(void **state)
{
    (void)state;
    char port[8];
    choose_port(port, sizeof(port));
    test_session_start_relay(&session, port);
    test_session_start_displays(&session, "640x400x24", "800x600x24");
    test_session_start_viewer(&session, NULL);
    test_session_start_agent(&session, "look,files", NULL);
    test_session_verify(&session);
    snprintf(sent, sizeof(sent), "%s/large.bin", session.folder);
    snprintf(inbox, sizeof(inbox), "%s/inbox", session.folder);
    snprintf(target, sizeof(target), "%s/large.bin", inbox);
    assert_int_equal(0, mkdir(inbox, 0700));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(&session);
    return 0;
}

static uint64_t make_file(void)
{
    const char *mib = getenv("DESKSIDE_TEST_FILE_MIB");
    uint64_t size = (uint64_t)(mib ? atoi(mib) : FILE_MIB) * MIB + 12345;
    static uint64_t block[8192];
    uint64_t x = 88172645463325252u;
    FILE *file = fopen(sent, "we");
    assert_non_null(file);
    for (uint64_t done = 0; done < size;) {
        for (size_t i = 0; i < 8192; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            block[i] = x;
        }
        size_t n = size - done < sizeof(block) ? (size_t)(size - done) : sizeof(block);
        assert_int_equal(n, fwrite(block, 1, n, file));
        done += n;
    }
    assert_int_equal(0, fclose(file));
    return size;
}

static void kill_relay(void)
{
    kill(test_process_pid(session.relay), SIGKILL);
    test_process_end(session.relay);
    test_session_serve(&session);
}

static uint64_t number_of(json_t *event, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(event, key));
}

/* Follows the sender to the end; kills the relay on the way. */
static void follow(struct test_process *from, uint64_t size, unsigned kills)
{
    uint64_t last = 0;
    unsigned killed = 0;
    for (;;) {
        json_t *event = test_process_wait_event(from, "file", NULL, NULL, 300000);
        const char *state = json_string_value(json_object_get(event, "state"));
        uint64_t bytes = number_of(event, "bytes");
        if (strcmp(state, "done") == 0)
            break;
        if (strcmp(state, "progress") != 0 && strcmp(state, "started") != 0)
            fail_msg("%s: %s\n%s%s%s", state, json_string_value(json_object_get(event, "error")),
                     test_process_error(session.viewer), test_process_error(session.agent),
                     test_process_error(session.relay));
        if (bytes + MIB < last)
            fail_msg("more than 1 MiB again: from %llu back to %llu", (unsigned long long)last,
                     (unsigned long long)bytes);
        last = bytes;
        if (killed < kills && bytes > size / (kills + 1) * (killed + 1)) {
            killed++;
            kill_relay();
        }
    }
    assert_int_equal(kills, killed);
}

static void a_large_file_arrives_although_the_relay_is_killed(void **state)
{
    (void)state;
    char line[700];
    uint64_t size = make_file();
    snprintf(line, sizeof(line), "{\"cmd\":\"send-file\",\"path\":\"%s\"}", sent);
    test_process_command(session.viewer, line);
    test_process_wait_event(session.agent, "file", "state", "offered", TEST_WAIT_MS);
    snprintf(line, sizeof(line), "{\"cmd\":\"accept-file\",\"id\":1,\"path\":\"%s\"}", inbox);
    test_process_command(session.agent, line);
    follow(session.viewer, size, KILLS);
    test_process_wait_event(session.agent, "file", "state", "done", TEST_WAIT_MS);
    const char *compare[] = {"cmp", sent, target, NULL};
    assert_int_equal(0, test_run(compare, NULL));
}

static void say(struct test_process *by, unsigned number)
{
    char line[100];
    snprintf(line, sizeof(line), "{\"cmd\":\"chat\",\"text\":\"message %u\"}", number);
    test_process_command(by, line);
}

/* The chat events of one end, as one text of ids and texts. */
static char *hear(struct test_process *end, unsigned count)
{
    char *all = calloc(count, 100);
    assert_non_null(all);
    for (unsigned i = 0; i < count; i++) {
        json_t *event = test_process_wait_event(end, "chat", NULL, NULL, 60000);
        sprintf(all + strlen(all), "%s %s %s\n", json_string_value(json_object_get(event, "id")),
                json_string_value(json_object_get(event, "from")),
                json_string_value(json_object_get(event, "text")));
    }
    return all;
}

static void chat_is_the_same_at_both_ends_although_the_relay_is_killed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 60; i++) {
        say(i % 2 ? session.viewer : session.agent, i);
        if (i % 20 == 10)
            kill_relay();
    }
    char *rep = hear(session.viewer, 60), *customer = hear(session.agent, 60);
    assert_string_equal(rep, customer);
    for (unsigned i = 0; i < 60; i++) {
        char text[40];
        snprintf(text, sizeof(text), "%s message %u\n", i % 2 ? "rep" : "customer", i);
        const char *at = strstr(rep, text);
        if (!at || strstr(at + 1, text))
            fail_msg("not once: %s", text);
    }
    free(rep);
    free(customer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_large_file_arrives_although_the_relay_is_killed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(chat_is_the_same_at_both_ends_although_the_relay_is_killed,
                                        set_up, tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
