/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the agent's line and windows. */
#include "agent/wiring.h"
#include "common/base/error.h"

static void wake(void *ctx)
{
    uv_async_send(&((struct agent *)ctx)->wake);
}

static int send_message(void *ctx, const struct ds_message *message)
{
    struct agent *a = ctx;
    return a->link ? ds_link_send(a->link, message) : DS_ECLOSED;
}

void agent_talk_open(struct agent *a)
{
    struct ds_courier_config files = {
        .is_agent = true, .automation = a->automation, .wake = wake, .ctx = a};
    struct ds_parley_config chat = {
        .is_agent = true, .automation = a->automation, .send = send_message, .ctx = a};
    a->courier = ds_courier_open(&files);
    ds_parley_init(&a->parley, &chat);
}

void agent_talk_close(struct agent *a)
{
    ds_courier_close(a->courier);
    a->courier = NULL;
    ds_parley_destroy(&a->parley);
}
