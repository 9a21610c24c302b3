/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/web/http.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/listen/renewal.h"
#include "relay/web/carry.h"
#include "relay/web/page.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEAD_MAX 2048
#define KEEPALIVE_S 5

static const char policy[] = "default-src 'none'; style-src 'self'; img-src 'self'; "
                             "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct web_conn {
    struct web_conn *next, **prev;
    struct relay_web *web;
    struct relay_address from;
    bool is_tls;
    bool is_timed; /* the timer that runs is a deadline; libwebsockets cannot cancel one */
    ds_tick since; /* when that began */
    bool has_body; /* the request brings one, which nobody reads: no other follows */
    struct lws *wsi;
    struct relay_carry *carry; /* owned; a WebSocket at /leg */
    struct relay_page page;    /* being sent */
};

static void copy_header(struct lws *wsi, enum lws_token_indexes token, char *out, int size)
{
    out[0] = '\0';
    if (lws_hdr_total_length(wsi, token) > 0 && lws_hdr_copy(wsi, out, size, token) < 0)
        out[0] = '\0';
}

static const char *method_of(struct lws *wsi)
{
    if (lws_hdr_total_length(wsi, WSI_TOKEN_GET_URI) > 0)
        return "GET";
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HEAD_URI) > 0)
        return "HEAD";
    return "other";
}

static unsigned own_port(struct lws *wsi)
{
    struct sockaddr_in6 own = {0};
    socklen_t len = sizeof(own);
    getsockname(lws_get_socket_fd(wsi), (struct sockaddr *)&own, &len);
    return ntohs(own.sin6_port); /* same place in sockaddr_in */
}

/* What is under way has to be done by then, whatever comes meanwhile: libwebsockets' own timers
 * begin anew with some of the bytes that a stranger sends. */
static void set_deadline(struct web_conn *conn, unsigned ms)
{
    conn->is_timed = true;
    conn->since = ds_clock_now();
    lws_set_timer_usecs(conn->wsi, (lws_usec_t)ms * 1000);
}

/* The next request of the connection, after a rest. */
static int await_next(struct web_conn *conn)
{
    set_deadline(conn, (KEEPALIVE_S + conn->web->conf->http_s) * 1000);
    return lws_http_transaction_completed(conn->wsi) ? -1 : 0;
}

static int add_header(struct lws *wsi, const char *name, const char *value, uint8_t **at,
                      uint8_t *end)
{
    return lws_add_http_header_by_name(wsi, (const uint8_t *)name, (const uint8_t *)value,
                                       (int)strlen(value), at, end);
}

static int send_head(struct web_conn *conn, const struct relay_page *page)
{
    uint8_t head[LWS_PRE + HEAD_MAX];
    uint8_t *at = head + LWS_PRE, *end = head + sizeof(head) - 1;
    struct lws *wsi = conn->wsi;
    if (lws_add_http_header_status(wsi, page->status, &at, end) ||
        lws_add_http_header_content_length(wsi, page->body.len, &at, end) ||
        add_header(wsi, "content-type:", page->type, &at, end) ||
        add_header(wsi, "content-security-policy:", policy, &at, end) ||
        add_header(wsi, "x-content-type-options:", "nosniff", &at, end) ||
        add_header(wsi, "referrer-policy:", "no-referrer", &at, end) ||
        add_header(wsi, "cross-origin-opener-policy:", "same-origin", &at, end) ||
        add_header(wsi, "cache-control:", page->may_cache ? "max-age=3600" : "no-store", &at, end))
        return -1;
    if (conn->is_tls && add_header(wsi, "strict-transport-security:", "max-age=31536000", &at, end))
        return -1;
    if (page->lang && (add_header(wsi, "content-language:", page->lang, &at, end) ||
                       add_header(wsi, "vary:", "accept-language", &at, end)))
        return -1;
    if (page->location[0] && add_header(wsi, "location:", page->location, &at, end))
        return -1;
    if (page->status == 405 && add_header(wsi, "allow:", "GET, HEAD", &at, end))
        return -1;
    return lws_finalize_write_http_header(wsi, head + LWS_PRE, &at, end);
}

static int on_request(struct web_conn *conn, const char *path)
{
    char query[256], language[256];
    struct relay_page_request request = {.method = method_of(conn->wsi),
                                         .path = path,
                                         .query = query,
                                         .language = language,
                                         .is_tls = conn->is_tls,
                                         .port = own_port(conn->wsi)};
    conn->has_body = lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0 ||
                     lws_hdr_total_length(conn->wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    set_deadline(conn, conn->web->conf->http_s * 1000);
    copy_header(conn->wsi, WSI_TOKEN_HTTP_URI_ARGS, query, sizeof(query));
    copy_header(conn->wsi, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE, language, sizeof(language));
    relay_page_destroy(&conn->page);
    if (relay_page_answer(conn->web->conf, &request, &conn->page) || send_head(conn, &conn->page))
        return -1;
    if (strcmp(request.method, "HEAD") == 0) {
        relay_page_destroy(&conn->page);
        return conn->has_body ? -1 : await_next(conn);
    }
    lws_callback_on_writable(conn->wsi);
    return 0;
}

static int on_writable(struct web_conn *conn)
{
    struct ds_buf *body = &conn->page.body;
    size_t n = body->len;
    if (n == 0)
        return 0;
    uint8_t *out = malloc(LWS_PRE + n);
    if (!out)
        return -1;
    memcpy(out + LWS_PRE, ds_buf_peek(body), n);
    int wrote = lws_write(conn->wsi, out + LWS_PRE, n, LWS_WRITE_HTTP_FINAL);
    free(out);
    bool is_last = wrote < 0 || conn->has_body || conn->page.status == 405;
    relay_page_destroy(&conn->page);
    return is_last ? -1 : await_next(conn);
}

/* A WebSocket only at /leg, and only for programs: a page of a browser says its Origin. */
static bool may_upgrade(struct lws *wsi)
{
    char path[16];
    copy_header(wsi, WSI_TOKEN_GET_URI, path, sizeof(path));
    return strcmp(path, "/leg") == 0 && lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0;
}

static int on_web_socket(struct web_conn *conn)
{
    struct relay_address from = conn->from;
    char forwarded[512];
    copy_header(conn->wsi, WSI_TOKEN_X_FORWARDED_FOR, forwarded, sizeof(forwarded));
    if (conn->web->conf->proxied && forwarded[0]) {
        /* The last one is what the proxy in front of us saw. */
        const char *last = strrchr(forwarded, ',');
        relay_address_parse(last ? last + 1 : forwarded, &from);
    }
    conn->is_timed = false; /* from here on the leg inside has deadlines */
    conn->carry = relay_carry_open(conn->wsi, conn->web->loop, conn->web->listener, &from);
    return conn->carry ? 0 : -1;
}

static void on_gone(struct web_conn *conn)
{
    struct relay_web *web = conn->web;
    relay_carry_close(conn->carry);
    relay_page_destroy(&conn->page);
    relay_listener_leave(web->listener, RELAY_GATE_WEB, &conn->from);
    *conn->prev = conn->next;
    if (conn->next)
        conn->next->prev = conn->prev;
    free(conn);
}

static int callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t len)
{
    struct web_conn *conn = wsi ? lws_get_opaque_user_data(wsi) : NULL;
    if (reason == LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS)
        return relay_renewal_bound(user); /* the settings of all connections with TLS */
    if (reason == LWS_CALLBACK_WSI_CREATE)
        ((struct relay_web *)lws_context_user(lws_get_context(wsi)))->is_created = true;
    if (!conn)
        return 0;
    conn->wsi = wsi;
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return on_request(conn, in);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return on_writable(conn);
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return may_upgrade(wsi) ? 0 : 1;
    case LWS_CALLBACK_ESTABLISHED:
        return on_web_socket(conn);
    case LWS_CALLBACK_RECEIVE:
        return conn->carry && lws_frame_is_binary(wsi) && relay_carry_receive(conn->carry, in, len)
                   ? 0
                   : -1;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return conn->carry && relay_carry_send(conn->carry) ? 0 : -1;
    case LWS_CALLBACK_TIMER:
        return conn->is_timed || (conn->carry && relay_carry_is_over(conn->carry)) ? -1 : 0;
    case LWS_CALLBACK_CLOSED:
        relay_carry_close(conn->carry);
        conn->carry = NULL;
        return 0;
    case LWS_CALLBACK_WSI_DESTROY:
        lws_set_opaque_user_data(wsi, NULL);
        on_gone(conn);
        return 0;
    default:
        return 0;
    }
}

static const struct lws_protocols protocols[] = {
    {"deskside", callback, 0, 16384, 0, NULL, 0},
    {NULL, NULL, 0, 0, 0, NULL, 0},
};

static void on_log(int level, const char *line)
{
    /* What a stranger can cause is not worth a line each. */
    ds_log_debug("web: %s", line);
    (void)level;
}

static struct lws_vhost *make_vhost(struct relay_web *web, const char *name, const char *cert,
                                    const char *key)
{
    struct lws_context_creation_info info = {0};
    info.vhost_name = name;
    info.port = CONTEXT_PORT_NO_LISTEN_SERVER;
    info.protocols = protocols;
    info.keepalive_timeout = KEEPALIVE_S;
    info.timeout_secs_ah_idle = web->conf->http_s;
    info.alpn = "http/1.1";
    info.ssl_cert_filepath = cert;
    info.ssl_private_key_filepath = key;
    if (cert)
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    /* TLS 1.2 and later. */
    info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION;
    return lws_create_vhost(web->context, &info);
}

int relay_web_open(struct relay_web *web, uv_loop_t *loop, const struct relay_conf *conf,
                   struct relay_listener *listener, const char *cert_path, const char *key_path,
                   char *message, size_t size)
{
    void *loops[] = {loop};
    struct lws_context_creation_info info = {0};
    *web = (struct relay_web){.conf = conf, .listener = listener, .loop = loop};
    lws_set_log_level(LLL_ERR | LLL_WARN, on_log);
    info.options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT |
                   LWS_SERVER_OPTION_UV_NO_SIGSEGV_SIGFPE_SPIN;
    info.foreign_loops = loops;
    info.user = web;
    info.port = CONTEXT_PORT_NO_LISTEN;
    info.gid = (gid_t)-1;
    info.uid = (uid_t)-1;
    info.timeout_secs = conf->http_s;
    info.max_http_header_data2 = 4096;
    info.max_http_header_pool2 = conf->web_max;
    web->context = lws_create_context(&info);
    if (web->context) {
        web->plain = make_vhost(web, "plain", NULL, NULL);
        web->tls = make_vhost(web, "tls", cert_path, key_path);
    }
    if (web->plain && web->tls)
        return DS_OK;
    snprintf(message, size,
             "The web side cannot be started. Is the package libwebsockets-evlib-uv installed?");
    return DS_EIO;
}

void relay_web_take(struct relay_web *web, int fd, const struct relay_address *from, bool is_tls)
{
    struct web_conn *conn = ds_alloc_array(1, sizeof(*conn));
    if (!conn) {
        close(fd);
        relay_listener_leave(web->listener, RELAY_GATE_WEB, from);
        return;
    }
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    conn->web = web;
    conn->from = *from;
    conn->is_tls = is_tls;
    conn->since = ds_clock_now();
    conn->next = web->conns;
    conn->prev = &web->conns;
    if (conn->next)
        conn->next->prev = &conn->next;
    web->conns = conn;
    web->is_created = false;
    lws_adopt_desc_t info = {.vh = is_tls ? web->tls : web->plain,
                             .type = LWS_ADOPT_HTTP | LWS_ADOPT_SOCKET |
                                     (is_tls ? LWS_ADOPT_ALLOW_SSL : 0),
                             .fd = {.sockfd = fd},
                             .opaque = conn};
    struct lws *wsi = lws_adopt_descriptor_vhost_via_info(&info);
    if (wsi && lws_get_opaque_user_data(wsi) == conn) {
        conn->wsi = wsi;
        set_deadline(conn, web->conf->http_s * 1000 + (is_tls ? web->conf->handshake_ms : 0));
        if (is_tls)
            lws_set_timeout(wsi, PENDING_TIMEOUT_SSL_ACCEPT,
                            (int)(web->conf->handshake_ms + 999) / 1000);
    }
    /* A failed adoption closes the socket. What got as far as a wsi is destroyed by its own
     * callback, often only when the loop has come round; what did not is ours. */
    if (!wsi && !web->is_created)
        on_gone(conn);
}

void relay_web_make_room(struct relay_web *web, ds_tick since)
{
    for (struct web_conn *conn = web->conns; conn; conn = conn->next) {
        if (conn->is_timed && conn->since <= since && conn->wsi)
            lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    }
}

void relay_web_close(struct relay_web *web)
{
    if (web->context)
        lws_context_destroy(web->context);
    web->context = NULL;
}
