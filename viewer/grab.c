/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/grab.h"

#include "common/base/log.h"

#include <SDL_syswm.h>
#include <X11/Xlib.h>

static bool take(Display *display, Window window)
{
    /* owner_events: keys come to the window as ever, with their text; the desktop's own grabs of
     * single keys do not happen while this one is held */
    return XGrabKeyboard(display, window, True, GrabModeAsync, GrabModeAsync, CurrentTime) ==
           GrabSuccess;
}

ds_tick viewer_grab_follow(struct viewer_grab *grab, SDL_Window *window, bool wanted, ds_tick now)
{
    SDL_SysWMinfo info;
    SDL_VERSION(&info.version);
    if (grab->is_held == wanted)
        return 0;
    if (wanted && now < grab->next)
        return grab->next;
    if (!SDL_GetWindowWMInfo(window, &info) || info.subsystem != SDL_SYSWM_X11)
        return 0;
    Display *display = info.info.x11.display;
    if (!wanted) {
        XUngrabKeyboard(display, CurrentTime);
        XFlush(display);
        grab->is_held = false;
        return 0;
    }
    grab->is_held = take(display, info.info.x11.window);
    grab->next = now + VIEWER_GRAB_AGAIN;
    ds_log_debug("keyboard %s", grab->is_held ? "taken" : "is another program's");
    return grab->is_held ? 0 : grab->next;
}
