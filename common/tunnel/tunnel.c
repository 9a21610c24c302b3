/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring only: proof, then seal, then mux, and the events. */
#include "common/tunnel/tunnel.h"

#include "common/base/error.h"
#include "common/tunnel/mux.h"
#include "common/tunnel/proof.h"
#include "common/tunnel/seal.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static_assert(1 + DS_SEAL_WRITE_MAX + DS_SEAL_OVERHEAD <= DS_FRAME_DATA_MAX,
              "a full record and new keys fit one payload");
static_assert(DS_MUX_HEADER + DS_MUX_RECORD_MAX <= DS_SEAL_WRITE_MAX,
              "a record of the mux fits one of the seal");
static_assert(DS_MUX_MESSAGE_MAX <= DS_MUX_QUEUE_BYTES, "a message fits an empty queue");

/* Until the tunnel is open, no payload is longer than this with its kind; SEAL.md "Start". */
#define START_MAX 256

struct ds_tunnel {
    struct ds_tunnel_config config; /* host: not kept */
    const struct ds_tunnel_events *events;
    void *ctx;
    enum ds_tunnel_state state;
    struct ds_proof *proof; /* owned; until the tunnel is open or closed */
    struct ds_seal *seal;   /* owned; from the proof on */
    unsigned tries;         /* of the proof, kept when it is gone */
    bool is_start_sent;     /* what the seal wrote before it was open is drained */
    unsigned in_event;      /* depth of events that are running */
    bool is_draining;       /* t->plain is in use */
    struct ds_mux mux;
    uint8_t last[START_MAX]; /* what may still be drained when closed: WRONG or an alert */
    size_t last_len;
    uint8_t plain[DS_SEAL_WRITE_MAX]; /* wiped by destroy */
};

static void mux_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    struct ds_tunnel *t = ctx;
    t->in_event++;
    t->events->on_message(t->ctx, channel, bytes, len);
    t->in_event--;
}

static void mux_room(void *ctx, enum ds_channel channel)
{
    struct ds_tunnel *t = ctx;
    if (!t->events->on_room)
        return;
    t->in_event++;
    t->events->on_room(t->ctx, channel);
    t->in_event--;
}

static const struct ds_mux_events mux_events = {.on_message = mux_message, .on_room = mux_room};

struct ds_tunnel *ds_tunnel_new(const struct ds_tunnel_config *config,
                                const struct ds_tunnel_events *events, void *ctx)
{
    struct ds_tunnel *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->config = *config;
    t->config.host = NULL;
    t->events = events;
    t->ctx = ctx;
    t->tries = config->tries;
    t->proof = ds_proof_new(config->role, config->session, config->host, config->tries);
    ds_mux_init(&t->mux, &mux_events, t);
    if (!t->proof) {
        free(t);
        return NULL;
    }
    return t;
}

/* Frees and wipes everything that only an open tunnel needs. */
static void release(struct ds_tunnel *t)
{
    if (t->proof)
        t->tries = ds_proof_tries(t->proof);
    ds_proof_free(t->proof);
    ds_seal_free(t->seal);
    t->proof = NULL;
    t->seal = NULL;
    ds_mux_destroy(&t->mux);
    OPENSSL_cleanse(t->plain, sizeof(t->plain));
}

void ds_tunnel_destroy(struct ds_tunnel *t)
{
    if (!t)
        return;
    ds_check(t->in_event == 0);
    release(t);
    OPENSSL_cleanse(t, sizeof(*t));
    free(t);
}

enum ds_tunnel_state ds_tunnel_state(const struct ds_tunnel *t)
{
    return t->state;
}

/* Keeps what the peer should still hear (WRONG, or the alert of TLS), then drops the rest. */
static void shut(struct ds_tunnel *t)
{
    t->state = DS_TUNNEL_CLOSED;
    if (t->proof && !t->seal)
        t->last_len = ds_proof_drain(t->proof, t->last);
    if (t->seal && ds_seal_pending(t->seal) > 0) {
        t->last[0] = DS_KIND_TLS;
        t->last_len = 1 + ds_seal_drain(t->seal, t->last + 1, sizeof(t->last) - 1);
    }
    release(t);
}

static int close_with(struct ds_tunnel *t, int error, const char *reason)
{
    shut(t);
    t->in_event++;
    t->events->on_closed(t->ctx, error, reason);
    t->in_event--;
    return error;
}

static const char *proof_reason(int error)
{
    switch (error) {
    case DS_EAUTH:
        return "the other side could not prove the security number";
    case DS_ENOMEM:
        return "memory is short";
    default:
        return "the other side broke the rules of the security number";
    }
}

static const char *seal_reason(int error)
{
    switch (error) {
    case DS_ECLOSED:
        return "the other side closed the sealed connection";
    case DS_ENOMEM:
        return "memory is short";
    case DS_EAUTH:
        return "the sealed connection could not be trusted";
    default:
        return "the other side broke the rules of the sealed connection";
    }
}

static int begin_seal(struct ds_tunnel *t)
{
    uint8_t psk[DS_PROOF_KEY];
    struct ds_seal_config config = {.role = t->config.role, .epoch = t->config.epoch, .psk = psk};
    memcpy(config.session, t->config.session, sizeof(config.session));
    int error = ds_proof_key(t->proof, psk);
    if (!error)
        t->seal = ds_seal_new(&config);
    OPENSSL_cleanse(psk, sizeof(psk));
    return error || !t->seal ? close_with(t, DS_ENOMEM, "memory is short") : DS_OK;
}

static int wrong_number(struct ds_tunnel *t)
{
    unsigned left = ds_proof_left(t->proof);
    t->state = DS_TUNNEL_NUMBER;
    if (left == 0)
        shut(t);
    t->in_event++;
    t->events->on_wrong_number(t->ctx, left);
    t->in_event--;
    return left == 0 ? DS_EAUTH : DS_OK;
}

static int after_proof(struct ds_tunnel *t, int error, enum ds_proof_event event)
{
    if (error)
        return close_with(t, error, proof_reason(error));
    switch (event) {
    case DS_PROOF_BEGUN:
        t->state = DS_TUNNEL_PROVING;
        return DS_OK;
    case DS_PROOF_PROVED:
        return begin_seal(t);
    case DS_PROOF_WRONG:
        return wrong_number(t);
    case DS_PROOF_NOTHING:
    default:
        return DS_OK;
    }
}

int ds_tunnel_set_number(struct ds_tunnel *t, const char *number)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    if (t->state != DS_TUNNEL_NUMBER)
        return DS_EINVAL;
    enum ds_proof_event event;
    int error = ds_proof_set_number(t->proof, number, &event);
    return error == DS_EINVAL ? error : after_proof(t, error, event);
}

static void opened(struct ds_tunnel *t)
{
    t->state = DS_TUNNEL_OPEN;
    t->tries = ds_proof_tries(t->proof);
    t->in_event++;
    t->events->on_open(t->ctx);
    t->in_event--;
}

/* Decrypts all that came and hands it to the mux. */
static int read_all(struct ds_tunnel *t)
{
    for (;;) {
        uint8_t bytes[16384];
        int n = ds_seal_read(t->seal, bytes, sizeof(bytes));
        if (n <= 0)
            return n == 0 ? DS_OK : close_with(t, n, seal_reason(n));
        int error = ds_mux_feed(&t->mux, bytes, (size_t)n);
        OPENSSL_cleanse(bytes, (size_t)n);
        if (error)
            return close_with(t, error, error == DS_EPROTO ? t->mux.reason : "memory is short");
    }
}

static int feed_tls(struct ds_tunnel *t, const uint8_t *bytes, size_t len, ds_tick now)
{
    if (!t->seal)
        return close_with(t, DS_EPROTO, "sealed bytes came before the security number was proved");
    int error = ds_seal_feed(t->seal, bytes, len, now);
    if (error)
        return close_with(t, error, seal_reason(error));
    if (ds_seal_state(t->seal) != DS_SEAL_OPEN)
        return DS_OK;
    if (t->state != DS_TUNNEL_OPEN)
        opened(t);
    return read_all(t);
}

int ds_tunnel_feed(struct ds_tunnel *t, const uint8_t *payload, size_t len, ds_tick now)
{
    ds_check(t->in_event == 0);
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    if (len < 1 || len > (t->state == DS_TUNNEL_OPEN ? DS_FRAME_DATA_MAX : START_MAX))
        return close_with(t, DS_EPROTO, "a payload's length is out of range");
    switch (payload[0]) {
    case DS_KIND_PA:
    case DS_KIND_PB:
    case DS_KIND_CA:
    case DS_KIND_CB:
    case DS_KIND_WRONG: {
        if (t->seal)
            return close_with(t, DS_EPROTO, "the security number came twice");
        enum ds_proof_event event;
        int error = ds_proof_feed(t->proof, payload[0], payload + 1, len - 1, &event);
        return after_proof(t, error, event);
    }
    case DS_KIND_TLS:
        return feed_tls(t, payload + 1, len - 1, now);
    default:
        return DS_OK; /* of a newer version */
    }
}

/* Next piece of what the seal has to say, without new content. */
static size_t drain_tls(struct ds_tunnel *t, uint8_t *out, size_t cap)
{
    size_t n = ds_seal_drain(t->seal, out + 1, cap - 1);
    if (n == 0)
        return 0;
    out[0] = DS_KIND_TLS;
    return 1 + n;
}

static int drain_open(struct ds_tunnel *t, uint8_t *out, size_t cap, ds_tick now)
{
    t->is_draining = true;
    size_t n = ds_mux_drain(&t->mux, t->plain, sizeof(t->plain));
    t->is_draining = false;
    if (n > 0) {
        int error = ds_seal_write(t->seal, t->plain, n, now);
        /* Inside an event of feed the mux is still in use: then feed closes, since the seal has
         * failed. */
        if (error)
            return t->in_event > 0 ? error : close_with(t, error, seal_reason(error));
    }
    return (int)drain_tls(t, out, cap);
}

int ds_tunnel_drain(struct ds_tunnel *t, uint8_t *out, size_t cap, ds_tick now)
{
    if (cap < DS_FRAME_DATA_MAX)
        return DS_EINVAL;
    if (t->is_draining)
        return 0; /* asked inside on_room: the outer call goes on */
    if (t->state == DS_TUNNEL_CLOSED) {
        size_t n = t->last_len;
        memcpy(out, t->last, n);
        t->last_len = 0;
        return (int)n;
    }
    size_t n = t->proof ? ds_proof_drain(t->proof, out) : 0;
    if (n > 0 || !t->seal)
        return (int)n;
    if (!t->is_start_sent) {
        n = drain_tls(t, out, START_MAX);
        if (n > 0 || t->state != DS_TUNNEL_OPEN)
            return (int)n;
        /* The start is over on the wire too: from here payloads may be long. */
        t->is_start_sent = true;
        ds_proof_free(t->proof);
        t->proof = NULL;
    }
    return drain_open(t, out, cap, now);
}

bool ds_tunnel_has_output(const struct ds_tunnel *t)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return t->last_len > 0;
    if ((t->proof && ds_proof_has_output(t->proof)) || (t->seal && ds_seal_pending(t->seal) > 0))
        return true;
    return t->state == DS_TUNNEL_OPEN && ds_mux_has_output(&t->mux);
}

int ds_tunnel_send_buf(struct ds_tunnel *t, enum ds_channel channel, struct ds_rcbuf *buf)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    return ds_mux_send(&t->mux, channel, buf);
}

int ds_tunnel_send(struct ds_tunnel *t, enum ds_channel channel, const void *bytes, size_t len)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    if (len < 1 || len > DS_MUX_MESSAGE_MAX)
        return DS_EINVAL;
    struct ds_rcbuf *buf = ds_rcbuf_new(len);
    if (!buf)
        return DS_ENOMEM;
    memcpy(buf->data, bytes, len);
    int error = ds_mux_send(&t->mux, channel, buf);
    ds_rcbuf_unref(buf);
    return error;
}

size_t ds_tunnel_queued(const struct ds_tunnel *t, enum ds_channel channel)
{
    return ds_mux_queued(&t->mux, channel);
}

void ds_tunnel_hold(struct ds_tunnel *t, enum ds_channel channel, bool hold)
{
    ds_mux_hold(&t->mux, channel, hold);
}

unsigned ds_tunnel_tries(const struct ds_tunnel *t)
{
    return t->proof ? ds_proof_tries(t->proof) : t->tries;
}

int ds_tunnel_audit(const struct ds_tunnel *t, uint8_t out[32])
{
    uint8_t secret[DS_SEAL_SECRET];
    if (t->state != DS_TUNNEL_OPEN)
        return DS_EINVAL;
    int error = ds_seal_audit(t->seal, secret);
    if (!error && EVP_Digest(secret, sizeof(secret), out, NULL, EVP_sha256(), NULL) != 1)
        error = DS_ENOMEM;
    OPENSSL_cleanse(secret, sizeof(secret));
    return error;
}

int ds_tunnel_resume_secret(const struct ds_tunnel *t, uint8_t out[32])
{
    return t->state == DS_TUNNEL_OPEN ? ds_seal_resume(t->seal, out) : DS_EINVAL;
}
