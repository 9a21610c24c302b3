/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The security number: six digits that the agent shows and the rep types. Drawing one is
 * ds_number_draw (tunnel.h). */
#ifndef DS_TUNNEL_NUMBER_H
#define DS_TUNNEL_NUMBER_H

#include "common/tunnel/spake2.h"
#include "common/wire/limits.h"

#include <stdbool.h>
#include <stdint.h>

/* Exactly six digits; NULL is not. */
bool ds_number_is_valid(const char *number);

/* w of SPAKE2: HKDF-SHA256(number, salt = session, info = "deskside spake2 v1"), 48 bytes, mod the
 * order of the group. number: valid. DS_ENOMEM, DS_EINVAL (zero: never seen). */
int ds_number_scalar(const char *number, const uint8_t session[DS_SESSION_ID],
                     uint8_t out[DS_SPAKE2_SCALAR]);

#endif
