/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decides who gets an event of the window: the kit (pages, toolbar), the viewer itself (its key
 * combinations) or the customer's machine. Main thread. */
#ifndef VIEWER_INPUT_ROUTER_H
#define VIEWER_INPUT_ROUTER_H

#include "common/ui/ui.h"
#include "viewer/input/keymap.h"
#include "viewer/input/keys.h"
#include "viewer/input/pointer.h"

#include <SDL.h>
#include <stdbool.h>

struct viewer_router {
    struct ds_ui *ui;               /* borrowed */
    struct viewer_keymap *keymap;   /* borrowed */
    const struct viewer_view *view; /* borrowed */
    struct viewer_keys remote;      /* emits what goes to the customer */
    struct viewer_pointer pointer;  /* the same */
    struct viewer_keys local;       /* emits keys for the kit */
    /* A key combination of the viewer's own (Ctrl+Alt+Shift and a letter): true when it is one. */
    bool (*chord)(void *ctx, uint32_t keysym);
    /* Keys that nobody else takes: scrolling. */
    bool (*spare_key)(void *ctx, uint32_t keysym);
    /* Asked before a key goes to the customer, with enum ds_ui_mods: true when it stays here. */
    bool (*own_key)(void *ctx, uint32_t keysym, unsigned mods);
    void (*scroll)(void *ctx, int dx, int dy); /* notches, without control */
    void *ctx;
    bool control; /* the customer's machine takes input; set by router_control */
    bool ui_keys; /* the kit has the keyboard although control is ours; set by the owner */
    bool picture; /* a session's picture is in the window; set by the owner */
    /* its own: */
    int x, y;            /* pointer, window pixels */
    bool inside;         /* pointer is in the window */
    bool motion_waits;   /* the last movement is not delivered yet */
    uint32_t ui_pressed; /* buttons that went down on the kit: their release is the kit's */
    bool ui_has_keys;    /* the kit has been told that it has the keyboard */
    bool ui_hovered;     /* the pointer was last seen on the kit */
    unsigned mods;
    bool touched; /* the kit has something new; cleared by the owner */
};

void viewer_router_init(struct viewer_router *router, struct ds_ui *ui,
                        struct viewer_keymap *keymap, const struct viewer_view *view,
                        viewer_input_emit *emit, void *ctx);
void viewer_router_event(struct viewer_router *router, const SDL_Event *event);
/* After a batch of events. */
void viewer_router_settle(struct viewer_router *router);
/* After a frame of the kit, when what covers the picture is known. */
void viewer_router_framed(struct viewer_router *router);
/* The right to control came or went; lets go of everything that is down. */
void viewer_router_control(struct viewer_router *router, bool control);
/* Everything up, e.g. when the window loses the keyboard. */
void viewer_router_release(struct viewer_router *router);
/* True while the pointer is over the picture and nothing of the kit is in between. */
bool viewer_router_over_picture(const struct viewer_router *router);
/* Keys go to the customer now, and the hand is on nothing of the kit. */
bool viewer_router_is_remote(const struct viewer_router *router);
/* True while a menu or dialog has everything. */
bool viewer_router_is_modal(const struct viewer_router *router);

#endif
