/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/sheet.h"

#include <X11/cursorfont.h>
#include <X11/keysym.h>

static void open_sheet(struct agent_sheet *s)
{
    XSetWindowAttributes attributes = {.override_redirect = True,
                                       .event_mask =
                                           ButtonPressMask | ButtonReleaseMask | Button1MotionMask};
    /* Larger than any screen: it need not follow its size. */
    s->id = XCreateWindow(s->display->x, s->display->root, 0, 0, 32767, 32767, 0, 0, InputOnly,
                          CopyFromParent, CWOverrideRedirect | CWEventMask, &attributes);
}

static KeyCode escape(const struct agent_sheet *s)
{
    return XKeysymToKeycode(s->display->x, XK_Escape);
}

static void show(struct agent_sheet *s, Window below)
{
    Display *x = s->display->x;
    XWindowChanges changes = {.sibling = below, .stack_mode = Below};
    XRaiseWindow(x, below); /* nobody else's may lie in between */
    XConfigureWindow(x, s->id, CWSibling | CWStackMode, &changes);
    XMapWindow(x, s->id);
    XGrabKey(x, escape(s), AnyModifier, s->display->root, False, GrabModeAsync, GrabModeAsync);
}

void agent_sheet_set(struct agent_sheet *s, struct agent_display *display, uint8_t tool,
                     Window below)
{
    uint8_t before = s->tool;
    if (tool == before)
        return;
    s->display = display;
    s->tool = tool;
    if (s->id == 0)
        open_sheet(s);
    if (tool == 0) {
        XUnmapWindow(display->x, s->id);
        XUngrabKey(display->x, escape(s), AnyModifier, display->root);
        return;
    }
    Cursor cursor = XCreateFontCursor(display->x, tool == DS_NOTE_PEN ? XC_pencil : XC_crosshair);
    XDefineCursor(display->x, s->id, cursor);
    XFreeCursor(display->x, cursor);
    if (before == 0)
        show(s, below);
}

void agent_sheet_close(struct agent_sheet *s)
{
    if (s->id && !s->display->is_gone)
        XDestroyWindow(s->display->x, s->id);
    *s = (struct agent_sheet){.id = 0};
}

bool agent_sheet_event(const struct agent_sheet *s, const XEvent *event,
                       struct agent_show_event *out)
{
    if (s->tool == 0)
        return false;
    *out = (struct agent_show_event){.type = AGENT_SHOW_HAND, .right = DS_RIGHT_COUNT};
    switch (event->type) {
    case KeyPress: /* of the root window */
        out->type = AGENT_SHOW_DRAW;
        return event->xkey.keycode == escape(s);
    case MotionNotify:
        out->hand = DS_HAND_MOVE;
        break;
    case ButtonPress:
        out->hand = DS_HAND_BEGIN;
        break;
    default:
        out->hand = DS_HAND_END;
        break;
    }
    if (event->xany.window != s->id || (event->type != MotionNotify && event->xbutton.button != 1))
        return false;
    out->x = event->type == MotionNotify ? event->xmotion.x_root : event->xbutton.x_root;
    out->y = event->type == MotionNotify ? event->xmotion.y_root : event->xbutton.y_root;
    return true;
}
