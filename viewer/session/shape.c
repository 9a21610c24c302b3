/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/picture/shape.h"
#include "viewer/session/line_priv.h"

struct viewer_notice *viewer_shape_notice(const struct ds_cursor_message *m)
{
    enum viewer_notice_kind kind = m->type == DS_CURSOR_SHAPE      ? VIEWER_NOTICE_SHAPE
                                   : m->type == DS_CURSOR_POSITION ? VIEWER_NOTICE_POINTER
                                                                   : VIEWER_NOTICE_USE;
    if (m->type == 0 || m->id >= DS_CURSOR_SHAPES)
        return NULL;
    struct viewer_notice *notice = viewer_notice_new(kind);
    if (!notice)
        return NULL;
    notice->of.cursor = (struct viewer_cursor_notice){
        .id = m->id,
        .width = m->width,
        .height = m->height,
        .hot_x = m->hot_x,
        .hot_y = m->hot_y,
        .x = m->x,
        .y = m->y,
        .visible = m->visible,
    };
    if (kind == VIEWER_NOTICE_SHAPE) {
        notice->of.cursor.argb = ds_shape_unpack(m);
        if (!notice->of.cursor.argb) {
            notice->letter.destroy(&notice->letter);
            return NULL;
        }
    }
    return notice;
}
