/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an update of the picture consists of, in the log: with DESKSIDE_LOG=trace each operation is
 * a line. Rectangles, kinds and plain colours only, never what the pixels show. */
#ifndef DS_PICTURE_PLAN_LOG_H
#define DS_PICTURE_PLAN_LOG_H

#include "common/screen/encoder.h"

/* After an update was sent; bytes: what it took. Costs nothing at other levels. Any thread, that of
 * the encoder. */
void ds_plan_log(const struct ds_encoder *encoder, uint32_t update, size_t bytes);

#endif
