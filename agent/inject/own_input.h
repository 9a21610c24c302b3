/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Watches the customer's own hand: raw XInput2 events whose source is not an XTEST device. Has a
 * connection of its own, watched through a descriptor. Which keys are pressed is not looked at,
 * except whether it is Escape. */
#ifndef AGENT_INJECT_OWN_INPUT_H
#define AGENT_INJECT_OWN_INPUT_H

#include "agent/inject/guard.h"

#include <stddef.h>

struct agent_own_watch;

/* DS_EIO: the display cannot be opened. DS_EUNSUPPORTED: no XInput 2.2, so the customer's hand
 * could not be told from the rep's: then nothing may be injected. message gets a plain sentence. */
int agent_own_watch_open(struct agent_own_watch **out, const char *display, char *message,
                         size_t size);
/* Accepts NULL. */
void agent_own_watch_close(struct agent_own_watch *watch);

int agent_own_watch_fd(const struct agent_own_watch *watch);

/* Calls on_own for everything that has arrived; motion that came together is told once. DS_ECLOSED:
 * the display has gone. */
int agent_own_watch_poll(struct agent_own_watch *watch,
                         void (*on_own)(void *ctx, enum agent_own_input what), void *ctx);

#endif
