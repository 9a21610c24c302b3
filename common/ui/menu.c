/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include <string.h>

enum { ITEM = 32, ITEM_REASON = 48, GROUP = 9, MARGIN = 4, ICON = 20, LEAST_WIDTH = 160 };

static double item_height(const struct ds_ui_item *item)
{
    return !item->label ? GROUP : item->disabled && item->reason ? ITEM_REASON : ITEM;
}

static struct ds_box menu_box(struct ds_ui *ui, const struct ds_ui_item *items, int count)
{
    double width = LEAST_WIDTH, height = 2 * MARGIN;
    for (int i = 0; i < count; i++) {
        height += item_height(&items[i]);
        if (!items[i].label)
            continue;
        double w = ds_ui_text_width(ui, items[i].label, DS_TYPE_NORMAL, 0);
        if (items[i].shortcut)
            w += DS_SPACE_5 + ds_ui_text_width(ui, items[i].shortcut, DS_TYPE_SMALL, 0);
        if (items[i].disabled && items[i].reason) {
            double reason = ds_ui_text_width(ui, items[i].reason, DS_TYPE_SMALL, 0);
            w = reason > w ? reason : w;
        }
        w += ICON + DS_SPACE_2 + 2 * DS_SPACE_3 + 2 * MARGIN;
        width = w > width ? w : width;
    }
    struct ds_box window = ds_ui_window(ui);
    if (height > window.height) /* the rows come closer together */
        height = window.height;
    struct ds_box box = {ui->menu.x, ui->menu.y, width, height};
    if (box.x + width > window.width)
        box.x = window.width - width;
    if (box.y + height > window.height)
        box.y = window.height - height;
    box.x = box.x < 0 ? 0 : box.x;
    box.y = box.y < 0 ? 0 : box.y;
    return box;
}

static bool can_choose(const struct ds_ui_item *item)
{
    return item->label && !item->disabled;
}

static int step(const struct ds_ui_item *items, int count, int from, int direction)
{
    for (int i = 0; i < count; i++) {
        from = from < 0 && direction < 0 ? count - 1 : (from + direction + count) % count;
        if (can_choose(&items[from]))
            return from;
    }
    return -1;
}

/* The next item that begins with that letter. */
static int step_letter(const struct ds_ui_item *items, int count, int from, uint32_t key)
{
    for (int i = 1; i <= count; i++) {
        int at = (from + i + count) % count;
        if (can_choose(&items[at]) && ((unsigned char)items[at].label[0] | 32u) == (key | 32u))
            return at;
    }
    return from;
}

/* Returns the item chosen by a key, else -1. */
static int take_key(struct ds_ui *ui, const struct ds_ui_item *items, int count)
{
    uint32_t key = ui_key(ui, DS_UI_SHIFT);
    int *at = &ui->menu.at;
    if (key == 0)
        return -1;
    ui_use(ui);
    if (key == KEY_DOWN)
        *at = step(items, count, *at, 1);
    else if (key == KEY_UP)
        *at = step(items, count, *at, -1);
    else if (key == KEY_HOME)
        *at = step(items, count, -1, 1);
    else if (key == KEY_END)
        *at = step(items, count, -1, -1);
    else if (key == KEY_ESCAPE || key == KEY_TAB || key == KEY_BACK_TAB)
        ui->menu.id = 0;
    else if (key == KEY_RETURN || key == KEY_KP_ENTER || key == ' ')
        return *at;
    else if (key > ' ' && key < 0x7f)
        *at = step_letter(items, count, *at, key);
    return -1;
}

static void draw_item(struct ds_ui *ui, struct ds_box row, const struct ds_ui_item *item,
                      bool is_at)
{
    if (!item->label) {
        ds_box_top(&row, GROUP / 2, 0);
        ds_ui_line(ui, row);
        return;
    }
    if (is_at)
        ui_fill(ui, row,
                ds_theme_mix(ui_color(ui, DS_COLOR_RAISED), ui_color(ui, DS_COLOR_ACCENT), 48),
                DS_RADIUS - MARGIN);
    enum ds_color color = item->disabled ? DS_COLOR_MUTED
                          : item->danger ? DS_COLOR_BAD
                                         : DS_COLOR_TEXT;
    row = ds_box_pad(row, DS_SPACE_3, 0);
    struct ds_box icon = ds_box_left(&row, ICON, DS_SPACE_2);
    if (item->checked || item->icon)
        ds_ui_icon(ui, ds_box_middle(icon, ICON, ICON), item->checked ? DS_ICON_CHECK : item->icon,
                   color);
    if (item->disabled && item->reason) {
        row = ds_box_pad(row, 0, DS_SPACE_1);
        ds_ui_label(ui, ds_box_row(row, 1, 2, 0), item->reason, DS_TYPE_SMALL, DS_COLOR_MUTED,
                    DS_UI_MIDDLE | DS_UI_ELLIPSIS);
        row = ds_box_row(row, 0, 2, 0);
    }
    if (item->shortcut) {
        double width = ds_ui_text_width(ui, item->shortcut, DS_TYPE_SMALL, 0);
        ds_ui_label(ui, ds_box_right(&row, width, DS_SPACE_2), item->shortcut, DS_TYPE_SMALL,
                    DS_COLOR_MUTED, DS_UI_MIDDLE);
    }
    ds_ui_label(ui, row, item->label, DS_TYPE_NORMAL, color, DS_UI_MIDDLE | DS_UI_ELLIPSIS);
}

/* Draws and lets the pointer choose; returns the item let go on, else -1. */
static int take_items(struct ds_ui *ui, struct ds_box box, const struct ds_ui_item *items,
                      int count)
{
    int chosen = -1;
    const struct ds_ui_event *release = ui_unused(ui, DS_UI_RELEASE);
    bool is_moved = ui->has_event && ui->event.type == DS_UI_POINTER;
    struct ds_box inside = ds_box_pad(box, MARGIN, MARGIN);
    double natural = 0, room = inside.height;
    for (int i = 0; i < count; i++)
        natural += item_height(&items[i]);
    for (int i = 0; i < count; i++) {
        struct ds_box row = ds_box_top(&inside, item_height(&items[i]) * room / natural, 0);
        if (can_choose(&items[i]) && ui_is_over(ui, row)) {
            if (is_moved)
                ui->menu.at = i;
            if (release && release->button == 1)
                chosen = i;
            ui->cursor = DS_UI_HAND;
        }
        draw_item(ui, row, &items[i], i == ui->menu.at);
    }
    return chosen;
}

/* The open menu; returns the choice and closes, or -1. */
static int build(struct ds_ui *ui, const struct ds_ui_item *items, int count)
{
    enum layer layer = ui->layer;
    struct ds_box clip = ui->clip;
    ui->layer = LAYER_MENU;
    ui->clip = ds_ui_window(ui);
    ui->top = LAYER_MENU;
    ui->menu.was_built = true;
    struct ds_box box = menu_box(ui, items, count);
    ds_ui_panel(ui, box, DS_COLOR_RAISED, DS_UI_ROUND);
    ui_border(ui, box, ui_color(ui, DS_COLOR_MUTED), DS_RADIUS, 1);
    int chosen = take_key(ui, items, count);
    int let_go = take_items(ui, box, items, count);
    chosen = let_go >= 0 ? let_go : chosen;
    const struct ds_ui_event *press = ui_unused(ui, DS_UI_PRESS);
    if (press) {
        if (!ui_is_over(ui, box))
            ui->menu.id = 0;
        ui_use(ui);
    }
    if (chosen >= 0)
        ui->menu.id = 0;
    if (ui->menu.id == 0)
        ui->again = true;
    ui->layer = layer;
    ui->clip = clip;
    return chosen;
}

static void open_menu(struct ds_ui *ui, ds_ui_id id, double x, double y, int at)
{
    ui->menu.id = id;
    ui->menu.at = at;
    ui->menu.x = x;
    ui->menu.y = y;
    ui->again = true;
}

int ds_ui_menu_button(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum ds_icon icon,
                      const char *label, unsigned flags, const struct ds_ui_item *items, int count)
{
    bool is_open = ui->menu.id == id;
    bool is_down = ui->focus == id && ui_key(ui, 0) == KEY_DOWN && !(flags & DS_UI_DISABLED);
    if (is_down)
        ui_use(ui);
    if (ds_ui_icon_button(ui, id, box, icon, label, flags) || is_down) {
        bool by_key = ui->has_event && ui->event.type == DS_UI_KEY;
        open_menu(ui, id, box.x, box.y + box.height + DS_SPACE_1,
                  by_key ? step(items, count, -1, 1) : -1);
        return -1;
    }
    return is_open ? build(ui, items, count) : -1;
}

int ds_ui_menu(struct ds_ui *ui, ds_ui_id id, double x, double y, const struct ds_ui_item *items,
               int count, bool *open)
{
    if (!*open)
        return -1;
    if (ui->menu.id != id) {
        open_menu(ui, id, x, y, -1);
        return -1;
    }
    int chosen = build(ui, items, count);
    *open = ui->menu.id == id;
    return chosen;
}
