/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the kit share and nobody else includes: the context, the list of drawing
 * operations, and how a widget learns that it was touched. */
#ifndef DS_UI_INSIDE_H
#define DS_UI_INSIDE_H

#include "common/ui/ui.h"

#include <pango/pangocairo.h>

/* X keysyms that the kit knows. */
enum {
    KEY_BACKSPACE = 0xff08,
    KEY_TAB = 0xff09,
    KEY_RETURN = 0xff0d,
    KEY_ESCAPE = 0xff1b,
    KEY_HOME = 0xff50,
    KEY_LEFT,
    KEY_UP,
    KEY_RIGHT,
    KEY_DOWN,
    KEY_PAGE_UP,
    KEY_PAGE_DOWN,
    KEY_END,
    KEY_INSERT = 0xff63,
    KEY_KP_ENTER = 0xff8d,
    KEY_DELETE = 0xffff,
    KEY_BACK_TAB = 0xfe20, /* ISO_Left_Tab: Shift+Tab on most layouts */
};

/* ---- Drawing operations ---- */

enum op_kind {
    OP_FILL,   /* box in color, corners of radius */
    OP_BORDER, /* line of `line` pixels inside the box, corners of radius */
    OP_TEXT,
    OP_ICON,
};

enum layer { LAYER_BASE, LAYER_MODAL, LAYER_MENU, LAYER_TOP, LAYER_COUNT };

/* All lengths in device pixels. Compared as bytes up to text: always start from zeros. */
struct op {
    uint16_t kind, layer;
    uint16_t radius, line;
    uint16_t type;  /* enum ds_type or enum ds_icon */
    uint16_t flags; /* of the text */
    uint16_t alpha; /* OP_FILL: per cent, 0 is opaque */
    uint16_t unused;
    uint32_t color; /* 0xRRGGBB */
    cairo_rectangle_int_t box, clip;
    int32_t width; /* text is broken or cut there; -1: not */
    size_t text;   /* offset in the list's texts */
};

enum { OPS_MAX = 4096, TEXTS_MAX = 1 << 18 };

struct ops {
    struct op *list; /* owned */
    size_t count, cap;
    char *texts; /* owned */
    size_t used, room;
};

/* ---- The context ---- */

enum { QUEUE_MAX = 64, ORDER_MAX = 512, COVER_MAX = 256, CACHE_SIZE = 128 };

enum widget_kind { WIDGET_BUTTON, WIDGET_FIELD, WIDGET_LIST, WIDGET_SLIDER };

struct placed { /* a widget that can have the focus */
    ds_ui_id id;
    struct ds_box box;
    uint8_t layer, kind;
};

struct cached {
    PangoLayout *layout; /* owned */
    char *text;          /* owned */
    unsigned type, flags;
    int width;
};

struct ds_ui {
    struct ds_theme theme;
    struct ds_ui_host host;
    PangoContext *pango; /* owned */
    struct cached cache[CACHE_SIZE];

    struct ds_ui_event queue[QUEUE_MAX]; /* texts owned; oldest first */
    size_t queued;

    /* This frame. */
    ds_tick now;
    int width, height; /* device pixels */
    struct ds_ui_event event;
    bool has_event, is_used;
    bool is_edited; /* a text field used the key: text may follow */
    bool again;
    unsigned in_a_row;
    struct ops ops, shown; /* being built; of the frame before */
    cairo_rectangle_int_t damage;
    struct ds_box clip;
    enum layer layer;           /* widgets declared now belong to it */
    enum layer top, top_before; /* highest that takes input */
    int ground;                 /* enum ds_color, -1: none */
    int ground_before;
    uint8_t advance[95]; /* of ASCII from blank on, DS_TYPE_NORMAL, device pixels; 0: not known */
    double advance_scale;
    char *cut; /* owned */

    /* Pointer and keyboard. */
    double x, y;
    bool is_inside;
    bool caps;
    bool has_keyboard;
    bool drops_text; /* the last key was used by something that is no text field */
    ds_ui_id active; /* pressed on */
    ds_ui_id focus, focus_wanted;
    bool focus_by_key;
    uint8_t focus_kind;
    ds_ui_id pressed_by_hand; /* ds_ui_activate */
    ds_tick clicked_at;
    double clicked_x, clicked_y;
    unsigned clicks;
    enum ds_ui_cursor cursor;

    struct placed order[ORDER_MAX];
    size_t placed;
    struct ds_box covers[COVER_MAX];
    size_t covered;
    bool has_default, had_default;

    unsigned page;
    bool has_page;
    ds_tick page_since;
    ds_ui_id page_safe;

    cairo_rectangle_int_t caret;
    bool has_caret;
    char preedit[256];
    int preedit_caret;

    struct {
        ds_ui_id id; /* open one; 0: none */
        int at;
        double x, y;
        bool was_built;
    } menu;
    struct {
        ds_ui_id id, focus_back;
        bool was_built;
        struct ds_box box;
    } modal;
    struct {
        char text[256];
        enum ds_color color;
        ds_tick until;
    } toast;
    struct {
        ds_ui_id last, hovered;
        struct ds_box last_box;
        ds_tick since;
        char text[256];
        struct ds_box box;
        bool is_over, is_wanted;
    } tip;
};

/* ---- ops.c ---- */

struct op *ui_op(struct ds_ui *ui, enum op_kind kind, struct ds_box box, uint32_t color);
void ui_fill(struct ds_ui *ui, struct ds_box box, uint32_t color, double radius);
void ui_border(struct ds_ui *ui, struct ds_box box, uint32_t color, double radius, double line);
/* Text in a box, no check for being cut; flags as ds_ui_label's. */
void ui_text(struct ds_ui *ui, struct ds_box box, const char *text, enum ds_type type,
             unsigned flags, uint32_t color);
const char *ui_op_text(const struct ops *ops, const struct op *op);
/* The box around what differs between this frame and the one before is added to the damage; then
 * this frame becomes the one before. */
void ui_ops_settle(struct ds_ui *ui);
void ui_ops_destroy(struct ops *ops);
void ui_damage_add(struct ds_ui *ui, const cairo_rectangle_int_t *box);
cairo_rectangle_int_t ui_device(const struct ds_ui *ui, struct ds_box box);

/* ---- type.c ---- */

enum { TEXT_HUGE = 1 << 12 }; /* a flag of the kit's own: twice DS_TYPE_NUMBER */
bool ui_type_init(struct ds_ui *ui);
void ui_type_forget(struct ds_ui *ui);
/* Borrowed until the next call. width in device pixels, -1: not broken. */
PangoLayout *ui_layout(struct ds_ui *ui, const char *text, unsigned type, unsigned flags,
                       int width);

/* ---- focus.c ---- */

struct touch {
    bool is_hot;     /* the pointer is on it */
    bool is_focused; /* has the keyboard */
    bool is_down;    /* pressed on, not yet let go */
    bool is_clicked; /* by pointer, Enter, Space or ds_ui_activate */
};
/* Declares a widget and says what happens to it. */
struct touch ui_touch(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum widget_kind kind,
                      unsigned flags);
bool ui_is_over(const struct ds_ui *ui, struct ds_box box);
/* The event of this frame, if nobody has used it; NULL. */
const struct ds_ui_event *ui_unused(const struct ds_ui *ui, enum ds_ui_event_type type);
void ui_use(struct ds_ui *ui);
/* The key of this frame, if nobody has used it and no modifier but those in `with` is held; 0. */
uint32_t ui_key(const struct ds_ui *ui, unsigned with);
void ui_ring(struct ds_ui *ui, struct ds_box box);
void ui_cover(struct ds_ui *ui, struct ds_box box);
void ui_focus_begin(struct ds_ui *ui);
void ui_focus_end(struct ds_ui *ui);

/* ---- popup.c ---- */
void ui_popups_end(struct ds_ui *ui);

/* ---- theme ---- */
static inline uint32_t ui_color(const struct ds_ui *ui, enum ds_color color)
{
    return ds_theme_color(ui->theme.dark, color);
}
/* color towards the text's colour, for what is pointed at (24) or pressed (48). */
static inline uint32_t ui_tint(const struct ds_ui *ui, uint32_t color, unsigned amount)
{
    return ds_theme_mix(color, ui_color(ui, DS_COLOR_TEXT), amount);
}

#endif
