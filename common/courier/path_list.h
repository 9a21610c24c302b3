/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths that were chosen or dropped together, on their way to the courier. */
#ifndef DS_COURIER_PATH_LIST_H
#define DS_COURIER_PATH_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct ds_courier;
struct ds_file;

#define DS_PATH_LIST_PATH 4096
#define DS_PATH_LIST_MAX (1u << 20) /* bytes of all of them */

/* One after the other, each with its NUL. */
struct ds_path_list {
    char *bytes; /* owned, or NULL */
    size_t len;
};

/* folder/name, or folder alone where name is "". False: it is full, or memory is short; nothing
 * changed. */
bool ds_path_list_add(struct ds_path_list *list, const char *folder, const char *name);
void ds_path_list_clear(struct ds_path_list *list);
size_t ds_path_list_count(const struct ds_path_list *list);

/* The path of a file, or of ours the paths (struct ds_file), as the bytes of a list with an empty
 * entry behind; NULL: there are none, or memory is short. The caller frees. *len: without the empty
 * entry; may be NULL. */
char *ds_path_list_of(const struct ds_file *file, size_t *len);

/* Offers all of them, DS_FILES_ROOTS at a time under one acceptance. bytes, len: as in a list;
 * borrowed. NULL, or a sentence for the person why not. */
const char *ds_path_list_send(struct ds_courier *courier, const char *bytes, size_t len);

#endif
