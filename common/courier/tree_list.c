/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/tree_list.h"

#include "common/base/cursor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BEFORE 4 /* bytes of an item before its entry: root and below */

bool ds_tree_list_open(struct ds_tree_list *list)
{
    const char *named = getenv("TMPDIR");
    const char *const places[] = {named && named[0] == '/' ? named : "/var/tmp", "/tmp"};
    list->fd = -1;
    for (size_t i = 0; i < 2 && list->fd < 0; i++)
        list->fd = open(places[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (list->fd < 0)
        list->fd = memfd_create("files", MFD_CLOEXEC);
    list->size = list->at = list->from = 0;
    list->len = 0;
    return list->fd >= 0;
}

void ds_tree_list_close(struct ds_tree_list *list)
{
    if (list->fd >= 0)
        close(list->fd);
    list->fd = -1;
}

static bool flush(struct ds_tree_list *list)
{
    size_t done = 0;
    while (done < list->len) {
        ssize_t n =
            pwrite(list->fd, list->buffer + done, list->len - done, (off_t)(list->from + done));
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    list->from += list->len;
    list->len = 0;
    return true;
}

bool ds_tree_list_add(struct ds_tree_list *list, const struct ds_tree_item *item)
{
    if (list->len + BEFORE + DS_TREE_ENTRY > sizeof(list->buffer) && !flush(list))
        return false;
    uint8_t *to = list->buffer + list->len;
    ds_put_u16(to, item->root);
    ds_put_u16(to + 2, item->below);
    list->len += BEFORE + ds_tree_encode(to + BEFORE, &item->entry);
    list->size = list->from + list->len;
    return true;
}

void ds_tree_list_rewind(struct ds_tree_list *list)
{
    if (list->from + list->len == list->size)
        flush(list);
    list->at = 0;
}

/* The buffer begins at the next item. */
static void fill(struct ds_tree_list *list)
{
    list->from = list->at;
    ssize_t n = pread(list->fd, list->buffer, sizeof(list->buffer), (off_t)list->from);
    list->len = n > 0 ? (size_t)n : 0;
}

bool ds_tree_list_next(struct ds_tree_list *list, struct ds_tree_item *out)
{
    for (int again = 0; again < 2; again++) {
        size_t skip = (size_t)(list->at - list->from);
        const uint8_t *from = list->buffer + skip;
        if (list->at >= list->from && skip + BEFORE < list->len) {
            int n = ds_tree_decode(from + BEFORE, list->len - skip - BEFORE, &out->entry);
            if (n > 0) {
                out->root = (uint16_t)(from[0] << 8 | from[1]);
                out->below = (uint16_t)(from[2] << 8 | from[3]);
                list->at += BEFORE + (size_t)n;
                return true;
            }
        }
        fill(list);
    }
    return false;
}
