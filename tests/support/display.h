/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Virtual displays of a test: Xvfb, or Xephyr inside one (its input comes from devices that are not
 * XTEST's, as a customer's hand does). The number is given by the system. */
#ifndef TESTS_SUPPORT_DISPLAY_H
#define TESTS_SUPPORT_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test_display;

/* size: "1280x800x24". extra: NULL-ended further arguments for Xvfb, or NULL. Waits until it
 * answers. */
struct test_display *test_display_start(const char *size, const char *const *extra);
/* A Xephyr of size "800x600" in the display `on`, at its top left. */
struct test_display *test_display_start_nested(const struct test_display *on, const char *size);
/* Ends it; accepts NULL. Programs on it lose their display. */
void test_display_end(struct test_display *display);

/* ":7"; lives as long as the display. */
const char *test_display_name(const struct test_display *display);
/* "DISPLAY=:7", for test_process_options.env. */
const char *test_display_env(const struct test_display *display);

/* Pixels of the root window, width * height of 0x00RRGGBB, freed by the caller. Fails the test when
 * outside. */
uint32_t *test_display_grab(const struct test_display *display, int x, int y, int width,
                            int height);

/* One of them, 0x00RRGGBB. */
uint32_t test_display_pixel(const struct test_display *display, int x, int y);
/* Until that pixel is (or, not is, is no longer) of the colour; fails the test after TEST_WAIT_MS.
 */
void test_display_wait_pixel(const struct test_display *display, int x, int y, uint32_t color,
                             bool is);

/* Changes the screen's size by RandR. Xvfb begins with one mode: another is made first. */
void test_display_resize(const struct test_display *display, unsigned width, unsigned height);

/* Runs a program with DISPLAY set to its end and fails the test unless it returns 0; argv as for
 * test_run. */
void test_display_run(const struct test_display *display, const char *const *argv);

#endif
