/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A session with a customer in it: their display is a Xephyr with a window manager, so that xdotool
 * on the display around it is their own hand, and the agent's windows ask them. The rep's hand is
 * xdotool on the viewer's display. */
#ifndef TESTS_SUPPORT_CUSTOMER_H
#define TESTS_SUPPORT_CUSTOMER_H

#include "tests/support/session.h"

#include <stdbool.h>
#include <stdint.h>
#include <xcb/xcb.h>

#define TEST_CUSTOMER_WIDTH 1280
#define TEST_CUSTOMER_HEIGHT 800

struct test_customer {
    struct test_session session; /* session.customer is the display of the customer */
    struct test_display *outer;  /* around it */
    struct test_process *manager;
    xcb_connection_t *look; /* on the customer's display */
    const char *program;    /* another file than the built agent; NULL: that */
};

enum test_window_kind { TEST_WINDOW_PAGE, TEST_WINDOW_BAR };

struct test_window {
    int x, y, width, height; /* on the root window, without what the window manager adds */
};

/* Relay on a port that stays the same, both displays, openbox. */
void test_customer_start(struct test_customer *customer);
void test_customer_end(struct test_customer *customer);

/* A viewer that fills the rep's display with the picture and nothing else; waits for its code. */
void test_customer_start_viewer(struct test_customer *customer);
/* The agent without --accept, --code and --commands; env: NULL-ended additions, or NULL. Waits for
 * its page. */
void test_customer_start_agent(struct test_customer *customer, const char *const *env);
/* Viewer and agent end and are forgotten. */
void test_customer_end_programs(struct test_customer *customer);

/* ---- the steps that every session has ---- */

/* The code is typed by the customer; the warning is before them. */
void test_customer_type_code(struct test_customer *customer);
/* From the warning to the number. */
void test_customer_go_on(struct test_customer *customer);
/* The rep types the number by command; the question is before the customer. */
void test_customer_prove(struct test_customer *customer);
/* See my screen, or See and control; waits for the first picture. */
void test_customer_agree(struct test_customer *customer, bool to_control);
/* All of it from nothing. */
void test_customer_connect(struct test_customer *customer, bool to_control);

/* ---- hands and eyes ---- */

/* xdotool with these arguments, NULL-ended, by the customer's own hand. */
void test_customer_hand(struct test_customer *customer, const char *const *arguments);
void test_customer_key(struct test_customer *customer, const char *key);
void test_customer_click(struct test_customer *customer, int x, int y);
/* The same by the rep, in the viewer's window. */
void test_rep_hand(struct test_customer *customer, const char *const *arguments);
void test_rep_key(struct test_customer *customer, const char *key);
void test_rep_click(struct test_customer *customer, int x, int y);
/* Gives the viewer's window the keyboard. */
void test_rep_focus(struct test_customer *customer);
/* As long as the kit ignores what grants something on a new page. */
void test_customer_read(void);

/* A window of the agent that can be seen; false: there is none. */
bool test_customer_find(struct test_customer *customer, enum test_window_kind kind,
                        struct test_window *window);
void test_customer_wait_window(struct test_customer *customer, enum test_window_kind kind,
                               struct test_window *window);
void test_customer_wait_no_window(struct test_customer *customer, enum test_window_kind kind);
/* Waits until keys go to the bar: a hand sees that, xdotool does not. */
void test_customer_wait_bar_keys(struct test_customer *customer);
/* One pixel of the customer's display, 0xRRGGBB. */
uint32_t test_customer_pixel(struct test_customer *customer, int x, int y);
void test_customer_wait_pixel(struct test_customer *customer, int x, int y, uint32_t color);

/* With DESKSIDE_TEST_SHOTS: a picture of a display as NAME.png in that folder, to be looked at. */
void test_customer_shot(struct test_customer *customer, const char *name);

#endif
