/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that no longer change, shared by reference count. Any thread. */
#ifndef DS_BASE_RCBUF_H
#define DS_BASE_RCBUF_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct ds_rcbuf {
    atomic_uint refs;
    size_t len;
    uint8_t data[]; /* written only before the first other reference exists */
};

/* Uninitialised bytes, one reference; NULL when memory is short. */
struct ds_rcbuf *ds_rcbuf_new(size_t len);
struct ds_rcbuf *ds_rcbuf_ref(struct ds_rcbuf *buf);
/* Accepts NULL. */
void ds_rcbuf_unref(struct ds_rcbuf *buf);

#endif
