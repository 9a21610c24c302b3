/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the net thread. */
#include "viewer/session/line_priv.h"

#include "common/base/error.h"

static void wake(void *ctx)
{
    uv_async_send(&((struct viewer_line *)ctx)->wake);
}

static int send_message(void *ctx, const struct ds_message *message)
{
    struct viewer_line *line = ctx;
    return line->link ? ds_link_send(line->link, message) : DS_ECLOSED;
}

int viewer_talk_open(struct viewer_line *line)
{
    struct ds_courier_config files = {.automation = line->automation, .wake = wake, .ctx = line};
    struct ds_parley_config chat = {
        .automation = line->automation, .send = send_message, .ctx = line};
    line->courier = ds_courier_open(&files);
    ds_parley_init(&line->parley, &chat);
    return line->courier ? DS_OK : DS_ENOMEM;
}

void viewer_talk_close(struct viewer_line *line)
{
    ds_courier_close(line->courier); /* its thread wakes the loop */
    line->courier = NULL;
    ds_parley_destroy(&line->parley);
}

void viewer_talk_settle(struct viewer_line *line)
{
    /* A cut takes no right away. */
    bool is_granted = line->machine.model.rights[DS_RIGHT_FILES] == DS_RIGHT_GRANTED;
    ds_courier_allow(line->courier,
                     is_granted && (line->machine.peer_features & DS_FEATURE_FILES) != 0);
}
