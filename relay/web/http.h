/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTTP/1.1, HTTPS and the WebSocket at /leg, by libwebsockets on the main loop. It listens nowhere:
 * the listener hands it sockets. */
#ifndef RELAY_WEB_HTTP_H
#define RELAY_WEB_HTTP_H

#include "relay/desk/conf.h"
#include "relay/listen/listener.h"

struct lws_context;
struct lws_vhost;

struct relay_web {
    const struct relay_conf *conf;
    struct relay_listener *listener;
    struct lws_context *context;
    struct lws_vhost *plain, *tls;
    uv_loop_t *loop;
    struct web_conn *conns; /* owned */
    bool is_created;        /* the adoption under way got as far as a wsi */
    struct ds_log_limit log_limit;
};

/* DS_EIO: message holds one plain sentence. */
int relay_web_open(struct relay_web *web, uv_loop_t *loop, const struct relay_conf *conf,
                   struct relay_listener *listener, const char *cert_path, const char *key_path,
                   char *message, size_t size);
/* Takes fd and the place among the web connections. */
void relay_web_take(struct relay_web *web, int fd, const struct relay_address *from, bool is_tls);
/* Closes connections that have asked for nothing since then; they are gone a moment later. */
void relay_web_make_room(struct relay_web *web, ds_tick since);
/* Closes every connection; the loop has to run on until their handles are closed. */
void relay_web_close(struct relay_web *web);

#endif
