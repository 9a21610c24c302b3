/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sessions, chat and the sign of life in SQLite. */
#include "common/base/error.h"
#include "relay/store/statement.h"

#include <string.h>

static void bind_hash(sqlite3_stmt *s, int at, bool is_set, const uint8_t *bytes)
{
    if (is_set)
        sqlite3_bind_blob(s, at, bytes, RELAY_TOKEN_HASH, SQLITE_TRANSIENT);
}

static bool get_hash(sqlite3_stmt *s, int column, uint8_t *bytes)
{
    if (sqlite3_column_bytes(s, column) != RELAY_TOKEN_HASH)
        return false;
    memcpy(bytes, sqlite3_column_blob(s, column), RELAY_TOKEN_HASH);
    return true;
}

/* Four columns. */
static void bind_end(sqlite3_stmt *s, int at, const struct relay_session_end *end)
{
    sqlite3_bind_int(s, at, end->is_told);
    if (!end->leg)
        sqlite3_bind_int64(s, at + 1, (sqlite3_int64)end->until);
    bind_hash(s, at + 2, end->tokens.known.is_set, end->tokens.known.bytes);
    bind_hash(s, at + 3, end->tokens.fresh.is_set, end->tokens.fresh.bytes);
}

static void get_end(sqlite3_stmt *s, int column, struct relay_session_end *end)
{
    end->is_told = sqlite3_column_int(s, column) != 0;
    end->leg = sqlite3_column_type(s, column + 1) == SQLITE_NULL;
    end->until = (ds_tick)sqlite3_column_int64(s, column + 1);
    end->tokens.known.is_set = get_hash(s, column + 2, end->tokens.known.bytes);
    end->tokens.fresh.is_set = get_hash(s, column + 3, end->tokens.fresh.bytes);
}

#define COLUMNS                                                                                    \
    "id,state,email,name,code,opened,expires,paired,verified,viewer_told,viewer_until,"            \
    "viewer_known,viewer_fresh,agent_told,agent_until,agent_known,agent_fresh,forget,ended_by,"    \
    "reason"

int relay_sqlite_session_put(struct relay_store *store, const struct relay_session *session)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "INSERT OR REPLACE INTO session(" COLUMNS
                                                  ") VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
                                                  "?)");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, session->id);
    sqlite3_bind_int(s, 2, (int)session->state);
    relay_sqlite_bind_text(s, 3, session->email);
    relay_sqlite_bind_text(s, 4, session->name);
    bind_hash(s, 5, session->state == RELAY_SESSION_WAITING, session->code);
    sqlite3_bind_int64(s, 6, (sqlite3_int64)session->opened);
    sqlite3_bind_int64(s, 7, (sqlite3_int64)session->expires);
    sqlite3_bind_int64(s, 8, (sqlite3_int64)session->paired);
    sqlite3_bind_int(s, 9, session->is_verified);
    bind_end(s, 10, &session->end[RELAY_VIEWER]);
    bind_end(s, 14, &session->end[RELAY_AGENT]);
    sqlite3_bind_int64(s, 18, (sqlite3_int64)session->forget_at);
    relay_sqlite_bind_text(s, 19, session->by);
    relay_sqlite_bind_text(s, 20, session->reason);
    return relay_sqlite_run(store, s, "session_put", NULL);
}

static void get_session(sqlite3_stmt *s, struct relay_session *out)
{
    memset(out, 0, sizeof(*out));
    relay_sqlite_get_text(s, 0, out->id, sizeof(out->id));
    out->state = (enum relay_session_state)sqlite3_column_int(s, 1);
    relay_sqlite_get_text(s, 2, out->email, sizeof(out->email));
    relay_sqlite_get_text(s, 3, out->name, sizeof(out->name));
    get_hash(s, 4, out->code);
    out->opened = (ds_tick)sqlite3_column_int64(s, 5);
    out->expires = (ds_tick)sqlite3_column_int64(s, 6);
    out->paired = (ds_tick)sqlite3_column_int64(s, 7);
    out->is_verified = sqlite3_column_int(s, 8) != 0;
    get_end(s, 9, &out->end[RELAY_VIEWER]);
    get_end(s, 13, &out->end[RELAY_AGENT]);
    out->forget_at = (ds_tick)sqlite3_column_int64(s, 17);
    relay_sqlite_get_text(s, 18, out->by, sizeof(out->by));
    relay_sqlite_get_text(s, 19, out->reason, sizeof(out->reason));
    out->chat = (unsigned)sqlite3_column_int64(s, 20);
}

int relay_sqlite_session_each(struct relay_store *store,
                              int (*each)(void *ctx, const struct relay_session *session),
                              void *ctx)
{
    sqlite3_stmt *s = relay_sqlite_prepare(
        store, "SELECT " COLUMNS ",(SELECT max(number) FROM chat WHERE session=session.id)"
               " FROM session ORDER BY forget");
    int error = s ? DS_OK : DS_EIO, code = SQLITE_DONE;
    struct relay_session session;
    while (!error && (code = sqlite3_step(s)) == SQLITE_ROW) {
        get_session(s, &session);
        error = each(ctx, &session);
    }
    if (!error && code != SQLITE_DONE)
        error = relay_sqlite_failed(store, "session_each");
    sqlite3_finalize(s);
    return error;
}

static int remove_from(struct relay_store *store, const char *sql, const char *id)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, sql);
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, id);
    return relay_sqlite_run(store, s, "session_remove", NULL);
}

int relay_sqlite_session_remove(struct relay_store *store, const char *id)
{
    int error = remove_from(store, "DELETE FROM chat WHERE session=?", id);
    return error ? error : remove_from(store, "DELETE FROM session WHERE id=?", id);
}

/* ---- chat ---- */

static void get_chat(sqlite3_stmt *s, struct relay_chat *out)
{
    out->number = (unsigned)sqlite3_column_int64(s, 0);
    relay_sqlite_get_text(s, 1, out->id, sizeof(out->id));
    relay_sqlite_get_text(s, 2, out->from, sizeof(out->from));
    relay_sqlite_get_text(s, 3, out->text, sizeof(out->text));
    out->at_ms = sqlite3_column_int64(s, 4);
}

/* DS_ENOTFOUND. */
static int chat_find(struct relay_store *store, const char *session, struct relay_chat *chat)
{
    sqlite3_stmt *s = relay_sqlite_prepare(
        store, "SELECT number,id,said_by,text,at FROM chat WHERE session=? AND id=?");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, session);
    relay_sqlite_bind_text(s, 2, chat->id);
    int code = sqlite3_step(s);
    int error = code == SQLITE_ROW    ? DS_OK
                : code == SQLITE_DONE ? DS_ENOTFOUND
                                      : relay_sqlite_failed(store, "chat_find");
    if (!error)
        get_chat(s, chat);
    sqlite3_finalize(s);
    return error;
}

static int chat_last(struct relay_store *store, const char *session, unsigned *number)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "SELECT max(number) FROM chat WHERE session=?");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, session);
    int error = sqlite3_step(s) == SQLITE_ROW ? DS_OK : relay_sqlite_failed(store, "chat_last");
    if (!error)
        *number = (unsigned)sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return error;
}

int relay_sqlite_chat_add(struct relay_store *store, const char *session, struct relay_chat *chat,
                          unsigned max, bool *is_new)
{
    unsigned last = 0;
    int error = chat_find(store, session, chat);
    if (error != DS_ENOTFOUND) {
        *is_new = false;
        return error;
    }
    error = chat_last(store, session, &last);
    if (error)
        return error;
    if (last >= max)
        return DS_ELIMIT;
    sqlite3_stmt *s = relay_sqlite_prepare(
        store, "INSERT INTO chat(session,number,id,said_by,text,at) VALUES(?,?,?,?,?,?)");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, session);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)last + 1);
    relay_sqlite_bind_text(s, 3, chat->id);
    relay_sqlite_bind_text(s, 4, chat->from);
    relay_sqlite_bind_text(s, 5, chat->text);
    sqlite3_bind_int64(s, 6, chat->at_ms);
    error = relay_sqlite_run(store, s, "chat_add", NULL);
    if (error)
        return error;
    chat->number = last + 1;
    *is_new = true;
    return DS_OK;
}

int relay_sqlite_chat_each(struct relay_store *store, const char *session, unsigned after,
                           int (*each)(void *ctx, const struct relay_chat *chat), void *ctx)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "SELECT number,id,said_by,text,at FROM chat"
                                                  " WHERE session=? AND number>? ORDER BY number");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, session);
    sqlite3_bind_int64(s, 2, (sqlite3_int64)after);
    int error = DS_OK, code = SQLITE_DONE;
    struct relay_chat chat;
    while (!error && (code = sqlite3_step(s)) == SQLITE_ROW) {
        get_chat(s, &chat);
        error = each(ctx, &chat);
    }
    if (!error && code != SQLITE_DONE)
        error = relay_sqlite_failed(store, "chat_each");
    sqlite3_finalize(s);
    return error;
}

/* ---- the sign of life ---- */

int relay_sqlite_life_put(struct relay_store *store, const struct relay_life *life)
{
    /* No fsync: the kernel has it, which is all that a killed process needs. Inside a transaction
     * of the caller the setting does nothing. */
    bool is_alone = sqlite3_get_autocommit(relay_sqlite_db(store)) != 0;
    if (is_alone && relay_sqlite_execute(store, "PRAGMA synchronous=NORMAL"))
        return DS_EIO;
    sqlite3_stmt *s = relay_sqlite_prepare(store, "INSERT OR REPLACE INTO life VALUES(1,?,?,?)");
    int error = DS_EIO;
    if (s) {
        relay_sqlite_bind_text(s, 1, life->boot);
        sqlite3_bind_int64(s, 2, (sqlite3_int64)life->tick);
        sqlite3_bind_int64(s, 3, life->wall_ms);
        error = relay_sqlite_run(store, s, "life_put", NULL);
    }
    if (is_alone && relay_sqlite_execute(store, "PRAGMA synchronous=FULL"))
        error = DS_EIO;
    return error;
}

int relay_sqlite_life_get(struct relay_store *store, struct relay_life *life)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "SELECT boot,tick,wall FROM life");
    if (!s)
        return DS_EIO;
    int code = sqlite3_step(s);
    int error = code == SQLITE_ROW    ? DS_OK
                : code == SQLITE_DONE ? DS_ENOTFOUND
                                      : relay_sqlite_failed(store, "life_get");
    if (!error) {
        relay_sqlite_get_text(s, 0, life->boot, sizeof(life->boot));
        life->tick = (ds_tick)sqlite3_column_int64(s, 1);
        life->wall_ms = sqlite3_column_int64(s, 2);
    }
    sqlite3_finalize(s);
    return error;
}
