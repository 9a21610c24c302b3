/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/alloc.h"

#include <stdlib.h>
#include <string.h>

void *ds_alloc_array(size_t count, size_t size)
{
    return calloc(count, size);
}

void *ds_realloc_array(void *old, size_t count, size_t size)
{
    return reallocarray(old, count, size);
}

char *ds_strdup_bounded(const char *text, size_t max)
{
    size_t n = strnlen(text, max + 1);
    if (n > max)
        return NULL;
    char *copy = malloc(n + 1);
    if (copy) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}
