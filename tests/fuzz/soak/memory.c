/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "memory.h"

#ifdef DESKSIDE_SANITIZED

size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));
static size_t most;

size_t soak_memory_now(void)
{
    return __sanitizer_get_current_allocated_bytes ? __sanitizer_get_current_allocated_bytes() : 0;
}

size_t soak_memory_most(void)
{
    size_t now = soak_memory_now();
    most = now > most ? now : most;
    return most;
}

void soak_memory_forget_most(void)
{
    most = 0;
}

#else

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

/* What glibc offers to whoever puts something before its allocator. */
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void __libc_free(void *p);

#define SEEN __attribute__((visibility("default"), used))

static size_t held, most;

static void *taken(void *p)
{
    held += p ? malloc_usable_size(p) : 0;
    most = held > most ? held : most;
    return p;
}

static void given(void *p)
{
    held -= p ? malloc_usable_size(p) : 0;
}

SEEN void *malloc(size_t n)
{
    return taken(__libc_malloc(n));
}

SEEN void *calloc(size_t count, size_t n)
{
    return taken(__libc_calloc(count, n));
}

SEEN void *realloc(void *p, size_t n)
{
    size_t before = p ? malloc_usable_size(p) : 0;
    void *q = __libc_realloc(p, n);
    if (q || n == 0)
        held -= before;
    return taken(q);
}

SEEN void *memalign(size_t alignment, size_t n)
{
    return taken(__libc_memalign(alignment, n));
}

SEEN void *aligned_alloc(size_t alignment, size_t n)
{
    return memalign(alignment, n);
}

SEEN int posix_memalign(void **out, size_t alignment, size_t n)
{
    void *p = memalign(alignment, n);
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

SEEN void free(void *p)
{
    given(p);
    __libc_free(p);
}

size_t soak_memory_now(void)
{
    return held;
}

size_t soak_memory_most(void)
{
    return most;
}

void soak_memory_forget_most(void)
{
    most = held;
}

#endif
