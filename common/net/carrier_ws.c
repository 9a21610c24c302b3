/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/net/carrier_ws.h"

#include "common/base/error.h"
#include "common/net/http_head.h"
#include "common/net/ws_frame.h"
#include "common/wire/limits.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct carrier_ws {
    struct ds_filter base;
    char host[DS_TEXT_HOST + 16];
    char key[DS_WS_KEY];
    struct ds_buf head; /* the answer while it is not complete */
    struct ds_ws_reader reader;
};

void ds_ws_accept(const char *key, char out[DS_WS_ACCEPT])
{
    char text[DS_WS_KEY + 36];
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    int n = snprintf(text, sizeof(text), "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
    out[0] = '\0';
    if (EVP_Digest(text, (size_t)n, hash, &len, EVP_sha1(), NULL) == 1)
        EVP_EncodeBlock((unsigned char *)out, hash, (int)len);
}

static int fail(struct carrier_ws *ws, enum ds_fault_kind kind, const char *why)
{
    ds_fault_set(&ws->base.fault, kind, "WebSocket: %s", why);
    return DS_EPROTO;
}

static int append_frame(struct carrier_ws *ws, struct ds_buf *down, uint8_t opcode,
                        const uint8_t *payload, size_t len)
{
    uint8_t mask[4];
    if (RAND_bytes(mask, sizeof(mask)) != 1)
        return fail(ws, DS_FAULT_SILENT, "no randomness");
    int error = ds_ws_frame_append(down, opcode, mask, payload, len);
    return error ? fail(ws, DS_FAULT_SILENT, ds_error_name(error)) : DS_OK;
}

static int start(struct ds_filter *self, struct ds_buf *down)
{
    struct carrier_ws *ws = (struct carrier_ws *)self;
    char request[1024];
    int n = snprintf(request, sizeof(request),
                     "GET " DS_WS_PATH " HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
                     "Sec-WebSocket-Version: 13\r\n\r\n",
                     ws->host, ws->key);
    int error = ds_buf_append(down, request, (size_t)n);
    return error ? fail(ws, DS_FAULT_SILENT, ds_error_name(error)) : DS_OK;
}

/* Whether a comma-separated field holds the token "upgrade". */
static bool has_upgrade(char *list)
{
    char *rest = NULL;
    for (char *t = strtok_r(list, ", \t", &rest); t; t = strtok_r(NULL, ", \t", &rest)) {
        if (strcasecmp(t, "upgrade") == 0)
            return true;
    }
    return false;
}

static int check_answer(struct carrier_ws *ws, const struct ds_http_head *head)
{
    char accept[DS_WS_ACCEPT], value[256];
    if (head->status != 101) {
        ds_fault_set(&ws->base.fault, DS_FAULT_FOREIGN, "WebSocket: refused (%u)", head->status);
        return DS_EREFUSED;
    }
    ds_ws_accept(ws->key, accept);
    if (!ds_http_head_get(head, "Upgrade", value, sizeof(value)) ||
        strcasecmp(value, "websocket") != 0 ||
        !ds_http_head_get(head, "Connection", value, sizeof(value)) || !has_upgrade(value))
        return fail(ws, DS_FAULT_FOREIGN, "the answer does not switch");
    if (ds_http_head_count(head, "Sec-WebSocket-Accept") != 1 ||
        !ds_http_head_get(head, "Sec-WebSocket-Accept", value, sizeof(value)) ||
        strcmp(value, accept) != 0)
        return fail(ws, DS_FAULT_FOREIGN, "the answer belongs to another key");
    if (ds_http_head_count(head, "Sec-WebSocket-Extensions") > 0 ||
        ds_http_head_count(head, "Sec-WebSocket-Protocol") > 0)
        return fail(ws, DS_FAULT_FOREIGN, "the answer has what was not asked for");
    return DS_OK;
}

static int answer_control(struct carrier_ws *ws, struct ds_buf *down)
{
    const struct ds_ws_reader *got = &ws->reader;
    if (got->opcode == DS_WS_PING)
        return append_frame(ws, down, DS_WS_PONG, got->control, got->control_len);
    if (got->opcode != DS_WS_CLOSE)
        return DS_OK;
    ws->base.ended = true;
    ws->base.open = false;
    /* The status code is echoed, its text is not. */
    return append_frame(ws, down, DS_WS_CLOSE, got->control, got->control_len >= 2 ? 2 : 0);
}

static int feed_frames(struct carrier_ws *ws, const uint8_t *bytes, size_t n, struct ds_buf *up,
                       struct ds_buf *down)
{
    while (n > 0 && !ws->base.ended) {
        bool is_control;
        long used = ds_ws_read(&ws->reader, bytes, n, up, &is_control);
        if (used < 0)
            return fail(ws, DS_FAULT_FOREIGN, used == DS_EPROTO ? "a bad frame" : "memory");
        bytes += used;
        n -= (size_t)used;
        int error = is_control ? answer_control(ws, down) : DS_OK;
        if (error)
            return error;
    }
    return DS_OK;
}

static int feed(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *up,
                struct ds_buf *down)
{
    struct carrier_ws *ws = (struct carrier_ws *)self;
    if (self->open || self->ended)
        return feed_frames(ws, bytes, n, up, down);
    struct ds_http_head head = {0};
    int error = ds_buf_append(&ws->head, bytes, n);
    int used = error ? error : ds_http_head_decode(ds_buf_peek(&ws->head), ws->head.len, &head);
    if (used == 0)
        return DS_OK;
    if (used < 0)
        return fail(ws, DS_FAULT_FOREIGN, "the answer is not HTTP");
    error = check_answer(ws, &head);
    if (error)
        return error;
    self->open = true;
    error = feed_frames(ws, ds_buf_peek(&ws->head) + used, ws->head.len - (size_t)used, up, down);
    ds_buf_destroy(&ws->head);
    return error;
}

static int send_binary(struct ds_filter *self, const uint8_t *bytes, size_t n, struct ds_buf *down)
{
    struct carrier_ws *ws = (struct carrier_ws *)self;
    int error = DS_OK;
    while (n > 0 && !error) {
        size_t take = n < DS_WS_MESSAGE_MAX ? n : DS_WS_MESSAGE_MAX;
        error = append_frame(ws, down, DS_WS_BINARY, bytes, take);
        bytes += take;
        n -= take;
    }
    return error;
}

static void finish(struct ds_filter *self, struct ds_buf *down)
{
    static const uint8_t normal[2] = {0x03, 0xe8}; /* 1000 */
    append_frame((struct carrier_ws *)self, down, DS_WS_CLOSE, normal, sizeof(normal));
}

static void destroy(struct ds_filter *self)
{
    struct carrier_ws *ws = (struct carrier_ws *)self;
    ds_buf_destroy(&ws->head);
    free(ws);
}

static const struct ds_filter_ops ops = {.name = "WebSocket",
                                         .deadline_ms = 5000,
                                         .start = start,
                                         .feed = feed,
                                         .send = send_binary,
                                         .finish = finish,
                                         .destroy = destroy};

struct ds_filter *ds_carrier_ws_new(const char *host, unsigned port, unsigned default_port)
{
    uint8_t random[16];
    struct carrier_ws *ws = calloc(1, sizeof(*ws));
    if (!ws || RAND_bytes(random, sizeof(random)) != 1) {
        free(ws);
        return NULL;
    }
    ws->base.ops = &ops;
    ds_buf_init(&ws->head, DS_HTTP_HEAD_MAX + 65536);
    bool six = strchr(host, ':') != NULL;
    int n = snprintf(ws->host, sizeof(ws->host), "%s%s%s", six ? "[" : "", host, six ? "]" : "");
    if (port != default_port && n > 0 && (size_t)n < sizeof(ws->host))
        snprintf(ws->host + n, sizeof(ws->host) - (size_t)n, ":%u", port);
    EVP_EncodeBlock((unsigned char *)ws->key, random, sizeof(random));
    return &ws->base;
}
