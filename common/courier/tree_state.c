/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where the receiving of a folder stands, in a small file beside what came of it, so that another
 * process can go on:
 *
 *     "DSF1"   boot id, 36 bytes   is_synced u8   begin u64   chain before, 32 bytes   done u32
 *     skipped u32   head: u16 length and bytes of the entry under way   path: u16 length, bytes
 *
 * It is written before a file is made. A boot that ended without a word may have lost what was
 * written but not yet on the disk: then the state is of use only when it says is_synced. */
#include "common/courier/disk_tree.h"

#include "common/base/cursor.h"
#include "common/base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define BOOT 36
#define STATE_MAX (4 + BOOT + 1 + 8 + DS_FILE_HASH + 8 + 2 + DS_TREE_ENTRY + 2 + DS_TREE_PATH)

static void read_boot(char out[BOOT])
{
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    memset(out, 0, BOOT);
    if (fd >= 0 && read(fd, out, BOOT) != BOOT)
        memset(out, 0, BOOT);
    if (fd >= 0)
        close(fd);
}

static void name_of(char out[DS_DISK_PART + 8], const struct ds_disk_file *file)
{
    snprintf(out, DS_DISK_PART + 8, "%s.state", file->part);
}

int ds_tree_state_open(const struct ds_disk_file *file, struct ds_tree_target *tree)
{
    static uint8_t empty[STATE_MAX]; /* not const: nothing of it is in the program's file */
    char name[DS_DISK_PART + 8];
    struct stat is;
    name_of(name, file);
    tree->state =
        openat(file->folder, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (tree->state < 0)
        return errno == ELOOP || errno == EISDIR ? EWOULDBLOCK : errno;
    if (fstat(tree->state, &is) != 0 || !S_ISREG(is.st_mode) || is.st_nlink != 1 ||
        is.st_uid != geteuid() || flock(tree->state, LOCK_EX | LOCK_NB) != 0) {
        close(tree->state);
        tree->state = -1;
        return EWOULDBLOCK;
    }
    /* Its blocks are there from the start: what came before the disk was full can be gone on with.
     */
    if (is.st_size >= (off_t)sizeof(empty))
        return 0;
    ssize_t n = pwrite(tree->state, empty, sizeof(empty), 0);
    return n == (ssize_t)sizeof(empty) ? 0 : n < 0 ? errno : ENOSPC;
}

static void put(uint8_t **at, const void *bytes, size_t n)
{
    memcpy(*at, bytes, n);
    *at += n;
}

static void put_sized(uint8_t **at, const void *bytes, size_t n)
{
    ds_put_u16(*at, (uint16_t)n);
    *at += 2;
    put(at, bytes, n);
}

bool ds_tree_state_write(struct ds_tree_target *tree, bool is_synced)
{
    static _Thread_local char boot[BOOT];
    uint8_t bytes[STATE_MAX], *at = bytes;
    size_t head = tree->has_entry ? tree->head_len : 0;
    if (boot[0] == '\0')
        read_boot(boot);
    put(&at, "DSF1", 4);
    put(&at, boot, BOOT);
    *at++ = is_synced;
    ds_put_u64(at, tree->begin);
    at += 8;
    put(&at, tree->before, DS_FILE_HASH);
    ds_put_u32(at, tree->done);
    ds_put_u32(at + 4, tree->skipped);
    at += 8;
    put_sized(&at, tree->head, head);
    put_sized(&at, tree->path, head > 0 ? strlen(tree->path) : 0);
    tree->is_unsynced = !is_synced;
    return pwrite(tree->state, bytes, (size_t)(at - bytes), 0) == at - bytes;
}

bool ds_tree_state_read(struct ds_tree_target *tree)
{
    uint8_t bytes[STATE_MAX];
    char boot[BOOT];
    ssize_t n = pread(tree->state, bytes, sizeof(bytes), 0);
    struct ds_cursor c = ds_cursor_of(bytes, n > 0 ? (size_t)n : 0);
    const uint8_t *magic = ds_cursor_bytes(&c, 4), *was = ds_cursor_bytes(&c, BOOT);
    bool is_synced = ds_cursor_u8(&c) == 1;
    uint64_t begin = ds_cursor_u64(&c);
    const uint8_t *chain = ds_cursor_bytes(&c, DS_FILE_HASH);
    uint32_t done = ds_cursor_u32(&c), skipped = ds_cursor_u32(&c);
    size_t head_len = ds_cursor_u16(&c);
    const uint8_t *head = ds_cursor_bytes(&c, head_len);
    size_t path_len = ds_cursor_u16(&c);
    const uint8_t *path = ds_cursor_bytes(&c, path_len);
    read_boot(boot);
    if (c.error || memcmp(magic, "DSF1", 4) != 0 || begin > DS_FILE_SIZE_MAX ||
        (memcmp(boot, was, BOOT) != 0 && !is_synced) || head_len > sizeof(tree->head) ||
        path_len >= sizeof(tree->path) || (head_len > 0) != (path_len > 0))
        return false;
    tree->begin = tree->at = begin;
    tree->done = done;
    tree->skipped = skipped;
    memcpy(tree->before, chain, DS_FILE_HASH);
    memcpy(tree->chain, chain, DS_FILE_HASH);
    memcpy(tree->head, head, head_len);
    tree->head_len = head_len;
    memcpy(tree->path, path, path_len);
    tree->path[path_len] = '\0';
    return true;
}

void ds_tree_state_remove(const struct ds_disk_file *file)
{
    char name[DS_DISK_PART + 8];
    name_of(name, file);
    unlinkat(file->folder, name, 0);
}
