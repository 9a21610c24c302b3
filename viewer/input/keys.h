/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which keys are down on the customer's machine, and whether a press goes there as a key or as the
 * text that an input method made of it. X tells of a press first; then SDL says either that the key
 * is a key (it was not swallowed by an input method), or brings text, or says nothing. Pure.
 * Proved by tests/unit/viewer_input.c. */
#ifndef VIEWER_INPUT_KEYS_H
#define VIEWER_INPUT_KEYS_H

#include "viewer/input/pointer.h"

#include <stdbool.h>
#include <stdint.h>

#define VIEWER_KEYCODES 256

struct viewer_keys {
    viewer_input_emit *emit;
    void *ctx;
    uint32_t down[VIEWER_KEYCODES]; /* keysym sent for the keycode that is down, 0 when up */
    bool seen[VIEWER_KEYCODES];     /* SDL has a name for this keycode */
    unsigned pending;               /* keycode that waits for SDL's word, 0: none */
    uint32_t pending_keysym;
    char pending_text[8]; /* what the key writes by itself */
    char last_text[8];    /* of the key just sent: the same text that follows is not sent again */
};

/* X: keycode 8..255 went down or repeats; text is what its keysym writes by itself ("" for none).
 * Keycode 0 (text of an input method follows) only settles. */
void viewer_keys_press(struct viewer_keys *k, unsigned keycode, uint32_t keysym, const char *text);
void viewer_keys_release(struct viewer_keys *k, unsigned keycode);
/* SDL: the press just seen is a key. */
void viewer_keys_known(struct viewer_keys *k);
/* SDL: text was made. */
void viewer_keys_text(struct viewer_keys *k, const char *text);
/* All events that have come were handled: decides about a press that nobody has said more about. */
void viewer_keys_settle(struct viewer_keys *k);
/* Everything is up: sends RELEASE. */
void viewer_keys_release_all(struct viewer_keys *k);
bool viewer_keys_any(const struct viewer_keys *k);

#endif
