/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The immediate-mode kit of both programs' windows: a window is a function that says, frame by
 * frame, which widgets it has; what they remember lives in the caller or under the widget's id.
 * Drawn by cairo and pango on a surface that the caller owns; knows no window system. One thread.
 *
 * A frame handles one input event, so no press is lost between two of them:
 *
 *     ds_ui_event(ui, &event);                       // as often as events arrive
 *     do {
 *         ds_ui_begin(ui, width, height, ds_clock_now());
 *         build(ui, state);                          // the widgets
 *     } while (ds_ui_end(ui));                       // true: an event waits, or state changed
 *     if (ds_ui_damage(ui, &box))
 *         ds_ui_paint(ui, cr);                       // paints only what differs from last time
 *
 * Nothing changed: nothing is painted, and the program sleeps until an event or ds_ui_deadline. */
#ifndef DS_UI_UI_H
#define DS_UI_UI_H

#include "common/base/clock.h"
#include "common/ui/edit.h"
#include "common/ui/icon.h"
#include "common/ui/theme.h"

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_ui;

/* Logical pixels; floats, so that a box travels in registers: 8 KB of the helper. */
struct ds_box {
    float x, y, width, height;
};

/* ---- Life ---- */

/* NULL when memory is short. theme is copied. */
struct ds_ui *ds_ui_new(const struct ds_theme *theme);
/* Accepts NULL. */
void ds_ui_destroy(struct ds_ui *ui);
/* Another theme or scale; everything is painted again. */
void ds_ui_set_theme(struct ds_ui *ui, const struct ds_theme *theme);
const struct ds_theme *ds_ui_theme(const struct ds_ui *ui);

/* What the window system does for the kit. Every member may be NULL. */
struct ds_ui_host {
    /* Somebody copied or cut (primary: selected with the mouse). text is borrowed for the call. */
    void (*clipboard_put)(void *ctx, const char *text, bool primary);
    /* Somebody pastes: answer, now or later, with DS_UI_PASTE. */
    void (*clipboard_ask)(void *ctx, bool primary);
    void *ctx;
};
void ds_ui_set_host(struct ds_ui *ui, const struct ds_ui_host *host);

/* ---- Events in ---- */

enum ds_ui_event_type {
    DS_UI_POINTER, /* moved to x, y; those that wait are merged */
    DS_UI_LEAVE,   /* the pointer left the window */
    DS_UI_PRESS,   /* button 1 left, 2 middle, 3 right */
    DS_UI_RELEASE,
    DS_UI_WHEEL,     /* dx, dy: notches, down and right positive */
    DS_UI_KEY,       /* a key went down (or repeats): keysym and modifiers */
    DS_UI_TEXT,      /* text that a key or an input method made; after its DS_UI_KEY, if any */
    DS_UI_PREEDIT,   /* text being composed, with caret; "" when that is over */
    DS_UI_PASTE,     /* the answer to clipboard_ask, or dropped text */
    DS_UI_FOCUS_IN,  /* the window got the keyboard */
    DS_UI_FOCUS_OUT, /* the window lost the keyboard */
};

enum ds_ui_mods {
    DS_UI_SHIFT = 1,
    DS_UI_CTRL = 2,
    DS_UI_ALT = 4,
    DS_UI_SUPER = 8,
    DS_UI_CAPS = 16, /* caps lock is on; sent with every key */
};

struct ds_ui_event {
    enum ds_ui_event_type type;
    double x, y; /* device pixels in the window: POINTER, PRESS, RELEASE, WHEEL */
    double dx, dy;
    unsigned button;
    uint32_t keysym;  /* X keysym (XKB_KEY_*, XK_*) */
    unsigned mods;    /* enum ds_ui_mods; also with PRESS and WHEEL */
    const char *text; /* UTF-8, copied; at most 4095 bytes are taken */
    int caret;        /* PREEDIT: characters before the caret; -1: at the end */
};

/* Queues an event for the next frames; 64 wait at most, then the oldest movement, else the newest
 * event is dropped. Queueing alone draws nothing. */
void ds_ui_event(struct ds_ui *ui, const struct ds_ui_event *event);

/* ---- A frame ---- */

/* width, height: the surface in device pixels. now: for double clicks, toasts and motion. */
void ds_ui_begin(struct ds_ui *ui, int width, int height, ds_tick now);
/* True: run another frame now (an event waits, or the focus or a popup changed). Ends by itself: a
 * build that never settles gets at most 32 frames in a row. */
bool ds_ui_end(struct ds_ui *ui);
/* Whether anything differs from what was painted last; *out gets the box around it in device
 * pixels. out may be NULL. */
bool ds_ui_damage(const struct ds_ui *ui, cairo_rectangle_int_t *out);
/* Paints the damage onto cr (device pixels, origin at the window's corner, identity matrix) and
 * forgets it. cr's target must still hold what was painted before. */
void ds_ui_paint(struct ds_ui *ui, cairo_t *cr);
/* Everything counts as damaged: a new surface, or the content was lost. */
void ds_ui_invalidate(struct ds_ui *ui);
/* When a frame has to run although no event came (a toast ends); 0: never. */
ds_tick ds_ui_deadline(const struct ds_ui *ui);

/* Logical size of the window; between begin and end. */
double ds_ui_width(const struct ds_ui *ui);
double ds_ui_height(const struct ds_ui *ui);
/* The whole window as a box. */
struct ds_box ds_ui_window(const struct ds_ui *ui);

/* The window's ground; DS_COLOR_SURFACE unless said. */
void ds_ui_ground(struct ds_ui *ui, enum ds_color color);
/* No ground: paint clears to transparent where no widget is, for a kit drawn over a picture. */
void ds_ui_ground_none(struct ds_ui *ui);
/* Whether a point (device pixels) lies on a panel or widget of the last frame; outside, a viewer
 * gives the event to the picture. Always true while a modal or menu is open. */
bool ds_ui_covers(const struct ds_ui *ui, double x, double y);

/* Whether the pointer is on the box and nothing of a higher layer is in between; between begin and
 * end. */
bool ds_ui_is_over(const struct ds_ui *ui, struct ds_box box);
/* The boxes outside of which the last frame painted nothing (device pixels, cut to the window, may
 * overlap), for a kit drawn over a picture: at most `most` of at least 1; what is beyond is joined
 * to the last. Returns how many. */
size_t ds_ui_painted(struct ds_ui *ui, cairo_rectangle_int_t *boxes, size_t most);

/* A text field has the focus: input methods and text input should be on. *caret gets its caret in
 * device pixels. */
bool ds_ui_wants_text(const struct ds_ui *ui, cairo_rectangle_int_t *caret);

enum ds_ui_cursor { DS_UI_ARROW, DS_UI_HAND, DS_UI_IBEAM };
/* The pointer's shape for where it is now. */
enum ds_ui_cursor ds_ui_cursor(const struct ds_ui *ui);

/* ---- Ids, focus and keys ---- */

/* A widget's name in its window; not 0. Widgets of one frame never share one. */
typedef uint32_t ds_ui_id;

/* For rows: an id made of a widget's and an index. */
ds_ui_id ds_ui_sub(ds_ui_id id, unsigned index);

/* Says which page the window shows. When page (any number) differs from last frame's, the focus
 * goes to safe (0: the first widget), and whatever grants something (DS_UI_GRANTS) ignores presses
 * for 0.4 s, so that a click aimed at the page before does not answer this one. */
void ds_ui_page(struct ds_ui *ui, unsigned page, ds_ui_id safe);
void ds_ui_focus(struct ds_ui *ui, ds_ui_id id);
ds_ui_id ds_ui_focused(const struct ds_ui *ui);
/* True once when this key was pressed with exactly these modifiers (caps lock aside) and no widget
 * has used it. Letters are compared without case. */
bool ds_ui_shortcut(struct ds_ui *ui, uint32_t keysym, unsigned mods);
/* What was typed in this frame, when no widget has used it, for finding things by their first
 * letters; else NULL. The kit's until the next frame. */
const char *ds_ui_typed(struct ds_ui *ui);
/* True once when Escape was pressed and no widget, menu or modal inside has used it. */
bool ds_ui_escape(struct ds_ui *ui);
/* For tests and assistive tools: presses a widget of the next frame as Enter would. */
void ds_ui_activate(struct ds_ui *ui, ds_ui_id id);

/* ---- Layout: boxes are cut from boxes ---- */

struct ds_box ds_box_pad(struct ds_box box, double x, double y);
/* Cuts a strip off *box and returns it; never more than there is. gap: space dropped after it. */
struct ds_box ds_box_top(struct ds_box *box, double height, double gap);
struct ds_box ds_box_bottom(struct ds_box *box, double height, double gap);
struct ds_box ds_box_left(struct ds_box *box, double width, double gap);
struct ds_box ds_box_right(struct ds_box *box, double width, double gap);
/* The i-th of n equal columns or rows with a gap between. */
struct ds_box ds_box_column(struct ds_box box, unsigned i, unsigned n, double gap);
struct ds_box ds_box_row(struct ds_box box, unsigned i, unsigned n, double gap);
/* A box of that size in the middle of `in`. */
struct ds_box ds_box_middle(struct ds_box in, double width, double height);

/* ---- Text ---- */

enum ds_ui_text_flags {
    DS_UI_LEFT = 0,
    DS_UI_CENTER = 1,
    DS_UI_RIGHT = 2,
    DS_UI_BOLD = 4,
    DS_UI_WRAP = 8,      /* breaks lines at the box's width; else one line */
    DS_UI_ELLIPSIS = 16, /* one line too long ends in "…" and is not a cut text */
    DS_UI_TABULAR = 32,  /* figures of one width */
    DS_UI_MIDDLE = 64,   /* in the middle of the box's height; else at its top */
};

double ds_ui_text_width(struct ds_ui *ui, const char *text, enum ds_type type, unsigned flags);
/* Height of text broken at width (with DS_UI_WRAP), or of a line. */
double ds_ui_text_height(struct ds_ui *ui, const char *text, enum ds_type type, unsigned flags,
                         double width);
/* Draws; returns the height used. Text is plain: nothing in it is markup. */
double ds_ui_label(struct ds_ui *ui, struct ds_box box, const char *text, enum ds_type type,
                   enum ds_color color, unsigned flags);
/* A label at the top of *box, broken at its width, cut off it with gap. */
void ds_ui_paragraph(struct ds_ui *ui, struct ds_box *box, const char *text, enum ds_type type,
                     enum ds_color color, unsigned flags, double gap);
/* A code or number in groups of three, DS_TYPE_NUMBER (or double that when large), bold, tabular.
 */
void ds_ui_number(struct ds_ui *ui, struct ds_box box, const char *digits, bool large);
/* A passage is one row of a longer text. Breaks text of one paragraph, len bytes, at width: starts
 * gets where each row begins, at most `most` (2 or more; the last one takes what is left). Never
 * inside what a person sees as one character. Returns how many; *is_rtl: it runs from right to
 * left.
 */
size_t ds_ui_break(struct ds_ui *ui, const char *text, size_t len, double width, uint16_t *starts,
                   size_t most, bool *is_rtl);
struct ds_ui_part {
    size_t from, to; /* bytes of the row; from == to: none */
};
/* Draws a row in DS_TYPE_NORMAL with what is selected of it and links (underlined). */
void ds_ui_passage(struct ds_ui *ui, struct ds_box box, const char *text, bool is_rtl,
                   enum ds_color color, struct ds_ui_part selected, const struct ds_ui_part *links,
                   size_t link_count);
/* The offset in the row that is nearest to x, logical pixels; to_left: of the character below it.
 */
size_t ds_ui_passage_at(struct ds_ui *ui, struct ds_box box, const char *text, bool is_rtl,
                        double x, bool to_left);
/* To the clipboard, or to what the middle button pastes. */
void ds_ui_copy(struct ds_ui *ui, const char *text, bool primary);
/* How many things wait, at the upper right corner of a button; nothing when 0. */
void ds_ui_badge(struct ds_ui *ui, struct ds_box box, unsigned count);

/* The first text of the last frame that did not fit its box (not those with DS_UI_ELLIPSIS); NULL:
 * all did. For tests. */
const char *ds_ui_cut_text(const struct ds_ui *ui);

/* ---- Shapes ---- */

enum ds_ui_shape_flags { DS_UI_ROUND = 1, DS_UI_BORDER = 2 };
/* A filled box that also covers what is below from the pointer. */
void ds_ui_panel(struct ds_ui *ui, struct ds_box box, enum ds_color color, unsigned shape);
/* Darkens what is below, per_cent 1..99; covers nothing. */
void ds_ui_shade(struct ds_ui *ui, struct ds_box box, unsigned per_cent);
/* The outline of a box, `line` wide and inside it; covers nothing. */
void ds_ui_frame(struct ds_ui *ui, struct ds_box box, enum ds_color color, double line);
/* A hairline along the box's top. */
void ds_ui_line(struct ds_ui *ui, struct ds_box box);
void ds_ui_icon(struct ds_ui *ui, struct ds_box box, enum ds_icon icon, enum ds_color color);
/* A filled rounded word with an icon for a state ("Paused"); returns its width. Height 24. */
double ds_ui_chip(struct ds_ui *ui, double x, double y, enum ds_icon icon, const char *word,
                  enum ds_color color);

/* ---- Widgets. All return true in the frame in which the person did it ---- */

enum ds_ui_widget_flags {
    DS_UI_PLAIN = 0,    /* bordered */
    DS_UI_MAIN = 1,     /* filled with accent: the one main action */
    DS_UI_DANGER = 2,   /* filled with bad */
    DS_UI_QUIET = 4,    /* no border until pointed at: toolbars */
    DS_UI_DISABLED = 8, /* shown, cannot be pressed; ds_ui_tip says why */
    DS_UI_GRANTS = 16,  /* gives a stranger something: see ds_ui_page */
    DS_UI_ON = 32,      /* icon buttons that are switched on */
    DS_UI_DEFAULT = 64, /* Enter in a text field presses it */
};

/* Natural size of a button with that label; height is the theme's target. */
double ds_ui_button_width(struct ds_ui *ui, const char *label, enum ds_icon icon);
double ds_ui_target(const struct ds_ui *ui);
bool ds_ui_button(struct ds_ui *ui, ds_ui_id id, struct ds_box box, const char *label,
                  unsigned flags);
/* With an icon before the label; label may be NULL for the icon alone (say what it is with
 * ds_ui_tip). */
bool ds_ui_icon_button(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum ds_icon icon,
                       const char *label, unsigned flags);
/* A button that is a patch of any colour, 0xRRGGBB. */
bool ds_ui_swatch(struct ds_ui *ui, ds_ui_id id, struct ds_box box, uint32_t color, unsigned flags);
/* A filled patch of any colour, 0xRRGGBB, with corners of that radius; covers nothing. */
void ds_ui_patch(struct ds_ui *ui, struct ds_box box, uint32_t color, double radius);
/* Hint for the widget declared just before, shown after the pointer rested on it 0.5 s or while it
 * has the keyboard focus. Copied. */
void ds_ui_tip(struct ds_ui *ui, const char *text);
/* A switch with its label; changes *on. */
bool ds_ui_toggle(struct ds_ui *ui, ds_ui_id id, struct ds_box box, const char *label, bool *on,
                  unsigned flags);

struct ds_ui_field {
    const char *hint; /* shown muted while empty; may be NULL */
    bool password;    /* dots, an eye that reveals, a caps-lock hint; nothing can be copied out */
    bool number;      /* large tabular figures, grouped by three: codes */
    bool bad;         /* bordered as wrong */
    bool bare;        /* nothing of it is drawn: its owner shows the text in a way of its own */
    unsigned flags;   /* DS_UI_DISABLED */
};
enum ds_ui_field_result {
    DS_UI_FIELD_NOTHING = 0,
    DS_UI_FIELD_CHANGED = 1,
    DS_UI_FIELD_ENTER = 2, /* Enter was pressed and there is no DS_UI_DEFAULT button */
};
/* Edits *edit in place; returns an or of ds_ui_field_result. field may be NULL. */
unsigned ds_ui_text_field(struct ds_ui *ui, ds_ui_id id, struct ds_box box, struct ds_edit *edit,
                          const struct ds_ui_field *field);

/* What an input method is composing for the field with the focus, not part of its text yet; "" or
 * UTF-8. For a bare field, whose owner shows it at the caret. */
const char *ds_ui_composed(const struct ds_ui *ui);

/* A scrolling list of rows of equal height; only those in sight are built:
 *
 *     ds_ui_list_begin(ui, ID, box, count, 32, &list);
 *     for (int i; (i = ds_ui_list_next(ui, &list, &row)) >= 0;)
 *         ds_ui_label(ui, row, names[i], ...);
 *     ds_ui_list_end(ui, &list);
 *
 * Up, Down, Page, Home, End move; Enter or a double click activates. */
struct ds_ui_list {
    int selected;     /* -1: none; the caller may set it */
    int activated;    /* the row that Enter or a double click chose in this frame, else -1 */
    double scroll;    /* logical pixels above the top */
    bool has_widgets; /* rows hold widgets: the list takes what they leave of pointer and keys */
    int pressed;      /* the row on which the pointer was pressed in this frame, else -1 */
    unsigned mods;    /* with that press */
    bool is_text;     /* rows are not lit up: they are text to read and select */
    /* The kit's, from begin to end: */
    ds_ui_id id;
    struct ds_box box;
    int count, at;
    double row_height;
};
void ds_ui_list_begin(struct ds_ui *ui, ds_ui_id id, struct ds_box box, int count,
                      double row_height, struct ds_ui_list *list);
int ds_ui_list_next(struct ds_ui *ui, struct ds_ui_list *list, struct ds_box *row);
void ds_ui_list_end(struct ds_ui *ui, struct ds_ui_list *list);

/* What the left button does on a list, between its begin and end: for rows whose text can be
 * selected. x, y: the pointer in logical pixels, also beside the list while it is held. */
struct ds_ui_hand {
    bool is_pressed, is_held, is_released;
    bool extends; /* pressed with Shift */
    unsigned clicks;
    double x, y;
};
void ds_ui_list_hand(const struct ds_ui *ui, const struct ds_ui_list *list,
                     struct ds_ui_hand *hand);

struct ds_ui_item {
    const char *label;    /* NULL: a line between groups */
    const char *shortcut; /* in words, "Ctrl+F"; may be NULL */
    enum ds_icon icon;
    bool disabled;
    const char *reason; /* why disabled, shown below the label; may be NULL */
    bool checked;
    bool danger;
};
/* A button that opens a menu below it (label or icon may be absent); returns the index of the item
 * chosen in this frame, else -1. Down or Enter opens, Esc closes. */
int ds_ui_menu_button(struct ds_ui *ui, ds_ui_id id, struct ds_box box, enum ds_icon icon,
                      const char *label, unsigned flags, const struct ds_ui_item *items, int count);
/* The menu alone, at a point (context menus), while *open; same result, clears *open. */
int ds_ui_menu(struct ds_ui *ui, ds_ui_id id, double x, double y, const struct ds_ui_item *items,
               int count, bool *open);

/* Left, Right, Home, End and the wheel step; changes *value. */
bool ds_ui_slider(struct ds_ui *ui, ds_ui_id id, struct ds_box box, const char *label,
                  double *value, double least, double most, double step);
/* A place to drag in with the left button, such as a map; draws nothing and never has the keyboard.
 * True from the press to the release, which may be elsewhere: *x, *y are then the pointer in
 * logical pixels. *began: it was pressed in this frame. */
bool ds_ui_drag(struct ds_ui *ui, ds_ui_id id, struct ds_box box, double *x, double *y,
                bool *began);

/* All in one unit of the caller's, such as pixels of what is scrolled. */
struct ds_ui_scrollbar {
    bool is_upright;
    double value; /* 0..most: what lies before the part that is seen */
    double page;  /* how much is seen at once */
    double most;  /* how much is not; 0: the thumb fills the bar */
    double grip;  /* the kit's: where the thumb is held, NAN: beside it */
};
/* Dragging, pages beside the thumb, and the wheel change bar->value: then true. Keys are the
 * caller's, since what is scrolled has the keyboard. */
bool ds_ui_scrollbar(struct ds_ui *ui, ds_ui_id id, struct ds_box box, struct ds_ui_scrollbar *bar);

/* 0..1; the words beside it are the caller's. */
void ds_ui_progress(struct ds_ui *ui, struct ds_box box, double fraction, enum ds_color color);

/* Shows a sentence at the bottom for 4 s (the longest a customer's screen may show one), replacing
 * the one before. Copied; at most 255 bytes. */
void ds_ui_toast(struct ds_ui *ui, const char *text, enum ds_color color);

/* A dialog in the middle; everything between begin and end belongs to it, and nothing else can be
 * reached. The focus moves in to `safe` when it appears and back when it has gone. *inside gets the
 * room for content. Call it while the dialog is open; ds_ui_escape inside it is its Esc. */
void ds_ui_modal_begin(struct ds_ui *ui, ds_ui_id id, double width, double height,
                       const char *title, ds_ui_id safe, struct ds_box *inside);
void ds_ui_modal_end(struct ds_ui *ui);

#endif
