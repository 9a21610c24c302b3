/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/inside.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/ui/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOAST_MS = 4000, HANDLES = 3, ROUNDS_MAX = 8 };

void agent_show_push(struct agent_show *show, const struct agent_show_event *event)
{
    if (show->pendings == AGENT_PENDING_MAX)
        return;
    show->pending[show->pendings] = *event;
    if (event->type == AGENT_SHOW_CODE) {
        snprintf(show->code, sizeof show->code, "%s", event->code);
        show->pending[show->pendings].code = show->code;
    }
    show->pendings++;
}

static void on_root_event(struct agent_show *show, const XEvent *event)
{
    if (event->type == ConfigureNotify) {
        show->display.width = event->xconfigure.width;
        show->display.height = event->xconfigure.height;
        show->monitor = agent_display_monitor(&show->display);
        agent_frame_resize(&show->frame);
        show->is_bar_moved = false;
        show->is_dirty = true;
    } else if (event->type == KeyPress && event->xkey.state & ShiftMask) {
        agent_bar_focus(show->bar.ui);
        agent_window_grab_focus(&show->bar);
    } else if (event->type == KeyPress && show->view.paused != AGENT_PAUSE_NONE) {
        show->state.is_pause_open = true;
        show->is_dirty = true;
    } else if (event->type == KeyPress && show->view.page == AGENT_PAGE_CONNECTED) {
        agent_show_push(
            show, &(struct agent_show_event){.type = AGENT_SHOW_PAUSE, .right = DS_RIGHT_COUNT});
    }
}

/* ---- The loop ---- */

static void read_events(struct agent_show *show)
{
    Display *x = show->display.x;
    while (!show->display.is_gone && XEventsQueued(x, QueuedAfterReading) > 0) {
        XEvent event;
        struct agent_show_event hand;
        XNextEvent(x, &event);
        if (XFilterEvent(&event, None))
            continue;
        if (event.type == MappingNotify) {
            XRefreshKeyboardMapping(&event.xmapping);
            continue;
        }
        if (agent_sheet_event(&show->sheet, &event, &hand)) {
            show->events(show->ctx, &hand); /* at once: no movement of theirs is lost */
            continue;
        }
        if (event.xany.window == show->display.root) {
            on_root_event(show, &event);
            continue;
        }
        if (agent_stage_drag(show, &event) || agent_frame_event(&show->frame, &event))
            continue;
        if (!agent_window_event(&show->page, &event) && !agent_window_event(&show->bar, &event) &&
            !agent_window_event(&show->talk_window, &event) &&
            !agent_window_event(&show->shared, &event))
            agent_window_event(&show->note, &event);
    }
}

/* False: there was nothing to tell. */
static bool tell(struct agent_show *show)
{
    struct agent_show_event events[AGENT_PENDING_MAX];
    size_t count = show->pendings;
    memcpy(events, show->pending, sizeof events);
    show->pendings = 0;
    for (size_t i = 0; i < count; i++)
        show->events(show->ctx, &events[i]);
    explicit_bzero(show->code, sizeof show->code);
    return count > 0;
}

static bool has_work(const struct agent_show *show)
{
    return show->is_dirty || show->page.is_touched || show->bar.is_touched ||
           show->talk_window.is_touched || show->shared.is_touched ||
           XEventsQueued(show->display.x, QueuedAfterReading) > 0;
}

/* Before the loop waits: whatever came along with a reply is in xcb's queue, where poll cannot see
 * it (nor can QueuedAlready: that is Xlib's own). */
static void on_prepare(uv_prepare_t *prepare)
{
    struct agent_show *show = prepare->data;
    for (int i = 0; i < ROUNDS_MAX && !show->display.is_gone; i++) {
        read_events(show);
        if (!show->display.is_gone)
            agent_stage_update(show);
        if (!tell(show) && (show->display.is_gone || !has_work(show)))
            break;
    }
    if (!show->display.is_gone) {
        XFlush(show->display.x);
        if (has_work(show)) /* others come first; goes on at once */
            uv_timer_start(&show->timer, agent_stage_on_timer, 0, 0);
    } else if (uv_is_active((uv_handle_t *)&show->poll)) {
        ds_log_warn("display gone");
        uv_poll_stop(&show->poll);
        uv_prepare_stop(&show->prepare);
        uv_timer_stop(&show->timer);
        show->events(show->ctx,
                     &(struct agent_show_event){.type = AGENT_SHOW_GONE, .right = DS_RIGHT_COUNT});
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct agent_show *show = poll->data;
    (void)events;
    if (status < 0)
        show->display.is_gone = true;
}

/* ---- Life ---- */

static int open_windows(struct agent_show *show)
{
    struct agent_display *d = &show->display;
    int error = agent_window_open(&show->page, d, AGENT_WINDOW_PAGE);
    if (!error)
        error = agent_window_open(&show->bar, d, AGENT_WINDOW_BAR);
    if (!error)
        error = agent_window_open(&show->note, d, AGENT_WINDOW_NOTE);
    if (!error)
        error = agent_window_open(&show->talk_window, d, AGENT_WINDOW_TALK);
    if (!error)
        error = agent_window_open(&show->shared, d, AGENT_WINDOW_SHARED);
    if (!error)
        agent_frame_open(&show->frame, d);
    XSelectInput(d->x, d->root, StructureNotifyMask);
    return error;
}

static void close_windows(struct agent_show *show)
{
    agent_window_close(&show->page);
    agent_window_close(&show->bar);
    agent_window_close(&show->note);
    agent_window_close(&show->talk_window);
    agent_window_close(&show->shared);
    ds_talk_destroy(&show->talk);
    agent_frame_close(&show->frame);
    agent_sheet_close(&show->sheet);
    agent_display_close(&show->display);
    agent_page_destroy(&show->state);
}

static void start_handles(struct agent_show *show, uv_loop_t *loop)
{
    uv_prepare_init(loop, &show->prepare);
    uv_timer_init(loop, &show->timer);
    uv_poll_init(loop, &show->poll, ConnectionNumber(show->display.x));
    show->prepare.data = show->timer.data = show->poll.data = show;
    uv_prepare_start(&show->prepare, on_prepare);
    uv_poll_start(&show->poll, UV_READABLE, on_poll);
}

struct agent_show *agent_show_open(uv_loop_t *loop, const char *display_name, agent_show_fn events,
                                   void *ctx, char *message, size_t size)
{
    struct agent_show *show = ds_alloc_array(1, sizeof *show);
    if (!show) {
        snprintf(message, size, "%s", DS_TR("Not enough memory."));
        return NULL;
    }
    show->events = events;
    show->ctx = ctx;
    show->view.asked = DS_RIGHT_COUNT;
    agent_page_init(&show->state);
    ds_talk_init(&show->talk, "");
    if (agent_display_open(&show->display, display_name, message, size) != DS_OK) {
        free(show);
        return NULL;
    }
    if (open_windows(show) != DS_OK) {
        snprintf(message, size, "%s", DS_TR("Not enough memory."));
        close_windows(show);
        free(show);
        return NULL;
    }
    start_handles(show, loop);
    return show;
}

void agent_show_set(struct agent_show *show, const struct agent_view *view)
{
    show->view = *view;
    show->is_dirty = true;
}

bool agent_show_has_figures(const struct agent_show *show)
{
    return show->state.is_connection_open;
}

void agent_show_toast(struct agent_show *show, const char *text)
{
    ds_text_for_display(show->toast, sizeof show->toast, text);
    show->toast_until = show->toast[0] ? ds_clock_now() + TOAST_MS * DS_MS : 0;
}

static void on_closed(uv_handle_t *handle)
{
    struct agent_show *show = handle->data;
    if (++show->closing == HANDLES) {
        explicit_bzero(show, sizeof *show);
        free(show);
    }
}

void agent_show_close(struct agent_show *show)
{
    if (!show || show->is_closed)
        return;
    show->is_closed = true;
    uv_poll_stop(&show->poll); /* before its descriptor is closed */
    uv_close((uv_handle_t *)&show->poll, on_closed);
    uv_close((uv_handle_t *)&show->prepare, on_closed);
    uv_close((uv_handle_t *)&show->timer, on_closed);
    close_windows(show);
}

uint32_t agent_show_frame(const struct agent_show *show)
{
    return (uint32_t)show->frame.id;
}

void agent_show_raise(struct agent_show *show)
{
    XRaiseWindow(show->display.x, show->frame.id);
    XRaiseWindow(show->display.x, show->bar.id);
    XFlush(show->display.x);
}

/* ---- For the guard ---- */

bool agent_show_owns_window(const struct agent_show *show, uint32_t window)
{
    return window != 0 && (window == show->page.id || window == show->bar.id ||
                           window == show->note.id || window == show->frame.id ||
                           window == show->talk_window.id || window == show->shared.id);
}

bool agent_show_covers(const struct agent_show *show, int x, int y)
{
    return agent_window_covers(&show->page, x, y) || agent_window_covers(&show->bar, x, y) ||
           agent_window_covers(&show->talk_window, x, y) ||
           agent_window_covers(&show->shared, x, y);
}

bool agent_show_has_keyboard(const struct agent_show *show)
{
    const struct agent_window *page = &show->page, *bar = &show->bar, *talk = &show->talk_window;
    return show->shared.has_focus || show->shared.has_pointer_focus || talk->has_focus ||
           talk->has_pointer_focus || page->has_focus || page->has_pointer_focus ||
           bar->has_focus || bar->has_pointer_focus;
}

bool agent_show_is_asking(const struct agent_show *show)
{
    return agent_page_is_asking(&show->state, &show->view) || show->talk.chooser.is_open;
}
