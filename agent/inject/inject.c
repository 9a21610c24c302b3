/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/inject/inject.h"

#include "agent/inject/keys.h"
#include "common/base/error.h"
#include "common/base/text.h"
#include "common/x11/keysym.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xtest.h>

/* Bounded, never dropped once taken: 1024 keys are minutes of typing, or four long texts. */
#define WAITING_MAX 1024
#define BUTTONS AGENT_TRACES_BUTTONS /* X numbers 1..7 */

struct step {
    enum { STEP_POINTER, STEP_DOWN, STEP_UP, STEP_TAP, STEP_RELEASE } kind;
    uint32_t keysym;
    uint16_t x, y;
    uint8_t buttons;
};

struct agent_inject {
    struct ds_display display;
    struct agent_keys keys;
    struct agent_traces *traces; /* shared with the caretaker, or own_traces */
    struct agent_traces own_traces;
    struct inject_area {
        int32_t x, y;
        uint32_t width, height;
    } area;
    uint8_t buttons;               /* down, in the protocol's bits */
    uint8_t button_code[BUTTONS];  /* what to press so that the program sees button i + 1 */
    uint8_t pressed_code[BUTTONS]; /* what was pressed for it */
    struct step waiting[WAITING_MAX];
    size_t first, count; /* ring */
    ds_tick again;       /* when the first waiting step is tried */
    struct agent_inject_stats stats;
    struct agent_inject *next_open; /* list for the end of the program */
};

static struct agent_inject *open_ones; /* the thread that injects */

/* Also when the program leaves by exit() from the middle of something. */
static void close_all(void)
{
    while (open_ones)
        agent_inject_close(open_ones);
}

/* A left-handed customer's mapping swaps what is pressed; it has to be undone for the rep. */
static void read_buttons(struct agent_inject *in)
{
    xcb_connection_t *conn = in->display.conn;
    xcb_get_pointer_mapping_reply_t *reply =
        xcb_get_pointer_mapping_reply(conn, xcb_get_pointer_mapping(conn), NULL);
    for (unsigned i = 0; i < BUTTONS; i++)
        in->button_code[i] = (uint8_t)(i + 1);
    const uint8_t *map = reply ? xcb_get_pointer_mapping_map(reply) : NULL;
    int len = reply ? xcb_get_pointer_mapping_map_length(reply) : 0;
    for (int code = len; code > 0; code--)
        if (map[code - 1] >= 1 && map[code - 1] <= BUTTONS)
            in->button_code[map[code - 1] - 1] = (uint8_t)code;
    free(reply);
}

/* A window that nobody sees: the display takes it away when it has dealt with all of this
 * connection, however that ended. */
static void set_mark(struct agent_inject *in)
{
    const uint32_t unmanaged = 1;
    uint32_t mark = xcb_generate_id(in->display.conn);
    xcb_create_window(in->display.conn, XCB_COPY_FROM_PARENT, mark, in->display.screen->root, -1,
                      -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY, XCB_COPY_FROM_PARENT,
                      XCB_CW_OVERRIDE_REDIRECT, &unmanaged);
    *in->traces = (struct agent_traces){.mark = mark};
}

static int start(struct agent_inject *in, char *message, size_t size)
{
    xcb_connection_t *conn = in->display.conn;
    set_mark(in);
    xcb_test_get_version_reply_t *version =
        ds_display_extension(&in->display, &xcb_test_id)
            ? xcb_test_get_version_reply(conn, xcb_test_get_version(conn, 2, 2), NULL)
            : NULL;
    if (!version) {
        snprintf(message, size, "This screen cannot be controlled: it has no XTEST extension.");
        return DS_EUNSUPPORTED;
    }
    free(version);
    int error = agent_keys_init(&in->keys, &in->display, in->traces, message, size);
    if (error)
        return error;
    read_buttons(in);
    in->area.width = in->display.screen->width_in_pixels;
    in->area.height = in->display.screen->height_in_pixels;
    return DS_OK;
}

int agent_inject_open(struct agent_inject **out, const char *display, struct agent_traces *traces,
                      char *message, size_t size)
{
    static bool registered;
    struct agent_inject *in = calloc(1, sizeof(*in));
    if (!in) {
        snprintf(message, size, "There is not enough memory.");
        return DS_ENOMEM;
    }
    in->traces = traces ? traces : &in->own_traces;
    int error = ds_display_open(&in->display, display, message, size);
    if (!error)
        error = start(in, message, size);
    if (error) {
        agent_keys_destroy(&in->keys);
        ds_display_close(&in->display);
        free(in);
        return error;
    }
    if (!registered && atexit(close_all) == 0)
        registered = true;
    in->next_open = open_ones;
    open_ones = in;
    *out = in;
    return DS_OK;
}

void agent_inject_close(struct agent_inject *in)
{
    if (!in)
        return;
    struct agent_inject **link = &open_ones;
    while (*link && *link != in)
        link = &(*link)->next_open;
    if (*link)
        *link = in->next_open;
    agent_inject_release(in);
    agent_keys_destroy(&in->keys);
    /* An answer proves that the requests before it were carried out. */
    if (!ds_display_is_gone(&in->display))
        free(xcb_get_input_focus_reply(in->display.conn, xcb_get_input_focus(in->display.conn),
                                       NULL));
    *in->traces = (struct agent_traces){.mark = 0};
    ds_display_close(&in->display);
    free(in);
}

int agent_inject_fd(const struct agent_inject *in)
{
    return xcb_get_file_descriptor(in->display.conn);
}

void agent_inject_set_area(struct agent_inject *in, int32_t x, int32_t y, uint32_t width,
                           uint32_t height)
{
    in->area = (struct inject_area){x, y, width, height};
}

/* ---- one step ---- */

static void fake_button(struct agent_inject *in, uint8_t code, bool down)
{
    xcb_test_fake_input(in->display.conn, down ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, code,
                        XCB_CURRENT_TIME, XCB_NONE, 0, 0, 0);
}

static void set_buttons(struct agent_inject *in, uint8_t buttons)
{
    unsigned changed = (in->buttons ^ buttons) & ((1u << BUTTONS) - 1);
    for (unsigned i = 0; i < BUTTONS; i++) {
        unsigned bit = 1u << i;
        if (!(changed & bit))
            continue;
        if (buttons & bit)
            in->traces->buttons[i] = in->pressed_code[i] = in->button_code[i];
        fake_button(in, in->pressed_code[i], (buttons & bit) != 0);
    }
    in->buttons ^= (uint8_t)changed;
    xcb_flush(in->display.conn);
    for (unsigned i = 0; i < BUTTONS; i++)
        if (!(in->buttons >> i & 1))
            in->traces->buttons[i] = 0;
}

static void point(struct agent_inject *in, const struct step *step)
{
    uint32_t x = step->x, y = step->y;
    if (in->area.width == 0 || in->area.height == 0)
        return;
    x = x < in->area.width ? x : in->area.width - 1;
    y = y < in->area.height ? y : in->area.height - 1;
    xcb_test_fake_input(in->display.conn, XCB_MOTION_NOTIFY, 0, XCB_CURRENT_TIME,
                        in->display.screen->root, (int16_t)(in->area.x + (int32_t)x),
                        (int16_t)(in->area.y + (int32_t)y), 0);
    set_buttons(in, step->buttons);
}

static int carry_out(struct agent_inject *in, const struct step *step, ds_tick now)
{
    switch (step->kind) {
    case STEP_POINTER:
        point(in, step);
        return DS_OK;
    case STEP_DOWN:
        return agent_keys_down(&in->keys, step->keysym, now, &in->again);
    case STEP_UP:
        agent_keys_up(&in->keys, step->keysym);
        return DS_OK;
    case STEP_RELEASE:
        set_buttons(in, 0);
        agent_keys_release(&in->keys);
        return DS_OK;
    default:
        return agent_keys_tap(&in->keys, step->keysym, now, &in->again);
    }
}

/* Carries out what is waiting, as far as it goes. */
static void go_on(struct agent_inject *in, ds_tick now)
{
    while (in->count > 0) {
        if (carry_out(in, &in->waiting[in->first], now) == DS_EAGAIN)
            return;
        in->first = (in->first + 1) % WAITING_MAX;
        in->count--;
    }
    in->again = 0;
}

static int take(struct agent_inject *in, const struct step *step, ds_tick now)
{
    int error = in->count > 0 ? DS_EAGAIN : carry_out(in, step, now);
    if (error != DS_EAGAIN)
        return error;
    if (in->count == WAITING_MAX) {
        in->stats.lost++;
        return DS_ELIMIT;
    }
    in->waiting[(in->first + in->count++) % WAITING_MAX] = *step;
    return DS_OK;
}

static int take_text(struct agent_inject *in, const char *text, ds_tick now)
{
    const char *at = text, *end = text + strlen(text);
    uint32_t character;
    int error = DS_OK;
    while ((character = ds_text_next(&at, end)) != 0) {
        struct step step = {.kind = STEP_TAP, .keysym = ds_keysym_from_char(character)};
        int one = take(in, &step, now);
        error = error ? error : one;
    }
    return error;
}

int agent_inject_input(struct agent_inject *in, const struct ds_input *input, ds_tick now)
{
    struct step step = {.kind = STEP_POINTER,
                        .x = input->x,
                        .y = input->y,
                        .buttons = input->buttons,
                        .keysym = input->keysym};
    int error = agent_inject_poll(in, now);
    if (error)
        return error;
    switch (input->type) {
    case DS_INPUT_POINTER:
        error = take(in, &step, now);
        break;
    case DS_INPUT_KEY:
        step.kind = input->down ? STEP_DOWN : STEP_UP;
        error = take(in, &step, now);
        break;
    case DS_INPUT_TEXT:
        error = take_text(in, input->text, now);
        break;
    case DS_INPUT_RELEASE: /* behind the text that is still waiting */
        step.kind = STEP_RELEASE;
        error = take(in, &step, now);
        break;
    default:
        return DS_EINVAL;
    }
    in->stats.injected += error == DS_OK;
    return error;
}

void agent_inject_release(struct agent_inject *in)
{
    in->count = 0;
    in->again = 0;
    if (!in->keys.display || ds_display_is_gone(&in->display))
        return;
    set_buttons(in, 0);
    agent_keys_release(&in->keys);
}

/* ---- events ---- */

ds_tick agent_inject_deadline(const struct agent_inject *in)
{
    ds_tick rest = ds_spare_deadline(&in->keys.spare);
    if (in->count > 0 && (rest == 0 || in->again < rest))
        return in->again;
    return rest;
}

int agent_inject_poll(struct agent_inject *in, ds_tick now)
{
    xcb_generic_event_t *event;
    while ((event = xcb_poll_for_event(in->display.conn)) != NULL) {
        if (!agent_keys_handle(&in->keys, event) &&
            (event->response_type & 0x7f) == XCB_MAPPING_NOTIFY)
            read_buttons(in);
        free(event);
    }
    if (ds_display_is_gone(&in->display))
        return DS_ECLOSED;
    if (in->count > 0 && now >= in->again)
        go_on(in, now);
    if (in->count == 0)
        agent_keys_tick(&in->keys, now);
    return DS_OK;
}

void agent_inject_get_stats(const struct agent_inject *in, struct agent_inject_stats *out)
{
    *out = in->stats;
    out->missing = in->keys.missing;
}
