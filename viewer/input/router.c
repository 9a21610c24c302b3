/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/router.h"

#include <SDL_syswm.h>
#include <X11/Xlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#define CHORD_MODS (DS_UI_CTRL | DS_UI_ALT | DS_UI_SHIFT)
#define FAR_AWAY (-100000.0) /* on no widget: what covers this covers all */

/* ---- to the kit ---- */

static void ui_event(struct viewer_router *r, struct ds_ui_event event)
{
    event.mods = r->mods;
    ds_ui_event(r->ui, &event);
    r->touched = true;
}

static void emit_local(void *ctx, const struct ds_input *input)
{
    struct viewer_router *r = ctx;
    if (input->type == DS_INPUT_KEY && input->down)
        ui_event(r, (struct ds_ui_event){.type = DS_UI_KEY, .keysym = input->keysym});
}

static bool ui_covers(const struct viewer_router *r, int x, int y)
{
    return !r->picture || ds_ui_covers(r->ui, x, y);
}

bool viewer_router_is_modal(const struct viewer_router *r)
{
    return ds_ui_covers(r->ui, FAR_AWAY, FAR_AWAY);
}

static bool keys_go_out(const struct viewer_router *r)
{
    return r->control && r->picture && !r->ui_keys && !viewer_router_is_modal(r);
}

bool viewer_router_is_remote(const struct viewer_router *r)
{
    return keys_go_out(r) && !r->ui_hovered && !r->ui_pressed;
}

/* ---- life ---- */

void viewer_router_init(struct viewer_router *r, struct ds_ui *ui, struct viewer_keymap *keymap,
                        const struct viewer_view *view, viewer_input_emit *emit, void *ctx)
{
    *r = (struct viewer_router){
        .ui = ui, .keymap = keymap, .view = view, .ctx = ctx, .ui_has_keys = true};
    r->remote.emit = r->pointer.emit = emit;
    r->remote.ctx = r->pointer.ctx = ctx;
    r->local.emit = emit_local;
    r->local.ctx = r;
}

void viewer_router_release(struct viewer_router *r)
{
    r->motion_waits = false;
    if (r->control && (viewer_keys_any(&r->remote) || r->pointer.buttons))
        viewer_keys_release_all(&r->remote);
    memset(r->remote.down, 0, sizeof(r->remote.down));
    memset(r->local.down, 0, sizeof(r->local.down));
    r->remote.pending = r->local.pending = 0;
    viewer_pointer_forget(&r->pointer);
}

void viewer_router_control(struct viewer_router *r, bool control)
{
    if (control == r->control)
        return;
    viewer_router_release(r);
    r->control = control;
}

bool viewer_router_over_picture(const struct viewer_router *r)
{
    int px, py;
    return r->picture && r->inside && !ui_covers(r, r->x, r->y) &&
           viewer_view_to_picture(r->view, r->x, r->y, &px, &py);
}

/* ---- pointer ---- */

static void deliver_motion(struct viewer_router *r)
{
    if (!r->motion_waits)
        return;
    r->motion_waits = false;
    if (r->control && !r->ui_pressed && (r->pointer.buttons || !ui_covers(r, r->x, r->y)))
        viewer_pointer_move(&r->pointer, r->view, r->x, r->y);
}

static uint8_t button_bit(uint8_t button)
{
    switch (button) {
    case SDL_BUTTON_LEFT:
        return VIEWER_BUTTON_LEFT;
    case SDL_BUTTON_MIDDLE:
        return VIEWER_BUTTON_MIDDLE;
    case SDL_BUTTON_RIGHT:
        return VIEWER_BUTTON_RIGHT;
    default:
        return 0;
    }
}

static void on_button(struct viewer_router *r, const SDL_MouseButtonEvent *b)
{
    bool down = b->type == SDL_MOUSEBUTTONDOWN;
    uint32_t mask = SDL_BUTTON(b->button);
    r->x = b->x;
    r->y = b->y;
    deliver_motion(r);
    bool to_ui =
        down ? !r->pointer.buttons && ui_covers(r, b->x, b->y) : (r->ui_pressed & mask) != 0;
    if (to_ui) {
        r->ui_pressed = down ? r->ui_pressed | mask : r->ui_pressed & ~mask;
        ui_event(r, (struct ds_ui_event){.type = down ? DS_UI_PRESS : DS_UI_RELEASE,
                                         .x = b->x,
                                         .y = b->y,
                                         .button = b->button});
    } else if (r->control && button_bit(b->button)) {
        viewer_pointer_button(&r->pointer, r->view, b->x, b->y, button_bit(b->button), down);
    }
}

static void on_wheel(struct viewer_router *r, const SDL_MouseWheelEvent *w)
{
    deliver_motion(r);
    if (ui_covers(r, r->x, r->y))
        ui_event(
            r,
            (struct ds_ui_event){
                .type = DS_UI_WHEEL, .x = r->x, .y = r->y, .dx = w->preciseX, .dy = -w->preciseY});
    else if (r->control)
        viewer_pointer_wheel(&r->pointer, r->view, r->x, r->y, w->x, w->y);
    else
        r->scroll(r->ctx, w->x, -w->y);
}

static void on_motion(struct viewer_router *r, const SDL_MouseMotionEvent *m)
{
    r->x = m->x;
    r->y = m->y;
    r->inside = true;
    r->motion_waits = true;
}

/* ---- keys ---- */

/* Digits lie with Shift on some keyboards and without it on others: both are asked for. */
static bool is_chord(const struct viewer_router *r, const XKeyEvent *key, uint32_t keysym)
{
    char text[8];
    if ((r->mods & ~(unsigned)DS_UI_CAPS) != CHORD_MODS)
        return false;
    return r->chord(r->ctx, keysym) ||
           r->chord(r->ctx,
                    viewer_keymap_keysym(r->keymap, key->keycode, key->state & ~(unsigned)ShiftMask,
                                         text, sizeof(text)));
}

static void on_key_press(struct viewer_router *r, const XKeyEvent *key)
{
    char text[8] = "";
    uint32_t keysym =
        key->keycode ? viewer_keymap_keysym(r->keymap, key->keycode, key->state, text, sizeof(text))
                     : 0;
    deliver_motion(r);
    r->mods = viewer_keymap_mods(key->state);
    if (is_chord(r, key, keysym))
        return;
    if (keys_go_out(r) && r->own_key(r->ctx, keysym, r->mods))
        return;
    if (keys_go_out(r))
        viewer_keys_press(&r->remote, key->keycode, keysym, text);
    else if (r->picture && !r->ui_keys && !viewer_router_is_modal(r))
        r->spare_key(r->ctx, keysym);
    else
        viewer_keys_press(&r->local, key->keycode, keysym, text);
}

static void on_x_event(struct viewer_router *r, const SDL_SysWMmsg *msg)
{
    if (msg->subsystem != SDL_SYSWM_X11)
        return;
    const XEvent *event = &msg->msg.x11.event;
    if (event->type == KeyPress) {
        on_key_press(r, &event->xkey);
    } else if (event->type == KeyRelease) {
        viewer_keys_release(&r->remote, event->xkey.keycode);
        viewer_keys_release(&r->local, event->xkey.keycode);
    }
}

static void on_text(struct viewer_router *r, const char *text)
{
    if (keys_go_out(r))
        viewer_keys_text(&r->remote, text);
    else if (!r->picture || r->ui_keys || viewer_router_is_modal(r))
        ui_event(r, (struct ds_ui_event){.type = DS_UI_TEXT, .text = text});
}

static void on_window(struct viewer_router *r, const SDL_WindowEvent *w)
{
    switch (w->event) {
    case SDL_WINDOWEVENT_FOCUS_LOST:
        viewer_router_release(r);
        ui_event(r, (struct ds_ui_event){.type = DS_UI_FOCUS_OUT});
        break;
    case SDL_WINDOWEVENT_FOCUS_GAINED:
        if (r->ui_has_keys)
            ui_event(r, (struct ds_ui_event){.type = DS_UI_FOCUS_IN});
        break;
    case SDL_WINDOWEVENT_ENTER:
        r->inside = true;
        SDL_GetMouseState(&r->x, &r->y); /* no movement comes with it */
        r->motion_waits = true;
        break;
    case SDL_WINDOWEVENT_LEAVE:
        deliver_motion(r);
        r->inside = r->ui_hovered = false;
        ui_event(r, (struct ds_ui_event){.type = DS_UI_LEAVE});
        break;
    default:
        break;
    }
}

void viewer_router_event(struct viewer_router *r, const SDL_Event *event)
{
    switch (event->type) {
    case SDL_SYSWMEVENT:
        on_x_event(r, event->syswm.msg);
        break;
    case SDL_KEYDOWN:
        viewer_keys_known(&r->remote);
        viewer_keys_known(&r->local);
        break;
    case SDL_TEXTINPUT:
        on_text(r, event->text.text);
        break;
    case SDL_TEXTEDITING:
        if (!keys_go_out(r))
            ui_event(r, (struct ds_ui_event){.type = DS_UI_PREEDIT,
                                             .text = event->edit.text,
                                             .caret = event->edit.start});
        break;
    case SDL_MOUSEMOTION:
        on_motion(r, &event->motion);
        break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        on_button(r, &event->button);
        break;
    case SDL_MOUSEWHEEL:
        on_wheel(r, &event->wheel);
        break;
    case SDL_WINDOWEVENT:
        on_window(r, &event->window);
        break;
    default:
        break;
    }
}

void viewer_router_settle(struct viewer_router *r)
{
    bool moved = r->motion_waits;
    viewer_keys_settle(&r->remote);
    viewer_keys_settle(&r->local);
    deliver_motion(r);
    bool hovers = moved && ui_covers(r, r->x, r->y);
    if (moved && (hovers || r->ui_hovered || r->ui_pressed)) /* pure picture costs no frame */
        ui_event(r, (struct ds_ui_event){.type = DS_UI_POINTER, .x = r->x, .y = r->y});
    if (moved)
        r->ui_hovered = hovers;
}

void viewer_router_framed(struct viewer_router *r)
{
    bool keys = !r->picture || r->ui_keys || viewer_router_is_modal(r);
    if (keys != r->ui_has_keys) /* shows its focus only while keys go there */
        ui_event(r, (struct ds_ui_event){.type = keys ? DS_UI_FOCUS_IN : DS_UI_FOCUS_OUT});
    r->ui_has_keys = keys;
    if (!r->control || !r->inside || r->pointer.moved)
        return;
    r->motion_waits = true; /* the customer's pointer comes to the rep's */
    deliver_motion(r);
}
