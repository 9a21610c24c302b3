/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/window.h"

#include "common/ui/theme.h"

#include <SDL_syswm.h>
#include <X11/XKBlib.h>
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 1080
#define HEIGHT 720
#define LEAST_WIDTH 640 /* logical: every page has room, see tests/unit/viewer_panels.c */
#define LEAST_HEIGHT 480

static void set_hints(void)
{
    SDL_SetHint(SDL_HINT_VIDEODRIVER, "x11"); /* keys are read from X events */
    SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    SDL_SetHint(SDL_HINT_QUIT_ON_LAST_WINDOW_CLOSE, "0"); /* each window asks for itself */
    SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");  /* shared memory, see present/screen.h */
    SDL_SetHint(SDL_HINT_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR, "0");
    SDL_SetHint(SDL_HINT_MOUSE_FOCUS_CLICKTHROUGH, "1");
    SDL_SetHint(SDL_HINT_IME_SHOW_UI, "1");
    setenv("SDL_VIDEO_X11_WMCLASS", "deskside-viewer", 0);
}

static bool x11_of(SDL_Window *window, SDL_SysWMinfo *info)
{
    SDL_VERSION(&info->version);
    return SDL_GetWindowWMInfo(window, info) && info->subsystem == SDL_SYSWM_X11;
}

/* SDL 2.26 looks up the text of released keys too, takes it for Latin 1 and converts it without an
 * end: in a UTF-8 locale it reads past its buffer when a key writes more than one byte. Latin 1 is
 * what it gets now; the text of pressed keys comes through the input method and is not concerned.
 */
static void look_up_latin1(SDL_Window *window)
{
    SDL_SysWMinfo info;
    if (x11_of(window, &info))
        XkbSetXlibControls(info.info.x11.display, XkbLC_ForceLatin1Lookup, XkbLC_ForceLatin1Lookup);
}

void viewer_window_least(SDL_Window *window, double scale)
{
    SDL_SetWindowMinimumSize(window, (int)(LEAST_WIDTH * scale), (int)(LEAST_HEIGHT * scale));
}

/* The first size, as large as the desktop wants its texts. */
static void set_size(SDL_Window *window, bool centred)
{
    double scale = ds_theme_scale(viewer_window_scale(window));
    if (scale == 1.0)
        return;
    SDL_SetWindowSize(window, (int)(WIDTH * scale), (int)(HEIGHT * scale));
    if (centred)
        SDL_SetWindowPosition(window, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED);
}

SDL_Window *viewer_window_open(const struct viewer_options *options,
                               const struct viewer_geometry *g, char *message, size_t size)
{
    set_hints();
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) { /* counted: the last one that closes ends it */
        snprintf(message, size, "cannot open a window: %s", SDL_GetError());
        return NULL;
    }
    SDL_EnableScreenSaver(); /* SDL takes it away otherwise */
    Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    if (options->borderless)
        flags |= SDL_WINDOW_BORDERLESS;
    int x = g->has_place ? g->x : (int)SDL_WINDOWPOS_CENTERED;
    int y = g->has_place ? g->y : (int)SDL_WINDOWPOS_CENTERED;
    SDL_Window *window = SDL_CreateWindow("", x, y, g->has_size ? g->width : WIDTH,
                                          g->has_size ? g->height : HEIGHT, flags);
    if (!window) {
        snprintf(message, size, "cannot open a window: %s", SDL_GetError());
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
        return NULL;
    }
    if (!g->has_size)
        set_size(window, !g->has_place);
    viewer_window_title(window, "Deskside");
    look_up_latin1(window);
    SDL_EventState(SDL_SYSWMEVENT, SDL_ENABLE);
    SDL_EventState(SDL_DROPFILE, SDL_IGNORE); /* session/drop.c does it */
    SDL_EventState(SDL_DROPTEXT, SDL_IGNORE);
    SDL_StartTextInput();
    SDL_RaiseWindow(window); /* takes the keyboard, also without a window manager */
    return window;
}

void viewer_window_close(SDL_Window *window)
{
    if (!window)
        return;
    SDL_DestroyWindow(window);
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

unsigned long viewer_window_x(SDL_Window *window)
{
    SDL_SysWMinfo info;
    return window && x11_of(window, &info) ? info.info.x11.window : 0;
}

static bool has_manager(Display *display)
{
    Atom type = None;
    int format;
    unsigned long count = 0, left;
    unsigned char *bytes = NULL;
    XGetWindowProperty(display, DefaultRootWindow(display),
                       XInternAtom(display, "_NET_SUPPORTING_WM_CHECK", False), 0, 1, False,
                       XA_WINDOW, &type, &format, &count, &left, &bytes);
    if (bytes)
        XFree(bytes);
    return type == XA_WINDOW && count == 1;
}

/* SDL leaves that to the window manager, where there may be none. */
static void take_keyboard(SDL_Window *window)
{
    SDL_SysWMinfo info;
    XWindowAttributes attributes;
    if (!x11_of(window, &info) || has_manager(info.info.x11.display))
        return;
    if (XGetWindowAttributes(info.info.x11.display, info.info.x11.window, &attributes) &&
        attributes.map_state == IsViewable)
        XSetInputFocus(info.info.x11.display, info.info.x11.window, RevertToPointerRoot,
                       CurrentTime);
}

void viewer_window_raise(SDL_Window *window)
{
    Uint32 flags = SDL_GetWindowFlags(window);
    if (flags & SDL_WINDOW_MINIMIZED)
        SDL_RestoreWindow(window);
    SDL_RaiseWindow(window);
    take_keyboard(window);
}

struct ds_rect viewer_window_place(SDL_Window *window)
{
    struct ds_rect place = {0};
    SDL_GetWindowPosition(window, &place.x, &place.y);
    SDL_GetWindowSize(window, &place.width, &place.height);
    return place;
}

void viewer_window_put(SDL_Window *window, struct ds_rect place)
{
    Uint32 flags = SDL_GetWindowFlags(window);
    if (flags & SDL_WINDOW_FULLSCREEN)
        return;
    if (flags & (SDL_WINDOW_MAXIMIZED | SDL_WINDOW_MINIMIZED))
        SDL_RestoreWindow(window);
    SDL_SetWindowSize(window, place.width, place.height);
    SDL_SetWindowPosition(window, place.x, place.y);
}

void viewer_window_put_frame(SDL_Window *window, struct ds_rect place)
{
    int top = 0, left = 0, bottom = 0, right = 0;
    SDL_GetWindowBordersSize(window, &top, &left, &bottom, &right);
    place.x += left;
    place.y += top;
    place.width -= left + right;
    place.height -= top + bottom;
    if (place.width > 0 && place.height > 0)
        viewer_window_put(window, place);
}

bool viewer_window_is_on_desktop(struct ds_rect place)
{
    SDL_Rect monitor;
    SDL_Point at = {place.x, place.y};
    for (int i = 0; i < SDL_GetNumVideoDisplays(); i++)
        if (SDL_GetDisplayBounds(i, &monitor) == 0 && SDL_PointInRect(&at, &monitor))
            return true;
    return false;
}

void viewer_window_title(SDL_Window *window, const char *title)
{
    SDL_SysWMinfo info;
    if (strcmp(title, SDL_GetWindowTitle(window)) == 0)
        return;
    SDL_SetWindowTitle(window, title);
    if (!x11_of(window, &info))
        return;
    /* SDL writes the older of the two names in the locale's encoding, which in C.UTF-8 is of a kind
     * that no tool reads; switch access and test tools find windows by it */
    Display *display = info.info.x11.display;
    XChangeProperty(display, info.info.x11.window, XA_WM_NAME,
                    XInternAtom(display, "UTF8_STRING", False), 8, PropModeReplace,
                    (const unsigned char *)title, (int)strlen(title));
}

uint32_t viewer_window_id(SDL_Window *window)
{
    SDL_SysWMinfo info;
    return x11_of(window, &info) ? (uint32_t)info.info.x11.window : 0;
}

double viewer_window_scale(SDL_Window *window)
{
    SDL_SysWMinfo info;
    if (!x11_of(window, &info))
        return 1.0;
    const char *dpi = XGetDefault(info.info.x11.display, "Xft", "dpi");
    return dpi ? strtod(dpi, NULL) / 96.0 : 1.0;
}

uint64_t viewer_window_tick_us(SDL_Window *window)
{
    SDL_DisplayMode mode;
    int display = SDL_GetWindowDisplayIndex(window);
    bool known = display >= 0 && SDL_GetCurrentDisplayMode(display, &mode) == 0 &&
                 mode.refresh_rate >= 24 && mode.refresh_rate <= 1000;
    return 1000000u / (unsigned)(known ? mode.refresh_rate : 60);
}

void viewer_window_suit(SDL_Window *window, int width, int height)
{
    SDL_Rect room;
    int display = SDL_GetWindowDisplayIndex(window), top = 0, left = 0, bottom = 0, right = 0;
    Uint32 flags = SDL_GetWindowFlags(window);
    if (flags & (SDL_WINDOW_FULLSCREEN | SDL_WINDOW_MAXIMIZED))
        return;
    if (display < 0 || SDL_GetDisplayUsableBounds(display, &room) != 0)
        return;
    SDL_GetWindowBordersSize(window, &top, &left, &bottom, &right);
    room.w -= left + right;
    room.h -= top + bottom;
    double shrink = 1.0;
    if (width > room.w)
        shrink = (double)room.w / width;
    if (height * shrink > room.h)
        shrink = (double)room.h / height;
    int w = (int)(width * shrink), h = (int)(height * shrink), least_w, least_h;
    SDL_GetWindowMinimumSize(window, &least_w, &least_h);
    w = w < least_w ? least_w : w;
    h = h < least_h ? least_h : h;
    int x = room.x + left + (room.w - w) / 2, y = room.y + top + (room.h - h) / 2;
    SDL_SetWindowSize(window, w, h);
    SDL_SetWindowPosition(window, x > 0 ? x : 0, y > 0 ? y : 0);
}
