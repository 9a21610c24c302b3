/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies over the window: dialogs, hints, toasts. */
#include "common/ui/inside.h"

#include <string.h>

enum { TOAST_MS = 4000, TIP_MS = 500, TIP_WIDTH = 300, TOAST_WIDTH = 440, SCRIM = 45 };

/* ---- Dialogs ---- */

void ds_ui_modal_begin(struct ds_ui *ui, ds_ui_id id, double width, double height,
                       const char *title, ds_ui_id safe, struct ds_box *inside)
{
    struct ds_box window = ds_ui_window(ui);
    if (ui->modal.id != id) {
        ui->modal.focus_back = ui->focus;
        ui->modal.id = id;
        ui->focus = safe;
        ui->focus_by_key = false;
        ui->active = 0;
        ui->page_since = ui->now;
        ui->again = true;
    }
    ui->modal.was_built = true;
    ui->layer = LAYER_MODAL;
    if (ui->top < LAYER_MODAL)
        ui->top = LAYER_MODAL;
    ui->clip = window;
    struct op *scrim = ui_op(ui, OP_FILL, window, 0x000000);
    if (scrim)
        scrim->alpha = SCRIM;
    width = width < window.width ? width : window.width;
    height = height < window.height ? height : window.height;
    struct ds_box box = ds_box_middle(window, width, height);
    ui->modal.box = box;
    ds_ui_panel(ui, box, DS_COLOR_SURFACE, DS_UI_ROUND | DS_UI_BORDER);
    *inside = ds_box_pad(box, DS_SPACE_5, DS_SPACE_5);
    if (title)
        ds_ui_paragraph(ui, inside, title, DS_TYPE_TITLE, DS_COLOR_TEXT, DS_UI_BOLD, DS_SPACE_3);
}

void ds_ui_modal_end(struct ds_ui *ui)
{
    ui->layer = LAYER_BASE;
    ui->clip = ds_ui_window(ui);
}

/* ---- Hints ---- */

void ds_ui_tip(struct ds_ui *ui, const char *text)
{
    ds_ui_id id = ui->tip.last;
    bool is_over = id != 0 && ui_is_over(ui, ui->tip.last_box) && ui->active == 0;
    bool is_now = id != 0 && ui->focus == id && ui->focus_by_key && ui->has_keyboard;
    if (is_over) {
        ui->tip.is_over = true;
        if (ui->tip.hovered != id) {
            ui->tip.hovered = id;
            ui->tip.since = ui->now;
        }
        is_now |= ui->now - ui->tip.since >= TIP_MS * DS_MS;
    }
    if (!is_now)
        return;
    ui->tip.is_wanted = true;
    ui->tip.box = ui->tip.last_box;
    size_t n = strnlen(text, sizeof ui->tip.text - 1);
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    memcpy(ui->tip.text, text, n);
    ui->tip.text[n] = '\0';
}

/* A dark sentence on light windows and the other way round. */
static void draw_note(struct ds_ui *ui, struct ds_box box, const char *text, uint32_t ground,
                      uint32_t color)
{
    ui_fill(ui, box, ground, DS_RADIUS);
    ui_text(ui, ds_box_pad(box, DS_SPACE_3, DS_SPACE_2), text, DS_TYPE_NORMAL, DS_UI_WRAP, color);
}

static struct ds_box note_size(struct ds_ui *ui, const char *text, double most)
{
    double room = ds_ui_width(ui) - 2 * DS_SPACE_4;
    double width = ds_ui_text_width(ui, text, DS_TYPE_NORMAL, 0) + 2 * DS_SPACE_3 + 1;
    width = width > most ? most : width;
    width = width > room ? room : width;
    double height = ds_ui_text_height(ui, text, DS_TYPE_NORMAL, DS_UI_WRAP, width - 2 * DS_SPACE_3);
    return (struct ds_box){0, 0, width, height + 2 * DS_SPACE_2};
}

static void draw_tip(struct ds_ui *ui)
{
    struct ds_box box = note_size(ui, ui->tip.text, TIP_WIDTH), at = ui->tip.box;
    double right = ds_ui_width(ui) - DS_SPACE_1 - box.width;
    box.x = at.x + (at.width - box.width) / 2;
    box.x = box.x > right ? right : box.x;
    box.x = box.x < DS_SPACE_1 ? DS_SPACE_1 : box.x;
    box.y = at.y + at.height + DS_SPACE_2;
    if (box.y + box.height > ds_ui_height(ui))
        box.y = at.y - DS_SPACE_2 - box.height;
    draw_note(ui, box, ui->tip.text, ui_color(ui, DS_COLOR_TEXT), ui_color(ui, DS_COLOR_SURFACE));
}

/* ---- Toasts ---- */

void ds_ui_toast(struct ds_ui *ui, const char *text, enum ds_color color)
{
    size_t n = strnlen(text, sizeof ui->toast.text - 1);
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    memmove(ui->toast.text, text, n);
    ui->toast.text[n] = '\0';
    ui->toast.color = color;
    ui->toast.until = (ui->now ? ui->now : ds_clock_now()) + TOAST_MS * DS_MS;
    ui->again = true;
}

static void draw_toast(struct ds_ui *ui)
{
    struct ds_box box = note_size(ui, ui->toast.text, TOAST_WIDTH);
    box.x = (ds_ui_width(ui) - box.width) / 2;
    box.y = ds_ui_height(ui) - box.height - DS_SPACE_4;
    draw_note(ui, box, ui->toast.text, ui_color(ui, ui->toast.color),
              ui_color(ui, DS_COLOR_ON_ACCENT));
}

/* ---- The end of a frame ---- */

void ui_popups_end(struct ds_ui *ui)
{
    if (ui->modal.id != 0 && !ui->modal.was_built) {
        ui->modal.id = 0;
        ds_ui_focus(ui, ui->modal.focus_back);
    }
    if (ui->menu.id != 0 && !ui->menu.was_built && !ui->again)
        ui->menu.id = 0; /* its button has gone */
    ui->layer = LAYER_TOP;
    ui->clip = ds_ui_window(ui);
    if (!ui->tip.is_over)
        ui->tip.hovered = 0;
    if (ui->tip.is_wanted && ui->menu.id == 0)
        draw_tip(ui);
    if (ui->toast.until > ui->now)
        draw_toast(ui);
    else
        ui->toast.until = 0;
}

ds_tick ds_ui_deadline(const struct ds_ui *ui)
{
    ds_tick next = ui->toast.until;
    ds_tick tip = ui->tip.since + TIP_MS * DS_MS;
    if (ui->tip.hovered != 0 && tip > ui->now && (next == 0 || tip < next))
        next = tip;
    return next;
}
