/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a window says of its session to somebody who looks elsewhere: its title, and how much has
 * come since. */
#include "viewer/windows.h"

#include "common/ui/text.h"
#include "viewer/panels/words.h"
#include "viewer/window.h"

#include <stdio.h>
#include <string.h>

/* "(2) Marie Dupont (pc-17) – Acme Support – Active – Deskside" */
void viewer_show_title(struct viewer *v)
{
    char title[512] = "", name[VIEWER_TAB_NAME];
    const struct viewer_model *model = &v->panels.model;
    const char *state = viewer_words_state(model);
    bool has_name = v->renamed[0] || model->customer[0] || v->panels.tabs.count > 1;
    size_t used = 0;
    if (v->unread > 0)
        used = (size_t)snprintf(title, sizeof(title), "(%u) ", v->unread);
    viewer_windows_name(v, name);
    snprintf(title + used, sizeof(title) - used, "%s%s%s%s%s – Deskside", has_name ? name : "",
             has_name ? " – " : "", model->org[0] ? model->org : "Deskside", state[0] ? " – " : "",
             state);
    viewer_window_title(v->window, title);
}

static void set_unread(struct viewer *v, unsigned unread)
{
    if (unread == v->unread)
        return;
    v->unread = unread;
    viewer_windows_refresh(v->windows);
    viewer_show_title(v);
}

void viewer_unread_add(struct viewer *v)
{
    if (!(SDL_GetWindowFlags(v->window) & SDL_WINDOW_INPUT_FOCUS))
        set_unread(v, v->unread + 1);
}

void viewer_unread_clear(struct viewer *v)
{
    set_unread(v, 0);
    v->is_notified = false;
}

bool viewer_is_in_front(const struct viewer *v)
{
    return !v->hidden && (SDL_GetKeyboardFocus() == v->window || SDL_GetMouseFocus() == v->window);
}

/* The desktop is told once until the window is in front again, and never what was said: another
 * customer may be looking at this screen. */
void viewer_unread_line(struct viewer *v)
{
    viewer_unread_add(v);
    if (v->is_notified || viewer_is_in_front(v))
        return;
    v->is_notified = true;
    SDL_FlashWindow(v->window, SDL_FLASH_UNTIL_FOCUSED);
    viewer_notify_send(&v->notify, DS_TR("New message from the customer"),
                       DS_TR("It waits in the window of the session."));
}

/* A question of the rep that the customer has answered. */
void viewer_unread_model(struct viewer *v, const struct viewer_model *before)
{
    const struct viewer_model *now = &v->panels.model;
    if (before->stage < VIEWER_NUMBER && now->stage == VIEWER_NUMBER)
        viewer_unread_add(v); /* the customer is there */
    if (before->stage == VIEWER_ASKING && now->stage == VIEWER_ACTIVE)
        viewer_unread_add(v);
    if (viewer_model_in_session(before) && now->stage == VIEWER_ENDED &&
        strcmp(now->by, DS_BY_REP) != 0)
        viewer_unread_add(v);
    for (int right = 0; right < DS_RIGHT_COUNT; right++) {
        bool is_answered =
            now->rights[right] == DS_RIGHT_GRANTED || now->rights[right] == DS_RIGHT_REFUSED;
        if (before->rights[right] == DS_RIGHT_ASKED && is_answered)
            viewer_unread_add(v);
    }
}
