/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include <math.h>

enum { KNOB = 16, TRACK = 4 };

static double wanted_by_key(const struct ds_ui *ui, double value, double least, double most,
                            double step)
{
    switch (ui_key(ui, 0)) {
    case KEY_LEFT:
        return value - step;
    case KEY_RIGHT:
        return value + step;
    case KEY_HOME:
        return least;
    case KEY_END:
        return most;
    default:
        return NAN;
    }
}

bool ds_ui_slider(struct ds_ui *ui, ds_ui_id id, struct ds_box box, const char *label,
                  double *value, double least, double most, double step)
{
    struct touch t = ui_touch(ui, id, box, WIDGET_SLIDER, 0);
    struct ds_box track = box;
    if (label) {
        double width = ds_ui_text_width(ui, label, DS_TYPE_NORMAL, 0);
        ds_ui_label(ui, ds_box_left(&track, width, DS_SPACE_3), label, DS_TYPE_NORMAL,
                    DS_COLOR_TEXT, DS_UI_MIDDLE);
    }
    track = ds_box_pad(track, KNOB / 2.0, 0);
    double wanted = t.is_focused ? wanted_by_key(ui, *value, least, most, step) : NAN;
    if (!isnan(wanted))
        ui_use(ui);
    const struct ds_ui_event *wheel = ui_unused(ui, DS_UI_WHEEL);
    if (wheel && t.is_hot) {
        wanted = *value - wheel->dy * step;
        ui_use(ui);
    }
    if (ui->active == id && ui->has_event && track.width > 0)
        wanted = least + (ui->x - track.x) / track.width * (most - least);
    double before = *value;
    if (!isnan(wanted)) {
        wanted = step > 0 ? least + round((wanted - least) / step) * step : wanted;
        *value = fmin(most, fmax(least, wanted));
    }
    double part = most > least ? fmin(1, fmax(0, (*value - least) / (most - least))) : 0;
    struct ds_box line = ds_box_middle(track, track.width, TRACK);
    ui_fill(ui, line, ui_color(ui, DS_COLOR_MUTED), TRACK / 2.0);
    line.width *= part;
    ui_fill(ui, line, ui_color(ui, DS_COLOR_ACCENT), TRACK / 2.0);
    struct ds_box knob = {track.x + track.width * part - KNOB / 2.0,
                          box.y + (box.height - KNOB) / 2, KNOB, KNOB};
    ui_fill(ui, knob, ui_color(ui, DS_COLOR_ACCENT), KNOB / 2.0);
    if (t.is_focused)
        ui_ring(ui, box);
    return *value != before;
}
