/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every page and panel of the viewer's window in both languages, at every scale and from the
 * smallest window on: no text is cut, and what lies over the picture never lies over each other.
 * Usage: unit_viewer_panels [FOLDER]: also draws them there as pictures, to be looked at. */
#include "common/wire/clipboard.h"
#include "viewer/panels/hue.h"
#include "viewer/panels/keys.h"
#include "viewer/panels/panels.h"
#include "viewer/panels/share.h"
#include "viewer/panels/strip.h"

#include "common/ui/text.h"
#include "common/wire/message.h"
#include "viewer/present/overview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;

enum extra {
    EXTRA_MENU = 1,
    EXTRA_FIGURES = 2,
    EXTRA_OVERVIEW = 4,
    EXTRA_CONFIRM = 8,
    EXTRA_WRONG = 16,
    EXTRA_FORM = 32, /* fields that complain */
    EXTRA_KEYS = 64,
    EXTRA_SMALL = 128, /* the whole picture is in sight */
    EXTRA_RELAY = 256, /* given on the command line */
    EXTRA_TOOLS = 512,
    EXTRA_DRAW = 1024,
    EXTRA_TEXT = 2048,
    EXTRA_TABS = 4096,    /* several sessions */
    EXTRA_WINDOWS = 8192, /* their menu is open */
    EXTRA_RENAME = 16384,
    EXTRA_ALL = 32768, /* all of them shall end: asked */
    EXTRA_SHARE_MENU = 65536,
    EXTRA_SHARE_CHOICE = 131072,
    EXTRA_RIGHTS = 1 << 20,
    EXTRA_KEYS_MENU = 1 << 21,
    EXTRA_PREFERENCES = 1 << 22,
    EXTRA_CURE = 1 << 23,
    EXTRA_BLIND = 1 << 24,
    EXTRA_CLIPBOARD = 1 << 25,
};

struct scene {
    const char *name;
    enum viewer_stage stage;
    enum viewer_trouble trouble;
    unsigned extra;
    enum ds_right_state control, clipboard, point;
    bool paused, paused_by_rep, resume_asked, held, coming;
    enum ds_share share; /* the rep's screen is shown */
    bool is_hidden, is_without;
    enum viewer_away away;
    enum viewer_preference_page preferences;
    const char *by, *reason;
};

static const struct scene scenes[] = {
    {.name = "sign-in", .stage = VIEWER_SIGNED_OUT},
    {.name = "sign-in-relay", .stage = VIEWER_SIGNED_OUT, .extra = EXTRA_RELAY},
    {.name = "sign-in-form", .stage = VIEWER_SIGNED_OUT, .extra = EXTRA_FORM},
    {.name = "sign-in-password",
     .stage = VIEWER_SIGNED_OUT,
     .trouble = VIEWER_TROUBLE_PASSWORD,
     .extra = EXTRA_RELAY},
    {.name = "sign-in-activated",
     .stage = VIEWER_SIGNED_OUT,
     .trouble = VIEWER_TROUBLE_NOT_ACTIVATED,
     .extra = EXTRA_RELAY},
    {.name = "sign-in-many", .stage = VIEWER_SIGNED_OUT, .trouble = VIEWER_TROUBLE_TOO_MANY},
    {.name = "sign-in-unreachable",
     .stage = VIEWER_SIGNED_OUT,
     .trouble = VIEWER_TROUBLE_UNREACHABLE},
    {.name = "sign-in-untrusted", .stage = VIEWER_SIGNED_OUT, .trouble = VIEWER_TROUBLE_UNTRUSTED},
    {.name = "connecting", .stage = VIEWER_CONNECTING},
    {.name = "signing-in", .stage = VIEWER_SIGNING_IN},
    {.name = "home", .stage = VIEWER_READY},
    {.name = "tabs-home", .stage = VIEWER_READY, .extra = EXTRA_TABS},
    {.name = "tabs-code", .stage = VIEWER_WAITING, .extra = EXTRA_TABS},
    {.name = "tabs-number", .stage = VIEWER_NUMBER, .extra = EXTRA_TABS | EXTRA_WRONG},
    {.name = "tabs-windows", .stage = VIEWER_NUMBER, .extra = EXTRA_TABS | EXTRA_WINDOWS},
    {.name = "tabs-rename", .stage = VIEWER_ASKING, .extra = EXTRA_TABS | EXTRA_RENAME},
    {.name = "tabs-all", .stage = VIEWER_ACTIVE, .extra = EXTRA_TABS | EXTRA_ALL},
    {.name = "tabs-look", .stage = VIEWER_ACTIVE, .extra = EXTRA_TABS | EXTRA_FIGURES},
    {.name = "tabs-menu", .stage = VIEWER_ACTIVE, .extra = EXTRA_TABS | EXTRA_MENU},
    {.name = "home-busy", .stage = VIEWER_READY, .trouble = VIEWER_TROUBLE_BUSY},
    {.name = "opening", .stage = VIEWER_OPENING},
    {.name = "code", .stage = VIEWER_WAITING},
    {.name = "number", .stage = VIEWER_NUMBER},
    {.name = "number-wrong", .stage = VIEWER_NUMBER, .extra = EXTRA_WRONG},
    {.name = "number-confirm", .stage = VIEWER_NUMBER, .extra = EXTRA_CONFIRM},
    {.name = "verifying", .stage = VIEWER_VERIFYING},
    {.name = "asking", .stage = VIEWER_ASKING},
    {.name = "coming", .stage = VIEWER_ACTIVE, .coming = true},
    {.name = "look", .stage = VIEWER_ACTIVE},
    {.name = "look-small", .stage = VIEWER_ACTIVE, .extra = EXTRA_SMALL | EXTRA_MENU},
    {.name = "asked", .stage = VIEWER_ACTIVE, .control = DS_RIGHT_ASKED, .extra = EXTRA_FIGURES},
    {.name = "control",
     .stage = VIEWER_ACTIVE,
     .control = DS_RIGHT_GRANTED,
     .extra = EXTRA_FIGURES | EXTRA_OVERVIEW | EXTRA_KEYS},
    {.name = "menu", .stage = VIEWER_ACTIVE, .control = DS_RIGHT_GRANTED, .extra = EXTRA_MENU},
    {.name = "held", .stage = VIEWER_ACTIVE, .control = DS_RIGHT_GRANTED, .held = true},
    {.name = "clipboard",
     .stage = VIEWER_ACTIVE,
     .clipboard = DS_RIGHT_GRANTED,
     .extra = EXTRA_CLIPBOARD},
    {.name = "clipboard-paused", .stage = VIEWER_ACTIVE, .paused = true, .extra = EXTRA_CLIPBOARD},
    {.name = "tools", .stage = VIEWER_ACTIVE, .extra = EXTRA_TOOLS},
    {.name = "tools-paused", .stage = VIEWER_ACTIVE, .paused = true, .extra = EXTRA_TOOLS},
    {.name = "draw", .stage = VIEWER_ACTIVE, .point = DS_RIGHT_GRANTED, .extra = EXTRA_DRAW},
    {.name = "draw-keys",
     .stage = VIEWER_ACTIVE,
     .point = DS_RIGHT_GRANTED,
     .extra = EXTRA_DRAW | EXTRA_TEXT},
    {.name = "draw-tools",
     .stage = VIEWER_ACTIVE,
     .point = DS_RIGHT_GRANTED,
     .extra = EXTRA_DRAW | EXTRA_TOOLS},
    {.name = "draw-asked", .stage = VIEWER_ACTIVE, .point = DS_RIGHT_ASKED},
    {.name = "clipboard-asked",
     .stage = VIEWER_ACTIVE,
     .clipboard = DS_RIGHT_ASKED,
     .extra = EXTRA_TOOLS},
    {.name = "rights",
     .stage = VIEWER_ACTIVE,
     .control = DS_RIGHT_GRANTED,
     .clipboard = DS_RIGHT_ASKED,
     .point = DS_RIGHT_REFUSED,
     .extra = EXTRA_RIGHTS},
    {.name = "rights-paused", .stage = VIEWER_ACTIVE, .paused = true, .extra = EXTRA_RIGHTS},
    {.name = "blind", .stage = VIEWER_ACTIVE, .extra = EXTRA_BLIND},
    {.name = "keys", .stage = VIEWER_ACTIVE, .extra = EXTRA_KEYS_MENU},
    {.name = "keys-control",
     .stage = VIEWER_ACTIVE,
     .control = DS_RIGHT_GRANTED,
     .extra = EXTRA_KEYS_MENU},
    {.name = "cure",
     .stage = VIEWER_ACTIVE,
     .control = DS_RIGHT_GRANTED,
     .extra = EXTRA_CURE | EXTRA_KEYS},
    {.name = "cure-figures",
     .stage = VIEWER_ACTIVE,
     .control = DS_RIGHT_GRANTED,
     .held = true,
     .extra = EXTRA_CURE | EXTRA_FIGURES},
    {.name = "preferences-sign-in", .stage = VIEWER_SIGNED_OUT, .extra = EXTRA_PREFERENCES},
    {.name = "preferences-look",
     .stage = VIEWER_READY,
     .extra = EXTRA_PREFERENCES,
     .preferences = VIEWER_PREFERENCES_APPEARANCE},
    {.name = "preferences-alerts",
     .stage = VIEWER_ACTIVE,
     .extra = EXTRA_PREFERENCES,
     .preferences = VIEWER_PREFERENCES_ALERTS},
    {.name = "confirm", .stage = VIEWER_ACTIVE, .extra = EXTRA_CONFIRM},
    {.name = "paused", .stage = VIEWER_ACTIVE, .paused = true},
    {.name = "paused-rep", .stage = VIEWER_ACTIVE, .paused = true, .paused_by_rep = true},
    {.name = "paused-asked",
     .stage = VIEWER_ACTIVE,
     .paused = true,
     .resume_asked = true,
     .extra = EXTRA_MENU},
    {.name = "sharing", .stage = VIEWER_ACTIVE, .paused = true, .share = DS_SHARE_WINDOW},
    {.name = "sharing-hidden",
     .stage = VIEWER_ACTIVE,
     .paused = true,
     .share = DS_SHARE_SCREEN,
     .is_hidden = true,
     .extra = EXTRA_SHARE_MENU},
    {.name = "share-menu", .stage = VIEWER_ACTIVE, .extra = EXTRA_SHARE_MENU},
    {.name = "share-without",
     .stage = VIEWER_ACTIVE,
     .is_without = true,
     .extra = EXTRA_SHARE_MENU},
    {.name = "share-choice", .stage = VIEWER_ACTIVE, .extra = EXTRA_SHARE_CHOICE},
    {.name = "away", .stage = VIEWER_ACTIVE, .away = VIEWER_AWAY_DIALLING},
    {.name = "away-customer", .stage = VIEWER_ACTIVE, .away = VIEWER_AWAY_CUSTOMER},
    {.name = "away-resuming", .stage = VIEWER_ACTIVE, .away = VIEWER_AWAY_RESUMING},
    {.name = "away-waiting", .stage = VIEWER_WAITING, .away = VIEWER_AWAY_DIALLING},
    {.name = "ended-lost", .stage = VIEWER_ENDED, .by = DS_BY_RELAY, .reason = DS_REASON_LOST},
    {.name = "ended", .stage = VIEWER_ENDED, .by = DS_BY_REP, .reason = DS_REASON_CLOSED},
    {.name = "ended-number", .stage = VIEWER_ENDED, .by = "", .reason = DS_REASON_WRONG_NUMBER},
};

/* ---- one of them ---- */

static void no_sign_in(void *ctx, const char *host, unsigned port, const char *email,
                       const char *password)
{
    (void)ctx, (void)host, (void)port, (void)email, (void)password;
}
static void no_order(void *ctx, enum viewer_order_kind kind)
{
    (void)ctx, (void)kind;
}
static void no_text(void *ctx, const char *text)
{
    (void)ctx, (void)text;
}
static void no_right(void *ctx, enum viewer_order_kind kind, enum ds_right right)
{
    (void)ctx, (void)kind, (void)right;
}
static void no_monitor(void *ctx, uint8_t monitor)
{
    (void)ctx, (void)monitor;
}
static void no_scale(void *ctx, enum viewer_scale scale)
{
    (void)ctx, (void)scale;
}
static void no_fullscreen(void *ctx, bool on)
{
    (void)ctx, (void)on;
}
static void no_scroll(void *ctx, int x, int y)
{
    (void)ctx, (void)x, (void)y;
}
static void no_windows(void *ctx, enum viewer_window_wish wish, unsigned number, const char *text)
{
    (void)ctx, (void)wish, (void)number, (void)text;
}

static size_t some_sources(void *ctx, struct viewer_source *out, size_t max)
{
    (void)ctx;
    for (size_t i = 0; i < 9 && i < max; i++) {
        out[i] = (struct viewer_source){.window = i < 2 ? 0 : (uint32_t)i,
                                        .monitor = (uint8_t)i,
                                        .width = 1920,
                                        .height = 1080};
        snprintf(out[i].name, sizeof(out[i].name), "%s",
                 i < 2 ? "Écran 1" : "Rapport trimestriel des ventes – LibreOffice Calc, classeur");
    }
    return max < 9 ? max : 9;
}

static void no_share(void *ctx, const struct viewer_source *source)
{
    (void)ctx;
    (void)source;
}

static void no_quit(void *ctx)
{
    (void)ctx;
}

static const struct viewer_panel_actions no_actions = {
    .sign_in = no_sign_in,
    .order = no_order,
    .number = no_text,
    .right = no_right,
    .monitor = no_monitor,
    .scale = no_scale,
    .fullscreen = no_fullscreen,
    .scroll_to = no_scroll,
    .copy = no_text,
    .windows = no_windows,
    .sources = some_sources,
    .share = no_share,
    .quit = no_quit,
};

static struct {
    struct ds_ui *ui;
    struct viewer_view view;
    struct viewer_panels panels;
    int width, height;
} t;

static void fill_model(const struct scene *scene, struct viewer_model *m)
{
    memset(m, 0, sizeof(*m));
    m->stage = scene->stage;
    m->trouble = scene->trouble;
    snprintf(m->host, sizeof(m->host), "support.acme.example");
    snprintf(m->detail, sizeof(m->detail), "Wait 10 minutes, or ask your manager, Camille.");
    snprintf(m->dial_stage, sizeof(m->dial_stage), "Securing the connection");
    m->dial_percent = 60;
    m->port = 8200;
    m->tries_left = scene->extra & EXTRA_WRONG ? 1 : DS_NUMBER_TRIES;
    if (scene->stage >= VIEWER_READY) {
        snprintf(m->org, sizeof(m->org), "Acme Support International");
        snprintf(m->rep, sizeof(m->rep), "Dana Rosenberg-Lefèvre");
        m->connected_at = ds_clock_now();
    }
    snprintf(m->code, sizeof(m->code), "481926573");
    m->code_until = ds_clock_now() + 845 * DS_SECOND;
    m->rights[DS_RIGHT_LOOK] = DS_RIGHT_GRANTED;
    m->rights[DS_RIGHT_CONTROL] = (uint8_t)scene->control;
    m->rights[DS_RIGHT_POINT] = (uint8_t)scene->point;
    m->clipboard = DS_CLIPBOARD_GIVES | DS_CLIPBOARD_TAKES; /* and the customer gives nothing */
    m->clipboard_other = DS_CLIPBOARD_TAKES | DS_CLIPBOARD_PRIMARY;
    m->notes = scene->point == DS_RIGHT_GRANTED ? 3 : 0;
    m->may_laser = (scene->extra & EXTRA_TEXT) != 0;
    m->customer_draws = m->may_laser;
    m->own_notes = m->may_laser ? 12 : 0;
    m->rights[DS_RIGHT_CLIPBOARD] = (uint8_t)scene->clipboard;
    m->paused = scene->paused;
    m->paused_by_rep = scene->paused_by_rep;
    m->resume_asked = scene->resume_asked;
    m->held = scene->held;
    m->away = scene->away;
    m->away_until = ds_clock_now() + 581 * DS_SECOND;
    m->may_begin = scene->stage != VIEWER_ENDED || !scene->reason ||
                   strcmp(scene->reason, DS_REASON_LOST) != 0;
    m->active_at = ds_clock_now() > 4000 * DS_SECOND ? ds_clock_now() - 4000 * DS_SECOND : 1;
    m->may_share = true;
    m->share = (uint8_t)scene->share;
    m->shared = scene->is_hidden ? DS_SHARED_HIDDEN : DS_SHARED_SHOWN;
    snprintf(m->share_name, sizeof(m->share_name), "%s",
             scene->share == DS_SHARE_WINDOW ? "Rapport trimestriel des ventes – LibreOffice Calc"
                                             : "Screen 2");
    snprintf(m->without, sizeof(m->without), "%s", scene->is_without ? "share-screen" : "");
    m->layout.width = 3840;
    m->layout.height = 2160;
    m->layout.monitor_count = 2;
    snprintf(m->by, sizeof(m->by), "%s", scene->by ? scene->by : "");
    snprintf(m->reason, sizeof(m->reason), "%s", scene->reason ? scene->reason : "");
}

static void run(void)
{
    do {
        ds_ui_begin(t.ui, t.width, t.height, ds_clock_now());
        viewer_panels_build(&t.panels);
    } while (ds_ui_end(t.ui));
}

static void add_tabs(struct viewer_tabs *tabs)
{
    static const char *const names[] = {"Marie Dupont (pc-17)", "Session 2",
                                        "Jean-Baptiste de la Croix-Montferrand (bureau-3e-etage)"};
    tabs->count = 3;
    tabs->own = 1;
    for (unsigned i = 0; i < 3; i++) {
        tabs->tab[i].number = i + 1;
        tabs->tab[i].color = viewer_hue_color(i);
        tabs->tab[i].unread = i == 0 ? 3 : i == 2 ? 120 : 0;
        snprintf(tabs->tab[i].name, sizeof(tabs->tab[i].name), "%s", names[i]);
    }
}

static void open_scene(const struct scene *scene, const struct ds_theme *theme, int width,
                       int height)
{
    struct viewer_model model;
    memset(&t, 0, sizeof(t));
    t.ui = ds_ui_new(theme);
    t.width = (int)(width * theme->scale);
    t.height = (int)(height * theme->scale);
    viewer_panels_init(&t.panels, t.ui, &t.view, &no_actions, NULL, "support.acme.example",
                       "dana.rosenberg@acme.example");
    t.panels.relay_given = (scene->extra & EXTRA_RELAY) != 0;
    t.view.scale = t.panels.scale =
        scene->extra & EXTRA_SMALL ? VIEWER_SCALE_FIT : VIEWER_SCALE_ONE;
    if (scene->extra & EXTRA_TABS)
        add_tabs(&t.panels.tabs);
    viewer_view_set_window(&t.view, t.width, t.height - viewer_panels_foot(&t.panels));
    viewer_view_set_bar(&t.view, viewer_panels_bar(&t.panels));
    viewer_view_set_picture(&t.view, 3840, 2160);
    viewer_view_scroll(&t.view, 900, 700);
    fill_model(scene, &model);
    viewer_panels_set_model(&t.panels, &model);
    t.panels.figures = (struct viewer_figures){.rtt_ms = 1234,
                                               .rtt_min_ms = 1050,
                                               .jitter_ms = 234,
                                               .quality = 12,
                                               .stage = DS_STAGE_VERIFIED,
                                               .session_s = 35999,
                                               .up_s = 32000,
                                               .disconnects = {99, 88, 77},
                                               .bandwidth_bps = 850000,
                                               .fps = 60,
                                               .bytes_in = 12345678901,
                                               .bytes_out = 1234567,
                                               .in_rate = 999000,
                                               .out_rate = 999000,
                                               .decode_ms = 123.4};
    t.panels.complete = scene->stage == VIEWER_ACTIVE && !scene->coming;
    t.panels.figures_open = (scene->extra & EXTRA_FIGURES) != 0;
    t.panels.overview_called = t.panels.overview_left = (scene->extra & EXTRA_OVERVIEW) != 0;
    t.panels.draws = (scene->extra & EXTRA_DRAW) != 0;
    t.panels.tool = scene->extra & EXTRA_TEXT ? 5 : 0;
    t.panels.draw_help = (scene->extra & EXTRA_TEXT) != 0;
    if (scene->extra & EXTRA_KEYS)
        viewer_preferences_set(&t.panels.preferences, VIEWER_PREFERENCE_SHORTCUTS, 1);
    if (scene->extra & EXTRA_CURE)
        viewer_keys_offer_cure(&t.panels, scene->extra & EXTRA_KEYS ? VIEWER_PREFERENCE_SHORTCUTS
                                                                    : VIEWER_PREFERENCE_PASS_KEYS);
    if (scene->extra & EXTRA_BLIND)
        t.panels.model.rights[DS_RIGHT_LOOK] = DS_RIGHT_NONE;
    t.panels.preferences_open = (scene->extra & EXTRA_PREFERENCES) != 0;
    t.panels.preferences_page = scene->preferences;
    t.panels.confirm_end = (scene->extra & EXTRA_CONFIRM) != 0;
    if (scene->extra & EXTRA_FORM)
        t.panels.relay_bad = t.panels.email_bad = t.panels.password_missing = true;
    t.panels.renames = (scene->extra & EXTRA_RENAME) != 0;
    t.panels.confirm_all = (scene->extra & EXTRA_ALL) != 0;
    run();
    if (scene->extra & EXTRA_WINDOWS) {
        ds_ui_activate(t.ui, ID_WINDOWS);
        run();
    }
    if (scene->extra & EXTRA_MENU) {
        ds_ui_activate(t.ui, ID_MENU);
        run();
    }
    if (scene->extra & EXTRA_RIGHTS) {
        ds_ui_activate(t.ui, ID_RIGHTS);
        run();
    }
    if (scene->extra & EXTRA_KEYS_MENU) {
        ds_ui_activate(t.ui, ID_KEYS);
        run();
    }
    if (scene->extra & EXTRA_SHARE_MENU) {
        ds_ui_activate(t.ui, ID_SHARE);
        run();
    }
    if (scene->extra & EXTRA_SHARE_CHOICE) {
        viewer_share_toggle(&t.panels);
        run();
    }
    if (scene->extra & EXTRA_CLIPBOARD) {
        ds_ui_activate(t.ui, ID_CLIPBOARD);
        run();
    }
    if (scene->extra & EXTRA_TOOLS) {
        ds_ui_activate(t.ui, ID_TOOLS);
        run();
    }
}

static void close_scene(void)
{
    viewer_panels_destroy(&t.panels);
    ds_ui_destroy(t.ui);
}

static void write_png(const struct scene *scene, const struct ds_theme *theme, int width)
{
    char path[600];
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, t.width, t.height);
    cairo_t *cr = cairo_create(surface);
    ds_ui_invalidate(t.ui);
    ds_ui_paint(t.ui, cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_DEST_OVER);
    cairo_set_source_rgb(cr, 0.35, 0.45, 0.55);
    cairo_paint(cr);
    cairo_destroy(cr);
    snprintf(path, sizeof(path), "%s/%s-%s-%s-%d-%g.png", folder, scene->name, ds_text_language(),
             theme->dark ? "dark" : "light", width, theme->scale);
    assert_int_equal(CAIRO_STATUS_SUCCESS, cairo_surface_write_to_png(surface, path));
    cairo_surface_destroy(surface);
}

/* ---- all of them ---- */

static const char *const languages[] = {"en", "fr"};
static const int sizes[][2] = {{640, 480}, {800, 600}, {1920, 1080}};

static void no_text_is_cut(void **state)
{
    (void)state;
    static const double scales[] = {1, 1.5, 2};
    int cut = 0;
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
            for (size_t w = 0; w < 3; w++)
                for (size_t s = 0; s < 3; s++) {
                    const struct ds_theme theme = {
                        .scale = scales[s], .dark = l == 1, .target = DS_TARGET_REP};
                    ds_text_choose(languages[l]);
                    open_scene(&scenes[i], &theme, sizes[w][0], sizes[w][1]);
                    if (ds_ui_cut_text(t.ui)) {
                        cut++;
                        fprintf(stderr, "%s, %s, %dx%d at %g: cut: %s\n", scenes[i].name,
                                languages[l], sizes[w][0], sizes[w][1], scales[s],
                                ds_ui_cut_text(t.ui));
                    }
                    if (folder && s == 0)
                        write_png(&scenes[i], &theme, sizes[w][0]);
                    close_scene();
                }
    assert_int_equal(0, cut);
}

static void the_overview_keeps_clear_of_the_toolbar_and_the_figures(void **state)
{
    (void)state;
    for (size_t w = 0; w < 3; w++)
        for (int left = 0; left < 2; left++) {
            const struct scene scene = {.name = "overview",
                                        .stage = VIEWER_ACTIVE,
                                        .extra = EXTRA_FIGURES | EXTRA_OVERVIEW};
            const struct ds_theme theme = {.scale = 1, .target = DS_TARGET_REP};
            open_scene(&scene, &theme, sizes[w][0], sizes[w][1]);
            t.panels.overview_left = left != 0;
            run();
            struct ds_rect o = t.panels.overview_place;
            struct ds_rect figures = {t.view.window_width - DS_SPACE_4 - VIEWER_FIGURES_WIDTH,
                                      t.view.window_height - DS_SPACE_4 -
                                          (int)t.panels.figures_height,
                                      VIEWER_FIGURES_WIDTH, (int)t.panels.figures_height};
            struct ds_rect bar = {0, 0, t.view.window_width, 48};
            assert_true(ds_rect_is_empty(ds_rect_intersect(o, figures)));
            assert_true(ds_rect_is_empty(ds_rect_intersect(o, bar)));
            assert_true(w == 0 || !ds_rect_is_empty(o));
            close_scene();
        }
}

static void a_toolbar_called_by_key_comes_and_stays(void **state)
{
    (void)state;
    const struct scene scene = {.name = "toolbar", .stage = VIEWER_ACTIVE};
    const struct ds_theme theme = {.scale = 1, .target = DS_TARGET_REP};
    ds_text_choose("en");
    open_scene(&scene, &theme, 800, 600);
    t.panels.toolbar_shown = false; /* its first seconds are over */
    run();
    viewer_panels_toolbar(&t.panels, true);
    run();
    run();
    assert_true(t.panels.toolbar_shown && t.panels.toolbar_called);
    ds_ui_event(t.ui, &(struct ds_ui_event){.type = DS_UI_KEY, .keysym = 0xff1b});
    run();
    assert_false(t.panels.toolbar_shown);
    close_scene();
}

static void the_top_edge_calls_the_toolbar_and_scrolls_beside_it(void **state)
{
    (void)state;
    const struct scene scene = {.name = "edge", .stage = VIEWER_ACTIVE};
    const struct ds_theme theme = {.scale = 1, .target = DS_TARGET_REP};
    open_scene(&scene, &theme, 1920, 1080);
    t.panels.toolbar_shown = false;
    run();
    viewer_panels_pointer(&t.panels, 10, 0, false); /* there is something above: it scrolls */
    assert_int_equal(0, t.panels.toolbar_from);
    viewer_panels_pointer(&t.panels, 960, 0, false);
    assert_true(t.panels.toolbar_from != 0);
    viewer_panels_pointer(&t.panels, 960, 500, false);
    viewer_view_scroll_to(&t.view, 0, 0);
    viewer_panels_pointer(&t.panels, 10, 0, false); /* nothing above: the whole edge calls it */
    assert_true(t.panels.toolbar_from != 0);
    close_scene();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_is_cut),
        cmocka_unit_test(the_overview_keeps_clear_of_the_toolbar_and_the_figures),
        cmocka_unit_test(a_toolbar_called_by_key_comes_and_stays),
        cmocka_unit_test(the_top_edge_calls_the_toolbar_and_scrolls_beside_it),
    };
    folder = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
