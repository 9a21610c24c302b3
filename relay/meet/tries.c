/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/meet/tries.h"

#include "common/base/alloc.h"
#include "common/base/error.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS 4096
#define HOUR (3600 * DS_SECOND)
#define DAY (24 * HOUR)

struct relay_tries_entry {
    struct relay_tries_entry *next;          /* of the slot */
    struct relay_tries_entry *older, *newer; /* by last try */
    uint8_t key[RELAY_TRIES_KEY];
    unsigned used;                    /* entries of at */
    ds_tick at[RELAY_TRIES_EACH_MAX]; /* newest first */
};

int relay_tries_init(struct relay_tries *tries, size_t max)
{
    *tries = (struct relay_tries){.max = max};
    tries->slots = ds_alloc_array(SLOTS, sizeof(tries->slots[0]));
    return tries->slots ? DS_OK : DS_ENOMEM;
}

void relay_tries_destroy(struct relay_tries *tries)
{
    while (tries->oldest) {
        struct relay_tries_entry *newer = tries->oldest->newer;
        free(tries->oldest);
        tries->oldest = newer;
    }
    free(tries->slots);
    *tries = (struct relay_tries){0};
}

static struct relay_tries_entry **find(const struct relay_tries *tries, const void *key, size_t len)
{
    uint8_t padded[RELAY_TRIES_KEY] = {0};
    ds_check(len <= sizeof(padded));
    memcpy(padded, key, len);
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < sizeof(padded); i++)
        hash = (hash ^ padded[i]) * 16777619u;
    struct relay_tries_entry **at = &tries->slots[hash % SLOTS];
    while (*at && memcmp((*at)->key, padded, sizeof(padded)) != 0)
        at = &(*at)->next;
    return at;
}

static void unlink_age(struct relay_tries *tries, struct relay_tries_entry *entry)
{
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        tries->oldest = entry->newer;
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        tries->newest = entry->older;
}

static void link_newest(struct relay_tries *tries, struct relay_tries_entry *entry)
{
    entry->newer = NULL;
    entry->older = tries->newest;
    if (tries->newest)
        tries->newest->newer = entry;
    else
        tries->oldest = entry;
    tries->newest = entry;
}

static void forget_oldest(struct relay_tries *tries)
{
    struct relay_tries_entry *entry = tries->oldest;
    struct relay_tries_entry **at = find(tries, entry->key, sizeof(entry->key));
    *at = entry->next;
    unlink_age(tries, entry);
    free(entry);
    tries->count--;
}

unsigned relay_tries_wait_s(const struct relay_tries *tries, const void *key, size_t len,
                            unsigned bound, ds_tick now)
{
    const struct relay_tries_entry *entry = *find(tries, key, len);
    ds_check(bound >= 1 && bound <= RELAY_TRIES_EACH_MAX);
    if (!entry || entry->used < bound)
        return 0;
    /* The try that has to leave the hour so that there are fewer than bound again. */
    ds_tick free_at = entry->at[bound - 1] + HOUR;
    return free_at <= now ? 0 : (unsigned)((free_at - now + DS_SECOND - 1) / DS_SECOND);
}

void relay_tries_note(struct relay_tries *tries, const void *key, size_t len, ds_tick now)
{
    struct relay_tries_entry *entry = *find(tries, key, len);
    if (entry) {
        unlink_age(tries, entry);
    } else {
        if (tries->count >= tries->max)
            forget_oldest(tries);
        entry = ds_alloc_array(1, sizeof(*entry));
        if (!entry)
            return;
        memcpy(entry->key, key, len);
        *find(tries, key, len) = entry;
        tries->count++;
    }
    memmove(&entry->at[1], &entry->at[0], sizeof(entry->at) - sizeof(entry->at[0]));
    entry->at[0] = now;
    if (entry->used < RELAY_TRIES_EACH_MAX)
        entry->used++;
    link_newest(tries, entry);
}

static void begin_day(struct relay_tries *tries, ds_tick now)
{
    if (tries->day_began == 0 || now - tries->day_began >= DAY) {
        tries->day_began = now;
        tries->today = 0;
    }
}

void relay_tries_note_day(struct relay_tries *tries, ds_tick now)
{
    begin_day(tries, now);
    tries->today++;
}

unsigned relay_tries_delay_ms(struct relay_tries *tries, unsigned per_day, ds_tick now)
{
    begin_day(tries, now);
    if (tries->today <= per_day)
        return 0;
    unsigned long tenth = per_day / 10 > 0 ? per_day / 10 : 1;
    unsigned long steps = 1 + (tries->today - per_day) / tenth;
    return steps > 20 ? 5000 : (unsigned)(steps * 250);
}
