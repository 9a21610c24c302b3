/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Entries of a folder as a stranger may send them: what is decoded is written as it came, and a
 * path that is taken stays beneath the folder. */
#include "common/base/error.h"
#include "common/service/file_name.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(const char *path)
{
    unsigned depth = 0;
    for (;; depth++) {
        size_t len = strcspn(path, "/");
        ds_check(len > 0 && len < DS_FILE_NAME);
        ds_check(!(len == 1 && path[0] == '.') && !(len == 2 && memcmp(path, "..", 2) == 0));
        ds_check(!memchr(path, '\\', len) && !memchr(path, '\n', len));
        if (path[len] == '\0')
            break;
        path += len + 1;
    }
    ds_check(depth < DS_FILE_DEPTH);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ds_tree_entry e;
    static uint8_t again[DS_TREE_ENTRY];
    static char path[DS_TREE_PATH];
    while (size > 0) {
        int n = ds_tree_decode(data, size, &e);
        if (n <= 0)
            break;
        ds_check((size_t)n <= size && ds_tree_encode(again, &e) == (size_t)n);
        ds_check(memcmp(again, data, (size_t)n) == 0);
        ds_check(ds_tree_span(&e) >= (uint64_t)n);
        if (ds_file_path_clean(path, e.path))
            check_path(path);
        data += n;
        size -= (size_t)n;
    }
    return 0;
}
