/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders that are sent: any bytes of their stream, most cheaply one after the other. */
#include "common/courier/beneath.h"
#include "common/courier/disk_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STRIDE 65536

void ds_tree_chain(uint8_t chain[DS_FILE_HASH], const uint8_t *head, size_t len)
{
    uint8_t bytes[DS_FILE_HASH + DS_TREE_ENTRY];
    memcpy(bytes, chain, DS_FILE_HASH);
    memcpy(bytes + DS_FILE_HASH, head, len);
    EVP_Digest(bytes, DS_FILE_HASH + len, chain, NULL, EVP_sha256(), NULL);
}

struct ds_tree_source *ds_tree_source_new(void)
{
    struct ds_tree_source *tree = calloc(1, sizeof(*tree));
    if (!tree)
        return NULL;
    tree->list.fd = tree->root = tree->root_fd = tree->fd = -1;
    tree->sum = EVP_MD_CTX_new();
    if (!tree->sum) {
        free(tree);
        return NULL;
    }
    return tree;
}

static void close_file(struct ds_tree_source *tree)
{
    if (tree->fd >= 0)
        close(tree->fd);
    tree->fd = -1;
    tree->is_open = tree->is_bad = tree->has_tail = tree->has_item = false;
    tree->summed = 0;
}

void ds_tree_source_free(struct ds_tree_source *tree)
{
    if (!tree)
        return;
    close_file(tree);
    if (tree->root_fd >= 0)
        close(tree->root_fd);
    ds_tree_list_close(&tree->list);
    EVP_MD_CTX_free(tree->sum);
    free(tree->roots);
    free(tree);
}

/* ---- the file under way ---- */

static int open_at_root(struct ds_tree_source *tree)
{
    const char *root = tree->roots, *below = tree->item.entry.path + tree->item.below;
    for (unsigned i = tree->item.root; i > 0; i--)
        root += strlen(root) + 1;
    if (*below == '\0') /* a file that was chosen itself */
        return open(root, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (tree->root != tree->item.root) {
        if (tree->root_fd >= 0)
            close(tree->root_fd);
        tree->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        tree->root = tree->item.root;
    }
    return ds_beneath_open(tree->root_fd, below + 1, O_RDONLY | O_NOCTTY | O_NONBLOCK, 0);
}

static bool is_as_it_was(const struct ds_tree_source *tree, const struct stat *is)
{
    const struct ds_tree_entry *e = &tree->item.entry;
    bool is_time = ds_tree_is_time(is->st_mtim.tv_sec, (uint32_t)is->st_mtim.tv_nsec);
    return S_ISREG(is->st_mode) && (uint64_t)is->st_size == e->size &&
           (!is_time ||
            (is->st_mtim.tv_sec == e->mtime_s && (uint32_t)is->st_mtim.tv_nsec == e->mtime_ns));
}

static void open_file(struct ds_tree_source *tree)
{
    struct stat is;
    tree->is_open = true;
    tree->summed = 0;
    tree->fd = open_at_root(tree);
    tree->is_bad = tree->fd < 0 || fstat(tree->fd, &is) != 0 || !is_as_it_was(tree, &is) ||
                   EVP_DigestInit_ex(tree->sum, EVP_sha256(), NULL) != 1;
}

/* len bytes at `from` of the file; zeros from where it cannot be read any more. */
static void read_file(struct ds_tree_source *tree, uint64_t from, uint8_t *out, size_t len)
{
    size_t got = 0;
    if (!tree->is_open)
        open_file(tree);
    while (!tree->is_bad && got < len) {
        ssize_t n = pread(tree->fd, out + got, len - got, (off_t)(from + got));
        if (n < 0 && errno == EINTR)
            continue;
        tree->is_bad = n <= 0;
        got += n > 0 ? (size_t)n : 0;
    }
    memset(out + got, 0, len - got);
    if (!tree->is_bad && from <= tree->summed && from + len > tree->summed) {
        size_t known = (size_t)(tree->summed - from); /* read again after a cut */
        EVP_DigestUpdate(tree->sum, out + known, len - known);
        tree->summed = from + len;
    }
}

/* What was not read through here, because the stream began behind it. */
static void catch_up(struct ds_tree_source *tree, uint64_t to)
{
    uint8_t *bytes = NULL;
    if (!tree->is_open)
        open_file(tree);
    while (!tree->is_bad && tree->summed < to) {
        uint64_t left = to - tree->summed;
        if (!bytes && (bytes = malloc(STRIDE)) == NULL)
            tree->is_bad = true;
        else
            read_file(tree, tree->summed, bytes, left < STRIDE ? (size_t)left : STRIDE);
    }
    free(bytes);
}

static void make_tail(struct ds_tree_source *tree)
{
    struct stat is;
    catch_up(tree, tree->item.entry.size);
    if (!tree->is_bad)
        tree->is_bad = fstat(tree->fd, &is) != 0 || !is_as_it_was(tree, &is) ||
                       EVP_DigestFinal_ex(tree->sum, tree->tail + 1, NULL) != 1;
    tree->tail[0] = tree->is_bad ? DS_TREE_NOT : DS_TREE_WHOLE;
    if (tree->is_bad) {
        memset(tree->tail + 1, 0, DS_FILE_HASH);
        tree->skipped++;
    }
    tree->has_tail = true;
}

/* ---- the stream ---- */

/* The entry that begins at `at`. False: the list ends too early, or cannot be read. */
static bool next_item(struct ds_tree_source *tree)
{
    if (!ds_tree_list_next(&tree->list, &tree->item))
        return false;
    tree->has_item = true;
    tree->begin = tree->at;
    tree->head_len = ds_tree_encode(tree->head, &tree->item.entry);
    ds_tree_chain(tree->chain, tree->head, tree->head_len);
    return true;
}

static void finish_item(struct ds_tree_source *tree)
{
    tree->at = tree->begin + ds_tree_span(&tree->item.entry);
    tree->done += tree->item.entry.kind == DS_TREE_FILE;
    close_file(tree);
}

static bool seek(struct ds_tree_source *tree, uint64_t to)
{
    if (tree->has_item && to >= tree->begin && to <= tree->at) {
        tree->at = to;
        return true;
    }
    if (to < tree->at) {
        close_file(tree);
        ds_tree_list_rewind(&tree->list);
        memset(tree->chain, 0, sizeof(tree->chain));
        tree->at = tree->done = 0;
    }
    while (tree->at < to) {
        if (!tree->has_item && !next_item(tree))
            return false;
        if (to < tree->begin + ds_tree_span(&tree->item.entry)) {
            tree->at = to;
            return true;
        }
        finish_item(tree);
    }
    return true;
}

/* The next piece of the entry under way; at least one byte. */
static size_t take(struct ds_tree_source *tree, uint8_t *out, size_t len)
{
    const struct ds_tree_entry *e = &tree->item.entry;
    uint64_t at = tree->at - tree->begin, content = tree->head_len;
    if (at < content) {
        size_t n = tree->head_len - (size_t)at < len ? tree->head_len - (size_t)at : len;
        memcpy(out, tree->head + at, n);
        return n;
    }
    at -= content;
    if (at < e->size) {
        size_t n = e->size - at < len ? (size_t)(e->size - at) : len;
        catch_up(tree, at);
        read_file(tree, at, out, n);
        return n;
    }
    if (!tree->has_tail)
        make_tail(tree);
    at -= e->size;
    size_t n = DS_TREE_TAIL - (size_t)at < len ? DS_TREE_TAIL - (size_t)at : len;
    memcpy(out, tree->tail + at, n);
    return n;
}

enum ds_file_fault ds_tree_read(struct ds_tree_source *tree, struct ds_file_job *job)
{
    size_t got = 0;
    job->bytes = ds_rcbuf_new(DS_FILE_DATA_HEADER + job->len);
    if (!job->bytes)
        return DS_FILE_NO_MEMORY;
    if (!seek(tree, job->offset))
        return DS_FILE_NO_READING;
    while (got < job->len) {
        if (!tree->has_item && !next_item(tree))
            return DS_FILE_NO_READING;
        size_t n = take(tree, job->bytes->data + DS_FILE_DATA_HEADER + got, job->len - got);
        got += n;
        tree->at += n;
        if (tree->at == tree->begin + ds_tree_span(&tree->item.entry))
            finish_item(tree);
    }
    job->files = tree->done;
    return DS_FILE_OK;
}

enum ds_file_fault ds_tree_prefix(struct ds_tree_source *tree, struct ds_file_job *job)
{
    job->is_same = seek(tree, job->offset) &&
                   (job->is_trusted || memcmp(tree->chain, job->hash, DS_FILE_HASH) == 0);
    return DS_FILE_OK;
}

enum ds_file_fault ds_tree_source_sum(struct ds_tree_source *tree, struct ds_file_job *job)
{
    if (!seek(tree, tree->size))
        return DS_FILE_NO_READING;
    memcpy(job->hash, tree->chain, DS_FILE_HASH);
    job->skipped = tree->skipped;
    return DS_FILE_OK;
}
