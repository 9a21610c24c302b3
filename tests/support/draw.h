/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Seeded chance for tests: the same seed makes the same run. DESKSIDE_SEED gives it. */
#ifndef DS_SUPPORT_DRAW_H
#define DS_SUPPORT_DRAW_H

#include <stdint.h>
#include <stdlib.h>

struct draw {
    uint64_t state;
};

/* A number below `below` (1 or more). splitmix64: every seed is a good one. */
static inline uint32_t draw_below(struct draw *d, uint32_t below)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)(((z ^ (z >> 31)) >> 32) * below >> 32);
}

/* DESKSIDE_SEED, else the test's own seed. */
static inline uint64_t draw_seed(uint64_t own)
{
    const char *text = getenv("DESKSIDE_SEED");
    return text && *text ? strtoull(text, NULL, 10) : own;
}

/* A count from the environment, else the test's own. */
static inline unsigned draw_count(const char *name, unsigned own)
{
    const char *text = getenv(name);
    return text && *text ? (unsigned)strtoul(text, NULL, 10) : own;
}

#endif
