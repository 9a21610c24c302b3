/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What rep and customer share beside the screen, on the rep's side: the clipboard. Net thread. */
#ifndef VIEWER_SESSION_DESK_H
#define VIEWER_SESSION_DESK_H

#include "viewer/session/line_priv.h"

/* HELLO features for it. */
#define VIEWER_DESK_FEATURES DS_FEATURE_CLIPBOARD

/* Rights, pause or stage may have changed. Not inside a tunnel's call. */
void viewer_desk_follow(struct viewer_line *line);
/* A message of the channel CLIPBOARD. DS_EPROTO: it breaks the rules. */
int viewer_desk_clipboard(struct viewer_line *line, const uint8_t *bytes, size_t len);
/* The thread ends. */
void viewer_desk_close(struct viewer_line *line);

#endif
