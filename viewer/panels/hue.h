/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A colour for each session that is open, so that its window, its tab and its band are known at a
 * glance; the name is always beside it. Pure. Proved by tests/unit/viewer_hue.c. */
#ifndef VIEWER_PANELS_HUE_H
#define VIEWER_PANELS_HUE_H

#include <stdint.h>

#define VIEWER_HUES 8

/* 0xRRGGBB; hue below VIEWER_HUES. At least 3:1 against the raised surfaces of both themes. */
uint32_t viewer_hue_color(unsigned hue);
/* The first one that is not in used (a bit for each hue); when all are, the first. */
unsigned viewer_hue_free(unsigned used);

#endif
