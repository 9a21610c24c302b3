/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/x11/request.h"

#include "common/base/error.h"

#include <stdlib.h>
#include <xcb/xcbext.h>

static unsigned send_flagged(xcb_connection_t *conn, struct ds_request request, void *body,
                             size_t size, bool has_answer, int flags)
{
    /* xcb puts its own pieces into the two places before the first. */
    struct iovec parts[3] = {{0}, {0}, {.iov_base = body, .iov_len = size}};
    const xcb_protocol_request_t what = {
        .count = 1, .ext = request.extension, .opcode = request.opcode, .isvoid = !has_answer};
    ds_assert(size >= 4 && size % 4 == 0);
    const xcb_query_extension_reply_t *data = xcb_get_extension_data(conn, request.extension);
    if (!data || !data->present)
        return 0;
    return xcb_send_request(conn, flags, parts + 2, &what);
}

unsigned ds_request_send(xcb_connection_t *conn, struct ds_request request, void *body, size_t size)
{
    return send_flagged(conn, request, body, size, false, 0);
}

void ds_request_send_unheard(xcb_connection_t *conn, struct ds_request request, void *body,
                             size_t size)
{
    send_flagged(conn, request, body, size, true, XCB_REQUEST_DISCARD_REPLY);
}

void *ds_request_ask(xcb_connection_t *conn, struct ds_request request, void *body, size_t size,
                     size_t *got)
{
    *got = 0;
    unsigned sequence = send_flagged(conn, request, body, size, true, XCB_REQUEST_CHECKED);
    if (sequence == 0)
        return NULL;
    xcb_generic_error_t *error = NULL;
    xcb_generic_reply_t *reply = xcb_wait_for_reply(conn, sequence, &error);
    free(error);
    if (reply)
        *got = DS_REPLY_HEAD + (size_t)reply->length * 4; /* what xcb read by the same field */
    return reply;
}
