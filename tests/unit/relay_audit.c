/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "relay/store/audit.h"
#include "tests/support/folder.h"
#include "tests/support/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char folder[256], db[300];
static struct relay_store *store;
static int64_t lines, bad;

static int setup(void **state)
{
    char message[256];
    (void)state;
    test_folder_make(folder, sizeof(folder));
    snprintf(db, sizeof(db), "%s/relay.db", folder);
    store = relay_store_open(folder, true, message, sizeof(message));
    assert_non_null(store);
    for (int i = 0; i < 5; i++) {
        struct relay_audit_line line = {.what = "sign-in", .who = "dana@acme.example"};
        snprintf(line.detail, sizeof(line.detail), "number %d", i);
        assert_int_equal(relay_audit_append(store, &line, true), DS_OK);
        assert_int_equal(line.number, i + 1);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    relay_store_close(store);
    test_folder_remove(folder);
    return 0;
}

/* As somebody who can write the file would. */
static void tamper(const char *sql, bool succeeds)
{
    char *output;
    const char *argv[] = {"sqlite3", db, sql, NULL};
    int code = test_run(argv, &output);
    if ((code == 0) != succeeds)
        fail_msg("%s: %s", sql, output);
    free(output);
}

#define UNLOCK "DROP TRIGGER audit_keep; DROP TRIGGER audit_stay;"

static void an_untouched_log_is_whole(void **state)
{
    (void)state;
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_OK);
    assert_int_equal(lines, 5);
}

static void the_store_refuses_changes_and_deletions(void **state)
{
    (void)state;
    tamper("UPDATE audit SET who='x' WHERE number=2", false);
    tamper("DELETE FROM audit WHERE number=2", false);
}

static void a_changed_line_is_found(void **state)
{
    (void)state;
    tamper(UNLOCK "UPDATE audit SET who='eve@acme.example' WHERE number=3", true);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 3);
}

static void text_moved_from_one_field_to_the_next_is_found(void **state)
{
    (void)state;
    tamper(UNLOCK "UPDATE audit SET who=who||'n', detail=substr(detail,2) WHERE number=4", true);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 4);
}

static void a_removed_line_is_found_also_at_the_end(void **state)
{
    (void)state;
    tamper(UNLOCK "DELETE FROM audit WHERE number=5", true);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 5);
    tamper("DELETE FROM audit WHERE number=2", true);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 2);
}

static void an_emptied_log_is_found(void **state)
{
    (void)state;
    tamper(UNLOCK "DELETE FROM audit", true);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 1);
}

static void lines_that_change_places_are_found(void **state)
{
    (void)state;
    tamper(UNLOCK "UPDATE audit SET number=99 WHERE number=2;"
                  "UPDATE audit SET number=2 WHERE number=3;"
                  "UPDATE audit SET number=3 WHERE number=99",
           true);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 2);
}

static void a_line_of_another_key_is_found(void **state)
{
    (void)state;
    uint8_t right = store->audit_key[0];
    struct relay_audit_line line = {.what = "forged"};
    store->audit_key[0] ^= 1;
    assert_int_equal(relay_audit_append(store, &line, true), DS_OK);
    store->audit_key[0] = right;
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_EAUTH);
    assert_int_equal(bad, 6);
}

static void accounts_are_kept_found_and_changed(void **state)
{
    (void)state;
    struct relay_account account = {.is_active = true, .created_ms = 7}, got;
    snprintf(account.email, sizeof(account.email), "dana@acme.example");
    snprintf(account.name, sizeof(account.name), "Dana R.");
    snprintf(account.password, sizeof(account.password), "hash");
    snprintf(account.without, sizeof(account.without), "share-screen");
    assert_int_equal(store->ops->account_get(store, account.email, &got), DS_ENOTFOUND);
    assert_int_equal(store->ops->account_add(store, &account), DS_OK);
    assert_int_equal(store->ops->account_add(store, &account), DS_EREFUSED);
    assert_int_equal(store->ops->account_get(store, account.email, &got), DS_OK);
    assert_string_equal(got.name, "Dana R.");
    assert_string_equal(got.without, "share-screen");
    assert_true(got.is_active);
    assert_int_equal(store->ops->account_activate(store, account.email, false), DS_OK);
    assert_int_equal(store->ops->account_password(store, account.email, "other"), DS_OK);
    assert_int_equal(store->ops->account_without(store, account.email, "files"), DS_OK);
    assert_int_equal(store->ops->account_get(store, account.email, &got), DS_OK);
    assert_string_equal(got.without, "files");
    assert_false(got.is_active);
    assert_string_equal(got.password, "other");
    assert_int_equal(store->ops->account_activate(store, "nobody", true), DS_ENOTFOUND);
    /* Quotes are text. */
    assert_int_equal(store->ops->account_get(store, "' OR 1=1 --", &got), DS_ENOTFOUND);
}

static void what_is_rolled_back_did_not_happen(void **state)
{
    (void)state;
    struct relay_account account = {.email = "a@b", .name = "A"}, got;
    struct relay_audit_line line = {.what = "rep-added"};
    assert_int_equal(store->ops->begin(store), DS_OK);
    assert_int_equal(store->ops->account_add(store, &account), DS_OK);
    assert_int_equal(relay_audit_append(store, &line, false), DS_OK);
    store->ops->rollback(store);
    assert_int_equal(store->ops->account_get(store, "a@b", &got), DS_ENOTFOUND);
    assert_int_equal(relay_audit_verify(store, &lines, &bad), DS_OK);
    assert_int_equal(lines, 5);
}

static void a_store_that_is_not_there_says_so(void **state)
{
    (void)state;
    char message[512];
    assert_null(relay_store_open("/nonexistent", false, message, sizeof(message)));
    assert_non_null(strstr(message, "/nonexistent"));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(an_untouched_log_is_whole),
        EACH(the_store_refuses_changes_and_deletions),
        EACH(a_changed_line_is_found),
        EACH(text_moved_from_one_field_to_the_next_is_found),
        EACH(a_removed_line_is_found_also_at_the_end),
        EACH(an_emptied_log_is_found),
        EACH(lines_that_change_places_are_found),
        EACH(a_line_of_another_key_is_found),
        EACH(accounts_are_kept_found_and_changed),
        EACH(what_is_rolled_back_did_not_happen),
        EACH(a_store_that_is_not_there_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
