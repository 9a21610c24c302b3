/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/keyboard.h"

#include "common/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#define CODES 256

struct keyboard {
    uint8_t first; /* keycode of the first row */
    unsigned codes, width;
    xcb_keysym_t rows[CODES][8]; /* as many columns as there are; cut at 8 */
};

static void read_keyboard(struct keyboard *k, xcb_connection_t *x)
{
    const xcb_setup_t *setup = xcb_get_setup(x);
    k->first = setup->min_keycode;
    k->codes = setup->max_keycode - setup->min_keycode + 1u;
    xcb_get_keyboard_mapping_reply_t *reply = xcb_get_keyboard_mapping_reply(
        x, xcb_get_keyboard_mapping(x, k->first, (uint8_t)k->codes), NULL);
    assert_non_null(reply);
    const xcb_keysym_t *syms = xcb_get_keyboard_mapping_keysyms(reply);
    unsigned per_code = reply->keysyms_per_keycode;
    k->width = per_code < 8 ? per_code : 8;
    for (unsigned i = 0; i < k->codes; i++)
        memcpy(k->rows[i], syms + (size_t)i * per_code, k->width * sizeof(*syms));
    free(reply);
}

static bool has(const struct keyboard *k, xcb_keysym_t keysym)
{
    for (unsigned i = 0; i < k->codes; i++)
        for (unsigned j = 0; j < k->width; j++)
            if (k->rows[i][j] == keysym)
                return true;
    return false;
}

/* The last row that is empty: xdotool takes the first key that fits, which is the layout's. */
static unsigned last_empty(const struct keyboard *k)
{
    static const xcb_keysym_t empty[8];
    for (unsigned i = k->codes; i > 0; i--)
        if (memcmp(k->rows[i - 1], empty, k->width * sizeof(*empty)) == 0)
            return i - 1;
    fail_msg("no key is left for a character");
    return 0;
}

void test_keyboard_bind(const struct test_display *display, const char *text)
{
    struct keyboard keyboard = {.codes = 0};
    const char *at = text, *end = text + strlen(text);
    uint32_t character;
    xcb_connection_t *x = xcb_connect(test_display_name(display), NULL);
    assert_int_equal(0, xcb_connection_has_error(x));
    read_keyboard(&keyboard, x);
    while ((character = ds_text_next(&at, end)) != 0) {
        xcb_keysym_t keysym = character < 0x100 ? character : character | 0x01000000;
        if (character < ' ' || has(&keyboard, keysym))
            continue;
        unsigned row = last_empty(&keyboard);
        xcb_keysym_t *syms = keyboard.rows[row];
        syms[0] = syms[1] = keysym; /* twice: no capital under Shift */
        xcb_change_keyboard_mapping(x, 1, (xcb_keycode_t)(keyboard.first + row), 2, syms);
    }
    free(xcb_get_input_focus_reply(x, xcb_get_input_focus(x), NULL)); /* all of it is done */
    xcb_disconnect(x);
}
