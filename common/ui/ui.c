/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include "common/base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 4095, SETTLE_MAX = 32 };

struct ds_ui *ds_ui_new(const struct ds_theme *theme)
{
    struct ds_ui *ui = ds_alloc_array(1, sizeof *ui);
    if (!ui)
        return NULL;
    ui->theme = *theme;
    ui->has_keyboard = true;
    ui->ground_before = -2;
    if (!ui_type_init(ui)) {
        free(ui);
        return NULL;
    }
    return ui;
}

static void free_text(struct ds_ui_event *event)
{
    if (event->text) {
        /* May be a part of a password. */
        explicit_bzero((char *)(uintptr_t)event->text, strlen(event->text));
        free((char *)(uintptr_t)event->text);
    }
    event->text = NULL;
}

void ds_ui_destroy(struct ds_ui *ui)
{
    if (!ui)
        return;
    for (size_t i = 0; i < ui->queued; i++)
        free_text(&ui->queue[i]);
    free_text(&ui->event);
    ui_type_forget(ui);
    g_object_unref(ui->pango);
    ui_ops_destroy(&ui->ops);
    ui_ops_destroy(&ui->shown);
    free(ui->cut);
    free(ui);
}

void ds_ui_set_theme(struct ds_ui *ui, const struct ds_theme *theme)
{
    ui->theme = *theme;
    ui_type_forget(ui);
    ds_ui_invalidate(ui);
}

const struct ds_theme *ds_ui_theme(const struct ds_ui *ui)
{
    return &ui->theme;
}

void ds_ui_set_host(struct ds_ui *ui, const struct ds_ui_host *host)
{
    ui->host = *host;
}

/* ---- Events ---- */

static void drop(struct ds_ui *ui, size_t i)
{
    free_text(&ui->queue[i]);
    ui->queued--;
    memmove(&ui->queue[i], &ui->queue[i + 1], (ui->queued - i) * sizeof ui->queue[0]);
}

/* Makes room for one; false when only events that matter wait. */
static bool make_room(struct ds_ui *ui)
{
    if (ui->queued < QUEUE_MAX)
        return true;
    for (size_t i = 0; i < ui->queued; i++) {
        if (ui->queue[i].type == DS_UI_POINTER || ui->queue[i].type == DS_UI_WHEEL) {
            drop(ui, i);
            return true;
        }
    }
    return false;
}

void ds_ui_event(struct ds_ui *ui, const struct ds_ui_event *event)
{
    if (event->type == DS_UI_POINTER && ui->queued > 0 &&
        ui->queue[ui->queued - 1].type == DS_UI_POINTER) {
        ui->queue[ui->queued - 1] = *event;
        ui->queue[ui->queued - 1].text = NULL;
        return;
    }
    if (!make_room(ui))
        return;
    struct ds_ui_event copy = *event;
    if (event->text) {
        size_t n = strnlen(event->text, TEXT_MAX + 1);
        while (n > TEXT_MAX || (n > 0 && ((unsigned char)event->text[n] & 0xc0) == 0x80))
            n--;
        char *text = ds_alloc_array(n + 1, 1);
        if (!text)
            return;
        memcpy(text, event->text, n);
        copy.text = text;
    }
    ui->queue[ui->queued++] = copy;
}

static void count_click(struct ds_ui *ui)
{
    double dx = ui->x - ui->clicked_x, dy = ui->y - ui->clicked_y;
    bool is_near = dx * dx + dy * dy < 25 && ui->now - ui->clicked_at < 400 * DS_MS;
    ui->clicks = is_near ? ui->clicks % 3 + 1 : 1;
    ui->clicked_at = ui->now;
    ui->clicked_x = ui->x;
    ui->clicked_y = ui->y;
}

static void take_preedit(struct ds_ui *ui, const struct ds_ui_event *event)
{
    const char *text = event->text ? event->text : "";
    size_t n = strnlen(text, sizeof ui->preedit - 1);
    while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    memcpy(ui->preedit, text, n);
    ui->preedit[n] = '\0';
    ui->preedit_caret = event->caret;
    ui->drops_text = false;
}

static void take_event(struct ds_ui *ui)
{
    free_text(&ui->event);
    ui->has_event = ui->queued > 0;
    ui->is_used = ui->is_edited = false;
    if (!ui->has_event) {
        ui->event = (struct ds_ui_event){0};
        return;
    }
    ui->event = ui->queue[0];
    ui->queue[0].text = NULL;
    drop(ui, 0);
    const struct ds_ui_event *event = &ui->event;
    switch (event->type) {
    case DS_UI_PRESS:
    case DS_UI_RELEASE:
    case DS_UI_POINTER:
    case DS_UI_WHEEL:
        ui->x = event->x / ui->theme.scale;
        ui->y = event->y / ui->theme.scale;
        ui->is_inside = true;
        if (event->type == DS_UI_PRESS && event->button == 1)
            count_click(ui);
        break;
    case DS_UI_LEAVE:
        ui->is_inside = false;
        break;
    case DS_UI_KEY:
        ui->caps = (event->mods & DS_UI_CAPS) != 0;
        ui->drops_text = false;
        break;
    case DS_UI_PREEDIT:
        take_preedit(ui, event);
        break;
    case DS_UI_FOCUS_IN:
    case DS_UI_FOCUS_OUT:
        ui->has_keyboard = event->type == DS_UI_FOCUS_IN;
        break;
    case DS_UI_TEXT:
        /* Keys like Return make control characters; nobody wants them as text. */
        ui->is_used = ui->drops_text || !event->text || (unsigned char)event->text[0] < 0x20 ||
                      event->text[0] == 0x7f;
        break;
    case DS_UI_PASTE:
        break;
    }
}

/* ---- A frame ---- */

void ds_ui_begin(struct ds_ui *ui, int width, int height, ds_tick now)
{
    if (width != ui->width || height != ui->height) {
        ui->width = width;
        ui->height = height;
        ds_ui_invalidate(ui);
    }
    ui->now = now;
    ui->again = false;
    ui->ground = DS_COLOR_SURFACE;
    ui->layer = LAYER_BASE;
    ui->top_before = ui->top;
    ui->top = LAYER_BASE;
    ui->clip = ds_ui_window(ui);
    ui->cursor = DS_UI_ARROW;
    ui->has_caret = false;
    ui->menu.was_built = false;
    ui->modal.was_built = false;
    ui->tip.is_wanted = ui->tip.is_over = false;
    free(ui->cut);
    ui->cut = NULL;
    take_event(ui);
    ui_focus_begin(ui);
}

bool ds_ui_end(struct ds_ui *ui)
{
    ui_focus_end(ui);
    ui_popups_end(ui);
    if (ui->ground != ui->ground_before) {
        ui->ground_before = ui->ground;
        ds_ui_invalidate(ui);
    }
    ui_ops_settle(ui);
    if (ui->has_event)
        ui->in_a_row = 0;
    if (ui->queued > 0)
        return true;
    if (!ui->again || ui->in_a_row >= SETTLE_MAX) {
        ui->in_a_row = 0;
        return false;
    }
    ui->in_a_row++;
    return true;
}

bool ds_ui_damage(const struct ds_ui *ui, cairo_rectangle_int_t *out)
{
    if (ui->damage.width <= 0 || ui->damage.height <= 0)
        return false;
    if (out)
        *out = ui->damage;
    return true;
}

void ds_ui_invalidate(struct ds_ui *ui)
{
    ui->damage = (cairo_rectangle_int_t){0, 0, ui->width, ui->height};
}

double ds_ui_width(const struct ds_ui *ui)
{
    return ui->width / ui->theme.scale;
}

double ds_ui_height(const struct ds_ui *ui)
{
    return ui->height / ui->theme.scale;
}

struct ds_box ds_ui_window(const struct ds_ui *ui)
{
    return (struct ds_box){0, 0, ds_ui_width(ui), ds_ui_height(ui)};
}

void ds_ui_ground(struct ds_ui *ui, enum ds_color color)
{
    ui->ground = (int)color;
}

void ds_ui_ground_none(struct ds_ui *ui)
{
    ui->ground = -1;
}

bool ds_ui_covers(const struct ds_ui *ui, double x, double y)
{
    if (ui->top > LAYER_BASE)
        return true;
    x /= ui->theme.scale;
    y /= ui->theme.scale;
    for (size_t i = 0; i < ui->covered; i++) {
        const struct ds_box *b = &ui->covers[i];
        if (x >= b->x && y >= b->y && x < b->x + b->width && y < b->y + b->height)
            return true;
    }
    return false;
}

bool ds_ui_wants_text(const struct ds_ui *ui, cairo_rectangle_int_t *caret)
{
    if (ui->has_caret && caret)
        *caret = ui->caret;
    return ui->has_caret;
}

enum ds_ui_cursor ds_ui_cursor(const struct ds_ui *ui)
{
    return ui->cursor;
}

double ds_ui_target(const struct ds_ui *ui)
{
    return ui->theme.target;
}

const char *ds_ui_cut_text(const struct ds_ui *ui)
{
    return ui->cut;
}
