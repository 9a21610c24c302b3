/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a folder travels: one stream of bytes, in which an entry stands for each folder and each
 * file, folders before what is in them. The stream is the content of one file of
 * common/wire/file_message.h, and no byte of it depends on when it is read, so that it can be gone
 * on with anywhere.
 *
 *     kind u8: 1 folder, 2 file   length u16, path   size u64   mtime_s i64   mtime_ns u32
 *     of a file then: its content, size bytes   state u8: 0 whole, 1 not   SHA-256, 32 bytes
 *
 * A path is relative, its components are separated by "/"; the first component of all is the name
 * of what was chosen to be sent. A file that changed or could not be read is filled up with zeros
 * and says "not": the receiver leaves it out. The hash of the stream as a whole is a chain over the
 * entries, from 32 zero bytes: SHA-256 of the chain so far and the entry. Proved by
 * tests/unit/tree.c. */
#ifndef DS_WIRE_TREE_H
#define DS_WIRE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DS_TREE_PATH 4097 /* bytes with the NUL */
#define DS_TREE_FIXED 23  /* bytes of an entry beside its path */
#define DS_TREE_ENTRY (DS_TREE_FIXED + DS_TREE_PATH - 1)
#define DS_TREE_TAIL 33 /* bytes behind a file's content */

enum ds_tree_kind { DS_TREE_FOLDER = 1, DS_TREE_FILE = 2 };
enum ds_tree_state { DS_TREE_WHOLE = 0, DS_TREE_NOT = 1 };

struct ds_tree_entry {
    uint8_t kind;
    uint64_t size; /* 0 of a folder */
    int64_t mtime_s;
    uint32_t mtime_ns;
    size_t path_len;         /* 1.. */
    char path[DS_TREE_PATH]; /* any bytes but NUL: hostile, see common/service/file_name.h */
};

/* Bytes that the entry and what belongs to it take in the stream. */
static inline uint64_t ds_tree_span(const struct ds_tree_entry *entry)
{
    uint64_t content = entry->kind == DS_TREE_FILE ? entry->size + DS_TREE_TAIL : 0;
    return DS_TREE_FIXED + entry->path_len + content;
}

/* Years 1 to 9999: what every file system and library can take. */
static inline bool ds_tree_is_time(int64_t s, uint32_t ns)
{
    return s >= -62135596800 && s <= 253402300799 && ns < 1000000000;
}

/* Bytes of the entry; fits into DS_TREE_ENTRY. */
size_t ds_tree_encode(uint8_t out[DS_TREE_ENTRY], const struct ds_tree_entry *entry);
/* > 0: bytes that were consumed; 0: more are needed; DS_EPROTO. */
int ds_tree_decode(const uint8_t *bytes, size_t n, struct ds_tree_entry *out);

#endif
