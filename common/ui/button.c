/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Buttons with words, icons or both, and the switch. */
#include "common/ui/inside.h"

enum { ICON = 20, SWITCH_WIDTH = 40, SWITCH_HEIGHT = 22 };

double ds_ui_button_width(struct ds_ui *ui, const char *label, enum ds_icon icon)
{
    double width = icon ? ICON : 0;
    if (label)
        width += ds_ui_text_width(ui, label, DS_TYPE_NORMAL, DS_UI_BOLD) + (icon ? DS_SPACE_2 : 0);
    return width + 2 * (label ? DS_SPACE_4 : DS_SPACE_2);
}

/* Fills and borders by state; returns the colour of what is written on it. */
static enum ds_color draw_ground(struct ds_ui *ui, struct ds_box box, unsigned flags,
                                 const struct touch *t)
{
    unsigned tint = t->is_down ? 48 : t->is_hot ? 24 : 0;
    if (flags & DS_UI_DISABLED) {
        if (!(flags & DS_UI_QUIET))
            ui_border(ui, box, ui_color(ui, DS_COLOR_LINE), DS_RADIUS, 1);
        return DS_COLOR_MUTED;
    }
    if (flags & (DS_UI_MAIN | DS_UI_DANGER | DS_UI_ON)) {
        uint32_t fill = ui_color(ui, flags & DS_UI_DANGER ? DS_COLOR_BAD : DS_COLOR_ACCENT);
        /* Away from what is written on it, so that the contrast only grows. */
        uint32_t away = ui->theme.dark ? 0xffffff : 0x000000;
        ui_fill(ui, box, ds_theme_mix(fill, away, tint), DS_RADIUS);
        return DS_COLOR_ON_ACCENT;
    }
    if (!(flags & DS_UI_QUIET) || tint)
        ui_fill(ui, box, ui_tint(ui, ui_color(ui, DS_COLOR_RAISED), tint), DS_RADIUS);
    if (!(flags & DS_UI_QUIET))
        ui_border(ui, box, ui_color(ui, DS_COLOR_MUTED), DS_RADIUS, 1);
    return DS_COLOR_TEXT;
}

bool ds_ui_icon_button(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum ds_icon icon,
                       const char *label, unsigned flags)
{
    struct touch t = ui_touch(ui, id, box, WIDGET_BUTTON, flags);
    enum ds_color color = draw_ground(ui, box, flags, &t);
    if (t.is_focused)
        ui_ring(ui, box);
    double natural = ds_ui_button_width(ui, label, icon);
    struct ds_box inside = ds_box_pad(box, label ? DS_SPACE_2 : 0, 0);
    if (icon) {
        double used = natural - 2 * (label ? DS_SPACE_4 : DS_SPACE_2);
        double room = inside.width > used ? (inside.width - used) / 2 : 0;
        ds_box_left(&inside, room, 0);
        ds_ui_icon(ui, ds_box_middle(ds_box_left(&inside, ICON, DS_SPACE_2), ICON, ICON), icon,
                   color);
    }
    if (label)
        ds_ui_label(ui, inside, label, DS_TYPE_NORMAL, color,
                    DS_UI_BOLD | DS_UI_MIDDLE | (icon ? DS_UI_LEFT : DS_UI_CENTER));
    return t.is_clicked;
}

bool ds_ui_swatch(struct ds_ui *ui, ds_ui_id id, struct ds_box box, uint32_t color, unsigned flags)
{
    struct touch t = ui_touch(ui, id, box, WIDGET_BUTTON, flags);
    double size = box.width < box.height ? box.width : box.height;
    struct ds_box patch = ds_box_middle(box, size - 12, size - 12);
    if (t.is_hot || flags & DS_UI_ON)
        ui_fill(ui, ds_box_middle(box, size - 4, size - 4),
                flags & DS_UI_ON ? ui_color(ui, DS_COLOR_TEXT) : ui_color(ui, DS_COLOR_LINE),
                size / 2);
    ui_fill(ui, ds_box_middle(box, size - 8, size - 8), ui_color(ui, DS_COLOR_RAISED), size / 2);
    ui_fill(ui, patch, color, size / 2);
    ui_border(ui, patch, ui_color(ui, DS_COLOR_MUTED), size / 2, 1);
    if (t.is_focused)
        ui_ring(ui, box);
    return t.is_clicked;
}

void ds_ui_patch(struct ds_ui *ui, struct ds_box box, uint32_t color, double radius)
{
    ui_fill(ui, box, color, radius);
}

bool ds_ui_button(struct ds_ui *ui, ds_ui_id id, struct ds_box box, const char *label,
                  unsigned flags)
{
    return ds_ui_icon_button(ui, id, box, DS_ICON_NONE, label, flags);
}

bool ds_ui_toggle(struct ds_ui *ui, ds_ui_id id, struct ds_box box, const char *label, bool *on,
                  unsigned flags)
{
    struct touch t = ui_touch(ui, id, box, WIDGET_BUTTON, flags);
    if (t.is_clicked)
        *on = !*on;
    if (t.is_focused)
        ui_ring(ui, box);
    bool is_disabled = (flags & DS_UI_DISABLED) != 0;
    struct ds_box inside = box;
    struct ds_box track =
        ds_box_middle(ds_box_left(&inside, SWITCH_WIDTH, DS_SPACE_3), SWITCH_WIDTH, SWITCH_HEIGHT);
    uint32_t ground = ui_color(ui, *on ? DS_COLOR_ACCENT : DS_COLOR_MUTED);
    if (is_disabled)
        ground = ui_color(ui, DS_COLOR_LINE);
    ui_fill(ui, track, ui_tint(ui, ground, t.is_hot ? 24 : 0), SWITCH_HEIGHT / 2.0);
    const double knob = SWITCH_HEIGHT - 6;
    struct ds_box dot = {*on ? track.x + track.width - knob - 3 : track.x + 3, track.y + 3, knob,
                         knob};
    ui_fill(ui, dot, ui_color(ui, DS_COLOR_SURFACE), knob / 2);
    ds_ui_label(ui, inside, label, DS_TYPE_NORMAL, is_disabled ? DS_COLOR_MUTED : DS_COLOR_TEXT,
                DS_UI_MIDDLE);
    return t.is_clicked;
}
