/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the two people give each other: chat and files, joined to the agent's line and windows. */
#include "common/talk/talk.h"
#include "agent/wiring.h"
#include "common/base/error.h"
#include "common/base/launch.h"
#include "common/courier/file_words.h"
#include "common/courier/path_list.h"
#include "common/ui/text.h"

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
    if (!f->is_ours && (f->state <= DS_FILE_STATE_AGREED || f->state >= DS_FILE_STATE_DONE)) {
        a->is_offer_changed = true; /* the question comes or goes, but not inside this call */
        wake(a);
    }
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

static void on_mood(void *ctx, const struct ds_parley_mood *mood)
{
    struct agent *a = ctx;
    if (!a->show)
        return;
    ds_talk_mood(agent_show_talk(a->show), mood->is_typing, mood->is_full, mood->seen);
    agent_show_open_talk(a->show, false);
}

void agent_talk_view(struct agent *a, struct agent_view *view)
{
    struct agent_offer *offer = &view->offer;
    const struct ds_talk *talk = a->show ? agent_show_talk(a->show) : NULL;
    view->files_to_customer = a->files_to_customer;
    view->files_to_rep = a->files_to_rep;
    char sentence[DS_FILE_SENTENCE];
    *offer = (struct agent_offer){.id = 0};
    uint32_t id = talk && shows_itself(a) ? ds_talk_offer(talk) : 0;
    for (size_t i = 0; id != 0 && i < talk->file_count; i++) {
        const struct ds_file *f = &talk->files[i];
        if (f->id != id)
            continue;
        offer->id = id;
        snprintf(offer->name, sizeof(offer->name), "%s", f->name);
        ds_talk_bytes(offer->size, sizeof(offer->size), f->size);
        ds_file_sentence(sentence, f);
        snprintf(offer->problem, sizeof(offer->problem), "%s", sentence);
        offer->files = f->is_folder ? f->files : 1;
        offer->is_clash = f->fault == DS_FILE_EXISTING;
        snprintf(offer->folder, sizeof(offer->folder), "%s", talk->folder.text);
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
        problem = ds_path_list_send(a->courier, wish->text, wish->text_len);
        break;
    case DS_TALK_SHOW:
        ds_launch_folder_of(wish->text);
        break;
    case DS_TALK_ALLOW:
        agent_customer_answer(a, DS_RIGHT_FILES, true);
        break;
    case DS_TALK_SAVE:
        problem =
            ds_courier_save_as(a->courier, wish->id, wish->text, (enum ds_file_exists)wish->exists);
        break;
    case DS_TALK_REFUSE:
        ds_courier_refuse(a->courier, wish->id);
        break;
    case DS_TALK_PAUSE:
    case DS_TALK_GO_ON:
        ds_courier_pause(a->courier, wish->id, wish->did == DS_TALK_PAUSE);
        break;
    case DS_TALK_CANCEL:
        ds_courier_cancel(a->courier, wish->id);
        break;
    case DS_TALK_TYPING:
        ds_parley_typed(&a->parley);
        return;
    case DS_TALK_SAW:
        ds_parley_saw(&a->parley, wish->id);
        return;
    case DS_TALK_OPEN:
        if (!ds_launch("xdg-open", wish->text))
            problem = DS_TR("No browser could be started.");
        break;
    default: /* the rep's */
        break;
    }
    agent_show_talk(a->show)->problem = problem;
    agent_show_open_talk(a->show, false);
}

void agent_talk_event(struct agent *a, const struct agent_show_event *event)
{
    struct ds_talk *talk = agent_show_talk(a->show);
    if (event->type == AGENT_SHOW_TALK) {
        take_wish(a, &event->wish);
    } else if (event->type == AGENT_SHOW_PLACE) {
        agent_show_place(a->show, event->file);
    } else if (!event->yes) {
        ds_courier_refuse(a->courier, event->file);
    } else {
        ds_courier_save_as(a->courier, event->file, talk->folder.text,
                           (enum ds_file_exists)event->exists);
    }
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
                                    .mood = on_mood,
                                    .ctx = a};
    a->courier = ds_courier_open(&files);
    ds_parley_init(&a->parley, &chat);
}

void agent_talk_settle(struct agent *a)
{
    bool is_changed = a->is_offer_changed;
    a->is_offer_changed = false;
    if (is_changed)
        agent_changed(a);
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

void agent_talk_leave(const struct agent *a, char draft[DS_TEXT_CHAT])
{
    draft[0] = '\0';
    if (a->show)
        snprintf(draft, DS_TEXT_CHAT, "%s", agent_show_talk(a->show)->edit.text);
}

void agent_talk_return(struct agent *a, const char *draft)
{
    if (!a->show || draft[0] == '\0')
        return;
    ds_edit_set(&agent_show_talk(a->show)->edit, draft);
    agent_show_open_talk(a->show, true);
}

void agent_talk_close(struct agent *a)
{
    ds_desk_drop_close(a->drop);
    a->drop = NULL;
    ds_courier_close(a->courier);
    a->courier = NULL;
    ds_buf_destroy(&a->restart.kept);
    ds_parley_destroy(&a->parley);
}
