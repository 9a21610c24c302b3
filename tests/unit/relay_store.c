/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes into the store comes out of it, and an older store is brought up to date wholly or not
 * at all. */
#include "relay/store/store.h"

#include "common/base/error.h"
#include "relay/store/audit.h"
#include "tests/support/folder.h"

#include <setjmp.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[256], message[1024];
static struct relay_store *store;

static int set_up(void **state)
{
    (void)state;
    test_folder_make(folder, sizeof(folder));
    store = relay_store_open(folder, true, message, sizeof(message));
    assert_non_null(store);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    relay_store_close(store);
    store = NULL;
    test_folder_remove(folder);
    return 0;
}

static void open_again(void)
{
    relay_store_close(store);
    store = relay_store_open(folder, false, message, sizeof(message));
    if (!store)
        fail_msg("%s", message);
}

static sqlite3 *raw(void)
{
    char path[300];
    sqlite3 *db;
    snprintf(path, sizeof(path), "%s/relay.db", folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void do_sql(sqlite3 *db, const char *sql)
{
    char *problem = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &problem) != SQLITE_OK)
        fail_msg("%s: %s", sql, problem);
}

/* ---- sessions ---- */

static struct relay_session make(char id, enum relay_session_state state)
{
    struct relay_session s = {.state = state, .opened = 11, .expires = 12, .paired = 13};
    memset(s.id, id, DS_TEXT_SESSION - 1);
    memset(s.code, id, sizeof(s.code));
    snprintf(s.email, sizeof(s.email), "rep-%c@acme.example", id);
    snprintf(s.name, sizeof(s.name), "Zo\xc3\xab %c", id);
    s.is_verified = true;
    s.end[RELAY_VIEWER].leg = 5;
    s.end[RELAY_VIEWER].is_told = true;
    s.end[RELAY_AGENT].until = 1ull << 50;
    for (int i = 0; i < RELAY_SIDES; i++) {
        s.end[i].tokens.known.is_set = true;
        memset(s.end[i].tokens.known.bytes, id + i, RELAY_TOKEN_HASH);
    }
    s.end[RELAY_AGENT].tokens.fresh.is_set = true;
    memset(s.end[RELAY_AGENT].tokens.fresh.bytes, id + 2, RELAY_TOKEN_HASH);
    if (state == RELAY_SESSION_ENDED) {
        s.forget_at = 77;
        snprintf(s.by, sizeof(s.by), "rep");
        snprintf(s.reason, sizeof(s.reason), "closed");
    }
    return s;
}

static void expect_end(const struct relay_session_end *got, const struct relay_session_end *wanted)
{
    assert_int_equal(got->leg != 0, wanted->leg != 0);
    if (!wanted->leg)
        assert_int_equal(got->until, wanted->until);
    assert_int_equal(got->is_told, wanted->is_told);
    assert_memory_equal(&got->tokens, &wanted->tokens, sizeof(got->tokens));
}

struct list {
    struct relay_session sessions[8];
    int count;
};

static int keep(void *ctx, const struct relay_session *session)
{
    struct list *list = ctx;
    assert_true(list->count < 8);
    list->sessions[list->count++] = *session;
    return 0;
}

static void expect_session(const struct relay_session *got, const struct relay_session *wanted)
{
    assert_string_equal(got->id, wanted->id);
    assert_int_equal(got->state, wanted->state);
    assert_string_equal(got->email, wanted->email);
    assert_string_equal(got->name, wanted->name);
    if (wanted->state == RELAY_SESSION_WAITING)
        assert_memory_equal(got->code, wanted->code, sizeof(got->code));
    assert_int_equal(got->opened, 11);
    assert_int_equal(got->expires, 12);
    assert_int_equal(got->paired, 13);
    assert_true(got->is_verified);
    assert_int_equal(got->forget_at, wanted->forget_at);
    assert_string_equal(got->by, wanted->by);
    assert_string_equal(got->reason, wanted->reason);
    expect_end(&got->end[RELAY_VIEWER], &wanted->end[RELAY_VIEWER]);
    expect_end(&got->end[RELAY_AGENT], &wanted->end[RELAY_AGENT]);
}

static void a_session_comes_back_as_it_was_put(void **state)
{
    (void)state;
    struct relay_session a = make('a', RELAY_SESSION_WAITING);
    struct relay_session b = make('b', RELAY_SESSION_PAIRED);
    struct relay_session c = make('c', RELAY_SESSION_ENDED);
    struct list list = {0};
    assert_int_equal(store->ops->session_put(store, &c), 0);
    assert_int_equal(store->ops->session_put(store, &a), 0);
    assert_int_equal(store->ops->session_put(store, &b), 0);
    b.end[RELAY_VIEWER].leg = 0; /* put again: the row changes */
    b.end[RELAY_VIEWER].until = 99;
    assert_int_equal(store->ops->session_put(store, &b), 0);
    open_again();
    assert_int_equal(store->ops->session_each(store, keep, &list), 0);
    assert_int_equal(list.count, 3);
    expect_session(&list.sessions[2], &c); /* who is forgotten first comes first */
    bool is_a_first = list.sessions[0].id[0] == 'a';
    expect_session(&list.sessions[is_a_first ? 0 : 1], &a);
    expect_session(&list.sessions[is_a_first ? 1 : 0], &b);
    /* A code that is used up is nowhere. */
    sqlite3 *db = raw();
    do_sql(db,
           "CREATE TEMP TABLE t(x CHECK(x=1)); INSERT INTO t SELECT count(*) FROM session WHERE "
           "code IS NOT NULL;");
    sqlite3_close(db);
}

static int stop(void *ctx, const struct relay_session *session)
{
    (void)session;
    ++*(int *)ctx;
    return DS_ENOMEM;
}

static void a_walk_ends_when_asked_to(void **state)
{
    (void)state;
    struct relay_session a = make('a', RELAY_SESSION_PAIRED), b = make('b', RELAY_SESSION_PAIRED);
    int calls = 0;
    store->ops->session_put(store, &a);
    store->ops->session_put(store, &b);
    assert_int_equal(store->ops->session_each(store, stop, &calls), DS_ENOMEM);
    assert_int_equal(calls, 1);
}

/* ---- chat ---- */

static struct relay_chat said(const char *id, const char *text)
{
    struct relay_chat chat = {.from = "rep", .at_ms = 1700000000123};
    snprintf(chat.id, sizeof(chat.id), "%s", id);
    snprintf(chat.text, sizeof(chat.text), "%s", text);
    return chat;
}

static int collect(void *ctx, const struct relay_chat *chat)
{
    char *all = ctx;
    snprintf(all + strlen(all), 200 - strlen(all), "%u:%s ", chat->number, chat->text);
    return chat->number == 3 ? DS_ELIMIT : 0;
}

static void chat_is_numbered_and_kept_once(void **state)
{
    (void)state;
    struct relay_session a = make('a', RELAY_SESSION_PAIRED);
    struct relay_chat one = said("1", "one"), two = said("2", "two"), again = said("1", "again");
    struct relay_chat three = said("3", "three"), four = said("4", "four");
    struct list list = {0};
    bool is_new = false;
    char all[200] = "";
    again.at_ms = 5; /* it keeps the time of then */
    store->ops->session_put(store, &a);
    assert_int_equal(store->ops->chat_add(store, a.id, &one, 3, &is_new), 0);
    assert_true(is_new);
    assert_int_equal(one.number, 1);
    assert_int_equal(store->ops->chat_add(store, a.id, &two, 3, &is_new), 0);
    assert_int_equal(two.number, 2);
    assert_int_equal(store->ops->chat_add(store, a.id, &again, 3, &is_new), 0);
    assert_false(is_new);
    assert_int_equal(again.number, 1);
    assert_string_equal(again.text, "one");
    assert_true(again.at_ms == 1700000000123);
    assert_int_equal(store->ops->chat_add(store, a.id, &three, 3, &is_new), 0);
    assert_int_equal(store->ops->chat_add(store, a.id, &four, 3, &is_new), DS_ELIMIT);
    assert_int_equal(store->ops->chat_add(store, a.id, &again, 3, &is_new), 0); /* is there */
    /* Another session has its own numbers, and the same id is another message. */
    assert_int_equal(store->ops->chat_add(store, "b", &one, 3, &is_new), 0);
    assert_true(is_new);
    assert_int_equal(one.number, 1);
    assert_int_equal(store->ops->chat_each(store, a.id, 1, collect, all), DS_ELIMIT);
    assert_string_equal(all, "2:two 3:three ");
    assert_int_equal(store->ops->session_each(store, keep, &list), 0);
    assert_int_equal(list.sessions[0].chat, 3);
    assert_int_equal(store->ops->session_remove(store, a.id), 0);
    all[0] = '\0';
    assert_int_equal(store->ops->chat_each(store, a.id, 0, collect, all), 0);
    assert_int_equal(store->ops->chat_each(store, "b", 0, collect, all), 0);
    assert_string_equal(all, "1:one ");
}

/* ---- the sign of life ---- */

static void the_last_sign_of_life_is_the_one_that_is_kept(void **state)
{
    (void)state;
    struct relay_life life = {0}, got = {0};
    assert_int_equal(store->ops->life_get(store, &got), DS_ENOTFOUND);
    for (int i = 1; i < 4; i++) {
        life.tick = (ds_tick)i;
        life.wall_ms = -i;
        snprintf(life.boot, sizeof(life.boot), "boot-%d", i);
        assert_int_equal(store->ops->life_put(store, &life), 0);
    }
    open_again();
    assert_int_equal(store->ops->life_get(store, &got), 0);
    assert_string_equal(got.boot, "boot-3");
    assert_int_equal(got.tick, 3);
    assert_int_equal(got.wall_ms, -3);
    assert_int_equal(store->ops->begin(store), 0);
    assert_int_equal(store->ops->life_put(store, &life), 0); /* also inside of a transaction */
    store->ops->rollback(store);
}

/* ---- an older store ---- */

static const char version_1[] =
    "CREATE TABLE account(email TEXT PRIMARY KEY, name TEXT NOT NULL, password TEXT NOT NULL,"
    " without TEXT NOT NULL, active INTEGER NOT NULL, created INTEGER NOT NULL);"
    "CREATE TABLE audit(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, what TEXT NOT NULL,"
    " who TEXT NOT NULL, session TEXT NOT NULL, detail TEXT NOT NULL, mac BLOB NOT NULL);"
    "CREATE TABLE value(name TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "INSERT INTO account VALUES('dana@acme.example','Dana','x','',1,5);"
    "PRAGMA user_version=1;";

static void become_version_1(const char *more)
{
    char path[300];
    relay_store_close(store);
    store = NULL;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof(path), "%s/relay.db%s", folder, suffixes[i]);
        unlink(path);
    }
    sqlite3 *db = raw();
    do_sql(db, version_1);
    do_sql(db, more);
    sqlite3_close(db);
}

static void a_store_of_version_1_is_brought_up_to_date(void **state)
{
    (void)state;
    struct relay_account account;
    struct relay_session a = make('a', RELAY_SESSION_PAIRED);
    struct relay_audit_line line = {.what = "after"};
    int64_t lines, bad;
    become_version_1("");
    open_again();
    assert_int_equal(store->ops->account_get(store, "dana@acme.example", &account), 0);
    assert_string_equal(account.name, "Dana");
    assert_int_equal(store->ops->session_put(store, &a), 0);
    assert_int_equal(relay_audit_append(store, &line, true), 0);
    open_again(); /* and not again */
    assert_int_equal(relay_audit_verify(store, &lines, &bad), 0);
    assert_int_equal(lines, 1);
}

static void a_store_that_cannot_be_brought_up_to_date_stays_as_it_was(void **state)
{
    (void)state;
    become_version_1("CREATE TABLE life(something);"); /* the last of the tables cannot be made */
    store = relay_store_open(folder, false, message, sizeof(message));
    assert_null(store);
    assert_non_null(strstr(message, "cannot be used"));
    sqlite3 *db = raw();
    do_sql(db,
           "CREATE TEMP TABLE t(x CHECK(x=0)); INSERT INTO t SELECT count(*) FROM sqlite_master "
           "WHERE name IN ('session','chat'); DROP TABLE life;");
    sqlite3_close(db);
    open_again();
}

static void a_store_of_a_later_version_is_left_alone(void **state)
{
    (void)state;
    sqlite3 *db = raw();
    do_sql(db, "PRAGMA user_version=4;");
    sqlite3_close(db);
    relay_store_close(store);
    store = relay_store_open(folder, false, message, sizeof(message));
    assert_null(store);
    assert_non_null(strstr(message, "is of version 4, but this program needs version 3"));
}

/* ---- what cannot be done ---- */

static void everything_says_so_when_the_store_is_broken(void **state)
{
    (void)state;
    struct relay_session a = make('a', RELAY_SESSION_PAIRED);
    struct relay_chat chat = said("1", "x");
    struct relay_life life = {0};
    struct list list = {0};
    bool is_new;
    char all[200] = "";
    sqlite3 *db = raw();
    do_sql(db, "DROP TABLE session; DROP TABLE chat; DROP TABLE life;");
    sqlite3_close(db);
    assert_int_equal(store->ops->session_put(store, &a), DS_EIO);
    assert_int_equal(store->ops->session_each(store, keep, &list), DS_EIO);
    assert_int_equal(store->ops->session_remove(store, a.id), DS_EIO);
    assert_int_equal(store->ops->chat_add(store, a.id, &chat, 5, &is_new), DS_EIO);
    assert_int_equal(store->ops->chat_each(store, a.id, 0, collect, all), DS_EIO);
    assert_int_equal(store->ops->life_put(store, &life), DS_EIO);
    assert_int_equal(store->ops->life_get(store, &life), DS_EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_session_comes_back_as_it_was_put, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_walk_ends_when_asked_to, set_up, tear_down),
        cmocka_unit_test_setup_teardown(chat_is_numbered_and_kept_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_last_sign_of_life_is_the_one_that_is_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_store_of_version_1_is_brought_up_to_date, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_store_that_cannot_be_brought_up_to_date_stays_as_it_was,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_store_of_a_later_version_is_left_alone, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(everything_says_so_when_the_store_is_broken, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
