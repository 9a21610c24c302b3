/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store in one SQLite file (WAL). */
#ifndef RELAY_STORE_SQLITE_H
#define RELAY_STORE_SQLITE_H

#include "relay/store/store.h"

/* NULL: message holds one plain sentence. create: the file must not exist. */
struct relay_store *relay_sqlite_open(const char *path, bool create, char *message, size_t size);

#endif
