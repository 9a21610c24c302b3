/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/path_list.h"

#include "common/base/alloc.h"
#include "common/courier/courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool ds_path_list_add(struct ds_path_list *list, const char *folder, const char *name)
{
    size_t a = strlen(folder), b = strlen(name);
    bool has_slash = a > 0 && folder[a - 1] == '/';
    size_t more = a + (b > 0 && !has_slash) + b + 1;
    if (more > DS_PATH_LIST_PATH || list->len + more > DS_PATH_LIST_MAX)
        return false;
    char *bytes = realloc(list->bytes, list->len + more);
    if (!bytes)
        return false;
    list->bytes = bytes;
    snprintf(bytes + list->len, more, "%s%s%s", folder, b > 0 && !has_slash ? "/" : "", name);
    list->len += more;
    return true;
}

void ds_path_list_clear(struct ds_path_list *list)
{
    free(list->bytes);
    *list = (struct ds_path_list){0};
}

size_t ds_path_list_count(const struct ds_path_list *list)
{
    size_t count = 0;
    for (size_t i = 0; i < list->len; i++)
        count += list->bytes[i] == '\0';
    return count;
}

char *ds_path_list_of(const struct ds_file *file, size_t *len)
{
    size_t n = file->path ? strlen(file->path) + 1 : 0;
    while (n > 1 && file->is_ours && file->path[n] != '\0')
        n += strlen(file->path + n) + 1;
    char *copy = n > 1 ? ds_alloc_array(n + 1, 1) : NULL;
    if (copy)
        memcpy(copy, file->path, n);
    if (len)
        *len = copy ? n : 0;
    return copy;
}

const char *ds_path_list_send(struct ds_courier *courier, const char *bytes, size_t len)
{
    const char *paths[DS_FILES_ROOTS], *end = bytes + len, *problem = NULL;
    while (bytes < end && !problem) {
        size_t count = 0;
        for (; bytes < end && count < DS_FILES_ROOTS; bytes += strlen(bytes) + 1)
            paths[count++] = bytes;
        problem = ds_courier_send_all(courier, paths, count);
    }
    return problem;
}
