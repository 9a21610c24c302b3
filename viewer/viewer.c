/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/viewer.h"

#include "common/base/error.h"
#include "common/base/log.h"
#include "common/courier/courier.h"
#include "common/ui/text.h"
#include "viewer/panels/desk.h"
#include "viewer/panels/words.h"
#include "viewer/session/machine.h"
#include "viewer/viewer_priv.h"
#include "viewer/window.h"

#include <stdio.h>
#include <string.h>

#define CURSOR_HAND_CHECK (100 * DS_MS)

/* ---- waking the main thread ---- */

static void wake_main(void *ctx)
{
    struct viewer *v = ctx;
    if (atomic_exchange(&v->waking, true))
        return;
    SDL_Event event = {.type = v->wake_event};
    if (SDL_PushEvent(&event) != 1)
        atomic_store(&v->waking, false);
}

/* ---- what the net thread tells ---- */

static void set_title(struct viewer *v)
{
    char title[256];
    const char *state = viewer_words_state(&v->panels.model);
    const char *org = v->panels.model.org[0] ? v->panels.model.org : "Deskside";
    snprintf(title, sizeof(title), "%s%s%s – Deskside", org, state[0] ? " – " : "", state);
    viewer_window_title(v->window, title);
}

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
    enum viewer_stage before = v->panels.model.stage;
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
    v->screen.picture_dark = model->paused;
    v->screen.picture_dim = viewer_model_is_away(model) || model->restart == DS_RESTART_NOW;
    if (picture != v->router.picture || was_dark != v->screen.picture_dark ||
        was_dim != v->screen.picture_dim)
        viewer_screen_damage_all(&v->screen);
    v->router.picture = v->screen.picture_shown = picture;
    viewer_router_control(&v->router, viewer_model_has(model, DS_RIGHT_CONTROL) &&
                                          !v->options->view_only && !model->paused);
    tell_visible(v);
    set_title(v);
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

static bool is_in_front(const struct viewer *v)
{
    return !v->hidden && (SDL_GetKeyboardFocus() == v->window || SDL_GetMouseFocus() == v->window);
}

/* Once until the window is in front again, and never with what was said: another customer may be
 * looking at this screen. */
static void notify_of(struct viewer *v, const struct ds_chat_line *line)
{
    if (line->is_ours || v->is_notified || is_in_front(v))
        return;
    v->is_notified = true;
    SDL_FlashWindow(v->window, SDL_FLASH_UNTIL_FOCUSED);
    viewer_notify_send(&v->notify, DS_TR("New message from the customer"),
                       DS_TR("It waits in the window of the session."));
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
    case VIEWER_NOTICE_LINE:
        viewer_panels_line(&v->panels, &notice->of.line);
        notify_of(v, &notice->of.line);
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_MOOD:
        ds_talk_mood(&v->panels.talk, notice->of.mood.is_typing, notice->of.mood.is_full,
                     notice->of.mood.seen);
        v->ui_due = true;
        break;
    case VIEWER_NOTICE_FILE:
        viewer_panels_file(&v->panels, &notice->of.file);
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
    case SDL_WINDOWEVENT_FOCUS_GAINED:
        v->is_notified = false;
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

static void on_event(struct viewer *v, const SDL_Event *event)
{
    if (event->type == v->wake_event) {
        atomic_store(&v->waking, false);
        return;
    }
    if (event->type == SDL_QUIT) {
        viewer_panels_close(&v->panels);
        v->ui_due = true;
        return;
    }
    if (event->type == SDL_WINDOWEVENT)
        on_window_event(v, &event->window);
    if (event->type == SDL_MOUSEBUTTONDOWN && v->panels.talk_open) { /* the keyboard goes along */
        bool is_there = event->button.x >= v->screen.width - v->screen.side;
        v->panels.talk_focus_due |= is_there && !v->panels.talk_keys;
        v->panels.talk_keys = is_there;
        v->ui_due = true;
    }
    if (event->type == SDL_DROPFILE) {
        viewer_actions.talk(v,
                            &(struct ds_talk_wish){.did = DS_TALK_SEND, .text = event->drop.file});
        SDL_free(event->drop.file);
        v->panels.talk_open = true;
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
    if (!ds_ui_wants_text(v->ui, &caret))
        return;
    SDL_Rect rect = {caret.x, caret.y, caret.width, caret.height};
    SDL_SetTextInputRect(&rect);
}

static void run_ui(struct viewer *v)
{
    bool more = true;
    while (more) {
        v->router.touched = v->ui_due = false; /* what a page asks for may need another frame */
        v->panels.in_front = is_in_front(v);
        ds_ui_begin(v->ui, v->screen.width, v->screen.height, ds_clock_now());
        viewer_panels_build(&v->panels);
        more = ds_ui_end(v->ui);
        if (viewer_screen_set_side(&v->screen, viewer_panels_side(&v->panels)))
            more = true; /* what stands over the picture moves with it */
    }
    v->router.ui_keys = v->panels.toolbar_called || v->panels.talk_keys || v->panels.model.paused ||
                        viewer_desk_wants_keys(&v->panels) ||
                        viewer_model_is_away(&v->panels.model) ||
                        v->panels.model.restart == DS_RESTART_NOW;
    v->router.scroll_keys = v->panels.scroll_keys;
    viewer_screen_overview(&v->screen, v->panels.overview_place);
    paint_ui(v);
    place_input_method(v);
    viewer_router_framed(&v->router);
}

/* ---- the loop ---- */

static ds_tick sooner(ds_tick a, ds_tick b)
{
    return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

static int wait_ms(ds_tick until)
{
    if (until == 0)
        return -1;
    ds_tick now = ds_clock_now();
    if (until <= now)
        return 0;
    ds_tick ms = (until - now + DS_MS - 1) / DS_MS;
    return ms > 60000 ? 60000 : (int)ms;
}

static void take_events(struct viewer *v, ds_tick until)
{
    SDL_Event event;
    int ms = wait_ms(until);
    bool some = ms < 0 ? SDL_WaitEvent(&event) : SDL_WaitEventTimeout(&event, ms);
    while (some) {
        on_event(v, &event);
        some = SDL_PollEvent(&event);
    }
    viewer_router_settle(&v->router);
}

static ds_tick step(struct viewer *v)
{
    take_notices(v);
    viewer_show_fresh(v);
    ds_tick scroll = viewer_show_edge_scroll(v);
    ds_tick ui = sooner(ds_ui_deadline(v->ui), v->panels.deadline);
    if (v->router.touched || v->ui_due || (ui != 0 && ui <= ds_clock_now())) {
        run_ui(v);
        ui = sooner(ds_ui_deadline(v->ui), v->panels.deadline);
    }
    viewer_show_pointer(v);
    viewer_show_cursor(v);
    ds_tick hand = v->router.control && v->hand_at + DS_SECOND > ds_clock_now()
                       ? ds_clock_now() + CURSOR_HAND_CHECK
                       : 0;
    ds_tick echo = viewer_drawing_tick(v); /* before: what it takes away is drawn */
    ds_tick present = sooner(viewer_show(v), echo);
    if (v->ui_due || v->router.touched)
        return ds_clock_now();
    return sooner(sooner(scroll, ui), sooner(present, hand));
}

static void loop(struct viewer *v)
{
    ds_tick until = ds_clock_now();
    while (!v->quit) {
        take_events(v, until);
        until = step(v);
    }
}

/* ---- life ---- */

static bool open_parts(struct viewer *v, char *message, size_t size)
{
    struct ds_theme theme = ds_theme_default(false, DS_TARGET_REP);
    v->window = viewer_window_open(v->options, message, size);
    if (!v->window)
        return false;
    theme.scale = ds_theme_scale(viewer_window_scale(v->window));
    v->keymap = viewer_keymap_open();
    v->ui = ds_ui_new(&theme);
    v->wake_event = SDL_RegisterEvents(1);
    if (!v->keymap || !v->ui || v->wake_event == (Uint32)-1) {
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
    v->router.spare_key = viewer_action_spare_key;
    v->router.scroll_key = viewer_action_scroll_key;
    v->router.scroll = viewer_action_scroll;
    return true;
}

static void init_panels(struct viewer *v)
{
    const struct viewer_options *o = v->options;
    char relay[DS_TEXT_HOST + 16];
    bool v6 = strchr(o->host, ':') != NULL;
    viewer_settings_load(&v->settings);
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
    v->panels.relay_given = o->host[0] != '\0';
    v->panels.scale = o->scale;
    v->panels.view_only = o->view_only;
    v->panels.no_toolbar = o->no_toolbar;
    viewer_view_set_bar(&v->screen.view, viewer_panels_bar(&v->panels));
    v->ui_due = true;
}

static int start_line(struct viewer *v, const char *password)
{
    const struct viewer_options *o = v->options;
    struct viewer_line_config config = {
        .ca_file = o->ca_file,
        .new_session = o->new_session,
        .view_only = o->view_only,
        .unattended = password != NULL,
        .events_fd = o->events_fd,
        .commands_fd = o->commands_fd,
        .backing = &v->backing,
        .notices = &v->notices,
        .on_fresh = wake_main,
        .ctx = v,
    };
    int error = viewer_line_start(&v->line, &config);
    if (error == DS_OK && password)
        viewer_actions.sign_in(v, o->host, o->port, o->email, password);
    return error;
}

static void close_parts(struct viewer *v)
{
    viewer_panels_destroy(&v->panels);
    viewer_replies_destroy(&v->replies);
    viewer_notify_close(&v->notify);
    viewer_shapes_destroy(&v->shapes);
    viewer_notes_destroy(&v->notes);
    viewer_screen_destroy(&v->screen);
    ds_ui_destroy(v->ui);
    viewer_keymap_close(v->keymap);
    viewer_window_close(v->window);
}

int viewer_run(const struct viewer_options *options, const char *password)
{
    static struct viewer viewer; /* too large for a stack; one a program */
    struct viewer *v = &viewer;
    char message[512] = "";
    *v = (struct viewer){.options = options, .exit_code = VIEWER_EXIT_INTERNAL};
    if (ds_backing_init(&v->backing) != DS_OK ||
        ds_mailbox_init(&v->notices, VIEWER_LETTERS_MAX, wake_main, v) != DS_OK)
        return VIEWER_EXIT_INTERNAL;
    if (open_parts(v, message, sizeof(message))) {
        init_panels(v);
        int error = start_line(v, password);
        if (error == DS_OK) {
            loop(v);
            viewer_router_release(&v->router);
            viewer_line_stop(v->line);
        } else {
            v->exit_code = error == DS_EINVAL ? VIEWER_EXIT_USAGE : VIEWER_EXIT_INTERNAL;
            snprintf(message, sizeof(message), "%s",
                     error == DS_EINVAL
                         ? "--events and --commands need descriptors open for writing and reading"
                         : ds_error_name(error));
        }
    }
    if (message[0])
        fprintf(stderr, "deskside-viewer: %s\n", message);
    close_parts(v);
    ds_mailbox_destroy(&v->notices);
    ds_backing_destroy(&v->backing);
    return v->exit_code;
}
