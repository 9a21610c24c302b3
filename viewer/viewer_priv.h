/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The main thread's parts, for the files that make up the wiring. */
#ifndef VIEWER_VIEWER_PRIV_H
#define VIEWER_VIEWER_PRIV_H

#include "viewer/input/router.h"
#include "viewer/notify.h"
#include "viewer/options.h"
#include "viewer/panels/panels.h"
#include "viewer/present/edge.h"
#include "viewer/present/notes.h"
#include "viewer/present/screen.h"
#include "viewer/present/shapes.h"
#include "viewer/replies.h"
#include "viewer/session/line.h"
#include "viewer/settings.h"

#include <SDL.h>
#include <stdatomic.h>

struct viewer {
    const struct viewer_options *options; /* borrowed */
    SDL_Window *window;
    struct ds_ui *ui;
    struct viewer_keymap *keymap;
    struct ds_backing backing;
    struct viewer_screen screen;
    struct viewer_shapes shapes;
    struct viewer_notes notes;
    struct viewer_panels panels;
    struct viewer_router router;
    struct viewer_line *line;
    struct ds_mailbox notices;
    struct viewer_settings settings;
    struct viewer_replies replies;
    struct viewer_notify notify;
    bool is_notified; /* of a message, since the window was last in front */
    Uint32 wake_event;
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

    bool ui_due;
    bool quit;
    int exit_code;
};

/* actions.c: what pages and keys ask for. */
extern const struct viewer_panel_actions viewer_actions;
bool viewer_action_chord(void *ctx, uint32_t keysym);
bool viewer_action_spare_key(void *ctx, uint32_t keysym);
bool viewer_action_scroll_key(void *ctx, uint32_t keysym);
void viewer_action_scroll(void *ctx, int dx, int dy);
void viewer_action_input(void *ctx, const struct ds_input *input);
void viewer_set_scale(struct viewer *v, enum viewer_scale scale);

/* drawing.c: the rep's hand with a drawing tool, and the echo of what it drew. */
void viewer_drawing_init(struct viewer *v);
/* True: the event was the hand's on the picture, and nobody else's. */
bool viewer_drawing_event(struct viewer *v, const SDL_Event *event);
void viewer_drawing_notice(struct viewer *v, const struct viewer_notice *notice);
/* These updates are about to be shown. */
void viewer_drawing_updated(struct viewer *v, const struct ds_fresh *fresh);
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
