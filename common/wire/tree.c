/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/wire/tree.h"

#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/wire/file_message.h"

#include <string.h>

size_t ds_tree_encode(uint8_t out[DS_TREE_ENTRY], const struct ds_tree_entry *entry)
{
    uint8_t *at = out + 3 + entry->path_len;
    out[0] = entry->kind;
    ds_put_u16(out + 1, (uint16_t)entry->path_len);
    memcpy(out + 3, entry->path, entry->path_len);
    ds_put_u64(at, entry->size);
    ds_put_u64(at + 8, (uint64_t)entry->mtime_s);
    ds_put_u32(at + 16, entry->mtime_ns);
    return DS_TREE_FIXED + entry->path_len;
}

int ds_tree_decode(const uint8_t *bytes, size_t n, struct ds_tree_entry *out)
{
    if (n < 3)
        return 0;
    size_t len = (size_t)bytes[1] << 8 | bytes[2];
    if ((bytes[0] != DS_TREE_FOLDER && bytes[0] != DS_TREE_FILE) || len == 0 || len >= DS_TREE_PATH)
        return DS_EPROTO;
    if (n < DS_TREE_FIXED + len)
        return 0;
    struct ds_cursor c = ds_cursor_of(bytes + 3 + len, DS_TREE_FIXED - 3);
    uint64_t size = ds_cursor_u64(&c);
    int64_t mtime_s = (int64_t)ds_cursor_u64(&c);
    uint32_t mtime_ns = ds_cursor_u32(&c);
    if (memchr(bytes + 3, '\0', len) || size > DS_FILE_SIZE_MAX ||
        (size > 0 && bytes[0] == DS_TREE_FOLDER) || !ds_tree_is_time(mtime_s, mtime_ns))
        return DS_EPROTO;
    out->kind = bytes[0];
    out->size = size;
    out->mtime_s = mtime_s;
    out->mtime_ns = mtime_ns;
    out->path_len = len;
    memcpy(out->path, bytes + 3, len);
    out->path[len] = '\0';
    return (int)(DS_TREE_FIXED + len);
}
