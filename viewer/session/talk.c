/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the net thread. */
#include "viewer/session/line_priv.h"

#include "common/base/error.h"
#include "common/courier/path_list.h"

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
        notice->of.file.path = ds_path_list_of(file, NULL);
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

static void on_mood(void *ctx, const struct ds_parley_mood *mood)
{
    struct viewer_notice *notice = viewer_notice_new(VIEWER_NOTICE_MOOD);
    if (notice)
        notice->of.mood = *mood;
    viewer_line_notice(ctx, notice);
}

void viewer_talk_order(struct viewer_line *line, const struct viewer_order *order)
{
    const char *problem = NULL, *text = order->of.talk.text ? order->of.talk.text : "";
    switch (order->letter.kind) {
    case VIEWER_ORDER_SAY:
        problem = ds_parley_say(&line->parley, text);
        break;
    case VIEWER_ORDER_TYPING:
        ds_parley_typed(&line->parley);
        break;
    case VIEWER_ORDER_SAW:
        ds_parley_saw(&line->parley, order->of.talk.id);
        break;
    case VIEWER_ORDER_SEND_FILE:
        problem = ds_path_list_send(line->courier, text, order->of.talk.len);
        break;
    case VIEWER_ORDER_SAVE_FILE:
        problem = ds_courier_save_as(line->courier, order->of.talk.id, text,
                                     (enum ds_file_exists)order->of.talk.exists);
        break;
    case VIEWER_ORDER_PAUSE_FILE:
    case VIEWER_ORDER_GO_ON_FILE:
        ds_courier_pause(line->courier, order->of.talk.id,
                         order->letter.kind == VIEWER_ORDER_PAUSE_FILE);
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
    struct ds_parley_config chat = {.automation = line->automation,
                                    .send = send_message,
                                    .changed = on_line,
                                    .mood = on_mood,
                                    .ctx = line};
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
