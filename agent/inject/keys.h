/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Presses keys by what they mean: finds the customer's key for a keysym, sets modifiers for the
 * moment of the press, borrows a spare keycode for what the layout lacks.
 *
 * Auto-repeat. A key held at the viewer sends repeated downs, and the server repeats a held XTEST
 * key by itself as well: both together would double it, and the server's own would run on when the
 * line stalls. So RepeatKeys is switched off for the XTEST keyboard alone (the customer's keyboard
 * keeps it; the server switches it back when this program dies), and every further down of a held
 * key is injected as release and press, which is what repeat looks like to a program. */
#ifndef AGENT_INJECT_KEYS_H
#define AGENT_INJECT_KEYS_H

#include "agent/inject/modifiers.h"
#include "agent/inject/traces.h"
#include "common/base/clock.h"
#include "common/x11/display.h"
#include "common/x11/spare.h"

struct agent_keys {
    struct ds_display *display;  /* borrowed */
    struct agent_traces *traces; /* borrowed */
    uint16_t device;             /* the XTEST keyboard, or the core one when it is not found */
    struct ds_keymap map;
    struct ds_spare spare;
    bool stale; /* the layout has changed since map was read */
    bool quiet; /* RepeatKeys is off */
    struct agent_held held;
    uint32_t held_sym[DS_KEYMAP_CODES];   /* as it was asked for; only while held */
    uint16_t own_change[DS_KEYMAP_CODES]; /* sequence of our last change of its mapping */
    uint64_t missing;                     /* keysyms that could not be typed at all */
};

/* traces: told what is down and lent. DS_EUNSUPPORTED: no XKB; DS_EIO, DS_ENOMEM. message gets a
 * plain sentence. */
int agent_keys_init(struct agent_keys *keys, struct ds_display *display,
                    struct agent_traces *traces, char *message, size_t size);
/* Everything up, every borrowed code back, RepeatKeys on. Accepts a zeroed struct. */
void agent_keys_destroy(struct agent_keys *keys);

/* True when the event told that the layout has changed (or was about keys at all). */
bool agent_keys_handle(struct agent_keys *keys, const xcb_generic_event_t *event);

/* DS_EAGAIN: all spare codes were used a moment ago; *again says when to try, nothing was pressed.
 * DS_ENOTFOUND: this layout has neither the key nor a spare code, or it is a modifier that the
 * layout lacks. DS_EIO: display gone. */
int agent_keys_down(struct agent_keys *keys, uint32_t keysym, ds_tick now, ds_tick *again);
/* A key that is not down is ignored. */
void agent_keys_up(struct agent_keys *keys, uint32_t keysym);
/* Down and up. */
int agent_keys_tap(struct agent_keys *keys, uint32_t keysym, ds_tick now, ds_tick *again);

/* Lifts everything that is down. */
void agent_keys_release(struct agent_keys *keys);

/* Codes that have rested go back. When next: ds_spare_deadline of spare. */
void agent_keys_tick(struct agent_keys *keys, ds_tick now);

#endif
