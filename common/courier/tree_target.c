/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that are received: unfolded into a hidden folder beside the place they are for, each name
 * cleaned and opened beneath that folder without following links; moved to their place as a whole
 * when everything came. Nothing is synced file by file: once, at the end and before a state that
 * another boot may rely on. */
#include "common/courier/beneath.h"
#include "common/courier/disk_tree.h"
#include "common/service/file_name.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define TRIES 1000
#define STRIDE 65536

/* ---- life ---- */

static void close_entry(struct ds_tree_target *tree)
{
    if (tree->fd >= 0)
        close(tree->fd);
    tree->fd = -1;
    tree->has_entry = false;
    tree->head_len = tree->tail_len = 0;
    tree->written = 0;
}

void ds_tree_target_free(struct ds_tree_target *tree)
{
    if (!tree)
        return;
    close_entry(tree);
    if (tree->state >= 0)
        close(tree->state);
    if (tree->stage >= 0)
        close(tree->stage);
    EVP_MD_CTX_free(tree->sum);
    free(tree);
}

struct ds_tree_target *ds_tree_target_new(void)
{
    struct ds_tree_target *tree = calloc(1, sizeof(*tree));
    if (!tree)
        return NULL;
    tree->stage = tree->state = tree->fd = -1;
    tree->sum = EVP_MD_CTX_new();
    if (tree->sum)
        return tree;
    free(tree);
    return NULL;
}

/* ---- one entry ---- */

static struct timespec time_of(const struct ds_tree_entry *e)
{
    return (struct timespec){.tv_sec = e->mtime_s, .tv_nsec = (long)e->mtime_ns};
}

/* Best effort: a file system may not have them. */
static void set_time(int fd, const struct ds_tree_entry *e)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, time_of(e)};
    futimens(fd, times);
}

/* Gives a path whose last component is taken the next number. */
static bool number_path(char path[DS_TREE_PATH], const char *first, unsigned number)
{
    char name[DS_FILE_NAME];
    const char *last = ds_file_name_of(first);
    ds_file_name_number(name, last, number);
    size_t above = (size_t)(last - first);
    if (above + strlen(name) >= DS_TREE_PATH)
        return false;
    memcpy(path, first, above);
    memcpy(path + above, name, strlen(name) + 1);
    return true;
}

/* The state knows the name before the file has it, so that another process can tell the file that
 * was under way from one whose name happens to become the same. */
static enum ds_file_fault create(struct ds_tree_target *tree)
{
    char *first = strdup(tree->path);
    enum ds_file_fault fault = first ? DS_FILE_OK : DS_FILE_NO_MEMORY;
    for (unsigned i = 2; fault == DS_FILE_OK; i++) {
        if (!ds_tree_state_write(tree, false)) {
            fault = DS_FILE_NO_SPACE;
            break;
        }
        tree->fd = ds_beneath_open(tree->stage, tree->path, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (tree->fd >= 0)
            break;
        if (errno != EEXIST || i > TRIES || !number_path(tree->path, first, i))
            fault = ds_disk_fault(errno);
    }
    free(first);
    return fault;
}

static enum ds_file_fault begin_file(struct ds_tree_target *tree)
{
    if (EVP_DigestInit_ex(tree->sum, EVP_sha256(), NULL) != 1)
        return DS_FILE_NO_MEMORY;
    return create(tree);
}

static enum ds_file_fault begin_entry(struct ds_tree_target *tree)
{
    if (!ds_file_path_clean(tree->path, tree->entry.path))
        return DS_FILE_HOSTILE;
    tree->has_entry = true;
    memcpy(tree->before, tree->chain, DS_FILE_HASH);
    ds_tree_chain(tree->chain, tree->head, tree->head_len);
    if (tree->entry.kind == DS_TREE_FILE)
        return begin_file(tree);
    int fd = ds_beneath_folder(tree->stage, tree->path);
    if (fd < 0)
        return ds_disk_fault(errno);
    set_time(fd, &tree->entry);
    close(fd);
    return DS_FILE_OK;
}

/* Everything of the entry came. */
static void finish_entry(struct ds_tree_target *tree)
{
    uint8_t hash[DS_FILE_HASH];
    if (tree->entry.kind == DS_TREE_FILE) {
        EVP_DigestFinal_ex(tree->sum, hash, NULL);
        if (tree->tail[0] == DS_TREE_WHOLE && memcmp(hash, tree->tail + 1, DS_FILE_HASH) == 0) {
            set_time(tree->fd, &tree->entry);
        } else { /* it changed while it was sent, or could not be read: better none than half */
            ds_beneath_unlink(tree->stage, tree->path);
            tree->skipped++;
        }
        tree->done++;
    }
    tree->begin = tree->at;
    memcpy(tree->before, tree->chain, DS_FILE_HASH);
    close_entry(tree);
}

/* ---- the stream ---- */

static enum ds_file_fault put_content(struct ds_tree_target *tree, const uint8_t *bytes, size_t len)
{
    enum ds_file_fault fault = ds_disk_put(tree->fd, tree->written, bytes, &len);
    EVP_DigestUpdate(tree->sum, bytes, len); /* also of what came before the disk was full */
    tree->written += len;
    tree->at += len;
    return fault;
}

/* The head: complete, or not yet. */
static enum ds_file_fault put_head(struct ds_tree_target *tree, const uint8_t **bytes, size_t *len)
{
    while (*len > 0 && !tree->has_entry) {
        size_t want =
            tree->head_len < 3 ? 3 : DS_TREE_FIXED + ((size_t)tree->head[1] << 8 | tree->head[2]);
        if (want > sizeof(tree->head))
            return DS_FILE_HOSTILE;
        size_t n = want - tree->head_len < *len ? want - tree->head_len : *len;
        memcpy(tree->head + tree->head_len, *bytes, n);
        tree->head_len += n;
        tree->at += n;
        *bytes += n;
        *len -= n;
        int decoded = ds_tree_decode(tree->head, tree->head_len, &tree->entry);
        enum ds_file_fault fault = decoded < 0   ? DS_FILE_HOSTILE
                                   : decoded > 0 ? begin_entry(tree)
                                                 : DS_FILE_OK;
        if (fault != DS_FILE_OK)
            return fault;
    }
    return DS_FILE_OK;
}

static enum ds_file_fault put_one(struct ds_tree_target *tree, const uint8_t **bytes, size_t *len)
{
    if (!tree->has_entry) {
        enum ds_file_fault fault = put_head(tree, bytes, len);
        if (fault != DS_FILE_OK || !tree->has_entry)
            return fault;
        if (tree->entry.kind == DS_TREE_FOLDER)
            finish_entry(tree);
        return DS_FILE_OK;
    }
    uint64_t left = tree->entry.size - tree->written;
    if (left > 0) {
        size_t n = left < *len ? (size_t)left : *len;
        enum ds_file_fault fault = put_content(tree, *bytes, n);
        *bytes += n;
        *len -= n;
        return fault;
    }
    size_t n = DS_TREE_TAIL - tree->tail_len < *len ? DS_TREE_TAIL - tree->tail_len : *len;
    memcpy(tree->tail + tree->tail_len, *bytes, n);
    tree->tail_len += n;
    tree->at += n;
    *bytes += n;
    *len -= n;
    if (tree->tail_len == DS_TREE_TAIL)
        finish_entry(tree);
    return DS_FILE_OK;
}

/* ---- jobs ---- */

static enum ds_file_fault open_stage(struct ds_disk_file *file, struct ds_tree_target *tree)
{
    if (mkdirat(file->folder, file->part, 0700) != 0 && errno != EEXIST)
        return ds_disk_fault(errno);
    tree->stage = openat(file->folder, file->part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return tree->stage >= 0 ? DS_FILE_OK : ds_disk_fault(errno);
}

static enum ds_file_fault begin_anew(struct ds_disk_file *file, struct ds_tree_target *tree)
{
    close_entry(tree);
    if (tree->stage >= 0)
        close(tree->stage);
    tree->stage = -1;
    ds_beneath_remove(file->folder, file->part);
    tree->at = tree->begin = 0;
    tree->done = tree->skipped = 0;
    memset(tree->chain, 0, DS_FILE_HASH);
    memset(tree->before, 0, DS_FILE_HASH);
    enum ds_file_fault fault = open_stage(file, tree);
    if (fault == DS_FILE_OK && !ds_tree_state_write(tree, false))
        fault = DS_FILE_NO_SPACE;
    return fault;
}

/* The file that was under way in another process: what is there of it counts. False: there is
 * nothing; the stream goes on before it. */
static bool go_on_with_file(struct ds_tree_target *tree, const atomic_bool *stop)
{
    struct stat is;
    uint8_t *bytes = NULL;
    int n = ds_tree_decode(tree->head, tree->head_len, &tree->entry);
    if (n <= 0 || (size_t)n != tree->head_len || tree->entry.kind != DS_TREE_FILE)
        return false;
    tree->fd = ds_beneath_open(tree->stage, tree->path, O_RDWR | O_NONBLOCK, 0);
    if (tree->fd < 0 || fstat(tree->fd, &is) != 0 || !S_ISREG(is.st_mode) || is.st_nlink != 1 ||
        EVP_DigestInit_ex(tree->sum, EVP_sha256(), NULL) != 1 || !(bytes = malloc(STRIDE)))
        return false;
    uint64_t there =
        (uint64_t)is.st_size < tree->entry.size ? (uint64_t)is.st_size : tree->entry.size;
    while (tree->written < there && !atomic_load(stop)) {
        uint64_t left = there - tree->written;
        ssize_t got =
            pread(tree->fd, bytes, left < STRIDE ? (size_t)left : STRIDE, (off_t)tree->written);
        if (got <= 0)
            break;
        EVP_DigestUpdate(tree->sum, bytes, (size_t)got);
        tree->written += (uint64_t)got;
    }
    free(bytes);
    tree->has_entry = true;
    ds_tree_chain(tree->chain, tree->head, tree->head_len);
    tree->at = tree->begin + tree->head_len + tree->written;
    return ftruncate(tree->fd, (off_t)tree->written) == 0;
}

/* Else the file is made again when its entry comes again. */
static void drop_entry(struct ds_tree_target *tree)
{
    close_entry(tree);
    ds_beneath_unlink(tree->stage, tree->path);
    tree->at = tree->begin;
    memcpy(tree->chain, tree->before, DS_FILE_HASH);
}

enum ds_file_fault ds_tree_open_target(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop)
{
    struct ds_tree_target *tree = file->target;
    enum ds_file_fault fault = open_stage(file, tree);
    if (fault != DS_FILE_OK)
        return fault;
    if (!ds_tree_state_read(tree) || tree->begin >= file->size)
        fault = begin_anew(file, tree);
    else if (tree->head_len > 0 && (!go_on_with_file(tree, stop) || tree->at >= file->size))
        drop_entry(tree);
    if (fault == DS_FILE_OK) {
        job->offset = tree->at;
        memcpy(job->hash, tree->chain, DS_FILE_HASH);
    }
    return fault;
}

enum ds_file_fault ds_tree_write(struct ds_disk_file *file, struct ds_file_job *job)
{
    struct ds_tree_target *tree = file->target;
    const uint8_t *bytes = job->bytes ? job->bytes->data : NULL;
    size_t len = job->len;
    enum ds_file_fault fault = bytes ? DS_FILE_OK : DS_FILE_NO_MEMORY;
    if (fault == DS_FILE_OK && job->offset != tree->at) /* 0: what is there was not wanted */
        fault = job->offset == 0 ? begin_anew(file, tree) : DS_FILE_DAMAGED;
    tree->is_unsynced = true;
    while (fault == DS_FILE_OK && len > 0)
        fault = put_one(tree, &bytes, &len);
    if (fault == DS_FILE_NO_SPACE)
        ds_disk_tell_space(file, file->size - tree->at, job);
    job->files = tree->done;
    return fault;
}

enum ds_file_fault ds_tree_sync(struct ds_disk_file *file, struct ds_file_job *job)
{
    struct ds_tree_target *tree = file->target;
    if (tree->is_unsynced && (syncfs(tree->stage) != 0 || !ds_tree_state_write(tree, true) ||
                              fdatasync(tree->state) != 0))
        return ds_disk_fault(errno);
    job->offset = tree->at;
    return DS_FILE_OK;
}

/* Each of what was chosen to be sent, to a name of its own. */
static enum ds_file_fault place_all(struct ds_disk_file *file, DIR *stage, unsigned *count)
{
    const struct dirent *entry;
    enum ds_file_fault fault = DS_FILE_OK;
    char name[DS_FILE_NAME];
    while (fault == DS_FILE_OK && (entry = readdir(stage)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(name, sizeof(name), "%s", file->is_single ? file->name : entry->d_name);
        fault = ds_disk_place(file, dirfd(stage), entry->d_name, name);
        if (file->is_single && fault == DS_FILE_OK)
            memcpy(file->name, name, sizeof(name));
        ++*count;
    }
    return fault;
}

static bool is_single(int stage)
{
    int fd = openat(stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    unsigned count = 0;
    while (dir && readdir(dir) && count < 4)
        count++;
    if (dir)
        closedir(dir);
    return count == 3; /* with "." and ".." */
}

enum ds_file_fault ds_tree_keep(struct ds_disk_file *file, struct ds_file_job *job)
{
    struct ds_tree_target *tree = file->target;
    unsigned count = 0;
    if (tree->at != file->size || tree->has_entry || tree->head_len > 0 ||
        memcmp(tree->chain, job->hash, DS_FILE_HASH) != 0)
        return DS_FILE_DAMAGED;
    if (syncfs(tree->stage) != 0)
        return ds_disk_fault(errno);
    file->is_single = is_single(tree->stage);
    int fd = openat(tree->stage, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stage = fd >= 0 ? fdopendir(fd) : NULL;
    if (!stage)
        return DS_FILE_NO_WRITING;
    enum ds_file_fault fault = place_all(file, stage, &count);
    closedir(stage);
    if (fault != DS_FILE_OK)
        return fault;
    ds_tree_discard(file);
    fsync(file->folder); /* best effort */
    job->skipped = tree->skipped;
    job->path = file->is_single ? ds_disk_path(file) : strdup(file->folder_path);
    return DS_FILE_OK;
}

void ds_tree_discard(struct ds_disk_file *file)
{
    ds_beneath_remove(file->folder, file->part);
    ds_tree_state_remove(file);
}
