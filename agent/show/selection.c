/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copy and paste for the text fields of a window, by the X selections (ICCCM 2). */
#include "agent/show/window.h"

#include "common/base/text.h"

#include <X11/Xatom.h>
#include <stdlib.h>
#include <string.h>

enum { PASTE_MAX = 4095 };

static Atom selection_of(const struct agent_window *w, bool primary)
{
    return primary ? XA_PRIMARY : w->display->atoms[AGENT_ATOM_CLIPBOARD];
}

static void forget(char **text)
{
    if (*text)
        explicit_bzero(*text, strlen(*text));
    free(*text);
    *text = NULL;
}

static void put(void *ctx, const char *text, bool primary)
{
    struct agent_window *w = ctx;
    char *copy = strdup(text);
    if (!copy)
        return;
    forget(&w->copied[primary]);
    w->copied[primary] = copy;
    XSetSelectionOwner(w->display->x, selection_of(w, primary), w->id, CurrentTime);
}

static void ask(void *ctx, bool primary)
{
    struct agent_window *w = ctx;
    XConvertSelection(w->display->x, selection_of(w, primary), w->display->atoms[AGENT_ATOM_UTF8],
                      w->display->atoms[AGENT_ATOM_PASTED], w->id, CurrentTime);
}

void agent_selection_attach(struct agent_window *w)
{
    const struct ds_ui_host host = {.clipboard_put = put, .clipboard_ask = ask, .ctx = w};
    ds_ui_set_host(w->ui, &host);
}

void agent_selection_detach(struct agent_window *w)
{
    forget(&w->copied[0]);
    forget(&w->copied[1]);
}

/* Another program wants what was copied here. */
static void answer(struct agent_window *w, const XSelectionRequestEvent *request)
{
    struct agent_display *d = w->display;
    const char *text = w->copied[request->selection == XA_PRIMARY];
    Atom property = request->property ? request->property : request->target;
    XSelectionEvent reply = {.type = SelectionNotify,
                             .requestor = request->requestor,
                             .selection = request->selection,
                             .target = request->target,
                             .property = property,
                             .time = request->time};
    Atom targets[] = {d->atoms[AGENT_ATOM_TARGETS], d->atoms[AGENT_ATOM_UTF8]};
    if (request->target == d->atoms[AGENT_ATOM_TARGETS])
        XChangeProperty(d->x, request->requestor, property, XA_ATOM, 32, PropModeReplace,
                        (unsigned char *)targets, 2);
    else if (request->target == d->atoms[AGENT_ATOM_UTF8] && text)
        XChangeProperty(d->x, request->requestor, property, request->target, 8, PropModeReplace,
                        (const unsigned char *)text, (int)strlen(text));
    else
        reply.property = None;
    XSendEvent(d->x, request->requestor, False, 0, (XEvent *)&reply);
}

static void take(struct agent_window *w, const XSelectionEvent *event)
{
    struct agent_display *d = w->display;
    Atom type;
    int format;
    unsigned long n = 0, after;
    unsigned char *data = NULL;
    if (event->property == None)
        return;
    int status = XGetWindowProperty(d->x, w->id, event->property, 0, (PASTE_MAX + 4) / 4, True,
                                    AnyPropertyType, &type, &format, &n, &after, &data);
    /* A text too long for a field comes as INCR, of another type: nothing is pasted. */
    if (status == Success && type == d->atoms[AGENT_ATOM_UTF8] && format == 8 && data &&
        n <= PASTE_MAX && ds_text_is_utf8((const char *)data, n))
        ds_ui_event(w->ui, &(struct ds_ui_event){.type = DS_UI_PASTE, .text = (const char *)data});
    if (data)
        XFree(data);
}

bool agent_selection_event(struct agent_window *w, XEvent *event)
{
    switch (event->type) {
    case SelectionRequest:
        answer(w, &event->xselectionrequest);
        return true;
    case SelectionNotify:
        take(w, &event->xselection);
        return true;
    case SelectionClear:
        forget(&w->copied[event->xselectionclear.selection == XA_PRIMARY]);
        return true;
    default:
        return false;
    }
}
