/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A growing queue of bytes with a bound: appended at the end, consumed at the front. Not for
 * sharing between threads. */
#ifndef DS_BASE_BUF_H
#define DS_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_buf {
    uint8_t *data; /* owned; bytes [off, off + len) are the content */
    size_t off;
    size_t len;
    size_t cap;
    size_t max; /* bytes of content at most */
};

/* max: most bytes of content ever held, at least 1. Allocates nothing. */
void ds_buf_init(struct ds_buf *buf, size_t max);

/* Frees; accepts a zeroed struct. */
void ds_buf_destroy(struct ds_buf *buf);

/* Overwrites the content with zeros, then frees: for keys and plain text. */
void ds_buf_wipe(struct ds_buf *buf);

/* Makes room for n more bytes and points *out at them; they become content by ds_buf_commit.
 * DS_ELIMIT when the bound would be passed, DS_ENOMEM. *out is valid until the next call that is
 * not commit. */
int ds_buf_reserve(struct ds_buf *buf, size_t n, uint8_t **out);

/* n: at most what was reserved. */
void ds_buf_commit(struct ds_buf *buf, size_t n);

/* Appends a copy. DS_ELIMIT, DS_ENOMEM; then nothing was appended. */
int ds_buf_append(struct ds_buf *buf, const void *bytes, size_t n);

/* Drops n bytes at the front; n at most the length. */
void ds_buf_consume(struct ds_buf *buf, size_t n);

/* Drops all content, keeps the memory. */
void ds_buf_clear(struct ds_buf *buf);

/* First byte of the content; borrowed until the next change. */
static inline const uint8_t *ds_buf_peek(const struct ds_buf *buf)
{
    return buf->len > 0 ? buf->data + buf->off : (const uint8_t *)"";
}

#endif
