/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One session of the program with its window: the main thread's parts of it, for the files that
 * make up the wiring. */
#ifndef VIEWER_VIEWER_PRIV_H
#define VIEWER_VIEWER_PRIV_H

#include "viewer/grab.h"
#include "viewer/input/eaten.h"
#include "viewer/input/router.h"
#include "viewer/notify.h"
#include "viewer/options.h"
#include "viewer/panels/panels.h"
#include "viewer/present/edge.h"
#include "viewer/present/hand_cursor.h"
#include "viewer/present/notes.h"
#include "viewer/present/screen.h"
#include "viewer/present/shapes.h"
#include "viewer/replies.h"
#include "viewer/session/line.h"
#include "viewer/settings.h"

#include <SDL.h>
#include <stdatomic.h>

struct viewer_windows;
struct viewer_start;

/* The laser pointer while the button is held. */
struct viewer_laser {
    bool is_held;
    bool is_due;    /* it is elsewhere than was told */
    int x, y;       /* picture pixels */
    uint32_t color; /* 0xRRGGBB */
    ds_tick told_at;
};

struct viewer {
    struct viewer_windows *windows;       /* borrowed: all of them */
    const struct viewer_options *options; /* borrowed */
    unsigned number;                      /* of the session in the program, from 1 */
    unsigned hue;                         /* its colour */
    char renamed[DS_TEXT_REASON];         /* by the rep; "": not; safe to show */
    unsigned unread;                      /* came while the window was not in front */
    ds_tick ticket_until;                 /* another session is under way: no answer by then; 0 */
    SDL_Window *window;
    struct ds_ui *ui;
    struct viewer_keymap *keymap;
    struct ds_backing backing;
    struct viewer_screen screen;
    struct viewer_shapes shapes;
    struct viewer_notes notes;
    struct viewer_laser laser;
    struct viewer_hand_cursor hand_cursor;
    struct viewer_panels panels;
    struct viewer_router router;
    struct viewer_line *line;
    struct ds_mailbox notices;
    bool has_backing, has_notices; /* they are there to be destroyed */
    struct viewer_settings settings;
    struct viewer_replies replies;
    struct viewer_notify notify;
    bool is_notified;   /* of a message, since the window was last in front */
    atomic_bool waking; /* a wake event is in SDL's queue */

    struct ds_fresh fresh; /* taken, not yet shown */
    bool acks_wait;        /* fresh holds acknowledgements */
    bool complete;         /* a whole first picture has been shown */
    bool suited;           /* the window got the first picture's size */
    ds_tick due;           /* not before this the next picture is shown */
    struct viewer_edge edge;
    ds_tick overview_due; /* not before this the overview is drawn again */
    bool hidden;          /* minimised: nothing can be seen */
    bool visible_told;    /* the agent knows that we can be seen */

    bool pointer_known; /* the remote pointer's place has come */
    bool pointer_visible;
    int pointer_x, pointer_y; /* picture pixels */
    ds_tick hand_at;          /* when the rep's own hand last moved the remote pointer */

    struct viewer_grab grab;
    struct viewer_eaten eaten;

    bool ui_due;
    bool quit;
    bool is_leaving; /* the window is hidden; its line says its last words */
    int exit_code;
};

/* viewer.c: the life of one. begin: false: message says why; end it all the same. */
bool viewer_begin(struct viewer *v, const struct viewer_start *start, char *message, size_t size);
void viewer_take_event(struct viewer *v, const SDL_Event *event);
/* Does what is due; when to come again, 0: when something happens. */
ds_tick viewer_step(struct viewer *v);
/* The window goes, the session is ended; viewer_line_has_left tells when that is said. */
void viewer_leave(struct viewer *v);
/* Waits for that, frees all. */
void viewer_end(struct viewer *v);
/* The earlier of two deadlines; 0 is none. */
static inline ds_tick viewer_sooner(ds_tick a, ds_tick b)
{
    return a == 0 ? b : b == 0 ? a : a < b ? a : b;
}

/* headline.c */
void viewer_show_title(struct viewer *v);
/* Something came; counts unless the window is in front. */
void viewer_unread_add(struct viewer *v);
void viewer_unread_clear(struct viewer *v);
/* A message of the customer: the desktop is told as well. */
void viewer_unread_line(struct viewer *v);
/* What the window shows is before the rep's eyes: it has the keyboard, or the pointer is on it. */
bool viewer_is_in_front(const struct viewer *v);
/* The model is another one now. */
void viewer_unread_model(struct viewer *v, const struct viewer_model *before);

/* actions.c: what pages and keys ask for. */
extern const struct viewer_panel_actions viewer_actions;
void viewer_sign_in_by_ticket(struct viewer *v, const struct viewer_notice *ticket);
bool viewer_action_chord(void *ctx, uint32_t keysym);
/* The arrow, page and keypad keys where there is something to scroll; false: another key, or
 * nothing to. */
bool viewer_action_scroll_by(struct viewer *v, uint32_t keysym, bool *has_moved);
void viewer_action_scroll(void *ctx, int dx, int dy);
void viewer_action_input(void *ctx, const struct ds_input *input);
void viewer_set_scale(struct viewer *v, enum viewer_scale scale);

/* own_keys.c: keys that stay here, and preferences put into force. */
bool viewer_own_key(void *ctx, uint32_t keysym, unsigned mods);
bool viewer_spare_key(void *ctx, uint32_t keysym);
void viewer_send_strokes(void *ctx, const char *keys);
void viewer_prefer(void *ctx, enum viewer_preference which, int value);
/* A screenshot was saved there, or "": could not be. */
void viewer_shot_told(struct viewer *v, const char *path, bool is_copied);
/* Takes or lets go of the keyboard; when to come again, 0: need not. */
ds_tick viewer_follow_grab(struct viewer *v);

/* drawing.c: the rep's hand with a drawing tool, and the echo of what it drew. */
void viewer_drawing_init(struct viewer *v);
void viewer_drawing_destroy(struct viewer *v);
/* True: the event was the hand's on the picture, and nobody else's. */
bool viewer_drawing_event(struct viewer *v, const SDL_Event *event);
void viewer_drawing_notice(struct viewer *v, const struct viewer_notice *notice);
/* These updates are about to be shown. */
void viewer_drawing_updated(struct viewer *v, const struct ds_fresh *fresh);
/* Another picture is shown, or none. */
void viewer_drawing_layout(struct viewer *v);
/* The pointer over the picture while the rep draws. */
SDL_Cursor *viewer_drawing_cursor(struct viewer *v);
/* When to come again, 0: need not. */
ds_tick viewer_drawing_tick(struct viewer *v);

/* showing.c: picture and pointers. */
void viewer_show_fresh(struct viewer *v);
void viewer_show_pointer(struct viewer *v);
void viewer_show_cursor(struct viewer *v);
/* Draws what is due; returns when to come again, 0: when something happens. */
ds_tick viewer_show(struct viewer *v);
/* Scrolls while the pointer rests at the edge of a picture larger than the window. */
ds_tick viewer_show_edge_scroll(struct viewer *v);
/* The part of the picture in the window has moved. */
void viewer_show_scrolled(struct viewer *v);

#endif
