/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answers of a program that owns a selection and means no good. Each: a byte that says what
 * (refused, or a property's type, format and whether there is more), a byte of length, the bytes.
 */
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/x11/selection_read.h"

#include <stdlib.h>
#include <string.h>

#define MOST 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum ds_selection_act answer(struct ds_selection_read *read, uint8_t what,
                                    const uint8_t *bytes, size_t n)
{
    static const xcb_atom_t types[4] = {0, 1, 4, 31};
    static const uint8_t formats[4] = {0, 8, 16, 32};
    if (what & 0x80)
        return ds_selection_refused(read);
    void *exact = malloc(n ? n : 1);
    if (!exact)
        return DS_SELECTION_WAIT;
    memcpy(exact, bytes, n);
    const struct ds_selection_value value = {.type = types[what & 3],
                                             .format = formats[what >> 2 & 3],
                                             .bytes = exact,
                                             .len = n,
                                             .has_more = what & 0x10};
    enum ds_selection_act act = ds_selection_take(read, &value);
    free(exact);
    return act;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ds_selection_atoms atoms = {
        .targets = 1, .utf8 = 2, .plain_utf8 = 3, .incr = 4, .hint = 5, .string = 31};
    struct ds_selection_read read;
    enum ds_selection_act act = ds_selection_begin(&read, &atoms, MOST);
    while (size >= 2 && (act == DS_SELECTION_CONVERT || act == DS_SELECTION_WAIT)) {
        size_t n = data[1] < size - 2 ? data[1] : size - 2;
        act = answer(&read, data[0], data + 2, n);
        data += 2 + n;
        size -= 2 + n;
        ds_check(read.text.len <= MOST + 1);
    }
    if (act == DS_SELECTION_DONE) {
        const char *text = (const char *)ds_buf_peek(&read.text);
        char latin[MOST];
        ds_check(read.text.len >= 1 && read.text.len <= MOST);
        ds_check(ds_text_is_utf8(text, read.text.len) && !memchr(text, 0, read.text.len));
        ds_check(ds_selection_to_latin1(text, read.text.len, latin) <= read.text.len);
    }
    ds_selection_end(&read);
    return 0;
}
