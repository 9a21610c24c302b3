/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/windows.h"

#include "common/base/log.h"
#include "viewer/session/machine.h"

#include <X11/Xlib.h>
#include <poll.h>
#include <unistd.h>

#define PATIENCE (1500 * DS_MS) /* the net threads need at most 0.8 s, session/line.c */

static struct viewer_windows *watched;

/* On the main thread, from inside Xlib, which ends the program when this returns; nothing here may
 * use the display any more. The net threads live and say what they would say at any end. */
static int on_lost(Display *display)
{
    (void)display;
    ds_log_error("the display is gone");
    ds_tick until = ds_clock_now() + PATIENCE;
    for (unsigned i = 0; i < watched->count; i++)
        viewer_line_leave(watched->list[i]->line);
    bool have_left = true;
    for (unsigned i = 0; i < watched->count; i++) {
        while (!viewer_line_has_left(watched->list[i]->line) && ds_clock_now() < until)
            poll(NULL, 0, 5);
        have_left = have_left && viewer_line_has_left(watched->list[i]->line);
    }
    if (have_left) /* nobody has anything to tell any more */
        ds_automation_close(watched->automation);
    _exit(VIEWER_EXIT_INTERNAL);
}

/* A request that came too late, for a window that has gone or cannot take the focus yet: Xlib would
 * end the program, and with it every session. */
static int on_error(Display *display, XErrorEvent *error)
{
    (void)display;
    ds_log_warn("the display refuses request %d.%d: error %d", error->request_code,
                error->minor_code, error->error_code);
    return 0;
}

void viewer_lost_display_watch(struct viewer_windows *windows)
{
    watched = windows;
    XSetIOErrorHandler(on_lost);
    XSetErrorHandler(on_error);
}
