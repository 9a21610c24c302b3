/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The head of an HTTP/1 response, as far as a CONNECT proxy and a WebSocket need it: status and
 * single fields, nothing else. Proved by tests/unit/http_head.c. */
#ifndef DS_NET_HTTP_HEAD_H
#define DS_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_HTTP_HEAD_MAX 8192 /* bytes; more than any proxy's refusal needs, less than a page */

struct ds_http_head {
    unsigned status;    /* 100..999 */
    const char *fields; /* first field line; borrowed from the input */
    size_t len;         /* bytes of all field lines, with their line ends */
};

/* > 0: bytes of the whole head, *out filled. 0: more bytes are needed. DS_EPROTO: not an HTTP/1
 * response, or longer than DS_HTTP_HEAD_MAX. Lines end with CRLF or a single LF (RFC 9112, 2.2). */
int ds_http_head_decode(const uint8_t *bytes, size_t n, struct ds_http_head *out);

/* Copies the value of the first field of that name (any case) without surrounding blanks. False:
 * absent or not shorter than size. */
bool ds_http_head_get(const struct ds_http_head *head, const char *name, char *out, size_t size);

/* How many fields have that name. */
size_t ds_http_head_count(const struct ds_http_head *head, const char *name);

#endif
