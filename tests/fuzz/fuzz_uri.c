/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of files from any program of the desktop: an end is reached, and a path is absolute, fits
 * and has no NUL inside. */
#include "common/service/uri.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[DS_URI_PATH], *exact = malloc(size ? size : 1);
    if (!exact)
        return 0;
    memcpy(exact, data, size);
    const char *at = exact, *end = exact + size;
    enum ds_uri kind;
    while ((kind = ds_uri_next(&at, end, "desk7", path)) != DS_URI_END) {
        if (at <= exact || at > end)
            abort();
        if (kind == DS_URI_FILE && (path[0] != '/' || strlen(path) >= DS_URI_PATH))
            abort();
    }
    free(exact);
    return 0;
}
