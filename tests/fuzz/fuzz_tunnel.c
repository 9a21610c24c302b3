/* SPDX-License-Identifier: GPL-3.0-or-later */
/* DATA payloads from a lying relay. First byte: bit 0 the role, bit 1 whether the tunnel is open,
 * bit 2 whether the ends have heard each other then, bit 3 whether it is cut and comes back, round
 * 1, bit 4 whether the peer's true RESUME has arrived. Then payloads of a u16 length. The relay may
 * close the tunnel or cost it a connection, with one reason, and nothing else. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/tunnel/tunnel.h"
#include "tests/support/ends.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct end viewer, agent;

/* As far as the bits of the first byte say. */
static void begin(struct end *end, struct end *other, uint8_t bits)
{
    static uint8_t out[DS_FRAME_DATA_MAX];
    if (bits & 2)
        ends_settle(&viewer, &agent, 0);
    if ((bits & 6) == 6) {
        ds_check(ds_tunnel_send(viewer.tunnel, DS_CHANNEL_CONTROL, "hello", 5) == DS_OK);
        ds_check(ds_tunnel_send(agent.tunnel, DS_CHANNEL_CONTROL, "hello", 5) == DS_OK);
        ends_settle(&viewer, &agent, 0);
        viewer.messages = agent.messages = 0;
    }
    if (bits & 8)
        ends_rejoin(&viewer, &agent, 1);
    if (bits & 16) {
        int n = ds_tunnel_drain(other->tunnel, out, sizeof(out), 0);
        ds_tunnel_feed(end->tunnel, out, (size_t)n, 0);
    }
}

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
    begin(end, end == &agent ? &viewer : &agent, data[0]);
    bool is_open = data[0] & 2;
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
        ds_check(end->resumed == 0);
        /* It hangs up and comes back; the relay goes on lying. */
        if (ds_tunnel_state(end->tunnel) == DS_TUNNEL_CUT)
            ds_check(end->cut > 0 && ds_tunnel_rejoin(end->tunnel, 1) == DS_OK);
    }
    ds_tunnel_destroy(viewer.tunnel);
    ds_tunnel_destroy(agent.tunnel);
    return 0;
}
