/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The answers of a program that owns a selection and means no good. Each: a byte that says what
 * (refused, or a property's type, format and whether there is more), a byte of length, the bytes.
 */
#include "common/base/error.h"
#include "common/x11/selection_read.h"

#include <stdlib.h>
#include <string.h>

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
                                             .has_more = what & 0x10,
                                             .is_rest = what & 0x20};
    enum ds_selection_act act = ds_selection_take(read, &value);
    free(exact);
    return act;
}

/* Answers until it is over or nothing is left. */
static enum ds_selection_act play(struct ds_selection_read *read, enum ds_selection_act act,
                                  const uint8_t **data, size_t *size)
{
    bool nul = false;
    while (*size >= 2 && (act == DS_SELECTION_CONVERT || act == DS_SELECTION_WAIT)) {
        size_t n = (*data)[1] < *size - 2 ? (*data)[1] : *size - 2;
        act = answer(read, (*data)[0], *data + 2, n);
        nul = nul || memchr(ds_buf_peek(&read->piece), 0, read->piece.len);
        ds_buf_clear(&read->piece);
        *data += 2 + n;
        *size -= 2 + n;
    }
    ds_check(!nul || read->format == DS_CLIP_PNG);
    return act;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ds_selection_atoms atoms = {.targets = 1,
                                             .utf8 = 2,
                                             .plain_utf8 = 3,
                                             .incr = 4,
                                             .hint = 5,
                                             .html = 6,
                                             .png = 7,
                                             .marker = 8};
    struct ds_selection_read read;
    enum ds_selection_act act = play(&read, ds_selection_look(&read, &atoms), &data, &size);
    unsigned formats = read.formats;
    ds_check(act != DS_SELECTION_DONE || formats != 0);
    ds_selection_end(&read);
    for (unsigned format = 0; format < DS_CLIP_FORMATS; format++) {
        if (!(formats & 1u << format))
            continue;
        act = ds_selection_fetch(&read, &atoms, format, format == DS_CLIP_TEXT ? 2 : 5 + format);
        play(&read, act, &data, &size);
        ds_selection_end(&read);
    }
    return 0;
}
