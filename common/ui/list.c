/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include <math.h>

enum { BAR = 6 };

static double most_scroll(const struct ds_ui_list *list)
{
    double over = list->count * list->row_height - list->box.height;
    return over > 0 ? over : 0;
}

static void clamp(struct ds_ui_list *list)
{
    double most = most_scroll(list);
    if (!(list->scroll >= 0))
        list->scroll = 0;
    if (list->scroll > most)
        list->scroll = most;
    if (list->selected >= list->count)
        list->selected = list->count - 1;
    if (list->selected < -1)
        list->selected = -1;
}

static void show_selected(struct ds_ui_list *list)
{
    double top = list->selected * list->row_height;
    if (top < list->scroll)
        list->scroll = top;
    if (top + list->row_height > list->scroll + list->box.height)
        list->scroll = top + list->row_height - list->box.height;
}

static void take_key(struct ds_ui *ui, struct ds_ui_list *list)
{
    int page = (int)(list->box.height / list->row_height);
    int to = list->selected;
    switch (ui_key(ui, 0)) {
    case KEY_UP:
        to--;
        break;
    case KEY_DOWN:
        to++;
        break;
    case KEY_PAGE_UP:
        to -= page > 1 ? page : 1;
        break;
    case KEY_PAGE_DOWN:
        to += page > 1 ? page : 1;
        break;
    case KEY_HOME:
        to = 0;
        break;
    case KEY_END:
        to = list->count - 1;
        break;
    case KEY_RETURN:
    case KEY_KP_ENTER:
        if (list->selected < 0)
            return;
        list->activated = list->selected;
        ui->again = true;
        ui_use(ui);
        return;
    default:
        return;
    }
    ui_use(ui);
    to = to < 0 ? 0 : to;
    list->selected = to >= list->count ? list->count - 1 : to;
    show_selected(list);
}

static void take_pointer(struct ds_ui *ui, struct ds_ui_list *list)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_WHEEL);
    if (event && ui_is_over(ui, list->box)) {
        list->scroll += event->dy * list->row_height * 3;
        ui_use(ui);
    }
    if (!ui->has_event || ui->event.type != DS_UI_PRESS || ui->active != list->id)
        return;
    int row = (int)floor((ui->y - list->box.y + list->scroll) / list->row_height);
    if (row < 0 || row >= list->count)
        return;
    if (ui->clicks == 2 && list->selected == row) {
        list->activated = row;
        ui->again = true;
    }
    list->selected = list->pressed = row;
    list->mods = ui->event.mods;
}

static void take_bar(struct ds_ui *ui, struct ds_ui_list *list)
{
    double most = most_scroll(list);
    if (most <= 0)
        return;
    struct ds_box track = list->box;
    track = ds_box_right(&track, BAR + DS_SPACE_1, 0);
    ds_ui_id id = ds_ui_sub(list->id, 0);
    double size = list->box.height * list->box.height / (list->count * list->row_height);
    size = size < 24 ? 24 : size;
    double room = track.height - size;
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_PRESS);
    if (event && event->button == 1 && ui_is_over(ui, track)) {
        ui->active = id;
        ui_use(ui);
    }
    if (ui->active == id && room > 0) {
        list->scroll = (ui->y - track.y - size / 2) / room * most;
        clamp(list);
    }
    ui_fill(
        ui,
        (struct ds_box){track.x, track.y + (room > 0 ? list->scroll / most * room : 0), BAR, size},
        ui_color(ui, DS_COLOR_MUTED), BAR / 2.0);
}

static void take(struct ds_ui *ui, struct ds_ui_list *list)
{
    struct touch t = ui_touch(ui, list->id, list->box, WIDGET_LIST, 0);
    take_pointer(ui, list);
    if (t.is_focused) {
        ui_ring(ui, list->box);
        take_key(ui, list);
    }
    clamp(list);
}

void ds_ui_list_begin(struct ds_ui *ui, ds_ui_id id, struct ds_box box, int count,
                      double row_height, struct ds_ui_list *list)
{
    list->id = id;
    list->box = box;
    list->count = count > 0 ? count : 0;
    list->row_height = row_height > 1 ? row_height : 1;
    list->activated = list->pressed = -1;
    clamp(list);
    ui_fill(ui, box, ui_color(ui, DS_COLOR_SURFACE), DS_RADIUS);
    ui_border(ui, box, ui_color(ui, DS_COLOR_LINE), DS_RADIUS, 1);
    take_bar(ui, list);
    if (!list->has_widgets)
        take(ui, list);
    list->at = (int)floor(list->scroll / list->row_height);
    ui->clip = ds_box_pad(box, 1, 1);
}

int ds_ui_list_next(struct ds_ui *ui, struct ds_ui_list *list, struct ds_box *row)
{
    int at = list->at;
    double y = list->box.y + at * list->row_height - list->scroll;
    if (at >= list->count || y >= list->box.y + list->box.height)
        return -1;
    list->at++;
    struct ds_box box = {list->box.x + 1, y, list->box.width - 2, list->row_height};
    uint32_t surface = ui_color(ui, DS_COLOR_SURFACE);
    if (list->is_text)
        ;
    else if (at == list->selected)
        ui_fill(ui, box, ds_theme_mix(surface, ui_color(ui, DS_COLOR_ACCENT), 48), 0);
    else if (ui_is_over(ui, box) && ui->active == 0)
        ui_fill(ui, box, ui_tint(ui, surface, 12), 0);
    if (most_scroll(list) > 0)
        box.width -= BAR + DS_SPACE_1;
    *row = ds_box_pad(box, DS_SPACE_3, 0);
    return at;
}

void ds_ui_list_end(struct ds_ui *ui, struct ds_ui_list *list)
{
    ui->clip = ds_ui_window(ui);
    if (list->has_widgets)
        take(ui, list);
}

void ds_ui_list_hand(const struct ds_ui *ui, const struct ds_ui_list *list, struct ds_ui_hand *hand)
{
    bool is_mine = ui->has_event && ui->active == list->id;
    *hand = (struct ds_ui_hand){.x = ui->x, .y = ui->y, .clicks = ui->clicks};
    if (!is_mine)
        return;
    hand->is_pressed = ui->event.type == DS_UI_PRESS && ui->event.button == 1;
    hand->is_held = ui->event.type == DS_UI_POINTER;
    hand->is_released = ui->event.type == DS_UI_RELEASE && ui->event.button == 1;
    hand->extends = hand->is_pressed && (ui->event.mods & DS_UI_SHIFT);
}
