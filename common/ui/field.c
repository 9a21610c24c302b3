/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text field: keys, pointer, clipboard and input method on a ds_edit, and how it looks. */
#include "common/ui/inside.h"

#include "common/base/text.h"
#include "common/ui/text.h"

#include <string.h>

enum { SHOWN_MAX = 8192, EYE = 32 };

#define DOT "\xe2\x80\xa2"   /* U+2022 for a hidden character */
#define GROUP_GAP "\xc2\xa0" /* U+00A0 between groups of three */

static const struct ds_ui_field no_field;

static bool is_hidden(const struct ds_edit *edit, const struct ds_ui_field *field)
{
    return field->password && !edit->revealed;
}

/* ---- What is shown for the bytes of the edit ---- */

struct shown {
    char text[SHOWN_MAX];
    size_t len;
    size_t caret, anchor; /* offsets in text */
    size_t preedit, preedit_len;
};

static void put(struct shown *s, const char *bytes, size_t n)
{
    if (s->len + n < SHOWN_MAX) {
        memcpy(s->text + s->len, bytes, n);
        s->len += n;
    }
}

/* Bytes shown for the character at `at`, the i-th one. */
static size_t put_char(struct shown *s, const struct ds_edit *edit, const struct ds_ui_field *field,
                       size_t at, size_t i)
{
    const char *p = edit->text + at, *end = edit->text + edit->len;
    if (ds_text_next(&p, end) == 0)
        p = end;
    size_t n = (size_t)(p - edit->text) - at;
    if (field->number && i > 0 && i % 3 == 0)
        put(s, GROUP_GAP, strlen(GROUP_GAP));
    if (is_hidden(edit, field))
        put(s, DOT, strlen(DOT));
    else
        put(s, edit->text + at, n);
    return n;
}

/* Fills *s; stops for the answer at the offset `stop` in the shown text and returns the offset in
 * the edit that belongs to it. */
static size_t render(const struct ds_ui *ui, struct shown *s, const struct ds_edit *edit,
                     const struct ds_ui_field *field, bool with_preedit, size_t stop)
{
    size_t found = edit->len, i = 0;
    s->len = s->preedit_len = s->caret = s->anchor = s->preedit = 0;
    for (size_t at = 0;; i++) {
        if (at == edit->anchor)
            s->anchor = s->len;
        if (at == edit->caret) {
            s->caret = s->preedit = s->len;
            if (with_preedit && ui->preedit[0]) {
                s->preedit_len = strlen(ui->preedit);
                put(s, ui->preedit, s->preedit_len);
            }
        }
        if (at >= edit->len)
            break;
        size_t was = s->len, from = at;
        at += put_char(s, edit, field, at, i);
        if (stop >= was && stop < s->len && found == edit->len)
            found = from;
    }
    s->text[s->len] = '\0';
    if (s->preedit_len > 0) {
        const char *p = ui->preedit, *end = p + s->preedit_len;
        for (int n = ui->preedit_caret; n != 0 && p < end; n--)
            ds_text_next(&p, end);
        s->caret += (size_t)(p - ui->preedit);
    }
    return found;
}

/* ---- Events ---- */

static void copy(struct ds_ui *ui, const struct ds_edit *edit, const struct ds_ui_field *field,
                 bool primary)
{
    size_t from, to;
    char text[4096];
    if (field->password || !ui->host.clipboard_put || !ds_edit_selection(edit, &from, &to))
        return;
    size_t n = to - from < sizeof text - 1 ? to - from : sizeof text - 1;
    while (n > 0 && ((unsigned char)edit->text[from + n] & 0xc0) == 0x80)
        n--;
    memcpy(text, edit->text + from, n);
    text[n] = '\0';
    ui->host.clipboard_put(ui->host.ctx, text, primary);
    explicit_bzero(text, sizeof text);
}

static void paste(struct ds_ui *ui, bool primary)
{
    if (ui->host.clipboard_ask)
        ui->host.clipboard_ask(ui->host.ctx, primary);
}

static bool cut(struct ds_ui *ui, struct ds_edit *edit, const struct ds_ui_field *field)
{
    size_t from, to;
    if (field->password || !ds_edit_selection(edit, &from, &to))
        return false;
    copy(ui, edit, field, false);
    return ds_edit_erase(edit, 1, DS_EDIT_CHARACTER);
}

/* Clipboard keys; true when the key was one. */
static bool take_clipboard_key(struct ds_ui *ui, struct ds_edit *edit,
                               const struct ds_ui_field *field, uint32_t key, unsigned mods,
                               bool *changed)
{
    uint32_t low = key >= 'A' && key <= 'Z' ? key + 32 : key;
    bool is_ctrl = mods == DS_UI_CTRL, is_shift = mods == DS_UI_SHIFT;
    if (is_ctrl && low == 'a')
        ds_edit_select_all(edit);
    else if (is_ctrl && (low == 'c' || key == KEY_INSERT))
        copy(ui, edit, field, false);
    else if ((is_ctrl && low == 'x') || (is_shift && key == KEY_DELETE))
        *changed |= cut(ui, edit, field);
    else if ((is_ctrl && low == 'v') || (is_shift && key == KEY_INSERT))
        paste(ui, false);
    else
        return false;
    return true;
}

static bool take_move_key(struct ds_edit *edit, uint32_t key, unsigned mods)
{
    bool extend = (mods & DS_UI_SHIFT) != 0;
    enum ds_edit_unit unit = mods & DS_UI_CTRL ? DS_EDIT_WORD : DS_EDIT_CHARACTER;
    if (mods & ~(unsigned)(DS_UI_SHIFT | DS_UI_CTRL))
        return false;
    switch (key) {
    case KEY_LEFT:
        ds_edit_move(edit, -1, unit, extend);
        return true;
    case KEY_RIGHT:
        ds_edit_move(edit, 1, unit, extend);
        return true;
    case KEY_HOME:
        ds_edit_move(edit, -1, DS_EDIT_ALL, extend);
        return true;
    case KEY_END:
        ds_edit_move(edit, 1, DS_EDIT_ALL, extend);
        return true;
    default:
        return false;
    }
}

static unsigned take_key(struct ds_ui *ui, struct ds_edit *edit, const struct ds_ui_field *field)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_KEY);
    if (!event)
        return 0;
    unsigned mods = event->mods & ~(unsigned)DS_UI_CAPS;
    enum ds_edit_unit unit = mods & DS_UI_CTRL ? DS_EDIT_WORD : DS_EDIT_CHARACTER;
    bool changed = false, is_used = true;
    if (take_clipboard_key(ui, edit, field, event->keysym, mods, &changed) ||
        take_move_key(edit, event->keysym, mods)) {
    } else if (event->keysym == KEY_BACKSPACE) {
        changed = ds_edit_erase(edit, -1, unit);
    } else if (event->keysym == KEY_DELETE) {
        changed = ds_edit_erase(edit, 1, unit);
    } else if ((event->keysym == KEY_RETURN || event->keysym == KEY_KP_ENTER) && !ui->had_default &&
               mods == 0) {
        ui_use(ui);
        return DS_UI_FIELD_ENTER;
    } else {
        is_used = false;
    }
    if (is_used) {
        ui_use(ui);
        ui->is_edited = true;
    }
    return changed ? DS_UI_FIELD_CHANGED : 0;
}

static unsigned take_text(struct ds_ui *ui, struct ds_edit *edit)
{
    const struct ds_ui_event *event = ui_unused(ui, DS_UI_TEXT);
    if (!event)
        event = ui_unused(ui, DS_UI_PASTE);
    if (!event || !event->text)
        return 0;
    ui_use(ui);
    return ds_edit_insert(edit, event->text) ? DS_UI_FIELD_CHANGED : 0;
}

/* The edit's offset under the pointer. */
static size_t offset_at(struct ds_ui *ui, const struct ds_edit *edit,
                        const struct ds_ui_field *field, struct ds_box inside, enum ds_type type,
                        unsigned flags)
{
    struct shown s;
    render(ui, &s, edit, field, false, SHOWN_MAX);
    PangoLayout *layout = ui_layout(ui, s.text, type, flags, -1);
    int index = 0, trailing = 0;
    double x = (ui->x - inside.x + edit->scroll) * ui->theme.scale;
    if (layout)
        pango_layout_xy_to_index(layout, (int)(x * PANGO_SCALE), 0, &index, &trailing);
    const char *p = s.text + index;
    for (; trailing > 0 && *p; trailing--)
        ds_text_next(&p, s.text + s.len);
    size_t at = render(ui, &s, edit, field, false, (size_t)(p - s.text));
    explicit_bzero(&s, sizeof s);
    return at;
}

static void take_pointer(struct ds_ui *ui, ds_ui_id id, struct ds_edit *edit,
                         const struct ds_ui_field *field, struct ds_box inside, enum ds_type type,
                         unsigned flags, bool was_used)
{
    if (!ui->has_event || (ui->is_used && was_used))
        return;
    const struct ds_ui_event *event = &ui->event;
    bool is_mine = ui->active == id;
    if (event->type == DS_UI_PRESS && event->button == 1 && is_mine) {
        size_t at = offset_at(ui, edit, field, inside, type, flags);
        if (ui->clicks == 2 && !field->password)
            ds_edit_select_word(edit, at);
        else if (ui->clicks >= 2)
            ds_edit_select_all(edit);
        else
            ds_edit_place(edit, at, (event->mods & DS_UI_SHIFT) != 0);
    } else if (event->type == DS_UI_POINTER && is_mine && ui->clicks == 1) {
        ds_edit_place(edit, offset_at(ui, edit, field, inside, type, flags), true);
    } else if (event->type == DS_UI_RELEASE && event->button == 1 && is_mine) {
        copy(ui, edit, field, true);
    } else if (event->type == DS_UI_PRESS && event->button == 2 && ui_is_over(ui, inside)) {
        ds_edit_place(edit, offset_at(ui, edit, field, inside, type, flags), false);
        ds_ui_focus(ui, id);
        paste(ui, true);
        ui_use(ui);
    }
}

/* ---- Looks ---- */

static double caret_x(const struct ds_ui *ui, PangoLayout *layout, size_t at)
{
    PangoRectangle pos;
    if (!layout)
        return 0;
    pango_layout_get_cursor_pos(layout, (int)at, &pos, NULL);
    return pos.x / (double)PANGO_SCALE / ui->theme.scale;
}

static void scroll_to(struct ds_edit *edit, double caret, double text, double room)
{
    if (caret - edit->scroll > room - 2)
        edit->scroll = caret - room + 2;
    if (caret - edit->scroll < 0)
        edit->scroll = caret;
    if (edit->scroll > text - room + 2)
        edit->scroll = text - room + 2;
    if (edit->scroll < 0)
        edit->scroll = 0;
}

static void draw_caret(struct ds_ui *ui, struct ds_box line, double x)
{
    struct ds_box caret = {x, line.y, 1.5, line.height};
    ui_fill(ui, caret, ui_color(ui, DS_COLOR_TEXT), 0);
    ui->caret = ui_device(ui, caret);
    ui->has_caret = true;
}

static void draw_text(struct ds_ui *ui, struct ds_box inside, struct ds_edit *edit,
                      const struct ds_ui_field *field, enum ds_type type, unsigned flags,
                      bool is_focused)
{
    struct shown s;
    render(ui, &s, edit, field, is_focused, SHOWN_MAX);
    PangoLayout *layout = ui_layout(ui, s.text, type, flags, -1);
    int width = 0, height = 0;
    if (layout)
        pango_layout_get_pixel_size(layout, &width, &height);
    double caret = caret_x(ui, layout, s.caret);
    double anchor = s.preedit_len > 0 ? caret : caret_x(ui, layout, s.anchor);
    double pre0 = caret_x(ui, layout, s.preedit);
    double pre1 = caret_x(ui, layout, s.preedit + s.preedit_len);
    scroll_to(edit, caret, width / ui->theme.scale, inside.width);
    double line_height = height / ui->theme.scale;
    struct ds_box line = {inside.x - edit->scroll, inside.y + (inside.height - line_height) / 2,
                          width / ui->theme.scale + 2, line_height};
    if (is_focused && caret != anchor) {
        struct ds_box box = {line.x + (caret < anchor ? caret : anchor), line.y,
                             caret < anchor ? anchor - caret : caret - anchor, line.height};
        ui_fill(ui, box,
                ds_theme_mix(ui_color(ui, DS_COLOR_SURFACE), ui_color(ui, DS_COLOR_ACCENT), 72), 0);
    }
    if (s.len > 0)
        ui_text(ui, line, s.text, type, flags, ui_color(ui, DS_COLOR_TEXT));
    else if (field->hint)
        ui_text(ui, inside, field->hint, DS_TYPE_NORMAL, DS_UI_MIDDLE | DS_UI_ELLIPSIS,
                ui_color(ui, DS_COLOR_MUTED));
    if (s.preedit_len > 0)
        ui_fill(ui, (struct ds_box){line.x + pre0, line.y + line.height - 2, pre1 - pre0, 1},
                ui_color(ui, DS_COLOR_TEXT), 0);
    if (is_focused && ui->has_keyboard)
        draw_caret(ui, line, line.x + caret);
    explicit_bzero(&s, sizeof s);
}

/* The eye and the caps-lock hint at the right end of a password; returns what they left. */
static struct ds_box password_end(struct ds_ui *ui, ds_ui_id id, struct ds_box inside,
                                  struct ds_edit *edit, bool is_focused)
{
    struct ds_box eye = ds_box_right(&inside, EYE, DS_SPACE_1);
    ds_ui_id eye_id = ds_ui_sub(id, 0);
    eye = ds_box_middle(eye, EYE, eye.height < EYE ? eye.height : EYE);
    if (ds_ui_icon_button(ui, eye_id, eye, edit->revealed ? DS_ICON_EYE_OFF : DS_ICON_EYE, NULL,
                          DS_UI_QUIET))
        edit->revealed = !edit->revealed;
    ds_ui_tip(ui, edit->revealed ? DS_TR("Hide the password") : DS_TR("Show the password"));
    if (is_focused && ui->caps) {
        const char *hint = DS_TR("Caps lock is on");
        double width = ds_ui_text_width(ui, hint, DS_TYPE_SMALL, DS_UI_BOLD);
        ds_ui_label(ui, ds_box_right(&inside, width, DS_SPACE_2), hint, DS_TYPE_SMALL,
                    DS_COLOR_WARN, DS_UI_BOLD | DS_UI_MIDDLE);
    }
    return inside;
}

const char *ds_ui_composed(const struct ds_ui *ui)
{
    return ui->preedit;
}

unsigned ds_ui_text_field(struct ds_ui *ui, ds_ui_id id, struct ds_box box, struct ds_edit *edit,
                          const struct ds_ui_field *field)
{
    field = field ? field : &no_field;
    enum ds_type type = field->number ? DS_TYPE_NUMBER : DS_TYPE_LARGE;
    unsigned flags = field->number ? DS_UI_TABULAR | DS_UI_BOLD : 0;
    bool was_used = ui->is_used;
    struct ds_box inside = ds_box_pad(box, DS_SPACE_3, 0);
    uint32_t line = ui_color(ui, field->bad ? DS_COLOR_BAD : DS_COLOR_MUTED);
    if (!field->bare) {
        ui_fill(ui, box, ui_color(ui, DS_COLOR_SURFACE), DS_RADIUS);
        ui_border(ui, box, line, DS_RADIUS, field->bad ? 2 : 1);
    }
    struct ds_box whole = box;
    if (field->password)
        box.width -= EYE + DS_SPACE_1;
    struct touch t = ui_touch(ui, id, box, WIDGET_FIELD, field->flags);
    unsigned result = 0;
    if (t.is_focused) {
        if (!field->bare)
            ui_ring(ui, whole);
        result = take_key(ui, edit, field) | take_text(ui, edit);
    }
    if (field->bare) {
        ui->caret = ui_device(ui, box); /* where an input method shows its list */
        ui->has_caret = t.is_focused && ui->has_keyboard;
        return result;
    }
    if (field->password)
        inside = password_end(ui, id, inside, edit, t.is_focused);
    if (!(field->flags & DS_UI_DISABLED))
        take_pointer(ui, id, edit, field, inside, type, flags, was_used);
    struct ds_box clip = ui->clip;
    double x0 = inside.x > clip.x ? inside.x : clip.x;
    double x1 = inside.x + inside.width < clip.x + clip.width ? inside.x + inside.width
                                                              : clip.x + clip.width;
    ui->clip.x = x0 - 1;
    ui->clip.width = x1 - x0 + 2;
    draw_text(ui, inside, edit, field, type, flags, t.is_focused);
    ui->clip = clip;
    return result;
}
