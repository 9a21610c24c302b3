/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/window.h"

#include "common/base/error.h"
#include "common/ui/text.h"
#include "common/x11/shape.h"

#include <X11/Xatom.h>
#include <X11/Xutil.h>
#include <X11/keysym.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

static const long events = ExposureMask | KeyPressMask | ButtonPressMask | ButtonReleaseMask |
                           PointerMotionMask | EnterWindowMask | LeaveWindowMask | FocusChangeMask |
                           StructureNotifyMask | VisibilityChangeMask | PropertyChangeMask;

static bool is_managed(const struct agent_window *w)
{
    return w->kind == AGENT_WINDOW_PAGE || w->kind == AGENT_WINDOW_TALK ||
           w->kind == AGENT_WINDOW_SHARED;
}

static void set_atom(struct agent_window *w, enum agent_atom name, enum agent_atom value)
{
    struct agent_display *d = w->display;
    XChangeProperty(d->x, w->id, d->atoms[name], XA_ATOM, 32, PropModeReplace,
                    (unsigned char *)&d->atoms[value], 1);
}

static void hint(struct agent_window *w)
{
    XWMHints hints = {.flags = InputHint | StateHint | (w->is_urgent ? XUrgencyHint : 0),
                      .input = True,
                      .initial_state = NormalState};
    XSetWMHints(w->display->x, w->id, &hints);
}

static void set_urgent(struct agent_window *w, bool on)
{
    if (w->is_urgent == on)
        return;
    w->is_urgent = on;
    hint(w);
}

void agent_window_urge(struct agent_window *w)
{
    if (!w->has_focus)
        set_urgent(w, true);
}

/* What a window manager wants to know. */
static void describe(struct agent_window *w)
{
    struct agent_display *d = w->display;
    static const enum agent_atom types[] = {AGENT_ATOM_DIALOG, AGENT_ATOM_DOCK,
                                            AGENT_ATOM_NOTIFICATION, AGENT_ATOM_DIALOG,
                                            AGENT_ATOM_NORMAL};
    const char *name = w->kind == AGENT_WINDOW_TALK ? DS_TR("Deskside: chat and files")
                       : w->kind == AGENT_WINDOW_SHARED
                           ? DS_TR("Deskside: your representative's screen")
                           : DS_TR("Deskside: help on this computer");
    XChangeProperty(d->x, w->id, d->atoms[AGENT_ATOM_NAME], d->atoms[AGENT_ATOM_UTF8], 8,
                    PropModeReplace, (const unsigned char *)name, (int)strlen(name));
    XStoreName(d->x, w->id, "Deskside");
    XClassHint class = {.res_name = (char[]){"deskside-agent"}, .res_class = (char[]){"Deskside"}};
    XSetClassHint(d->x, w->id, &class);
    set_atom(w, AGENT_ATOM_TYPE, types[w->kind]);
    if (!is_managed(w))
        return;
    if (w->kind == AGENT_WINDOW_PAGE)
        set_atom(w, AGENT_ATOM_STATE, AGENT_ATOM_ABOVE);
    XSetWMProtocols(d->x, w->id, &d->atoms[AGENT_ATOM_DELETE], 1);
    hint(w);
}

static void make_input_context(struct agent_window *w)
{
    if (w->display->im && is_managed(w))
        w->ic = XCreateIC(w->display->im, XNInputStyle, XIMPreeditNothing | XIMStatusNothing,
                          XNClientWindow, w->id, XNFocusWindow, w->id, NULL);
    long wanted = 0; /* what the input method has to see as well */
    if (w->ic && !XGetICValues(w->ic, XNFilterEvents, &wanted, NULL))
        XSelectInput(w->display->x, w->id, events | wanted);
}

int agent_window_open(struct agent_window *w, struct agent_display *display,
                      enum agent_window_kind kind)
{
    *w = (struct agent_window){.display = display, .kind = kind, .width = 1, .height = 1};
    w->theme = ds_theme_default(false, DS_TARGET_CUSTOMER);
    w->theme.scale = display->scale;
    w->ui = ds_ui_new(&w->theme);
    if (!w->ui)
        return DS_ENOMEM;
    XSetWindowAttributes attributes = {
        .override_redirect = !is_managed(w),
        .event_mask = events,
        .bit_gravity = NorthWestGravity, /* no flash of empty window when the size changes */
        .background_pixmap = None,
    };
    w->id = XCreateWindow(
        display->x, display->root, 0, 0, 1, 1, 0, CopyFromParent, InputOutput, CopyFromParent,
        CWOverrideRedirect | CWEventMask | CWBitGravity | CWBackPixmap, &attributes);
    w->gc = XCreateGC(display->x, w->id, 0, NULL);
    XSetGraphicsExposures(display->x, w->gc, False);
    describe(w);
    make_input_context(w);
    agent_selection_attach(w);
    if (kind == AGENT_WINDOW_NOTE)
        ds_shape_rectangles(display->xcb, (xcb_window_t)w->id, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT,
                            XCB_CLIP_ORDERING_UNSORTED, NULL, 0);
    if (!is_managed(w))
        ds_ui_event(w->ui, &(struct ds_ui_event){.type = DS_UI_FOCUS_OUT});
    return DS_OK;
}

void agent_window_close(struct agent_window *w)
{
    if (!w->ui)
        return;
    if (w->surface)
        cairo_surface_destroy(w->surface);
    agent_selection_detach(w);
    if (!w->display->is_gone) {
        if (w->ic)
            XDestroyIC(w->ic);
        XFreeGC(w->display->x, w->gc);
        XDestroyWindow(w->display->x, w->id);
    }
    ds_ui_destroy(w->ui);
    *w = (struct agent_window){0};
}

void agent_window_scale(struct agent_window *w, double scale)
{
    if (scale == w->theme.scale)
        return;
    w->theme.scale = scale;
    ds_ui_set_theme(w->ui, &w->theme);
}

void agent_window_place(struct agent_window *w, int x, int y, int width, int height)
{
    struct agent_display *d = w->display;
    bool is_mine = !is_managed(w) || !d->has_manager;
    width = width > 0 ? width : 1;
    height = height > 0 ? height : 1;
    bool is_sized = width != w->natural_width || height != w->natural_height;
    bool is_moved = is_mine && (x != w->x || y != w->y);
    if (!is_sized && (!is_moved || (is_managed(w) && w->is_mapped)))
        return;
    if (is_managed(w)) {
        XSizeHints hints = {.flags = PMinSize | PSize,
                            .min_width = width,
                            .min_height = height,
                            .width = width,
                            .height = height};
        if (w->kind != AGENT_WINDOW_PAGE) { /* beside what the person works on, as they like it */
            hints.flags |= USPosition;
            hints.min_width = width * 3 / 4;
            hints.min_height = height / 2;
        }
        XSetWMNormalHints(d->x, w->id, &hints);
    }
    if (is_mine || (w->kind != AGENT_WINDOW_PAGE && !w->is_mapped)) {
        XMoveResizeWindow(d->x, w->id, x, y, (unsigned)width, (unsigned)height);
        w->x = x;
        w->y = y;
    } else {
        XResizeWindow(d->x, w->id, (unsigned)width, (unsigned)height);
    }
    w->width = w->natural_width = width;
    w->height = w->natural_height = height;
}

/* The window manager gives the keyboard to a new window unless this says that no hand asked for it.
 */
static void say_who_asked(struct agent_window *w)
{
    const struct agent_display *d = w->display;
    const long never = 0;
    if (w->is_by_itself)
        XChangeProperty(d->x, w->id, d->atoms[AGENT_ATOM_USER_TIME], XA_CARDINAL, 32,
                        PropModeReplace, (const unsigned char *)&never, 1);
    else
        XDeleteProperty(d->x, w->id, d->atoms[AGENT_ATOM_USER_TIME]);
}

void agent_window_show(struct agent_window *w)
{
    if (w->is_mapped)
        return;
    if (w->kind == AGENT_WINDOW_TALK || w->kind == AGENT_WINDOW_SHARED)
        say_who_asked(w);
    w->is_mapped = true;
    w->is_touched = true;
    if (is_managed(w))
        XMapRaised(w->display->x, w->id);
    else
        XMapWindow(w->display->x, w->id);
    XRaiseWindow(w->display->x, w->id);
}

void agent_window_hide(struct agent_window *w)
{
    if (!w->is_mapped)
        return;
    w->is_mapped = w->is_seen = w->has_focus = w->has_pointer_focus = false;
    if (is_managed(w))
        XWithdrawWindow(w->display->x, w->id, w->display->screen);
    else
        XUnmapWindow(w->display->x, w->id);
}

void agent_window_grab_focus(struct agent_window *w)
{
    if (w->is_seen)
        XSetInputFocus(w->display->x, w->id, RevertToPointerRoot, CurrentTime);
}

/* ---- Events ---- */

static unsigned mods_of(unsigned state)
{
    return (state & ShiftMask ? DS_UI_SHIFT : 0u) | (state & ControlMask ? DS_UI_CTRL : 0u) |
           (state & Mod1Mask ? DS_UI_ALT : 0u) | (state & Mod4Mask ? DS_UI_SUPER : 0u) |
           (state & LockMask ? DS_UI_CAPS : 0u);
}

static void on_key(struct agent_window *w, XKeyEvent *event)
{
    char text[128];
    KeySym keysym = NoSymbol;
    int n;
    Status status = XLookupBoth;
    if (w->ic)
        n = Xutf8LookupString(w->ic, event, text, sizeof text - 1, &keysym, &status);
    else
        n = XLookupString(event, text, sizeof text - 1, &keysym, NULL);
    if (status == XBufferOverflow)
        n = 0;
    if (!w->ic && n > 0 && (unsigned char)text[0] >= 0x80)
        n = 0; /* Latin 1, not UTF-8 */
    text[n > 0 ? n : 0] = '\0';
    unsigned mods = mods_of(event->state);
    if (keysym == XK_Caps_Lock)
        mods ^= DS_UI_CAPS; /* the state says how it was before */
    if (status != XLookupChars && keysym != NoSymbol)
        ds_ui_event(w->ui, &(struct ds_ui_event){
                               .type = DS_UI_KEY, .keysym = (uint32_t)keysym, .mods = mods});
    if (n > 0 && !(mods & (DS_UI_CTRL | DS_UI_ALT)))
        ds_ui_event(w->ui, &(struct ds_ui_event){.type = DS_UI_TEXT, .text = text});
    explicit_bzero(text, sizeof text);
}

static void on_button(struct agent_window *w, const XButtonEvent *event, bool is_down)
{
    struct ds_ui_event out = {.type = is_down ? DS_UI_PRESS : DS_UI_RELEASE,
                              .x = event->x,
                              .y = event->y,
                              .button = event->button,
                              .mods = mods_of(event->state)};
    if (event->button >= 4 && event->button <= 7) {
        if (!is_down)
            return;
        out.type = DS_UI_WHEEL;
        out.dy = event->button == 4 ? -1 : event->button == 5 ? 1 : 0;
        out.dx = event->button == 6 ? -1 : event->button == 7 ? 1 : 0;
    }
    ds_ui_event(w->ui, &out);
}

static void on_focus(struct agent_window *w, bool has_focus)
{
    w->has_focus = has_focus;
    if (has_focus)
        set_urgent(w, false);
    ds_ui_event(w->ui,
                &(struct ds_ui_event){.type = has_focus || w->has_pointer_focus ? DS_UI_FOCUS_IN
                                                                                : DS_UI_FOCUS_OUT});
    if (w->ic && has_focus)
        XSetICFocus(w->ic);
    else if (w->ic)
        XUnsetICFocus(w->ic);
}

/* Without a window manager the keyboard may follow the pointer, and no focus event says so. */
static void on_crossing(struct agent_window *w, const XCrossingEvent *event)
{
    bool is_in = event->type == EnterNotify;
    bool had = w->has_focus || w->has_pointer_focus;
    w->has_pointer_focus = is_in && event->focus && !w->display->has_manager;
    bool has = w->has_focus || w->has_pointer_focus;
    if (had != has)
        ds_ui_event(w->ui, &(struct ds_ui_event){.type = has ? DS_UI_FOCUS_IN : DS_UI_FOCUS_OUT});
    ds_ui_event(w->ui, &(struct ds_ui_event){.type = is_in ? DS_UI_POINTER : DS_UI_LEAVE,
                                             .x = event->x,
                                             .y = event->y});
}

static void find_place(struct agent_window *w)
{
    Window child;
    unsigned long border[4];
    struct agent_display *d = w->display;
    XTranslateCoordinates(d->x, w->id, d->root, 0, 0, &w->x, &w->y, &child);
    size_t n = agent_display_property(d, w->id, d->atoms[AGENT_ATOM_FRAME_EXTENTS], XA_CARDINAL,
                                      border, 4);
    for (size_t i = 0; i < 4; i++)
        w->border[i] = n == 4 && border[i] < 200 ? (int)border[i] : 0;
}

static void on_configure(struct agent_window *w, const XConfigureEvent *event)
{
    w->width = event->width;
    w->height = event->height;
    if (is_managed(w))
        find_place(w);
}

static void on_map(struct agent_window *w)
{
    w->is_seen = true;
    if (!is_managed(w))
        return;
    find_place(w);
    if (!w->display->has_manager && (w->kind != AGENT_WINDOW_SHARED || !w->is_by_itself))
        XSetInputFocus(w->display->x, w->id, RevertToPointerRoot, CurrentTime);
}

/* Sends a part of the surface to the server. */
static void send_pixels(struct agent_window *w, int x, int y, int width, int height)
{
    Display *display = w->display->x;
    if (!w->surface || w->display->is_gone)
        return;
    int most_x = cairo_image_surface_get_width(w->surface);
    int most_y = cairo_image_surface_get_height(w->surface);
    width = x + width > most_x ? most_x - x : width;
    height = y + height > most_y ? most_y - y : height;
    XImage image = {
        .width = most_x,
        .height = most_y,
        .format = ZPixmap,
        .data = (char *)cairo_image_surface_get_data(w->surface),
        .byte_order = BYTE_ORDER == LITTLE_ENDIAN ? LSBFirst : MSBFirst,
        .bitmap_unit = 32,
        .bitmap_bit_order = BYTE_ORDER == LITTLE_ENDIAN ? LSBFirst : MSBFirst,
        .bitmap_pad = 32,
        .depth = w->display->depth,
        .bytes_per_line = cairo_image_surface_get_stride(w->surface),
        .bits_per_pixel = 32,
    };
    if (width > 0 && height > 0 && XInitImage(&image))
        XPutImage(display, w->id, w->gc, &image, x, y, x, y, (unsigned)width, (unsigned)height);
}

bool agent_window_event(struct agent_window *w, XEvent *event)
{
    if (!w->ui || event->xany.window != w->id)
        return false;
    if (agent_selection_event(w, event)) {
        w->is_touched = true;
        return true;
    }
    bool is_drawn_only = false;
    switch (event->type) {
    case KeyPress:
        on_key(w, &event->xkey);
        break;
    case ButtonPress:
    case ButtonRelease:
        on_button(w, &event->xbutton, event->type == ButtonPress);
        break;
    case MotionNotify:
        ds_ui_event(w->ui, &(struct ds_ui_event){.type = DS_UI_POINTER,
                                                 .x = event->xmotion.x,
                                                 .y = event->xmotion.y});
        break;
    case EnterNotify:
    case LeaveNotify:
        on_crossing(w, &event->xcrossing);
        break;
    case FocusIn:
    case FocusOut:
        if (event->xfocus.mode != NotifyGrab && event->xfocus.mode != NotifyUngrab &&
            event->xfocus.detail != NotifyPointer)
            on_focus(w, event->type == FocusIn);
        break;
    case ConfigureNotify:
        on_configure(w, &event->xconfigure);
        break;
    case MapNotify:
        on_map(w);
        break;
    case UnmapNotify:
        w->is_seen = false;
        break;
    case PropertyNotify:
        if (event->xproperty.atom == w->display->atoms[AGENT_ATOM_FRAME_EXTENTS])
            find_place(w);
        is_drawn_only = true;
        break;
    case VisibilityNotify:
        w->is_covered = event->xvisibility.state == VisibilityFullyObscured;
        w->raise.is_due =
            !is_managed(w) && w->is_mapped && event->xvisibility.state != VisibilityUnobscured;
        is_drawn_only = w->kind != AGENT_WINDOW_TALK; /* what it shows may now be seen */
        break;
    case Expose:
        send_pixels(w, event->xexpose.x, event->xexpose.y, event->xexpose.width,
                    event->xexpose.height);
        is_drawn_only = true;
        break;
    case ClientMessage:
        w->wants_close |= (Atom)event->xclient.data.l[0] == w->display->atoms[AGENT_ATOM_DELETE];
        break;
    default:
        break;
    }
    w->is_touched |= !is_drawn_only;
    return true;
}

/* ---- Drawing ---- */

static bool fit_surface(struct agent_window *w)
{
    if (w->surface && cairo_image_surface_get_width(w->surface) == w->width &&
        cairo_image_surface_get_height(w->surface) == w->height)
        return true;
    if (w->surface)
        cairo_surface_destroy(w->surface);
    w->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, w->width, w->height);
    if (cairo_surface_status(w->surface) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(w->surface);
        w->surface = NULL;
        return false;
    }
    ds_ui_invalidate(w->ui);
    return true;
}

void agent_window_paint(struct agent_window *w)
{
    cairo_rectangle_int_t box;
    if (!w->is_mapped || !fit_surface(w) || !ds_ui_damage(w->ui, &box))
        return;
    cairo_t *cr = cairo_create(w->surface);
    ds_ui_paint(w->ui, cr);
    cairo_destroy(cr);
    cairo_surface_flush(w->surface);
    send_pixels(w, box.x, box.y, box.width, box.height);
    if (w->cursor != ds_ui_cursor(w->ui)) {
        w->cursor = ds_ui_cursor(w->ui);
        XDefineCursor(w->display->x, w->id, w->display->cursors[w->cursor]);
    }
}

bool agent_window_covers(const struct agent_window *w, int x, int y)
{
    return w->is_mapped && w->kind != AGENT_WINDOW_NOTE && x >= w->x - w->border[0] &&
           y >= w->y - w->border[2] && x < w->x + w->width + w->border[1] &&
           y < w->y + w->height + w->border[3];
}
