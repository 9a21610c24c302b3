/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard of one end at work: the rules (common/service/clipboard.h) joined with the
 * display's clipboard (common/x11/clipboard.h) on a loop. Agent and viewer use it alike. Loop
 * thread only. */
#ifndef DS_DESK_CLIPBOARD_H
#define DS_DESK_CLIPBOARD_H

#include "common/base/buf.h"
#include "common/service/clipboard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct ds_desk_clipboard;

struct ds_desk_clipboard_events {
    /* A message for the channel CLIPBOARD; bytes are borrowed. An error of ds_tunnel_send. */
    int (*send)(void *ctx, const uint8_t *bytes, size_t len);
    /* A text is in the clipboard of the other side (from_here), or of this one. */
    void (*on_moved)(void *ctx, bool from_here, size_t len);
    /* What was copied here is longer than DS_CLIPBOARD_MAX: nothing of it went. */
    void (*on_too_long)(void *ctx);
};

/* Opens no display yet. display: NULL for $DISPLAY, borrowed until close. NULL: memory is short. */
struct ds_desk_clipboard *ds_desk_clipboard_open(uv_loop_t *loop, const char *display,
                                                 const struct ds_desk_clipboard_events *events,
                                                 void *ctx);
/* Frees itself when its handles are closed; no event comes after this call. Accepts NULL. */
void ds_desk_clipboard_close(struct ds_desk_clipboard *clipboard);

/* Whether texts may go and come (the right is granted, nobody paused): asked as often as wanted,
 * does something when it changes. Nothing goes over a display that cannot share its clipboard. */
void ds_desk_clipboard_allow(struct ds_desk_clipboard *clipboard, bool allowed);

/* A message of the channel CLIPBOARD. An error: the peer broke the rules, or send failed. */
int ds_desk_clipboard_feed(struct ds_desk_clipboard *clipboard, const uint8_t *bytes, size_t len);

/* ds_clipboard_leave and ds_clipboard_return: the session goes on in another process. leave accepts
 * NULL: nothing was ever shared. */
struct ds_clipboard_place ds_desk_clipboard_leave(const struct ds_desk_clipboard *clipboard);
void ds_desk_clipboard_return(struct ds_desk_clipboard *clipboard,
                              const struct ds_clipboard_place *place);

#endif
