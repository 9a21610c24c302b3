/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many connections of each class there are, from one address and from everywhere. Counts only;
 * the caller decides what waits. One thread. */
#ifndef RELAY_LISTEN_GATE_H
#define RELAY_LISTEN_GATE_H

#include "relay/listen/address.h"

#include <stddef.h>

enum relay_gate_class {
    RELAY_GATE_WAITING,  /* accepted, has no other place yet */
    RELAY_GATE_STRANGER, /* being looked at, or has not said hello */
    RELAY_GATE_WEB,
    RELAY_GATE_LEG, /* said hello */
    RELAY_GATE_CLASSES,
};

struct relay_gate {
    unsigned most[RELAY_GATE_CLASSES], most_each[RELAY_GATE_CLASSES];
    unsigned total[RELAY_GATE_CLASSES];
    struct relay_gate_entry **slots; /* owned; hash by address */
    size_t slot_count;
};

/* most, most_each: set by the caller before. DS_ENOMEM. */
int relay_gate_init(struct relay_gate *gate);
void relay_gate_destroy(struct relay_gate *gate);

/* True, and counted, when both bounds allow one more. */
bool relay_gate_enter(struct relay_gate *gate, enum relay_gate_class class,
                      const struct relay_address *from);
/* Once for each enter that was true. */
void relay_gate_leave(struct relay_gate *gate, enum relay_gate_class class,
                      const struct relay_address *from);
bool relay_gate_is_full(const struct relay_gate *gate, enum relay_gate_class class);

#endif
