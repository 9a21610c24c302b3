/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sign-in, step by step: account from the store (clerk's thread), password (thread pool; not with
 * a ticket), the audit line of one that is right (clerk's thread), then the answer (main loop). */
#include "common/base/alloc.h"
#include "common/base/error.h"
#include "relay/desk/desk.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sign_in {
    struct relay_job job;
    uv_work_t work;
    struct relay_desk *desk;
    uint64_t leg;
    bool is_email; /* what was typed has the form of one */
    bool is_right;
    bool by_ticket; /* a right one: no password is asked for */
    int found;      /* 0, DS_ENOTFOUND, DS_EIO */
    int written;    /* 0, or the audit line of a right one could not be written */
    struct relay_audit_line line;
    struct relay_account account;
    char email[DS_TEXT_EMAIL];
    char password[DS_TEXT_PASSWORD];
};

static void sign_in_free(struct sign_in *s)
{
    s->desk->sign_ins--;
    OPENSSL_cleanse(s, sizeof(*s));
    free(s);
}

/* Keys of the tries table: the first byte keeps the kinds apart. */
struct keys {
    uint8_t address[17], net[17], account[RELAY_TRIES_KEY];
};

static void make_keys(const struct relay_desk_leg *leg, const char *email, struct keys *keys)
{
    struct relay_address holder = relay_address_holder(&leg->from);
    struct relay_address net = relay_address_net(&leg->from);
    keys->address[0] = 'a';
    memcpy(keys->address + 1, holder.bytes, 16);
    keys->net[0] = 'n';
    memcpy(keys->net + 1, net.bytes, 16);
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_Digest(email, strlen(email), hash, &len, EVP_sha256(), NULL);
    keys->account[0] = 'e';
    memcpy(keys->account + 1, hash, sizeof(keys->account) - 1);
}

static unsigned wait_s(struct relay_desk *desk, const struct keys *keys, ds_tick now)
{
    const struct relay_conf *conf = desk->conf;
    unsigned waits[] = {
        relay_tries_wait_s(&desk->passwords, keys->address, sizeof(keys->address),
                           conf->wrong_passwords_per_address, now),
        relay_tries_wait_s(&desk->passwords, keys->net, sizeof(keys->net),
                           conf->wrong_passwords_per_net, now),
        relay_tries_wait_s(&desk->passwords, keys->account, sizeof(keys->account),
                           conf->wrong_passwords_per_account, now),
    };
    unsigned longest = 0;
    for (size_t i = 0; i < 3; i++)
        longest = waits[i] > longest ? waits[i] : longest;
    return longest;
}

static void audit(struct relay_desk *desk, const struct relay_desk_leg *leg, const char *what,
                  const char *email, const char *why)
{
    char from[RELAY_ADDRESS_TEXT], detail[RELAY_AUDIT_DETAIL];
    relay_address_text(&leg->from, from);
    snprintf(detail, sizeof(detail), "address=%s%s%s", from, why[0] ? " " : "", why);
    relay_clerk_audit(desk->clerk, what, email, "", detail);
}

static void answer_wrong(struct relay_desk *desk, struct relay_desk_leg *leg,
                         const struct sign_in *s)
{
    struct keys keys;
    ds_tick now = ds_clock_now();
    make_keys(leg, s->email, &keys);
    relay_tries_note(&desk->passwords, keys.address, sizeof(keys.address), now);
    relay_tries_note(&desk->passwords, keys.net, sizeof(keys.net), now);
    relay_tries_note(&desk->passwords, keys.account, sizeof(keys.account), now);
    /* What was typed is not written down unless it is an account: it may be a password. */
    audit(desk, leg, "sign-in-failed", s->found == DS_OK ? s->account.email : "", "");
    relay_desk_refuse(desk, leg, DS_REFUSAL_PASSWORD,
                      s->is_email
                          ? "Invalid password. Check that Caps Lock is off, or ask your manager to "
                            "reset your password."
                          : "Invalid password. Sign in with your e-mail address, for example "
                            "name@example.com.");
}

static bool is_good(const struct sign_in *s)
{
    return s->found == DS_OK && s->is_right && s->account.is_active;
}

static void answer(struct relay_desk *desk, struct relay_desk_leg *leg, const struct sign_in *s)
{
    struct keys keys;
    make_keys(leg, s->email, &keys);
    /* Others of the same source may have failed since this one was let in: no guess more than the
     * bound gets an answer, however many are under way at once. */
    unsigned wait = wait_s(desk, &keys, ds_clock_now());
    leg->is_asking = false;
    if (wait > 0 && !s->by_ticket && s->found != DS_EIO && !s->written) {
        relay_desk_refuse_tries(desk, leg, wait);
    } else if (s->written) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY,
                          "The relay cannot sign anybody in at the moment. Try again later.");
    } else if (s->found == DS_EIO) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY,
                          "The relay cannot check passwords at the moment. Try again later.");
    } else if (!s->is_right) {
        answer_wrong(desk, leg, s);
    } else if (!s->account.is_active) {
        audit(desk, leg, "sign-in-failed", s->account.email, "suspended");
        relay_desk_refuse(desk, leg, DS_REFUSAL_NOT_ACTIVATED,
                          "Account not activated. Ask your manager to activate it.");
    } else {
        struct ds_message message = {.type = DS_MESSAGE_SIGNED_IN};
        snprintf(leg->email, sizeof(leg->email), "%s", s->account.email);
        snprintf(leg->name, sizeof(leg->name), "%s", s->account.name);
        snprintf(message.name, sizeof(message.name), "%s", s->account.name);
        snprintf(message.without, sizeof(message.without), "%s", s->account.without);
        leg->guest_until = 0;
        relay_desk_send(desk, leg, &message, true, false);
    }
}

static void write_down(struct relay_job *job, struct relay_store *store)
{
    struct sign_in *s = (struct sign_in *)job;
    struct relay_account now;
    /* The account may have been suspended while its password was checked. */
    s->found = store->ops->account_get(store, s->email, &now);
    s->is_right =
        s->found == DS_OK && (s->by_ticket || strcmp(now.password, s->account.password) == 0);
    if (s->found == DS_OK)
        s->account = now;
    if (is_good(s))
        s->written = relay_audit_append(store, &s->line, true);
}

static void written_down(struct relay_job *job)
{
    struct sign_in *s = (struct sign_in *)job;
    struct relay_desk_leg *leg = relay_desk_find(s->desk, s->leg);
    if (leg && !s->desk->is_stopping)
        answer(s->desk, leg, s);
    sign_in_free(s);
}

/* A sign-in that cannot be written down is none. True: the answer comes when it is done. */
static bool push_line(struct relay_desk *desk, const struct relay_desk_leg *leg, struct sign_in *s)
{
    char from[RELAY_ADDRESS_TEXT];
    relay_address_text(&leg->from, from);
    snprintf(s->line.what, sizeof(s->line.what), "sign-in");
    snprintf(s->line.who, sizeof(s->line.who), "%s", s->account.email);
    snprintf(s->line.detail, sizeof(s->line.detail), "address=%s%s", from,
             s->by_ticket ? " by=ticket" : "");
    s->job.run = write_down;
    s->job.done = written_down;
    int error = relay_clerk_push(desk->clerk, &s->job);
    if (error) /* else it is the clerk's from here on */
        s->written = error;
    return !error;
}

static void hash_password(uv_work_t *work)
{
    struct sign_in *s = work->data;
    s->is_right =
        relay_password_matches(s->password, s->found == DS_OK ? s->account.password : NULL);
}

/* What was shown is known to be right or wrong. */
static void judge(struct sign_in *s)
{
    struct relay_desk_leg *leg = relay_desk_find(s->desk, s->leg);
    if (leg && !s->desk->is_stopping) {
        if (is_good(s) && push_line(s->desk, leg, s))
            return;
        answer(s->desk, leg, s);
    }
    sign_in_free(s);
}

static void after_hash(uv_work_t *work, int status)
{
    struct sign_in *s = work->data;
    if (status == 0)
        judge(s);
    else
        sign_in_free(s);
}

static void find_account(struct relay_job *job, struct relay_store *store)
{
    struct sign_in *s = (struct sign_in *)job;
    s->found = s->is_email ? store->ops->account_get(store, s->email, &s->account) : DS_ENOTFOUND;
}

static void found_account(struct relay_job *job)
{
    struct sign_in *s = (struct sign_in *)job;
    s->work.data = s;
    if (s->by_ticket) {
        s->is_right = s->found == DS_OK;
        judge(s);
        return;
    }
    if (s->desk->is_stopping || uv_queue_work(s->desk->loop, &s->work, hash_password, after_hash))
        sign_in_free(s);
}

/* password: NULL with a ticket that was right. */
static void begin(struct relay_desk *desk, struct relay_desk_leg *leg, const char *email,
                  bool is_email, const char *password)
{
    struct sign_in *s =
        desk->sign_ins < desk->conf->sign_ins_waiting ? ds_alloc_array(1, sizeof(*s)) : NULL;
    if (!s) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY,
                          "Too many people sign in at once. Try again in a minute.");
        return;
    }
    desk->sign_ins++;
    s->desk = desk;
    s->leg = leg->id;
    s->is_email = is_email;
    s->by_ticket = password == NULL;
    snprintf(s->email, sizeof(s->email), "%s", email);
    snprintf(s->password, sizeof(s->password), "%s", password ? password : "");
    s->job.run = find_account;
    s->job.done = found_account;
    leg->is_asking = true;
    if (relay_clerk_push(desk->clerk, &s->job)) {
        leg->is_asking = false;
        sign_in_free(s);
        relay_desk_refuse(desk, leg, DS_REFUSAL_BUSY, "The relay is busy. Try again in a minute.");
    }
}

void relay_desk_sign_in(struct relay_desk *desk, struct relay_desk_leg *leg,
                        const struct ds_message *message)
{
    if (!leg->is_viewer || leg->email[0] || leg->is_asking) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "This program cannot sign in now.");
        return;
    }
    char email[DS_TEXT_EMAIL] = "";
    bool is_email = relay_account_email(message->email, email);
    struct keys keys;
    make_keys(leg, email, &keys);
    unsigned wait = wait_s(desk, &keys, ds_clock_now());
    if (wait > 0)
        relay_desk_refuse_tries(desk, leg, wait);
    else
        begin(desk, leg, email, is_email, message->password);
}

/* ---- tickets ---- */

/* As with tokens, tries are counted only of what was wrong: 128 bits are not guessed, so nobody can
 * be locked out from behind the same address. */
void relay_desk_use_ticket(struct relay_desk *desk, struct relay_desk_leg *leg,
                           const struct ds_message *message)
{
    char email[DS_TEXT_EMAIL] = "";
    ds_tick now = ds_clock_now();
    struct keys keys;
    if (!leg->is_viewer || leg->email[0] || leg->is_asking) {
        relay_desk_refuse(desk, leg, DS_REFUSAL_PROTOCOL, "This program cannot sign in now.");
        return;
    }
    if (relay_tickets_use(&desk->tickets, message->ticket, now, email)) {
        begin(desk, leg, email, true, NULL);
        return;
    }
    make_keys(leg, "", &keys);
    unsigned wait = wait_s(desk, &keys, now);
    if (wait > 0) {
        relay_desk_refuse_tries(desk, leg, wait);
        return;
    }
    relay_tries_note(&desk->passwords, keys.address, sizeof(keys.address), now);
    relay_tries_note(&desk->passwords, keys.net, sizeof(keys.net), now);
    audit(desk, leg, "sign-in-failed", "", "wrong-ticket");
    relay_desk_refuse(desk, leg, DS_REFUSAL_TICKET, "Sign in with your password.");
}
