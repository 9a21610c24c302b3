/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/courier/courier.h"
#include "common/ui/text.h"
#include "viewer/appearance.h"
#include "viewer/panels/desk.h"
#include "viewer/panels/draw.h"
#include "viewer/panels/rights.h"
#include "viewer/panels/strip.h"
#include "viewer/panels/words.h"
#include "viewer/session/machine.h"
#include "viewer/window.h"
#include "viewer/windows.h"

#include <stdio.h>
#include <string.h>

#define CURSOR_HAND_CHECK (100 * DS_MS)

/* ---- waking the main thread ---- */

static void wake_main(void *ctx)
{
    struct viewer *v = ctx;
    if (atomic_exchange(&v->waking, true))
        return;
    SDL_Event event = {.user = {.type = v->windows->wake_event, .code = (Sint32)v->number}};
    if (SDL_PushEvent(&event) != 1)
        atomic_store(&v->waking, false);
}

/* ---- what the net thread tells ---- */

static void tell_visible(struct viewer *v)
{
    if (v->panels.model.stage != VIEWER_ACTIVE || v->visible_told == !v->hidden)
        return;
    struct viewer_order *order = viewer_order_new(VIEWER_ORDER_VISIBLE);
    if (!order)
        return;
    order->of.on = !v->hidden;
    v->visible_told = !v->hidden;
    viewer_line_order(v->line, order);
}

static void on_model(struct viewer *v, const struct viewer_model *model)
{
    struct viewer_model told = v->panels.model;
    enum viewer_stage before = told.stage;
    bool was_dark = v->screen.picture_dark, was_dim = v->screen.picture_dim;
    viewer_panels_set_model(&v->panels, model);
    bool picture = model->stage == VIEWER_ACTIVE;
    if (model->stage == VIEWER_READY && before != VIEWER_READY)
        viewer_settings_save(&v->settings);
    if (picture && before != VIEWER_ACTIVE) {
        viewer_shapes_clear(&v->shapes);
        v->pointer_known = false;
        v->visible_told = true;
    }
    v->screen.picture_dark = model->paused || viewer_rights_is_blind(&v->panels);
    v->screen.picture_dim = viewer_model_is_away(model) || model->restart == DS_RESTART_NOW;
    if (picture != v->router.picture || was_dark != v->screen.picture_dark ||
        was_dim != v->screen.picture_dim)
        viewer_screen_damage_all(&v->screen);
    v->router.picture = v->screen.picture_shown = picture;
    viewer_router_control(&v->router, viewer_model_has(model, DS_RIGHT_CONTROL) &&
                                          !v->options->view_only && !model->paused);
    viewer_drawing_layout(v);
    tell_visible(v);
    viewer_unread_model(v, &told);
    if (model->stage == VIEWER_OPENING && before != VIEWER_OPENING)
        v->renamed[0] = '\0'; /* another customer */
    viewer_show_title(v);
    viewer_windows_refresh(v->windows);
    v->ui_due = true;
}

static void on_cursor(struct viewer *v, const struct viewer_notice *notice)
{
    if (notice->letter.kind != VIEWER_NOTICE_POINTER) {
        viewer_screen_pointer(&v->screen, NULL, 0, 0); /* its image may be replaced */
        viewer_shapes_notice(&v->shapes, notice);
        return;
    }
    v->pointer_known = true;
    v->pointer_x = notice->of.cursor.x;
    v->pointer_y = notice->of.cursor.y;
    v->pointer_visible = notice->of.cursor.visible;
}

static void on_saved(struct viewer *v, const char *path)
{
    char text[DS_TEXT_MESSAGE + 64];
    snprintf(text, sizeof(text), DS_TR("Diagnostics saved as %s"), path);
    ds_ui_toast(v->panels.ui, path[0] ? text : DS_TR("The diagnostics could not be saved."),
                path[0] ? DS_COLOR_GOOD : DS_COLOR_BAD);
    v->ui_due = true;
}

static void on_notice(struct viewer *v, const struct viewer_notice *notice)
{
    switch ((enum viewer_notice_kind)notice->letter.kind) {
    case VIEWER_NOTICE_MODEL:
        on_model(v, &notice->of.model);
        break;
    case VIEWER_NOTICE_FIGURES:
        v->panels.figures = notice->of.figures;
        v->ui_due |= v->panels.figures_open;
        break;
    case VIEWER_NOTICE_SHAPE:
    case VIEWER_NOTICE_USE:
    case VIEWER_NOTICE_POINTER:
        on_cursor(v, notice);
        break;
    case VIEWER_NOTICE_SCALE:
        viewer_set_scale(v, notice->of.on ? VIEWER_SCALE_FIT : VIEWER_SCALE_ONE);
        break;
    case VIEWER_NOTICE_SCROLL:
        viewer_actions.scroll_to(v, notice->of.scroll.x, notice->of.scroll.y);
        break;
    case VIEWER_NOTICE_SAVED:
        on_saved(v, notice->of.text);
        break;
    case VIEWER_NOTICE_PREFER:
        viewer_prefer(v, notice->of.prefer.which, notice->of.prefer.value);
        break;
    case VIEWER_NOTICE_OPTIONS:
        v->panels.preferences_open = notice->of.on;
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_SHOT:
        viewer_shot_told(v, notice->of.shot.path, notice->of.shot.is_copied);
        break;
    case VIEWER_NOTICE_LINE:
        viewer_panels_line(&v->panels, &notice->of.line);
        if (!notice->of.line.is_ours)
            viewer_unread_line(v);
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_MOOD:
        ds_talk_mood(&v->panels.talk, notice->of.mood.is_typing, notice->of.mood.is_full,
                     notice->of.mood.seen);
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_FILE:
        viewer_panels_file(&v->panels, &notice->of.file);
        if (!notice->of.file.is_ours && notice->of.file.state == DS_FILE_STATE_OFFERED)
            viewer_unread_add(v);
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_DRAG:
        v->panels.talk.drag = (enum ds_talk_drag)notice->of.drag;
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_DROP:
        viewer_panels_drop(&v->panels, notice->of.drop.list, notice->of.drop.len);
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_TALK:
        ds_talk_clear(&v->panels.talk);
        v->panels.talk_closed = v->panels.rest_closed = false;
        break;
    case VIEWER_NOTICE_PROBLEM:
        v->panels.talk.problem = notice->of.problem;
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_NOTE:
    case VIEWER_NOTICE_NOTE_SHOWN:
    case VIEWER_NOTICE_NOTE_GONE:
        viewer_drawing_notice(v, notice);
        break;
    case VIEWER_NOTICE_TICKET:
        viewer_windows_ticket(v, notice);
        break;
    case VIEWER_NOTICE_ARRANGE:
        viewer_windows_arrange(v, notice->of.text);
        break;
    case VIEWER_NOTICE_RAISE:
        viewer_windows_wish(v, VIEWER_WISH_RAISE, v->number, NULL);
        break;
    case VIEWER_NOTICE_RENAME:
        viewer_windows_wish(v, VIEWER_WISH_RENAME, 0, notice->of.text);
        break;
    case VIEWER_NOTICE_QUIT:
        v->quit = true;
        v->exit_code = notice->of.code;
        break;
    }
}

static void take_notices(struct viewer *v)
{
    struct ds_letter *letter = ds_mailbox_take_all(&v->notices);
    while (letter) {
        struct ds_letter *next = letter->next;
        on_notice(v, (struct viewer_notice *)letter);
        letter->destroy(letter);
        letter = next;
    }
}

/* ---- the window's events ---- */

static void set_hidden(struct viewer *v, bool hidden)
{
    v->hidden = hidden;
    tell_visible(v);
    if (!hidden)
        viewer_screen_damage_all(&v->screen);
}

static void on_window_event(struct viewer *v, const SDL_WindowEvent *event)
{
    switch (event->event) {
    case SDL_WINDOWEVENT_MINIMIZED:
    case SDL_WINDOWEVENT_HIDDEN:
        set_hidden(v, true);
        break;
    case SDL_WINDOWEVENT_RESTORED:
    case SDL_WINDOWEVENT_SHOWN:
    case SDL_WINDOWEVENT_MAXIMIZED:
        set_hidden(v, false);
        break;
    case SDL_WINDOWEVENT_CLOSE:
        viewer_panels_close(&v->panels);
        v->ui_due = true;
        break;
    case SDL_WINDOWEVENT_FOCUS_GAINED:
        viewer_unread_clear(v);
        v->ui_due = true; /* what came meanwhile is seen now */
        break;
    case SDL_WINDOWEVENT_LEAVE:
        v->panels.toolbar_from = 0; /* it was on its way out */
        break;
    case SDL_WINDOWEVENT_SIZE_CHANGED:
    case SDL_WINDOWEVENT_EXPOSED:
        if (viewer_screen_resize(&v->screen))
            ds_ui_invalidate(v->ui);
        v->ui_due = true;
        break;
    default:
        break;
    }
}

void viewer_take_event(struct viewer *v, const SDL_Event *event)
{
    if (event->type == SDL_WINDOWEVENT)
        on_window_event(v, &event->window);
    if (event->type == SDL_MOUSEBUTTONDOWN && v->panels.talk_open) { /* the keyboard goes along */
        bool is_there = event->button.x >= v->screen.width - v->screen.side;
        v->panels.talk_focus_due |= is_there && !v->panels.talk_keys;
        v->panels.talk_keys = is_there;
        v->ui_due = true;
    }
    if (event->type == SDL_MOUSEMOTION) {
        viewer_panels_pointer(&v->panels, event->motion.x, event->motion.y,
                              event->motion.state != 0);
        v->ui_due |= v->panels.toolbar_from != 0 || v->panels.toolbar_shown;
    }
    if (!viewer_drawing_event(v, event))
        viewer_router_event(&v->router, event);
}

/* ---- the kit ---- */

static void clipboard_put(void *ctx, const char *text, bool primary)
{
    (void)ctx;
    if (primary)
        SDL_SetPrimarySelectionText(text);
    else
        SDL_SetClipboardText(text);
}

static void clipboard_ask(void *ctx, bool primary)
{
    struct viewer *v = ctx;
    char *text = primary ? SDL_GetPrimarySelectionText() : SDL_GetClipboardText();
    if (text)
        ds_ui_event(v->ui, &(struct ds_ui_event){.type = DS_UI_PASTE, .text = text});
    SDL_free(text);
}

static void paint_ui(struct viewer *v)
{
    cairo_rectangle_int_t box;
    v->screen.painted_count = ds_ui_painted(v->ui, v->screen.painted, VIEWER_SCREEN_PAINTED);
    if (!ds_ui_damage(v->ui, &box))
        return;
    cairo_t *cr = cairo_create(v->screen.overlay);
    ds_ui_paint(v->ui, cr);
    cairo_destroy(cr);
    viewer_screen_damage(&v->screen, (struct ds_rect){box.x, box.y, box.width, box.height});
}

static void place_input_method(struct viewer *v)
{
    cairo_rectangle_int_t caret;
    if (!(SDL_GetWindowFlags(v->window) & SDL_WINDOW_INPUT_FOCUS) ||
        !ds_ui_wants_text(v->ui, &caret))
        return;
    SDL_Rect rect = {caret.x, caret.y, caret.width, caret.height};
    SDL_SetTextInputRect(&rect);
}

static void run_ui(struct viewer *v)
{
    bool more = true;
    while (more) {
        v->router.touched = v->ui_due = false; /* what a page asks for may need another frame */
        v->panels.in_front = viewer_is_in_front(v);
        ds_ui_begin(v->ui, v->screen.width, v->screen.height, ds_clock_now());
        viewer_panels_build(&v->panels);
        more = ds_ui_end(v->ui);
        if (viewer_screen_set_side(&v->screen, viewer_panels_side(&v->panels),
                                   viewer_panels_foot(&v->panels)))
            more = true; /* what stands over the picture moves with it */
    }
    v->router.ui_keys = v->panels.toolbar_called || v->panels.talk_keys || v->panels.model.paused ||
                        viewer_draw_wants_keys(&v->panels) || v->panels.share_open ||
                        viewer_model_is_away(&v->panels.model) ||
                        v->panels.model.restart == DS_RESTART_NOW;
    viewer_screen_overview(&v->screen, v->panels.overview_place);
    paint_ui(v);
    place_input_method(v);
    viewer_router_framed(&v->router);
}

/* ---- the loop ---- */

ds_tick viewer_step(struct viewer *v)
{
    if (v->is_leaving)
        return 0;
    take_notices(v);
    if (v->ticket_until != 0 && ds_clock_now() >= v->ticket_until)
        viewer_windows_no_answer(v);
    viewer_show_fresh(v);
    ds_tick scroll = viewer_show_edge_scroll(v);
    ds_tick ui = viewer_sooner(ds_ui_deadline(v->ui), v->panels.deadline);
    if (v->router.touched || v->ui_due || (ui != 0 && ui <= ds_clock_now())) {
        run_ui(v);
        ui = viewer_sooner(ds_ui_deadline(v->ui), v->panels.deadline);
    }
    viewer_show_pointer(v);
    viewer_show_cursor(v);
    ds_tick hand = v->router.control && v->hand_at + DS_SECOND > ds_clock_now()
                       ? ds_clock_now() + CURSOR_HAND_CHECK
                       : 0;
    ds_tick echo = viewer_drawing_tick(v); /* before: what it takes away is drawn */
    ds_tick present = viewer_sooner(viewer_sooner(viewer_show(v), echo), viewer_follow_grab(v));
    if (v->ui_due || v->router.touched)
        return ds_clock_now();
    ds_tick others = viewer_sooner(hand, v->ticket_until);
    return viewer_sooner(viewer_sooner(scroll, ui), viewer_sooner(present, others));
}

/* ---- life ---- */

static bool open_parts(struct viewer *v, const struct viewer_geometry *geometry, char *message,
                       size_t size)
{
    viewer_settings_load(&v->settings);
    v->window = viewer_window_open(v->options, geometry, message, size);
    if (!v->window)
        return false;
    struct ds_theme theme =
        viewer_appearance_theme(&v->settings.preferences, viewer_window_scale(v->window));
    if (!v->options->geometry.has_size)
        viewer_window_least(v->window, theme.scale);
    v->keymap = viewer_keymap_open();
    v->ui = ds_ui_new(&theme);
    if (v->windows->wake_event == 0) { /* the first one */
        v->windows->wake_event = SDL_RegisterEvents(1);
        viewer_lost_display_watch(v->windows);
    }
    if (!v->keymap || !v->ui || v->windows->wake_event == (Uint32)-1) {
        snprintf(message, size, "%s",
                 v->keymap ? "not enough memory" : "no keyboard on this display");
        return false;
    }
    struct ds_ui_host host = {
        .clipboard_put = clipboard_put, .clipboard_ask = clipboard_ask, .ctx = v};
    ds_ui_set_host(v->ui, &host);
    viewer_screen_init(&v->screen, v->window, &v->backing);
    v->screen.ground = ds_theme_color(true, DS_COLOR_SURFACE);
    v->screen.view.scale = v->options->scale;
    viewer_screen_resize(&v->screen);
    viewer_shapes_init(&v->shapes);
    viewer_drawing_init(v);
    viewer_router_init(&v->router, v->ui, v->keymap, &v->screen.view, viewer_action_input, v);
    v->router.chord = viewer_action_chord;
    v->router.spare_key = viewer_spare_key;
    v->router.own_key = viewer_own_key;
    v->router.scroll = viewer_action_scroll;
    return true;
}

static void init_panels(struct viewer *v)
{
    const struct viewer_options *o = v->options;
    char relay[DS_TEXT_HOST + 16];
    bool v6 = strchr(o->host, ':') != NULL;
    snprintf(relay, sizeof(relay), "%s%s%s", v6 ? "[" : "", o->host, v6 ? "]" : "");
    if (o->port)
        snprintf(relay + strlen(relay), sizeof(relay) - strlen(relay), ":%u", o->port);
    viewer_panels_init(&v->panels, v->ui, &v->screen.view, &viewer_actions, v,
                       o->host[0] ? relay : v->settings.relay,
                       o->email[0] ? o->email : v->settings.email);
    char downloads[DS_TALK_PATH];
    if (ds_courier_downloads(downloads, sizeof(downloads)))
        ds_edit_set(&v->panels.talk.folder, downloads);
    viewer_replies_load(&v->replies);
    v->panels.replies = &v->replies;
    v->panels.preferences = v->settings.preferences;
    ds_talk_wake(&v->panels.talk, wake_main, v);
    ds_chooser_widen(&v->panels.talk.chooser);
    v->panels.relay_given = o->host[0] != '\0';
    v->panels.scale = o->scale;
    v->panels.view_only = o->view_only;
    v->panels.no_toolbar = o->no_toolbar;
    viewer_view_set_bar(&v->screen.view, viewer_panels_bar(&v->panels));
    v->ui_due = true;
}

static int start_line(struct viewer *v, const struct viewer_start *start)
{
    const struct viewer_options *o = v->options;
    struct viewer_line_config config = {
        .ca_file = o->ca_file,
        .new_session = o->new_session || start->ticket,
        .view_only = o->view_only,
        .window = viewer_window_id(v->window),
        .unattended = start->password || start->tag,
        .automation = v->windows->automation,
        .number = v->number,
        .tag = start->tag,
        .backing = &v->backing,
        .notices = &v->notices,
        .on_fresh = wake_main,
        .ctx = v,
    };
    int error = viewer_line_start(&v->line, &config);
    if (error == DS_OK && start->password)
        viewer_actions.sign_in(v, o->host, o->port, o->email, start->password);
    if (error == DS_OK && start->ticket)
        viewer_sign_in_by_ticket(v, start->ticket);
    return error;
}

bool viewer_begin(struct viewer *v, const struct viewer_start *start, char *message, size_t size)
{
    v->options = v->windows->options;
    v->number = start->number;
    v->hue = start->hue;
    v->exit_code = VIEWER_EXIT_INTERNAL;
    if (ds_backing_init(&v->backing) != DS_OK) {
        snprintf(message, size, "%s", ds_error_name(DS_ENOMEM));
        return false;
    }
    v->has_backing = true;
    if (ds_mailbox_init(&v->notices, VIEWER_LETTERS_MAX, wake_main, v) != DS_OK) {
        snprintf(message, size, "%s", ds_error_name(DS_ENOMEM));
        return false;
    }
    v->has_notices = true;
    if (!open_parts(v, &start->geometry, message, size))
        return false;
    v->suited = start->geometry.has_size;
    init_panels(v);
    int error = start_line(v, start);
    if (error)
        snprintf(message, size, "%s", ds_error_name(error));
    return error == DS_OK;
}

void viewer_leave(struct viewer *v)
{
    viewer_router_release(&v->router);
    v->is_leaving = true;
    SDL_HideWindow(v->window);
    viewer_line_leave(v->line);
}

void viewer_end(struct viewer *v)
{
    viewer_line_stop(v->line);
    if (v->ui) {
        viewer_panels_destroy(&v->panels);
        viewer_replies_destroy(&v->replies);
        viewer_notify_close(&v->notify);
        viewer_shapes_destroy(&v->shapes);
        viewer_drawing_destroy(v);
        viewer_screen_destroy(&v->screen);
        ds_ui_destroy(v->ui);
    }
    viewer_keymap_close(v->keymap);
    viewer_window_close(v->window);
    if (v->has_notices)
        ds_mailbox_destroy(&v->notices);
    if (v->has_backing)
        ds_backing_destroy(&v->backing);
}
