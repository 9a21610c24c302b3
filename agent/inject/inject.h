/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts input events on a display through XTEST, in their order. What has to wait (a character for
 * which no spare keycode is free yet) waits here with everything behind it. Decides nothing: the
 * guard did. One thread; a connection of its own, watched through a descriptor. */
#ifndef AGENT_INJECT_INJECT_H
#define AGENT_INJECT_INJECT_H

#include "agent/inject/traces.h"
#include "common/base/clock.h"
#include "common/wire/sealed.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct agent_inject;

/* traces: told at every moment what is left on the display, for the caretaker; borrowed, NULL when
 * nobody wants to know. DS_EIO: the display cannot be opened; DS_EUNSUPPORTED: it has no XTEST or
 * XKB. message gets a plain sentence. Everything still open when the program exits is closed then.
 */
int agent_inject_open(struct agent_inject **out, const char *display, struct agent_traces *traces,
                      char *message, size_t size);
/* Lifts every key and button, gives back what was borrowed. Accepts NULL. */
void agent_inject_close(struct agent_inject *inject);

/* Readable when agent_inject_poll has something to do. */
int agent_inject_fd(const struct agent_inject *inject);
/* When agent_inject_poll has to be called though nothing is readable; 0: never. */
ds_tick agent_inject_deadline(const struct agent_inject *inject);
/* Layout changes, waiting input, borrowed codes that have rested. DS_ECLOSED: the display is gone.
 */
int agent_inject_poll(struct agent_inject *inject, ds_tick now);

/* Where the picture lies on the screen; positions are moved by it and cut to it. */
void agent_inject_set_area(struct agent_inject *inject, int32_t x, int32_t y, uint32_t width,
                           uint32_t height);

/* One event. DS_ELIMIT: too much is waiting, it is lost. DS_ENOTFOUND: this keyboard cannot type
 * (part of) it. DS_ECLOSED. */
int agent_inject_input(struct agent_inject *inject, const struct ds_input *input, ds_tick now);

/* Every key and button goes up; what is waiting is forgotten. */
void agent_inject_release(struct agent_inject *inject);

struct agent_inject_stats {
    uint64_t injected; /* events of the protocol that reached the display */
    uint64_t missing;  /* keysyms that this keyboard cannot type */
    uint64_t lost;     /* did not fit into what is waiting */
};
void agent_inject_get_stats(const struct agent_inject *inject, struct agent_inject_stats *out);

#endif
