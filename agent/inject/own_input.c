/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/own_input.h"

#include "common/base/error.h"
#include "common/x11/display.h"
#include "common/x11/keymap_read.h"
#include "common/x11/xinput.h"
#include "common/x11/xtest.h"

#include <stdio.h>
#include <stdlib.h>

#define KEYSYM_ESCAPE 0xff1b

struct agent_own_watch {
    struct ds_display display;
    uint8_t opcode; /* of XInput */
    struct ds_xtest xtest;
    bool is_escape[DS_KEYMAP_CODES];
    bool stale_devices, stale_keys;
};

static const uint32_t wanted =
    XCB_INPUT_XI_EVENT_MASK_RAW_KEY_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_KEY_RELEASE |
    XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_PRESS | XCB_INPUT_XI_EVENT_MASK_RAW_BUTTON_RELEASE |
    XCB_INPUT_XI_EVENT_MASK_RAW_MOTION | XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_BEGIN |
    XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_UPDATE | XCB_INPUT_XI_EVENT_MASK_RAW_TOUCH_END;

static void read_keys(struct agent_own_watch *w)
{
    struct ds_keymap map;
    w->stale_keys = false;
    if (ds_keymap_read(&map, w->display.conn, DS_KEYBOARD_CORE))
        return;
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        w->is_escape[code] = ds_keymap_sym(&map, (uint8_t)code, 0, 0) == KEYSYM_ESCAPE;
    ds_keymap_destroy(&map);
}

static int start(struct agent_own_watch *w, char *message, size_t size)
{
    xcb_connection_t *conn = w->display.conn;
    if (ds_xtest_use(&w->display) || ds_keymap_use(conn)) {
        snprintf(message, size,
                 "This screen cannot tell the customer's hand from the representative's, so it "
                 "cannot be controlled.");
        return DS_EUNSUPPORTED;
    }
    w->opcode = ds_display_extension(&w->display, &ds_xinput_id)->major_opcode;
    ds_xinput_select(conn, w->display.screen->root, XCB_INPUT_DEVICE_ALL_MASTER, wanted);
    ds_xinput_select(conn, w->display.screen->root, XCB_INPUT_DEVICE_ALL,
                     XCB_INPUT_XI_EVENT_MASK_HIERARCHY);
    ds_xtest_read(&w->display, &w->xtest);
    read_keys(w);
    return DS_OK;
}

int agent_own_watch_open(struct agent_own_watch **out, const char *display, char *message,
                         size_t size)
{
    struct agent_own_watch *w = calloc(1, sizeof(*w));
    if (!w) {
        snprintf(message, size, "There is not enough memory.");
        return DS_ENOMEM;
    }
    int error = ds_display_open(&w->display, display, message, size);
    if (!error)
        error = start(w, message, size);
    if (error) {
        agent_own_watch_close(w);
        return error;
    }
    xcb_flush(w->display.conn);
    *out = w;
    return DS_OK;
}

void agent_own_watch_close(struct agent_own_watch *w)
{
    if (!w)
        return;
    ds_display_close(&w->display);
    free(w);
}

int agent_own_watch_fd(const struct agent_own_watch *w)
{
    return xcb_get_file_descriptor(w->display.conn);
}

static bool is_own(struct agent_own_watch *w, uint16_t source)
{
    if (w->stale_devices)
        ds_xtest_read(&w->display, &w->xtest);
    w->stale_devices = false;
    return source >= DS_XTEST_DEVICES || !w->xtest.is_xtest[source];
}

/* What an event of XInput says; false: nothing that the customer did. */
static bool translate(struct agent_own_watch *w, const xcb_ge_generic_event_t *event,
                      enum agent_own_input *what)
{
    /* the raw events begin alike: see xcb_input_raw_*_event_t */
    const xcb_input_raw_key_press_event_t *raw = (const void *)event;
    bool escape = raw->detail < DS_KEYMAP_CODES && w->is_escape[raw->detail];
    switch (event->event_type) {
    case XCB_INPUT_HIERARCHY:
        w->stale_devices = true;
        return false;
    case XCB_INPUT_RAW_KEY_PRESS:
        if (raw->flags & XCB_INPUT_KEY_EVENT_FLAGS_KEY_REPEAT)
            *what = AGENT_OWN_MOTION; /* a key held down is still a hand at work */
        else
            *what = escape ? AGENT_OWN_ESCAPE_DOWN : AGENT_OWN_KEY;
        break;
    case XCB_INPUT_RAW_KEY_RELEASE:
        *what = escape ? AGENT_OWN_ESCAPE_UP : AGENT_OWN_MOTION;
        break;
    case XCB_INPUT_RAW_BUTTON_PRESS:
    case XCB_INPUT_RAW_BUTTON_RELEASE:
    case XCB_INPUT_RAW_MOTION:
    case XCB_INPUT_RAW_TOUCH_BEGIN:
    case XCB_INPUT_RAW_TOUCH_UPDATE:
    case XCB_INPUT_RAW_TOUCH_END:
        *what = AGENT_OWN_MOTION;
        break;
    default:
        return false;
    }
    return is_own(w, raw->sourceid);
}

int agent_own_watch_poll(struct agent_own_watch *w,
                         void (*on_own)(void *ctx, enum agent_own_input what), void *ctx)
{
    xcb_generic_event_t *event;
    bool moved = false;
    while ((event = xcb_poll_for_event(w->display.conn)) != NULL) {
        const xcb_ge_generic_event_t *ge = (const xcb_ge_generic_event_t *)event;
        uint8_t type = event->response_type & 0x7f;
        enum agent_own_input what = AGENT_OWN_MOTION;
        uint8_t code;
        if (ds_keymap_is_change(w->display.conn, event, &code))
            w->stale_keys = true;
        if (type == XCB_GE_GENERIC && ge->extension == w->opcode) {
            if (w->stale_keys)
                read_keys(w);
            if (translate(w, ge, &what)) {
                if (what != AGENT_OWN_MOTION)
                    on_own(ctx, what);
                moved = moved || what == AGENT_OWN_MOTION;
            }
        }
        free(event);
    }
    if (moved)
        on_own(ctx, AGENT_OWN_MOTION);
    return ds_display_is_gone(&w->display) ? DS_ECLOSED : DS_OK;
}
