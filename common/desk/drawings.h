/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings on the screen that is shown, on a layer over it: the other person's, of which the rules
 * keep the list, their laser pointer, and those of who sits there. The agent has it for the
 * customer's screen, the viewer for the rep's; below, "the rep" is who looks on. Loop thread only.
 * Proved by tests/system/drawings.c, hands.c and share.c. */
#ifndef DS_DESK_DRAWINGS_H
#define DS_DESK_DRAWINGS_H

#include "common/screen/rect.h"
#include "common/wire/note.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

struct ds_drawings;

/* What a person's hand does with a button: it went down, moved while down, went up. */
enum ds_hand { DS_HAND_BEGIN, DS_HAND_MOVE, DS_HAND_END };

#define DS_DRAWINGS_OWN_MAX 100u       /* drawings of the customer */
#define DS_DRAWINGS_OWN_COLOR 0x8b2fc9 /* theirs: none that the rep's palette has */

struct ds_drawings_events {
    /* A message for the channel NOTES; bytes are borrowed. */
    int (*send)(void *ctx, const uint8_t *bytes, size_t len);
    /* There are as many now, of the rep and of the customer. */
    void (*on_count)(void *ctx, size_t count, size_t own);
    /* Number of the last picture update that was handed out. */
    uint32_t (*last_update)(void *ctx);
    /* A window of the agent. */
    bool (*is_own)(void *ctx, uint32_t window);
    /* The layer comes above others: the agent's own windows first. */
    void (*on_raise)(void *ctx);
};

/* Opens no display yet. display: NULL for $DISPLAY, borrowed until close. below: a window of the
 * agent that the layer stays beneath. NULL: memory is short. */
struct ds_drawings *ds_drawings_open(uv_loop_t *loop, const char *display, uint32_t below,
                                     const struct ds_drawings_events *events, void *ctx);
/* The screen is as it was; frees itself when its handles are closed. Accepts NULL. */
void ds_drawings_close(struct ds_drawings *drawings);

/* Whether the rep may draw (the right is granted, nobody paused); false erases all. Asked as often
 * as wanted. */
void ds_drawings_allow(struct ds_drawings *drawings, bool allowed);
/* While a question is before the customer nothing may be drawn over it. */
void ds_drawings_hide(struct ds_drawings *drawings, bool hide);
/* The picture of that monitor (0xff: all) lies there on the root window, from its LAYOUT on. */
void ds_drawings_set_area(struct ds_drawings *drawings, uint8_t monitor, struct ds_rect area);

/* A message of the channel NOTES. An error: the peer broke the rules, or send failed. */
int ds_drawings_feed(struct ds_drawings *drawings, const uint8_t *bytes, size_t len);
/* The rep points at x, y of the picture that was sent last, in that colour; not on: no longer. */
void ds_drawings_laser(struct ds_drawings *drawings, int x, int y, uint32_t color, bool on);
/* The customer wants all away, theirs too. False: there are none. */
bool ds_drawings_erase(struct ds_drawings *drawings);

/* ---- the customer's own, root window pixels ---- */

/* Their hand with a tool. Nothing when the display shows no drawings. */
void ds_drawings_hand(struct ds_drawings *drawings, enum ds_note_tool tool, enum ds_hand did, int x,
                      int y);
/* A whole one; `note` has tool, colour, points and text. DS_EINVAL: not inside the screen, or not
 * whole. DS_ELIMIT: there are DS_DRAWINGS_OWN_MAX. DS_EUNSUPPORTED: the display shows none.
 * DS_ENOMEM. */
int ds_drawings_add(struct ds_drawings *drawings, const struct ds_note *note);
/* Only theirs go: nobody sees the screen any more. */
void ds_drawings_clean(struct ds_drawings *drawings);

/* This process ends and the session goes on in another one, on a screen without them: erases all.
 * Returns the number of the newest that there ever was, for the other's return, before any message.
 * leave accepts NULL. */
uint32_t ds_drawings_leave(struct ds_drawings *drawings);
void ds_drawings_return(struct ds_drawings *drawings, uint32_t newest);

#endif
