/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries of a folder that is sent, in the order in which they travel: a list in a nameless
 * file, so that a hundred thousand of them cost no memory. The disk's thread. */
#ifndef DS_COURIER_TREE_LIST_H
#define DS_COURIER_TREE_LIST_H

#include "common/wire/tree.h"

#include <stdbool.h>
#include <stdint.h>

#define DS_TREE_LIST_BUFFER 16384

struct ds_tree_list {
    int fd;            /* -1: not open */
    uint64_t size, at; /* bytes in the file and the buffer, of the next entry to be read */
    uint64_t from;     /* of the buffer, in the file */
    size_t len;        /* bytes in the buffer */
    uint8_t buffer[DS_TREE_LIST_BUFFER];
};

struct ds_tree_item {
    uint16_t root;  /* of which of the paths that were chosen */
    uint16_t below; /* where the path below the root begins in entry.path; its length: the root */
    struct ds_tree_entry entry;
};

/* False, with errno. */
bool ds_tree_list_open(struct ds_tree_list *list);
/* Accepts one that is not open. */
void ds_tree_list_close(struct ds_tree_list *list);
/* Before the first ds_tree_list_next only. False, with errno. */
bool ds_tree_list_add(struct ds_tree_list *list, const struct ds_tree_item *item);
void ds_tree_list_rewind(struct ds_tree_list *list);
/* False: there is no further one, or it could not be read. */
bool ds_tree_list_next(struct ds_tree_list *list, struct ds_tree_item *out);

#endif
