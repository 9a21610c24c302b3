/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which input devices of a display are XTEST's: what programs make up rather than what a hand did.
 * The server marks them with a property, whatever they are called. */
#ifndef DS_X11_XTEST_H
#define DS_X11_XTEST_H

#include "common/x11/display.h"

#include <stdint.h>

#define DS_XTEST_DEVICES 256 /* XInput ids looked at; servers give out fewer than 40 */

struct ds_xtest {
    bool is_xtest[DS_XTEST_DEVICES];
    uint16_t keyboard; /* id of the XTEST keyboard of the core keyboard; 0: none found */
};

/* Once for each connection: DS_EUNSUPPORTED when the display has no XInput 2.2 (touch, and sources
 * in raw events). */
int ds_xtest_use(struct ds_display *display);

/* Waits for the display's answers. Without any, nothing is XTEST's. */
void ds_xtest_read(struct ds_display *display, struct ds_xtest *out);

#endif
