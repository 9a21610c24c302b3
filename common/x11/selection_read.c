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

enum ds_selection_act ds_selection_begin(struct ds_selection_read *r,
                                         const struct ds_selection_atoms *atoms, size_t most)
{
    *r = (struct ds_selection_read){.atoms = *atoms, .most = most};
    ds_buf_init(&r->text, most + 1); /* one more than fits shows that it does not */
    return convert(r, DS_SELECTION_LIST, atoms->targets);
}

void ds_selection_end(struct ds_selection_read *r)
{
    ds_buf_wipe(&r->text);
    *r = (struct ds_selection_read){.step = DS_SELECTION_OVER};
}

enum ds_selection_act ds_selection_refused(struct ds_selection_read *r)
{
    switch (r->step) {
    case DS_SELECTION_LIST: /* old programs know no TARGETS, but their text */
        return convert(r, DS_SELECTION_TEXT, r->atoms.utf8);
    case DS_SELECTION_TEXT:
        if (r->target == r->atoms.utf8)
            return convert(r, DS_SELECTION_TEXT, r->atoms.string);
        return finish(r, DS_SELECTION_NOTHING);
    default: /* a hint that is offered and not told may well be "secret" */
        return finish(r, DS_SELECTION_NOTHING);
    }
}

static bool has(const uint32_t *list, size_t count, xcb_atom_t atom)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == atom)
            return true;
    return false;
}

static enum ds_selection_act take_list(struct ds_selection_read *r,
                                       const struct ds_selection_value *value)
{
    uint32_t list[DS_SELECTION_TARGETS];
    size_t count = value->len / sizeof(list[0]);
    if (value->format != 32)
        return ds_selection_refused(r);
    bool is_cut = value->has_more || count > DS_SELECTION_TARGETS;
    count = count < DS_SELECTION_TARGETS ? count : DS_SELECTION_TARGETS;
    if (count > 0)
        memcpy(list, value->bytes, count * sizeof(list[0]));
    r->best = has(list, count, r->atoms.utf8)         ? r->atoms.utf8
              : has(list, count, r->atoms.plain_utf8) ? r->atoms.plain_utf8
              : has(list, count, r->atoms.string)     ? r->atoms.string
                                                      : XCB_ATOM_NONE;
    if (r->best == XCB_ATOM_NONE)
        return finish(r, DS_SELECTION_NOTHING);
    if (has(list, count, r->atoms.hint) || is_cut) /* it may be among the rest */
        return convert(r, DS_SELECTION_HINT, r->atoms.hint);
    return convert(r, DS_SELECTION_TEXT, r->best);
}

static enum ds_selection_act take_hint(struct ds_selection_read *r,
                                       const struct ds_selection_value *value)
{
    static const char secret[] = "secret";
    bool is_plain = value->format == 8 && value->type != r->atoms.incr && !value->has_more;
    if (!is_plain ||
        (value->len >= sizeof(secret) - 1 && memcmp(value->bytes, secret, sizeof(secret) - 1) == 0))
        return finish(r, DS_SELECTION_NOTHING);
    return convert(r, DS_SELECTION_TEXT, r->best);
}

/* STRING is ISO 8859-1, everything else that is asked for UTF-8. */
static bool add(struct ds_selection_read *r, const uint8_t *bytes, size_t len)
{
    if (r->target != r->atoms.string)
        return ds_buf_append(&r->text, bytes, len) == DS_OK;
    for (size_t i = 0; i < len; i++) {
        char out[4];
        size_t n = bytes[i] ? ds_text_put(bytes[i], out) : 0;
        if (ds_buf_append(&r->text, n ? out : "", n ? n : 1) != DS_OK)
            return false;
    }
    return true;
}

static enum ds_selection_act judge(struct ds_selection_read *r)
{
    const char *text = (const char *)ds_buf_peek(&r->text);
    size_t len = r->text.len;
    if (r->is_too_long)
        return finish(r, DS_SELECTION_TOO_LONG);
    /* some programs count the end of their string in */
    while (len > 0 && text[len - 1] == '\0')
        len--;
    r->text.len = len;
    if (len > r->most)
        return finish(r, DS_SELECTION_TOO_LONG);
    if (len == 0 || memchr(text, '\0', len) || !ds_text_is_utf8(text, len))
        return finish(r, DS_SELECTION_NOTHING);
    return finish(r, DS_SELECTION_DONE);
}

static void take_bytes(struct ds_selection_read *r, const struct ds_selection_value *value)
{
    if (!r->is_too_long)
        r->is_too_long = value->has_more || !add(r, value->bytes, value->len);
    if (r->is_too_long) {
        ds_buf_wipe(&r->text); /* half a text is of no use */
        ds_buf_init(&r->text, r->most + 1);
        r->drained += value->len;
    }
}

static enum ds_selection_act take_piece(struct ds_selection_read *r,
                                        const struct ds_selection_value *value)
{
    if (value->type == XCB_ATOM_NONE) /* told of by an event from before the first piece */
        return DS_SELECTION_WAIT;
    if (value->format != 8)
        return finish(r, DS_SELECTION_NOTHING);
    if (value->len == 0)
        return judge(r);
    take_bytes(r, value);
    return r->drained > DS_SELECTION_DRAIN ? finish(r, DS_SELECTION_TOO_LONG) : DS_SELECTION_WAIT;
}

static enum ds_selection_act take_text(struct ds_selection_read *r,
                                       const struct ds_selection_value *value)
{
    if (value->type == r->atoms.incr) {
        r->step = DS_SELECTION_INCR;
        return DS_SELECTION_WAIT;
    }
    if (value->format != 8)
        return ds_selection_refused(r);
    take_bytes(r, value);
    return judge(r);
}

enum ds_selection_act ds_selection_take(struct ds_selection_read *r,
                                        const struct ds_selection_value *value)
{
    switch (r->step) {
    case DS_SELECTION_LIST:
        return take_list(r, value);
    case DS_SELECTION_HINT:
        return take_hint(r, value);
    case DS_SELECTION_TEXT:
        return take_text(r, value);
    case DS_SELECTION_INCR:
        return take_piece(r, value);
    default:
        return DS_SELECTION_WAIT;
    }
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
