/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's hand with a drawing tool on the picture, and the echo of what it drew. */
#include "viewer/viewer_priv.h"

#include "viewer/panels/draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void paint(void *ctx, cairo_t *cr)
{
    struct viewer *v = ctx;
    viewer_notes_paint(&v->notes, &v->screen.view, cr);
}

void viewer_drawing_init(struct viewer *v)
{
    v->screen.paint_notes = paint;
    v->screen.ctx = v;
}

void viewer_drawing_destroy(struct viewer *v)
{
    viewer_notes_destroy(&v->notes);
    viewer_hand_cursor_destroy(&v->hand_cursor);
}

SDL_Cursor *viewer_drawing_cursor(struct viewer *v)
{
    struct ds_note like;
    viewer_draw_with(&v->panels, &like);
    return viewer_hand_cursor_get(&v->hand_cursor, viewer_draw_icon(&v->panels), like.color,
                                  ds_ui_theme(v->ui)->scale);
}

static void damage(struct viewer *v, struct ds_rect window)
{
    v->screen.paints_notes = viewer_notes_any(&v->notes);
    if (!ds_rect_is_empty(window))
        viewer_screen_damage(&v->screen, window);
}

/* ---- the laser pointer ---- */

#define LASER_TICK (16 * DS_MS)  /* a movement is told no more often */
#define LASER_SAYS (500 * DS_MS) /* that it is still there: well below DS_TRAIL_HOLDS */

static void tell_laser(struct viewer *v, bool on)
{
    struct viewer_laser *laser = &v->laser;
    struct viewer_order *order = viewer_order_new(VIEWER_ORDER_LASER);
    if (order) {
        order->of.input = (struct ds_input){.type = DS_INPUT_LASER,
                                            .x = (uint16_t)laser->x,
                                            .y = (uint16_t)laser->y,
                                            .color = laser->color,
                                            .down = on};
        viewer_line_order(v->line, order);
    }
    laser->is_due = false;
    laser->told_at = ds_clock_now();
}

/* Positions beyond the picture mean its edge. */
static void point_laser(struct viewer *v, int x, int y)
{
    const struct viewer_view *view = &v->screen.view;
    struct viewer_laser *laser = &v->laser;
    viewer_view_to_picture(view, x, y, &x, &y);
    x = x < 0 ? 0 : x >= view->picture_width ? view->picture_width - 1 : x;
    y = y < 0 ? 0 : y >= view->picture_height ? view->picture_height - 1 : y;
    laser->is_due |= x != laser->x || y != laser->y;
    laser->x = x;
    laser->y = y;
}

static void begin_laser(struct viewer *v, uint32_t color, int x, int y)
{
    v->laser = (struct viewer_laser){.is_held = true, .color = color};
    point_laser(v, x, y);
    tell_laser(v, true);
}

static void end_laser(struct viewer *v)
{
    if (v->laser.is_held)
        tell_laser(v, false);
    v->laser.is_held = false;
}

/* When to come again, 0: need not. */
static ds_tick tick_laser(struct viewer *v)
{
    struct viewer_laser *laser = &v->laser;
    ds_tick now = ds_clock_now();
    if (laser->is_held && !viewer_draw_is_on(&v->panels))
        end_laser(v);
    if (!laser->is_held)
        return 0;
    if (now >= laser->told_at + (laser->is_due ? LASER_TICK : LASER_SAYS))
        tell_laser(v, true);
    return laser->told_at + (laser->is_due ? LASER_TICK : LASER_SAYS);
}

/* ---- the hand ---- */

static void begin(struct viewer *v, int x, int y)
{
    const struct viewer_view *view = &v->screen.view;
    struct ds_note like;
    int px, py;
    viewer_draw_with(&v->panels, &like);
    if (!viewer_view_to_picture(view, x, y, &px, &py))
        return;
    if (like.tool == DS_NOTE_LASER) {
        begin_laser(v, like.color, x, y);
        return;
    }
    like.monitor = v->panels.model.layout.monitor;
    like.width = (uint16_t)view->picture_width;
    like.height = (uint16_t)view->picture_height;
    damage(v, viewer_notes_begin(&v->notes, view, &like, px, py));
    if (like.tool == DS_NOTE_TEXT) {
        viewer_draw_write_at(&v->panels, x, y);
        v->ui_due = true;
    }
}

static void move(struct viewer *v, int x, int y)
{
    int px, py;
    viewer_view_to_picture(&v->screen.view, x, y, &px, &py);
    damage(v, viewer_notes_move(&v->notes, &v->screen.view, px, py));
}

static void drop(struct viewer *v)
{
    v->notes.draft.count = 0;
    viewer_screen_damage_all(&v->screen);
    damage(v, (struct ds_rect){0});
}

static void end(struct viewer *v)
{
    struct viewer_order *order = viewer_order_new(VIEWER_ORDER_NOTE);
    bool is_note = viewer_notes_end(&v->notes);
    if (is_note && order)
        order->of.note = malloc(sizeof(*order->of.note));
    if (is_note && order && order->of.note) {
        *order->of.note = v->notes.draft;
        viewer_line_order(v->line, order);
        viewer_screen_damage_all(&v->screen); /* without a caret */
        return;
    }
    if (order)
        order->letter.destroy(&order->letter);
    drop(v);
}

/* ---- text ---- */

static void end_writing(struct viewer *v, bool is_kept)
{
    v->panels.writing = VIEWER_NOT_WRITING;
    if (!viewer_notes_is_writing(&v->notes))
        return;
    if (is_kept)
        end(v);
    else
        drop(v);
}

/* The draft shows what is in the edit, and what an input method composes at its caret. */
static void follow_writing(struct viewer *v)
{
    const struct ds_edit *edit = &v->panels.note_edit;
    const char *composed = ds_ui_composed(v->ui);
    char text[2 * DS_NOTE_TEXT_MAX];
    if (v->panels.writing == VIEWER_WRITTEN || v->panels.writing == VIEWER_WRITING_DROPPED)
        end_writing(v, v->panels.writing == VIEWER_WRITTEN);
    if (!viewer_notes_is_writing(&v->notes))
        return;
    snprintf(text, sizeof(text), "%.*s%s%s", (int)edit->caret, edit->text, composed,
             edit->text + edit->caret);
    damage(v, viewer_notes_write(&v->notes, &v->screen.view, text, edit->caret + strlen(composed)));
}

/* ---- events ---- */

static bool on_press(struct viewer *v, const SDL_MouseButtonEvent *button)
{
    bool is_busy = v->laser.is_held ||
                   (viewer_notes_is_drawing(&v->notes) && !viewer_notes_is_writing(&v->notes));
    v->router.x = button->x;
    v->router.y = button->y;
    if (button->button != SDL_BUTTON_LEFT || is_busy || v->router.pointer.buttons ||
        !viewer_draw_is_on(&v->panels) || !viewer_router_over_picture(&v->router))
        return false;
    end_writing(v, true);
    begin(v, button->x, button->y);
    return true;
}

bool viewer_drawing_event(struct viewer *v, const SDL_Event *event)
{
    bool is_drawing = viewer_notes_is_drawing(&v->notes) && !viewer_notes_is_writing(&v->notes);
    switch (event->type) {
    case SDL_MOUSEBUTTONDOWN:
        return on_press(v, &event->button);
    case SDL_MOUSEBUTTONUP:
        if (event->button.button != SDL_BUTTON_LEFT || !(is_drawing || v->laser.is_held))
            return false;
        if (v->laser.is_held)
            end_laser(v);
        else
            end(v);
        return true;
    case SDL_MOUSEMOTION:
        if (!(is_drawing || v->laser.is_held))
            return false;
        v->router.x = event->motion.x;
        v->router.y = event->motion.y;
        if (v->laser.is_held)
            point_laser(v, event->motion.x, event->motion.y);
        else
            move(v, event->motion.x, event->motion.y);
        return true;
    default:
        return false;
    }
}

/* ---- what the net thread tells ---- */

void viewer_drawing_notice(struct viewer *v, const struct viewer_notice *notice)
{
    struct ds_note *copy;
    switch (notice->letter.kind) {
    case VIEWER_NOTICE_NOTE:
        copy = notice->of.note ? malloc(sizeof(*copy)) : NULL;
        if (!copy)
            return; /* the customer's screen shows it all the same */
        *copy = *notice->of.note;
        damage(v, viewer_notes_echo(&v->notes, &v->screen.view, copy));
        break;
    case VIEWER_NOTICE_NOTE_SHOWN:
        viewer_notes_shown(&v->notes, notice->of.notes.id, notice->of.notes.update, ds_clock_now());
        break;
    default:
        damage(v, viewer_notes_gone(&v->notes, &v->screen.view, notice->of.notes.id,
                                    notice->of.notes.all));
        break;
    }
}

void viewer_drawing_updated(struct viewer *v, const struct ds_fresh *fresh)
{
    if (v->notes.count == 0 || fresh->ack_count == 0)
        return;
    damage(v, viewer_notes_updated(&v->notes, &v->screen.view, fresh->acks[fresh->ack_count - 1].id,
                                   &fresh->region));
}

void viewer_drawing_layout(struct viewer *v)
{
    const struct viewer_model *model = &v->panels.model;
    if (model->has_layout && viewer_notes_any(&v->notes))
        damage(v, viewer_notes_layout(&v->notes, &v->screen.view, model->layout.monitor,
                                      (int)model->layout.width, (int)model->layout.height));
}

ds_tick viewer_drawing_tick(struct viewer *v)
{
    ds_tick next = 0, laser = tick_laser(v);
    follow_writing(v);
    if (v->notes.count > 0)
        damage(v, viewer_notes_tick(&v->notes, &v->screen.view, ds_clock_now(), &next));
    return next == 0 || (laser != 0 && laser < next) ? laser : next;
}
