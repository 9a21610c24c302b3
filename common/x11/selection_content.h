/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a selection holds in one format, as far as it has come: shared by the selection and by the
 * programs that take it in pieces. Wiped when the last lets go. One thread. */
#ifndef DS_X11_SELECTION_CONTENT_H
#define DS_X11_SELECTION_CONTENT_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ds_selection_content {
    unsigned refs;
    bool is_whole;       /* nothing more comes, */
    bool has_failed;     /* and what is here is not all of it */
    struct ds_buf bytes; /* grows at the end until is_whole or has_failed */
};

/* Empty, at most `most` bytes, one reference; NULL when memory is short. */
struct ds_selection_content *ds_selection_content_new(size_t most);
struct ds_selection_content *ds_selection_content_ref(struct ds_selection_content *content);
/* Accepts NULL. */
void ds_selection_content_unref(struct ds_selection_content *content);

/* A text as ISO 8859-1, which STRING is, '?' for what that lacks: new, whole; NULL when memory is
 * short. */
struct ds_selection_content *
ds_selection_content_latin1(const struct ds_selection_content *content);

/* UTF-8 as ISO 8859-1; returns bytes written, at most len. */
size_t ds_selection_to_latin1(const char *text, size_t len, char *out);

#endif
