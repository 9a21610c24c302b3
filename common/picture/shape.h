/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pixels of a SHAPE message, from an end that may send anything. */
#ifndef DS_PICTURE_SHAPE_H
#define DS_PICTURE_SHAPE_H

#include "common/wire/sealed.h"

/* Exactly width * height premultiplied ARGB pixels, the caller's to free. A colour above its alpha
 * is cut down, so that what draws it never leaves its range. NULL: something else came, or memory
 * is short. */
uint32_t *ds_shape_unpack(const struct ds_cursor_message *message);

#endif
