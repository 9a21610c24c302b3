/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where a person keeps things on this computer, as the desktop names it (xdg-user-dirs). */
#ifndef DS_UI_PLACE_H
#define DS_UI_PLACE_H

#include <stdbool.h>
#include <stddef.h>

enum ds_place {
    DS_PLACE_HOME,
    DS_PLACE_DESKTOP,
    DS_PLACE_DOCUMENTS,
    DS_PLACE_DOWNLOADS,
    DS_PLACE_COUNT
};

/* The path of a folder that is there. False: there is none of that kind. */
bool ds_place_get(enum ds_place place, char *out, size_t size);

#endif
