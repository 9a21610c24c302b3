/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When to compare the whole screen although nothing was announced: some programs draw past XDamage.
 * About once a second while the screen is in use; a screen at rest is left alone for longer and
 * longer, and one that turns out to change unannounced is looked at ten times a second. Times go
 * in; no clock, no I/O. */
#ifndef DS_PICTURE_SAFETY_H
#define DS_PICTURE_SAFETY_H

#include "common/base/clock.h"

#include <stdbool.h>

#define DS_SAFETY_USED DS_SECOND
#define DS_SAFETY_REST (16 * DS_SECOND) /* at most, at rest; each look doubles the pause */
#define DS_SAFETY_MISSED (100 * DS_MS)

struct ds_safety {
    ds_tick due; /* 0: not begun */
    ds_tick pause;
    bool is_used; /* something was announced since the last look */
};

/* Somebody begins to look. */
void ds_safety_begin(struct ds_safety *safety, ds_tick now);
/* Something was announced: the screen is in use. */
void ds_safety_use(struct ds_safety *safety, ds_tick now);
/* The whole screen was compared; missed: something differed that nobody had announced. */
void ds_safety_looked(struct ds_safety *safety, bool missed, ds_tick now);

static inline bool ds_safety_is_due(const struct ds_safety *safety, ds_tick now)
{
    return safety->due != 0 && now >= safety->due;
}

#endif
