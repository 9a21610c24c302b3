/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/audit.h"

#include "common/base/buf.h"
#include "common/base/cursor.h"
#include "common/base/error.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HEAD_NAME "audit_head"
#define LINE_MAX_BYTES 2048

static int mac_of(const struct relay_store *store, struct ds_buf *bytes,
                  uint8_t out[RELAY_AUDIT_MAC])
{
    unsigned len = RELAY_AUDIT_MAC;
    const uint8_t *done = HMAC(EVP_sha256(), store->audit_key, sizeof(store->audit_key),
                               ds_buf_peek(bytes), bytes->len, out, &len);
    ds_buf_destroy(bytes);
    return done ? DS_OK : DS_EIO;
}

static int line_mac(const struct relay_store *store, const uint8_t before[RELAY_AUDIT_MAC],
                    const struct relay_audit_line *line, uint8_t out[RELAY_AUDIT_MAC])
{
    struct ds_buf bytes;
    ds_buf_init(&bytes, LINE_MAX_BYTES);
    struct ds_writer w = ds_writer_of(&bytes);
    ds_writer_text(&w, "line");
    ds_writer_bytes(&w, before, RELAY_AUDIT_MAC);
    ds_writer_u64(&w, (uint64_t)line->number);
    ds_writer_u64(&w, (uint64_t)line->at_ms);
    ds_writer_text(&w, line->what);
    ds_writer_text(&w, line->who);
    ds_writer_text(&w, line->session);
    ds_writer_text(&w, line->detail);
    if (w.error) {
        ds_buf_destroy(&bytes);
        return DS_EIO;
    }
    return mac_of(store, &bytes, out);
}

/* The text that says which line is the last: its number and a MAC over it. */
static int head_text(const struct relay_store *store, int64_t number,
                     const uint8_t last[RELAY_AUDIT_MAC], char *out, size_t size)
{
    struct ds_buf bytes;
    uint8_t mac[RELAY_AUDIT_MAC];
    ds_buf_init(&bytes, LINE_MAX_BYTES);
    struct ds_writer w = ds_writer_of(&bytes);
    ds_writer_text(&w, "head");
    ds_writer_bytes(&w, last, RELAY_AUDIT_MAC);
    ds_writer_u64(&w, (uint64_t)number);
    if (w.error || mac_of(store, &bytes, mac)) {
        ds_buf_destroy(&bytes);
        return DS_EIO;
    }
    size_t n = (size_t)snprintf(out, size, "%lld ", (long long)number);
    for (size_t i = 0; i < sizeof(mac) && n + 3 <= size; i++)
        n += (size_t)snprintf(out + n, size - n, "%02x", mac[i]);
    return DS_OK;
}

static int append(struct relay_store *store, struct relay_audit_line *line)
{
    uint8_t before[RELAY_AUDIT_MAC];
    char head[96];
    struct timespec now;
    int64_t number;
    int error = store->ops->audit_last(store, &number, before);
    if (error)
        return error;
    clock_gettime(CLOCK_REALTIME, &now);
    line->number = number + 1;
    if (line->at_ms == 0)
        line->at_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (line_mac(store, before, line, line->mac) ||
        head_text(store, line->number, line->mac, head, sizeof(head)) ||
        store->ops->audit_put(store, line) || store->ops->value_put(store, HEAD_NAME, head))
        return DS_EIO;
    return DS_OK;
}

int relay_audit_append(struct relay_store *store, struct relay_audit_line *line, bool own)
{
    if (!own)
        return append(store, line);
    if (store->is_behind)
        return DS_EIO;
    int error = store->ops->begin(store);
    if (!error)
        error = append(store, line);
    if (!error)
        error = store->ops->commit(store);
    if (error)
        store->ops->rollback(store);
    return error;
}

struct walk {
    struct relay_store *store;
    uint8_t before[RELAY_AUDIT_MAC];
    int64_t number; /* of the last good line */
};

static int check_line(void *ctx, const struct relay_audit_line *line)
{
    struct walk *walk = ctx;
    uint8_t mac[RELAY_AUDIT_MAC];
    if (line_mac(walk->store, walk->before, line, mac))
        return DS_EIO;
    if (line->number != walk->number + 1 || CRYPTO_memcmp(mac, line->mac, sizeof(mac)) != 0)
        return DS_EAUTH;
    memcpy(walk->before, mac, sizeof(mac));
    walk->number = line->number;
    return DS_OK;
}

int relay_audit_verify(struct relay_store *store, int64_t *lines, int64_t *bad)
{
    struct walk walk = {.store = store};
    char head[96], wanted[96];
    /* One transaction, so that a line added meanwhile does not look like a wrong head. */
    int error = store->ops->begin(store);
    if (error)
        return error;
    error = store->ops->audit_each(store, check_line, &walk);
    if (!error) {
        error = store->ops->value_get(store, HEAD_NAME, head, sizeof(head));
        if (!error)
            error = head_text(store, walk.number, walk.before, wanted, sizeof(wanted));
        if (error == DS_ENOTFOUND)
            error = walk.number == 0 ? DS_OK : DS_EAUTH;
        else if (!error && strcmp(head, wanted) != 0)
            error = DS_EAUTH;
    }
    store->ops->rollback(store);
    *lines = walk.number;
    *bad = walk.number + 1;
    return error;
}
