/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/selection_content.h"

#include "common/base/text.h"

#include <stdlib.h>

struct ds_selection_content *ds_selection_content_new(size_t most)
{
    struct ds_selection_content *content = calloc(1, sizeof(*content));
    if (!content)
        return NULL;
    content->refs = 1;
    ds_buf_init(&content->bytes, most > 0 ? most : 1);
    return content;
}

struct ds_selection_content *ds_selection_content_ref(struct ds_selection_content *content)
{
    content->refs++;
    return content;
}

void ds_selection_content_unref(struct ds_selection_content *content)
{
    if (!content || --content->refs > 0)
        return;
    ds_buf_wipe(&content->bytes);
    free(content);
}

struct ds_selection_content *ds_selection_content_latin1(const struct ds_selection_content *content)
{
    struct ds_selection_content *latin = ds_selection_content_new(content->bytes.len);
    uint8_t *room = NULL;
    if (!latin || ds_buf_reserve(&latin->bytes, content->bytes.len, &room)) {
        ds_selection_content_unref(latin);
        return NULL;
    }
    size_t n = ds_selection_to_latin1((const char *)ds_buf_peek(&content->bytes),
                                      content->bytes.len, (char *)room);
    ds_buf_commit(&latin->bytes, n);
    latin->is_whole = true;
    return latin;
}

size_t ds_selection_to_latin1(const char *text, size_t len, char *out)
{
    const char *end = text + len;
    size_t n = 0;
    while (text < end) {
        uint32_t c = ds_text_next(&text, end);
        if (c == 0)
            break;
        out[n++] = c <= 0xff ? (char)c : '?';
    }
    return n;
}
