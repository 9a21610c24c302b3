/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "surface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u
#define GUARD (16 * PAGE) /* a row of the widest picture is never longer */
#define CANARY 0xa5

void soak_surface_open(struct soak_surface *s, uint32_t width, uint32_t height)
{
    /* Rows of a power of two, so that their sum is in whole pages for heights that are. */
    size_t stride = 64;
    while (stride < (size_t)width * 4 + 16)
        stride *= 2;
    size_t rows = stride * height, pages = (rows + PAGE - 1) / PAGE * PAGE;
    s->size = GUARD * 2 + pages;
    s->memory = mmap(NULL, s->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (s->memory == MAP_FAILED) {
        perror("surface");
        exit(1);
    }
    uint8_t *first = (uint8_t *)s->memory + GUARD;
    memset(first, CANARY, pages);
    s->image = (struct ds_image){width, height, stride, first + (pages - rows)};
    for (uint32_t y = 0; y < height; y++)
        memset(ds_image_row(&s->image, y), 0, (size_t)width * 4);
    if (mprotect(s->memory, GUARD, PROT_NONE) || mprotect(first + pages, GUARD, PROT_NONE)) {
        perror("guard pages");
        exit(1);
    }
}

void soak_surface_close(struct soak_surface *s)
{
    munmap(s->memory, s->size);
}

static bool is_canary(const uint8_t *from, const uint8_t *end)
{
    uint8_t differ = 0;
    for (; from < end; from++)
        differ |= *from ^ CANARY;
    return differ == 0;
}

bool soak_surface_is_whole(const struct soak_surface *s)
{
    const struct ds_image *image = &s->image;
    if (!is_canary((const uint8_t *)s->memory + GUARD, image->pixels))
        return false;
    uint32_t fourth = 0;
    for (uint32_t y = 0; y < image->height; y++) {
        const uint32_t *row = ds_image_row(image, y);
        for (uint32_t x = 0; x < image->width; x++)
            fourth |= row[x];
        if (!is_canary((const uint8_t *)(row + image->width), (const uint8_t *)row + image->stride))
            return false;
    }
    return fourth >> 24 == 0;
}
