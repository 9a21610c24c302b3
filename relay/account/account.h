/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A rep's account: its fields and the rules for them. */
#ifndef RELAY_ACCOUNT_ACCOUNT_H
#define RELAY_ACCOUNT_ACCOUNT_H

#include "common/wire/limits.h"
#include "relay/account/password.h"

#include <stdbool.h>
#include <stdint.h>

#define RELAY_WITHOUT_MAX DS_TEXT_WITHOUT

struct relay_account {
    char email[DS_TEXT_EMAIL]; /* the key; lower case */
    char name[DS_TEXT_NAME];   /* as customers see it */
    char password[RELAY_PASSWORD_HASH];
    char without[RELAY_WITHOUT_MAX]; /* features switched off: names with commas between */
    bool is_active;                  /* else suspended */
    int64_t created_ms;              /* wall clock */
};

/* Trims spaces, lowers ASCII letters, checks for the form of an e-mail address. False: none. */
bool relay_account_email(const char *text, char out[DS_TEXT_EMAIL]);
/* Trims, drops what must not be shown; false when nothing is left or it is too long. */
bool relay_account_name(const char *text, char out[DS_TEXT_NAME]);
/* Names of a-z and '-', commas between; false otherwise. Empty is fine. */
bool relay_account_without(const char *text);
/* list without the names of `names`, or with those that it lacks, into out; both are as
 * relay_account_without wants them. False: it would be too long. */
bool relay_account_allow(const char *list, const char *names, char out[RELAY_WITHOUT_MAX]);
bool relay_account_deny(const char *list, const char *names, char out[RELAY_WITHOUT_MAX]);

#endif
