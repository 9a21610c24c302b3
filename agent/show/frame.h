/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The coloured frame round the screen, exactly 3 device pixels at every scale: what is drawn here
 * is part of the captured picture. Lets all input through. */
#ifndef AGENT_SHOW_FRAME_H
#define AGENT_SHOW_FRAME_H

#include "agent/show/display.h"

#include <stdint.h>

enum { AGENT_FRAME_WIDTH = 3 };

struct agent_frame {
    struct agent_display *display; /* borrowed */
    Window id;
    uint32_t color; /* 0xRRGGBB shown */
    bool is_mapped;
    struct agent_raise raise;
};

void agent_frame_open(struct agent_frame *frame, struct agent_display *display);
void agent_frame_close(struct agent_frame *frame);
/* Shows it in that colour, or recolours. */
void agent_frame_show(struct agent_frame *frame, uint32_t color);
void agent_frame_hide(struct agent_frame *frame);
/* The screen's size changed. */
void agent_frame_resize(struct agent_frame *frame);
bool agent_frame_event(struct agent_frame *frame, const XEvent *event);

#endif
