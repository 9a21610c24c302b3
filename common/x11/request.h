/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Requests of X extensions sent without the extension's own library. Those libraries are generated
 * and of one piece: the five of XKB, XInput, RandR and XFixes would be a fifth of the agent, for
 * two dozen requests. Their headers give the layouts; this sends them and looks at the answer's
 * length.
 *
 * Numbers in requests and answers have this machine's byte order: the display converts. */
#ifndef DS_X11_REQUEST_H
#define DS_X11_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <xcb/xcb.h>

#define DS_REPLY_HEAD 32 /* bytes of the shortest answer, and what xcb gives at least */

struct ds_request {
    xcb_extension_t *extension; /* static: xcb numbers it on first use */
    uint8_t opcode;             /* the minor one */
};

/* What has no answer. body: size bytes, a multiple of 4, beginning with the 4 bytes of a request's
 * head, which are filled in here. Errors arrive among the events. Does nothing when the display
 * lacks the extension (xcb itself would end the connection). Returns the sequence number; 0: not
 * sent. Never waits, except for the display's first word on the extension. */
unsigned ds_request_send(xcb_connection_t *conn, struct ds_request request, void *body,
                         size_t size);

/* As ds_request_send, for what has an answer that nobody reads. */
void ds_request_send_unheard(xcb_connection_t *conn, struct ds_request request, void *body,
                             size_t size);

/* Sends and waits for the answer: owned by the caller (free), aligned as malloc aligns, at least
 * DS_REPLY_HEAD and exactly *got bytes. NULL: an error of the display, a lost one, or no such
 * extension; *got is 0 then. */
void *ds_request_ask(xcb_connection_t *conn, struct ds_request request, void *body, size_t size,
                     size_t *got);

#endif
