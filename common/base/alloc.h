/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Allocation with overflow checks. */
#ifndef DS_BASE_ALLOC_H
#define DS_BASE_ALLOC_H

#include <stddef.h>

/* Zeroed array of count items of size bytes each; NULL when memory is short or the product
 * overflows. Caller frees. */
void *ds_alloc_array(size_t count, size_t size);

/* Grows or shrinks old (or NULL) to count items; new items are not initialised. NULL leaves old as
 * it was. */
void *ds_realloc_array(void *old, size_t count, size_t size);

/* Copy of a string of at most max bytes (without the NUL); NULL when memory is short or text is
 * longer. */
char *ds_strdup_bounded(const char *text, size_t max);

#endif
