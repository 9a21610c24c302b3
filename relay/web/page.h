/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the relay answers to a GET, without sockets: path and headers in, a whole answer out.
 * Proved by tests/unit/relay_page.c. */
#ifndef RELAY_WEB_PAGE_H
#define RELAY_WEB_PAGE_H

#include "common/base/buf.h"
#include "relay/desk/conf.h"

#include <stdbool.h>

#define RELAY_PAGE_MAX (256u * 1024)

struct relay_page_request {
    const char *method;   /* "GET", "HEAD", or anything else */
    const char *path;     /* without the query */
    const char *query;    /* "" when none */
    const char *language; /* the Accept-Language header, "" when none */
    bool is_tls;
    unsigned port; /* of ours, on which it came in */
};

struct relay_page {
    unsigned status;
    const char *type;   /* static; of the body */
    const char *lang;   /* static; NULL for what has no language */
    bool may_cache;     /* for an hour */
    char location[384]; /* "" unless it is a redirect */
    struct ds_buf body; /* owned */
};

/* DS_ENOMEM, DS_ELIMIT. */
int relay_page_answer(const struct relay_conf *conf, const struct relay_page_request *request,
                      struct relay_page *out);
void relay_page_destroy(struct relay_page *page);

/* "fr" or "en", by a "lang=" in the query, else by the weights of Accept-Language (RFC 9110). */
const char *relay_page_language(const char *query, const char *accept);

#endif
