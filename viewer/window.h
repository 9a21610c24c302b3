/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's window: SDL, its size and place, full screen. Main thread. */
#ifndef VIEWER_WINDOW_H
#define VIEWER_WINDOW_H

#include "viewer/options.h"

#include <SDL.h>

/* Starts SDL with the first one and opens a window. NULL: message (of size bytes) says why, for the
 * person. */
SDL_Window *viewer_window_open(const struct viewer_options *options,
                               const struct viewer_geometry *geometry, char *message, size_t size);
/* Accepts NULL. */
void viewer_window_close(SDL_Window *window);

/* The X server's name for it, 0 without. */
unsigned long viewer_window_x(SDL_Window *window);

/* In front, with the keyboard; minimised no more. */
void viewer_window_raise(SDL_Window *window);

/* Where its content is, pixels of the desktop. */
struct ds_rect viewer_window_place(SDL_Window *window);
/* Puts its content there, or, put_frame, the window with what the window manager adds. */
void viewer_window_put(SDL_Window *window, struct ds_rect place);
void viewer_window_put_frame(SDL_Window *window, struct ds_rect place);
/* Whether the top left of a place is on a monitor that is there. */
bool viewer_window_is_on_desktop(struct ds_rect place);

void viewer_window_title(SDL_Window *window, const char *title);

/* X's name of it; 0: there is none. */
uint32_t viewer_window_id(SDL_Window *window);
/* Device pixels to a logical one, as the desktop says (Xft.dpi / 96), for ds_theme_scale. */
double viewer_window_scale(SDL_Window *window);

/* The least size that every page has room in, at that scale. */
void viewer_window_least(SDL_Window *window, double scale);

/* Time between two pictures of the screen the window is on, in microseconds. */
uint64_t viewer_window_tick_us(SDL_Window *window);

/* Makes the window so large that a picture of that size is shown whole at 1:1, or as large as the
 * screen lets it be, keeping the picture's shape. */
void viewer_window_suit(SDL_Window *window, int width, int height);

#endif
