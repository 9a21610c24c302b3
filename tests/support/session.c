/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/session.h"

#include "common/base/clock.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS_MAX 48

void test_session_start_relay(struct test_session *s, const char *ports)
{
    test_folder_make(s->folder, sizeof(s->folder));
    snprintf(s->data, sizeof(s->data), "%s/relay", s->folder);
    snprintf(s->ca, sizeof(s->ca), "%s/cert.pem", s->data);
    snprintf(s->password_file, sizeof(s->password_file), "%s/password", s->folder);
    test_file_write(s->password_file, TEST_PASSWORD "\n");
    const char *init[] = {"deskside-relay",
                          "init",
                          "--data",
                          s->data,
                          "--host",
                          "localhost",
                          "--org",
                          "Acme Support",
                          "--ports",
                          ports ? ports : "0",
                          NULL};
    const char *add[] = {"deskside-relay", "rep",     "add",
                         TEST_EMAIL,       "--data",  s->data,
                         "--name",         "Dana R.", "--password-file",
                         s->password_file, NULL};
    char *output;
    if (test_run(init, &output) != 0)
        fail_msg("relay init: %s", output);
    free(output);
    if (test_run(add, &output) != 0)
        fail_msg("relay rep add: %s", output);
    free(output);
    test_session_serve(s);
}

void test_session_serve(struct test_session *s)
{
    const char *serve[] = {"deskside-relay", "serve", "--data", s->data, NULL};
    s->relay = test_process_start(serve, &(struct test_process_options){.env = s->env});
    s->port = (unsigned)atoi(test_process_wait_output(s->relay, "listening port=", TEST_WAIT_MS));
    snprintf(s->address, sizeof(s->address), "localhost:%u", s->port);
}

void test_session_start_displays(struct test_session *s, const char *customer_size,
                                 const char *rep_size)
{
    s->customer = test_display_start(customer_size, NULL);
    s->rep = test_display_start(rep_size, NULL);
}

/* argv + extra, started on a display with automation. */
static struct test_process *start_on(const struct test_session *s,
                                     const struct test_display *display, const char *const *argv,
                                     const char *const *extra)
{
    const char *all[ARGUMENTS_MAX];
    const char *env[16];
    size_t n = 0, e = 0;
    for (; *argv && n < ARGUMENTS_MAX - 1; argv++)
        all[n++] = *argv;
    for (; extra && *extra && n < ARGUMENTS_MAX - 1; extra++)
        all[n++] = *extra;
    all[n] = NULL;
    if (display)
        env[e++] = test_display_env(display);
    char home[300], state[320];
    snprintf(home, sizeof(home), "HOME=%s", s->folder);
    snprintf(state, sizeof(state), "XDG_STATE_HOME=%s/state", s->folder);
    env[e++] = home;
    env[e++] = state;
    env[e++] = "LC_ALL=C.UTF-8";
    for (const char *const *more = s->env; more && *more && e < 15; more++)
        env[e++] = *more;
    env[e] = NULL;
    return test_process_start(all, &(struct test_process_options){.automation = true, .env = env});
}

void test_session_start_viewer(struct test_session *s, const char *const *extra)
{
    const char *argv[] = {
        "deskside-viewer", "--relay",         s->address,       "--ca",          s->ca, "--email",
        TEST_EMAIL,        "--password-file", s->password_file, "--new-session", NULL};
    s->viewer = start_on(s, s->rep, argv, extra);
    json_t *event = test_process_wait_event(s->viewer, "code", NULL, NULL, TEST_WAIT_MS);
    snprintf(s->code, sizeof(s->code), "%s", json_string_value(json_object_get(event, "code")));
}

void test_session_start_agent(struct test_session *s, const char *accept, const char *const *extra)
{
    const char *argv[12] = {"deskside-agent", "--relay", s->address, "--ca", s->ca,
                            "--code",         s->code};
    if (accept) {
        argv[7] = "--accept";
        argv[8] = accept;
    }
    s->agent = start_on(s, s->customer, argv, extra);
}

void test_session_verify(struct test_session *s)
{
    char command[64];
    json_t *event = test_process_wait_event(s->agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    snprintf(s->number, sizeof(s->number), "%s",
             json_string_value(json_object_get(event, "number")));
    snprintf(command, sizeof(command), "{\"cmd\":\"security-number\",\"number\":\"%s\"}",
             s->number);
    test_process_command(s->viewer, command);
    test_process_wait_event(s->viewer, "picture", NULL, NULL, TEST_WAIT_MS);
}

void test_session_start(struct test_session *s)
{
    test_session_start_relay(s, NULL);
    test_session_start_displays(s, "1280x800x24", "1600x1000x24");
    static const char *const viewer[] = {
        "--geometry", "1280x800+0+0", "--borderless", "--scale", "1:1", "--no-toolbar", NULL};
    test_session_start_viewer(s, viewer);
    test_session_start_agent(s, "look,control", NULL);
    test_session_verify(s);
}

void test_session_end(struct test_session *s)
{
    test_process_end(s->viewer);
    test_process_end(s->agent);
    test_process_end(s->relay);
    test_display_end(s->rep);
    test_display_end(s->customer);
    if (s->folder[0])
        test_folder_remove(s->folder);
    *s = (struct test_session){0};
}

void test_session_wait_equal(struct test_session *s, int x, int y, int width, int height,
                             int timeout_ms)
{
    ds_tick deadline = ds_clock_now() + (ds_tick)timeout_ms * DS_MS;
    size_t count = (size_t)width * (size_t)height;
    for (;;) {
        uint32_t *shown = test_display_grab(s->rep, x, y, width, height);
        uint32_t *real = test_display_grab(s->customer, 0, 0, width, height);
        size_t differ = 0, first = 0;
        for (size_t i = 0; i < count; i++) {
            if (shown[i] != real[i] && differ++ == 0)
                first = i;
        }
        free(shown);
        free(real);
        if (differ == 0)
            return;
        if (ds_clock_now() > deadline)
            fail_msg("%zu pixels differ, the first at %zu,%zu", differ, first % (size_t)width,
                     first / (size_t)width);
        poll(NULL, 0, 50);
    }
}
