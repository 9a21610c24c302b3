/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the agent's line and windows. */
#include "common/talk/talk.h"
#include "agent/wiring.h"
#include "common/base/error.h"
#include "common/base/launch.h"
#include "common/courier/file_words.h"

#include <stdio.h>
#include <string.h>

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
        const struct ds_file *f = &talk->files[i];
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

/* Paths, each with its NUL. */
static const char *send_all(struct ds_courier *courier, const char *paths, size_t len)
{
    const char *problem = NULL;
    for (size_t at = 0; at < len && !problem; at += strlen(paths + at) + 1)
        problem = ds_courier_send(courier, paths + at);
    return problem;
}

static void take_wish(struct agent *a, const struct ds_talk_wish *wish)
{
    const char *problem = NULL;
    switch (wish->did) {
    case DS_TALK_SAY:
        problem = ds_parley_say(&a->parley, wish->text);
        break;
    case DS_TALK_SEND:
        problem = send_all(a->courier, wish->text, wish->text_len);
        break;
    case DS_TALK_SHOW:
        ds_launch_folder_of(wish->text);
        break;
    case DS_TALK_ALLOW:
        agent_customer_answer(a, DS_RIGHT_FILES, true);
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

/* ---- dropped files ---- */

static void on_drag(void *ctx, enum ds_x11_drag drag)
{
    struct agent *a = ctx;
    agent_show_talk(a->show)->drag = (enum ds_talk_drag)drag;
    agent_show_open_talk(a->show, false);
}

static void on_drop(void *ctx, const char *list, size_t len)
{
    struct agent *a = ctx;
    ds_talk_drop(agent_show_talk(a->show), list, len);
    agent_show_open_talk(a->show, false);
}

static const struct ds_x11_drop_events drop_events = {.on_drag = on_drag, .on_drop = on_drop};

void agent_talk_follow(struct agent *a)
{
    ds_desk_drop_allow(a->drop, a->session.phase == AGENT_PHASE_ACTIVE &&
                                    (a->peer_features & DS_FEATURE_FILES) != 0);
}

void agent_talk_begin(struct agent *a)
{
    char folder[DS_TALK_PATH];
    struct ds_talk *talk = agent_show_talk(a->show);
    if (ds_courier_downloads(folder, sizeof(folder)))
        ds_edit_set(&talk->folder, folder);
    ds_talk_wake(talk, wake, a);
    a->drop = ds_desk_drop_open(&a->loop, a->options->display, agent_show_talk_window(a->show),
                                &drop_events, a);
}

void agent_talk_close(struct agent *a)
{
    ds_desk_drop_close(a->drop);
    a->drop = NULL;
    ds_courier_close(a->courier);
    a->courier = NULL;
    ds_parley_destroy(&a->parley);
}
