/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/carrier_proxy.h"

#include "common/base/error.h"
#include "common/net/http_head.h"
#include "common/wire/limits.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USERINFO_MAX 512
#define REQUEST_MAX 2048

struct carrier_proxy {
    struct ds_filter base;
    char target[DS_TEXT_HOST + 16]; /* "host:port" or "[address]:port" */
    char basic[(USERINFO_MAX + 2) / 3 * 4 + 1];
    struct ds_buf head; /* the answer while it is not complete */
};

static int start(struct ds_filter *self, struct ds_buf *down)
{
    struct carrier_proxy *proxy = (struct carrier_proxy *)self;
    char request[REQUEST_MAX];
    int n =
        snprintf(request, sizeof(request),
                 "CONNECT %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Deskside/" DESKSIDE_VERSION
                 "\r\n%s%s%s\r\n",
                 proxy->target, proxy->target, proxy->basic[0] ? "Proxy-Authorization: Basic " : "",
                 proxy->basic, proxy->basic[0] ? "\r\n" : "");
    int error = ds_buf_append(down, request, (size_t)n);
    explicit_bzero(request, sizeof(request));
    if (error)
        ds_fault_set(&self->fault, DS_FAULT_SILENT, "%s", ds_error_name(error));
    return error;
}

static int refuse(struct carrier_proxy *proxy, unsigned status)
{
    enum ds_fault_kind kind = DS_FAULT_PROXY;
    const char *why = "refused the connection";
    bool is_password = status == 407 || status == 401; /* tinyproxy says 401 for a wrong one */
    if (is_password && !proxy->basic[0])
        why = "asks for a name and a password";
    else if (is_password)
        why = "did not accept the name and password it was given";
    else if (status == 403 || status == 405)
        why = "does not allow this connection";
    else if (status >= 500) {
        kind = DS_FAULT_BEHIND;
        why = "could not reach the relay";
    }
    ds_fault_set(&proxy->base.fault, kind, "the proxy %s (%u)", why, status);
    return DS_EREFUSED;
}

static int feed(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *up,
                struct ds_buf *down)
{
    (void)down;
    struct carrier_proxy *proxy = (struct carrier_proxy *)self;
    if (self->open)
        return ds_buf_append(up, bytes, n);
    int error = ds_buf_append(&proxy->head, bytes, n);
    struct ds_http_head head = {0};
    int used =
        error ? error : ds_http_head_decode(ds_buf_peek(&proxy->head), proxy->head.len, &head);
    if (used == 0)
        return DS_OK;
    if (used < 0) {
        ds_fault_set(&self->fault, DS_FAULT_PROXY, "the proxy's answer is not HTTP");
        return DS_EPROTO;
    }
    if (head.status < 200 || head.status > 299)
        return refuse(proxy, head.status);
    self->open = true;
    error = ds_buf_append(up, ds_buf_peek(&proxy->head) + used, proxy->head.len - (size_t)used);
    ds_buf_destroy(&proxy->head);
    return error;
}

static int send_through(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *down)
{
    (void)self;
    return ds_buf_append(down, bytes, n);
}

static void destroy(struct ds_filter *self)
{
    struct carrier_proxy *proxy = (struct carrier_proxy *)self;
    ds_buf_destroy(&proxy->head);
    explicit_bzero(proxy->basic, sizeof(proxy->basic));
    free(proxy);
}

/* A proxy may take its own five seconds to reach the relay. */
static const struct ds_filter_ops ops = {.name = "proxy",
                                         .deadline_ms = 8000,
                                         .start = start,
                                         .feed = feed,
                                         .send = send_through,
                                         .destroy = destroy};

struct ds_filter *ds_carrier_proxy_new(const char *host, unsigned port, const char *userinfo)
{
    size_t user_len = userinfo ? strlen(userinfo) : 0;
    struct carrier_proxy *proxy = calloc(1, sizeof(*proxy));
    if (!proxy || user_len > USERINFO_MAX) {
        free(proxy);
        return NULL;
    }
    proxy->base.ops = &ops;
    /* One read of a line may hold a whole head and the first bytes after it. */
    ds_buf_init(&proxy->head, DS_HTTP_HEAD_MAX + 65536);
    snprintf(proxy->target, sizeof(proxy->target), strchr(host, ':') ? "[%s]:%u" : "%s:%u", host,
             port);
    if (user_len > 0)
        EVP_EncodeBlock((unsigned char *)proxy->basic, (const unsigned char *)userinfo,
                        (int)user_len);
    return &proxy->base;
}
