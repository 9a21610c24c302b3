/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A byte filter of a line: CONNECT, WebSocket or TLS. Pure: bytes go in on one side and come out
 * on the other; no socket, no clock. A line stacks several of them on one TCP connection, the
 * lowest next to the socket, and calls them one after the other on its loop's thread. */
#ifndef DS_NET_FILTER_H
#define DS_NET_FILTER_H

#include "common/base/buf.h"
#include "common/net/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_filter;

/* All functions return DS_OK or an error; then fault says why and the filter is of no more use. */
struct ds_filter_ops {
    const char *name;     /* what is being done, for a log: "TLS", "proxy" */
    unsigned deadline_ms; /* from start until open */
    /* The layer below is open: append the first bytes for it to down. */
    int (*start)(struct ds_filter *self, struct ds_buf *down);
    /* n bytes from below; append what they mean for above to up, and answers to down. */
    int (*feed)(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *up,
                struct ds_buf *down);
    /* n bytes from above, only while open. */
    int (*send)(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *down);
    /* Append the words of parting. May be NULL. */
    void (*finish)(struct ds_filter *self, struct ds_buf *down);
    void (*destroy)(struct ds_filter *self); /* frees self too */
};

/* First member of every filter. */
struct ds_filter {
    const struct ds_filter_ops *ops; /* static */
    bool open;                       /* bytes from above may be sent */
    bool ended;                      /* the other side said that nothing more will come */
    struct ds_fault fault;           /* valid after an error */
};

#endif
