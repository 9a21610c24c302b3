/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tunnel as bytes, for an agreed restart of the machine. Who writes it to a disk guards it like
 * the keys that it holds; the digest tells damage, not malice.
 *
 *     "deskside tunnel" NUL (16 bytes), version u16
 *     role u8, session (16 bytes), tries u8, epoch u32, last u32
 *     count u8 (1..2), count times: number u32, secret (32 bytes)            as in resume.h
 *     for channels 1, 4 and 6: channel u8, received u64, acked u64, sent u64,
 *         messages u16, messages times: length u32 and that many bytes
 *     SHA-256 of all that (32 bytes)
 *
 * Proved by tests/unit/tunnel_saved.c and tests/fuzz/fuzz_saved.c. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/tunnel/tunnel_priv.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define VERSION 1
#define DIGEST 32
#define HEAD (16 + 2 + 1 + DS_SESSION_ID + 1 + 4 + 4 + 1)
#define SECRET (4 + DS_SEAL_SECRET)
#define LANE (1 + 8 + 8 + 8 + 2)

static const char magic[16] = "deskside tunnel";

static_assert(DS_TUNNEL_SAVED_MAX ==
                  HEAD + DS_RESUME_SECRETS * SECRET +
                      DS_LEDGER_CHANNELS * (LANE + DS_MUX_QUEUE_MESSAGES * 4 + DS_MUX_QUEUE_BYTES) +
                      DIGEST,
              "tunnel.h has the same sum");

/* ---- saving ---- */

static size_t size_of(const struct ds_tunnel *t)
{
    size_t size = HEAD + t->resume->count * SECRET + DIGEST;
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++) {
        const struct ds_queue *queue = &t->mux.lanes[ds_ledger_channels[i]].queue;
        size += LANE + queue->messages * 4 + queue->kept_bytes;
    }
    return size;
}

static void save_head(struct ds_writer *w, const struct ds_tunnel *t)
{
    ds_writer_bytes(w, magic, sizeof(magic));
    ds_writer_u16(w, VERSION);
    ds_writer_u8(w, (uint8_t)t->role);
    ds_writer_bytes(w, t->session, sizeof(t->session));
    ds_writer_u8(w, (uint8_t)ds_tunnel_tries(t));
    ds_writer_u32(w, t->epoch);
    ds_writer_u32(w, t->resume->last);
    ds_writer_u8(w, (uint8_t)t->resume->count);
    for (unsigned i = 0; i < t->resume->count; i++) {
        ds_writer_u32(w, t->resume->secrets[i].number);
        ds_writer_bytes(w, t->resume->secrets[i].bytes, DS_SEAL_SECRET);
    }
}

static void save_lane(struct ds_writer *w, const struct ds_mux_lane *lane, enum ds_channel channel)
{
    ds_writer_u8(w, (uint8_t)channel);
    /* What has only begun to arrive comes again. */
    ds_writer_u64(w, lane->received_sequence - (lane->in_message ? 1 : 0));
    ds_writer_u64(w, lane->queue.acked);
    ds_writer_u64(w, lane->queue.sent);
    ds_writer_u16(w, (uint16_t)lane->queue.messages);
    for (const struct ds_queue_item *item = lane->queue.first; item; item = item->next) {
        ds_writer_u32(w, (uint32_t)item->buf->len);
        ds_writer_bytes(w, item->buf->data, item->buf->len);
    }
}

int ds_tunnel_save(const struct ds_tunnel *t, struct ds_buf *out)
{
    uint8_t *room, digest[DIGEST];
    if (t->state == DS_TUNNEL_CLOSED || !t->was_open || !t->resume->is_verified)
        return DS_EINVAL;
    /* All at once, so that no half of it stays behind in memory that was given back. */
    int error = ds_buf_reserve(out, size_of(t), &room);
    if (error)
        return error;
    size_t before = out->len;
    struct ds_writer w = ds_writer_of(out);
    save_head(&w, t);
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++)
        save_lane(&w, &t->mux.lanes[ds_ledger_channels[i]], ds_ledger_channels[i]);
    if (!w.error && EVP_Digest(ds_buf_peek(out) + before, out->len - before, digest, NULL,
                               EVP_sha256(), NULL) != 1)
        w.error = DS_ENOMEM;
    ds_writer_bytes(&w, digest, sizeof(digest));
    ds_check(w.error || out->len - before == size_of(t));
    return w.error;
}

/* ---- loading ---- */

static bool is_whole(const uint8_t *bytes, size_t len)
{
    uint8_t digest[DIGEST];
    return len >= DIGEST &&
           EVP_Digest(bytes, len - DIGEST, digest, NULL, EVP_sha256(), NULL) == 1 &&
           memcmp(digest, bytes + len - DIGEST, DIGEST) == 0;
}

static void fail_unless(struct ds_cursor *c, bool holds)
{
    if (!holds && !c->error)
        c->error = DS_EPROTO;
}

/* Magic to session, as far as a tunnel can be made from it. */
static struct ds_tunnel *load_begin(struct ds_cursor *c, const char *host,
                                    const struct ds_tunnel_events *events, void *ctx)
{
    const uint8_t *begin = ds_cursor_bytes(c, sizeof(magic));
    unsigned version = ds_cursor_u16(c);
    unsigned role = ds_cursor_u8(c);
    const uint8_t *session = ds_cursor_bytes(c, DS_SESSION_ID);
    if (c->error || memcmp(begin, magic, sizeof(magic)) != 0 || version != VERSION || role > 1)
        return NULL;
    return ds_tunnel_alloc(role ? DS_TUNNEL_AGENT : DS_TUNNEL_VIEWER, session, host, events, ctx);
}

static void load_resume(struct ds_cursor *c, struct ds_tunnel *t)
{
    struct ds_resume *resume = t->resume;
    t->tries = ds_cursor_u8(c);
    t->epoch = ds_cursor_u32(c);
    resume->last = ds_cursor_u32(c);
    unsigned count = ds_cursor_u8(c);
    fail_unless(c, t->tries <= DS_NUMBER_TRIES && resume->last >= 1 && t->epoch >= resume->last &&
                       count >= 1 && count <= DS_RESUME_SECRETS);
    for (unsigned i = 0; i < count && !c->error; i++) {
        struct ds_resume_secret *secret = &resume->secrets[i];
        secret->number = ds_cursor_u32(c);
        const uint8_t *bytes = ds_cursor_bytes(c, DS_SEAL_SECRET);
        fail_unless(c,
                    secret->number >= 1 && (i == 0 ? secret->number == resume->last
                                                   : secret->number < resume->secrets[0].number));
        if (!c->error)
            memcpy(secret->bytes, bytes, DS_SEAL_SECRET);
    }
    resume->count = count;
    resume->is_verified = true;
    t->was_open = true;
}

/* One message into the queue, within the bounds of the mux. */
static void load_message(struct ds_cursor *c, struct ds_mux *mux, enum ds_channel channel)
{
    uint32_t len = ds_cursor_u32(c);
    const uint8_t *bytes = ds_cursor_bytes(c, len);
    fail_unless(c, len >= 1 && len <= DS_MUX_MESSAGE_MAX);
    struct ds_rcbuf *buf = c->error ? NULL : ds_rcbuf_new(len);
    if (!buf) {
        fail_unless(c, false);
        return;
    }
    memcpy(buf->data, bytes, len);
    fail_unless(c, ds_mux_send(mux, channel, buf) == DS_OK);
    ds_rcbuf_unref(buf);
}

static void load_lane(struct ds_cursor *c, struct ds_mux *mux, enum ds_channel channel)
{
    struct ds_mux_lane *lane = &mux->lanes[channel];
    fail_unless(c, ds_cursor_u8(c) == channel);
    lane->received_sequence = ds_cursor_u64(c);
    uint64_t acked = ds_cursor_u64(c), sent = ds_cursor_u64(c);
    unsigned messages = ds_cursor_u16(c);
    fail_unless(c, acked <= UINT64_MAX - messages && sent >= acked && sent <= acked + messages);
    for (unsigned i = 0; i < messages && !c->error; i++)
        load_message(c, mux, channel);
    lane->queue.acked = acked;
    lane->queue.begun = acked;
    lane->queue.sent = sent;
}

struct ds_tunnel *ds_tunnel_load(const uint8_t *bytes, size_t len, const char *host,
                                 const struct ds_tunnel_events *events, void *ctx)
{
    if (!is_whole(bytes, len))
        return NULL;
    struct ds_cursor c = ds_cursor_of(bytes, len - DIGEST);
    struct ds_tunnel *t = load_begin(&c, host, events, ctx);
    if (!t)
        return NULL;
    load_resume(&c, t);
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++)
        load_lane(&c, &t->mux, ds_ledger_channels[i]);
    if (ds_cursor_finish(&c) == DS_OK)
        return t;
    ds_tunnel_destroy(t);
    return NULL;
}
