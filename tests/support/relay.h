/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A real relay with one rep, in a folder of its own, for tests of the relay alone. */
#ifndef TESTS_SUPPORT_RELAY_H
#define TESTS_SUPPORT_RELAY_H

#include "tests/support/process.h"

#define TEST_RELAY_EMAIL "dana@acme.example"
#define TEST_RELAY_PASSWORD "correct horse battery"

struct test_relay {
    char folder[256];
    char data[300]; /* --data */
    char ca[320];
    unsigned port;
    struct test_process *process; /* NULL while it does not run */
};

/* init with port 0, one rep. */
void test_relay_make(struct test_relay *relay);
/* Gives the rep a password hash that is checked quickly (scrypt with N = 1024): for tests with many
 * sign-ins. The password is the same. */
void test_relay_quick_password(struct test_relay *relay);
/* Adds lines to relay.conf. */
void test_relay_conf(struct test_relay *relay, const char *lines);
/* serve; waits for the port. env: NULL-ended NAME=value, or NULL. */
void test_relay_start(struct test_relay *relay, const char *const *env);
/* SIGTERM; the exit code. */
int test_relay_stop(struct test_relay *relay);
/* kill -9. */
void test_relay_kill(struct test_relay *relay);
/* Changes the store of a relay that does not run; what it selects is returned (freed by the
 * caller).
 */
char *test_relay_sql(struct test_relay *relay, const char *sql);
/* Ends it if need be (any exit code but 0 fails the test) and removes the folder. */
void test_relay_remove(struct test_relay *relay);
/* deskside-relay with these words and --data; the exit code. output: freed by the caller, may be
 * NULL. words: NULL-ended, at most 12. */
int test_relay_command(struct test_relay *relay, const char *const *words, char **output);

#endif
