/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A program on a virtual display that drags something and drops it (XDND, version 5), as a file
 * manager does: it looks for the window below the pointer and its proxy, offers types, waits for
 * what the window says, and hands the list over when it is asked for. */
#ifndef TESTS_SUPPORT_DRAG_H
#define TESTS_SUPPORT_DRAG_H

#include "tests/support/display.h"

#include <stdbool.h>

struct test_drag;

/* type: "text/uri-list" or another. many: more than three types are offered, by XdndTypeList.
 * content: what is handed over, borrowed until the end. */
struct test_drag *test_drag_begin(const struct test_display *display, const char *type, bool many,
                                  const char *content);
/* Moves to x, y of the root window and waits for the answer: whether it may be dropped there.
 * Fails the test when no window there knows of drags. */
bool test_drag_move(struct test_drag *drag, int x, int y);
/* Whether a window at x, y knows of drags at all. */
bool test_drag_is_aware(struct test_drag *drag, int x, int y);
void test_drag_leave(struct test_drag *drag);
/* Lets go; whether the window has taken it. */
bool test_drag_drop(struct test_drag *drag);
/* Ends the program without a word; accepts NULL. */
void test_drag_end(struct test_drag *drag);

#endif
