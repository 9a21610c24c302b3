/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/xtest.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <xcb/xinput.h>

int ds_xtest_use(struct ds_display *display)
{
    if (!ds_display_extension(display, &xcb_input_id))
        return DS_EUNSUPPORTED;
    xcb_input_xi_query_version_reply_t *version = xcb_input_xi_query_version_reply(
        display->conn, xcb_input_xi_query_version(display->conn, 2, 2), NULL);
    bool enough = version && (version->major_version > 2 ||
                              (version->major_version == 2 && version->minor_version >= 2));
    free(version);
    return enough ? DS_OK : DS_EUNSUPPORTED;
}

static bool is_marked(struct ds_display *display, uint16_t device, xcb_atom_t mark)
{
    xcb_input_xi_get_property_reply_t *property = xcb_input_xi_get_property_reply(
        display->conn,
        xcb_input_xi_get_property(display->conn, device, 0, mark, XCB_ATOM_INTEGER, 0, 1), NULL);
    bool marked = property && property->num_items == 1 && property->format == 8 &&
                  *(uint8_t *)xcb_input_xi_get_property_items(property) != 0;
    free(property);
    return marked;
}

void ds_xtest_read(struct ds_display *display, struct ds_xtest *out)
{
    *out = (struct ds_xtest){.keyboard = 0};
    xcb_atom_t mark = ds_display_atom(display, "XTEST Device");
    xcb_input_xi_query_device_reply_t *all = xcb_input_xi_query_device_reply(
        display->conn, xcb_input_xi_query_device(display->conn, XCB_INPUT_DEVICE_ALL), NULL);
    if (!all || mark == XCB_ATOM_NONE) {
        free(all);
        return;
    }
    uint16_t core = 0; /* the first master keyboard is the core one */
    xcb_input_xi_device_info_iterator_t it = xcb_input_xi_query_device_infos_iterator(all);
    for (; it.rem > 0; xcb_input_xi_device_info_next(&it)) {
        const xcb_input_xi_device_info_t *device = it.data;
        if (device->type == XCB_INPUT_DEVICE_TYPE_MASTER_KEYBOARD && core == 0)
            core = device->deviceid;
        if (device->deviceid >= DS_XTEST_DEVICES || !is_marked(display, device->deviceid, mark))
            continue;
        out->is_xtest[device->deviceid] = true;
        if (device->type == XCB_INPUT_DEVICE_TYPE_SLAVE_KEYBOARD && device->attachment == core)
            out->keyboard = device->deviceid;
    }
    free(all);
}
