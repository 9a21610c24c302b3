/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/gate.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 4096

struct relay_gate_entry {
    struct relay_gate_entry *next;
    struct relay_address holder;
    unsigned count[RELAY_GATE_CLASSES];
};

int relay_gate_init(struct relay_gate *gate)
{
    gate->slots = ds_alloc_array(SLOTS, sizeof(gate->slots[0]));
    gate->slot_count = gate->slots ? SLOTS : 0;
    memset(gate->total, 0, sizeof(gate->total));
    return gate->slots ? DS_OK : DS_ENOMEM;
}

void relay_gate_destroy(struct relay_gate *gate)
{
    for (size_t i = 0; i < gate->slot_count; i++) {
        while (gate->slots[i]) {
            struct relay_gate_entry *next = gate->slots[i]->next;
            free(gate->slots[i]);
            gate->slots[i] = next;
        }
    }
    free(gate->slots);
    gate->slots = NULL;
    gate->slot_count = 0;
}

static struct relay_gate_entry **find(struct relay_gate *gate, const struct relay_address *holder)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof(holder->bytes); i++)
        hash = (hash ^ holder->bytes[i]) * 16777619u;
    struct relay_gate_entry **at = &gate->slots[hash % gate->slot_count];
    while (*at && memcmp(&(*at)->holder, holder, sizeof(*holder)) != 0)
        at = &(*at)->next;
    return at;
}

bool relay_gate_enter(struct relay_gate *gate, enum relay_gate_class class,
                      const struct relay_address *from)
{
    if (gate->total[class] >= gate->most[class])
        return false;
    struct relay_address holder = relay_address_holder(from);
    struct relay_gate_entry **at = find(gate, &holder);
    if (!*at) {
        *at = ds_alloc_array(1, sizeof(**at));
        if (!*at)
            return false;
        (*at)->holder = holder;
    }
    if ((*at)->count[class] >= gate->most_each[class])
        return false;
    (*at)->count[class]++;
    gate->total[class]++;
    return true;
}

void relay_gate_leave(struct relay_gate *gate, enum relay_gate_class class,
                      const struct relay_address *from)
{
    struct relay_address holder = relay_address_holder(from);
    struct relay_gate_entry **at = find(gate, &holder);
    ds_check(*at && (*at)->count[class] > 0 && gate->total[class] > 0);
    (*at)->count[class]--;
    gate->total[class]--;
    for (size_t i = 0; i < RELAY_GATE_CLASSES; i++) {
        if ((*at)->count[i] > 0)
            return;
    }
    struct relay_gate_entry *empty = *at;
    *at = empty->next;
    free(empty);
}

bool relay_gate_is_full(const struct relay_gate *gate, enum relay_gate_class class)
{
    return gate->total[class] >= gate->most[class];
}
