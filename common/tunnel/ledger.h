/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger of a session: which channels are exactly once also over a cut, and the record LEDGER
 * with which both ends of a new connection say how far they have come. Only bytes and numbers.
 *
 *     0                   1                   2                   3
 *     0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *    +---------------+-----------------------------------------------+
 *    |  3 LEDGER (8) |  session (128) ...
 *    +---------------+-----------------------------------------------+
 *    |  channel (8)  |  received (64) ...         3 times, in the order of the channels
 *    +---------------+-----------------------------------------------+
 *
 * Proved by tests/unit/ledger.c. */
#ifndef DS_TUNNEL_LEDGER_H
#define DS_TUNNEL_LEDGER_H

#include "common/tunnel/queue.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_LEDGER_CHANNELS 3
#define DS_LEDGER_TYPE 3 /* of the mux's own records */
#define DS_LEDGER_SIZE (1 + DS_SESSION_ID + DS_LEDGER_CHANNELS * 9)

struct ds_ledger {
    uint8_t session[DS_SESSION_ID];
    uint64_t received[DS_LEDGER_CHANNELS]; /* of each channel: the last message that came whole */
};

/* Control, notes and clipboard. */
extern const enum ds_channel ds_ledger_channels[DS_LEDGER_CHANNELS];
bool ds_ledger_has(enum ds_channel channel);

void ds_ledger_encode(const struct ds_ledger *ledger, uint8_t out[DS_LEDGER_SIZE]);

/* The payload of a record, with its type. DS_EPROTO: too short, or other channels than ours. Bytes
 * after it are of a newer version. */
int ds_ledger_decode(const uint8_t *payload, size_t len, struct ds_ledger *out);

/* Whether what the peer has received fits to what this end has sent and keeps: NULL, or a static
 * phrase that says why the session cannot go on. */
const char *ds_ledger_misfit(const struct ds_queue *sent, uint64_t received);

#endif
