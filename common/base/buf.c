/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/buf.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

void ds_buf_init(struct ds_buf *buf, size_t max)
{
    *buf = (struct ds_buf){.max = max};
}

void ds_buf_destroy(struct ds_buf *buf)
{
    free(buf->data);
    *buf = (struct ds_buf){.max = buf->max};
}

void ds_buf_wipe(struct ds_buf *buf)
{
    if (buf->data)
        explicit_bzero(buf->data, buf->cap);
    ds_buf_destroy(buf);
}

int ds_buf_reserve(struct ds_buf *buf, size_t n, uint8_t **out)
{
    if (n > buf->max || buf->len > buf->max - n)
        return DS_ELIMIT;
    size_t need = buf->len + n;
    if (buf->off > 0 && buf->off + need > buf->cap) {
        if (buf->len > 0)
            memmove(buf->data, buf->data + buf->off, buf->len);
        buf->off = 0;
    }
    if (need > buf->cap) {
        size_t cap = buf->cap ? buf->cap : 256;
        while (cap < need)
            cap = cap > buf->max / 2 ? need : cap * 2;
        uint8_t *grown = realloc(buf->data, cap);
        if (!grown)
            return DS_ENOMEM;
        buf->data = grown;
        buf->cap = cap;
    }
    if (!buf->data) {
        buf->data = malloc(256);
        if (!buf->data)
            return DS_ENOMEM;
        buf->cap = 256;
    }
    *out = buf->data + buf->off + buf->len;
    return DS_OK;
}

void ds_buf_commit(struct ds_buf *buf, size_t n)
{
    ds_check(buf->off + buf->len + n <= buf->cap);
    buf->len += n;
}

int ds_buf_append(struct ds_buf *buf, const void *bytes, size_t n)
{
    uint8_t *to;
    int error = ds_buf_reserve(buf, n, &to);
    if (error)
        return error;
    if (n > 0)
        memcpy(to, bytes, n);
    ds_buf_commit(buf, n);
    return DS_OK;
}

void ds_buf_consume(struct ds_buf *buf, size_t n)
{
    ds_check(n <= buf->len);
    buf->off += n;
    buf->len -= n;
    if (buf->len == 0)
        buf->off = 0;
}

void ds_buf_clear(struct ds_buf *buf)
{
    buf->off = 0;
    buf->len = 0;
}
