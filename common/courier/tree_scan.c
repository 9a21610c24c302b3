/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in the folders that were chosen: everything that is a file or a folder and can be read.
 * Links, pipes, sockets and devices are counted and left out. Names are taken in the order of their
 * bytes, so that a later try finds the same stream. */
#include "common/courier/beneath.h"
#include "common/courier/disk_tree.h"
#include "common/service/file_name.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 4096u /* of the usual file system: what the smallest file takes */

struct scan {
    struct ds_tree_source *tree;
    struct ds_file_job *job;
    const atomic_bool *stop;
    struct ds_tree_item item;
    enum ds_file_fault fault;
};

static void add(struct scan *s, uint8_t kind, const struct stat *is)
{
    struct ds_tree_entry *e = &s->item.entry;
    bool is_time = ds_tree_is_time(is->st_mtim.tv_sec, (uint32_t)is->st_mtim.tv_nsec);
    e->kind = kind;
    e->size = kind == DS_TREE_FILE ? (uint64_t)is->st_size : 0;
    e->mtime_s = is_time ? is->st_mtim.tv_sec : 0;
    e->mtime_ns = is_time ? (uint32_t)is->st_mtim.tv_nsec : 0;
    s->tree->size += ds_tree_span(e);
    s->job->room += kind == DS_TREE_FILE ? (e->size + BLOCK - 1) / BLOCK * BLOCK : BLOCK;
    if (s->tree->size > DS_FILE_SIZE_MAX || s->job->room > DS_FILE_SIZE_MAX)
        s->fault = DS_FILE_NOT_A_FILE;
    else if (!ds_tree_list_add(&s->tree->list, &s->item))
        s->fault = DS_FILE_NO_MEMORY;
}

static void add_file(struct scan *s, const struct stat *is)
{
    if (is->st_size < 0 || is->st_size > DS_FILE_SIZE_MAX) {
        s->job->skipped++;
        return;
    }
    s->job->files++;
    add(s, DS_TREE_FILE, is);
}

/* ---- the names of one folder, sorted ---- */

struct names {
    char *text; /* owned: each with its NUL */
    uint32_t *at;
    size_t len, cap, count, room;
};

static bool grow(void **what, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return true;
    size_t more = *cap ? *cap * 2 : 256;
    void *bigger = more >= need && more <= UINT32_MAX ? realloc(*what, more * size) : NULL;
    if (!bigger)
        return false;
    *what = bigger;
    *cap = more;
    return true;
}

static int by_bytes(const void *a, const void *b, void *text)
{
    return strcmp((const char *)text + *(const uint32_t *)a,
                  (const char *)text + *(const uint32_t *)b);
}

static bool read_names(DIR *dir, struct names *n)
{
    const struct dirent *entry;
    while ((entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name) + 1;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        while (n->cap < n->len + len)
            if (!grow((void **)&n->text, &n->cap, n->cap + 1, 1))
                return false;
        if (!grow((void **)&n->at, &n->room, n->count + 1, sizeof(*n->at)))
            return false;
        n->at[n->count++] = (uint32_t)n->len;
        memcpy(n->text + n->len, entry->d_name, len);
        n->len += len;
    }
    if (n->count > 0)
        qsort_r(n->at, n->count, sizeof(*n->at), by_bytes, n->text);
    return true;
}

/* ---- a folder ---- */

static void add_folder(struct scan *s, int fd, const struct stat *is, unsigned depth);

static void add_name(struct scan *s, int folder, const char *name, unsigned depth)
{
    struct ds_tree_entry *e = &s->item.entry;
    size_t was = e->path_len;
    int n = snprintf(e->path + was, sizeof(e->path) - was, "/%s", name);
    struct stat is;
    int fd = -1;
    if ((size_t)n >= sizeof(e->path) - was || depth + 1 >= DS_FILE_DEPTH ||
        fstatat(folder, name, &is, AT_SYMLINK_NOFOLLOW) != 0) {
        s->job->skipped++;
    } else if (S_ISDIR(is.st_mode) &&
               (fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) >= 0) {
        e->path_len = was + (size_t)n;
        add_folder(s, fd, &is, depth + 1);
    } else if (S_ISREG(is.st_mode) && faccessat(folder, name, R_OK, AT_EACCESS) == 0) {
        e->path_len = was + (size_t)n;
        add_file(s, &is);
    } else {
        s->job->skipped++;
    }
    e->path_len = was;
    e->path[was] = '\0';
}

/* Takes fd. The folder's entry comes again behind what is in it: then its time stays. */
static void add_folder(struct scan *s, int fd, const struct stat *is, unsigned depth)
{
    struct names names = {0};
    DIR *dir = fdopendir(fd);
    if (!dir)
        close(fd);
    s->job->folders++;
    add(s, DS_TREE_FOLDER, is);
    if (!dir || !read_names(dir, &names))
        s->fault = DS_FILE_NO_MEMORY;
    for (size_t i = 0; i < names.count && s->fault == DS_FILE_OK; i++) {
        add_name(s, fd, names.text + names.at[i], depth);
        if (atomic_load(s->stop))
            s->fault = DS_FILE_ENDED;
    }
    if (s->fault == DS_FILE_OK && names.count > 0)
        add(s, DS_TREE_FOLDER, is);
    free(names.text);
    free(names.at);
    if (dir)
        closedir(dir);
}

/* ---- what was chosen ---- */

/* Its name, without slashes at the end; of "/", "." and the like their real one. */
static void name_root(struct scan *s, const char *path)
{
    struct ds_tree_entry *e = &s->item.entry;
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/')
        end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/')
        begin--;
    const char *name = path + begin;
    size_t len = end - begin;
    char *real = len == 0 || strncmp(name, "..", len) == 0 ? realpath(path, NULL) : NULL;
    if (real) {
        name = ds_file_name_of(real);
        len = strlen(name);
    }
    if (len == 0 || len >= DS_FILE_NAME) {
        name = "files";
        len = strlen(name);
    }
    memcpy(e->path, name, len);
    e->path[len] = '\0';
    e->path_len = len;
    free(real);
}

static void add_root(struct scan *s, const char *path, unsigned number)
{
    struct stat is;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    name_root(s, path);
    s->item.root = (uint16_t)number;
    s->item.below = (uint16_t)s->item.entry.path_len;
    if (fd < 0 || fstat(fd, &is) != 0)
        s->fault = DS_FILE_NOT_FOUND;
    else if (S_ISDIR(is.st_mode)) {
        add_folder(s, fd, &is, 0);
        return;
    } else if (S_ISREG(is.st_mode))
        add_file(s, &is);
    else
        s->job->skipped++;
    if (fd >= 0)
        close(fd);
}

enum ds_file_fault ds_tree_scan(struct ds_tree_source *tree, struct ds_file_job *job,
                                const atomic_bool *stop)
{
    struct scan *s = calloc(1, sizeof(*s));
    enum ds_file_fault fault = DS_FILE_NO_MEMORY;
    if (!s || !ds_tree_list_open(&tree->list))
        goto out;
    *s = (struct scan){.tree = tree, .job = job, .stop = stop};
    unsigned number = 0;
    for (const char *at = job->path; *at && s->fault == DS_FILE_OK; at += strlen(at) + 1)
        add_root(s, at, number++);
    ds_tree_list_rewind(&tree->list);
    fault = s->fault;
    if (fault == DS_FILE_OK && job->files + job->folders == 0)
        fault = DS_FILE_NOT_A_FILE;
    if (fault == DS_FILE_OK) {
        tree->roots = job->path;
        job->path = NULL;
        job->size = tree->size;
        job->is_folder = true;
    }
out:
    free(s);
    return fault;
}
