/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/seat.h"

#include <string.h>

void viewer_seat_focus_in(struct viewer_seat *seat, unsigned window)
{
    seat->focus = window;
    seat->typing = 0;
    seat->keymap_due = true;
}

void viewer_seat_focus_out(struct viewer_seat *seat)
{
    seat->focus = seat->typing = 0;
    seat->keymap_due = false;
}

void viewer_seat_keymap(struct viewer_seat *seat, const uint8_t down[VIEWER_SEAT_KEYS])
{
    if (seat->keymap_due)
        memcpy(seat->held, down, sizeof(seat->held));
    seat->keymap_due = false;
}

void viewer_seat_other(struct viewer_seat *seat)
{
    seat->keymap_due = false;
}

bool viewer_seat_press(struct viewer_seat *seat, unsigned window, unsigned keycode)
{
    bool is_held = keycode / 8 < VIEWER_SEAT_KEYS && seat->held[keycode / 8] & 1u << keycode % 8;
    seat->keymap_due = false;
    seat->typing = is_held ? 0 : window;
    return !is_held && window != 0;
}

void viewer_seat_release(struct viewer_seat *seat, unsigned keycode)
{
    seat->keymap_due = false;
    if (keycode / 8 < VIEWER_SEAT_KEYS)
        seat->held[keycode / 8] &= (uint8_t) ~(1u << keycode % 8);
}
