/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/show.h"

#include "agent/show/frame.h"
#include "agent/show/page.h"
#include "agent/show/window.h"
#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/ui/text.h"

#include <X11/keysym.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PENDING_MAX = 8, TOAST_MS = 4000, HANDLES = 3, ROUNDS_MAX = 8, BAR_GAP = AGENT_FRAME_WIDTH };

struct agent_show {
    struct agent_display display;
    struct agent_view view;
    struct agent_page_state state;
    struct agent_window page, bar, note;
    struct agent_frame frame;
    struct agent_area monitor; /* where bar and pages are */
    agent_show_fn events;
    void *ctx;
    bool is_dirty;
    bool is_closed;
    bool is_readable; /* poll said so */
    bool has_grabbed_keys;
    bool is_bar_moved; /* dragged aside by hand */
    bool is_dragging;
    int drag_x, drag_y; /* where the bar was taken */
    char toast[256];
    ds_tick toast_until;
    struct agent_show_event pending[PENDING_MAX];
    size_t pendings;
    char code[DS_TEXT_CODE]; /* of the pending CODE */
    uv_prepare_t prepare;
    uv_poll_t poll;
    uv_timer_t timer;
    int closing;
};

static bool is_session(const struct agent_view *view)
{
    return view->page == AGENT_PAGE_CONNECTED || view->page == AGENT_PAGE_RECONNECTING;
}

static void push(struct agent_show *show, const struct agent_show_event *event)
{
    if (show->pendings == PENDING_MAX)
        return; /* a person cannot press that fast; never an answer lost to another's */
    show->pending[show->pendings] = *event;
    if (event->type == AGENT_SHOW_CODE) {
        snprintf(show->code, sizeof show->code, "%s", event->code);
        show->pending[show->pendings].code = show->code;
    }
    show->pendings++;
}

/* ---- The page ---- */

/* Runs frames until they settle; returns the natural height. */
static double run_page(struct agent_show *show, ds_tick now)
{
    double height = 1;
    struct agent_show_event event;
    do {
        ds_ui_begin(show->page.ui, show->page.width, show->page.height, now);
        if (agent_page_build(show->page.ui, &show->state, &show->view, &event, &height)) {
            push(show, &event);
            show->is_dirty = true;
        }
    } while (ds_ui_end(show->page.ui));
    return height;
}

/* As wide and high as the content; smaller than it should be only where the screen is. */
static void fit_page(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->page;
    const struct agent_area *monitor = &show->monitor;
    double scale = show->display.scale, height = 0;
    for (int i = 0; i < 4; i++) {
        int width = (int)ceil(AGENT_PAGE_WIDTH * scale);
        agent_window_scale(w, scale);
        w->width = w->width > width ? w->width : width;
        height = run_page(show, now);
        double most =
            fmin(monitor->height * 0.92 / height, monitor->width * 0.96 / AGENT_PAGE_WIDTH);
        if (scale <= 1 || scale <= most)
            break;
        scale = fmax(1, floor(fmin(most, scale - 0.25) * 4) / 4);
        w->width = 1;
    }
    int width = (int)ceil(AGENT_PAGE_WIDTH * scale), high = (int)ceil(height * scale);
    agent_window_place(w, monitor->x + (monitor->width - width) / 2,
                       monitor->y + (monitor->height - high) / 2, width, high);
    run_page(show, now);
}

static void update_page(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->page;
    if (!agent_page_is_shown(&show->state, &show->view)) {
        agent_window_hide(w);
        return;
    }
    if (show->is_dirty || !w->is_mapped) {
        if (!w->is_mapped) {
            agent_display_find_manager(&show->display);
            show->monitor = agent_display_monitor(&show->display);
        }
        fit_page(show, now);
        agent_window_show(w);
    } else if (w->is_touched || (ds_ui_deadline(w->ui) && ds_ui_deadline(w->ui) <= now)) {
        double before = run_page(show, now);
        if ((int)ceil(before * w->theme.scale) > w->height)
            fit_page(show, now);
    }
    w->is_touched = false;
    if (w->wants_close) {
        struct agent_show_event event;
        w->wants_close = false;
        if (agent_page_dismiss(&show->state, &show->view, &event))
            push(show, &event);
        show->is_dirty = true;
    }
}

/* ---- The bar ---- */

static double run_bar(struct agent_show *show, bool narrow, ds_tick now)
{
    double width = 1;
    bool is_end_asked;
    struct agent_show_event event;
    do {
        ds_ui_begin(show->bar.ui, show->bar.width, show->bar.height, now);
        if (agent_bar_build(show->bar.ui, &show->view, narrow, &event, &is_end_asked, &width)) {
            if (is_end_asked)
                show->state.is_ending = true;
            else
                push(show, &event);
            show->is_dirty = true;
        }
        if (ds_ui_escape(show->bar.ui))
            XSetInputFocus(show->display.x, PointerRoot, RevertToPointerRoot, CurrentTime);
    } while (ds_ui_end(show->bar.ui));
    return width;
}

static void place_bar(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->bar;
    const struct agent_area *monitor = &show->monitor;
    double scale = show->display.scale;
    w->height = (int)ceil(AGENT_BAR_HEIGHT * scale);
    double wide = run_bar(show, false, now);
    bool narrow = wide * scale > monitor->width * 0.9;
    if (narrow)
        wide = run_bar(show, true, now);
    int width = (int)ceil(wide * scale);
    width = width < monitor->width ? width : monitor->width;
    int x = monitor->x + (monitor->width - width) / 2, y = monitor->y + BAR_GAP;
    if (show->is_bar_moved) {
        int right = show->display.width - width, bottom = show->display.height - w->height;
        x = w->x > right ? right : w->x < 0 ? 0 : w->x;
        y = w->y > bottom ? bottom : w->y < 0 ? 0 : w->y;
    }
    agent_window_place(w, x, y, width, w->height);
    run_bar(show, narrow, now);
}

static void update_bar(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->bar;
    if (!is_session(&show->view)) {
        agent_window_hide(w);
        show->is_bar_moved = false;
        return;
    }
    bool is_late = ds_ui_deadline(w->ui) && ds_ui_deadline(w->ui) <= now;
    if (!w->is_mapped)
        show->monitor = agent_display_monitor(&show->display);
    if (show->is_dirty || !w->is_mapped || w->is_touched || is_late)
        place_bar(show, now);
    w->is_touched = false;
    agent_window_show(w);
}

/* A press beside the bar's buttons takes the bar along. */
static bool drag_bar(struct agent_show *show, const XEvent *event)
{
    struct agent_window *w = &show->bar;
    if (event->xany.window != w->id)
        return false;
    if (event->type == ButtonPress && event->xbutton.button == 1 &&
        ds_ui_cursor(w->ui) == DS_UI_ARROW) {
        show->is_dragging = true;
        show->drag_x = event->xbutton.x;
        show->drag_y = event->xbutton.y;
    } else if (event->type == ButtonRelease) {
        show->is_dragging = false;
    } else if (event->type == MotionNotify && show->is_dragging) {
        int right = show->display.width - w->width, bottom = show->display.height - w->height;
        int x = event->xmotion.x_root - show->drag_x, y = event->xmotion.y_root - show->drag_y;
        x = x > right ? right : x;
        y = y > bottom ? bottom : y;
        agent_window_place(w, x < 0 ? 0 : x, y < 0 ? 0 : y, w->width, w->height);
        show->is_bar_moved = true;
        return true;
    }
    return false;
}

/* ---- The note under the bar ---- */

static void update_note(struct agent_show *show, ds_tick now)
{
    struct agent_window *w = &show->note;
    if (show->toast_until <= now || !is_session(&show->view)) {
        show->toast_until = 0;
        agent_window_hide(w);
        return;
    }
    double scale = show->display.scale;
    double wide = ds_ui_text_width(w->ui, show->toast, DS_TYPE_NORMAL, DS_UI_BOLD) + 32;
    int width = (int)ceil(wide * scale), height = (int)ceil(36 * scale);
    agent_window_place(w, show->bar.x + (show->bar.width - width) / 2,
                       show->bar.y + show->bar.height + (int)(8 * scale), width, height);
    do {
        ds_ui_begin(w->ui, w->width, w->height, now);
        ds_ui_ground(w->ui, DS_COLOR_TEXT);
        ds_ui_label(w->ui, ds_ui_window(w->ui), show->toast, DS_TYPE_NORMAL, DS_COLOR_SURFACE,
                    DS_UI_BOLD | DS_UI_CENTER | DS_UI_MIDDLE);
    } while (ds_ui_end(w->ui));
    agent_window_show(w);
}

/* ---- The frame and the Pause key ---- */

static void update_frame(struct agent_show *show)
{
    if (!is_session(&show->view)) {
        agent_frame_hide(&show->frame);
        return;
    }
    enum ds_color color = agent_state_color(&show->view);
    agent_frame_show(&show->frame, ds_theme_color(show->bar.theme.dark, color));
}

/* The Pause key pauses, Shift and Pause brings the keyboard to the bar; with or without the locks
 * (Lock is caps, Mod2 is num). */
static void update_keys(struct agent_show *show)
{
    static const unsigned locks[] = {0, LockMask, Mod2Mask, LockMask | Mod2Mask};
    Display *x = show->display.x;
    bool wanted = is_session(&show->view);
    KeyCode code = XKeysymToKeycode(x, XK_Pause);
    if (wanted == show->has_grabbed_keys || code == 0)
        return;
    show->has_grabbed_keys = wanted;
    for (size_t i = 0; i < sizeof locks / sizeof locks[0]; i++) {
        for (unsigned shift = 0; shift <= ShiftMask; shift += ShiftMask) {
            if (wanted)
                XGrabKey(x, code, locks[i] | shift, show->display.root, False, GrabModeAsync,
                         GrabModeAsync);
            else
                XUngrabKey(x, code, locks[i] | shift, show->display.root);
        }
    }
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
        agent_window_grab_focus(&show->bar);
    } else if (event->type == KeyPress && show->view.page == AGENT_PAGE_CONNECTED &&
               show->view.paused == AGENT_PAUSE_NONE) {
        push(show, &(struct agent_show_event){.type = AGENT_SHOW_PAUSE, .right = DS_RIGHT_COUNT});
    }
}

/* ---- The loop ---- */

static void read_events(struct agent_show *show)
{
    Display *x = show->display.x;
    int mode = show->is_readable ? QueuedAfterReading : QueuedAlready;
    show->is_readable = false;
    while (!show->display.is_gone && XEventsQueued(x, mode) > 0) {
        XEvent event;
        XNextEvent(x, &event);
        if (XFilterEvent(&event, None))
            continue;
        if (event.type == MappingNotify) {
            XRefreshKeyboardMapping(&event.xmapping);
            continue;
        }
        if (event.xany.window == show->display.root) {
            on_root_event(show, &event);
            continue;
        }
        if (drag_bar(show, &event) || agent_frame_event(&show->frame, &event))
            continue;
        if (!agent_window_event(&show->page, &event) && !agent_window_event(&show->bar, &event))
            agent_window_event(&show->note, &event);
    }
}

static void on_timer(uv_timer_t *timer)
{
    (void)timer; /* prepare does the work */
}

static void sooner(ds_tick *next, ds_tick at)
{
    if (at != 0 && (*next == 0 || at < *next))
        *next = at;
}

static void set_timer(struct agent_show *show, ds_tick now)
{
    ds_tick next = show->toast_until;
    if (show->page.is_mapped)
        sooner(&next, ds_ui_deadline(show->page.ui));
    if (show->bar.is_mapped)
        sooner(&next, ds_ui_deadline(show->bar.ui));
    sooner(&next, agent_display_raise(&show->display, show->frame.id, &show->frame.raise, now));
    sooner(&next, agent_display_raise(&show->display, show->bar.id, &show->bar.raise, now));
    sooner(&next, agent_display_raise(&show->display, show->note.id, &show->note.raise, now));
    if (next == 0)
        uv_timer_stop(&show->timer);
    else
        uv_timer_start(&show->timer, on_timer, next > now ? (next - now) / DS_MS + 1 : 1, 0);
}

static void update(struct agent_show *show)
{
    ds_tick now = ds_clock_now();
    agent_page_enter(&show->state, &show->view);
    update_frame(show);
    update_keys(show);
    update_bar(show, now);
    update_page(show, now);
    update_note(show, now);
    show->is_dirty = false;
    agent_window_paint(&show->bar);
    agent_window_paint(&show->page);
    agent_window_paint(&show->note);
    set_timer(show, now);
}

/* False: there was nothing to tell. */
static bool tell(struct agent_show *show)
{
    struct agent_show_event events[PENDING_MAX];
    size_t count = show->pendings;
    memcpy(events, show->pending, sizeof events);
    show->pendings = 0;
    for (size_t i = 0; i < count; i++)
        show->events(show->ctx, &events[i]);
    explicit_bzero(show->code, sizeof show->code);
    return count > 0;
}

/* Before the loop waits: whatever X sent meanwhile is in Xlib's queue, where poll cannot see it. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct agent_show *show = prepare->data;
    for (int i = 0; i < ROUNDS_MAX && !show->display.is_gone; i++) {
        read_events(show);
        if (show->display.is_gone)
            break;
        bool is_touched = show->page.is_touched || show->bar.is_touched || show->page.wants_close;
        update(show);
        XFlush(show->display.x);
        if (!tell(show) && !show->is_dirty && !is_touched)
            break;
    }
    if (show->display.is_gone && uv_is_active((uv_handle_t *)&show->poll)) {
        ds_log_warn("display gone");
        uv_poll_stop(&show->poll);
        uv_prepare_stop(&show->prepare);
        uv_timer_stop(&show->timer);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct agent_show *show = poll->data;
    (void)events;
    show->is_readable = true;
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
        agent_frame_open(&show->frame, d);
    XSelectInput(d->x, d->root, StructureNotifyMask);
    return error;
}

static void close_windows(struct agent_show *show)
{
    agent_window_close(&show->page);
    agent_window_close(&show->bar);
    agent_window_close(&show->note);
    agent_frame_close(&show->frame);
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

/* ---- For the guard ---- */

bool agent_show_owns_window(const struct agent_show *show, uint32_t window)
{
    return window != 0 && (window == show->page.id || window == show->bar.id ||
                           window == show->note.id || window == show->frame.id);
}

bool agent_show_covers(const struct agent_show *show, int x, int y)
{
    return agent_window_covers(&show->page, x, y) || agent_window_covers(&show->bar, x, y);
}

bool agent_show_has_keyboard(const struct agent_show *show)
{
    const struct agent_window *page = &show->page, *bar = &show->bar;
    return page->has_focus || page->has_pointer_focus || bar->has_focus || bar->has_pointer_focus;
}

bool agent_show_is_asking(const struct agent_show *show)
{
    return agent_page_is_asking(&show->state, &show->view);
}
