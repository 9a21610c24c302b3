/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A language's texts as compile.sh makes them from its .po file: one run of bytes and no pointers,
 * which in a position-independent program would cost 72 bytes a text. */
#ifndef DS_UI_PO_TABLE_H
#define DS_UI_PO_TABLE_H

#include <stddef.h>

enum { DS_PO_MAX = 1024 }; /* texts of a language; compile.sh refuses more */

/* Packed by gzip: half of it would be English that the program has already. Unpacked,
 * ds_po_fr_count times: the English, its one form, its many form ("" when it has no plural), each
 * ended by a NUL; sorted by the English, bytes compared. */
extern const unsigned char ds_po_fr[];
extern const size_t ds_po_fr_packed, ds_po_fr_size, ds_po_fr_count;

/* The table unpacked, made at the first call and kept; NULL when memory is short or zlib fails. Any
 * thread. */
const char *ds_po_fr_texts(void);

#endif
