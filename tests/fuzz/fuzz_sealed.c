/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages inside the seal. First byte: the channel. What is accepted, written and read again
 * gives the same bytes. */
#include "common/base/error.h"
#include "common/wire/sealed.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decodes and writes what was decoded; false when there was nothing to write. */
static bool again(uint8_t channel, const uint8_t *data, size_t size, struct ds_buf *out)
{
    struct ds_control control;
    struct ds_input input;
    struct ds_cursor_message cursor;
    struct ds_screen_message screen;
    switch (channel % 4) {
    case 0:
        if (ds_control_decode(data, size, &control) != DS_OK || control.type == 0)
            return false;
        ds_check(ds_control_encode(out, &control) == DS_OK);
        return true;
    case 1:
        if (ds_input_decode(data, size, &input) != DS_OK || input.type == 0)
            return false;
        ds_check(ds_input_encode(out, &input) == DS_OK);
        return true;
    case 2:
        if (ds_cursor_message_decode(data, size, &cursor) != DS_OK || cursor.type == 0)
            return false;
        ds_check(ds_cursor_message_encode(out, &cursor) == DS_OK);
        return true;
    default:
        if (ds_screen_message_decode(data, size, &screen) != DS_OK || screen.type == 0)
            return false;
        ds_check(ds_screen_message_encode(out, &screen) == DS_OK);
        return true;
    }
}

static size_t added_bytes(const uint8_t *data, size_t size)
{
    bool is_control = size > 1 && data[0] % 4 == 0;
    if (is_control && data[1] == DS_CONTROL_PAUSED)
        return sizeof(uint16_t) + sizeof(uint8_t);
    if (is_control && data[1] == DS_CONTROL_HELLO)
        return 2 * sizeof(uint16_t); /* tiles, and who of no bytes */
    return is_control && data[1] == DS_CONTROL_RIGHT ? sizeof(uint16_t) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_buf first, second;
    ds_buf_init(&first, DS_MUX_MESSAGE_MAX);
    ds_buf_init(&second, DS_MUX_MESSAGE_MAX);
    if (size > 0 && again(data[0], data + 1, size - 1, &first)) {
        /* Never longer than what came, for fields of newer versions are left out; but RIGHT, PAUSED
         * and HELLO are written with what older versions do not send. */
        ds_check(first.len <= size - 1 + added_bytes(data, size));
        ds_check(again(data[0], ds_buf_peek(&first), first.len, &second));
        ds_check(first.len == second.len &&
                 memcmp(ds_buf_peek(&first), ds_buf_peek(&second), first.len) == 0);
    }
    ds_buf_destroy(&first);
    ds_buf_destroy(&second);
    return 0;
}
