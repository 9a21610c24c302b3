/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wiring only: proof, then seal, then mux, and the events. */
#include "common/tunnel/tunnel.h"

#include "common/base/error.h"
#include "common/tunnel/number.h"
#include "common/tunnel/secret.h"
#include "common/tunnel/tunnel_priv.h"

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
static_assert(DS_RESUME_MAX <= DS_TUNNEL_START_MAX, "RESUME is a payload of the start");
static_assert(1 + DS_MUX_HEADER + DS_LEDGER_SIZE + DS_SEAL_OVERHEAD <= DS_TUNNEL_START_MAX,
              "LEDGER is a payload of the start");

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

static void opened(struct ds_tunnel *t)
{
    bool was_open = t->was_open;
    t->state = DS_TUNNEL_OPEN;
    t->was_open = true;
    t->in_event++;
    if (was_open)
        t->events->on_resumed(t->ctx);
    else
        t->events->on_open(t->ctx);
    t->in_event--;
}

static void mux_ledger(void *ctx)
{
    opened(ctx);
}

static const struct ds_mux_events mux_events = {
    .on_message = mux_message, .on_room = mux_room, .on_ledger = mux_ledger};

struct ds_tunnel *ds_tunnel_alloc(enum ds_tunnel_role role, const uint8_t session[DS_SESSION_ID],
                                  const char *host, const struct ds_tunnel_events *events,
                                  void *ctx)
{
    size_t host_len = strnlen(host, DS_TEXT_HOST);
    struct ds_tunnel *t = host_len < DS_TEXT_HOST ? calloc(1, sizeof(*t)) : NULL;
    if (!t)
        return NULL;
    t->resume = ds_secret_alloc(sizeof(*t->resume));
    if (!t->resume) {
        free(t);
        return NULL;
    }
    t->role = role;
    memcpy(t->session, session, DS_SESSION_ID);
    memcpy(t->host, host, host_len);
    t->events = events;
    t->ctx = ctx;
    t->state = DS_TUNNEL_CUT;
    ds_mux_init(&t->mux, &mux_events, t);
    return t;
}

struct ds_tunnel *ds_tunnel_new(const struct ds_tunnel_config *config,
                                const struct ds_tunnel_events *events, void *ctx)
{
    struct ds_tunnel *t = ds_tunnel_alloc(config->role, config->session, config->host, events, ctx);
    if (!t)
        return NULL;
    t->state = DS_TUNNEL_NUMBER;
    t->epoch = config->epoch;
    t->resume->last = config->epoch > 0 ? config->epoch - 1 : 0;
    t->tries = config->tries;
    t->proof = ds_proof_new(config->role, config->session, config->host, config->tries);
    if (!t->proof) {
        ds_tunnel_destroy(t);
        return NULL;
    }
    return t;
}

/* Frees and wipes the connection; the tries stay. */
static void disconnect(struct ds_tunnel *t)
{
    if (t->proof)
        t->tries = ds_proof_tries(t->proof);
    ds_proof_free(t->proof);
    ds_seal_free(t->seal);
    t->proof = NULL;
    t->seal = NULL;
    OPENSSL_cleanse(t->plain, sizeof(t->plain));
}

/* Frees and wipes everything that only a tunnel that is not closed needs. */
static void release(struct ds_tunnel *t)
{
    disconnect(t);
    ds_secret_free(t->resume, sizeof(*t->resume));
    t->resume = NULL;
    ds_mux_destroy(&t->mux);
}

void ds_tunnel_drop(struct ds_tunnel *t)
{
    disconnect(t);
    ds_mux_cut(&t->mux);
    t->state = DS_TUNNEL_CUT;
    t->base = 0;
    t->is_up = false;
    t->is_heard = false;
    t->is_start_sent = false;
    t->is_rejoined = false;
    t->is_resume_due = false;
    t->awaits_resume = false;
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

int ds_tunnel_close(struct ds_tunnel *t, int error, const char *reason)
{
    shut(t);
    t->in_event++;
    t->events->on_closed(t->ctx, error, reason);
    t->in_event--;
    return error;
}

int ds_tunnel_fail(struct ds_tunnel *t, int error, const char *reason)
{
    if (t->state != DS_TUNNEL_REJOINING)
        return ds_tunnel_close(t, error, reason);
    ds_tunnel_drop(t);
    t->in_event++;
    t->events->on_cut(t->ctx, reason);
    t->in_event--;
    return DS_OK;
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

int ds_tunnel_begin_seal(struct ds_tunnel *t, const uint8_t psk[DS_PROOF_KEY])
{
    struct ds_seal_config config = {.role = t->role, .epoch = t->epoch, .psk = psk};
    memcpy(config.session, t->session, sizeof(config.session));
    t->seal = ds_seal_new(&config);
    return t->seal ? DS_OK : ds_tunnel_fail(t, DS_ENOMEM, "memory is short");
}

static int proved(struct ds_tunnel *t)
{
    uint8_t psk[DS_PROOF_KEY];
    int error = ds_proof_key(t->proof, psk);
    error = error ? ds_tunnel_fail(t, error, "memory is short") : ds_tunnel_begin_seal(t, psk);
    OPENSSL_cleanse(psk, sizeof(psk));
    return error;
}

static int wrong_number(struct ds_tunnel *t)
{
    unsigned left = ds_proof_left(t->proof);
    t->state = DS_TUNNEL_NUMBER;
    if (t->role == DS_TUNNEL_VIEWER)
        OPENSSL_cleanse(t->resume->number, sizeof(t->resume->number));
    if (left == 0)
        shut(t);
    t->in_event++;
    t->events->on_wrong_number(t->ctx, left);
    t->in_event--;
    return left == 0 ? DS_EAUTH : DS_OK;
}

int ds_tunnel_after_proof(struct ds_tunnel *t, int error, enum ds_proof_event event)
{
    if (error)
        return ds_tunnel_fail(t, error, proof_reason(error));
    switch (event) {
    case DS_PROOF_BEGUN:
        t->state = DS_TUNNEL_PROVING;
        return DS_OK;
    case DS_PROOF_PROVED:
        return proved(t);
    case DS_PROOF_WRONG:
        return wrong_number(t);
    case DS_PROOF_NOTHING:
    default:
        return DS_OK;
    }
}

/* Whether a number can be taken: for a proof that waits for it, or while there is no connection,
 * for the one that the next connection may begin with. */
static bool takes_number(const struct ds_tunnel *t)
{
    if (t->state == DS_TUNNEL_CUT || t->state == DS_TUNNEL_REJOINING)
        return !t->resume->is_verified && t->resume->number[0] == '\0';
    return t->state == DS_TUNNEL_NUMBER;
}

int ds_tunnel_set_number(struct ds_tunnel *t, const char *number)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    if (!takes_number(t) || !ds_number_is_valid(number))
        return DS_EINVAL;
    enum ds_proof_event event = DS_PROOF_NOTHING;
    int error = t->proof ? ds_proof_set_number(t->proof, number, &event) : DS_OK;
    if (error == DS_EINVAL)
        return error;
    memcpy(t->resume->number, number, sizeof(t->resume->number));
    return ds_tunnel_after_proof(t, error, event);
}

/* The inner connection is up: from here there is a secret for the next one. */
static int connected(struct ds_tunnel *t)
{
    uint8_t secret[DS_SEAL_SECRET];
    int error = ds_seal_resume(t->seal, secret);
    if (error)
        return error;
    ds_resume_opened(t->resume, t->epoch, t->base, secret);
    OPENSSL_cleanse(secret, sizeof(secret));
    t->is_up = true;
    if (t->is_rejoined)
        ds_mux_resume(&t->mux, t->session);
    else
        opened(t);
    return DS_OK;
}

/* Decrypts all that came and hands it to the mux. */
static int read_all(struct ds_tunnel *t)
{
    for (;;) {
        uint8_t bytes[16384];
        int n = ds_seal_read(t->seal, bytes, sizeof(bytes));
        if (n <= 0)
            return n == 0 ? DS_OK : ds_tunnel_fail(t, n, seal_reason(n));
        if (!t->is_heard) {
            t->is_heard = true;
            ds_resume_verified(t->resume);
        }
        int error = ds_mux_feed(&t->mux, bytes, (size_t)n);
        OPENSSL_cleanse(bytes, (size_t)n);
        if (error)
            return ds_tunnel_close(t, error,
                                   error == DS_EPROTO ? t->mux.reason : "memory is short");
    }
}

static int feed_tls(struct ds_tunnel *t, const uint8_t *bytes, size_t len, ds_tick now)
{
    if (!t->seal)
        return ds_tunnel_fail(t, DS_EPROTO,
                              "sealed bytes came before the security number was proved");
    ds_mux_at(&t->mux, now);
    int error = ds_seal_feed(t->seal, bytes, len, now);
    if (!error && !t->is_up && ds_seal_state(t->seal) == DS_SEAL_OPEN)
        error = connected(t);
    if (error)
        return ds_tunnel_fail(t, error, seal_reason(error));
    return t->is_up ? read_all(t) : DS_OK;
}

int ds_tunnel_feed(struct ds_tunnel *t, const uint8_t *payload, size_t len, ds_tick now)
{
    ds_check(t->in_event == 0);
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    if (t->state == DS_TUNNEL_CUT)
        return DS_OK; /* late */
    if (t->awaits_resume)
        return ds_tunnel_feed_resume(t, payload, len);
    if (len < 1 || len > (t->state == DS_TUNNEL_OPEN ? DS_FRAME_DATA_MAX : DS_TUNNEL_START_MAX))
        return ds_tunnel_fail(t, DS_EPROTO, "a payload's length is out of range");
    switch (payload[0]) {
    case DS_KIND_PA:
    case DS_KIND_PB:
    case DS_KIND_CA:
    case DS_KIND_CB:
    case DS_KIND_WRONG: {
        if (t->seal)
            return ds_tunnel_fail(t, DS_EPROTO, "the security number came twice");
        enum ds_proof_event event;
        int error = ds_proof_feed(t->proof, payload[0], payload + 1, len - 1, &event);
        return ds_tunnel_after_proof(t, error, event);
    }
    case DS_KIND_TLS:
        return feed_tls(t, payload + 1, len - 1, now);
    default:
        return DS_OK; /* of a newer version, or a RESUME of another connection */
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
    ds_mux_at(&t->mux, now);
    size_t n = ds_mux_drain(&t->mux, t->plain, sizeof(t->plain));
    t->is_draining = false;
    if (n > 0) {
        int error = ds_seal_write(t->seal, t->plain, n, now);
        /* Inside an event of feed the mux is still in use: then feed closes, since the seal has
         * failed. */
        if (error)
            return t->in_event > 0 ? error : ds_tunnel_fail(t, error, seal_reason(error));
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
    if (t->is_resume_due) {
        t->is_resume_due = false;
        return (int)ds_resume_encode(t->resume, t->round, out);
    }
    size_t n = t->proof ? ds_proof_drain(t->proof, out) : 0;
    if (n > 0 || !t->seal)
        return (int)n;
    if (!t->is_start_sent) {
        n = drain_tls(t, out, DS_TUNNEL_START_MAX);
        if (n > 0 || !t->is_up)
            return (int)n;
        /* The start is over on the wire too: from here payloads may be long. */
        t->is_start_sent = true;
        if (t->proof)
            t->tries = ds_proof_tries(t->proof);
        ds_proof_free(t->proof);
        t->proof = NULL;
    }
    return drain_open(t, out, cap, now);
}

bool ds_tunnel_has_output(const struct ds_tunnel *t)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return t->last_len > 0;
    if (t->is_resume_due || (t->proof && ds_proof_has_output(t->proof)) ||
        (t->seal && ds_seal_pending(t->seal) > 0))
        return true;
    return t->is_up && ds_mux_has_output(&t->mux);
}

/* Without a connection only what is in the ledger can wait for the next one. */
static bool takes(const struct ds_tunnel *t, enum ds_channel channel)
{
    bool is_away = t->state == DS_TUNNEL_CUT || t->state == DS_TUNNEL_REJOINING;
    return t->state != DS_TUNNEL_CLOSED && (!is_away || ds_ledger_has(channel));
}

int ds_tunnel_send_buf(struct ds_tunnel *t, enum ds_channel channel, struct ds_rcbuf *buf)
{
    if (!takes(t, channel))
        return DS_ECLOSED;
    return ds_mux_send(&t->mux, channel, buf);
}

int ds_tunnel_send(struct ds_tunnel *t, enum ds_channel channel, const void *bytes, size_t len)
{
    if (!takes(t, channel))
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

size_t ds_tunnel_unacknowledged(const struct ds_tunnel *t, enum ds_channel channel)
{
    return ds_mux_kept(&t->mux, channel);
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
