/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/present/arrange.h"

/* The part of `length` from `index` of `count` equal ones on; the last one has what is left. */
static int edge(int length, unsigned index, unsigned count)
{
    return (int)((int64_t)length * index / count);
}

/* As many columns as rows, or one more; a row that is not full shares its width. */
static struct ds_rect tile(struct ds_rect room, unsigned count, unsigned index)
{
    bool is_upright = room.height > room.width;
    unsigned across = 1;
    while (across * across < count)
        across++;
    unsigned lines = (count + across - 1) / across;
    unsigned line = index / across, in_line = line + 1 < lines ? across : count - line * across;
    unsigned place = index - line * across;
    int length = is_upright ? room.height : room.width;
    int depth = is_upright ? room.width : room.height;
    int from = edge(length, place, in_line), to = edge(length, place + 1, in_line);
    int near = edge(depth, line, lines), far = edge(depth, line + 1, lines);
    if (is_upright)
        return (struct ds_rect){room.x + near, room.y + from, far - near, to - from};
    return (struct ds_rect){room.x + from, room.y + near, to - from, far - near};
}

/* Two thirds of the room, more steps than fit begin at the top again. */
static struct ds_rect cascade(struct ds_rect room, unsigned index, int step)
{
    int width = room.width * 2 / 3, height = room.height * 2 / 3;
    int right = (room.width - width) / (step > 0 ? step : 1);
    int down = (room.height - height) / (step > 0 ? step : 1);
    int most = (right < down ? right : down) + 1;
    int at = (int)(index % (unsigned)most) * step;
    return (struct ds_rect){room.x + at, room.y + at, width, height};
}

struct ds_rect viewer_arrange_place(enum viewer_arrange how, struct ds_rect room, unsigned count,
                                    unsigned index, int step)
{
    return how == VIEWER_ARRANGE_TILE ? tile(room, count, index) : cascade(room, index, step);
}
