/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory that a display and this program share, for pictures both ways: passed as a descriptor, so
 * that a crash leaves nothing behind. */
#ifndef DS_X11_SHARED_H
#define DS_X11_SHARED_H

#include "common/x11/display.h"

#include <stdint.h>
#include <xcb/shm.h>

struct ds_shared_memory {
    xcb_shm_seg_t segment; /* the display's name of it */
    uint8_t *memory;       /* size bytes, both may write; NULL: there is none */
    size_t size;
};

/* False: this display is on another machine, too old, or memory is short; *shared is zeroed. Waits
 * for the display's answers. */
bool ds_shared_open(struct ds_shared_memory *shared, const struct ds_display *display, size_t size);
/* Accepts a zeroed struct. */
void ds_shared_close(struct ds_shared_memory *shared, const struct ds_display *display);

#endif
