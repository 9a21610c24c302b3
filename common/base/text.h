/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text from the other side: valid UTF-8, and safe to show. */
#ifndef DS_BASE_TEXT_H
#define DS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool ds_text_is_utf8(const char *text, size_t n);

/* Decodes one character of valid UTF-8 at *at (end: first byte after) and moves on; 0 at the end or
 * on bad bytes. */
uint32_t ds_text_next(const char **at, const char *end);

/* Writes 1..4 bytes, no NUL; returns the count, 0 when not a character. */
size_t ds_text_put(uint32_t character, char out[4]);

/* Copies a name from a stranger so that it can be shown on one line: bad UTF-8 becomes U+FFFD,
 * control characters, line separators and bidirectional overrides are dropped, cut at size - 1
 * bytes between characters. */
void ds_text_for_display(char *out, size_t size, const char *text);

#endif
