/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/rcbuf.h"

#include <stdlib.h>

struct ds_rcbuf *ds_rcbuf_new(size_t len)
{
    if (len > SIZE_MAX - sizeof(struct ds_rcbuf))
        return NULL;
    struct ds_rcbuf *buf = malloc(sizeof(*buf) + len);
    if (buf) {
        atomic_init(&buf->refs, 1);
        buf->len = len;
    }
    return buf;
}

struct ds_rcbuf *ds_rcbuf_ref(struct ds_rcbuf *buf)
{
    atomic_fetch_add_explicit(&buf->refs, 1, memory_order_relaxed);
    return buf;
}

void ds_rcbuf_unref(struct ds_rcbuf *buf)
{
    if (buf && atomic_fetch_sub_explicit(&buf->refs, 1, memory_order_acq_rel) == 1)
        free(buf);
}
