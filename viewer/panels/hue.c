/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/panels/hue.h"

/* In an order in which neighbours differ in lightness too. */
static const uint32_t colors[VIEWER_HUES] = {0x2f76e8, 0xc2640f, 0x2f8f4e, 0xb04fc4,
                                             0x0e8f95, 0xd9435c, 0x6e7f1c, 0x7a6be8};

uint32_t viewer_hue_color(unsigned hue)
{
    return colors[hue % VIEWER_HUES];
}

unsigned viewer_hue_free(unsigned used)
{
    for (unsigned hue = 0; hue < VIEWER_HUES; hue++)
        if (!(used & 1u << hue))
            return hue;
    return 0;
}
