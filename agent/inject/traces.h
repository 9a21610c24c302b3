/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What injection has left on the display at this moment: keys and buttons that are down, keycodes
 * that are lent, auto-repeat that is off. Plain data in memory that the caretaker shares: it reads
 * it when the agent is dead. The injector writes it: before a request that leaves something is
 * sent, and after one that undoes it was sent, so that a death in between only makes the caretaker
 * do too much. */
#ifndef AGENT_INJECT_TRACES_H
#define AGENT_INJECT_TRACES_H

#include "common/x11/keymap.h"

#include <stdbool.h>
#include <stdint.h>

#define AGENT_TRACES_BUTTONS 7 /* left, middle, right, wheel up, down, left, right */

struct agent_traces {
    /* A window of the injector's connection. Once it is gone, the display has dealt with everything
     * that was ever sent there. 0: nothing is injected. */
    uint32_t mark;
    bool keys[DS_KEYMAP_CODES];            /* injected as pressed, by keycode */
    uint8_t buttons[AGENT_TRACES_BUTTONS]; /* number injected as pressed, 0: up */
    uint32_t lent[DS_KEYMAP_CODES];        /* keysym that the keycode was lent to, 0: none */
    bool is_quiet;                         /* auto-repeat is off ... */
    bool had_repeat;                       /* ... and what it was before */
};

#endif
