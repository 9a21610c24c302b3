/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A language's texts as compile.sh makes them from its .po file. */
#ifndef DS_UI_PO_TABLE_H
#define DS_UI_PO_TABLE_H

#include <stddef.h>

struct ds_po_entry {
    const char *english; /* the one form */
    const char *one;
    const char *many; /* NULL: has no plural */
};

/* Sorted by english, bytes compared. */
extern const struct ds_po_entry ds_po_fr[];
extern const size_t ds_po_fr_count;

#endif
