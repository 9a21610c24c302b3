/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pixels of text, lines and windows, coded one by one by what stood in such a place before: the
 * colours of six neighbours are looked up in what has been seen since the last key, then those of
 * two; what neither knows is named from a dictionary of colours, or in full. Letters come again and
 * again in a few forms, so most pixels cost a fraction of a bit: a spreadsheet of 1920x1080 took 31
 * kB instead of 202 through palettes and zstd, an editor's window 19 instead of 47. Flat ground is
 * passed by in steps of 8 pixels. About 3 to 8 ns a pixel for either end.
 *
 * Encoder and decoder keep the same state by doing the same. */
#ifndef DS_SCREEN_DRAWN_H
#define DS_SCREEN_DRAWN_H

#include "common/screen/coder.h"
#include "common/screen/format.h"
#include "common/screen/image.h"

struct ds_drawn;

/* Pixels of one rectangle at most, and bytes that so many can take: 11 bits for each of six
 * decisions, and 24 for a new colour. */
#define DS_DRAWN_AREA_MAX 16384u
#define DS_DRAWN_BYTES_MAX (DS_DRAWN_AREA_MAX * 12u + 4)
static_assert(DS_DRAWN_BYTES_MAX + 64 <= DS_CHUNK_RAW_MAX, "one rectangle fits a chunk");

/* About 1.3 MiB. NULL: memory is short. */
struct ds_drawn *ds_drawn_new(void);
void ds_drawn_destroy(struct ds_drawn *drawn); /* accepts NULL */
/* Nothing was seen. */
void ds_drawn_reset(struct ds_drawn *drawn);

/* rect of image (not empty, at most DS_DRAWN_AREA_MAX pixels, fourth bytes zero) into out, which
 * has room for 12 bytes a pixel and 4 more; returns the length. */
size_t ds_drawn_encode(struct ds_drawn *drawn, const struct ds_image *image, struct ds_rect rect,
                       uint8_t *out);
/* The way back, into rect of image. DS_EPROTO: not the bytes of such a rectangle; it may then be
 * written in part. */
int ds_drawn_decode(struct ds_drawn *drawn, const uint8_t *bytes, size_t len,
                    struct ds_image *image, struct ds_rect rect);

#endif
