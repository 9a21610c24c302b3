/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files with the real programs: each way, refused, cancelled, without the right, to a name that is
 * taken. */
#include "tests/support/folder.h"
#include "tests/support/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB (1024 * 1024)

static struct test_session session;
static char sent[300], inbox[300], target[400];

static int set_up(void **state)
{
    (void)state;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "640x400x24", "800x600x24");
    test_session_start_viewer(&session, NULL);
    test_session_start_agent(&session, "look,files", NULL);
    test_session_verify(&session);
    snprintf(sent, sizeof(sent), "%s/report.bin", session.folder);
    snprintf(inbox, sizeof(inbox), "%s/inbox", session.folder);
    snprintf(target, sizeof(target), "%s/report.bin", inbox);
    assert_int_equal(0, mkdir(inbox, 0700));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    test_session_end(&session);
    return 0;
}

/* Bytes that no compression or offset mistake leaves equal. */
static void make_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "we");
    uint64_t x = 88172645463325252u;
    assert_non_null(file);
    for (size_t i = 0; i < size; i += 8) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        assert_int_equal(1, fwrite(&x, size - i < 8 ? size - i : 8, 1, file));
    }
    assert_int_equal(0, fclose(file));
}

static void assert_same(const char *a, const char *b)
{
    const char *compare[] = {"cmp", a, b, NULL};
    char *output = NULL;
    int code = test_run(compare, &output);
    if (code != 0)
        fail_msg("%s", output);
    free(output);
}

static void command(struct test_process *to, const char *cmd, int id, const char *path)
{
    char line[600], number[32] = "";
    if (id > 0)
        snprintf(number, sizeof(number), ",\"id\":%d", id);
    if (path)
        snprintf(line, sizeof(line), "{\"cmd\":\"%s\"%s,\"path\":\"%s\",\"tag\":\"%s\"}", cmd,
                 number, path, cmd);
    else
        snprintf(line, sizeof(line), "{\"cmd\":\"%s\"%s,\"tag\":\"%s\"}", cmd, number, cmd);
    test_process_command(to, line);
}

static int wait_offer(struct test_process *by)
{
    json_t *offer = test_process_wait_event(by, "file", "state", "offered", TEST_WAIT_MS);
    return (int)json_integer_value(json_object_get(offer, "id"));
}

static char *wait_sum(struct test_process *by)
{
    json_t *done = test_process_wait_event(by, "file", "state", "done", 120000);
    const char *sum = json_string_value(json_object_get(done, "sha256"));
    assert_non_null(sum);
    return strdup(sum);
}

static void send(struct test_process *from, struct test_process *to, size_t size)
{
    struct stat is;
    make_file(sent, size);
    command(from, "send-file", 0, sent);
    int id = wait_offer(to);
    command(to, "accept-file", id, inbox);
    char *there = wait_sum(to), *here = wait_sum(from);
    assert_string_equal(here, there);
    free(there);
    free(here);
    assert_same(sent, target);
    assert_int_equal(0, stat(target, &is));
    assert_int_equal(0600, is.st_mode & 07777);
}

static void a_file_goes_to_the_customer(void **state)
{
    (void)state;
    send(session.viewer, session.agent, 20 * MIB + 5);
}

static void a_file_goes_to_the_rep(void **state)
{
    (void)state;
    send(session.agent, session.viewer, 20 * MIB + 5);
}

static void an_empty_file_arrives(void **state)
{
    (void)state;
    send(session.viewer, session.agent, 0);
}

static void ids_are_the_same_at_both_ends_and_differ_by_direction(void **state)
{
    (void)state;
    make_file(sent, 3);
    command(session.viewer, "send-file", 0, sent);
    assert_int_equal(1, wait_offer(session.agent));
    command(session.agent, "send-file", 0, sent);
    assert_int_equal(2, wait_offer(session.viewer));
    command(session.viewer, "refuse-file", 2, NULL);
    json_t *end =
        test_process_wait_event(session.agent, "file", "state", "cancelled", TEST_WAIT_MS);
    assert_int_equal(2, json_integer_value(json_object_get(end, "id")));
    assert_string_equal("to-rep", json_string_value(json_object_get(end, "direction")));
    command(session.viewer, "cancel-file", 1, NULL);
    end = test_process_wait_event(session.agent, "file", "state", "cancelled", TEST_WAIT_MS);
    assert_int_equal(1, json_integer_value(json_object_get(end, "id")));
}

static void a_target_that_exists_is_an_error_and_is_left_alone(void **state)
{
    (void)state;
    make_file(sent, 1000);
    test_file_write(target, "mine");
    command(session.viewer, "send-file", 0, sent);
    int id = wait_offer(session.agent);
    command(session.agent, "accept-file", id, inbox);
    json_t *error =
        test_process_wait_event(session.agent, "error", "tag", "accept-file", TEST_WAIT_MS);
    assert_string_equal("exists", json_string_value(json_object_get(error, "code")));
    command(session.agent, "accept-file", id, target);
    test_process_wait_event(session.agent, "error", "tag", "accept-file", TEST_WAIT_MS);
    char *text = test_file_read(target, NULL);
    assert_string_equal("mine", text);
    free(text);
    strcat(target, ".new");
    command(session.agent, "accept-file", id, target);
    free(wait_sum(session.viewer));
    assert_same(sent, target);
}

static void what_cannot_be_sent_is_said(void **state)
{
    (void)state;
    command(session.viewer, "send-file", 0, "/nowhere/at/all");
    test_process_wait_event(session.viewer, "error", "tag", "send-file", TEST_WAIT_MS);
    command(session.viewer, "send-file", 0, "/dev/null");
    test_process_wait_event(session.viewer, "error", "tag", "send-file", TEST_WAIT_MS);
    command(session.viewer, "accept-file", 77, inbox);
    test_process_wait_event(session.viewer, "error", "tag", "accept-file", TEST_WAIT_MS);
}

static void without_the_right_nothing_moves(void **state)
{
    (void)state;
    make_file(sent, 200 * MIB);
    command(session.viewer, "send-file", 0, sent);
    command(session.agent, "accept-file", wait_offer(session.agent), inbox);
    test_process_wait_event(session.agent, "file", "state", "progress", TEST_WAIT_MS);
    test_process_command(session.agent, "{\"cmd\":\"revoke\",\"right\":\"files\"}");
    test_process_wait_event(session.agent, "file", "state", "failed", TEST_WAIT_MS);
    test_process_wait_event(session.viewer, "file", "state", "failed", TEST_WAIT_MS);
    command(session.viewer, "send-file", 0, sent);
    test_process_wait_event(session.viewer, "error", "tag", "send-file", TEST_WAIT_MS);
    command(session.agent, "send-file", 0, sent);
    test_process_wait_event(session.agent, "error", "tag", "send-file", TEST_WAIT_MS);
    const char *list[] = {"sh", "-c", "test -z \"$(ls -A \"$0\")\"", inbox, NULL};
    assert_int_equal(0, test_run(list, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_file_goes_to_the_customer, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_goes_to_the_rep, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_file_arrives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ids_are_the_same_at_both_ends_and_differ_by_direction,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_target_that_exists_is_an_error_and_is_left_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_sent_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(without_the_right_nothing_moves, set_up, tear_down),
    };
    cmocka_set_test_filter(getenv("DESKSIDE_TEST_ONLY")); /* a pattern, by hand */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
