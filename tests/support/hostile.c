/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/hostile.h"

#include "tests/support/window_ping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test_session session;
struct test_peer peer;
static long memory_before_kb;

/* ---- set up ---- */

int hostile_set_up(void **state)
{
    (void)state;
    test_session_start_relay(&session, NULL);
    test_session_start_displays(&session, "1024x768x24", "1024x768x24");
    return 0;
}

int hostile_tear_down(void **state)
{
    (void)state;
    test_peer_close(&peer);
    test_session_end(&session);
    return 0;
}

/* The most that the program has had, in KiB. */
static long memory_kb(struct test_process *process)
{
    char path[64], line[256];
    long kb = 0;
    snprintf(path, sizeof(path), "/proc/%ld/status", (long)test_process_pid(process));
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "VmHWM: %ld", &kb) == 1)
            break;
    if (f)
        fclose(f);
    return kb;
}

/* Sanitizers have their own idea of memory. */
void hostile_expect_growth_below(struct test_process *process, long most_kb)
{
    long now = memory_kb(process);
    print_message("memory: %ld KiB before, %ld KiB at most\n", memory_before_kb, now);
#ifdef DESKSIDE_SANITIZED
    (void)most_kb;
#else
    assert_true(now - memory_before_kb <= most_kb);
#endif
}

/* A real agent for the peer as viewer, active with both rights. */
void hostile_meet_agent(bool says_hello)
{
    test_peer_open(&peer, DS_TUNNEL_VIEWER, session.port, session.ca);
    test_peer_new_session(&peer, TEST_EMAIL, TEST_PASSWORD);
    memcpy(session.code, peer.code, sizeof(session.code));
    test_session_start_agent(&session, "look,control", NULL);
    test_peer_pair(&peer);
    json_t *event =
        test_process_wait_event(session.agent, "security-number", NULL, NULL, TEST_WAIT_MS);
    test_peer_number(&peer, json_string_value(json_object_get(event, "number")));
    test_peer_open_seal(&peer);
    memory_before_kb = memory_kb(session.agent);
    if (!says_hello)
        return;
    test_peer_hello(&peer);
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.agent, "state", "state", "active", TEST_WAIT_MS);
}

void hostile_start_agent_peer(void)
{
    static const char *const arguments[] = {"--geometry", "900x700+0+0", NULL};
    test_session_start_viewer(&session, arguments);
    test_peer_open(&peer, DS_TUNNEL_AGENT, session.port, session.ca);
    test_peer_join(&peer, session.code);
    test_peer_number(&peer, "123456");
    test_process_command(session.viewer, "{\"cmd\":\"security-number\",\"number\":\"123456\"}");
    test_peer_open_seal(&peer);
    test_process_wait_event(session.viewer, "state", "state", "asking", TEST_WAIT_MS);
    memory_before_kb = memory_kb(session.viewer);
}

/* A real viewer for the peer as agent, active with look and control. */
void hostile_meet_viewer(void)
{
    hostile_start_agent_peer();
    test_peer_hello(&peer);
    test_peer_right(&peer, DS_RIGHT_LOOK, DS_RIGHT_GRANTED);
    test_peer_right(&peer, DS_RIGHT_CONTROL, DS_RIGHT_GRANTED);
    assert_true(test_peer_flush(&peer));
    test_process_wait_event(session.viewer, "state", "state", "active", TEST_WAIT_MS);
}
/* ---- what has to hold ---- */

void hostile_expect_wish(struct test_process *process, const char *command)
{
    char line[160];
    static unsigned count;
    char tag[16];
    snprintf(tag, sizeof(tag), "t%u", ++count);
    snprintf(line, sizeof(line), "{\"cmd\":\"%s\",\"tag\":\"%s\"}", command, tag);
    test_process_command(process, line);
    test_process_wait_event(process, "done", "tag", tag, HOSTILE_PATIENCE_MS);
}

/* Ends it as a person would, with code 0. */
void hostile_expect_end(struct test_process *process)
{
    test_process_command(process, "{\"cmd\":\"end\"}");
    assert_int_equal(0, test_process_wait_exit(process, HOSTILE_PATIENCE_MS));
}

void hostile_expect_refused(struct test_process *process)
{
    assert_int_equal(5, test_process_wait_exit(process, HOSTILE_PATIENCE_MS));
}

static bool has_right_answer(const struct test_peer *p)
{
    return p->rights[DS_RIGHT_RESTART] == DS_RIGHT_REFUSED;
}

/* The agent answers what it is asked. */
void hostile_expect_agent_answers(void)
{
    peer.rights[DS_RIGHT_RESTART] = DS_RIGHT_NONE;
    test_peer_control(&peer,
                      &(struct ds_control){.type = DS_CONTROL_REQUEST, .right = DS_RIGHT_RESTART});
    assert_true(test_peer_wait(&peer, has_right_answer));
    assert_false(test_process_has_ended(session.agent));
}

void hostile_expect_window_answers(void)
{
    assert_true(test_window_answers(session.rep, HOSTILE_PATIENCE_MS));
    assert_false(test_process_has_ended(session.viewer));
}
