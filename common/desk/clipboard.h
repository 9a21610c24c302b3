/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The clipboard of one end at work: the rules (common/service/offers.h, and for peers without
 * DS_FEATURE_OFFERS common/service/clipboard.h) joined with the display's clipboard
 * (common/x11/clipboard.h) on a loop. Agent and viewer use it alike. Loop thread only. */
#ifndef DS_DESK_CLIPBOARD_H
#define DS_DESK_CLIPBOARD_H

#include "common/base/buf.h"
#include "common/base/clip.h"
#include "common/service/clipboard.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct ds_desk_clipboard;

struct ds_desk_clipboard_events {
    /* A message for the channel CLIPBOARD; bytes are borrowed. An error of ds_tunnel_send. */
    int (*send)(void *ctx, const uint8_t *bytes, size_t len);
    /* What was copied here (from_here) or over there can be pasted on the other side, in these
     * formats (bits). */
    void (*on_offered)(void *ctx, bool from_here, unsigned formats);
    /* A content has gone to the other side's program (from_here), or come to one of this side. */
    void (*on_moved)(void *ctx, bool from_here, enum ds_clip_format format, size_t len);
    /* What was copied is larger than can be shared, `most` bytes: it did not go, or come. */
    void (*on_too_long)(void *ctx, bool from_here, size_t most);
    /* A program here waited for what was copied over there, and it did not come. */
    void (*on_missed)(void *ctx);
    /* The switches of the other side changed. */
    void (*on_switched)(void *ctx);
};

/* Opens no display yet. display: NULL for $DISPLAY, borrowed until close. NULL: memory is short. */
struct ds_desk_clipboard *ds_desk_clipboard_open(uv_loop_t *loop, const char *display,
                                                 const struct ds_desk_clipboard_events *events,
                                                 void *ctx);
/* Frees itself when its handles are closed; no event comes after this call. Accepts NULL. */
void ds_desk_clipboard_close(struct ds_desk_clipboard *clipboard);

/* How the peer shares: by offers, or as it did before there were any. Before the first allow. */
void ds_desk_clipboard_by_offers(struct ds_desk_clipboard *clipboard, bool by_offers);
/* Whether anything may go and come (the right is granted, nobody paused): asked as often as wanted,
 * does something when it changes. Nothing goes over a display that cannot share its clipboard. */
void ds_desk_clipboard_allow(struct ds_desk_clipboard *clipboard, bool allowed);
/* This side's switches: DS_CLIPBOARD_GIVES, DS_CLIPBOARD_TAKES (both at first),
 * DS_CLIPBOARD_PRIMARY. */
void ds_desk_clipboard_switch(struct ds_desk_clipboard *clipboard, uint8_t switches);
uint8_t ds_desk_clipboard_switches(const struct ds_desk_clipboard *clipboard);
/* The other side's, as far as it has told. */
uint8_t ds_desk_clipboard_other_switches(const struct ds_desk_clipboard *clipboard);
/* The session is over, another may begin: what has come whole can still be pasted here. */
void ds_desk_clipboard_end(struct ds_desk_clipboard *clipboard);

/* Puts something of this program's own (a screenshot) into this side's clipboard, copied; with or
 * without a right, and the other side gets no offer of it. DS_EIO: the display cannot share;
 * DS_EINVAL: not of that format; DS_ENOMEM. */
int ds_desk_clipboard_put(struct ds_desk_clipboard *clipboard, enum ds_clip_format format,
                          const void *bytes, size_t len);

/* A message of the channel CLIPBOARD. An error: the peer broke the rules, or send failed. */
int ds_desk_clipboard_feed(struct ds_desk_clipboard *clipboard, const uint8_t *bytes, size_t len);

/* ds_clipboard_leave and ds_clipboard_return: the session goes on in another process. leave accepts
 * NULL: nothing was ever shared. */
struct ds_clipboard_place ds_desk_clipboard_leave(const struct ds_desk_clipboard *clipboard);
void ds_desk_clipboard_return(struct ds_desk_clipboard *clipboard,
                              const struct ds_clipboard_place *place);

#endif
