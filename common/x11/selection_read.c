/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/selection_read.h"

#include "common/base/error.h"
#include "common/base/text.h"

#include <string.h>

static enum ds_selection_act finish(struct ds_selection_read *r, enum ds_selection_act act)
{
    r->step = DS_SELECTION_OVER;
    return act;
}

static enum ds_selection_act convert(struct ds_selection_read *r, enum ds_selection_step step,
                                     xcb_atom_t target)
{
    r->step = step;
    r->target = target;
    return DS_SELECTION_CONVERT;
}

static void begin(struct ds_selection_read *r, const struct ds_selection_atoms *atoms)
{
    *r = (struct ds_selection_read){.atoms = atoms};
    ds_buf_init(&r->piece, 2 * DS_SELECTION_PART); /* a byte of STRING makes two at most */
}

enum ds_selection_act ds_selection_look(struct ds_selection_read *r,
                                        const struct ds_selection_atoms *atoms)
{
    begin(r, atoms);
    return convert(r, DS_SELECTION_LIST, atoms->targets);
}

enum ds_selection_act ds_selection_fetch(struct ds_selection_read *r,
                                         const struct ds_selection_atoms *atoms,
                                         enum ds_clip_format format, xcb_atom_t target)
{
    begin(r, atoms);
    r->format = format;
    return convert(r, DS_SELECTION_CONTENT, target);
}

void ds_selection_end(struct ds_selection_read *r)
{
    ds_buf_wipe(&r->piece);
    *r = (struct ds_selection_read){.step = DS_SELECTION_OVER};
}

/* ---- what there is ---- */

static void set_best(struct ds_selection_read *r, enum ds_clip_format format, xcb_atom_t target)
{
    r->best[format] = target;
    if (target != XCB_ATOM_NONE)
        r->formats |= 1u << format;
}

static bool has(const uint32_t *list, size_t count, xcb_atom_t atom)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == atom)
            return true;
    return false;
}

static xcb_atom_t if_in(const uint32_t *list, size_t count, xcb_atom_t atom)
{
    return has(list, count, atom) ? atom : XCB_ATOM_NONE;
}

static enum ds_selection_act take_list(struct ds_selection_read *r,
                                       const struct ds_selection_value *value)
{
    const struct ds_selection_atoms *atoms = r->atoms;
    uint32_t list[DS_SELECTION_TARGETS];
    size_t count = value->len / sizeof(list[0]);
    if (value->format != 32)
        return ds_selection_refused(r);
    bool is_cut = value->has_more || count > DS_SELECTION_TARGETS;
    count = count < DS_SELECTION_TARGETS ? count : DS_SELECTION_TARGETS;
    if (count > 0)
        memcpy(list, value->bytes, count * sizeof(list[0]));
    set_best(r, DS_CLIP_TEXT,
             has(list, count, atoms->utf8)         ? atoms->utf8
             : has(list, count, atoms->plain_utf8) ? atoms->plain_utf8
                                                   : if_in(list, count, XCB_ATOM_STRING));
    set_best(r, DS_CLIP_HTML, if_in(list, count, atoms->html));
    set_best(r, DS_CLIP_PNG, if_in(list, count, atoms->png));
    if (!r->formats || has(list, count, atoms->marker))
        return finish(r, DS_SELECTION_NOTHING);
    if (has(list, count, atoms->hint) || is_cut) /* it may be among the rest */
        return convert(r, DS_SELECTION_HINT, atoms->hint);
    return finish(r, DS_SELECTION_DONE);
}

static enum ds_selection_act take_hint(struct ds_selection_read *r,
                                       const struct ds_selection_value *value)
{
    static const char secret[] = "secret";
    bool is_plain = value->format == 8 && value->type != r->atoms->incr && !value->has_more;
    if (!is_plain ||
        (value->len >= sizeof(secret) - 1 && memcmp(value->bytes, secret, sizeof(secret) - 1) == 0))
        return finish(r, DS_SELECTION_NOTHING);
    return finish(r, DS_SELECTION_DONE);
}

enum ds_selection_act ds_selection_refused(struct ds_selection_read *r)
{
    switch (r->step) {
    case DS_SELECTION_LIST: /* old programs know no TARGETS, but their text */
        set_best(r, DS_CLIP_TEXT, r->atoms->utf8);
        return finish(r, DS_SELECTION_DONE);
    case DS_SELECTION_CONTENT:
        if (r->target == r->atoms->utf8)
            return convert(r, DS_SELECTION_CONTENT, XCB_ATOM_STRING);
        return finish(r, DS_SELECTION_NOTHING);
    default: /* a hint that is offered and not told may well be "secret" */
        return finish(r, DS_SELECTION_NOTHING);
    }
}

/* ---- a content ---- */

/* Some programs count the end of their string in; inside a text there is none. */
static bool add_text(struct ds_selection_read *r, const uint8_t *bytes, size_t len)
{
    const uint8_t *end = len > 0 ? memchr(bytes, '\0', len) : NULL;
    size_t n = end ? (size_t)(end - bytes) : len;
    if (r->has_ended && n > 0)
        return false;
    for (size_t i = n; i < len; i++)
        if (bytes[i] != '\0')
            return false;
    r->has_ended = r->has_ended || n < len;
    if (r->target != XCB_ATOM_STRING)
        return ds_buf_append(&r->piece, bytes, n) == DS_OK;
    for (size_t i = 0; i < n; i++) { /* ISO 8859-1 */
        char out[4];
        if (ds_buf_append(&r->piece, out, ds_text_put(bytes[i], out)) != DS_OK)
            return false;
    }
    return true;
}

static bool add(struct ds_selection_read *r, const struct ds_selection_value *value)
{
    if (value->format != 8 || value->len > DS_SELECTION_PART)
        return false;
    if (r->format == DS_CLIP_PNG)
        return ds_buf_append(&r->piece, value->bytes, value->len) == DS_OK;
    return add_text(r, value->bytes, value->len);
}

static enum ds_selection_act take_piece(struct ds_selection_read *r,
                                        const struct ds_selection_value *value)
{
    if (value->type == XCB_ATOM_NONE) /* told of by an event from before the first piece */
        return DS_SELECTION_WAIT;
    if (value->format == 8 && value->len == 0 && !value->is_rest)
        return finish(r, DS_SELECTION_DONE);
    return add(r, value) ? DS_SELECTION_WAIT : finish(r, DS_SELECTION_NOTHING);
}

static enum ds_selection_act take_content(struct ds_selection_read *r,
                                          const struct ds_selection_value *value)
{
    if (value->type == r->atoms->incr) {
        r->step = DS_SELECTION_INCR;
        return DS_SELECTION_WAIT;
    }
    if (value->format != 8 && !value->is_rest)
        return ds_selection_refused(r);
    if (!add(r, value))
        return finish(r, DS_SELECTION_NOTHING);
    return value->has_more ? DS_SELECTION_WAIT : finish(r, DS_SELECTION_DONE);
}

enum ds_selection_act ds_selection_take(struct ds_selection_read *r,
                                        const struct ds_selection_value *value)
{
    switch (r->step) {
    case DS_SELECTION_LIST:
        return take_list(r, value);
    case DS_SELECTION_HINT:
        return take_hint(r, value);
    case DS_SELECTION_CONTENT:
        return take_content(r, value);
    case DS_SELECTION_INCR:
        return take_piece(r, value);
    default:
        return DS_SELECTION_WAIT;
    }
}
