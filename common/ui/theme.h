/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The look shared by every window: colours, distances and type sizes, with the names that the web
 * pages use (relay/web/theme.css). All lengths are logical pixels; the scale is applied when
 * painting. Proved by tests/unit/ui_theme.c (contrast of every pair that is used). */
#ifndef DS_UI_THEME_H
#define DS_UI_THEME_H

#include <stdbool.h>
#include <stdint.h>

enum ds_color {
    DS_COLOR_SURFACE, /* background of a window */
    DS_COLOR_RAISED,  /* cards, bars, menus */
    DS_COLOR_LINE,    /* hairlines; decoration only */
    DS_COLOR_TEXT,
    DS_COLOR_MUTED,     /* secondary text, borders of fields; 4.5:1 on surface and raised */
    DS_COLOR_ACCENT,    /* the one main action, the focus ring, links */
    DS_COLOR_ON_ACCENT, /* text on accent and on every filled state or result colour below */
    DS_COLOR_SEEN,      /* the screen is being looked at */
    DS_COLOR_CONTROLLED,
    DS_COLOR_PAUSED,
    DS_COLOR_ENDED,
    DS_COLOR_GOOD,
    DS_COLOR_WARN,
    DS_COLOR_BAD,
    DS_COLOR_COUNT,
};

/* Distances, radius and type sizes in logical pixels. */
enum {
    DS_SPACE_1 = 4,
    DS_SPACE_2 = 8,
    DS_SPACE_3 = 12,
    DS_SPACE_4 = 16,
    DS_SPACE_5 = 24,
    DS_SPACE_6 = 32,
    DS_RADIUS = 8,
    DS_FOCUS_WIDTH = 2,
    DS_TARGET_REP = 32,      /* least height of what can be pressed in the rep's windows */
    DS_TARGET_CUSTOMER = 44, /* and in the customer's */
    DS_MOTION_MS = 150,      /* longest movement; 0 when reduced */
};

/* Type sizes in logical pixels. */
enum ds_type {
    DS_TYPE_SMALL = 12,
    DS_TYPE_NORMAL = 14,
    DS_TYPE_LARGE = 16,
    DS_TYPE_TITLE = 20,
    DS_TYPE_NUMBER = 28, /* codes and numbers: tabular figures */
};

struct ds_theme {
    bool dark;
    bool reduced_motion;
    double scale;  /* 1.0..2.0 device pixels to a logical one */
    double target; /* DS_TARGET_REP or DS_TARGET_CUSTOMER */
};

/* Light, scale 1, reduced motion as the environment says (DESKSIDE_REDUCED_MOTION=1), targets as
 * given. DESKSIDE_THEME=dark or light overrides `dark`. */
struct ds_theme ds_theme_default(bool dark, double target);

/* Clamps to 1.0..2.0 in steps of 0.25, so that lines stay sharp; nonsense (NaN, 0) is 1. */
double ds_theme_scale(double wanted);

/* 0xRRGGBB of a token. */
uint32_t ds_theme_color(bool dark, enum ds_color color);

/* a towards b: 0 is a, 255 is b. For hover, pressed and selection. */
uint32_t ds_theme_mix(uint32_t a, uint32_t b, unsigned amount);

/* WCAG 2.1 contrast ratio of two colours, 1..21. */
double ds_theme_contrast(uint32_t a, uint32_t b);

#endif
