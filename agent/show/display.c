/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/display.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/ui/text.h"
#include "common/ui/theme.h"
#include "common/x11/randr.h"

#include <X11/Xlib-xcb.h>
#include <X11/cursorfont.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RAISE_MS = 500 };

static int on_error(Display *x, XErrorEvent *event)
{
    (void)x;
    ds_log_debug("x request failed error=%d request=%d", event->error_code, event->request_code);
    return 0;
}

/* Xlib's own prints and exits. */
static int on_io_error(Display *x)
{
    (void)x;
    return 0;
}

static void on_gone(Display *x, void *ctx)
{
    (void)x;
    ((struct agent_display *)ctx)->is_gone = true;
}

/* As cairo's RGB24 lies in memory; the capture asks for the same. */
static bool is_usable(struct agent_display *d)
{
    const Visual *visual = DefaultVisual(d->x, d->screen);
    return (d->depth == 24 || d->depth == 32) && visual->red_mask == 0xff0000 &&
           visual->green_mask == 0xff00 && visual->blue_mask == 0xff;
}

static void intern_atoms(struct agent_display *d)
{
    static const char *const names[AGENT_ATOM_COUNT] = {
        [AGENT_ATOM_PROTOCOLS] = "WM_PROTOCOLS",
        [AGENT_ATOM_DELETE] = "WM_DELETE_WINDOW",
        [AGENT_ATOM_TYPE] = "_NET_WM_WINDOW_TYPE",
        [AGENT_ATOM_DIALOG] = "_NET_WM_WINDOW_TYPE_DIALOG",
        [AGENT_ATOM_DOCK] = "_NET_WM_WINDOW_TYPE_DOCK",
        [AGENT_ATOM_NOTIFICATION] = "_NET_WM_WINDOW_TYPE_NOTIFICATION",
        [AGENT_ATOM_STATE] = "_NET_WM_STATE",
        [AGENT_ATOM_ABOVE] = "_NET_WM_STATE_ABOVE",
        [AGENT_ATOM_NAME] = "_NET_WM_NAME",
        [AGENT_ATOM_UTF8] = "UTF8_STRING",
        [AGENT_ATOM_FRAME_EXTENTS] = "_NET_FRAME_EXTENTS",
        [AGENT_ATOM_SUPPORTING] = "_NET_SUPPORTING_WM_CHECK",
        [AGENT_ATOM_CLIPBOARD] = "CLIPBOARD",
        [AGENT_ATOM_TARGETS] = "TARGETS",
        [AGENT_ATOM_PASTED] = "DESKSIDE_PASTED",
        [AGENT_ATOM_USER_TIME] = "_NET_WM_USER_TIME",
        [AGENT_ATOM_NORMAL] = "_NET_WM_WINDOW_TYPE_NORMAL",
        [AGENT_ATOM_FULLSCREEN] = "_NET_WM_STATE_FULLSCREEN",
    };
    XInternAtoms(d->x, (char **)(uintptr_t)names, AGENT_ATOM_COUNT, False, d->atoms);
}

static void open_input_method(struct agent_display *d)
{
    /* Input methods speak the locale's encoding; the rest of the program stays in C. */
    const char *locale = setlocale(LC_CTYPE, "");
    if (!locale || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0 || !XSupportsLocale())
        setlocale(LC_CTYPE, "C.UTF-8");
    XSetLocaleModifiers("");
    d->im = XOpenIM(d->x, NULL, NULL, NULL);
    if (!d->im) {
        XSetLocaleModifiers("@im=none");
        d->im = XOpenIM(d->x, NULL, NULL, NULL);
    }
}

int agent_display_open(struct agent_display *d, const char *name, char *message, size_t size)
{
    *d = (struct agent_display){0};
    d->x = XOpenDisplay(name);
    if (!d->x) {
        snprintf(message, size, DS_TR("Cannot open the display %s."), XDisplayName(name));
        return DS_EIO;
    }
    XSetErrorHandler(on_error);
    XSetIOErrorHandler(on_io_error);
    XSetIOErrorExitHandler(d->x, on_gone, d);
    d->xcb = XGetXCBConnection(d->x);
    d->screen = DefaultScreen(d->x);
    d->root = RootWindow(d->x, d->screen);
    d->depth = DefaultDepth(d->x, d->screen);
    d->width = DisplayWidth(d->x, d->screen);
    d->height = DisplayHeight(d->x, d->screen);
    if (!is_usable(d)) {
        snprintf(message, size, DS_TR("The display %s has no usable colours."), XDisplayName(name));
        XCloseDisplay(d->x);
        d->x = NULL;
        return DS_EUNSUPPORTED;
    }
    intern_atoms(d);
    open_input_method(d);
    static const unsigned shapes[] = {XC_left_ptr, XC_hand2, XC_xterm};
    for (unsigned i = 0; i < 3; i++)
        d->cursors[i] = XCreateFontCursor(d->x, shapes[i]);
    const char *dpi = XGetDefault(d->x, "Xft", "dpi");
    d->scale = ds_theme_scale(dpi ? atof(dpi) / 96 : 1);
    agent_display_find_manager(d);
    return DS_OK;
}

void agent_display_close(struct agent_display *d)
{
    if (!d->x)
        return;
    if (!d->is_gone && d->im)
        XCloseIM(d->im);
    if (!d->is_gone)
        XCloseDisplay(d->x);
    d->x = NULL;
}

size_t agent_display_property(struct agent_display *d, Window window, Atom name, Atom type,
                              unsigned long *out, size_t max)
{
    Atom got;
    int format;
    unsigned long count = 0, after;
    unsigned char *data = NULL;
    if (XGetWindowProperty(d->x, window, name, 0, 16, False, type, &got, &format, &count, &after,
                           &data) != Success ||
        got != type || format != 32)
        count = 0;
    count = count < max ? count : max;
    for (size_t i = 0; i < count; i++)
        out[i] = ((unsigned long *)(void *)data)[i];
    if (data)
        XFree(data);
    return count;
}

void agent_display_find_manager(struct agent_display *d)
{
    Atom name = d->atoms[AGENT_ATOM_SUPPORTING];
    unsigned long child = 0, itself = 0;
    d->has_manager = agent_display_property(d, d->root, name, 33 /* XA_WINDOW */, &child, 1) == 1 &&
                     agent_display_property(d, child, name, 33, &itself, 1) == 1 && child == itself;
}

ds_tick agent_display_raise(struct agent_display *d, Window window, struct agent_raise *raise,
                            ds_tick now)
{
    if (!raise->is_due)
        return 0;
    if (raise->last && now - raise->last < RAISE_MS * DS_MS)
        return raise->last + RAISE_MS * DS_MS;
    raise->is_due = false;
    raise->last = now;
    XRaiseWindow(d->x, window);
    return 0;
}

struct agent_area agent_display_monitor(struct agent_display *d)
{
    struct agent_area area = {0, 0, d->width, d->height};
    xcb_randr_monitor_info_t list[DS_RANDR_MONITORS];
    int count = ds_randr_get_monitors(d->xcb, (xcb_window_t)d->root, list);
    for (int i = 0; i < count; i++)
        if ((i == 0 || list[i].primary) && list[i].width > 0 && list[i].height > 0)
            area = (struct agent_area){list[i].x, list[i].y, list[i].width, list[i].height};
    return area;
}
