/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/monitors.h"

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/screen/rect.h"
#include "common/x11/randr.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ds_monitors_watch(struct ds_display *display)
{
    uint32_t mask = XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    xcb_change_window_attributes(display->conn, display->screen->root, XCB_CW_EVENT_MASK, &mask);
    if (ds_randr_use(display->conn))
        ds_randr_select(display->conn, display->screen->root,
                        XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE |
                            XCB_RANDR_NOTIFY_MASK_OUTPUT_CHANGE |
                            XCB_RANDR_NOTIFY_MASK_RESOURCE_CHANGE);
    xcb_flush(display->conn);
}

bool ds_monitors_is_change(const struct ds_display *display, const xcb_generic_event_t *event)
{
    uint8_t type = event->response_type & 0x7f;
    if (type == XCB_CONFIGURE_NOTIFY) /* RandR sends it for changed monitors too */
        return true;
    const xcb_query_extension_reply_t *randr = ds_display_extension(display, &ds_randr_id);
    return randr && (type == randr->first_event + XCB_RANDR_SCREEN_CHANGE_NOTIFY ||
                     type == randr->first_event + XCB_RANDR_NOTIFY);
}

static void add(struct ds_monitors *out, struct ds_rect rect, const char *name)
{
    struct ds_rect cut =
        ds_rect_intersect(rect, (struct ds_rect){0, 0, (int32_t)out->width, (int32_t)out->height});
    if (ds_rect_is_empty(cut) || out->count >= DS_SCREEN_MONITORS_MAX)
        return;
    struct ds_monitor *monitor = &out->list[out->count++];
    *monitor = (struct ds_monitor){
        .x = cut.x, .y = cut.y, .width = (uint32_t)cut.width, .height = (uint32_t)cut.height};
    ds_text_for_display(monitor->name, sizeof(monitor->name), name);
}

static void atom_name(struct ds_display *display, xcb_get_atom_name_cookie_t cookie, char *out,
                      size_t size)
{
    out[0] = '\0';
    xcb_get_atom_name_reply_t *reply = xcb_get_atom_name_reply(display->conn, cookie, NULL);
    if (reply)
        snprintf(out, size, "%.*s", xcb_get_atom_name_name_length(reply),
                 xcb_get_atom_name_name(reply));
    free(reply);
}

static void read_monitors(struct ds_display *display, struct ds_monitors *out)
{
    xcb_randr_monitor_info_t list[DS_RANDR_MONITORS];
    int count = ds_randr_get_monitors(display->conn, display->screen->root, list);
    for (int i = 0; i < count; i++) {
        const xcb_randr_monitor_info_t *from = &list[i];
        char name[DS_TEXT_REASON * 2];
        atom_name(display, xcb_get_atom_name(display->conn, from->name), name, sizeof(name));
        add(out, (struct ds_rect){from->x, from->y, from->width, from->height}, name);
    }
}

int ds_monitors_read(struct ds_display *display, struct ds_monitors *out)
{
    xcb_get_geometry_reply_t *root = xcb_get_geometry_reply(
        display->conn, xcb_get_geometry(display->conn, display->screen->root), NULL);
    if (!root)
        return DS_EIO;
    struct ds_monitors now = {.width = root->width, .height = root->height};
    free(root);
    if (now.width > DS_SCREEN_SIDE_MAX)
        now.width = DS_SCREEN_SIDE_MAX;
    if (now.height > DS_SCREEN_AREA_MAX / now.width)
        now.height = DS_SCREEN_AREA_MAX / now.width;
    if (now.height > DS_SCREEN_SIDE_MAX)
        now.height = DS_SCREEN_SIDE_MAX;
    if (ds_randr_use(display->conn))
        read_monitors(display, &now);
    if (now.count == 0)
        add(&now, (struct ds_rect){0, 0, (int32_t)now.width, (int32_t)now.height}, "screen");
    *out = now;
    return DS_OK;
}

uint8_t ds_monitors_find(const struct ds_monitors *monitors, const char *name)
{
    for (uint8_t i = 0; i < monitors->count; i++)
        if (strcmp(monitors->list[i].name, name) == 0)
            return i;
    return 0xff;
}
