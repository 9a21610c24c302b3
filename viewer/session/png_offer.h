/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A PNG in the rep's clipboard, until something else is copied there. On a connection of its own to
 * the display. Net thread. */
#ifndef VIEWER_SESSION_PNG_OFFER_H
#define VIEWER_SESSION_PNG_OFFER_H

#include "common/base/rcbuf.h"

#include <uv.h>

struct viewer_png_offer;

/* Takes the clipboard with this picture, of which it holds a reference of its own. NULL: there is
 * no display, or no memory. */
struct viewer_png_offer *viewer_png_offer_new(uv_loop_t *loop, struct ds_rcbuf *png);
/* Gives the clipboard up; frees itself when its handles are closed. Accepts NULL. */
void viewer_png_offer_close(struct viewer_png_offer *offer);

#endif
