/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the rep's display can be shown: its monitors, and the windows on it. Any thread: each
 * reading has a connection of its own. */
#ifndef VIEWER_SHARE_SOURCES_H
#define VIEWER_SHARE_SOURCES_H

#include "common/wire/limits.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VIEWER_SOURCES_MAX 48

struct viewer_source {
    uint32_t window;           /* 0: a monitor */
    uint8_t monitor;           /* index, 0xff: all of them */
    char name[DS_TEXT_REASON]; /* safe to show, cut */
    uint32_t width, height;
};

/* All monitors together when there are several, each of them, then windows that are on the screen
 * and not this program's, the newest last. Returns how many (at most max); 0: no display. */
size_t viewer_sources_read(const char *display, struct viewer_source *out, size_t max);

/* The window, or else the monitor. False: there is none such. */
bool viewer_source_find(const char *display, uint32_t window, uint8_t monitor,
                        struct viewer_source *out);

#endif
