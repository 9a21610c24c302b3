/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/show/frame.h"

#include "common/x11/shape.h"

static unsigned long scaled(uint32_t value, unsigned long mask)
{
    unsigned shift = 0, bits = 0;
    while (mask && !(mask >> shift & 1))
        shift++;
    while (mask >> shift >> bits & 1)
        bits++;
    return bits <= 8 ? (unsigned long)(value >> (8 - bits)) << shift
                     : (unsigned long)value << (bits - 8) << shift;
}

static unsigned long pixel_of(const struct agent_display *d, uint32_t color)
{
    const Visual *visual = DefaultVisual(d->x, d->screen);
    return scaled(color >> 16 & 0xff, visual->red_mask) |
           scaled(color >> 8 & 0xff, visual->green_mask) | scaled(color & 0xff, visual->blue_mask);
}

void agent_frame_open(struct agent_frame *frame, struct agent_display *display)
{
    *frame = (struct agent_frame){.display = display};
    XSetWindowAttributes attributes = {.override_redirect = True,
                                       .event_mask = VisibilityChangeMask};
    frame->id = XCreateWindow(display->x, display->root, 0, 0, (unsigned)display->width,
                              (unsigned)display->height, 0, CopyFromParent, InputOutput,
                              CopyFromParent, CWOverrideRedirect | CWEventMask, &attributes);
    XStoreName(display->x, frame->id, "Deskside frame");
    agent_frame_resize(frame);
}

void agent_frame_close(struct agent_frame *frame)
{
    if (frame->id && !frame->display->is_gone)
        XDestroyWindow(frame->display->x, frame->id);
    *frame = (struct agent_frame){0};
}

void agent_frame_resize(struct agent_frame *frame)
{
    struct agent_display *d = frame->display;
    const uint16_t width = (uint16_t)d->width, height = (uint16_t)d->height,
                   thick = AGENT_FRAME_WIDTH;
    const xcb_rectangle_t sides[] = {
        {0, 0, width, thick},
        {0, (int16_t)(height - thick), width, thick},
        {0, thick, thick, (uint16_t)(height - 2 * thick)},
        {(int16_t)(width - thick), thick, thick, (uint16_t)(height - 2 * thick)},
    };
    XResizeWindow(d->x, frame->id, width, height);
    ds_shape_rectangles(d->xcb, (xcb_window_t)frame->id, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_BOUNDING,
                        XCB_CLIP_ORDERING_UNSORTED, sides, 4);
    ds_shape_rectangles(d->xcb, (xcb_window_t)frame->id, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT,
                        XCB_CLIP_ORDERING_UNSORTED, NULL, 0);
}

void agent_frame_show(struct agent_frame *frame, uint32_t color)
{
    Display *x = frame->display->x;
    if (!frame->is_mapped || color != frame->color) {
        frame->color = color;
        XSetWindowBackground(x, frame->id, pixel_of(frame->display, color));
        XClearWindow(x, frame->id);
    }
    if (!frame->is_mapped)
        XMapRaised(x, frame->id);
    frame->is_mapped = true;
}

void agent_frame_hide(struct agent_frame *frame)
{
    if (frame->is_mapped)
        XUnmapWindow(frame->display->x, frame->id);
    frame->is_mapped = false;
}

bool agent_frame_event(struct agent_frame *frame, const XEvent *event)
{
    if (event->xany.window != frame->id)
        return false;
    if (event->type == VisibilityNotify)
        frame->raise.is_due = frame->is_mapped && event->xvisibility.state != VisibilityUnobscured;
    return true;
}
