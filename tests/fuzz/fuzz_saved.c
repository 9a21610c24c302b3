/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A tunnel that was saved, damaged: the digest is put right, so that every field is looked at. It
 * is refused, or saves to the same bytes and can begin a connection. */
#include "common/base/buf.h"
#include "common/base/error.h"
#include "tests/support/ends.h"

#include <openssl/evp.h>
#include <stdlib.h>

#define DIGEST 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct end end;

static void use(struct ds_tunnel *tunnel, const uint8_t *bytes, size_t len)
{
    static uint8_t out[DS_FRAME_DATA_MAX];
    struct ds_buf again;
    ds_buf_init(&again, DS_TUNNEL_SAVED_MAX);
    ds_check(ds_tunnel_state(tunnel) == DS_TUNNEL_CUT);
    ds_check(ds_tunnel_save(tunnel, &again) == DS_OK);
    ds_check(again.len == len && memcmp(ds_buf_peek(&again), bytes, len) == 0);
    ds_buf_wipe(&again);
    ds_check(ds_tunnel_rejoin(tunnel, 1) == DS_OK);
    int n = ds_tunnel_drain(tunnel, out, sizeof(out), 0);
    ds_check(n == 14 || n == 18);
    /* Its own RESUME, as a peer with the same secrets would send it. */
    ds_check(ds_tunnel_feed(tunnel, out, (size_t)n, 0) == DS_OK);
    ds_check(ds_tunnel_drain(tunnel, out, sizeof(out), 0) >= 0);
    ds_check(end.opened + end.resumed + end.messages + end.closed == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memset(&end, 0, offsetof(struct end, message));
    uint8_t *bytes = malloc(size + DIGEST);
    if (!bytes)
        return 0;
    memcpy(bytes, data, size);
    EVP_Digest(bytes, size, bytes + size, NULL, EVP_sha256(), NULL);
    struct ds_tunnel *tunnel =
        ds_tunnel_load(bytes, size + DIGEST, end_config.host, &end_events, &end);
    if (tunnel)
        use(tunnel, bytes, size + DIGEST);
    ds_tunnel_destroy(tunnel);
    free(bytes);
    return 0;
}
