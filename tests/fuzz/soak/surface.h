/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture between pages that may not be touched, its rows followed by bytes that must stay. */
#ifndef TESTS_SOAK_SURFACE_H
#define TESTS_SOAK_SURFACE_H

#include "common/screen/image.h"

struct soak_surface {
    struct ds_image image;
    void *memory; /* owned: the guard pages and what is between them */
    size_t size;
};

/* The first row begins where the pages before it end; the last row ends where those after it begin.
 * Ends the program when there is no memory. */
void soak_surface_open(struct soak_surface *surface, uint32_t width, uint32_t height);
void soak_surface_close(struct soak_surface *surface);
/* False when a byte between rows, or a fourth byte of a pixel, is not what it was. */
bool soak_surface_is_whole(const struct soak_surface *surface);

#endif
