/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rep sees in the window: the picture scaled into its place, the customer's pointer, and
 * the kit's surface above. Draws only what changed, straight into the window's own memory
 * (SDL_GetWindowSurface, shared with the X server): no texture, so no limit of a graphics card, and
 * a changed line of text costs a line of text, also with software rendering. Main thread. */
#ifndef VIEWER_PRESENT_SCREEN_H
#define VIEWER_PRESENT_SCREEN_H

#include "common/picture/backing.h"
#include "common/screen/region.h"
#include "viewer/present/overview.h"

#include <SDL.h>
#include <cairo.h>
#include <stdbool.h>

/* Boxes of the window that the kit has painted on, at most; more are joined. */
#define VIEWER_SCREEN_PAINTED 16

struct viewer_screen {
    SDL_Window *window;       /* borrowed */
    int width, height;        /* device pixels */
    int side;                 /* of the width, at the right: without picture */
    int foot;                 /* of the height, at the bottom: the same */
    cairo_surface_t *overlay; /* owned: what the kit paints, ARGB, of the window's size */
    cairo_rectangle_int_t painted[VIEWER_SCREEN_PAINTED]; /* outside of them it is transparent */
    size_t painted_count;
    struct viewer_view view;
    struct viewer_overview overview;
    struct ds_backing *backing; /* borrowed */
    bool picture_shown;         /* else the overlay is all there is */
    bool picture_dark;          /* paused: the last picture, dark */
    bool picture_dim;           /* the line is cut: the last picture, at three eighths */
    uint32_t ground;            /* 0xRRGGBB around the picture */
    /* Paints on the picture, below pointer and kit, while paints_notes. */
    void (*paint_notes)(void *ctx, cairo_t *cr);
    void *ctx;
    bool paints_notes;
    cairo_surface_t *pointer;     /* borrowed: the customer's pointer, NULL while not painted */
    struct ds_rect pointer_place; /* window pixels, valid while pointer */
    struct ds_region damage;      /* window pixels to draw again */
};

void viewer_screen_init(struct viewer_screen *screen, SDL_Window *window,
                        struct ds_backing *backing);
void viewer_screen_destroy(struct viewer_screen *screen);

/* The window has another size (or its memory was lost): everything is damaged. True when the size
 * changed and the kit has to paint all again. */
bool viewer_screen_resize(struct viewer_screen *screen);
/* So much at the right and at the bottom is not for the picture. True when that changed. */
bool viewer_screen_set_side(struct viewer_screen *screen, int side, int foot);
void viewer_screen_damage(struct viewer_screen *screen, struct ds_rect window);
void viewer_screen_damage_all(struct viewer_screen *screen);
/* Picture pixels. */
void viewer_screen_damage_picture(struct viewer_screen *screen, const struct ds_region *picture);
/* Puts the customer's pointer's top left at a window point; image NULL takes it away. */
void viewer_screen_pointer(struct viewer_screen *screen, cairo_surface_t *image, int x, int y);

/* Shows the overview at that place of the window, or hides it when empty. */
void viewer_screen_overview(struct viewer_screen *screen, struct ds_rect place);
/* Brings the overview up to date. */
void viewer_screen_refresh_overview(struct viewer_screen *screen);

/* Draws the damage and shows it. False: the window has no memory just now (nothing is lost). */
bool viewer_screen_present(struct viewer_screen *screen);

#endif
