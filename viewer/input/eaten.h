/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notices that a preference keeps keys from the customer although the rep seems to want them there:
 * the same kind of key again and again, and nothing comes of it. Pure. Proved by
 * tests/unit/viewer_keys.c. */
#ifndef VIEWER_INPUT_EATEN_H
#define VIEWER_INPUT_EATEN_H

#include "common/base/clock.h"
#include "viewer/preferences.h"

#include <stdbool.h>

#define VIEWER_EATEN_PRESSES 3            /* of a person who tries again */
#define VIEWER_EATEN_REPEAT (100 * DS_MS) /* sooner than that a key repeats by itself */
#define VIEWER_EATEN_WITHIN (3 * DS_SECOND)

struct viewer_eaten {
    enum viewer_preference which; /* of the presses that are counted */
    unsigned presses;             /* 0: none */
    ds_tick last;
};

/* A key was kept here because of `which`, and nothing came of it. True: it is time to offer that it
 * be changed. */
bool viewer_eaten_press(struct viewer_eaten *eaten, enum viewer_preference which, ds_tick now);
/* Something came of a key: nobody is looking for it. */
void viewer_eaten_forget(struct viewer_eaten *eaten);

#endif
