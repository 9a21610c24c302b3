/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real programs in a test: started in a process group of their own with pipes for output, events
 * and commands, watched for conditions with a deadline, and ended with everything they started. A
 * failed expectation fails the test and shows the program's output. One thread. */
#ifndef TESTS_SUPPORT_PROCESS_H
#define TESTS_SUPPORT_PROCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct test_process;

struct test_process_options {
    bool automation;        /* adds --events N --commands M to the arguments */
    bool only_events;       /* adds --events N: the program's windows wait for a person */
    const char *const *env; /* NULL-ended NAME=value added to the environment; may be NULL */
    const char *stdin_text; /* given on standard input, then end of file; NULL: /dev/null */
};

/* argv: NULL-ended; argv[0] is looked up in the folder of the built programs (DESKSIDE_BIN), then
 * in PATH. */
struct test_process *test_process_start(const char *const *argv,
                                        const struct test_process_options *options);

/* Sends SIGTERM, after 5 s SIGKILL, to the group; frees. Accepts NULL. Returns the exit code, 128 +
 * signal if killed. */
int test_process_end(struct test_process *process);

pid_t test_process_pid(const struct test_process *process);

/* Sends one command line (a JSON object as text, without newline). */
void test_process_command(struct test_process *process, const char *json);

/* The next event that has "event": name and, when key is not NULL, key: value (text compare).
 * Earlier events are consumed. Fails the test after timeout_ms. The result is owned by the process
 * until the next wait. */
json_t *test_process_wait_event(struct test_process *process, const char *name, const char *key,
                                const char *value, int timeout_ms);

/* The same, but returns NULL instead of failing: for "does not come" with a condition that ends the
 * wait earlier. */
json_t *test_process_poll_event(struct test_process *process, const char *name, const char *key,
                                const char *value, int timeout_ms);

/* Waits until text stands in standard output (or error); returns the start of the line behind it,
 * borrowed. */
const char *test_process_wait_output(struct test_process *process, const char *text,
                                     int timeout_ms);
const char *test_process_wait_error(struct test_process *process, const char *text, int timeout_ms);

/* Everything printed so far, NUL-ended, borrowed until the next wait. */
const char *test_process_output(struct test_process *process);
const char *test_process_error(struct test_process *process);

/* Waits for the program to end by itself; its exit code (128 + signal). Fails the test after
 * timeout_ms. */
int test_process_wait_exit(struct test_process *process, int timeout_ms);
bool test_process_has_ended(struct test_process *process);

/* Runs a program to its end (60 s at most) and returns its exit code; *output (freed by the caller;
 * may be NULL) gets what it printed on standard output and error. */
int test_run(const char *const *argv, char **output);

#endif
