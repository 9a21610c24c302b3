/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/strokes.h"

#include <stdlib.h>
#include <string.h>
#include <xkbcommon/xkbcommon.h>

uint32_t viewer_keysym_by_name(const char *name)
{
    if (name[0] == 'U' && name[1] == '+') {
        char *end = NULL;
        unsigned long character = strtoul(name + 2, &end, 16);
        if (end == name + 2 || *end != '\0' || character > 0x10ffff)
            return 0;
        return xkb_utf32_to_keysym((uint32_t)character);
    }
    return xkb_keysym_from_name(name, XKB_KEYSYM_NO_FLAGS);
}

static uint32_t keysym_of(const char *name)
{
    static const struct {
        const char *name;
        uint32_t keysym;
    } shorts[] = {
        {"Ctrl", XKB_KEY_Control_L}, {"Alt", XKB_KEY_Alt_L},  {"Shift", XKB_KEY_Shift_L},
        {"Super", XKB_KEY_Super_L},  {"Del", XKB_KEY_Delete}, {"Esc", XKB_KEY_Escape},
    };
    for (size_t i = 0; i < sizeof(shorts) / sizeof(shorts[0]); i++)
        if (strcmp(shorts[i].name, name) == 0)
            return shorts[i].keysym;
    return viewer_keysym_by_name(name);
}

bool viewer_strokes_parse(const char *text, struct viewer_strokes *out)
{
    out->count = 0;
    for (;;) {
        char name[40];
        size_t n = strcspn(text, "+");
        if (n == 1 && text[0] == 'U' && text[1] == '+') /* U+20AC has one of its own */
            n = 2 + strcspn(text + 2, "+");
        if (n == 0 || n >= sizeof(name) || out->count == VIEWER_STROKES_MAX)
            return false;
        memcpy(name, text, n);
        name[n] = '\0';
        uint32_t keysym = keysym_of(name);
        if (keysym == 0)
            return false;
        out->keysyms[out->count++] = keysym;
        if (text[n] == '\0')
            return true;
        text += n + 1;
    }
}

void viewer_strokes_send(const struct viewer_strokes *strokes, viewer_input_emit *emit, void *ctx)
{
    for (size_t i = 0; i < 2 * strokes->count; i++) {
        bool down = i < strokes->count;
        size_t at = down ? i : 2 * strokes->count - 1 - i;
        struct ds_input input = {
            .type = DS_INPUT_KEY, .keysym = strokes->keysyms[at], .down = down};
        emit(ctx, &input);
    }
}

const char *viewer_strokes_of_menu(unsigned index)
{
    static const char *const menu[] = {"Ctrl+Alt+Del", "Alt+Tab", "Super",      "Print",
                                       "Ctrl+Esc",     "Alt+F4",  "Ctrl+Alt+F1"};
    return index < sizeof(menu) / sizeof(menu[0]) ? menu[index] : NULL;
}
