/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/relay.h"

#include "tests/support/folder.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WORDS_MAX 16

int test_relay_command(struct test_relay *relay, const char *const *words, char **output)
{
    const char *argv[WORDS_MAX];
    size_t n = 0;
    argv[n++] = "deskside-relay";
    for (; *words && n < WORDS_MAX - 3; words++)
        argv[n++] = *words;
    argv[n++] = "--data";
    argv[n++] = relay->data;
    argv[n] = NULL;
    return test_run(argv, output);
}

static void must(struct test_relay *relay, const char *const *words)
{
    char *output;
    if (test_relay_command(relay, words, &output) != 0)
        fail_msg("deskside-relay %s: %s", words[0], output);
    free(output);
}

void test_relay_make(struct test_relay *relay)
{
    char password[300];
    memset(relay, 0, sizeof(*relay));
    test_folder_make(relay->folder, sizeof(relay->folder));
    snprintf(relay->data, sizeof(relay->data), "%s/relay", relay->folder);
    snprintf(relay->ca, sizeof(relay->ca), "%s/cert.pem", relay->data);
    snprintf(password, sizeof(password), "%s/password", relay->folder);
    test_file_write(password, TEST_RELAY_PASSWORD "\n");
    must(relay, (const char *[]){"init", "--host", "localhost", "--org", "Acme Support", "--ports",
                                 "0", NULL});
    must(relay, (const char *[]){"rep", "add", TEST_RELAY_EMAIL, "--name", "Dana R.",
                                 "--password-file", password, NULL});
}

void test_relay_quick_password(struct test_relay *relay)
{
    char db[320], *output;
    snprintf(db, sizeof(db), "%s/relay.db", relay->data);
    const char *argv[] = {
        "sqlite3", db,
        "UPDATE account SET password='scrypt$1024$8$1$000102030405060708090a0b0c0d0e0f$84a1962f6d9"
        "6b5d19f21bc443c0674e814b66d6c982ae6482afca97c09583969'",
        NULL};
    if (test_run(argv, &output) != 0)
        fail_msg("sqlite3: %s", output);
    free(output);
}

void test_relay_conf(struct test_relay *relay, const char *lines)
{
    char path[320];
    size_t len;
    snprintf(path, sizeof(path), "%s/relay.conf", relay->data);
    char *before = test_file_read(path, &len);
    size_t size = len + strlen(lines) + 2;
    char *after = malloc(size);
    assert_non_null(after);
    snprintf(after, size, "%s%s\n", before, lines);
    test_file_write(path, after);
    free(before);
    free(after);
}

void test_relay_start(struct test_relay *relay, const char *const *env)
{
    const char *argv[] = {"deskside-relay", "serve", "--data", relay->data, NULL};
    relay->process = test_process_start(argv, &(struct test_process_options){.env = env});
    relay->port =
        (unsigned)atoi(test_process_wait_output(relay->process, "listening port=", 20000));
}

int test_relay_stop(struct test_relay *relay)
{
    struct test_process *process = relay->process;
    relay->process = NULL;
    return test_process_end(process);
}

void test_relay_kill(struct test_relay *relay)
{
    kill(test_process_pid(relay->process), SIGKILL);
    assert_int_equal(test_relay_stop(relay), 128 + SIGKILL);
}

char *test_relay_sql(struct test_relay *relay, const char *sql)
{
    char db[320], *output;
    snprintf(db, sizeof(db), "%s/relay.db", relay->data);
    const char *argv[] = {"sqlite3", db, sql, NULL};
    if (test_run(argv, &output) != 0)
        fail_msg("sqlite3: %s", output);
    return output;
}

void test_relay_remove(struct test_relay *relay)
{
    int code = relay->process ? test_relay_stop(relay) : 0;
    if (relay->folder[0])
        test_folder_remove(relay->folder);
    if (code != 0) /* a sanitizer that found something says so by it */
        fail_msg("the relay ended with %d", code);
}
