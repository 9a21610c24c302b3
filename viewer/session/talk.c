/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the net thread. */
#include "viewer/session/line_priv.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

static void wake(void *ctx)
{
    uv_async_send(&((struct viewer_line *)ctx)->wake);
}

static int send_message(void *ctx, const struct ds_message *message)
{
    struct viewer_line *line = ctx;
    return line->link ? ds_link_send(line->link, message) : DS_ECLOSED;
}

/* ---- for the windows ---- */

static void on_file(void *ctx, const struct ds_file *file)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_FILE);
    if (notice) {
        notice->of.file = *file;
        notice->of.file.path = file->path ? strdup(file->path) : NULL;
    }
    viewer_line_notice(ctx, notice);
}

static void on_line(void *ctx, const struct ds_chat_line *line)
{
    struct viewer_notice *notice =
        viewer_notice_new(line ? VIEWER_NOTICE_LINE : VIEWER_NOTICE_TALK);
    if (notice && line) {
        notice->of.line = *line;
        notice->of.line.text = strdup(line->text);
        if (!notice->of.line.text) {
            notice->letter.destroy(&notice->letter);
            notice = NULL;
        }
    }
    viewer_line_notice(ctx, notice);
}

/* Paths, each with its NUL. */
static const char *send_all(struct ds_courier *courier, const char *paths, size_t len)
{
    const char *problem = NULL;
    for (size_t at = 0; at < len && !problem; at += strlen(paths + at) + 1)
        problem = ds_courier_send(courier, paths + at);
    return problem;
}

void viewer_talk_order(struct viewer_line *line, const struct viewer_order *order)
{
    const char *problem = NULL, *text = order->of.talk.text ? order->of.talk.text : "";
    switch (order->letter.kind) {
    case VIEWER_ORDER_SAY:
        problem = ds_parley_say(&line->parley, text);
        break;
    case VIEWER_ORDER_SEND_FILE:
        problem = send_all(line->courier, text, order->of.talk.len);
        break;
    case VIEWER_ORDER_SAVE_FILE:
        problem = ds_courier_save(line->courier, order->of.talk.id, text);
        break;
    case VIEWER_ORDER_PAUSE_FILE:
    case VIEWER_ORDER_GO_ON_FILE:
        break;
    case VIEWER_ORDER_REFUSE_FILE:
        ds_courier_refuse(line->courier, order->of.talk.id);
        break;
    default:
        ds_courier_cancel(line->courier, order->of.talk.id);
        break;
    }
    struct viewer_notice *notice = problem ? viewer_notice_new(VIEWER_NOTICE_PROBLEM) : NULL;
    if (notice)
        notice->of.problem = problem;
    viewer_line_notice(line, notice);
}

int viewer_talk_open(struct viewer_line *line)
{
    struct ds_courier_config files = {
        .automation = line->automation, .wake = wake, .changed = on_file, .ctx = line};
    struct ds_parley_config chat = {
        .automation = line->automation, .send = send_message, .changed = on_line, .ctx = line};
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
    ds_courier_peer(line->courier, line->machine.peer_features);
    ds_courier_allow(line->courier,
                     is_granted && (line->machine.peer_features & DS_FEATURE_FILES) != 0);
}
