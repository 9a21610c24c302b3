/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/desk/drop.h"

#include "common/base/log.h"

#include <stdlib.h>

struct ds_desk_drop {
    struct ds_x11_drop *x11; /* owned */
    uv_poll_t poll;
};

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct ds_desk_drop *drop = poll->data;
    (void)events;
    if (status < 0 || ds_x11_drop_poll(drop->x11)) {
        ds_log_warn("nothing can be dropped any more: the display is gone");
        uv_poll_stop(poll);
    }
}

static void on_closed(uv_handle_t *handle)
{
    struct ds_desk_drop *drop = handle->data;
    ds_x11_drop_close(drop->x11);
    free(drop);
}

struct ds_desk_drop *ds_desk_drop_open(uv_loop_t *loop, const char *display, uint32_t window,
                                       const struct ds_x11_drop_events *events, void *ctx)
{
    struct ds_desk_drop *drop = calloc(1, sizeof(*drop));
    if (drop)
        drop->x11 = ds_x11_drop_open(display, window, events, ctx);
    if (!drop || !drop->x11 || uv_poll_init(loop, &drop->poll, ds_x11_drop_fd(drop->x11))) {
        ds_log_warn("no files can be dropped on this display");
        if (drop)
            ds_x11_drop_close(drop->x11);
        free(drop);
        return NULL;
    }
    drop->poll.data = drop;
    uv_poll_start(&drop->poll, UV_READABLE, on_readable);
    on_readable(&drop->poll, 0, UV_READABLE); /* what came with the first answers */
    return drop;
}

void ds_desk_drop_close(struct ds_desk_drop *drop)
{
    if (!drop)
        return;
    uv_poll_stop(&drop->poll); /* before its descriptor is closed */
    uv_close((uv_handle_t *)&drop->poll, on_closed);
}

void ds_desk_drop_allow(struct ds_desk_drop *drop, bool is_allowed)
{
    if (drop)
        ds_x11_drop_allow(drop->x11, is_allowed);
}
