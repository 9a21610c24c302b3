/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests of XFixes that Deskside sends, and reading their answers. */
#ifndef DS_X11_XFIXES_H
#define DS_X11_XFIXES_H

#include <stddef.h>
#include <stdint.h>
#include <xcb/xfixes.h> /* types and constants only */

extern xcb_extension_t ds_xfixes_id; /* for xcb_get_extension_data */

/* Once for each connection; waits. The major version that the display speaks with us, at most
 * wanted; 0: no XFixes. Regions came with 2. */
uint32_t ds_xfixes_use(xcb_connection_t *conn, uint32_t wanted);

/* Asks a window for events about the shape of the cursor. */
void ds_xfixes_select_cursor(xcb_connection_t *conn, xcb_window_t window);

/* Asks for an event whenever the selection has another owner or none; it comes to the window. */
void ds_xfixes_select_selection(xcb_connection_t *conn, xcb_window_t window, xcb_atom_t selection);

/* An empty region under an id of xcb_generate_id. */
void ds_xfixes_create_region(xcb_connection_t *conn, xcb_xfixes_region_t region);

/* What is in a region. */
struct ds_xfixes_region {
    xcb_rectangle_t extents;
    const xcb_rectangle_t *rects; /* in the answer */
    size_t count;
};

/* Waits. The answer, size bytes, to be freed after its last use; NULL as ds_request_ask. */
void *ds_xfixes_fetch_region(xcb_connection_t *conn, xcb_xfixes_region_t region, size_t *size);
/* Such an answer, aligned to 4, taken apart. DS_EPROTO: shorter than a head. */
int ds_xfixes_read_region(const void *reply, size_t size, struct ds_xfixes_region *out);

/* Waits. The answer with the cursor's shape, size bytes, to be freed; NULL as ds_request_ask. */
void *ds_xfixes_get_cursor(xcb_connection_t *conn, size_t *size);
/* Such an answer, aligned to 4, taken apart. pixels: width * height of *head, ARGB with alpha
 * multiplied in, borrowed from the answer. DS_EPROTO: fewer are there. */
int ds_xfixes_read_cursor(const void *reply, size_t size, xcb_xfixes_get_cursor_image_reply_t *head,
                          const uint32_t **pixels);

#endif
