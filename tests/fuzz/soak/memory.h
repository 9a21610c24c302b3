/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much memory this process has taken, counted at every malloc and free of the program and the
 * libraries it loads. With a sanitizer the allocator is the sanitizer's: then only what is held now
 * is known, not the most in between. One thread. */
#ifndef TESTS_SOAK_MEMORY_H
#define TESTS_SOAK_MEMORY_H

#include <stddef.h>

/* Bytes held now, as large as the allocator made them. */
size_t soak_memory_now(void);
/* The most that was held at once since soak_memory_forget_most. */
size_t soak_memory_most(void);
void soak_memory_forget_most(void);

#endif
