/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a virtual display for what its layout lacks. Left to itself xdotool binds such a
 * character to a spare key for the moment of the press and takes it away half a delay later; the X
 * protocol tells a program only that a key has changed, so one that asks later than that what the
 * key was gets nothing, or the next character. People's keyboards do not do that. */
#ifndef TESTS_SUPPORT_KEYBOARD_H
#define TESTS_SUPPORT_KEYBOARD_H

#include "tests/support/display.h"

/* Puts every character of the text that is not ASCII (UTF-8, at most 20 of them) on a key of its
 * own, behind the layout's keys, where xdotool finds it and leaves it. setxkbmap takes them away
 * again. */
void test_keyboard_bind(const struct test_display *display, const char *text);

#endif
