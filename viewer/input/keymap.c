/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/input/keymap.h"

#include "common/ui/ui.h"
#include "common/x11/xkb.h"

#include <X11/X.h>
#include <stdbool.h>
#include <stdlib.h>
#include <xkbcommon/xkbcommon-x11.h>
#include <xkbcommon/xkbcommon.h>

struct viewer_keymap {
    xcb_connection_t *connection; /* its own: SDL's takes the events */
    uint8_t first_event;          /* of XKB */
    int32_t device;
    struct xkb_context *context;
    struct xkb_keymap *map;
    struct xkb_state *state;
};

static bool load(struct viewer_keymap *k)
{
    struct xkb_keymap *map = xkb_x11_keymap_new_from_device(k->context, k->connection, k->device,
                                                            XKB_KEYMAP_COMPILE_NO_FLAGS);
    struct xkb_state *state = map ? xkb_state_new(map) : NULL;
    if (!state) {
        xkb_keymap_unref(map);
        return false;
    }
    xkb_state_unref(k->state);
    xkb_keymap_unref(k->map);
    k->map = map;
    k->state = state;
    return true;
}

static void listen(struct viewer_keymap *k)
{
    const uint16_t events = XCB_XKB_EVENT_TYPE_NEW_KEYBOARD_NOTIFY | XCB_XKB_EVENT_TYPE_MAP_NOTIFY;
    const uint16_t parts = XCB_XKB_MAP_PART_KEY_TYPES | XCB_XKB_MAP_PART_KEY_SYMS |
                           XCB_XKB_MAP_PART_MODIFIER_MAP | XCB_XKB_MAP_PART_VIRTUAL_MODS |
                           XCB_XKB_MAP_PART_VIRTUAL_MOD_MAP;
    ds_xkb_select(k->connection, (uint16_t)k->device, events, parts);
    xcb_flush(k->connection);
}

struct viewer_keymap *viewer_keymap_open(void)
{
    struct viewer_keymap *k = calloc(1, sizeof(*k));
    if (!k)
        return NULL;
    k->connection = xcb_connect(NULL, NULL);
    k->context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
    if (xcb_connection_has_error(k->connection) || !k->context ||
        !xkb_x11_setup_xkb_extension(
            k->connection, XKB_X11_MIN_MAJOR_XKB_VERSION, XKB_X11_MIN_MINOR_XKB_VERSION,
            XKB_X11_SETUP_XKB_EXTENSION_NO_FLAGS, NULL, NULL, &k->first_event, NULL))
        goto fail;
    k->device = xkb_x11_get_core_keyboard_device_id(k->connection);
    if (k->device < 0)
        goto fail;
    listen(k);
    if (load(k))
        return k;
fail:
    viewer_keymap_close(k);
    return NULL;
}

void viewer_keymap_close(struct viewer_keymap *k)
{
    if (!k)
        return;
    xkb_state_unref(k->state);
    xkb_keymap_unref(k->map);
    xkb_context_unref(k->context);
    if (k->connection)
        xcb_disconnect(k->connection);
    free(k);
}

/* The server tells of a new layout before it sends the first key of it. */
static void follow(struct viewer_keymap *k)
{
    bool changed = false;
    xcb_generic_event_t *event;
    while ((event = xcb_poll_for_event(k->connection)) != NULL) {
        changed = changed || (event->response_type & 0x7f) == k->first_event;
        free(event);
    }
    if (changed)
        load(k);
}

uint32_t viewer_keymap_keysym(struct viewer_keymap *k, unsigned keycode, unsigned state, char *text,
                              size_t size)
{
    text[0] = '\0';
    follow(k);
    /* an X event carries the modifiers in effect in its low 8 bits and the group in bits 13, 14 */
    xkb_state_update_mask(k->state, state & 0xff, 0, 0, 0, 0, state >> 13 & 3);
    xkb_keysym_t keysym = xkb_state_key_get_one_sym(k->state, keycode);
    if (keysym == XKB_KEY_NoSymbol)
        return 0;
    if (xkb_keysym_to_utf8(keysym, text, size) <= 0)
        text[0] = '\0';
    return keysym;
}

unsigned viewer_keymap_mods(unsigned state)
{
    unsigned mods = 0;
    if (state & ShiftMask)
        mods |= DS_UI_SHIFT;
    if (state & ControlMask)
        mods |= DS_UI_CTRL;
    if (state & Mod1Mask)
        mods |= DS_UI_ALT;
    if (state & Mod4Mask)
        mods |= DS_UI_SUPER;
    if (state & LockMask)
        mods |= DS_UI_CAPS;
    return mods;
}
