/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's hand with a drawing tool on the picture, and the echo of what it drew. */
#include "viewer/viewer_priv.h"

#include "common/ui/text.h"
#include "viewer/panels/desk.h"

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

static void damage(struct viewer *v, struct ds_rect window)
{
    v->screen.paints_notes = viewer_notes_any(&v->notes);
    if (!ds_rect_is_empty(window))
        viewer_screen_damage(&v->screen, window);
}

/* ---- the hand ---- */

static void begin(struct viewer *v, int x, int y)
{
    struct ds_note like;
    int px, py;
    if (!viewer_desk_tool(&v->panels, &like) ||
        !viewer_view_to_picture(&v->screen.view, x, y, &px, &py))
        return;
    like.width = (uint16_t)v->screen.view.picture_width;
    like.height = (uint16_t)v->screen.view.picture_height;
    damage(v, viewer_notes_begin(&v->notes, &v->screen.view, &like, px, py));
}

static void move(struct viewer *v, int x, int y)
{
    int px, py;
    viewer_view_to_picture(&v->screen.view, x, y, &px, &py);
    damage(v, viewer_notes_move(&v->notes, &v->screen.view, px, py));
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
        return;
    }
    if (order)
        order->letter.destroy(&order->letter);
    v->notes.draft.count = 0;
    viewer_screen_damage_all(&v->screen);
    damage(v, (struct ds_rect){0});
}

bool viewer_drawing_event(struct viewer *v, const SDL_Event *event)
{
    bool is_drawing = viewer_notes_is_drawing(&v->notes);
    switch (event->type) {
    case SDL_MOUSEBUTTONDOWN:
        v->router.x = event->button.x;
        v->router.y = event->button.y;
        if (event->button.button != SDL_BUTTON_LEFT || is_drawing || v->router.pointer.buttons ||
            !viewer_desk_draws(&v->panels) || !viewer_router_over_picture(&v->router))
            return false;
        begin(v, event->button.x, event->button.y);
        return true;
    case SDL_MOUSEBUTTONUP:
        if (event->button.button != SDL_BUTTON_LEFT || !is_drawing)
            return false;
        end(v);
        return true;
    case SDL_MOUSEMOTION:
        if (!is_drawing)
            return false;
        v->router.x = event->motion.x;
        v->router.y = event->motion.y;
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

ds_tick viewer_drawing_tick(struct viewer *v)
{
    ds_tick next = 0;
    if (v->notes.count > 0)
        damage(v, viewer_notes_tick(&v->notes, &v->screen.view, ds_clock_now(), &next));
    return next;
}
