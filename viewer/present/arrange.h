/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places for several windows on one monitor: side by side, or one behind the other with every title
 * in sight. Pure arithmetic, pixels of the desktop. Proved by tests/unit/viewer_arrange.c. */
#ifndef VIEWER_PRESENT_ARRANGE_H
#define VIEWER_PRESENT_ARRANGE_H

#include "common/screen/rect.h"

enum viewer_arrange { VIEWER_ARRANGE_TILE, VIEWER_ARRANGE_CASCADE };

/* Where window `index` of `count` (1..) lies in room, frame and title included. step: how far each
 * of a cascade is from the one before, a title's height. */
struct ds_rect viewer_arrange_place(enum viewer_arrange how, struct ds_rect room, unsigned count,
                                    unsigned index, int step);

#endif
