/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A picture as a PNG file, lossless. Any thread; takes a second for large pictures. Proved by
 * tests/unit/viewer_png.c. */
#ifndef VIEWER_PRESENT_PNG_H
#define VIEWER_PRESENT_PNG_H

#include "common/base/rcbuf.h"
#include "common/screen/image.h"

/* *out gets one reference. DS_EINVAL: an empty picture. DS_ENOMEM. */
int viewer_png_encode(const struct ds_image *image, struct ds_rcbuf **out);

#endif
