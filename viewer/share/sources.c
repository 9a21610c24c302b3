/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/share/sources.h"

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/ui/text.h"
#include "common/x11/display.h"
#include "common/x11/monitors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEAST 32 /* pixels: what is smaller is nothing that a person wants to show */

static xcb_get_property_reply_t *property(const struct ds_display *d, xcb_window_t window,
                                          xcb_atom_t name)
{
    return xcb_get_property_reply(
        d->conn, xcb_get_property(d->conn, 0, window, name, XCB_GET_PROPERTY_TYPE_ANY, 0, 1024),
        NULL);
}

static bool read_name(const struct ds_display *d, xcb_window_t window, char out[DS_TEXT_REASON])
{
    const xcb_atom_t names[] = {ds_display_atom(d, "_NET_WM_NAME"), XCB_ATOM_WM_NAME};
    char text[256];
    out[0] = '\0';
    for (size_t i = 0; i < 2 && !out[0]; i++) {
        xcb_get_property_reply_t *got = names[i] ? property(d, window, names[i]) : NULL;
        int len = got && got->format == 8 ? xcb_get_property_value_length(got) : 0;
        len = len < (int)sizeof(text) ? len : (int)sizeof(text) - 1;
        if (len > 0)
            memcpy(text, xcb_get_property_value(got), (size_t)len);
        text[len > 0 ? len : 0] = '\0';
        ds_text_for_display(out, DS_TEXT_REASON, text);
        free(got);
    }
    return out[0] != '\0';
}

static bool is_own(const struct ds_display *d, xcb_window_t window)
{
    xcb_atom_t pid = ds_display_atom(d, "_NET_WM_PID");
    xcb_get_property_reply_t *got = pid ? property(d, window, pid) : NULL;
    bool is = got && got->format == 32 && xcb_get_property_value_length(got) >= 4 &&
              *(const uint32_t *)xcb_get_property_value(got) == (uint32_t)getpid();
    free(got);
    return is;
}

static bool read_window(const struct ds_display *d, xcb_window_t window, struct viewer_source *out)
{
    xcb_get_geometry_cookie_t size = xcb_get_geometry(d->conn, window);
    xcb_get_window_attributes_cookie_t about = xcb_get_window_attributes(d->conn, window);
    xcb_get_geometry_reply_t *geometry = xcb_get_geometry_reply(d->conn, size, NULL);
    xcb_get_window_attributes_reply_t *attributes =
        xcb_get_window_attributes_reply(d->conn, about, NULL);
    bool is = geometry && attributes && attributes->map_state == XCB_MAP_STATE_VIEWABLE &&
              attributes->_class == XCB_WINDOW_CLASS_INPUT_OUTPUT &&
              !attributes->override_redirect && geometry->width >= LEAST &&
              geometry->height >= LEAST;
    if (is) {
        *out = (struct viewer_source){
            .window = window, .width = geometry->width, .height = geometry->height};
        is = !is_own(d, window) && read_name(d, window, out->name);
    }
    free(geometry);
    free(attributes);
    return is;
}

static size_t add_windows(const struct ds_display *d, const xcb_window_t *windows, size_t count,
                          struct viewer_source *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < count && n < max; i++)
        n += read_window(d, windows[i], &out[n]);
    return n;
}

/* As the window manager lists them; without one, the children of the root window. */
static size_t read_windows(const struct ds_display *d, struct viewer_source *out, size_t max)
{
    xcb_window_t root = d->screen->root;
    xcb_atom_t name = ds_display_atom(d, "_NET_CLIENT_LIST");
    xcb_get_property_reply_t *list = name ? property(d, root, name) : NULL;
    size_t n = 0;
    if (list && list->format == 32 && xcb_get_property_value_length(list) >= 4) {
        n = add_windows(d, xcb_get_property_value(list),
                        (size_t)xcb_get_property_value_length(list) / 4, out, max);
    } else {
        xcb_query_tree_reply_t *tree =
            xcb_query_tree_reply(d->conn, xcb_query_tree(d->conn, root), NULL);
        if (tree)
            n = add_windows(d, xcb_query_tree_children(tree),
                            (size_t)xcb_query_tree_children_length(tree), out, max);
        free(tree);
    }
    free(list);
    return n;
}

static size_t read_monitors(struct ds_display *d, struct viewer_source *out, size_t max)
{
    static const uint8_t all = 0xff;
    struct ds_monitors monitors;
    size_t n = 0;
    memset(&monitors, 0, sizeof(monitors));
    if (ds_monitors_read(d, &monitors))
        return 0;
    for (int i = -1; i < monitors.count && n < max; i++) {
        const struct ds_monitor *m = i < 0 ? NULL : &monitors.list[i];
        if (!m && monitors.count < 2)
            continue;
        struct viewer_source *source = &out[n++];
        *source = (struct viewer_source){.monitor = m ? (uint8_t)i : all,
                                         .width = m ? m->width : monitors.width,
                                         .height = m ? m->height : monitors.height};
        if (m)
            snprintf(source->name, sizeof(source->name), DS_TR("Screen %d"), i + 1);
        else
            snprintf(source->name, sizeof(source->name), "%s", DS_TR("All screens"));
    }
    return n;
}

size_t viewer_sources_read(const char *display, struct viewer_source *out, size_t max)
{
    struct ds_display d;
    if (ds_display_open(&d, display, NULL, 0))
        return 0;
    size_t n = read_monitors(&d, out, max);
    n += read_windows(&d, out + n, max - n);
    ds_display_close(&d);
    return n;
}

bool viewer_source_find(const char *display, uint32_t window, uint8_t monitor,
                        struct viewer_source *out)
{
    struct viewer_source list[DS_SCREEN_MONITORS_MAX + 1];
    struct ds_display d;
    bool is_found = false;
    if (ds_display_open(&d, display, NULL, 0))
        return false;
    if (window) {
        is_found = read_window(&d, window, out);
    } else {
        size_t n = read_monitors(&d, list, sizeof(list) / sizeof(list[0]));
        for (size_t i = 0; i < n && !is_found; i++) {
            /* all of them are the only one where there is one */
            is_found = list[i].monitor == monitor || (n == 1 && monitor == 0xff);
            if (is_found)
                *out = list[i];
        }
    }
    ds_display_close(&d);
    return is_found;
}
