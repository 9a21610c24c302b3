/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawings of a peer, messages one after the other with two bytes of length before each. The first
 * byte says for whom: a viewer's at the agent, or an agent's at the viewer. */
#include "common/base/error.h"
#include "common/service/notes.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void viewer_with_some(struct ds_notes *notes, struct ds_buf *out)
{
    static struct ds_note note = {.tool = DS_NOTE_PEN, .width = 8, .height = 8, .count = 1};
    for (int i = 0; i < 5; i++)
        ds_notes_draw(notes, &note, out);
    ds_buf_clear(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ds_notes notes;
    struct ds_notes_news news;
    struct ds_buf out;
    bool is_agent = size > 0 && data[0] & 1;
    ds_notes_init(&notes);
    ds_buf_init(&out, 10000);
    notes.allowed = size > 0 && !(data[0] & 2);
    if (!is_agent)
        viewer_with_some(&notes, &out);
    for (size_t at = 1; at + 2 <= size;) {
        size_t n = (size_t)data[at] << 8 | data[at + 1];
        at += 2;
        n = n < size - at ? n : size - at;
        int error = is_agent ? ds_notes_feed(&notes, data + at, n, &out, &news)
                             : ds_notes_hear(&notes, data + at, n, &news);
        ds_check(notes.count <= DS_NOTES_MAX);
        if (!error && news.type == DS_NOTES_NEWS_ADDED)
            ds_check(ds_note_is_valid(news.note) && notes.allowed);
        ds_check(out.len == 0 || !notes.allowed);
        ds_buf_clear(&out);
        at += n;
    }
    ds_notes_destroy(&notes);
    ds_buf_destroy(&out);
    return 0;
}
