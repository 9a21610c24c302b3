/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window with chat and files beside the bar. */
#include "agent/show/inside.h"

#include "common/base/text.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 380, HEIGHT = 520, GAP = 16 };

static bool is_wanted(const struct agent_show *show)
{
    return show->is_talk_open &&
           (show->view.page == AGENT_PAGE_CONNECTED || show->view.page == AGENT_PAGE_RECONNECTING);
}

static void push_wish(struct agent_show *show, const struct ds_talk_wish *wish)
{
    agent_show_push(show, &(struct agent_show_event){
                              .type = AGENT_SHOW_TALK, .right = DS_RIGHT_COUNT, .wish = *wish});
}

/* One wish a round: its text is the panel's until the next frame. */
static void run(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->talk_window;
    struct ds_talk_wish wish;
    bool more = true;
    ds_text_for_display(show->talk.other, sizeof show->talk.other, show->view.rep);
    ds_text_for_display(show->talk.org, sizeof show->talk.org, show->view.org);
    while (more) {
        ds_ui_begin(w->ui, w->width, w->height, now);
        ds_ui_ground(w->ui, DS_COLOR_RAISED);
        if (show->is_talk_fresh)
            ds_talk_focus(w->ui);
        show->is_talk_fresh = false;
        bool is_wish = ds_talk_build(w->ui, &show->talk, ds_ui_window(w->ui), false, &wish);
        ds_talk_cue(w->ui, &show->talk, ds_ui_window(w->ui));
        if (ds_ui_escape(w->ui))
            show->is_talk_open = false;
        more = ds_ui_end(w->ui);
        if (is_wish) {
            push_wish(show, &wish);
            break;
        }
    }
    w->is_touched = more;
}

void agent_stage_talk(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->talk_window;
    struct ds_talk_wish wish;
    show->talk.may_send = show->view.granted[DS_RIGHT_FILES];
    show->talk.may_allow = !show->talk.may_send && show->view.page == AGENT_PAGE_CONNECTED;
    show->talk.is_asked_elsewhere = show->view.offer.id != 0;
    if (w->wants_close)
        show->is_talk_open = w->wants_close = false;
    if (!is_wanted(show)) {
        agent_window_hide(w);
        w->is_touched = false;
        if (ds_talk_take_outbox(&show->talk, &wish))
            push_wish(show, &wish);
        return;
    }
    ds_talk_seen(&show->talk);
    if (!w->is_mapped) {
        const struct agent_area *monitor = &show->monitor;
        double scale = show->display.scale;
        int width = (int)ceil(WIDTH * scale), height = (int)ceil(HEIGHT * scale);
        int gap = (int)ceil(GAP * scale), top = (int)ceil((AGENT_BAR_HEIGHT + 2 * GAP) * scale);
        width = width < monitor->width ? width : monitor->width;
        height = height < monitor->height - top ? height : monitor->height - top;
        agent_display_find_manager(&show->display);
        agent_window_place(w, monitor->x + monitor->width - width - gap, monitor->y + top, width,
                           height);
        show->is_talk_fresh = true;
    }
    bool is_late = ds_ui_deadline(w->ui) && ds_ui_deadline(w->ui) <= now;
    if (show->is_dirty || !w->is_mapped || w->is_touched || is_late)
        run(show, now);
    agent_window_show(w);
}

void agent_stage_toggle_talk(struct agent_show *show)
{
    show->is_talk_open = !show->is_talk_open;
    show->talk_window.is_by_itself = false;
}

uint32_t agent_show_talk_window(const struct agent_show *show)
{
    return (uint32_t)show->talk_window.id;
}

struct ds_talk *agent_show_talk(struct agent_show *show)
{
    return &show->talk;
}

void agent_show_open_talk(struct agent_show *show, bool is_open)
{
    if (is_open && !show->is_talk_open)
        show->talk_window.is_by_itself = true;
    show->is_talk_open |= is_open;
    show->is_dirty = true;
}
