/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses in what was said: http and https only, and only those whose host is what it looks like.
 * Nothing else of a text is ever interpreted. Pure. Proved by tests/unit/talk_link.c. */
#ifndef DS_TALK_LINK_H
#define DS_TALK_LINK_H

#include <stdbool.h>
#include <stddef.h>

#define DS_LINK_MAX 800 /* bytes as it is opened, all of which a question has room for */
#define DS_LINK_PLAIN (DS_LINK_MAX + 1)

/* The next address in text (valid UTF-8, made safe to show) that begins at or behind `from`. Its
 * host is of ASCII letters, digits, dots and hyphens alone, without a name or password before it:
 * look-alikes of other scripts and "bank.example@evil.example" are plain text. False: there is
 * none.
 */
bool ds_link_next(const char *text, size_t from, size_t *start, size_t *end);

/* The address as it is opened and as the question shows it: everything outside of ASCII as %XX. out
 * has DS_LINK_PLAIN bytes; what is no address of ds_link_next is cut. */
void ds_link_plain(char *out, const char *link, size_t len);

#endif
