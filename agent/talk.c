/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the agent's line and windows. */
#include "common/talk/talk.h"
#include "agent/wiring.h"
#include "common/base/error.h"
#include "common/courier/file_words.h"

#include <stdio.h>

static void wake(void *ctx)
{
    uv_async_send(&((struct agent *)ctx)->wake);
}

static int send_message(void *ctx, const struct ds_message *message)
{
    struct agent *a = ctx;
    return a->link ? ds_link_send(a->link, message) : DS_ECLOSED;
}

/* ---- windows ---- */

/* A script, or a command that agreed beforehand, gets no window that it did not ask for. */
static bool shows_itself(const struct agent *a)
{
    return a->show && !a->session.rights.by_policy;
}

static void on_file(void *ctx, const struct ds_file *f)
{
    struct agent *a = ctx;
    if (f->state == DS_FILE_STATE_DONE && f->is_ours)
        a->files_to_rep++;
    else if (f->state == DS_FILE_STATE_DONE)
        a->files_to_customer++;
    if (!a->show)
        return;
    ds_talk_put_file(agent_show_talk(a->show), f);
    agent_show_open_talk(a->show, shows_itself(a) && f->state == DS_FILE_STATE_FLOWING);
    if (!f->is_ours && (f->state <= DS_FILE_STATE_AGREED || f->state >= DS_FILE_STATE_DONE))
        agent_changed(a); /* the question comes or goes */
}

static void on_line(void *ctx, const struct ds_chat_line *line)
{
    struct agent *a = ctx;
    if (!a->show)
        return;
    if (line)
        ds_talk_put_line(agent_show_talk(a->show), line);
    else
        ds_talk_clear(agent_show_talk(a->show));
    agent_show_open_talk(a->show, shows_itself(a) && line && !line->is_ours);
}

void agent_talk_view(struct agent *a, struct agent_view *view)
{
    struct agent_offer *offer = &view->offer;
    const struct ds_talk *talk = a->show ? agent_show_talk(a->show) : NULL;
    view->files_to_customer = a->files_to_customer;
    view->files_to_rep = a->files_to_rep;
    *offer = (struct agent_offer){.id = 0};
    uint32_t id = talk && shows_itself(a) ? ds_talk_offer(talk) : 0;
    for (size_t i = 0; id != 0 && i < talk->file_count; i++) {
        const struct ds_talk_file *f = &talk->files[i];
        if (f->id != id)
            continue;
        offer->id = id;
        snprintf(offer->name, sizeof(offer->name), "%s", f->name);
        ds_talk_bytes(offer->size, sizeof(offer->size), f->size);
        offer->problem = f->fault ? ds_file_words(f->fault, false) : NULL;
        if (!ds_courier_downloads(offer->folder, sizeof(offer->folder)))
            offer->folder[0] = '\0';
    }
}

static void take_wish(struct agent *a, const struct ds_talk_wish *wish)
{
    const char *problem = NULL;
    switch (wish->did) {
    case DS_TALK_SAY:
        problem = ds_parley_say(&a->parley, wish->text);
        break;
    case DS_TALK_SEND:
        problem = ds_courier_send(a->courier, wish->text);
        break;
    case DS_TALK_SAVE:
        problem = ds_courier_save(a->courier, wish->id, wish->text);
        break;
    case DS_TALK_REFUSE:
        ds_courier_refuse(a->courier, wish->id);
        break;
    case DS_TALK_CANCEL:
        ds_courier_cancel(a->courier, wish->id);
        break;
    default: /* the rep's */
        break;
    }
    agent_show_talk(a->show)->problem = problem;
    agent_show_open_talk(a->show, false);
}

void agent_talk_event(struct agent *a, const struct agent_show_event *event)
{
    char folder[DS_TEXT_MESSAGE];
    if (event->type == AGENT_SHOW_TALK)
        take_wish(a, &event->wish);
    else if (!event->yes)
        ds_courier_refuse(a->courier, event->file);
    else if (ds_courier_downloads(folder, sizeof(folder)))
        ds_courier_save(a->courier, event->file, folder);
    agent_line_pump(a);
}

void agent_talk_open(struct agent *a)
{
    struct ds_courier_config files = {
        .is_agent = true, .automation = a->automation, .wake = wake, .changed = on_file, .ctx = a};
    struct ds_parley_config chat = {.is_agent = true,
                                    .automation = a->automation,
                                    .send = send_message,
                                    .changed = on_line,
                                    .ctx = a};
    a->courier = ds_courier_open(&files);
    ds_parley_init(&a->parley, &chat);
}

void agent_talk_begin(struct agent *a)
{
    char folder[DS_TALK_PATH];
    if (ds_courier_downloads(folder, sizeof(folder)))
        ds_edit_set(&agent_show_talk(a->show)->folder, folder);
}

void agent_talk_close(struct agent *a)
{
    ds_courier_close(a->courier);
    a->courier = NULL;
    ds_buf_destroy(&a->restart.kept);
    ds_parley_destroy(&a->parley);
}
