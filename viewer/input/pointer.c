/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/pointer.h"

#define NOTCHES_MAX 20 /* of one wheel event; a flick of a free wheel gives about ten */

static void send(struct viewer_pointer *p, uint8_t buttons)
{
    struct ds_input input = {
        .type = DS_INPUT_POINTER, .x = (uint16_t)p->x, .y = (uint16_t)p->y, .buttons = buttons};
    p->moved = true;
    p->emit(p->ctx, &input);
}

bool viewer_pointer_move(struct viewer_pointer *p, const struct viewer_view *view, int x, int y)
{
    int px, py;
    bool inside = viewer_view_to_picture(view, x, y, &px, &py);
    if ((!inside && p->buttons == 0) || view->picture_width == 0)
        return false;
    if (p->moved && px == p->x && py == p->y)
        return true;
    p->x = px;
    p->y = py;
    send(p, p->buttons);
    return true;
}

bool viewer_pointer_button(struct viewer_pointer *p, const struct viewer_view *view, int x, int y,
                           uint8_t button, bool down)
{
    int px, py;
    bool inside = viewer_view_to_picture(view, x, y, &px, &py);
    if (down ? !inside : !(p->buttons & button))
        return false;
    p->x = px;
    p->y = py;
    p->buttons = (uint8_t)(down ? p->buttons | button : p->buttons & ~button);
    send(p, p->buttons);
    return true;
}

static void notches(struct viewer_pointer *p, int n, uint8_t forward, uint8_t backward)
{
    uint8_t bit = n > 0 ? forward : backward;
    n = n < 0 ? -n : n;
    for (int i = 0; i < n && i < NOTCHES_MAX; i++) {
        send(p, (uint8_t)(p->buttons | bit));
        send(p, p->buttons);
    }
}

bool viewer_pointer_wheel(struct viewer_pointer *p, const struct viewer_view *view, int x, int y,
                          int dx, int dy)
{
    int px, py;
    if (!viewer_view_to_picture(view, x, y, &px, &py))
        return false;
    p->x = px;
    p->y = py;
    notches(p, dy, VIEWER_WHEEL_UP, VIEWER_WHEEL_DOWN);
    notches(p, dx, VIEWER_WHEEL_RIGHT, VIEWER_WHEEL_LEFT);
    return true;
}

void viewer_pointer_forget(struct viewer_pointer *p)
{
    p->buttons = 0;
    p->moved = false;
}
