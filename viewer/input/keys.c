/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/keys.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

/* The alphanumeric block of every keyboard: SDL names these, so silence about them means that an
 * input method has taken the key. */
#define BLOCK_FIRST 9
#define BLOCK_LAST 91

static void send_key(struct viewer_keys *k, uint32_t keysym, bool down)
{
    struct ds_input input = {.type = DS_INPUT_KEY, .keysym = keysym, .down = down};
    k->emit(k->ctx, &input);
}

static void send_pending(struct viewer_keys *k)
{
    unsigned code = k->pending;
    k->pending = 0;
    if (k->pending_keysym == 0)
        return;
    if (k->down[code] != 0 && k->down[code] != k->pending_keysym)
        send_key(k, k->down[code], false); /* repeats with another level: one key, one keysym */
    k->down[code] = k->pending_keysym;
    memcpy(k->last_text, k->pending_text, sizeof(k->last_text));
    send_key(k, k->pending_keysym, true);
}

void viewer_keys_settle(struct viewer_keys *k)
{
    if (k->pending == 0)
        return;
    bool named = k->seen[k->pending] || (k->pending >= BLOCK_FIRST && k->pending <= BLOCK_LAST);
    if (named)
        k->pending = 0;
    else
        send_pending(k);
}

void viewer_keys_press(struct viewer_keys *k, unsigned keycode, uint32_t keysym, const char *text)
{
    viewer_keys_settle(k);
    k->last_text[0] = '\0';
    if (keycode == 0 || keycode >= VIEWER_KEYCODES)
        return;
    k->pending = keycode;
    k->pending_keysym = keysym;
    snprintf(k->pending_text, sizeof(k->pending_text), "%s", text);
}

void viewer_keys_release(struct viewer_keys *k, unsigned keycode)
{
    viewer_keys_settle(k);
    if (keycode >= VIEWER_KEYCODES || k->down[keycode] == 0)
        return;
    send_key(k, k->down[keycode], false);
    k->down[keycode] = 0;
}

void viewer_keys_known(struct viewer_keys *k)
{
    if (k->pending == 0)
        return;
    k->seen[k->pending] = true;
    send_pending(k);
}

static bool is_printable(const char *text)
{
    for (const char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            return false;
    return text[0] != '\0';
}

void viewer_keys_text(struct viewer_keys *k, const char *text)
{
    if (k->pending && strcmp(text, k->pending_text) == 0)
        send_pending(k); /* a key that SDL has no name for, writing what it always writes */
    k->pending = 0;
    if (strcmp(text, k->last_text) == 0 || !is_printable(text)) {
        k->last_text[0] = '\0';
        return;
    }
    const char *at = text, *end = text + strlen(text);
    while (at < end) { /* cut between characters when it is long */
        struct ds_input input = {.type = DS_INPUT_TEXT};
        const char *from = at, *until = at;
        while (at < end && at - from <= DS_INPUT_TEXT_MAX) {
            until = at;
            if (ds_text_next(&at, end) == 0)
                return;
        }
        if (at - from <= DS_INPUT_TEXT_MAX)
            until = at;
        memcpy(input.text, from, (size_t)(until - from));
        at = until;
        k->emit(k->ctx, &input);
    }
}

bool viewer_keys_any(const struct viewer_keys *k)
{
    for (unsigned i = 0; i < VIEWER_KEYCODES; i++)
        if (k->down[i])
            return true;
    return false;
}

void viewer_keys_release_all(struct viewer_keys *k)
{
    struct ds_input input = {.type = DS_INPUT_RELEASE};
    memset(k->down, 0, sizeof(k->down));
    k->pending = 0;
    k->last_text[0] = '\0';
    k->emit(k->ctx, &input);
}
