/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/alloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Checked here, because a sanitizer ends the program where libc only says no. */
static bool is_product(size_t count, size_t size)
{
    return size == 0 || count <= SIZE_MAX / size;
}

void *ds_alloc_array(size_t count, size_t size)
{
    return is_product(count, size) ? calloc(count, size) : NULL;
}

void *ds_realloc_array(void *old, size_t count, size_t size)
{
    return is_product(count, size) ? realloc(old, count * size) : NULL;
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
