/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Taking apart an X answer, in this machine's byte order (ds_cursor is for our own wire, which is
 * big-endian). Taking is the check: after the first short step every further one gives zeroes, and
 * is_short is looked at once, at the end. */
#ifndef DS_X11_SPAN_H
#define DS_X11_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ds_span {
    const uint8_t *at; /* borrowed: the caller's answer */
    size_t left;
    bool is_short; /* sticky */
};

static inline struct ds_span ds_span_of(const void *bytes, size_t size)
{
    return (struct ds_span){.at = bytes, .left = size};
}

/* The next n bytes, borrowed; NULL when fewer are left, and then none are left any more. */
static inline const void *ds_span_skip(struct ds_span *s, size_t n)
{
    if (n > s->left) {
        s->left = 0;
        s->is_short = true;
        return NULL;
    }
    const uint8_t *from = s->at;
    s->at += n;
    s->left -= n;
    return from;
}

/* n bytes and what fills them up to a multiple of 4. */
static inline const void *ds_span_skip_padded(struct ds_span *s, size_t n)
{
    return ds_span_skip(s, n + (4 - n % 4) % 4);
}

/* Copies the next size bytes to out; zeroes when fewer are left. */
static inline void ds_span_take(struct ds_span *s, void *out, size_t size)
{
    const void *from = ds_span_skip(s, size);
    if (from)
        memcpy(out, from, size);
    else
        memset(out, 0, size);
}

#endif
