/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for libFuzzer where the compiler has none: every corpus file, then seeded mutations of
 * them. Usage: fuzz_NAME CORPUS_FOLDER [MUTATIONS [SEED]] */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES_MAX 512
#define SIZE_MAX_BYTES 65536
static struct {
    uint8_t *bytes;
    size_t len;
} files[FILES_MAX];
static size_t file_count;
static uint64_t state;

static uint32_t draw(uint32_t below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % below;
}

static void load(const char *folder)
{
    struct dirent **names;
    int n = scandir(folder, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name);
        FILE *f = names[i]->d_name[0] != '.' && file_count < FILES_MAX ? fopen(path, "rb") : NULL;
        if (f) {
            files[file_count].bytes = malloc(SIZE_MAX_BYTES);
            if (!files[file_count].bytes)
                abort();
            files[file_count].len = fread(files[file_count].bytes, 1, SIZE_MAX_BYTES, f);
            file_count++;
            fclose(f);
        }
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

static size_t mutate(uint8_t *to)
{
    size_t from = draw((uint32_t)file_count);
    size_t len = files[from].len;
    memcpy(to, files[from].bytes, len);
    uint32_t steps = 1 + draw(6);
    for (uint32_t s = 0; s < steps; s++) {
        size_t at = len > 0 ? draw((uint32_t)len) : 0;
        switch (draw(6)) {
        case 0:
            len = at;
            break;
        case 1:
            if (len > 0)
                to[at] ^= (uint8_t)(1u << draw(8));
            break;
        case 2:
            if (len > 0)
                to[at] = (uint8_t)draw(256);
            break;
        case 3:
            for (size_t i = at; i < len && i < at + 4; i++)
                to[i] = 0xff;
            break;
        case 4:
            if (len > 1) {
                size_t n = 1 + draw((uint32_t)(len - at));
                memmove(to + draw((uint32_t)(len - n + 1)), to + at, n);
            }
            break;
        default:
            if (len < SIZE_MAX_BYTES / 2) {
                size_t n = len - at;
                memmove(to + len, to + at, n);
                len += n;
            }
            break;
        }
    }
    return len;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: %s CORPUS_FOLDER [MUTATIONS [SEED]]\n", argv[0]);
        return 1;
    }
    load(argv[1]);
    if (file_count == 0) {
        fprintf(stderr, "%s: no corpus\n", argv[1]);
        return 1;
    }
    long mutations = argc > 2 ? atol(argv[2]) : 0;
    state = argc > 3 ? (uint64_t)atoll(argv[3]) : 1;
    for (size_t i = 0; i < file_count; i++)
        LLVMFuzzerTestOneInput(files[i].bytes, files[i].len);
    uint8_t *work = malloc(SIZE_MAX_BYTES);
    if (!work)
        return 1;
    for (long i = 0; i < mutations; i++) {
        /* A copy of exactly the length, so that the sanitizer sees a read past the end. */
        size_t len = mutate(work);
        uint8_t *exact = malloc(len ? len : 1);
        if (!exact)
            return 1;
        memcpy(exact, work, len);
        LLVMFuzzerTestOneInput(exact, len);
        free(exact);
    }
    printf("%zu files and %ld mutations, no findings\n", file_count, mutations);
    for (size_t i = 0; i < file_count; i++)
        free(files[i].bytes);
    free(work);
    return 0;
}
