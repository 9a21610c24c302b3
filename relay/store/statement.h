/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the SQLite store share: statements, and the parts of its table of functions
 * that live in sqlite_session.c. Nothing outside of the store includes this. */
#ifndef RELAY_STORE_STATEMENT_H
#define RELAY_STORE_STATEMENT_H

#include "relay/store/store.h"

#include <sqlite3.h>

sqlite3 *relay_sqlite_db(struct relay_store *store);
/* Logs what SQLite says; DS_EIO. */
int relay_sqlite_failed(struct relay_store *store, const char *what);
/* DS_EREFUSED (a constraint), DS_EINVAL (a value that cannot be kept), else DS_EIO. */
int relay_sqlite_error(struct relay_store *store, int code, const char *what);
int relay_sqlite_execute(struct relay_store *store, const char *sql);
/* NULL: it was logged. */
sqlite3_stmt *relay_sqlite_prepare(struct relay_store *store, const char *sql);
/* Runs a statement that gives no rows, and ends it; accepts NULL. changes: rows changed; may be
 * NULL. */
int relay_sqlite_run(struct relay_store *store, sqlite3_stmt *statement, const char *what,
                     int *changes);
void relay_sqlite_bind_text(sqlite3_stmt *statement, int at, const char *text);
void relay_sqlite_get_text(sqlite3_stmt *statement, int column, char *out, size_t size);

/* sqlite_session.c; store.h says what each does. */
int relay_sqlite_session_put(struct relay_store *store, const struct relay_session *session);
int relay_sqlite_session_each(struct relay_store *store,
                              int (*each)(void *ctx, const struct relay_session *session),
                              void *ctx);
int relay_sqlite_session_remove(struct relay_store *store, const char *id);
int relay_sqlite_chat_add(struct relay_store *store, const char *session, struct relay_chat *chat,
                          unsigned max, bool *is_new);
int relay_sqlite_chat_each(struct relay_store *store, const char *session, unsigned after,
                           int (*each)(void *ctx, const struct relay_chat *chat), void *ctx);
int relay_sqlite_life_put(struct relay_store *store, const struct relay_life *life);
int relay_sqlite_life_get(struct relay_store *store, struct relay_life *life);

#endif
