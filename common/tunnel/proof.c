/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/proof.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/tunnel/number.h"
#include "common/tunnel/secret.h"

#include <openssl/crypto.h>
#include <string.h>

enum step {
    STEP_NUMBER, /* no try is under way */
    STEP_POINT,  /* viewer: pA is sent, pB is awaited */
    STEP_MAC,    /* viewer: cA is sent, cB is awaited; agent: pB is sent, cA is awaited */
    STEP_PROVED,
    STEP_OVER,
};

/* cB and then nothing, or WRONG and then pB of a hasty next try: two at most. */
#define OUT_MAX 2

/* Lives in secret pages. */
struct ds_proof {
    enum ds_tunnel_role role;
    enum step step;
    unsigned tries; /* counted, 0..DS_NUMBER_TRIES */
    bool has_number;
    bool has_waiting; /* agent: a pA came before its own number was set */
    uint8_t session[DS_SESSION_ID];
    uint8_t aad[DS_SPAKE2_AAD_MAX];
    size_t aad_len;
    uint8_t w[DS_SPAKE2_SCALAR];
    uint8_t waiting[DS_SPAKE2_POINT];
    struct ds_spake2 *run; /* owned; while a try is under way or after it was proved */
    struct {
        uint8_t len;
        uint8_t bytes[1 + DS_PROOF_BODY_MAX];
    } out[OUT_MAX];
    unsigned out_count;
};

struct ds_proof *ds_proof_new(enum ds_tunnel_role role, const uint8_t session[DS_SESSION_ID],
                              const char *host, unsigned tries)
{
    size_t host_len = strnlen(host, DS_TEXT_HOST);
    if (host_len >= DS_TEXT_HOST)
        return NULL;
    struct ds_proof *proof = ds_secret_alloc(sizeof(*proof));
    if (!proof)
        return NULL;
    proof->role = role;
    proof->tries = tries < DS_NUMBER_TRIES ? tries : DS_NUMBER_TRIES;
    memcpy(proof->session, session, DS_SESSION_ID);
    ds_put_u16(proof->aad, DS_PROTOCOL_VERSION);
    memcpy(proof->aad + 2, host, host_len);
    proof->aad_len = 2 + host_len;
    return proof;
}

void ds_proof_free(struct ds_proof *proof)
{
    if (!proof)
        return;
    ds_spake2_free(proof->run);
    ds_secret_free(proof, sizeof(*proof));
}

unsigned ds_proof_tries(const struct ds_proof *proof)
{
    return proof->tries;
}

unsigned ds_proof_left(const struct ds_proof *proof)
{
    return DS_NUMBER_TRIES - proof->tries;
}

static int queue(struct ds_proof *proof, enum ds_tunnel_kind kind, const void *body, size_t len)
{
    if (proof->out_count == OUT_MAX)
        return DS_EPROTO; /* the peer goes on without reading its answers */
    uint8_t *to = proof->out[proof->out_count].bytes;
    to[0] = (uint8_t)kind;
    memcpy(to + 1, body, len);
    proof->out[proof->out_count++].len = (uint8_t)(1 + len);
    return DS_OK;
}

size_t ds_proof_drain(struct ds_proof *proof, uint8_t *out)
{
    if (proof->out_count == 0)
        return 0;
    size_t n = proof->out[0].len;
    memcpy(out, proof->out[0].bytes, n);
    proof->out[0] = proof->out[1];
    proof->out_count--;
    return n;
}

bool ds_proof_has_output(const struct ds_proof *proof)
{
    return proof->out_count > 0;
}

/* A fresh run with a fresh scalar, and its point in the queue. */
static int begin_run(struct ds_proof *proof, enum ds_tunnel_kind kind)
{
    static const char viewer[] = "deskside viewer", agent[] = "deskside agent";
    uint8_t a[sizeof(viewer) - 1 + DS_SESSION_ID], b[sizeof(agent) - 1 + DS_SESSION_ID];
    memcpy(a, viewer, sizeof(viewer) - 1);
    memcpy(a + sizeof(viewer) - 1, proof->session, DS_SESSION_ID);
    memcpy(b, agent, sizeof(agent) - 1);
    memcpy(b + sizeof(agent) - 1, proof->session, DS_SESSION_ID);
    const struct ds_spake2_config config = {
        .role = proof->role == DS_TUNNEL_VIEWER ? DS_SPAKE2_A : DS_SPAKE2_B,
        .w = proof->w,
        .identity_a = a,
        .identity_a_len = sizeof(a),
        .identity_b = b,
        .identity_b_len = sizeof(b),
        .aad = proof->aad,
        .aad_len = proof->aad_len,
    };
    ds_spake2_free(proof->run);
    proof->run = ds_spake2_new(&config);
    if (!proof->run)
        return DS_ENOMEM;
    uint8_t point[DS_SPAKE2_POINT];
    ds_spake2_point(proof->run, point);
    return queue(proof, kind, point, sizeof(point));
}

/* Agent: pA came and the number is known. */
static int answer_point(struct ds_proof *proof, const uint8_t *point, size_t len,
                        enum ds_proof_event *event)
{
    int error = begin_run(proof, DS_KIND_PB);
    if (!error)
        error = ds_spake2_finish(proof->run, point, len);
    if (!error) {
        proof->step = STEP_MAC;
        *event = DS_PROOF_BEGUN;
    }
    return error;
}

/* Agent: pA. */
static int feed_pa(struct ds_proof *proof, const uint8_t *body, size_t len,
                   enum ds_proof_event *event)
{
    if (proof->role != DS_TUNNEL_AGENT || proof->step != STEP_NUMBER || proof->has_waiting)
        return DS_EPROTO;
    if (ds_proof_left(proof) == 0)
        return DS_EAUTH;
    if (len != DS_SPAKE2_POINT)
        return DS_EPROTO;
    if (proof->has_number)
        return answer_point(proof, body, len, event);
    memcpy(proof->waiting, body, len);
    proof->has_waiting = true;
    return DS_OK;
}

/* Viewer: pB. cA lets the other side test one guess, so the try is counted before it is sent. */
static int feed_pb(struct ds_proof *proof, const uint8_t *body, size_t len)
{
    if (proof->role != DS_TUNNEL_VIEWER || proof->step != STEP_POINT)
        return DS_EPROTO;
    int error = ds_spake2_finish(proof->run, body, len);
    if (error)
        return error;
    uint8_t mac[DS_SPAKE2_MAC];
    ds_spake2_mac(proof->run, mac);
    proof->tries++;
    proof->step = STEP_MAC;
    return queue(proof, DS_KIND_CA, mac, sizeof(mac));
}

/* Agent: cA. */
static int feed_ca(struct ds_proof *proof, const uint8_t *body, size_t len,
                   enum ds_proof_event *event)
{
    if (proof->role != DS_TUNNEL_AGENT || proof->step != STEP_MAC || len != DS_SPAKE2_MAC)
        return DS_EPROTO;
    proof->tries++;
    if (!ds_spake2_is_mac(proof->run, body)) {
        ds_spake2_free(proof->run);
        proof->run = NULL;
        proof->step = STEP_NUMBER;
        *event = DS_PROOF_WRONG;
        const uint8_t left = (uint8_t)ds_proof_left(proof);
        return queue(proof, DS_KIND_WRONG, &left, 1);
    }
    proof->tries--;
    proof->step = STEP_PROVED;
    *event = DS_PROOF_PROVED;
    uint8_t mac[DS_SPAKE2_MAC];
    ds_spake2_mac(proof->run, mac);
    return queue(proof, DS_KIND_CB, mac, sizeof(mac));
}

/* Viewer: cB. An honest agent sends it only after it has accepted cA, so a wrong one is not a
 * mistyped number. */
static int feed_cb(struct ds_proof *proof, const uint8_t *body, size_t len,
                   enum ds_proof_event *event)
{
    if (proof->role != DS_TUNNEL_VIEWER || proof->step != STEP_MAC || len != DS_SPAKE2_MAC)
        return DS_EPROTO;
    if (!ds_spake2_is_mac(proof->run, body))
        return DS_EAUTH;
    proof->tries--;
    proof->step = STEP_PROVED;
    *event = DS_PROOF_PROVED;
    return DS_OK;
}

/* Viewer: the agent says that the number was wrong. */
static int feed_wrong(struct ds_proof *proof, const uint8_t *body, size_t len,
                      enum ds_proof_event *event)
{
    if (proof->role != DS_TUNNEL_VIEWER || proof->step != STEP_MAC || len != 1 ||
        body[0] >= DS_NUMBER_TRIES)
        return DS_EPROTO;
    /* The agent's count and the viewer's own: the higher one counts, so that a stranger who
     * answers "wrong" for ever gets no more guesses than the agent would have allowed. */
    if (ds_proof_left(proof) > body[0])
        proof->tries = DS_NUMBER_TRIES - body[0];
    ds_spake2_free(proof->run);
    proof->run = NULL;
    proof->step = STEP_NUMBER;
    *event = DS_PROOF_WRONG;
    return DS_OK;
}

/* After an error nothing more is said, not even what was already queued. */
static int over(struct ds_proof *proof, int error)
{
    proof->step = STEP_OVER;
    proof->out_count = 0;
    return error;
}

int ds_proof_feed(struct ds_proof *proof, uint8_t kind, const uint8_t *body, size_t len,
                  enum ds_proof_event *event)
{
    *event = DS_PROOF_NOTHING;
    int error = DS_EPROTO;
    switch (kind) {
    case DS_KIND_PA:
        error = feed_pa(proof, body, len, event);
        break;
    case DS_KIND_PB:
        error = feed_pb(proof, body, len);
        break;
    case DS_KIND_CA:
        error = feed_ca(proof, body, len, event);
        break;
    case DS_KIND_CB:
        error = feed_cb(proof, body, len, event);
        break;
    case DS_KIND_WRONG:
        error = feed_wrong(proof, body, len, event);
        break;
    default:
        break;
    }
    return error ? over(proof, error) : DS_OK;
}

int ds_proof_set_number(struct ds_proof *proof, const char *number, enum ds_proof_event *event)
{
    *event = DS_PROOF_NOTHING;
    if (!ds_number_is_valid(number) || proof->step != STEP_NUMBER)
        return DS_EINVAL;
    if (ds_proof_left(proof) == 0)
        return DS_EAUTH;
    int error = ds_number_scalar(number, proof->session, proof->w);
    if (!error) {
        proof->has_number = true;
        if (proof->role == DS_TUNNEL_VIEWER) {
            error = begin_run(proof, DS_KIND_PA);
            proof->step = STEP_POINT;
            *event = DS_PROOF_BEGUN;
        } else if (proof->has_waiting) {
            proof->has_waiting = false;
            error = answer_point(proof, proof->waiting, sizeof(proof->waiting), event);
        }
    }
    return error ? over(proof, error) : DS_OK;
}

int ds_proof_key(const struct ds_proof *proof, uint8_t out[DS_PROOF_KEY])
{
    static const char label[] = "deskside psk v1";
    if (proof->step != STEP_PROVED)
        return DS_EINVAL;
    uint8_t info[sizeof(label) - 1 + DS_SESSION_ID], ke[DS_SPAKE2_KEY];
    memcpy(info, label, sizeof(label) - 1);
    memcpy(info + sizeof(label) - 1, proof->session, DS_SESSION_ID);
    ds_spake2_key(proof->run, ke);
    int error = ds_hkdf_expand(ke, sizeof(ke), info, sizeof(info), out, DS_PROOF_KEY);
    OPENSSL_cleanse(ke, sizeof(ke));
    return error;
}
