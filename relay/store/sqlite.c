/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/store/sqlite.h"

#include "common/base/alloc.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "relay/store/statement.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#define SCHEMA_VERSION 3
#define BUSY_MS 5000 /* another process (a command beside the relay) may hold the file */
#define BUSY_EACH_MS 25
#define BUSY_AGAIN_MS                                                                              \
    200 /* after it was held for BUSY_MS: or each of many jobs would wait as long */

/* Version by version: a new store gets all of them, an older one those it lacks. */
static const char schema_1[] =
    "CREATE TABLE account(email TEXT PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL,"
    " without TEXT NOT NULL, active INTEGER NOT NULL, created INTEGER NOT NULL);"
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL,"
    " who TEXT NOT NULL, session TEXT NOT NULL, detail TEXT NOT NULL, mac BLOB NOT NULL);"
    "CREATE TRIGGER audit_keep BEFORE UPDATE ON audit BEGIN"
    " SELECT RAISE(ABORT, 'the audit log is append-only'); END;"
    "CREATE TRIGGER audit_stay BEFORE DELETE ON audit BEGIN"
    " SELECT RAISE(ABORT, 'the audit log is append-only'); END;"
    "CREATE TABLE value(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "PRAGMA user_version=1;";

/* Times are ticks of the boot that `life` names; viewer_until and agent_until are NULL while that
 * end is there. */
static const char schema_2[] =
    "CREATE TABLE session(id TEXT PRIMARY KEY, state INTEGER NOT NULL, email TEXT NOT NULL,"
    " name TEXT NOT NULL, code BLOB, opened INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " paired INTEGER NOT NULL, verified INTEGER NOT NULL,"
    " viewer_told INTEGER NOT NULL, viewer_until INTEGER, viewer_known BLOB, viewer_fresh BLOB,"
    " agent_told INTEGER NOT NULL, agent_until INTEGER, agent_known BLOB, agent_fresh BLOB,"
    " forget INTEGER NOT NULL, ended_by TEXT NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE chat(session TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL,"
    " said_by TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(session, number)) WITHOUT ROWID;"
    "CREATE UNIQUE INDEX chat_id ON chat(session, id);"
    "CREATE TABLE life(one INTEGER PRIMARY KEY CHECK(one=1), boot TEXT NOT NULL,"
    " tick INTEGER NOT NULL, wall INTEGER NOT NULL);"
    "PRAGMA user_version=2;";

/* at: wall clock in ms. */
static const char schema_3[] = "ALTER TABLE chat ADD COLUMN at INTEGER NOT NULL DEFAULT 0;"
                               "PRAGMA user_version=3;";

struct sqlite_store {
    struct relay_store base;
    sqlite3 *db;  /* owned */
    bool is_held; /* the last change gave up waiting for another process */
    struct ds_log_limit log_limit;
};

/* tries: how often this was called for the same wait. 0 gives up. */
static int on_busy(void *ctx, int tries)
{
    struct sqlite_store *store = ctx;
    int most = (store->is_held ? BUSY_AGAIN_MS : BUSY_MS) / BUSY_EACH_MS;
    if (tries >= most || store->base.is_hasty || atomic_load(&store->base.is_hurried)) {
        store->is_held = true;
        return 0;
    }
    sqlite3_sleep(BUSY_EACH_MS);
    return 1;
}

sqlite3 *relay_sqlite_db(struct relay_store *store)
{
    return ((struct sqlite_store *)store)->db;
}

int relay_sqlite_failed(struct relay_store *store, const char *what)
{
    struct ds_log_limit *limit = &((struct sqlite_store *)store)->log_limit;
    if (ds_log_allowed(limit, 10, ds_clock_now())) /* it is tried again and again */
        ds_log_error("store failed at %s: %s", what, sqlite3_errmsg(relay_sqlite_db(store)));
    return DS_EIO;
}

int relay_sqlite_execute(struct relay_store *store, const char *sql)
{
    return sqlite3_exec(relay_sqlite_db(store), sql, NULL, NULL, NULL) == SQLITE_OK
               ? DS_OK
               : relay_sqlite_failed(store, sql);
}

sqlite3_stmt *relay_sqlite_prepare(struct relay_store *store, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(relay_sqlite_db(store), sql, -1, &statement, NULL) != SQLITE_OK)
        relay_sqlite_failed(store, sql);
    return statement;
}

void relay_sqlite_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

void relay_sqlite_get_text(sqlite3_stmt *statement, int column, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    snprintf(out, size, "%s", text ? (const char *)text : "");
}

/* What will be no better when it is tried again is not DS_EIO. */
int relay_sqlite_error(struct relay_store *store, int code, const char *what)
{
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        return DS_EREFUSED;
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
        relay_sqlite_failed(store, what);
        return DS_EINVAL;
    default:
        return relay_sqlite_failed(store, what);
    }
}

/* Runs a statement that gives no rows, and ends it. changes: rows changed. */
int relay_sqlite_run(struct relay_store *store, sqlite3_stmt *statement, const char *what,
                     int *changes)
{
    if (!statement)
        return DS_EIO;
    int code = sqlite3_step(statement);
    if (changes)
        *changes = sqlite3_changes(relay_sqlite_db(store));
    int error = code == SQLITE_DONE ? DS_OK : relay_sqlite_error(store, code, what);
    sqlite3_finalize(statement);
    return error;
}

static void close_store(struct relay_store *store)
{
    sqlite3_close(relay_sqlite_db(store));
    free(store);
}

static int begin(struct relay_store *store)
{
    return relay_sqlite_execute(store, "BEGIN IMMEDIATE");
}

static int commit(struct relay_store *store)
{
    int error = relay_sqlite_execute(store, "COMMIT");
    if (!error)
        ((struct sqlite_store *)store)->is_held = false;
    return error;
}

static void rollback(struct relay_store *store)
{
    if (!sqlite3_get_autocommit(relay_sqlite_db(store)))
        relay_sqlite_execute(store, "ROLLBACK");
}

static int account_add(struct relay_store *store, const struct relay_account *account)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "INSERT INTO account VALUES(?,?,?,?,?,?)");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, account->email);
    relay_sqlite_bind_text(s, 2, account->name);
    relay_sqlite_bind_text(s, 3, account->password);
    relay_sqlite_bind_text(s, 4, account->without);
    sqlite3_bind_int(s, 5, account->is_active);
    sqlite3_bind_int64(s, 6, account->created_ms);
    return relay_sqlite_run(store, s, "account_add", NULL);
}

#define ACCOUNT_COLUMNS "SELECT email,name,password,without,active,created FROM account "

static void get_account(sqlite3_stmt *s, struct relay_account *out)
{
    relay_sqlite_get_text(s, 0, out->email, sizeof(out->email));
    relay_sqlite_get_text(s, 1, out->name, sizeof(out->name));
    relay_sqlite_get_text(s, 2, out->password, sizeof(out->password));
    relay_sqlite_get_text(s, 3, out->without, sizeof(out->without));
    out->is_active = sqlite3_column_int(s, 4) != 0;
    out->created_ms = sqlite3_column_int64(s, 5);
}

static int account_get(struct relay_store *store, const char *email, struct relay_account *out)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, ACCOUNT_COLUMNS "WHERE email=?");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, email);
    int code = sqlite3_step(s);
    int error = code == SQLITE_ROW ? DS_OK : code == SQLITE_DONE ? DS_ENOTFOUND : DS_EIO;
    if (error == DS_OK)
        get_account(s, out);
    else if (error == DS_EIO)
        relay_sqlite_failed(store, "account_get");
    sqlite3_finalize(s);
    return error;
}

static int account_each(struct relay_store *store,
                        int (*each)(void *ctx, const struct relay_account *account), void *ctx)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, ACCOUNT_COLUMNS "ORDER BY email");
    int error = s ? DS_OK : DS_EIO;
    int code = SQLITE_DONE;
    struct relay_account account;
    while (!error && (code = sqlite3_step(s)) == SQLITE_ROW) {
        get_account(s, &account);
        error = each(ctx, &account);
    }
    if (!error && code != SQLITE_DONE)
        error = relay_sqlite_failed(store, "account_each");
    sqlite3_finalize(s);
    return error;
}

/* Changes one column of one account. */
static int account_change(struct relay_store *store, sqlite3_stmt *s, const char *email)
{
    int changes = 0;
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 2, email);
    int error = relay_sqlite_run(store, s, "account_change", &changes);
    return error ? error : changes == 0 ? DS_ENOTFOUND : DS_OK;
}

static int account_activate(struct relay_store *store, const char *email, bool is_active)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "UPDATE account SET active=? WHERE email=?");
    if (s)
        sqlite3_bind_int(s, 1, is_active);
    return account_change(store, s, email);
}

static int account_password(struct relay_store *store, const char *email, const char *hash)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "UPDATE account SET password=? WHERE email=?");
    if (s)
        relay_sqlite_bind_text(s, 1, hash);
    return account_change(store, s, email);
}

static int account_without(struct relay_store *store, const char *email, const char *without)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "UPDATE account SET without=? WHERE email=?");
    if (s)
        relay_sqlite_bind_text(s, 1, without);
    return account_change(store, s, email);
}

static int audit_put(struct relay_store *store, const struct relay_audit_line *line)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "INSERT INTO audit VALUES(?,?,?,?,?,?,?)");
    if (!s)
        return DS_EIO;
    sqlite3_bind_int64(s, 1, line->number);
    sqlite3_bind_int64(s, 2, line->at_ms);
    relay_sqlite_bind_text(s, 3, line->what);
    relay_sqlite_bind_text(s, 4, line->who);
    relay_sqlite_bind_text(s, 5, line->session);
    relay_sqlite_bind_text(s, 6, line->detail);
    sqlite3_bind_blob(s, 7, line->mac, RELAY_AUDIT_MAC, SQLITE_TRANSIENT);
    return relay_sqlite_run(store, s, "audit_put", NULL);
}

static void get_mac(sqlite3_stmt *s, int column, uint8_t mac[RELAY_AUDIT_MAC])
{
    memset(mac, 0, RELAY_AUDIT_MAC);
    if (sqlite3_column_bytes(s, column) == RELAY_AUDIT_MAC)
        memcpy(mac, sqlite3_column_blob(s, column), RELAY_AUDIT_MAC);
}

static int audit_last(struct relay_store *store, int64_t *number, uint8_t mac[RELAY_AUDIT_MAC])
{
    sqlite3_stmt *s =
        relay_sqlite_prepare(store, "SELECT number,mac FROM audit ORDER BY number DESC LIMIT 1");
    if (!s)
        return DS_EIO;
    *number = 0;
    memset(mac, 0, RELAY_AUDIT_MAC);
    int code = sqlite3_step(s);
    if (code == SQLITE_ROW) {
        *number = sqlite3_column_int64(s, 0);
        get_mac(s, 1, mac);
    }
    int error = code == SQLITE_ROW || code == SQLITE_DONE
                    ? DS_OK
                    : relay_sqlite_failed(store, "audit_last");
    sqlite3_finalize(s);
    return error;
}

static int audit_each(struct relay_store *store,
                      int (*each)(void *ctx, const struct relay_audit_line *line), void *ctx)
{
    sqlite3_stmt *s = relay_sqlite_prepare(
        store, "SELECT number,at,what,who,session,detail,mac FROM audit ORDER BY number");
    int error = s ? DS_OK : DS_EIO;
    int code = SQLITE_DONE;
    while (!error && (code = sqlite3_step(s)) == SQLITE_ROW) {
        struct relay_audit_line line = {.number = sqlite3_column_int64(s, 0),
                                        .at_ms = sqlite3_column_int64(s, 1)};
        relay_sqlite_get_text(s, 2, line.what, sizeof(line.what));
        relay_sqlite_get_text(s, 3, line.who, sizeof(line.who));
        relay_sqlite_get_text(s, 4, line.session, sizeof(line.session));
        relay_sqlite_get_text(s, 5, line.detail, sizeof(line.detail));
        get_mac(s, 6, line.mac);
        error = each(ctx, &line);
    }
    if (!error && code != SQLITE_DONE)
        error = relay_sqlite_failed(store, "audit_each");
    sqlite3_finalize(s);
    return error;
}

static int value_put(struct relay_store *store, const char *name, const char *value)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "INSERT INTO value VALUES(?,?) ON CONFLICT(name)"
                                                  " DO UPDATE SET value=excluded.value");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, name);
    relay_sqlite_bind_text(s, 2, value);
    return relay_sqlite_run(store, s, "value_put", NULL);
}

static int value_get(struct relay_store *store, const char *name, char *out, size_t size)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "SELECT value FROM value WHERE name=?");
    if (!s)
        return DS_EIO;
    relay_sqlite_bind_text(s, 1, name);
    int code = sqlite3_step(s);
    int error = code == SQLITE_ROW    ? DS_OK
                : code == SQLITE_DONE ? DS_ENOTFOUND
                                      : relay_sqlite_failed(store, "value_get");
    if (error == DS_OK)
        relay_sqlite_get_text(s, 0, out, size);
    sqlite3_finalize(s);
    return error;
}

static const struct relay_store_ops sqlite_ops = {
    close_store,
    begin,
    commit,
    rollback,
    account_add,
    account_get,
    account_each,
    account_activate,
    account_password,
    account_without,
    audit_put,
    audit_last,
    audit_each,
    value_put,
    value_get,
    relay_sqlite_session_put,
    relay_sqlite_session_each,
    relay_sqlite_session_remove,
    relay_sqlite_chat_add,
    relay_sqlite_chat_each,
    relay_sqlite_life_put,
    relay_sqlite_life_get,
};

static int version_of(struct relay_store *store)
{
    sqlite3_stmt *s = relay_sqlite_prepare(store, "PRAGMA user_version");
    int version = s && sqlite3_step(s) == SQLITE_ROW ? sqlite3_column_int(s, 0) : -1;
    sqlite3_finalize(s);
    return version;
}

/* Brings an older store to SCHEMA_VERSION; wholly or not at all. */
static int migrate(struct relay_store *store)
{
    int error = begin(store);
    int from = version_of(store); /* as it is now that nobody else can change it */
    if (!error && from < 1)
        error = relay_sqlite_execute(store, schema_1);
    if (!error && from < 2)
        error = relay_sqlite_execute(store, schema_2);
    if (!error && from < 3)
        error = relay_sqlite_execute(store, schema_3);
    if (!error)
        error = commit(store);
    if (error)
        rollback(store);
    return error;
}

/* SQLite calls a disk without space for its index an input/output error. */
static const char *reason(struct relay_store *store, const char *path)
{
    struct statvfs about;
    if (statvfs(path, &about) == 0 && about.f_bavail == 0)
        return "the disk is full";
    return sqlite3_errmsg(relay_sqlite_db(store));
}

struct relay_store *relay_sqlite_open(const char *path, bool create, char *message, size_t size)
{
    struct sqlite_store *store = ds_alloc_array(1, sizeof(*store));
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    if (!store) {
        snprintf(message, size, "Memory is short.");
        return NULL;
    }
    store->base.ops = &sqlite_ops;
    if (create)
        flags |= SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
        snprintf(message, size, "The store %s cannot be opened: %s.", path,
                 sqlite3_errmsg(store->db));
        close_store(&store->base);
        return NULL;
    }
    sqlite3_busy_handler(store->db, on_busy, store);
    /* NORMAL could lose the last sessions of the audit log, tokens that ends hold already and chat
     * that was acknowledged in a power cut; FULL costs one fsync for each batch of changes. Only
     * the sign of life goes without: life_put. */
    int version = -1;
    int error =
        relay_sqlite_execute(&store->base, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
    if (!error)
        version = version_of(&store->base);
    if (!error && version >= (create ? 0 : 1) && version < SCHEMA_VERSION) {
        error = migrate(&store->base);
        version = SCHEMA_VERSION;
    }
    if (error) {
        snprintf(message, size, "The store %s cannot be used: %s.", path,
                 reason(&store->base, path));
        close_store(&store->base);
        return NULL;
    }
    if (version != SCHEMA_VERSION) {
        snprintf(message, size, "The store %s is of version %d, but this program needs version %d.",
                 path, version, SCHEMA_VERSION);
        close_store(&store->base);
        return NULL;
    }
    return &store->base;
}
