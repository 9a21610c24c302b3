/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What show.c (life, loop, guard) and stage.c (the windows as the view wants them) share. */
#ifndef AGENT_SHOW_INSIDE_H
#define AGENT_SHOW_INSIDE_H

#include "agent/show/frame.h"
#include "agent/show/page.h"
#include "agent/show/sheet.h"
#include "agent/show/show.h"
#include "agent/show/window.h"
#include "common/talk/talk.h"

enum { AGENT_PENDING_MAX = 8 };

struct agent_show {
    struct agent_display display;
    struct agent_view view;
    struct agent_page_state state;
    struct agent_window page, bar, note, talk_window, shared;
    bool is_shared_full;
    struct agent_area shared_before; /* where it was */
    struct ds_talk talk;
    bool is_talk_open, is_talk_fresh; /* the field gets the keyboard */
    bool is_rest_closed;              /* what was not delivered: seen and closed */
    struct agent_frame frame;
    struct agent_sheet sheet;
    struct agent_area monitor; /* where bar and pages are */
    agent_show_fn events;
    void *ctx;
    bool is_dirty;
    bool is_closed;
    bool has_grabbed_keys;
    bool is_bar_moved; /* dragged aside by hand */
    bool is_dragging;
    int drag_x, drag_y; /* where the bar was taken */
    char toast[256];
    ds_tick toast_until;
    struct agent_show_event pending[AGENT_PENDING_MAX];
    size_t pendings;
    char code[DS_TEXT_CODE]; /* of the pending CODE */
    uv_prepare_t prepare;
    uv_poll_t poll;
    uv_timer_t timer;
    int closing;
};

/* Remembers what the customer did until it can be told; drops it when eight wait (a person cannot
 * press that fast). */
void agent_show_push(struct agent_show *show, const struct agent_show_event *event);

/* Brings every window in line with the view, paints, and sets the timer for what comes by itself.
 */
void agent_stage_update(struct agent_show *show);
/* talk.c: chat messages that the customer cannot see now. */
unsigned agent_stage_unread(const struct agent_show *show);
/* talk.c: the same for the window with chat and files. */
void agent_stage_talk(struct agent_show *show, ds_tick now);
/* shared.c: the same for the window with the rep's screen. */
void agent_stage_shared(struct agent_show *show, ds_tick now);
/* Does nothing: that the loop wakes up is enough, its prepare handle does the work. */
void agent_stage_on_timer(uv_timer_t *timer);
/* The customer opens or closes the chat window: it may have the keyboard. In talk.c. */
void agent_stage_toggle_talk(struct agent_show *show);
/* Handles an event of the bar that drags it; false: it is to be handled as any other. */
bool agent_stage_drag(struct agent_show *show, const XEvent *event);

#endif
