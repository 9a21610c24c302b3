/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DATA payloads from a lying relay. First byte: bit 0 the role, bit 1 whether the tunnel is open.
 * Then payloads of a u16 length. It may close the tunnel, with one reason, and nothing else. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/tunnel/tunnel.h"
#include "tests/support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct end viewer, agent;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[DS_FRAME_DATA_MAX];
    if (size < 1)
        return 0;
    ds_check(end_make(&viewer, DS_TUNNEL_VIEWER, &end_config));
    ds_check(end_make(&agent, DS_TUNNEL_AGENT, &end_config));
    struct end *end = data[0] & 1 ? &agent : &viewer;
    ds_check(ds_tunnel_set_number(agent.tunnel, "481926") == DS_OK);
    ds_check(ds_tunnel_set_number(viewer.tunnel, "481926") == DS_OK);
    bool is_open = data[0] & 2;
    if (is_open)
        ends_settle(&viewer, &agent, 0);
    struct ds_cursor c = ds_cursor_of(data + 1, size - 1);
    while (!c.error) {
        size_t len = ds_cursor_u16(&c);
        len = len < ds_cursor_left(&c) ? len : ds_cursor_left(&c);
        const uint8_t *payload = ds_cursor_bytes(&c, len);
        if (!payload || ds_cursor_left(&c) == 0)
            c.error = DS_EPROTO;
        if (payload)
            ds_tunnel_feed(end->tunnel, payload, len, 0);
        int n = ds_tunnel_drain(end->tunnel, out, sizeof(out), 0);
        ds_check(n >= 0 && n <= (int)sizeof(out));
        ds_check(end->closed <= 1 && end->messages == 0 && end->opened == is_open);
        ds_check((end->closed > 0) <= (ds_tunnel_state(end->tunnel) == DS_TUNNEL_CLOSED));
    }
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
    return 0;
}
