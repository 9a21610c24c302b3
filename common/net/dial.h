/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds a way to the relay: looks its name up, races ports, addresses and carriers in the manner of
 * RFC 8305, and hands over the first line on which the leg's TLS stands with the right certificate.
 * Honours a proxy of the environment. common/PROTOCOL.md, section 7, says the order. */
#ifndef DS_NET_DIAL_H
#define DS_NET_DIAL_H

#include "common/net/line.h"
#include "common/net/link.h"
#include "common/net/route.h"

/* A new attempt starts this long after the last one: RFC 8305, 5, "Connection Attempt Delay". */
#define DS_DIAL_STEP_MS 250
/* The same while a connection stands whose TLS is under way, and counted from when the last one
 * came to stand: two round trips of a bad mobile or satellite line, so that the relay has one
 * handshake of a healthy end, not three. */
#define DS_DIAL_TLS_STEP_MS 1000
/* All of it. */
#define DS_DIAL_MS 20000

struct ds_dial;

/* on_line and on_failed are the last event; either may call ds_dial_close. */
struct ds_dial_events {
    void (*on_progress)(void *ctx, const char *stage, unsigned percent);
    /* line: now the receiver's, who sets its events. */
    void (*on_line)(void *ctx, struct ds_line *line, const struct ds_route *route,
                    bool through_proxy);
    void (*on_failed)(void *ctx, enum ds_link_failure why, const char *detail);
};

/* host: as ds_link_config, lower case; copied. NULL: *error is DS_ENOMEM or DS_EIO (ca_file).
 * Events come from the loop, never from inside this call. */
struct ds_dial *ds_dial_open(uv_loop_t *loop, const char *host, unsigned port, const char *ca_file,
                             const struct ds_dial_events *events, void *ctx, int *error);

/* Ends all attempts; no event comes after this call. Frees itself. Accepts NULL. */
void ds_dial_close(struct ds_dial *dial);

#endif
