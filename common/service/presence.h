/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Beside the chat's messages: that the other one is writing, and what each has seen. Nothing of it
 * is stored and nothing is said again for its own sake: what was lost with a connection is made
 * good by the next one. No socket, thread or clock. PROTOCOL.md, section 2. */
#ifndef DS_SERVICE_PRESENCE_H
#define DS_SERVICE_PRESENCE_H

#include "common/base/clock.h"

#include <stdbool.h>

#define DS_PRESENCE_TYPING_EACH (3 * DS_SECOND)  /* said at most so often */
#define DS_PRESENCE_TYPING_LASTS (5 * DS_SECOND) /* and believed so long: one may be late */
#define DS_PRESENCE_SEEN_EACH DS_SECOND

struct ds_presence {
    ds_tick typing_said;  /* 0: not yet */
    ds_tick typing_until; /* the other one writes until then; 0: does not */
    unsigned seen;        /* the last message that our person has before their eyes, 0: none */
    unsigned seen_said;
    ds_tick seen_said_at;
    unsigned other_seen; /* the same of the other one's person */
    bool is_up;
};

/* A connection that takes it is there, or is gone. */
void ds_presence_up(struct ds_presence *presence, bool is_up);
/* Our person wrote a letter. True: say TYPING, it counts as said. */
bool ds_presence_typed(struct ds_presence *presence, ds_tick now);
/* Our person sent what they wrote: the next letter is told at once. */
void ds_presence_sent(struct ds_presence *presence);
/* Our person has the message with this number before their eyes. */
void ds_presence_saw(struct ds_presence *presence, unsigned number);
/* The number to say SEEN of, which then counts as said; 0: nothing now. After each change, and once
 * a second. */
unsigned ds_presence_due(struct ds_presence *presence, ds_tick now);

/* The other one's. True: something is different now. */
bool ds_presence_other_types(struct ds_presence *presence, ds_tick now);
bool ds_presence_other_saw(struct ds_presence *presence, unsigned number);
/* A message of the other one came, or their end has gone: they do not write any more. */
bool ds_presence_other_rests(struct ds_presence *presence);
/* Once a second. True: they have stopped. */
bool ds_presence_tick(struct ds_presence *presence, ds_tick now);

#endif
