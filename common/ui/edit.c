/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/edit.h"

#include "common/base/text.h"

#include <string.h>

/* Marks that stay with the character before them: combining accents, variation selectors, the
 * joiner and skin tones. */
static bool is_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x1ab0 && c <= 0x1aff) ||
           (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) || c == 0x200d ||
           (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xfe20 && c <= 0xfe2f) ||
           (c >= 0x1f3fb && c <= 0x1f3ff);
}

static uint32_t char_at(const struct ds_edit *edit, size_t at)
{
    const char *p = edit->text + at;
    return ds_text_next(&p, edit->text + edit->len);
}

static uint32_t char_before(const struct ds_edit *edit, size_t at)
{
    if (at == 0)
        return 0;
    at--;
    while (at > 0 && ((unsigned char)edit->text[at] & 0xc0) == 0x80)
        at--;
    return char_at(edit, at);
}

static bool is_border(const struct ds_edit *edit, size_t at)
{
    if (at == 0 || at >= edit->len)
        return true;
    if (((unsigned char)edit->text[at] & 0xc0) == 0x80)
        return false;
    return !is_mark(char_at(edit, at)) && char_before(edit, at) != 0x200d;
}

static size_t step(const struct ds_edit *edit, size_t at, int direction)
{
    do {
        if (direction < 0 ? at == 0 : at >= edit->len)
            return direction < 0 ? 0 : edit->len;
        at = direction < 0 ? at - 1 : at + 1;
    } while (!is_border(edit, at));
    return at;
}

static bool is_word(uint32_t c)
{
    return c >= 0x80 ? c != 0xa0 && c != 0x202f && (c < 0x2000 || c > 0x206f)
                     : (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_';
}

static size_t step_word(const struct ds_edit *edit, size_t at, int direction)
{
    if (direction < 0) {
        while (at > 0 && !is_word(char_before(edit, at)))
            at = step(edit, at, -1);
        while (at > 0 && is_word(char_before(edit, at)))
            at = step(edit, at, -1);
    } else {
        while (at < edit->len && !is_word(char_at(edit, at)))
            at = step(edit, at, 1);
        while (at < edit->len && is_word(char_at(edit, at)))
            at = step(edit, at, 1);
    }
    return at;
}

static size_t target(const struct ds_edit *edit, int direction, enum ds_edit_unit unit)
{
    if (unit == DS_EDIT_ALL)
        return direction < 0 ? 0 : edit->len;
    return unit == DS_EDIT_WORD ? step_word(edit, edit->caret, direction)
                                : step(edit, edit->caret, direction);
}

static size_t count_chars(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

void ds_edit_init(struct ds_edit *edit, char *buffer, size_t size)
{
    *edit = (struct ds_edit){.text = buffer, .size = size};
    size_t n = strnlen(buffer, size);
    if (n == size || !ds_text_is_utf8(buffer, n))
        n = 0;
    buffer[n] = '\0';
    edit->len = edit->caret = edit->anchor = n;
}

void ds_edit_set(struct ds_edit *edit, const char *text)
{
    ds_edit_select_all(edit);
    ds_edit_erase(edit, 1, DS_EDIT_CHARACTER);
    ds_edit_insert(edit, text);
    edit->scroll = 0;
}

bool ds_edit_selection(const struct ds_edit *edit, size_t *from, size_t *to)
{
    *from = edit->caret < edit->anchor ? edit->caret : edit->anchor;
    *to = edit->caret < edit->anchor ? edit->anchor : edit->caret;
    return *from != *to;
}

static void remove_range(struct ds_edit *edit, size_t from, size_t to)
{
    memmove(edit->text + from, edit->text + to, edit->len - to + 1);
    /* What slid down leaves its last bytes behind: no part of a password may stay there. */
    memset(edit->text + edit->len - (to - from) + 1, 0, to - from);
    edit->len -= to - from;
    edit->caret = edit->anchor = from;
}

/* Puts one character at the caret; false when it does not fit. */
static bool insert_char(struct ds_edit *edit, const char bytes[4], size_t n)
{
    if (edit->len + n >= edit->size ||
        (edit->most > 0 && count_chars(edit->text, edit->len) >= edit->most))
        return false;
    memmove(edit->text + edit->caret + n, edit->text + edit->caret, edit->len - edit->caret + 1);
    memcpy(edit->text + edit->caret, bytes, n);
    edit->len += n;
    edit->caret += n;
    return true;
}

bool ds_edit_insert(struct ds_edit *edit, const char *text)
{
    size_t from, to;
    bool changed = ds_edit_selection(edit, &from, &to) && *text != '\0';
    if (changed)
        remove_range(edit, from, to);
    const char *end = text + strlen(text);
    bool was_space = false;
    while (text < end) {
        uint32_t c = ds_text_next(&text, end);
        if (c == 0) {
            text++;
            continue;
        }
        bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029;
        if (is_control && was_space)
            continue;
        was_space = is_control;
        if (is_control)
            c = ' ';
        if (edit->digits_only && c >= 0xff10 && c <= 0xff19)
            c = c - 0xff10 + '0'; /* full-width, as East Asian input methods type them */
        if (edit->digits_only && (c < '0' || c > '9'))
            continue;
        char bytes[4];
        size_t n = ds_text_put(c, bytes);
        if (!insert_char(edit, bytes, n))
            break;
        changed = true;
    }
    edit->anchor = edit->caret;
    return changed;
}

void ds_edit_move(struct ds_edit *edit, int direction, enum ds_edit_unit unit, bool extend)
{
    size_t from, to;
    if (!extend && unit == DS_EDIT_CHARACTER && ds_edit_selection(edit, &from, &to))
        edit->caret = direction < 0 ? from : to;
    else
        edit->caret = target(edit, direction, unit);
    if (!extend)
        edit->anchor = edit->caret;
}

void ds_edit_place(struct ds_edit *edit, size_t at, bool extend)
{
    if (at > edit->len)
        at = edit->len;
    while (!is_border(edit, at))
        at--;
    edit->caret = at;
    if (!extend)
        edit->anchor = at;
}

bool ds_edit_erase(struct ds_edit *edit, int direction, enum ds_edit_unit unit)
{
    size_t from, to;
    if (!ds_edit_selection(edit, &from, &to)) {
        size_t at = target(edit, direction, unit);
        from = at < edit->caret ? at : edit->caret;
        to = at < edit->caret ? edit->caret : at;
    }
    if (from == to)
        return false;
    remove_range(edit, from, to);
    return true;
}

void ds_edit_select_all(struct ds_edit *edit)
{
    edit->anchor = 0;
    edit->caret = edit->len;
}

void ds_edit_select_word(struct ds_edit *edit, size_t at)
{
    ds_edit_place(edit, at, false);
    if (edit->caret < edit->len && is_word(char_at(edit, edit->caret)))
        edit->caret = step_word(edit, edit->caret, 1);
    edit->anchor = edit->caret;
    if (is_word(char_before(edit, edit->anchor)))
        edit->anchor = step_word(edit, edit->anchor, -1);
}

void ds_edit_wipe(struct ds_edit *edit)
{
    volatile char *p = edit->text;
    for (size_t i = 0; i < edit->size; i++)
        p[i] = '\0';
    edit->len = edit->caret = edit->anchor = 0;
    edit->scroll = 0;
}
