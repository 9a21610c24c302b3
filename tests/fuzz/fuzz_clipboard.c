/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clipboard messages of a peer, one after the other: a byte of length before each. Whatever comes,
 * the rules stay whole: what is put is a text, and each text has at most one answer. */
#include "common/base/error.h"
#include "common/service/clipboard.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_clipboard rules;
    struct ds_clipboard_news news;
    struct ds_buf out;
    ds_clipboard_init(&rules);
    ds_clipboard_allow(&rules, true);
    ds_buf_init(&out, DS_CLIPBOARD_MAX + 16);
    ds_clipboard_copied(&rules, "mine", 4);
    while (size > 0) {
        size_t n = data[0] < size - 1 ? data[0] : size - 1;
        if (ds_clipboard_feed(&rules, data + 1, n, &news) == DS_OK &&
            news.type == DS_CLIPBOARD_NEWS_PUT)
            ds_check(ds_clipboard_is_text(news.text, news.len));
        unsigned messages = 0;
        while (ds_clipboard_drain(&rules, &out))
            messages++;
        ds_check(messages <= 2); /* an answer, and a text of this side */
        ds_buf_clear(&out);
        data += 1 + n;
        size -= 1 + n;
    }
    ds_clipboard_destroy(&rules);
    ds_buf_destroy(&out);
    return 0;
}
