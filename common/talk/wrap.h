/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between talk.c, wrap.c and transcript.c only. */
#ifndef DS_TALK_WRAP_H
#define DS_TALK_WRAP_H

#include "common/talk/talk.h"

/* What a row is: a part of a line's text, or around it the day, who says it and when, that it has
 * not been sent, that the other one has seen it. */
enum {
    DS_TALK_ROW_TEXT,
    DS_TALK_ROW_DAY,
    DS_TALK_ROW_NAME,
    DS_TALK_ROW_UNSENT,
    DS_TALK_ROW_SEEN,
};

/* Brings talk->rows up to date for this width (logical pixels). When memory is short rows are
 * missing. */
void ds_talk_wrap(struct ds_ui *ui, struct ds_talk *talk, double width);

#endif
