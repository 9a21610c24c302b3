/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/keyboard.h"

#include "common/base/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

void test_keyboard_bind(const struct test_display *display, const char *text)
{
    char command[1024] = "set -- $(xmodmap -pke | awk 'NF == 3 { print $2 }' | tac); ";
    const char *at = text, *end = text + strlen(text);
    uint32_t character;
    while ((character = ds_text_next(&at, end)) != 0) {
        size_t n = strlen(command);
        if (character >= 0x80)
            snprintf(command + n, sizeof(command) - n, "echo keycode $1 = U%04X U%04X; shift; ",
                     character, character);
    }
    char pipe[1100];
    snprintf(pipe, sizeof(pipe), "{ %s :; } | xmodmap -", command);
    test_display_run(display, (const char *const[]){"sh", "-c", pipe, NULL});
}
