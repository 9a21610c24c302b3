/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What pages, keys and menus ask for, passed to the net thread or done to the window. */
#include "viewer/windows.h"

#include "common/base/launch.h"
#include "common/base/log.h"
#include "common/ui/text.h"
#include "viewer/panels/desk.h"
#include "viewer/panels/draw.h"
#include "viewer/panels/keys.h"
#include "viewer/panels/preferences.h"
#include "viewer/panels/share.h"
#include "viewer/panels/strip.h"

#include <stdio.h>
#include <stdlib.h>
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

void viewer_sign_in_by_ticket(struct viewer *v, const struct viewer_notice *ticket)
{
    struct viewer_order *letter = viewer_order_new(VIEWER_ORDER_SIGN_IN);
    if (!letter)
        return;
    snprintf(letter->of.sign_in.host, sizeof(letter->of.sign_in.host), "%s",
             ticket->of.ticket.host);
    snprintf(letter->of.sign_in.email, sizeof(letter->of.sign_in.email), "%s",
             ticket->of.ticket.email);
    snprintf(letter->of.sign_in.ticket, sizeof(letter->of.sign_in.ticket), "%s",
             ticket->of.ticket.ticket);
    letter->of.sign_in.port = ticket->of.ticket.port;
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

/* To the other size; the pixel beneath the hand stays there. */
static void swap_scale(struct viewer *v)
{
    struct viewer_view *view = &v->screen.view;
    bool fit = view->scale == VIEWER_SCALE_FIT;
    int px, py, x = v->router.x, y = v->router.y;
    bool over =
        viewer_router_over_picture(&v->router) && viewer_view_to_picture(view, x, y, &px, &py);
    viewer_set_scale(v, fit ? VIEWER_SCALE_ONE : VIEWER_SCALE_FIT);
    if (fit && over && viewer_view_scroll_to(view, px - x, py - y))
        viewer_show_scrolled(v);
}

static void on_scale(void *ctx, enum viewer_scale scale)
{
    viewer_set_scale(ctx, scale);
}

static void on_scroll_to(void *ctx, int x, int y)
{
    struct viewer *v = ctx;
    if (viewer_view_scroll_to(&v->screen.view, x, y))
        viewer_show_scrolled(v);
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

static char *memdup(const char *bytes, size_t len)
{
    char *copy = malloc(len);
    if (copy)
        memcpy(copy, bytes, len);
    return copy;
}

static void on_talk(void *ctx, const struct ds_talk_wish *wish)
{
    struct viewer *v = ctx;
    if (wish->did == DS_TALK_SHOW) {
        ds_launch_folder_of(wish->text);
        return;
    }
    if (wish->did == DS_TALK_OPEN) {
        if (!ds_launch("xdg-open", wish->text))
            v->panels.talk.problem = DS_TR("No browser could be started.");
        v->ui_due = true;
        return;
    }
    static const enum viewer_order_kind kinds[] = {[DS_TALK_SAY] = VIEWER_ORDER_SAY,
                                                   [DS_TALK_TYPING] = VIEWER_ORDER_TYPING,
                                                   [DS_TALK_SAW] = VIEWER_ORDER_SAW,
                                                   [DS_TALK_SEND] = VIEWER_ORDER_SEND_FILE,
                                                   [DS_TALK_SAVE] = VIEWER_ORDER_SAVE_FILE,
                                                   [DS_TALK_REFUSE] = VIEWER_ORDER_REFUSE_FILE,
                                                   [DS_TALK_CANCEL] = VIEWER_ORDER_CANCEL_FILE,
                                                   [DS_TALK_PAUSE] = VIEWER_ORDER_PAUSE_FILE,
                                                   [DS_TALK_GO_ON] = VIEWER_ORDER_GO_ON_FILE};
    struct viewer_order *letter = viewer_order_new(kinds[wish->did]);
    if (letter) {
        letter->of.talk.id = wish->id;
        letter->of.talk.len = wish->text_len;
        letter->of.talk.exists = wish->exists;
        if (wish->text)
            letter->of.talk.text =
                wish->text_len ? memdup(wish->text, wish->text_len) : strdup(wish->text);
    }
    order(ctx, letter);
}

static void on_screenshot(void *ctx)
{
    order(ctx, viewer_order_new(VIEWER_ORDER_SCREENSHOT));
}

static void on_windows(void *ctx, enum viewer_window_wish wish, unsigned number, const char *text)
{
    viewer_windows_wish(ctx, wish, number, text);
}

static size_t on_sources(void *ctx, struct viewer_source *out, size_t max)
{
    (void)ctx;
    return viewer_sources_read(NULL, out, max);
}

static void on_share(void *ctx, const struct viewer_source *source)
{
    struct viewer *v = ctx;
    struct viewer_order *letter = viewer_order_new(VIEWER_ORDER_SHARE);
    if (letter) {
        letter->of.share.source = *source;
        letter->of.share.scale = ds_ui_theme(v->ui)->scale;
    }
    order(v, letter);
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
    .scroll_to = on_scroll_to,
    .copy = on_copy,
    .talk = on_talk,
    .prefer = viewer_prefer,
    .strokes = viewer_send_strokes,
    .screenshot = on_screenshot,
    .windows = on_windows,
    .sources = on_sources,
    .share = on_share,
    .quit = on_quit,
};

/* What a key scrolls by, in picture pixels; false: it is no key for that. */
static bool scroll_of_key(const struct viewer_view *view, uint32_t keysym, int *dx, int *dy)
{
    int page_x = view->window_width - LINE, page_y = view->window_height - LINE;
    *dx = *dy = 0;
    switch (keysym) {
    case XKB_KEY_Left:
    case XKB_KEY_KP_Left:
    case XKB_KEY_KP_4:
        *dx = -LINE;
        return true;
    case XKB_KEY_Right:
    case XKB_KEY_KP_Right:
    case XKB_KEY_KP_6:
        *dx = LINE;
        return true;
    case XKB_KEY_Up:
    case XKB_KEY_KP_Up:
    case XKB_KEY_KP_8:
        *dy = -LINE;
        return true;
    case XKB_KEY_Down:
    case XKB_KEY_KP_Down:
    case XKB_KEY_KP_2:
        *dy = LINE;
        return true;
    case XKB_KEY_Prior:
    case XKB_KEY_KP_Prior:
    case XKB_KEY_KP_9:
        *dy = -page_y;
        return true;
    case XKB_KEY_Next:
    case XKB_KEY_KP_Next:
    case XKB_KEY_KP_3:
        *dy = page_y;
        return true;
    case XKB_KEY_Home:
    case XKB_KEY_KP_Home:
    case XKB_KEY_KP_7:
        *dx = -page_x;
        return true;
    case XKB_KEY_End:
    case XKB_KEY_KP_End:
    case XKB_KEY_KP_1:
        *dx = page_x;
        return true;
    default:
        return false;
    }
}

bool viewer_action_scroll_by(struct viewer *v, uint32_t keysym, bool *has_moved)
{
    int dx, dy;
    if (!viewer_view_can_scroll(&v->screen.view) ||
        !scroll_of_key(&v->screen.view, keysym, &dx, &dy))
        return false;
    *has_moved = viewer_view_scroll(&v->screen.view, dx, dy);
    if (*has_moved)
        viewer_show_scrolled(v);
    return true;
}

/* A menu of the toolbar, by its key. */
static void open_menu(struct viewer_panels *p, ds_ui_id id)
{
    viewer_panels_toolbar(p, true);
    if (p->toolbar_called) /* else the window has none */
        ds_ui_activate(p->ui, id);
}

static bool run_chord(struct viewer *v, uint32_t keysym)
{
    struct viewer_panels *p = &v->panels;
    bool has_moved;
    switch (keysym) {
    case XKB_KEY_C:
    case XKB_KEY_c:
        viewer_panels_toggle_control(p);
        return true;
    case XKB_KEY_P:
    case XKB_KEY_p:
        viewer_panels_toggle_pause(p);
        return true;
    case XKB_KEY_S:
    case XKB_KEY_s:
        swap_scale(v);
        return true;
    case XKB_KEY_F:
    case XKB_KEY_f:
        on_fullscreen(v, !p->fullscreen);
        return true;
    case XKB_KEY_M:
    case XKB_KEY_m:
        viewer_panels_next_monitor(p);
        return true;
    case XKB_KEY_O:
    case XKB_KEY_o:
        viewer_panels_toggle_overview(p);
        return true;
    case XKB_KEY_K:
    case XKB_KEY_k:
        viewer_keys_toggle(p, VIEWER_PREFERENCE_SHORTCUTS);
        return true;
    case XKB_KEY_Y:
    case XKB_KEY_y:
        viewer_keys_toggle(p, VIEWER_PREFERENCE_PASS_KEYS);
        return true;
    case XKB_KEY_B:
    case XKB_KEY_b:
    case XKB_KEY_Print:
    case XKB_KEY_Sys_Req:
        if (viewer_panels_can_shoot(p))
            on_screenshot(v);
        return true;
    case XKB_KEY_U:
    case XKB_KEY_u:
        open_menu(p, ID_RIGHTS);
        return true;
    case XKB_KEY_L:
    case XKB_KEY_l:
        open_menu(p, ID_KEYS);
        return true;
    case XKB_KEY_comma:
        viewer_preferences_toggle(p);
        return true;
    case XKB_KEY_H:
    case XKB_KEY_h:
        viewer_panels_toggle_talk(p);
        return true;
    case XKB_KEY_I:
    case XKB_KEY_i:
        p->figures_open = !p->figures_open;
        return true;
    case XKB_KEY_T:
    case XKB_KEY_t:
        viewer_panels_toolbar(p, !p->toolbar_called);
        return true;
    case XKB_KEY_D:
    case XKB_KEY_d:
        viewer_draw_toggle(p);
        return true;
    case XKB_KEY_V:
    case XKB_KEY_v:
        viewer_desk_toggle_clipboard(p);
        return true;
    case XKB_KEY_W:
    case XKB_KEY_w:
        viewer_share_toggle(p);
        return true;
    case XKB_KEY_E:
    case XKB_KEY_e:
        p->confirm_end = true;
        return true;
    default:
        return viewer_draw_key(p, keysym, false) || viewer_action_scroll_by(v, keysym, &has_moved);
    }
}

bool viewer_action_chord(void *ctx, uint32_t keysym)
{
    struct viewer *v = ctx;
    bool is_known = viewer_strip_chord(&v->panels, keysym) ||
                    (v->panels.model.stage == VIEWER_ACTIVE && run_chord(v, keysym));
    if (!is_known)
        return false;
    v->ui_due = true;
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
