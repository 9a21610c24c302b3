/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between talk.c, wrap.c and panel.c only. */
#ifndef DS_TALK_WRAP_H
#define DS_TALK_WRAP_H

#include "common/talk/talk.h"

enum { DS_TALK_ROW_TEXT, DS_TALK_ROW_NAME, DS_TALK_ROW_UNSENT };

/* Brings talk->rows up to date for this width (logical pixels). When memory is short rows are
 * missing. */
void ds_talk_wrap(struct ds_ui *ui, struct ds_talk *talk, double width);

#endif
