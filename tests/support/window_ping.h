/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asks a program's window what a window manager asks: are you still there (_NET_WM_PING)? */
#ifndef TESTS_SUPPORT_WINDOW_PING_H
#define TESTS_SUPPORT_WINDOW_PING_H

#include "tests/support/display.h"

#include <stdbool.h>

/* True when a window of the display answers within timeout_ms: its thread takes events. */
bool test_window_answers(const struct test_display *display, int timeout_ms);

#endif
