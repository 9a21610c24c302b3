/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A leg's TLS bytes inside a WebSocket: what binary messages bring goes into a socketpair whose
 * other end the listener treats like any connection, and the reverse. */
#ifndef RELAY_WEB_CARRY_H
#define RELAY_WEB_CARRY_H

#include "common/base/buf.h"
#include "relay/listen/listener.h"

#include <libwebsockets.h>
#include <uv.h>

struct relay_carry;

/* Injects the far end into the listener. NULL: descriptors or memory are short. */
struct relay_carry *relay_carry_open(struct lws *wsi, uv_loop_t *loop,
                                     struct relay_listener *listener,
                                     const struct relay_address *from);
/* Payload of binary messages; false when the WebSocket has to be closed. */
bool relay_carry_receive(struct relay_carry *carry, const void *bytes, size_t n);
/* The WebSocket takes a message; false when it has to be closed. */
bool relay_carry_send(struct relay_carry *carry);
/* The leg is gone; the WebSocket's timer runs for those who do not take its last words. */
bool relay_carry_is_over(const struct relay_carry *carry);
/* The WebSocket is gone. Accepts NULL. */
void relay_carry_close(struct relay_carry *carry);

#endif
