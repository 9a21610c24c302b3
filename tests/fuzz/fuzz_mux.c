/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records of the mux. First byte: width of the pieces in which the rest is fed, and in its top bit
 * whether that is after a cut, two messages having been sent. Every message that comes out is sent
 * on, and the answers are understood by another mux. */
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

static void on_ledger(void *ctx)
{
    ds_check(!((struct ds_mux *)ctx)->awaits_ledger);
}

static const struct ds_mux_events events = {.on_message = on_message, .on_ledger = on_ledger};

static void send_and_cut(void)
{
    static const uint8_t session[DS_SESSION_ID] = {7};
    static uint8_t out[16384];
    on_message(&mux, DS_CHANNEL_CONTROL, (const uint8_t *)"kept", 4);
    on_message(&mux, DS_CHANNEL_CONTROL, (const uint8_t *)"kept", 4);
    on_message(&mux, DS_CHANNEL_FILES, (const uint8_t *)"gone", 4);
    ds_check(ds_mux_feed(&peer, out, ds_mux_drain(&mux, out, sizeof(out))) == DS_OK);
    ds_mux_cut(&mux);
    ds_mux_cut(&peer);
    ds_mux_resume(&mux, session);
    ds_mux_resume(&peer, session);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t out[16384];
    if (size < 1)
        return 0;
    ds_mux_init(&mux, &events, &mux);
    ds_mux_init(&peer, &events, &peer);
    if (data[0] & 128)
        send_and_cut();
    size_t step = data[0] & 127 ? data[0] & 127 : 5000;
    int error = DS_OK;
    for (size_t at = 1; at < size && !error; at += step) {
        error = ds_mux_feed(&mux, data + at, size - at < step ? size - at : step);
        ds_check(!error || mux.reason);
        size_t n = ds_mux_drain(&mux, out, sizeof(out));
        ds_check(n <= sizeof(out));
        /* Of what the peer did not send it takes neither an acknowledgement nor a ledger, and a
         * false ledger makes the mux say again what it has; anything else is fine. */
        int answer = ds_mux_feed(&peer, out, n);
        ds_check(!answer || strstr(peer.reason, "acknowledged") || strstr(peer.reason, "granted") ||
                 strstr(peer.reason, "ledger") ||
                 ((data[0] & 128) && strstr(peer.reason, "came twice")));
        if (answer)
            break;
    }
    ds_mux_destroy(&mux);
    ds_mux_destroy(&peer);
    return 0;
}
