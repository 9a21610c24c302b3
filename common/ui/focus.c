/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/inside.h"

#include <math.h>

enum { SETTLE_MS = 400 };

ds_ui_id ds_ui_sub(ds_ui_id id, unsigned index)
{
    uint32_t h = (id * 2654435761u) ^ (index + 1) * 2246822519u;
    return h ? h : 1;
}

void ui_focus_begin(struct ds_ui *ui)
{
    ui->placed = 0;
    ui->covered = 0;
    ui->had_default = ui->has_default;
    ui->has_default = false;
    ui->tip.last = 0;
}

bool ui_is_over(const struct ds_ui *ui, struct ds_box box)
{
    const struct ds_box *c = &ui->clip;
    return ui->is_inside && ui->layer >= ui->top_before && ui->x >= box.x && ui->y >= box.y &&
           ui->x < box.x + box.width && ui->y < box.y + box.height && ui->x >= c->x &&
           ui->y >= c->y && ui->x < c->x + c->width && ui->y < c->y + c->height;
}

const struct ds_ui_event *ui_unused(const struct ds_ui *ui, enum ds_ui_event_type type)
{
    bool is_mine =
        ui->has_event && !ui->is_used && ui->event.type == type && ui->layer >= ui->top_before;
    return is_mine ? &ui->event : NULL;
}

void ui_use(struct ds_ui *ui)
{
    ui->is_used = true;
}

uint32_t ui_key(const struct ds_ui *ui, unsigned with)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_KEY);
    return event && (event->mods & ~(with | DS_UI_CAPS)) == 0 ? event->keysym : 0;
}

static bool is_enter(uint32_t key)
{
    return key == KEY_RETURN || key == KEY_KP_ENTER;
}

void ui_cover(struct ds_ui *ui, struct ds_box box)
{
    if (ui->covered < COVER_MAX)
        ui->covers[ui->covered++] = box;
}

static void place(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum widget_kind kind)
{
    if (ui->placed < ORDER_MAX)
        ui->order[ui->placed++] = (struct placed){id, box, (uint8_t)ui->layer, (uint8_t)kind};
}

static void touch_pointer(struct ds_ui *ui, ds_ui_id id, struct touch *t, bool is_over,
                          bool is_deaf)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_PRESS);
    if (event && event->button == 1 && is_over) {
        ui->active = is_deaf ? 0 : id;
        ui->focus = id;
        ui->focus_by_key = false;
        ui->again = true;
        ui_use(ui);
    }
    event = ui_unused(ui, DS_UI_RELEASE);
    if (event && event->button == 1 && ui->active == id) {
        t->is_clicked = is_over;
        ui_use(ui);
    }
    t->is_hot = is_over && (ui->active == 0 || ui->active == id);
    t->is_down = ui->active == id && is_over && !t->is_clicked;
}

struct touch ui_touch(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum widget_kind kind,
                      unsigned flags)
{
    struct touch t = {0};
    ui_cover(ui, box);
    ui->tip.last = id;
    ui->tip.last_box = box;
    if (flags & DS_UI_DISABLED)
        return t;
    place(ui, id, box, kind);
    bool is_deaf = (flags & DS_UI_GRANTS) && ui->now - ui->page_since < SETTLE_MS * DS_MS;
    touch_pointer(ui, id, &t, ui_is_over(ui, box), is_deaf);
    t.is_focused = ui->focus == id && ui->layer >= ui->top_before;
    if (kind == WIDGET_BUTTON) {
        uint32_t key = ui_key(ui, 0);
        bool is_default =
            (flags & DS_UI_DEFAULT) && ui->focus_kind == WIDGET_FIELD && is_enter(key);
        if (is_default || (t.is_focused && (is_enter(key) || key == ' '))) {
            t.is_clicked = !is_deaf;
            ui_use(ui);
        }
        if (ui->pressed_by_hand == id) {
            ui->pressed_by_hand = 0;
            t.is_clicked = true;
        }
        if (flags & DS_UI_DEFAULT)
            ui->has_default = true;
    }
    if (t.is_hot)
        ui->cursor = kind == WIDGET_FIELD ? DS_UI_IBEAM : DS_UI_HAND;
    if (t.is_clicked)
        ui->again = true;
    return t;
}

void ui_ring(struct ds_ui *ui, struct ds_box box)
{
    const double gap = DS_FOCUS_WIDTH + 1;
    if (ui->has_keyboard)
        ui_border(
            ui,
            (struct ds_box){box.x - gap, box.y - gap, box.width + 2 * gap, box.height + 2 * gap},
            ui_color(ui, DS_COLOR_ACCENT), DS_RADIUS + gap, DS_FOCUS_WIDTH);
}

void ds_ui_page(struct ds_ui *ui, unsigned page, ds_ui_id safe)
{
    ui->page_safe = safe;
    if (ui->has_page && ui->page == page)
        return;
    ui->has_page = true;
    ui->page = page;
    ui->page_since = ui->now;
    ui->focus = safe;
    ui->focus_by_key = false;
    ui->active = 0;
    ui->again = true;
}

void ds_ui_focus(struct ds_ui *ui, ds_ui_id id)
{
    ui->focus_wanted = id;
    ui->again = true;
}

ds_ui_id ds_ui_focused(const struct ds_ui *ui)
{
    return ui->focus;
}

void ds_ui_activate(struct ds_ui *ui, ds_ui_id id)
{
    ui->pressed_by_hand = id;
}

static uint32_t lower(uint32_t keysym)
{
    return keysym >= 'A' && keysym <= 'Z' ? keysym + 32 : keysym;
}

bool ds_ui_shortcut(struct ds_ui *ui, uint32_t keysym, unsigned mods)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_KEY);
    if (!event || lower(event->keysym) != lower(keysym) ||
        (event->mods & ~(unsigned)DS_UI_CAPS) != mods)
        return false;
    ui_use(ui);
    ui->again = true;
    return true;
}

const char *ds_ui_typed(struct ds_ui *ui)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_TEXT);
    if (!event || !event->text)
        return NULL;
    ui_use(ui);
    ui->again = true;
    return event->text;
}

bool ds_ui_escape(struct ds_ui *ui)
{
    return ds_ui_shortcut(ui, KEY_ESCAPE, 0);
}

/* ---- Moving ---- */

static int find(const struct ds_ui *ui, ds_ui_id id)
{
    for (size_t i = 0; i < ui->placed; i++) {
        if (ui->order[i].id == id && ui->order[i].layer >= ui->top)
            return (int)i;
    }
    return -1;
}

static int next_in_order(const struct ds_ui *ui, int from, int direction)
{
    int n = (int)ui->placed;
    for (int i = 0; i < n; i++) {
        from = from < 0 && direction < 0 ? n - 1 : (from + direction + n) % n;
        if (ui->order[from].layer >= ui->top)
            return from;
    }
    return -1;
}

/* How far two stretches are apart; 0 when they overlap. */
static double apart(double a, double a_size, double b, double b_size)
{
    return fmax(0, fmax(b - a - a_size, a - b - b_size));
}

/* The nearest widget whose middle lies in the direction. One straight ahead is nearer than one
 * aside; among several ahead the one whose middle is closest. */
static int next_in_sight(const struct ds_ui *ui, int from, int dx, int dy)
{
    const struct ds_box *a = &ui->order[from].box;
    double best = INFINITY;
    int found = -1;
    for (size_t i = 0; i < ui->placed; i++) {
        const struct ds_box *b = &ui->order[i].box;
        double x = b->x + b->width / 2 - a->x - a->width / 2;
        double y = b->y + b->height / 2 - a->y - a->height / 2;
        double ahead = x * dx + y * dy, across = fabs(x * dy) + fabs(y * dx);
        double aside =
            dx ? apart(a->y, a->height, b->y, b->height) : apart(a->x, a->width, b->x, b->width);
        double beyond =
            dx ? apart(a->x, a->width, b->x, b->width) : apart(a->y, a->height, b->y, b->height);
        if ((int)i == from || ui->order[i].layer < ui->top || ahead < 1 || aside > ahead)
            continue;
        double distance = beyond + 2 * aside + across / 8;
        if (distance < best) {
            best = distance;
            found = (int)i;
        }
    }
    return found;
}

static int moved(const struct ds_ui *ui, int from)
{
    const struct ds_ui_event *event = &ui->event;
    if (!ui->has_event || ui->is_used || event->type != DS_UI_KEY)
        return -1;
    unsigned mods = event->mods & ~(unsigned)DS_UI_CAPS;
    if (event->keysym == KEY_BACK_TAB || (event->keysym == KEY_TAB && mods == DS_UI_SHIFT))
        return next_in_order(ui, from, -1);
    if (mods != 0)
        return -1;
    if (event->keysym == KEY_TAB)
        return next_in_order(ui, from, 1);
    if (from < 0)
        return -1;
    switch (event->keysym) {
    case KEY_LEFT:
        return next_in_sight(ui, from, -1, 0);
    case KEY_RIGHT:
        return next_in_sight(ui, from, 1, 0);
    case KEY_UP:
        return next_in_sight(ui, from, 0, -1);
    case KEY_DOWN:
        return next_in_sight(ui, from, 0, 1);
    default:
        return -1;
    }
}

static void settle_focus(struct ds_ui *ui)
{
    ds_ui_id before = ui->focus;
    int at = ui->focus_wanted ? find(ui, ui->focus_wanted) : -1;
    if (at < 0)
        at = find(ui, ui->focus);
    ui->focus_wanted = 0;
    int to = moved(ui, at);
    if (to >= 0) {
        at = to;
        ui->focus_by_key = true;
        ui_use(ui);
    }
    if (at < 0 && ui->page_safe)
        at = find(ui, ui->page_safe);
    if (at < 0)
        at = next_in_order(ui, -1, 1);
    ui->focus = at >= 0 ? ui->order[at].id : 0;
    ui->focus_kind = at >= 0 ? ui->order[at].kind : WIDGET_BUTTON;
    if (ui->focus != before) {
        ui->again = true;
        ui->preedit[0] = '\0';
    }
}

void ui_focus_end(struct ds_ui *ui)
{
    if (!ui->menu.was_built) /* an open menu has the keys, its button the focus */
        settle_focus(ui);
    if (ui->has_event && ui->event.type == DS_UI_KEY)
        ui->drops_text = ui->is_used && !ui->is_edited;
    if (ui->has_event && ui->event.type == DS_UI_RELEASE && ui->event.button == 1)
        ui->active = 0;
    ui->pressed_by_hand = 0;
    if (ui->top != ui->top_before)
        ui->again = true;
}
