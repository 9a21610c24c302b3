/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The windows as the view wants them: which are there, where, how large. */
#include "agent/show/inside.h"

#include <X11/keysym.h>
#include <math.h>

enum { BAR_GAP = AGENT_FRAME_WIDTH };

static bool is_session(const struct agent_view *view)
{
    return view->page == AGENT_PAGE_CONNECTED ||
           (view->page == AGENT_PAGE_RECONNECTING && view->was_active);
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
            agent_show_push(show, &event);
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
        w->is_touched = false;
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
            agent_show_push(show, &event);
        show->is_dirty = true;
    }
}

/* ---- The bar ---- */

static double run_bar(struct agent_show *show, bool narrow, ds_tick now)
{
    double width = 1;
    enum agent_bar_did did;
    struct agent_show_event event;
    do {
        ds_ui_begin(show->bar.ui, show->bar.width, show->bar.height, now);
        if (agent_bar_build(show->bar.ui, &show->view, narrow, &event, &did, &width)) {
            if (did != AGENT_BAR_EVENT && show->view.hand != 0) /* a window needs the hand */
                agent_show_push(show, &(struct agent_show_event){.type = AGENT_SHOW_DRAW,
                                                                 .right = DS_RIGHT_COUNT});
            if (did == AGENT_BAR_END)
                show->state.is_ending = true;
            else if (did == AGENT_BAR_CONNECTION)
                show->state.is_connection_open = !show->state.is_connection_open;
            else if (did == AGENT_BAR_RIGHTS)
                show->state.is_rights_open = !show->state.is_rights_open;
            else if (did == AGENT_BAR_TALK)
                agent_stage_toggle_talk(show);
            else if (event.type == AGENT_SHOW_PAUSE && show->view.paused != AGENT_PAUSE_NONE)
                show->state.is_pause_open = true;
            else
                agent_show_push(show, &event);
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
    double files = ds_talk_progress(&show->talk);
    show->view.transfer = files < 0 ? 0 : 1 + (int)(files * AGENT_TRANSFER);
    if (!is_session(&show->view)) {
        agent_window_hide(w);
        show->is_bar_moved = false;
        w->is_touched = false; /* by the event of its hiding: else the loop would never rest */
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
bool agent_stage_drag(struct agent_show *show, const XEvent *event)
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

/* ---- All of it ---- */

void agent_stage_on_timer(uv_timer_t *timer)
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
    if (show->talk_window.is_mapped)
        sooner(&next, ds_ui_deadline(show->talk_window.ui));
    if (show->shared.is_mapped)
        sooner(&next, ds_ui_deadline(show->shared.ui));
    if (show->bar.is_mapped)
        sooner(&next, ds_ui_deadline(show->bar.ui));
    sooner(&next, agent_display_raise(&show->display, show->frame.id, &show->frame.raise, now));
    sooner(&next, agent_display_raise(&show->display, show->bar.id, &show->bar.raise, now));
    sooner(&next, agent_display_raise(&show->display, show->note.id, &show->note.raise, now));
    if (next == 0)
        uv_timer_stop(&show->timer);
    else
        uv_timer_start(&show->timer, agent_stage_on_timer,
                       next > now ? (next - now) / DS_MS + 1 : 1, 0);
}

void agent_stage_update(struct agent_show *show)
{
    ds_tick now = ds_clock_now();
    unsigned unread = agent_stage_unread(show);
    show->is_dirty |= show->view.unread != unread; /* the bar says so */
    show->view.unread = unread;
    agent_page_enter(&show->state, &show->view);
    update_frame(show);
    update_keys(show);
    update_bar(show, now);
    agent_stage_talk(show, now);
    agent_stage_shared(show, now);
    update_page(show, now);
    update_note(show, now);
    agent_sheet_set(&show->sheet, &show->display, show->view.hand, show->bar.id);
    show->is_dirty = false;
    agent_window_paint(&show->bar);
    agent_window_paint(&show->page);
    agent_window_paint(&show->note);
    agent_window_paint(&show->talk_window);
    agent_window_paint(&show->shared);
    set_timer(show, now);
}
