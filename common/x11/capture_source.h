/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a capture reads instead of the screen: functions of whoever knows it, so that a program that
 * only ever captures screens links nothing else. Part of common/x11/capture.c. */
#ifndef DS_X11_CAPTURE_SOURCE_H
#define DS_X11_CAPTURE_SOURCE_H

#include "common/x11/capture.h"
#include "common/x11/display.h"

/* Where its pixels are. */
struct ds_capture_place {
    xcb_drawable_t drawable;
    int32_t inside_x, inside_y; /* of the picture's first pixel in the drawable */
    int32_t x, y;               /* the same pixel on the screen */
    uint32_t width, height;
};

struct ds_capture_source {
    /* True when the event was the source's; then follow is called before the next grab. */
    bool (*handle)(void *ctx, const xcb_generic_event_t *event);
    /* *renewed: everything has to be read anew. DS_ECLOSED: the source is gone for good. Other
     * errors: not now, nothing changed. */
    int (*follow)(void *ctx, struct ds_capture_place *place, bool *renewed);
    /* With the capture; its connection lives. */
    void (*close)(void *ctx);
};

const struct ds_display *ds_capture_display(const struct ds_capture *capture);
/* From now on the picture is that of the source, and damage that of the window. ctx is the
 * capture's from here on, also on failure. DS_ENOMEM, DS_EIO, DS_ECLOSED. */
int ds_capture_aim(struct ds_capture *capture, xcb_window_t window,
                   const struct ds_capture_source *source, void *ctx);

#endif
