/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that stay here although control is the rep's, as the preferences say; the preferences put
 * into force. */
#include "viewer/windows.h"

#include "common/ui/text.h"
#include "viewer/appearance.h"
#include "viewer/input/strokes.h"
#include "viewer/panels/draw.h"
#include "viewer/panels/keys.h"
#include "viewer/window.h"

#include <stdio.h>
#include <xkbcommon/xkbcommon-keysyms.h>

static bool is_on(const struct viewer *v, enum viewer_preference which)
{
    return viewer_preferences_is_on(&v->settings.preferences, which);
}

/* ---- keys ---- */

/* Nothing came of a key that was kept here. */
static void miss(struct viewer *v, enum viewer_preference which)
{
    if (!viewer_eaten_press(&v->eaten, which, ds_clock_now()))
        return;
    viewer_keys_offer_cure(&v->panels, which);
    v->ui_due = true;
}

static bool scroll(struct viewer *v, uint32_t keysym)
{
    bool has_moved = false;
    if (!viewer_action_scroll_by(v, keysym, &has_moved))
        return false;
    if (has_moved)
        viewer_eaten_forget(&v->eaten);
    else
        miss(v, VIEWER_PREFERENCE_SHORTCUTS);
    return true;
}

/* F9 to F12, each where it is switched on. */
static bool shortcut(struct viewer *v, uint32_t keysym)
{
    if (keysym < XKB_KEY_F9 || keysym > XKB_KEY_F12 ||
        !is_on(v, (enum viewer_preference)(VIEWER_PREFERENCE_F9 + keysym - XKB_KEY_F9)))
        return false;
    v->ui_due = true;
    switch (keysym) {
    case XKB_KEY_F9:
        viewer_panels_toggle_talk(&v->panels);
        return true;
    case XKB_KEY_F10:
        viewer_panels_toolbar(&v->panels, !v->panels.toolbar_called);
        return true;
    case XKB_KEY_F11:
        viewer_actions.fullscreen(v, !v->panels.fullscreen);
        return true;
    default:
        viewer_draw_toggle(&v->panels);
        return true;
    }
}

static bool print(struct viewer *v, uint32_t keysym)
{
    if (keysym != XKB_KEY_Print ||
        v->settings.preferences.values[VIEWER_PREFERENCE_PRINT] != VIEWER_PRINT_HERE)
        return false;
    viewer_actions.screenshot(v);
    return true;
}

/* The keys of the rep's own desktop, where nothing took them before they came here. */
static bool is_desktop(uint32_t keysym, unsigned mods)
{
    switch (keysym) {
    case XKB_KEY_Super_L:
    case XKB_KEY_Super_R:
        return true;
    case XKB_KEY_Tab:
    case XKB_KEY_ISO_Left_Tab:
        return (mods & DS_UI_ALT) != 0;
    case XKB_KEY_Escape:
        return (mods & DS_UI_CTRL) != 0;
    default:
        return (mods & DS_UI_SUPER) != 0;
    }
}

bool viewer_own_key(void *ctx, uint32_t keysym, unsigned mods)
{
    struct viewer *v = ctx;
    if (print(v, keysym) || shortcut(v, keysym))
        return true;
    if (is_on(v, VIEWER_PREFERENCE_SHORTCUTS) && scroll(v, keysym))
        return true;
    if (is_on(v, VIEWER_PREFERENCE_PASS_KEYS) || !is_desktop(keysym, mods)) {
        viewer_eaten_forget(&v->eaten);
        return false;
    }
    miss(v, VIEWER_PREFERENCE_PASS_KEYS);
    return true;
}

bool viewer_spare_key(void *ctx, uint32_t keysym)
{
    struct viewer *v = ctx;
    bool has_moved;
    if (print(v, keysym) || shortcut(v, keysym))
        return true;
    if (viewer_draw_key(&v->panels, keysym, true)) {
        v->ui_due = true;
        return true;
    }
    if (keysym != XKB_KEY_F11)
        return viewer_action_scroll_by(v, keysym, &has_moved);
    viewer_actions.fullscreen(v, !v->panels.fullscreen);
    return true;
}

void viewer_send_strokes(void *ctx, const char *keys)
{
    struct viewer_strokes strokes;
    if (keys && viewer_strokes_parse(keys, &strokes))
        viewer_strokes_send(&strokes, viewer_action_input, ctx);
}

void viewer_shot_told(struct viewer *v, const char *path)
{
    char text[DS_TEXT_MESSAGE + 64];
    snprintf(text, sizeof(text), DS_TR("Screenshot copied, and saved as %s"), path);
    ds_ui_toast(v->panels.ui, path[0] ? text : DS_TR("The screenshot could not be saved."),
                path[0] ? DS_COLOR_GOOD : DS_COLOR_BAD);
    v->ui_due = true;
}

/* ---- the whole keyboard ---- */

/* All windows are one client of the X server: one that has taken it, took it from the others. */
static bool another_holds(const struct viewer *v)
{
    for (unsigned i = 0; i < v->windows->count; i++)
        if (v->windows->list[i] != v && !v->windows->list[i]->is_leaving &&
            v->windows->list[i]->grab.is_held)
            return true;
    return false;
}

/* SDL may be late with what the server has told. */
static bool has_keyboard(const struct viewer *v)
{
    unsigned focus = v->windows->seat.focus;
    return focus ? focus == v->number : SDL_GetKeyboardFocus() == v->window;
}

ds_tick viewer_follow_grab(struct viewer *v)
{
    bool wanted = is_on(v, VIEWER_PREFERENCE_PASS_KEYS) && viewer_router_is_remote(&v->router) &&
                  !v->hidden && has_keyboard(v);
    if (!wanted && another_holds(v))
        v->grab.is_held = false; /* letting go would be for that one, too */
    ds_tick again = viewer_grab_follow(&v->grab, v->window, wanted, ds_clock_now());
    if (v->panels.keys_taken != v->grab.is_held) {
        v->panels.keys_taken = v->grab.is_held;
        v->ui_due |= v->panels.toolbar_shown;
    }
    return again;
}

/* ---- preferences ---- */

static void apply_look(struct viewer *v)
{
    struct ds_theme theme =
        viewer_appearance_theme(&v->settings.preferences, viewer_window_scale(v->window));
    if (!v->options->geometry.has_size)
        viewer_window_least(v->window, theme.scale);
    ds_ui_set_theme(v->ui, &theme);
    viewer_view_set_bar(&v->screen.view, viewer_panels_bar(&v->panels));
    viewer_screen_damage_all(&v->screen);
}

void viewer_prefer(void *ctx, enum viewer_preference which, int value)
{
    struct viewer *v = ctx;
    struct viewer_windows *all = v->windows;
    v->ui_due = true;
    if (!viewer_preferences_set(&v->settings.preferences, which, value))
        return;
    viewer_settings_save(&v->settings);
    for (unsigned i = 0; i < all->count; i++) {
        struct viewer *other = all->list[i];
        other->settings.preferences = other->panels.preferences = v->settings.preferences;
        other->ui_due = true;
        if (which == VIEWER_PREFERENCE_THEME || which == VIEWER_PREFERENCE_SCALE)
            apply_look(other);
    }
}
