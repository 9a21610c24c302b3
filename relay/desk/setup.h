/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deskside-relay init: a new data folder. */
#ifndef RELAY_DESK_SETUP_H
#define RELAY_DESK_SETUP_H

#include "relay/desk/conf.h"

#include <stddef.h>

/* Makes dir if need be (0700) with relay.conf, key.pem, cert.pem, audit.key and relay.db. conf:
 * host, org and ports are used. Negative: message holds one plain sentence; DS_EREFUSED when there
 * is a relay in dir already. What was made before a failure is removed. */
int relay_setup(const char *dir, const struct relay_conf *conf, char *message, size_t size);

#endif
