/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One end is hostile, the other a real program: whatever is said inside the seal, the program
 * refuses it with a sentence and an exit code of DESIGN section 7 or bears it, keeps its memory
 * within bounds, and still listens to the person in front of it. Everything fails the test that it
 * finds out to be otherwise. */
#ifndef TESTS_SUPPORT_HOSTILE_H
#define TESTS_SUPPORT_HOSTILE_H

#include "tests/support/peer.h"
#include "tests/support/session.h"

#define HOSTILE_PATIENCE_MS 15000 /* for a person's wish while a flood comes, with sanitizers */
#define HOSTILE_AGENT_GROWTH_KB (64 * 1024)
#define HOSTILE_VIEWER_GROWTH_KB (256 * 1024)

extern struct test_session session;
extern struct test_peer peer;

/* Of each test: a relay and two displays. */
int hostile_set_up(void **state);
int hostile_tear_down(void **state);

/* A real agent for the peer as viewer, active with look and control; says_hello: else it is left to
 * the test. */
void hostile_meet_agent(bool says_hello);
/* A real viewer for the peer as agent: only the private line is up. */
void hostile_start_agent_peer(void);
/* And active with look and control. */
void hostile_meet_viewer(void);

/* Against the memory at the meeting; sanitizers have their own idea of it and are left out. */
void hostile_expect_growth_below(struct test_process *process, long most_kb);
/* The person's command is carried out. */
void hostile_expect_wish(struct test_process *process, const char *command);
/* Ends it as a person would, with code 0. */
void hostile_expect_end(struct test_process *process);
/* It left by itself with code 5. */
void hostile_expect_refused(struct test_process *process);
/* The agent answers what it is asked. */
void hostile_expect_agent_answers(void);
/* So does the viewer's window. */
void hostile_expect_window_answers(void);

#endif
