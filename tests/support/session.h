/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A whole session of real programs in a test: relay with a rep, two virtual displays, viewer and
 * agent. Each part can be left out or given other arguments; test_session_end ends all of it. */
#ifndef TESTS_SUPPORT_SESSION_H
#define TESTS_SUPPORT_SESSION_H

#include "tests/support/display.h"
#include "tests/support/process.h"

#include <stdbool.h>

#define TEST_EMAIL "dana@acme.example"
#define TEST_PASSWORD "correct horse battery"
#define TEST_WAIT_MS 30000

struct test_session {
    char folder[256]; /* everything of this test */
    char data[300];   /* the relay's --data */
    char ca[320];
    char password_file[320];
    char address[64]; /* localhost:PORT */
    unsigned port;
    char code[10];
    char number[7];
    struct test_display *customer, *rep;
    struct test_process *relay, *viewer, *agent;
    const char *const *env; /* added to every program; may be NULL */
};

/* Folder, relay with one rep, listening on a port given by the system (or `ports`, when not NULL).
 */
void test_session_start_relay(struct test_session *session, const char *ports);
/* Starts the relay again that was ended; only with fixed `ports` does it get the same one. */
void test_session_serve(struct test_session *session);
/* Both displays, size "1280x800x24". */
void test_session_start_displays(struct test_session *session, const char *customer_size,
                                 const char *rep_size);

/* Viewer that signs in and asks for a new session; extra: NULL-ended further arguments, or NULL.
 * Waits for the code. */
void test_session_start_viewer(struct test_session *session, const char *const *extra);
/* Agent that joins with the code; accept: for --accept, NULL lets the windows ask. Waits for
 * nothing. */
void test_session_start_agent(struct test_session *session, const char *accept,
                              const char *const *extra);
/* Takes the number from the agent's event, types it in the viewer, waits until the viewer has its
 * first picture. */
void test_session_verify(struct test_session *session);
/* All of the above in a row with "look,control". */
void test_session_start(struct test_session *session);

/* Ends everything that runs and removes the folder. */
void test_session_end(struct test_session *session);

/* Waits until the pictures are equal in every pixel: the viewer's display shows the customer's at
 * 1:1 from x, y of the viewer's display. Fails the test after timeout_ms. */
void test_session_wait_equal(struct test_session *session, int x, int y, int width, int height,
                             int timeout_ms);

#endif
