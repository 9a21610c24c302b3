/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/desk/admin.h"

#include "common/base/buf.h"
#include "common/base/error.h"
#include "relay/store/audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define LIST_MAX (4u << 20)

json_t *relay_admin_reply(enum relay_exit code, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    return json_pack("{s:i,s:s}", "code", (int)code, "text", text);
}

static json_t *store_broken(void)
{
    return relay_admin_reply(RELAY_EXIT_INTERNAL,
                             "The store cannot be used; the log of the relay says why.");
}

/* Ends a transaction: with an audit line and a commit, or a rollback. */
static int finish(struct relay_store *store, int error, const char *what, const char *email)
{
    struct relay_audit_line line = {0};
    snprintf(line.what, sizeof(line.what), "%s", what);
    snprintf(line.who, sizeof(line.who), "%s", email);
    if (!error)
        error = relay_audit_append(store, &line, false);
    if (!error)
        error = store->ops->commit(store);
    if (error)
        store->ops->rollback(store);
    return error;
}

static json_t *rep_add(struct relay_store *store, const char *email, const json_t *request)
{
    const char *name = json_string_value(json_object_get(request, "name"));
    const char *hash = json_string_value(json_object_get(request, "password"));
    const char *without = json_string_value(json_object_get(request, "without"));
    struct relay_account account = {.is_active = true};
    struct timespec now;
    if (!name || !relay_account_name(name, account.name))
        return relay_admin_reply(RELAY_EXIT_USAGE,
                                 "The name must have 1 to %d bytes that can be shown.",
                                 DS_TEXT_NAME - 1);
    if (without && !relay_account_without(without))
        return relay_admin_reply(RELAY_EXIT_USAGE,
                                 "--without takes names of features with commas between.");
    if (!hash || !relay_password_is_hash(hash))
        return relay_admin_reply(RELAY_EXIT_USAGE, "A password is needed.");
    memcpy(account.email, email, strlen(email) + 1);
    memcpy(account.password, hash, strlen(hash) + 1);
    snprintf(account.without, sizeof(account.without), "%s", without ? without : "");
    clock_gettime(CLOCK_REALTIME, &now);
    account.created_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    int error = store->ops->begin(store);
    if (!error)
        error = finish(store, store->ops->account_add(store, &account), "rep-added", email);
    if (error == DS_EREFUSED)
        return relay_admin_reply(RELAY_EXIT_REFUSED, "There is already a rep %s.", email);
    return error ? store_broken()
                 : relay_admin_reply(RELAY_EXIT_OK, "Added %s (%s); the account is active.", email,
                                     account.name);
}

static json_t *rep_activate(struct relay_store *store, const char *email, bool is_active)
{
    int error = store->ops->begin(store);
    if (!error)
        error = finish(store, store->ops->account_activate(store, email, is_active),
                       is_active ? "rep-enabled" : "rep-disabled", email);
    if (error == DS_ENOTFOUND)
        return relay_admin_reply(RELAY_EXIT_REFUSED, "There is no rep %s.", email);
    return error ? store_broken()
                 : relay_admin_reply(RELAY_EXIT_OK, "The account %s is %s.", email,
                                     is_active ? "active" : "suspended");
}

static json_t *rep_reset(struct relay_store *store, const char *email, const json_t *request)
{
    const char *hash = json_string_value(json_object_get(request, "password"));
    if (!hash || !relay_password_is_hash(hash))
        return relay_admin_reply(RELAY_EXIT_USAGE, "A password is needed.");
    int error = store->ops->begin(store);
    if (!error)
        error = finish(store, store->ops->account_password(store, email, hash),
                       "rep-password-reset", email);
    if (error == DS_ENOTFOUND)
        return relay_admin_reply(RELAY_EXIT_REFUSED, "There is no rep %s.", email);
    return error ? store_broken()
                 : relay_admin_reply(RELAY_EXIT_OK, "The password of %s is changed.", email);
}

/* Features by name: a manager switches them on or off, from the rep's next sign-in on. */
static json_t *rep_change(struct relay_store *store, const char *email, const json_t *request,
                          bool is_allowed)
{
    const char *names = json_string_value(json_object_get(request, "features"));
    struct relay_account account = {0};
    char without[RELAY_WITHOUT_MAX];
    if (!names || !names[0] || !relay_account_without(names))
        return relay_admin_reply(RELAY_EXIT_USAGE,
                                 "Name the features with commas between, such as share-screen.");
    int error = store->ops->begin(store);
    if (!error) {
        error = store->ops->account_get(store, email, &account);
        if (!error && !(is_allowed ? relay_account_allow(account.without, names, without)
                                   : relay_account_deny(account.without, names, without)))
            error = DS_ELIMIT;
        if (!error)
            error = store->ops->account_without(store, email, without);
        error = finish(store, error, is_allowed ? "rep-allowed" : "rep-denied", email);
    }
    if (error == DS_ENOTFOUND)
        return relay_admin_reply(RELAY_EXIT_REFUSED, "There is no rep %s.", email);
    if (error == DS_ELIMIT)
        return relay_admin_reply(RELAY_EXIT_REFUSED, "That is more than an account can hold.");
    if (error)
        return store_broken();
    return without[0]
               ? relay_admin_reply(RELAY_EXIT_OK, "From the next sign-in on %s is without %s.",
                                   email, without)
               : relay_admin_reply(RELAY_EXIT_OK, "From the next sign-in on %s has every feature.",
                                   email);
}

static int list_line(void *ctx, const struct relay_account *account)
{
    char line[DS_TEXT_EMAIL + DS_TEXT_NAME + RELAY_WITHOUT_MAX + 32];
    int n =
        snprintf(line, sizeof(line), "%s%s\t%s\t%s%s%s", ((struct ds_buf *)ctx)->len ? "\n" : "",
                 account->email, account->is_active ? "active" : "suspended", account->name,
                 account->without[0] ? "\twithout " : "", account->without);
    return ds_buf_append(ctx, line, (size_t)n);
}

static json_t *rep_list(struct relay_store *store)
{
    struct ds_buf text;
    ds_buf_init(&text, LIST_MAX);
    int error = store->ops->account_each(store, list_line, &text);
    json_t *reply =
        error ? store_broken()
        : text.len == 0
            ? relay_admin_reply(RELAY_EXIT_OK, "There are no reps yet. Add one with rep add.")
            : json_pack("{s:i,s:s%}", "code", 0, "text", ds_buf_peek(&text), text.len);
    ds_buf_destroy(&text);
    return reply;
}

static json_t *audit_verify(struct relay_store *store)
{
    int64_t lines, bad;
    int error = relay_audit_verify(store, &lines, &bad);
    if (error == DS_EAUTH)
        return relay_admin_reply(RELAY_EXIT_REFUSED,
                                 "The audit log is damaged: line %lld is not as it was written.",
                                 (long long)bad);
    return error ? store_broken()
                 : relay_admin_reply(RELAY_EXIT_OK, "The audit log is whole: %lld lines.",
                                     (long long)lines);
}

json_t *relay_admin_run(struct relay_store *store, const json_t *request)
{
    const char *command = json_string_value(json_object_get(request, "command"));
    const char *typed = json_string_value(json_object_get(request, "email"));
    char email[DS_TEXT_EMAIL];
    if (!command)
        return relay_admin_reply(RELAY_EXIT_USAGE, "There is no command.");
    if (strcmp(command, "rep-list") == 0)
        return rep_list(store);
    if (strcmp(command, "audit-verify") == 0)
        return audit_verify(store);
    if (!typed || !relay_account_email(typed, email))
        return relay_admin_reply(RELAY_EXIT_USAGE, "A rep is named by an e-mail address.");
    if (strcmp(command, "rep-add") == 0)
        return rep_add(store, email, request);
    if (strcmp(command, "rep-disable") == 0)
        return rep_activate(store, email, false);
    if (strcmp(command, "rep-enable") == 0)
        return rep_activate(store, email, true);
    if (strcmp(command, "rep-allow") == 0)
        return rep_change(store, email, request, true);
    if (strcmp(command, "rep-deny") == 0)
        return rep_change(store, email, request, false);
    if (strcmp(command, "rep-reset") == 0)
        return rep_reset(store, email, request);
    return relay_admin_reply(RELAY_EXIT_USAGE, "There is no such command.");
}
