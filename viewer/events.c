/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which session an event is for. Keys are told by the X server's own word (viewer/input/seat.h). */
#include "viewer/windows.h"

#include "viewer/window.h"

#include <SDL_syswm.h>
#include <X11/Xlib.h>

static struct viewer *of_window(const struct viewer_windows *w, Uint32 id)
{
    for (unsigned i = 0; i < w->count; i++)
        if (SDL_GetWindowID(w->list[i]->window) == id)
            return w->list[i]->is_leaving ? NULL : w->list[i];
    return NULL;
}

static struct viewer *of_x_window(const struct viewer_windows *w, Window x)
{
    for (unsigned i = 0; i < w->count; i++)
        if (viewer_window_x(w->list[i]->window) == x)
            return w->list[i]->is_leaving ? NULL : w->list[i];
    return NULL;
}

/* The focus itself: not the pointer's, not of a grab. */
static bool is_focus(const XFocusChangeEvent *focus)
{
    return focus->mode != NotifyGrab && focus->mode != NotifyUngrab &&
           focus->detail != NotifyInferior && focus->detail != NotifyPointer;
}

static void on_x_event(struct viewer_windows *w, const SDL_Event *event)
{
    if (event->syswm.msg->subsystem != SDL_SYSWM_X11)
        return;
    const XEvent *x = &event->syswm.msg->msg.x11.event;
    struct viewer *v = of_x_window(w, x->xany.window);
    switch (x->type) {
    case FocusIn:
        if (is_focus(&x->xfocus))
            viewer_seat_focus_in(&w->seat, v ? v->number : 0);
        return;
    case FocusOut:
        if (!is_focus(&x->xfocus))
            return;
        viewer_seat_focus_out(&w->seat);
        if (v) /* at once: SDL may wait to say so */
            viewer_router_release(&v->router);
        return;
    case KeymapNotify:
        viewer_seat_keymap(&w->seat, (const uint8_t *)x->xkeymap.key_vector);
        return;
    case KeyPress:
        if (viewer_seat_press(&w->seat, v ? v->number : 0, x->xkey.keycode))
            viewer_take_event(v, event);
        return;
    case KeyRelease:
        viewer_seat_release(&w->seat, x->xkey.keycode);
        break;
    default:
        viewer_seat_other(&w->seat);
        break;
    }
    if (v)
        viewer_take_event(v, event);
}

static struct viewer *target(const struct viewer_windows *w, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_WINDOWEVENT:
        return of_window(w, event->window.windowID);
    case SDL_KEYDOWN:
    case SDL_KEYUP:
    case SDL_TEXTINPUT:
    case SDL_TEXTEDITING:
        return viewer_windows_find(w, w->seat.typing);
    case SDL_MOUSEMOTION:
        return of_window(w, event->motion.windowID);
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        return of_window(w, event->button.windowID);
    case SDL_MOUSEWHEEL:
        return of_window(w, event->wheel.windowID);
    case SDL_DROPBEGIN:
    case SDL_DROPFILE:
    case SDL_DROPTEXT:
    case SDL_DROPCOMPLETE:
        return of_window(w, event->drop.windowID);
    default:
        return NULL;
    }
}

void viewer_windows_event(struct viewer_windows *w, const SDL_Event *event)
{
    if (event->type == w->wake_event) { /* by number: it may have gone since */
        struct viewer *v = viewer_windows_find(w, (unsigned)event->user.code);
        if (v) {
            v->ui_due |= v->panels.talk.chooser.lister != NULL; /* it may have read a folder */
            atomic_store(&v->waking, false);
        }
        return;
    }
    if (event->type == SDL_SYSWMEVENT) {
        on_x_event(w, event);
        return;
    }
    struct viewer *v = target(w, event);
    if (v)
        viewer_take_event(v, event);
    else if (event->type == SDL_DROPFILE || event->type == SDL_DROPTEXT)
        SDL_free(event->drop.file);
}
