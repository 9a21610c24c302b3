/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are dropped onto the window, for the windows' thread. */
#include "viewer/session/line_priv.h"

#include "common/desk/drop.h"

#include <stdlib.h>
#include <string.h>

static void on_drag(void *ctx, enum ds_x11_drag drag)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_DRAG);
    if (notice)
        notice->of.drag = (int)drag;
    viewer_line_notice(ctx, notice);
}

static void on_drop(void *ctx, const char *list, size_t len)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_DROP);
    if (notice && list) {
        notice->of.drop.list = malloc(len + 1);
        if (notice->of.drop.list)
            memcpy(notice->of.drop.list, list, len);
        notice->of.drop.len = len;
    }
    viewer_line_notice(ctx, notice);
}

static const struct ds_x11_drop_events events = {.on_drag = on_drag, .on_drop = on_drop};

void viewer_drop_follow(struct viewer_line *line)
{
    if (line->machine.model.stage != VIEWER_ACTIVE || line->config.window == 0) {
        viewer_drop_close(line);
        return;
    }
    if (!line->drop)
        line->drop = ds_desk_drop_open(&line->loop, NULL, line->config.window, &events, line);
    if (!line->drop)
        line->config.window = 0; /* said once */
    /* Without the right too: it is asked for when something was dropped. */
    ds_desk_drop_allow(line->drop, !line->config.view_only &&
                                       (line->machine.peer_features & DS_FEATURE_FILES) != 0);
}

void viewer_drop_close(struct viewer_line *line)
{
    if (line->drop)
        on_drag(line, DS_X11_DRAG_NONE);
    ds_desk_drop_close(line->drop);
    line->drop = NULL;
}
