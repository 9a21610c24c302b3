/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/capture_window.h"

#include "common/base/error.h"
#include "common/x11/capture_source.h"
#include "common/x11/window_source.h"

#include <stdlib.h>

static bool handle(void *ctx, const xcb_generic_event_t *event)
{
    return ds_window_source_handle(ctx, event);
}

static int follow(void *ctx, struct ds_capture_place *place, bool *renewed)
{
    struct ds_window_source *s = ctx;
    int error = ds_window_source_refresh(s, renewed);
    if (error)
        return s->is_gone ? DS_ECLOSED : error;
    *place =
        (struct ds_capture_place){s->pixmap, s->border, s->border, s->x, s->y, s->width, s->height};
    return DS_OK;
}

static void close_source(void *ctx)
{
    ds_window_source_close(ctx);
    free(ctx);
}

static const struct ds_capture_source source = {
    .handle = handle,
    .follow = follow,
    .close = close_source,
};

int ds_capture_watch_window(struct ds_capture *capture, uint32_t window)
{
    struct ds_window_source *s = calloc(1, sizeof(*s));
    if (!s)
        return DS_ENOMEM;
    int error = ds_window_source_open(s, ds_capture_display(capture), window);
    if (error) {
        free(s);
        return error;
    }
    return ds_capture_aim(capture, window, &source, s);
}
