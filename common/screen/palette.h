/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Colour tables that last for the connection: an index keeps its meaning while its table lives, so
 * equal pixels are equal bytes in every tile and update, and the compressor's long history stays of
 * use. Encoder's side. */
#ifndef DS_SCREEN_PALETTE_H
#define DS_SCREEN_PALETTE_H

#include "common/screen/image.h"
#include "common/screen/plan.h"

#include <assert.h>
#include <stdbool.h>

#define DS_PALETTE_HASH 1024u /* entries; a quarter full at most */

struct ds_palette {
    uint32_t count;
    uint32_t colours[DS_PALETTE_COLOURS];
    uint32_t keys[DS_PALETTE_HASH]; /* colour, or DS_PALETTE_NONE */
    uint8_t values[DS_PALETTE_HASH];
    uint64_t used; /* number of the use, for choosing which to give up */
};

#define DS_PALETTE_NONE 0xffffffffu

/* Which tables hold a colour: bit t for table t. Colours of no table stay until there is no room.
 */
#define DS_PALETTE_OWNERS 16384u /* entries; three quarters full at most */

struct ds_palette_owners {
    uint32_t keys[DS_PALETTE_OWNERS]; /* colour, or DS_PALETTE_NONE */
    uint32_t tables[DS_PALETTE_OWNERS];
    uint32_t count;
};
static_assert(DS_PALETTES <= 32, "a bit for each table");
static_assert(DS_PALETTES * DS_PALETTE_COLOURS <= DS_PALETTE_OWNERS / 2, "room for every colour");

struct ds_palettes {
    struct ds_palette tables[DS_PALETTES];
    struct ds_palette_owners owners;
    uint64_t uses;
    uint8_t last; /* used last */
};

/* The colours of a rectangle, each once, in the order of their first pixel. */
struct ds_colours {
    uint32_t count; /* above DS_PALETTE_COLOURS: too many, the list is cut */
    uint32_t colours[DS_PALETTE_COLOURS + 1];
};

void ds_palettes_clear(struct ds_palettes *palettes);

/* Translates rect (at most a tile) through a table into out (rows of stride bytes). False when a
 * colour is missing; out is then partly written. */
bool ds_palette_translate(const struct ds_palette *table, const struct ds_image *image,
                          struct ds_rect rect, uint8_t *out, size_t stride);

/* Stops at the first colour above most, which is at most DS_PALETTE_COLOURS. */
void ds_palette_collect(const struct ds_image *image, struct ds_rect rect, uint32_t most,
                        struct ds_colours *out);

/* The table for these colours (at most DS_PALETTE_COLOURS), the missing ones added, by which a
 * PALETTE operation is appended to plan. DS_ENOMEM. */
int ds_palettes_choose(struct ds_palettes *palettes, const struct ds_colours *colours,
                       struct ds_plan *plan, uint8_t *table);

/* Marks a table as used now. */
void ds_palettes_touch(struct ds_palettes *palettes, uint8_t table);

#endif
