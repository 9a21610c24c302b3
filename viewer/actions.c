/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pages, keys and menus ask for, passed to the net thread or done to the window. */
#include "viewer/viewer_priv.h"

#include "common/base/log.h"

#include <stdio.h>
#include <string.h>
#include <xkbcommon/xkbcommon-keysyms.h>

#define LINE 40 /* pixels that a notch or an arrow key scrolls */

static void order(struct viewer *v, struct viewer_order *letter)
{
    if (letter && !viewer_line_order(v->line, letter))
        ds_log_warn("the net thread has no room for an order");
}

static void on_sign_in(void *ctx, const char *host, unsigned port, const char *email,
                       const char *password)
{
    struct viewer *v = ctx;
    struct viewer_order *letter = viewer_order_new(VIEWER_ORDER_SIGN_IN);
    if (!letter)
        return;
    snprintf(letter->of.sign_in.host, sizeof(letter->of.sign_in.host), "%s", host);
    snprintf(letter->of.sign_in.email, sizeof(letter->of.sign_in.email), "%s", email);
    snprintf(letter->of.sign_in.password, sizeof(letter->of.sign_in.password), "%s", password);
    letter->of.sign_in.port = port;
    snprintf(v->settings.relay, sizeof(v->settings.relay), "%s", v->panels.relay_text);
    snprintf(v->settings.email, sizeof(v->settings.email), "%s", email);
    order(v, letter);
}

static void on_order(void *ctx, enum viewer_order_kind kind)
{
    order(ctx, viewer_order_new(kind));
}

static void on_number(void *ctx, const char *number)
{
    struct viewer_order *letter = viewer_order_new(VIEWER_ORDER_NUMBER);
    if (letter)
        snprintf(letter->of.number, sizeof(letter->of.number), "%s", number);
    order(ctx, letter);
}

static void on_right(void *ctx, enum viewer_order_kind kind, enum ds_right right)
{
    struct viewer *v = ctx;
    struct viewer_order *letter = viewer_order_new(kind);
    if (kind == VIEWER_ORDER_RELEASE && right == DS_RIGHT_CONTROL)
        viewer_router_control(&v->router, false); /* lets go of keys while it still may */
    if (letter)
        letter->of.right = right;
    order(v, letter);
}

static void on_monitor(void *ctx, uint8_t monitor)
{
    struct viewer_order *letter = viewer_order_new(VIEWER_ORDER_MONITOR);
    if (letter)
        letter->of.monitor = monitor;
    order(ctx, letter);
}

void viewer_set_scale(struct viewer *v, enum viewer_scale scale)
{
    v->panels.scale = scale;
    viewer_view_set_scale(&v->screen.view, scale);
    viewer_show_scrolled(v);
}

static void on_scale(void *ctx, enum viewer_scale scale)
{
    viewer_set_scale(ctx, scale);
}

static void on_fullscreen(void *ctx, bool on)
{
    struct viewer *v = ctx;
    if (SDL_SetWindowFullscreen(v->window, on ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0) == 0)
        v->panels.fullscreen = on;
    else
        ds_log_warn("full screen is not possible: %s", SDL_GetError());
    v->ui_due = true;
}

static void on_copy(void *ctx, const char *text)
{
    (void)ctx;
    SDL_SetClipboardText(text);
}

static void on_quit(void *ctx)
{
    struct viewer *v = ctx;
    v->quit = true;
    v->exit_code = v->panels.model.exit_code;
}

const struct viewer_panel_actions viewer_actions = {
    .sign_in = on_sign_in,
    .order = on_order,
    .number = on_number,
    .right = on_right,
    .monitor = on_monitor,
    .scale = on_scale,
    .fullscreen = on_fullscreen,
    .copy = on_copy,
    .quit = on_quit,
};

bool viewer_action_chord(void *ctx, uint32_t keysym)
{
    struct viewer *v = ctx;
    struct viewer_panels *p = &v->panels;
    if (p->model.stage != VIEWER_ACTIVE)
        return false;
    switch (keysym) {
    case XKB_KEY_C:
    case XKB_KEY_c:
        viewer_panels_toggle_control(p);
        break;
    case XKB_KEY_P:
    case XKB_KEY_p:
        viewer_panels_toggle_pause(p);
        break;
    case XKB_KEY_S:
    case XKB_KEY_s:
        viewer_set_scale(v, p->scale == VIEWER_SCALE_FIT ? VIEWER_SCALE_ONE : VIEWER_SCALE_FIT);
        break;
    case XKB_KEY_F:
    case XKB_KEY_f:
        on_fullscreen(v, !p->fullscreen);
        break;
    case XKB_KEY_M:
    case XKB_KEY_m:
        viewer_panels_next_monitor(p);
        break;
    case XKB_KEY_I:
    case XKB_KEY_i:
        p->figures_open = !p->figures_open;
        break;
    case XKB_KEY_T:
    case XKB_KEY_t:
        viewer_panels_toolbar(p, !p->toolbar_called);
        break;
    case XKB_KEY_E:
    case XKB_KEY_e:
        p->confirm_end = true;
        break;
    default:
        return false;
    }
    v->ui_due = true;
    return true;
}

bool viewer_action_spare_key(void *ctx, uint32_t keysym)
{
    struct viewer *v = ctx;
    const struct viewer_view *view = &v->screen.view;
    int dx = 0, dy = 0;
    switch (keysym) {
    case XKB_KEY_Left:
        dx = -LINE;
        break;
    case XKB_KEY_Right:
        dx = LINE;
        break;
    case XKB_KEY_Up:
        dy = -LINE;
        break;
    case XKB_KEY_Down:
        dy = LINE;
        break;
    case XKB_KEY_Prior:
        dy = -view->window_height + LINE;
        break;
    case XKB_KEY_Next:
        dy = view->window_height - LINE;
        break;
    case XKB_KEY_F11:
        on_fullscreen(v, !v->panels.fullscreen);
        return true;
    default:
        return false;
    }
    if (viewer_view_scroll(&v->screen.view, dx, dy))
        viewer_show_scrolled(v);
    return true;
}

void viewer_action_scroll(void *ctx, int dx, int dy)
{
    struct viewer *v = ctx;
    if (viewer_view_scroll(&v->screen.view, dx * LINE, dy * LINE))
        viewer_show_scrolled(v);
}

void viewer_action_input(void *ctx, const struct ds_input *input)
{
    struct viewer *v = ctx;
    struct viewer_order *letter = viewer_order_new(VIEWER_ORDER_INPUT);
    if (input->type == DS_INPUT_POINTER)
        v->hand_at = ds_clock_now();
    if (letter)
        letter->of.input = *input;
    order(v, letter);
}
