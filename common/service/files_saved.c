/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that go on in another process of the same session, as bytes: an agreed restart of the
 * computer is for them a long cut. Numbers big-endian, text = u16 length and the bytes; of each
 * file:
 *
 *     id u32   flags u8 (1 ours, 2 folder, 4 begun, 8 summed, 16 and 32 paused, 64 has a time)
 *     size u64   base u64   top u64   takes u64   files, folders, skipped u32   exists u8
 *     mtime u64 and u32   hash 32 bytes   name text   path: u32 length, bytes
 *
 * Before them their count, u8. */
#include "common/base/cursor.h"
#include "common/base/error.h"
#include "common/service/files_priv.h"
#include "common/wire/tree.h"

#include <stdlib.h>
#include <string.h>

#define KEPT_MAX 8 /* more than one flows in each direction only over pauses */
#define PATH_BYTES 65536u

enum {
    OURS = 1,
    FOLDER = 2,
    BEGUN = 4,
    SUMMED = 8,
    OURS_PAUSED = 16,
    THEIRS_PAUSED = 32,
    TIME = 64
};

/* Length of what path is: text, or of ours a list that ends with an empty one. */
static size_t path_len(const struct ds_file *f)
{
    size_t len = 0;
    if (!f->is_ours)
        return strlen(f->path);
    while (f->path[len] != '\0')
        len += strlen(f->path + len) + 1;
    return len + 1;
}

/* What was agreed about and is not wholly here. One that gets its name at this very moment does
 * not: whether it has it nobody would know. */
static bool can_go_on(const struct ds_file *f)
{
    return (f->state == DS_FILE_STATE_AGREED || f->state == DS_FILE_STATE_FLOWING ||
            (f->is_ours && f->state == DS_FILE_STATE_CLOSING)) &&
           (f->is_checked || f->is_back) && f->path &&
           (f->due & DS_FILES_DUE(DS_FILE_ACCEPT)) == 0 && path_len(f) < PATH_BYTES;
}

/* The hash of ours counts when it went out; else it is made and said again. */
static bool is_summed(const struct ds_file *f)
{
    return f->is_ours ? f->has_hash && (f->due & DS_FILES_DUE(DS_FILE_DONE)) == 0 : f->is_summed;
}

static void write_file(struct ds_writer *w, const struct ds_file *f)
{
    unsigned flags = (f->is_ours ? OURS : 0u) | (f->is_folder ? FOLDER : 0u) |
                     (f->has_begun ? BEGUN : 0u) | (is_summed(f) ? SUMMED : 0u) |
                     (f->is_ours_paused ? OURS_PAUSED : 0u) |
                     (f->is_theirs_paused ? THEIRS_PAUSED : 0u) | (f->has_mtime ? TIME : 0u);
    size_t len = path_len(f);
    ds_writer_u32(w, f->id);
    ds_writer_u8(w, (uint8_t)flags);
    ds_writer_u64(w, f->size);
    ds_writer_u64(w, f->base);
    ds_writer_u64(w, f->top);
    ds_writer_u64(w, f->takes);
    ds_writer_u32(w, f->files);
    ds_writer_u32(w, f->folders);
    ds_writer_u32(w, f->skipped);
    ds_writer_u8(w, (uint8_t)f->exists);
    ds_writer_u64(w, (uint64_t)f->mtime_s);
    ds_writer_u32(w, f->mtime_ns);
    ds_writer_bytes(w, f->hash, sizeof(f->hash));
    ds_writer_text(w, f->name);
    ds_writer_u32(w, (uint32_t)len);
    ds_writer_bytes(w, f->path, len);
}

/* Its part stays, and nobody is told. */
static void put_down(struct ds_files *files, struct ds_file *f)
{
    struct ds_file_job *job = ds_file_job_new(DS_FILE_JOB_CLOSE, f->id);
    if (job)
        files->ops->job(files->ctx, job);
    f->due = 0;
    f->state = DS_FILE_STATE_FAILED;
}

void ds_files_save(struct ds_files *files, struct ds_buf *out)
{
    struct ds_file *kept[KEPT_MAX];
    uint8_t count = 0;
    for (size_t i = 0; i < files->count && count < KEPT_MAX; i++)
        if (can_go_on(files->files[i]))
            kept[count++] = files->files[i];
    struct ds_writer w = ds_writer_of(out);
    ds_writer_u8(&w, count);
    for (uint8_t i = 0; i < count; i++)
        write_file(&w, kept[i]);
    if (w.error) { /* then they fail like the others */
        ds_buf_clear(out);
        return;
    }
    for (uint8_t i = 0; i < count; i++)
        put_down(files, kept[i]);
}

/* ---- the other process ---- */

/* A path of ours ends with two NULs and has no more of them than separators; theirs has none. */
static bool is_path(const uint8_t *bytes, size_t len, bool is_ours)
{
    if (len == 0 || len >= PATH_BYTES)
        return false;
    if (!is_ours)
        return !memchr(bytes, '\0', len);
    if (len < 3 || bytes[0] == '\0' || bytes[len - 1] != '\0' || bytes[len - 2] != '\0')
        return false;
    for (size_t i = 0; i + 2 < len; i++)
        if (bytes[i] == '\0' && bytes[i + 1] == '\0')
            return false;
    return true;
}

static void read_path(struct ds_cursor *c, struct ds_file *f)
{
    size_t len = ds_cursor_u32(c);
    const uint8_t *bytes = ds_cursor_bytes(c, len);
    if (!bytes || !is_path(bytes, len, f->is_ours)) {
        c->error = DS_EPROTO;
        return;
    }
    f->path = calloc(1, len + 1);
    if (f->path)
        memcpy(f->path, bytes, len);
    else
        c->error = DS_ENOMEM;
}

static void read_file(struct ds_cursor *c, struct ds_file *f)
{
    uint8_t flags = ds_cursor_u8(c);
    f->is_ours = flags & OURS;
    f->is_folder = flags & FOLDER;
    f->has_begun = flags & BEGUN;
    f->is_summed = flags & SUMMED;
    f->is_ours_paused = flags & OURS_PAUSED;
    f->is_theirs_paused = flags & THEIRS_PAUSED;
    f->has_mtime = flags & TIME;
    f->size = ds_cursor_u64(c);
    f->base = ds_cursor_u64(c);
    f->top = ds_cursor_u64(c);
    f->takes = ds_cursor_u64(c);
    f->files = ds_cursor_u32(c);
    f->folders = ds_cursor_u32(c);
    f->skipped = ds_cursor_u32(c);
    uint8_t exists = ds_cursor_u8(c);
    f->exists = (enum ds_file_exists)exists;
    f->mtime_s = (int64_t)ds_cursor_u64(c);
    f->mtime_ns = ds_cursor_u32(c);
    const uint8_t *hash = ds_cursor_bytes(c, DS_FILE_HASH);
    if (hash)
        memcpy(f->hash, hash, DS_FILE_HASH);
    ds_cursor_text(c, f->name, sizeof(f->name));
    read_path(c, f);
    if (f->size > DS_FILE_SIZE_MAX || f->takes > DS_FILE_SIZE_MAX || f->base > f->size ||
        f->top > f->size || exists > DS_FILE_EXISTS_SKIP || f->name[0] == '\0' ||
        strchr(f->name, '/') || !ds_tree_is_time(f->mtime_s, f->mtime_ns))
        c->error = c->error ? c->error : DS_EPROTO;
}

static void open_again(struct ds_files *files, struct ds_file *f)
{
    struct ds_file_job *job =
        ds_files_job(files, f, f->is_ours ? DS_FILE_JOB_OPEN_SOURCE : DS_FILE_JOB_OPEN_TARGET);
    if (!job)
        return;
    size_t len = path_len(f) + 1;
    job->path = malloc(len); /* NULL: the disk says that memory is short */
    if (job->path)
        memcpy(job->path, f->path, len);
    if (!f->is_ours)
        ds_files_fill_target(job, f);
    files->ops->job(files->ctx, job);
}

static bool is_ours_by_id(const struct ds_files *files, const struct ds_file *f)
{
    return f->is_ours ? f->id % 2 == files->next_id % 2 && f->id < files->next_id
                      : f->id % 2 != files->next_id % 2 && f->id <= files->their_id;
}

bool ds_files_load(struct ds_files *files, const uint8_t *bytes, size_t len)
{
    struct ds_cursor c = ds_cursor_of(bytes, len);
    uint8_t count = len > 0 ? ds_cursor_u8(&c) : 0;
    for (uint8_t i = 0; i < count && count <= KEPT_MAX; i++) {
        struct ds_file read = {.id = ds_cursor_u32(&c)};
        read_file(&c, &read);
        struct ds_file *f =
            !c.error && is_ours_by_id(files, &read) && !ds_files_find(files, read.id)
                ? ds_files_add(files, read.id, read.is_ours)
                : NULL;
        if (!f) {
            free(read.path);
            return false;
        }
        *f = read;
        f->left_s = -1;
        f->state = DS_FILE_STATE_AGREED;
        f->has_hash = f->is_ours && f->is_summed;
        if (f->has_hash) {
            f->state = DS_FILE_STATE_CLOSING;
            f->at = f->bytes = f->size;
        }
        f->is_back = true;
        open_again(files, f);
    }
    return count <= KEPT_MAX && ds_cursor_finish(&c) == DS_OK;
}
