/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tunnel/ledger.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <string.h>

const enum ds_channel ds_ledger_channels[DS_LEDGER_CHANNELS] = {
    DS_CHANNEL_CONTROL, DS_CHANNEL_NOTES, DS_CHANNEL_CLIPBOARD};

bool ds_ledger_has(enum ds_channel channel)
{
    return channel == DS_CHANNEL_CONTROL || channel == DS_CHANNEL_NOTES ||
           channel == DS_CHANNEL_CLIPBOARD;
}

void ds_ledger_encode(const struct ds_ledger *ledger, uint8_t out[DS_LEDGER_SIZE])
{
    *out++ = DS_LEDGER_TYPE;
    memcpy(out, ledger->session, DS_SESSION_ID);
    out += DS_SESSION_ID;
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++) {
        *out++ = (uint8_t)ds_ledger_channels[i];
        ds_put_u64(out, ledger->received[i]);
        out += 8;
    }
}

int ds_ledger_decode(const uint8_t *payload, size_t len, struct ds_ledger *out)
{
    struct ds_ledger ledger;
    struct ds_cursor c = ds_cursor_of(payload, len);
    if (ds_cursor_u8(&c) != DS_LEDGER_TYPE)
        c.error = DS_EPROTO;
    const uint8_t *session = ds_cursor_bytes(&c, DS_SESSION_ID);
    for (int i = 0; i < DS_LEDGER_CHANNELS; i++) {
        if (ds_cursor_u8(&c) != ds_ledger_channels[i])
            c.error = DS_EPROTO;
        ledger.received[i] = ds_cursor_u64(&c);
    }
    if (c.error)
        return c.error;
    memcpy(ledger.session, session, DS_SESSION_ID);
    *out = ledger;
    return DS_OK;
}

const char *ds_ledger_misfit(const struct ds_queue *sent, uint64_t received)
{
    if (received > sent->sent)
        return "the other side's ledger is ahead: it has messages that were never sent";
    if (received < sent->acked)
        return "the other side's ledger is too far behind: it lacks messages that it had";
    return NULL;
}
