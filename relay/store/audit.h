/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit log: each line carries HMAC-SHA256(key, MAC of the line before || this line's fields),
 * and the store keeps a MAC over the last line. So a changed, removed, added or reordered line is
 * found by whoever has audit.key. What is not found: the whole store put back to an older copy of
 * itself. Proved by tests/unit/relay_audit.c. */
#ifndef RELAY_STORE_AUDIT_H
#define RELAY_STORE_AUDIT_H

#include "relay/store/store.h"

#include <stddef.h>

/* Appends one line (what, who, session, detail; number, mac and at_ms, if it is 0, are filled in).
 * Inside a transaction of the caller, or in its own when own is true. DS_EIO. */
int relay_audit_append(struct relay_store *store, struct relay_audit_line *line, bool own);

/* Walks the whole log. *lines: how many there are. 0; DS_EAUTH: *bad is the number of the first
 * line that is not as it was written (one past the last: lines are missing at the end); DS_EIO. */
int relay_audit_verify(struct relay_store *store, int64_t *lines, int64_t *bad);

#endif
