/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The window with chat and files beside the bar. */
#include "agent/show/inside.h"

#include "common/base/text.h"

#include <math.h>
#include <stdio.h>

enum { WIDTH = 380, HEIGHT = 520, GAP = 16 };

/* After the end it stays for what was written and not delivered. */
static bool is_wanted(const struct agent_show *show)
{
    if (show->view.page == AGENT_PAGE_ENDED)
        return ds_talk_has_rest(&show->talk) && !show->is_rest_closed;
    return show->is_talk_open &&
           (show->view.page == AGENT_PAGE_CONNECTED || show->view.page == AGENT_PAGE_RECONNECTING);
}

static bool is_seen(const struct agent_show *show)
{
    return show->talk_window.is_mapped && !show->talk_window.is_covered;
}

unsigned agent_stage_unread(const struct agent_show *show)
{
    return is_seen(show) ? 0 : show->talk.unread;
}

static void push_wish(struct agent_show *show, struct ds_talk_wish wish)
{
    agent_show_push(show, &(struct agent_show_event){
                              .type = AGENT_SHOW_TALK, .right = DS_RIGHT_COUNT, .wish = wish});
}

/* The chat is the session: who closes its window is asked. After the end it only goes. */
static void close_talk(struct agent_show *show)
{
    bool is_ended = show->view.page == AGENT_PAGE_ENDED;
    show->is_rest_closed = is_ended;
    show->state.is_ending |= !is_ended;
    show->state.is_chat_closing = !is_ended;
    show->is_dirty = true;
}

/* One wish a round: its text is the panel's until the next frame. */
static void run(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->talk_window;
    struct ds_talk_wish wish;
    bool more = true;
    ds_text_for_display(show->talk.other, sizeof show->talk.other, show->view.rep);
    ds_text_for_display(show->talk.org, sizeof show->talk.org, show->view.org);
    show->talk.is_over = show->view.page == AGENT_PAGE_ENDED;
    while (more) {
        ds_ui_begin(w->ui, w->width, w->height, now);
        ds_ui_ground(w->ui, DS_COLOR_RAISED);
        if (show->is_talk_fresh)
            ds_talk_focus(w->ui);
        show->is_talk_fresh = false;
        bool is_wish = ds_talk_build(w->ui, &show->talk, ds_ui_window(w->ui), false, &wish);
        ds_talk_cue(w->ui, &show->talk, ds_ui_window(w->ui));
        if (ds_ui_escape(w->ui)) {
            show->is_talk_open = false;
            show->is_rest_closed = show->talk.is_over;
        }
        more = ds_ui_end(w->ui);
        if (is_wish) {
            push_wish(show, wish);
            break;
        }
    }
    w->is_touched = more;
}

void agent_stage_talk(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->talk_window;
    unsigned number;
    struct ds_talk_wish wish;
    show->talk.may_send = show->view.granted[DS_RIGHT_FILES];
    show->talk.may_allow = !show->talk.may_send && show->view.page == AGENT_PAGE_CONNECTED;
    show->talk.is_asked_elsewhere = show->view.offer.id != 0;
    show->state.is_placing = show->talk.chooser.is_open && show->talk.choosing_for != 0;
    if (w->wants_close)
        close_talk(show);
    w->wants_close = false;
    if (!is_wanted(show)) {
        agent_window_hide(w);
        w->is_touched = false;
        if (ds_talk_take_outbox(&show->talk, &wish))
            push_wish(show, wish);
        return;
    }
    if (is_seen(show) && ds_talk_seen(&show->talk, &number))
        push_wish(show, (struct ds_talk_wish){.did = DS_TALK_SAW, .id = number});
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

void agent_show_place(struct agent_show *show, uint32_t offer)
{
    struct agent_window *w = &show->talk_window;
    ds_talk_choose(&show->talk, offer);
    show->is_talk_open = show->is_dirty = true;
    w->is_by_itself = false;
    if (w->is_mapped) { /* it may lie behind others */
        XRaiseWindow(show->display.x, w->id);
        agent_window_grab_focus(w);
    }
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
    show->is_rest_closed = false;
    if (is_open)
        agent_window_urge(&show->talk_window);
    show->is_dirty = true;
}
