/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/xtest.h"

#include "common/base/error.h"
#include "common/x11/xinput.h"

#include <stdlib.h>

int ds_xtest_use(struct ds_display *display)
{
    return ds_xinput_use(display->conn) >= DS_XINPUT_2_2 ? DS_OK : DS_EUNSUPPORTED;
}

void ds_xtest_read(struct ds_display *display, struct ds_xtest *out)
{
    *out = (struct ds_xtest){.keyboard = 0};
    struct ds_xinput_device devices[DS_XTEST_DEVICES];
    size_t size;
    xcb_atom_t mark = ds_display_atom(display, "XTEST Device");
    void *all = ds_xinput_query_devices(display->conn, &size);
    int count = all ? ds_xinput_read_devices(all, size, devices, DS_XTEST_DEVICES) : 0;
    free(all);
    if (mark == XCB_ATOM_NONE)
        return;
    uint16_t core = 0; /* the first master keyboard is the core one */
    for (int i = 0; i < count; i++) {
        const struct ds_xinput_device *device = &devices[i];
        if (device->type == XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD && core == 0)
            core = device->id;
        if (device->id >= DS_XTEST_DEVICES || !ds_xinput_is_marked(display->conn, device->id, mark))
            continue;
        out->is_xtest[device->id] = true;
        if (device->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD && device->attachment == core)
            out->keyboard = device->id;
    }
}
