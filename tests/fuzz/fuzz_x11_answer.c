/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Answers of an X display. The first byte says to which question. */
#include "common/x11/keymap_wire.h"
#include "common/x11/randr.h"
#include "common/x11/xfixes.h"
#include "common/x11/xinput.h"

#include <stdlib.h>
#include <string.h>

static void keymap(const void *answer, size_t size)
{
    struct ds_keymap map;
    struct ds_key_choice choice;
    if (ds_keymap_decode(&map, answer, size))
        return;
    ds_keymap_find(&map, 'a', 0, 0, &choice);
    for (unsigned code = 0; code < DS_KEYMAP_CODES; code++)
        ds_keymap_sym(&map, (uint8_t)code, 3, 0xff);
    ds_keymap_destroy(&map);
}

static void cursor(const void *answer, size_t size)
{
    xcb_xfixes_get_cursor_image_reply_t head;
    const uint32_t *pixels;
    if (ds_xfixes_read_cursor(answer, size, &head, &pixels))
        return;
    size_t n = (size_t)head.width * head.height * sizeof(*pixels);
    void *own = malloc(n + 1);
    if (own)
        memcpy(own, pixels, n); /* all of them can be read */
    free(own);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ds_xinput_device devices[8];
    xcb_randr_monitor_info_t monitors[DS_RANDR_MONITORS];
    struct ds_xfixes_region region;
    void *answer = size > 1 ? malloc(size - 1) : NULL; /* aligned, and ends where it ends */
    if (!answer)
        return 0;
    memcpy(answer, data + 1, size - 1);
    switch (data[0] % 5) {
    case 0:
        keymap(answer, size - 1);
        break;
    case 1:
        ds_xinput_read_devices(answer, size - 1, devices, 8);
        ds_xinput_read_mark(answer, size - 1);
        break;
    case 2:
        ds_randr_read_monitors(answer, size - 1, monitors);
        break;
    case 3:
        ds_xfixes_read_region(answer, size - 1, &region);
        break;
    default:
        cursor(answer, size - 1);
    }
    free(answer);
    return 0;
}
