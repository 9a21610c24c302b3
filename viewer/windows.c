/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/windows.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/ui/text.h"
#include "common/wire/message.h"
#include "viewer/panels/hue.h"
#include "viewer/session/machine.h"
#include "viewer/viewer.h"
#include "viewer/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the list ---- */

struct viewer *viewer_windows_find(const struct viewer_windows *w, unsigned number)
{
    for (unsigned i = 0; i < w->count; i++)
        if (w->list[i]->number == number)
            return w->list[i];
    return NULL;
}

static unsigned free_hue(const struct viewer_windows *w)
{
    unsigned used = 0;
    for (unsigned i = 0; i < w->count; i++)
        used |= 1u << w->list[i]->hue;
    return viewer_hue_free(used);
}

struct viewer *viewer_windows_open(struct viewer_windows *w, struct viewer_start *start,
                                   char *message, size_t size)
{
    struct viewer *v = w->count < VIEWER_TABS_MAX ? calloc(1, sizeof(*v)) : NULL;
    if (!v) {
        snprintf(message, size, "%s", ds_error_name(DS_ENOMEM));
        return NULL;
    }
    start->number = ++w->newest;
    start->hue = free_hue(w);
    v->windows = w;
    if (!viewer_begin(v, start, message, size)) {
        viewer_end(v);
        free(v);
        return NULL;
    }
    w->list[w->count++] = v;
    viewer_windows_refresh(w);
    return v;
}

static void drop(struct viewer_windows *w, unsigned index)
{
    struct viewer *v = w->list[index];
    if (v->exit_code > w->exit_code)
        w->exit_code = v->exit_code;
    memmove(&w->list[index], &w->list[index + 1], (w->count - index - 1) * sizeof(struct viewer *));
    w->count--;
    viewer_end(v);
    free(v);
}

/* Those that shall go leave by themselves; the others go on meanwhile. */
static void let_go(struct viewer_windows *w)
{
    bool has_changed = false;
    for (unsigned i = w->count; i-- > 0;) {
        struct viewer *v = w->list[i];
        if (v->quit && !v->is_leaving) {
            viewer_windows_remember(w);
            viewer_leave(v);
        }
        if (!v->is_leaving || !viewer_line_has_left(v->line))
            continue;
        drop(w, i);
        has_changed = true;
    }
    if (has_changed)
        viewer_windows_refresh(w);
}

/* ---- what all of them show ---- */

void viewer_windows_name(const struct viewer *v, char out[VIEWER_TAB_NAME])
{
    if (v->renamed[0])
        snprintf(out, VIEWER_TAB_NAME, "%s", v->renamed);
    else if (v->panels.model.customer[0])
        snprintf(out, VIEWER_TAB_NAME, "%s", v->panels.model.customer);
    else
        snprintf(out, VIEWER_TAB_NAME, DS_TR("Session %u"), v->number);
}

static const char *why_no_other(const struct viewer_windows *w, const struct viewer *v)
{
    if (ds_message_lists(v->panels.model.without, DS_FEATURE_NAME_SESSIONS))
        return DS_TR("Your account is for one session at a time.");
    return w->count < VIEWER_TABS_MAX
               ? NULL
               : DS_TR("No more than eight sessions at once: end one first.");
}

void viewer_windows_refresh(struct viewer_windows *w)
{
    struct viewer_tabs tabs;
    memset(&tabs, 0, sizeof(tabs)); /* compared as bytes */
    for (unsigned i = 0; i < w->count; i++) {
        struct viewer *v = w->list[i];
        v->panels.why_no_other = why_no_other(w, v);
        if (v->is_leaving)
            continue;
        struct viewer_tab *tab = &tabs.tab[tabs.count++];
        tab->number = v->number;
        tab->color = viewer_hue_color(v->hue);
        tab->unread = v->unread;
        viewer_windows_name(v, tab->name);
    }
    if (memcmp(&tabs, &w->tabs, sizeof(tabs)) == 0)
        return;
    memcpy(&w->tabs, &tabs, sizeof(tabs));
    for (unsigned i = 0; i < w->count; i++) {
        struct viewer *v = w->list[i];
        memcpy(&v->panels.tabs, &tabs, sizeof(tabs));
        for (unsigned t = 0; t < tabs.count; t++)
            if (tabs.tab[t].number == v->number)
                v->panels.tabs.own = t;
        v->ui_due = true;
        viewer_show_title(v);
    }
}

/* ---- the loop ---- */

static int wait_ms(ds_tick until)
{
    if (until == 0)
        return -1;
    ds_tick now = ds_clock_now();
    if (until <= now)
        return 0;
    ds_tick ms = (until - now + DS_MS - 1) / DS_MS;
    return ms > 60000 ? 60000 : (int)ms;
}

static void take_events(struct viewer_windows *w, ds_tick until)
{
    SDL_Event event;
    int ms = wait_ms(until);
    bool some = ms < 0 ? SDL_WaitEvent(&event) : SDL_WaitEventTimeout(&event, ms);
    while (some) {
        viewer_windows_event(w, &event);
        some = SDL_PollEvent(&event);
    }
    for (unsigned i = 0; i < w->count; i++)
        viewer_router_settle(&w->list[i]->router);
}

static void loop(struct viewer_windows *w)
{
    ds_tick until = ds_clock_now();
    while (w->count > 0) {
        take_events(w, until);
        until = 0;
        for (unsigned i = 0; i < w->count; i++) /* one may open another */
            until = viewer_sooner(until, viewer_step(w->list[i]));
        let_go(w);
    }
}

/* ---- life ---- */

static bool open_automation(struct viewer_windows *w, const struct viewer_options *o)
{
    int error = DS_OK;
    if (o->events_fd < 0 && o->commands_fd < 0)
        return true;
    w->automation = ds_automation_open(o->events_fd, o->commands_fd, NULL, NULL, &error);
    if (w->automation)
        return true;
    w->exit_code = error == DS_EINVAL ? VIEWER_EXIT_USAGE : VIEWER_EXIT_INTERNAL;
    fprintf(stderr, "deskside-viewer: %s\n",
            error == DS_EINVAL
                ? "--events and --commands need descriptors open for writing and reading"
                : ds_error_name(error));
    return false;
}

int viewer_run(const struct viewer_options *options, const char *password)
{
    static struct viewer_windows windows; /* Xlib's last call looks for it */
    struct viewer_windows *w = &windows;
    struct viewer_start start = {.geometry = options->geometry, .password = password};
    char message[512] = "";
    *w = (struct viewer_windows){.options = options};
    if (!open_automation(w, options))
        return w->exit_code;
    if (viewer_windows_open(w, &start, message, sizeof(message))) {
        loop(w);
    } else {
        w->exit_code = VIEWER_EXIT_INTERNAL;
        fprintf(stderr, "deskside-viewer: %s\n", message);
    }
    SDL_Quit();
    ds_automation_close(w->automation);
    return w->exit_code;
}
