/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixels of a screen into a picture, rectangle by rectangle: through shared memory, or through the
 * socket where the display cannot share memory. Requests are sent together and answered together.
 */
#ifndef DS_X11_FETCH_H
#define DS_X11_FETCH_H

#include "common/screen/image.h"
#include "common/screen/region.h"
#include "common/x11/display.h"
#include "common/x11/shared.h"
#include "common/x11/visual.h"

struct ds_fetch {
    struct ds_display *display; /* borrowed */
    struct ds_visual visual;
    xcb_drawable_t drawable;      /* the root window, unless somebody puts another here */
    struct ds_shared_memory area; /* without memory: through the socket */
    uint32_t *row;                /* owned: one converted row, for comparing */
    uint32_t row_width;
};

/* DS_EUNSUPPORTED: the screen is not TrueColor in a form that ds_visual knows; message says so. */
int ds_fetch_init(struct ds_fetch *fetch, struct ds_display *display, char *message, size_t size);
void ds_fetch_destroy(struct ds_fetch *fetch);

/* Makes room for pictures of this size; falls back to the socket when memory cannot be shared.
 * DS_ENOMEM. */
int ds_fetch_resize(struct ds_fetch *fetch, uint32_t width, uint32_t height);

/* Reads every rectangle of region (inside image) from the drawable at origin + rectangle. changed:
 * NULL, or every pixel is compared and the parts that differ are added. DS_EIO: a rectangle is
 * outside the screen by now, or the display has gone; parts of the picture may be new. */
int ds_fetch_read(struct ds_fetch *fetch, struct ds_image *image, int32_t origin_x,
                  int32_t origin_y, const struct ds_region *region, struct ds_region *changed);

#endif
