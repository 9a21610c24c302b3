/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's pointer, the customer's hand, and drawings that the picture does not have yet. */
#include "agent/share/canvas_priv.h"

#include "common/base/error.h"
#include "common/picture/shape.h"

#include <stdlib.h>
#include <string.h>

/* ---- the rep's pointer ---- */

int agent_canvas_cursor(struct agent_canvas *c, const struct ds_cursor_message *m)
{
    struct ds_rect before = agent_canvas_pointer_box(c);
    if (m->type == DS_CURSOR_SHAPE) {
        uint32_t *argb = ds_shape_unpack(m);
        if (!argb)
            return DS_EPROTO;
        free(c->shapes[m->id].argb);
        c->shapes[m->id] =
            (struct agent_canvas_shape){m->width, m->height, m->hot_x, m->hot_y, argb};
    }
    if (m->type == DS_CURSOR_SHAPE || m->type == DS_CURSOR_USE)
        c->shape = m->id;
    if (m->type == DS_CURSOR_POSITION) {
        c->x = m->x;
        c->y = m->y;
        c->is_visible = m->visible;
    }
    agent_canvas_damage(c, before);
    agent_canvas_damage(c, agent_canvas_pointer_box(c));
    agent_canvas_fresh(c);
    return DS_OK;
}

/* ---- echoes ---- */

void agent_canvas_forget(struct agent_canvas *c, size_t i)
{
    agent_canvas_damage(c, agent_canvas_note_box(c, c->echoes[i].note));
    free(c->echoes[i].note);
    memmove(c->echoes + i, c->echoes + i + 1, (--c->echo_count - i) * sizeof(c->echoes[0]));
}

void agent_canvas_echo(struct agent_canvas *c, const struct ds_note *note)
{
    struct ds_note *copy = c->echo_count < AGENT_CANVAS_ECHOES ? malloc(sizeof(*copy)) : NULL;
    if (!copy)
        return;
    *copy = *note;
    c->echoes[c->echo_count++] = (struct agent_canvas_echo){.note = copy};
    agent_canvas_damage(c, agent_canvas_note_box(c, copy));
    agent_canvas_fresh(c);
}

void agent_canvas_note_shown(struct agent_canvas *c, uint32_t id, uint32_t update)
{
    for (size_t i = 0; i < c->echo_count; i++) {
        if (c->echoes[i].note->id == id) {
            c->echoes[i].is_shown = true;
            c->echoes[i].update = update;
        }
    }
}

void agent_canvas_note_gone(struct agent_canvas *c, uint32_t id, bool all)
{
    for (size_t i = c->echo_count; i-- > 0;)
        if (c->echoes[i].note->id == id || (all && c->echoes[i].note->id < id))
            agent_canvas_forget(c, i);
    agent_canvas_fresh(c);
}

/* ---- the hand ---- */

void agent_canvas_tool(struct agent_canvas *c, enum ds_note_tool tool)
{
    static const uint16_t cross = 34, arrow = 68; /* XC_crosshair, XC_left_ptr of the cursor font */
    xcb_connection_t *conn = c->display.conn;
    if (c->tool == tool)
        return;
    c->tool = tool;
    c->is_drawing = false;
    xcb_font_t font = xcb_generate_id(conn);
    xcb_cursor_t cursor = xcb_generate_id(conn);
    uint16_t glyph = tool ? cross : arrow;
    xcb_open_font(conn, font, 6, "cursor");
    xcb_create_glyph_cursor(conn, cursor, font, font, glyph, (uint16_t)(glyph + 1), 0, 0, 0, 0xffff,
                            0xffff, 0xffff);
    xcb_change_window_attributes(conn, c->window, XCB_CW_CURSOR, &cursor);
    xcb_free_cursor(conn, cursor);
    xcb_close_font(conn, font);
    xcb_flush(conn);
}

static struct ds_note_point point_at(const struct agent_canvas *c, int x, int y)
{
    double px = (x - c->at_x) / c->scale, py = (y - c->at_y) / c->scale;
    px = px < 0 ? 0 : px > c->picture_w - 1 ? c->picture_w - 1 : px;
    py = py < 0 ? 0 : py > c->picture_h - 1 ? c->picture_h - 1 : py;
    return (struct ds_note_point){(uint16_t)px, (uint16_t)py};
}

static void begin(struct agent_canvas *c, int x, int y)
{
    c->hand = (struct ds_note){.id = 1, /* any: the list gives it its own */
                               .tool = (uint8_t)c->tool,
                               .color = DS_NOTE_COLOR,
                               .monitor = 0xff,
                               .width = (uint16_t)c->picture_w,
                               .height = (uint16_t)c->picture_h,
                               .count = 1};
    c->hand.points[0] = point_at(c, x, y);
    c->is_drawing = true;
}

static void go_on(struct agent_canvas *c, int x, int y)
{
    struct ds_note *hand = &c->hand;
    struct ds_note_point point = point_at(c, x, y);
    agent_canvas_damage(c, agent_canvas_note_box(c, hand));
    bool is_line = hand->tool == DS_NOTE_PEN;
    if (is_line && hand->count < DS_NOTE_POINTS_MAX) {
        hand->points[hand->count++] = point;
        if (!ds_note_is_valid(hand)) /* it is as long as it may be */
            hand->count--;
    } else if (!is_line) {
        hand->points[1] = point;
        hand->count = 2;
    }
    agent_canvas_damage(c, agent_canvas_note_box(c, hand));
}

static void finish(struct agent_canvas *c)
{
    agent_canvas_damage(c, agent_canvas_note_box(c, &c->hand));
    c->is_drawing = false;
    if (ds_note_is_valid(&c->hand))
        c->events->on_draw(c->ctx, &c->hand);
}

bool agent_canvas_hand(struct agent_canvas *c, const xcb_generic_event_t *event)
{
    const xcb_button_press_event_t *press = (const void *)event;
    const xcb_motion_notify_event_t *motion = (const void *)event;
    if (c->tool == 0 || c->picture_w == 0)
        return false;
    switch (event->response_type & 0x7f) {
    case XCB_BUTTON_PRESS:
        if (press->detail != 1)
            return false;
        begin(c, press->event_x, press->event_y);
        return true;
    case XCB_MOTION_NOTIFY:
        if (c->is_drawing)
            go_on(c, motion->event_x, motion->event_y);
        return true;
    case XCB_BUTTON_RELEASE:
        if (c->is_drawing && press->detail == 1)
            finish(c);
        return true;
    default:
        return false;
    }
}
