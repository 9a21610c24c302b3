/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the mux. First byte: width of the pieces in which the rest is fed. Every message that
 * comes out is sent on, and the answers are understood by another mux. */
#include "common/base/error.h"
#include "common/tunnel/mux.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ds_mux mux, peer;

static void on_message(void *ctx, enum ds_channel channel, const uint8_t *bytes, size_t len)
{
    ds_check(len >= 1 && len <= DS_MUX_MESSAGE_MAX && channel >= DS_CHANNEL_CONTROL &&
             channel < DS_CHANNEL_COUNT);
    if (ctx != &mux)
        return;
    struct ds_rcbuf *buf = ds_rcbuf_new(len);
    if (!buf)
        return;
    memcpy(buf->data, bytes, len);
    int error = ds_mux_send(&mux, channel, buf);
    ds_check(error == DS_OK || error == DS_EAGAIN);
    ds_rcbuf_unref(buf);
}

static const struct ds_mux_events events = {.on_message = on_message};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[16384];
    if (size < 1)
        return 0;
    ds_mux_init(&mux, &events, &mux);
    ds_mux_init(&peer, &events, &peer);
    size_t step = data[0] ? data[0] : 5000;
    int error = DS_OK;
    for (size_t at = 1; at < size && !error; at += step) {
        error = ds_mux_feed(&mux, data + at, size - at < step ? size - at : step);
        ds_check(!error || mux.reason);
        size_t n = ds_mux_drain(&mux, out, sizeof(out));
        ds_check(n <= sizeof(out));
        /* Acknowledgements of what the peer did not send are refused; anything else is fine. */
        int answer = ds_mux_feed(&peer, out, n);
        ds_check(!answer || strstr(peer.reason, "acknowledged") || strstr(peer.reason, "granted"));
        if (answer)
            break;
    }
    ds_mux_destroy(&mux);
    ds_mux_destroy(&peer);
    return 0;
}
