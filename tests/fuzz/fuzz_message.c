/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Control messages: what is accepted can be written, what was written means the same, and so does a
 * copy for a queue. */
#include "common/base/error.h"
#include "common/wire/message.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_message first, second;
    memset(&first, 0, sizeof(first));
    memset(&second, 0, sizeof(second));
    if (ds_message_decode(data, size, &first) != DS_OK || first.type == DS_MESSAGE_UNKNOWN)
        return 0;
    struct ds_buf buf;
    ds_buf_init(&buf, DS_FRAME_CONTROL_MAX);
    ds_check(ds_message_encode(&buf, &first) == DS_OK);
    ds_check(ds_message_decode(ds_buf_peek(&buf), buf.len, &second) == DS_OK);
    ds_check(memcmp(&first, &second, sizeof(first)) == 0);
    struct ds_message *copy = ds_message_copy(&first);
    struct ds_buf again;
    ds_buf_init(&again, DS_FRAME_CONTROL_MAX);
    ds_check(copy && ds_message_encode(&again, copy) == DS_OK);
    ds_check(again.len == buf.len && memcmp(ds_buf_peek(&again), ds_buf_peek(&buf), buf.len) == 0);
    ds_message_free(copy);
    ds_buf_destroy(&again);
    ds_buf_destroy(&buf);
    return 0;
}
