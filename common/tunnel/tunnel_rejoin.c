/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tunnel from one connection to the next. */
#include "common/base/error.h"
#include "common/tunnel/tunnel_priv.h"

void ds_tunnel_cut(struct ds_tunnel *t)
{
    ds_check(t->in_event == 0);
    if (t->state != DS_TUNNEL_CLOSED && t->state != DS_TUNNEL_CUT)
        ds_tunnel_drop(t);
}

int ds_tunnel_rejoin(struct ds_tunnel *t, uint32_t round)
{
    if (t->state == DS_TUNNEL_CLOSED)
        return DS_ECLOSED;
    ds_tunnel_cut(t);
    t->state = DS_TUNNEL_REJOINING;
    t->round = round;
    t->is_rejoined = true;
    t->is_resume_due = true;
    t->awaits_resume = true;
    return DS_OK;
}

uint32_t ds_tunnel_epoch(const struct ds_tunnel *t)
{
    return t->epoch;
}

/* No connection ever was verified at both ends: the proof begins anew, with the number that was
 * given and the tries of the session so far. */
static int prove_again(struct ds_tunnel *t)
{
    t->proof = ds_proof_new(t->role, t->session, t->host, t->tries);
    if (!t->proof)
        return ds_tunnel_fail(t, DS_ENOMEM, "memory is short");
    t->state = DS_TUNNEL_NUMBER;
    if (t->resume->number[0] == '\0')
        return DS_OK;
    enum ds_proof_event event;
    int error = ds_proof_set_number(t->proof, t->resume->number, &event);
    return ds_tunnel_after_proof(t, error, event);
}

int ds_tunnel_feed_resume(struct ds_tunnel *t, const uint8_t *payload, size_t len)
{
    uint32_t round;
    if (len < 1 || payload[0] != DS_KIND_RESUME || !ds_resume_round(payload + 1, len - 1, &round) ||
        round != t->round)
        return DS_OK;
    struct ds_resume_choice choice;
    int error = ds_resume_choose(t->resume, payload + 1, len - 1, &choice);
    if (error == DS_EAUTH)
        return ds_tunnel_close(t, error, "the other side has lost the keys of this session");
    if (error)
        return ds_tunnel_fail(t, error, "the other side's resume makes no sense");
    t->awaits_resume = false;
    t->epoch = choice.epoch;
    if (!choice.secret)
        return prove_again(t);
    t->base = choice.secret->number;
    return ds_tunnel_begin_seal(t, choice.secret->bytes);
}
