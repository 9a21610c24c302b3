/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person wants of the windows together: another session, another window in front, all of
 * them in order, the end of all. */
#include "viewer/windows.h"

#include "common/base/log.h"
#include "common/base/text.h"
#include "common/ui/text.h"
#include "viewer/present/arrange.h"
#include "viewer/window.h"

#include <stdio.h>
#include <string.h>

#define TICKET_PATIENCE (5 * DS_SECOND) /* a relay of an older version never answers */
#define STEP 32                         /* logical pixels between two of a cascade */

/* ---- another session ---- */

static void toast(struct viewer *v, const char *text)
{
    ds_ui_toast(v->ui, text, DS_COLOR_WARN);
    v->ui_due = true;
}

/* Where the next window comes: as the last time with so many, else beside the newest. */
static void place_next(const struct viewer *from, struct viewer_start *start)
{
    const struct viewer_windows *w = from->windows;
    const struct viewer_geometry *given = &w->options->geometry;
    struct ds_rect last[VIEWER_TABS_MAX], at;
    if (viewer_layout_load(w->count + 1, last) && viewer_window_is_on_desktop(last[w->count])) {
        at = last[w->count];
        start->geometry = (struct viewer_geometry){.has_size = true, .has_place = true};
        start->geometry.width = at.width;
        start->geometry.height = at.height;
        start->geometry.x = at.x;
        start->geometry.y = at.y;
        return;
    }
    at = viewer_window_place(w->list[w->count - 1]->window);
    int step = (int)(STEP * ds_ui_theme(from->ui)->scale);
    start->geometry = *given;
    start->geometry.has_place = true;
    start->geometry.x = at.x + step;
    start->geometry.y = at.y + step;
    if (!viewer_window_is_on_desktop((struct ds_rect){at.x + step, at.y + step, 1, 1}))
        start->geometry.x = start->geometry.y = 0;
}

static void open_another(struct viewer *from, const struct viewer_notice *ticket, const char *tag)
{
    struct viewer_start start = {.ticket = ticket, .tag = tag};
    char message[512] = "";
    place_next(from, &start);
    if (!viewer_windows_open(from->windows, &start, message, sizeof(message))) {
        ds_log_warn("another window cannot be opened: %s", message);
        toast(from, DS_TR("Another window cannot be opened."));
    }
}

static void want_another(struct viewer *v)
{
    const struct viewer_model *model = &v->panels.model;
    if (v->panels.why_no_other) {
        toast(v, v->panels.why_no_other);
    } else if (model->may_begin) {
        v->ticket_until = ds_clock_now() + TICKET_PATIENCE;
        viewer_line_order(v->line, viewer_order_new(VIEWER_ORDER_WANT_TICKET));
    } else if (viewer_model_in_session(model)) {
        toast(v, DS_TR("Not while the connection to the relay is cut."));
    } else {
        open_another(v, NULL, "");
    }
}

void viewer_windows_no_answer(struct viewer *from)
{
    from->ticket_until = 0;
    if (from->windows->count < VIEWER_TABS_MAX)
        open_another(from, NULL, "");
}

void viewer_windows_ticket(struct viewer *from, const struct viewer_notice *notice)
{
    from->ticket_until = 0;
    if (notice->of.ticket.ticket[0] && from->windows->count < VIEWER_TABS_MAX)
        open_another(from, notice, notice->of.ticket.tag);
    else if (notice->of.ticket.refusal[0])
        toast(from, notice->of.ticket.refusal);
    else
        toast(from, DS_TR("Another session cannot be opened just now."));
}

/* ---- which is in front ---- */

static void raise_next(const struct viewer *from)
{
    const struct viewer_windows *w = from->windows;
    unsigned at = 0;
    while (at < w->count && w->list[at] != from)
        at++;
    for (unsigned i = 1; i < w->count; i++) {
        struct viewer *next = w->list[(at + i) % w->count];
        if (!next->is_leaving) {
            viewer_window_raise(next->window);
            return;
        }
    }
}

/* ---- in order ---- */

void viewer_windows_remember(const struct viewer_windows *w)
{
    struct ds_rect places[VIEWER_TABS_MAX];
    for (unsigned i = 0; i < w->count; i++)
        if (w->count < 2 || w->list[i]->is_leaving || w->list[i]->panels.fullscreen)
            return;
    for (unsigned i = 0; i < w->count; i++)
        places[i] = viewer_window_place(w->list[i]->window);
    viewer_layout_save(w->count, places);
}

/* Each stays on its monitor. */
static void arrange(const struct viewer_windows *w, enum viewer_arrange how)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct viewer *v = w->list[i];
        int display = SDL_GetWindowDisplayIndex(v->window);
        unsigned count = 0, index = 0;
        SDL_Rect room;
        for (unsigned k = 0; k < w->count; k++) {
            bool is_there = SDL_GetWindowDisplayIndex(w->list[k]->window) == display;
            index += is_there && k < i;
            count += is_there;
        }
        if (v->panels.fullscreen || display < 0 || SDL_GetDisplayUsableBounds(display, &room))
            continue;
        int step = (int)(STEP * ds_ui_theme(v->ui)->scale);
        struct ds_rect place = viewer_arrange_place(
            how, (struct ds_rect){room.x, room.y, room.w, room.h}, count, index, step);
        v->suited = true; /* a first picture does not undo it */
        viewer_window_put_frame(v->window, place);
        if (how == VIEWER_ARRANGE_CASCADE)
            viewer_window_raise(v->window);
    }
    viewer_windows_remember(w);
}

static void restore_layout(struct viewer *from)
{
    const struct viewer_windows *w = from->windows;
    struct ds_rect places[VIEWER_TABS_MAX];
    if (!viewer_layout_load(w->count, places)) {
        toast(from, DS_TR("No places are remembered for that many windows."));
        return;
    }
    for (unsigned i = 0; i < w->count; i++) {
        w->list[i]->suited = true;
        if (viewer_window_is_on_desktop(places[i]))
            viewer_window_put(w->list[i]->window, places[i]);
    }
}

/* ---- all of them ---- */

static void rename_session(struct viewer *v, const char *text)
{
    ds_text_for_display(v->renamed, sizeof(v->renamed), text ? text : "");
    viewer_windows_refresh(v->windows);
    viewer_show_title(v);
}

static void quit_all(const struct viewer_windows *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        w->list[i]->quit = true;
        w->list[i]->exit_code = w->list[i]->panels.model.exit_code;
    }
}

void viewer_windows_wish(struct viewer *from, enum viewer_window_wish wish, unsigned number,
                         const char *text)
{
    struct viewer_windows *w = from->windows;
    struct viewer *to = viewer_windows_find(w, number);
    switch (wish) {
    case VIEWER_WISH_OPEN:
        want_another(from);
        break;
    case VIEWER_WISH_RAISE:
        if (to)
            viewer_window_raise(to->window);
        break;
    case VIEWER_WISH_NEXT:
        raise_next(from);
        break;
    case VIEWER_WISH_TILE:
        arrange(w, VIEWER_ARRANGE_TILE);
        break;
    case VIEWER_WISH_CASCADE:
        arrange(w, VIEWER_ARRANGE_CASCADE);
        break;
    case VIEWER_WISH_LAYOUT:
        restore_layout(from);
        break;
    case VIEWER_WISH_RENAME:
        rename_session(from, text);
        break;
    case VIEWER_WISH_QUIT:
        quit_all(w);
        break;
    }
}

void viewer_windows_arrange(struct viewer *from, const char *how)
{
    viewer_windows_wish(from,
                        strcmp(how, "tile") == 0      ? VIEWER_WISH_TILE
                        : strcmp(how, "cascade") == 0 ? VIEWER_WISH_CASCADE
                                                      : VIEWER_WISH_LAYOUT,
                        0, NULL);
}
