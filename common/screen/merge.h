/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Passes that join neighbouring operations of one kind, so that fewer and larger ones travel. */
#ifndef DS_SCREEN_MERGE_H
#define DS_SCREEN_MERGE_H

#include "common/screen/plan.h"

/* Joins FILL, SHOW, INDEX, COLOUR and PHOTO operations side by side in a row of tiles (as far as
 * the bytes of one fit a chunk well), then FILLs and SHOWs below each other. */
void ds_merge_run(struct ds_plan *plan);

/* Joins smooth PHOTO operations below each other and turns those that are large enough (from 64x64
 * on: a JPEG stream has some 30 bytes of its own) into JPEG. Those of refinement stay as they are.
 */
void ds_merge_jpeg(struct ds_plan *plan);

#endif
