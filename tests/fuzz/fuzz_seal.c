/* SPDX-License-Identifier: GPL-3.0-or-later */
/* TLS bytes from a stranger to a seal. First byte: bit 0 the role, bit 1 whether the connection is
 * already open, the rest the width of the pieces. A seal may answer, but never opens, and an open
 * one never reads a byte of it. */
#include "common/base/error.h"
#include "common/tunnel/seal.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t psk[DS_PROOF_KEY] = {1, 2, 3};

static struct ds_seal *make(enum ds_tunnel_role role)
{
    struct ds_seal_config config = {.role = role, .session = {7}, .epoch = 1, .psk = psk};
    struct ds_seal *seal = ds_seal_new(&config);
    ds_check(seal);
    return seal;
}

static void open_both(struct ds_seal *viewer, struct ds_seal *agent)
{
    uint8_t wire[1024];
    for (int i = 0; i < 3; i++) {
        ds_seal_feed(agent, wire, ds_seal_drain(viewer, wire, sizeof(wire)), 0);
        ds_seal_feed(viewer, wire, ds_seal_drain(agent, wire, sizeof(wire)), 0);
    }
    ds_check(ds_seal_state(viewer) == DS_SEAL_OPEN && ds_seal_state(agent) == DS_SEAL_OPEN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[DS_FRAME_DATA_MAX];
    if (size < 1)
        return 0;
    struct ds_seal *ends[2] = {make(DS_TUNNEL_VIEWER), make(DS_TUNNEL_AGENT)};
    struct ds_seal *seal = ends[data[0] & 1];
    bool is_open = data[0] & 2;
    if (is_open)
        open_both(ends[0], ends[1]);
    size_t step = data[0] >> 2 ? data[0] >> 2 : DS_FRAME_DATA_MAX;
    int error = DS_OK;
    for (size_t at = 1; at < size && !error; at += step) {
        error = ds_seal_feed(seal, data + at, size - at < step ? size - at : step, 0);
        ds_check(is_open || ds_seal_state(seal) != DS_SEAL_OPEN);
        if (ds_seal_state(seal) == DS_SEAL_OPEN) {
            int n = ds_seal_read(seal, out, sizeof(out));
            ds_check(n <= 0);
            error = n;
        }
        ds_check(ds_seal_drain(seal, out, sizeof(out)) <= sizeof(out));
    }
    ds_seal_free(ends[0]);
    ds_seal_free(ends[1]);
    return 0;
}
