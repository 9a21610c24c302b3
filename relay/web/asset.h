/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of the pages, built into the program by embed.cmake. */
#ifndef RELAY_WEB_ASSET_H
#define RELAY_WEB_ASSET_H

#include <stddef.h>

struct relay_asset {
    const char *name;           /* "start.en.html"; NULL ends the table */
    const unsigned char *bytes; /* a NUL stands behind the last */
    size_t len;
};

extern const struct relay_asset relay_assets[];

#endif
