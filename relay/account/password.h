/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Password hashes: scrypt, in a text that carries its parameters ("scrypt$N$r$p$salt$key", salt and
 * key in hex). Slow on purpose (about 70 ms and 32 MiB): never on a loop. */
#ifndef RELAY_ACCOUNT_PASSWORD_H
#define RELAY_ACCOUNT_PASSWORD_H

#include <stdbool.h>

#define RELAY_PASSWORD_LEAST 12 /* characters */
#define RELAY_PASSWORD_HASH 192 /* bytes of the text with its NUL */

/* NULL, or one sentence that says why it cannot be used (too short, too long, not UTF-8). Static.
 */
const char *relay_password_problem(const char *password);
/* DS_EIO: no randomness or memory. */
int relay_password_hash(const char *password, char out[RELAY_PASSWORD_HASH]);
/* Whether text is a hash of this form whose parameters this program can compute. */
bool relay_password_is_hash(const char *text);
/* hash: NULL for an account that does not exist; takes as long, and is false. */
bool relay_password_matches(const char *password, const char *hash);

#endif
