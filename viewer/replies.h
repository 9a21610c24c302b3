/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the rep often says: ready texts for the chat, in $XDG_CONFIG_HOME/deskside/replies.txt (else
 * ~/.config), one a line. Without that file there is a set to begin with, in the rep's language.
 * Main thread. Proved by tests/unit/viewer_replies.c. */
#ifndef VIEWER_REPLIES_H
#define VIEWER_REPLIES_H

#include <stdbool.h>
#include <stddef.h>

#define VIEWER_REPLIES_MAX 200
#define VIEWER_REPLY 1024 /* bytes of one with its NUL */

struct viewer_replies {
    char *texts[VIEWER_REPLIES_MAX]; /* owned; valid UTF-8 on one line, not empty */
    size_t count;
};

/* Lines that are no texts, and those beyond the bounds, are left out. */
void viewer_replies_load(struct viewer_replies *replies);
void viewer_replies_destroy(struct viewer_replies *replies);

/* Changes one (at < count) or adds one (at == count), and writes the file. DS_EINVAL: an empty
 * text, or too long. DS_ELIMIT: there are as many as may be. DS_ENOMEM. DS_EIO: it is changed here,
 * but could not be written. */
int viewer_replies_put(struct viewer_replies *replies, size_t at, const char *text);
/* The same. */
int viewer_replies_remove(struct viewer_replies *replies, size_t at);

/* Whether each word of what was typed occurs in the text; ASCII letters without case. */
bool viewer_reply_matches(const char *text, const char *typed);

#endif
