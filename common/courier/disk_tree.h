/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Folders on the disk, as the stream of common/wire/tree.h: made (tree_scan.c, tree_source.c) and
 * unfolded (tree_target.c, tree_state.c). Between disk.c and these only; the disk's thread. */
#ifndef DS_COURIER_DISK_TREE_H
#define DS_COURIER_DISK_TREE_H

#include "common/courier/disk_priv.h"
#include "common/courier/tree_list.h"

/* ---- sent ---- */

struct ds_tree_source {
    struct ds_tree_list list;
    char *roots; /* owned: what was chosen, a list as in struct ds_file_job */
    uint64_t size;
    /* where the stream is */
    uint64_t at, begin; /* next byte; first byte of the entry under way */
    bool has_item;
    struct ds_tree_item item;
    uint8_t head[DS_TREE_ENTRY];
    size_t head_len;
    uint8_t chain[DS_FILE_HASH]; /* over the entries up to this one */
    uint32_t done, skipped;      /* files */
    /* the file under way */
    int root, root_fd; /* the last root that was opened, -1: none */
    int fd;
    bool is_open, is_bad, has_tail;
    struct stat was;
    EVP_MD_CTX *sum;
    uint64_t summed;
    uint8_t tail[DS_TREE_TAIL];
};

/* Finds everything beneath the job's paths; fills the job's answer. Takes the paths over when it
 * succeeds. */
enum ds_file_fault ds_tree_scan(struct ds_tree_source *tree, struct ds_file_job *job,
                                const atomic_bool *stop);
struct ds_tree_source *ds_tree_source_new(void);
/* Accepts NULL. */
void ds_tree_source_free(struct ds_tree_source *tree);
enum ds_file_fault ds_tree_prefix(struct ds_tree_source *tree, struct ds_file_job *job);
enum ds_file_fault ds_tree_read(struct ds_tree_source *tree, struct ds_file_job *job);
enum ds_file_fault ds_tree_source_sum(struct ds_tree_source *tree, struct ds_file_job *job);

/* One step of the chain. */
void ds_tree_chain(uint8_t chain[DS_FILE_HASH], const uint8_t *head, size_t len);

/* ---- received ---- */

struct ds_tree_target {
    int stage;          /* the hidden folder in which all is made, then moved to its place */
    int state;          /* the file beside it: where it stands, for another process */
    uint64_t at, begin; /* next byte of the stream; first byte of the entry under way */
    bool has_entry;
    uint8_t head[DS_TREE_ENTRY];
    size_t head_len;
    struct ds_tree_entry entry;
    char path[DS_TREE_PATH];      /* what became of entry.path */
    uint8_t before[DS_FILE_HASH]; /* the chain without this entry */
    uint8_t chain[DS_FILE_HASH];
    uint32_t done, skipped;
    /* the file under way */
    int fd;
    EVP_MD_CTX *sum;
    uint64_t written;
    uint8_t tail[DS_TREE_TAIL];
    size_t tail_len;
    bool is_unsynced;
};

/* NULL: no memory. */
struct ds_tree_target *ds_tree_target_new(void);
/* Accepts NULL. */
void ds_tree_target_free(struct ds_tree_target *tree);
/* After ds_tree_state_open: the stage of an earlier try, or a new one; job->offset and job->hash
 * say what is there. */
enum ds_file_fault ds_tree_open_target(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop);
enum ds_file_fault ds_tree_write(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_tree_sync(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_tree_keep(struct ds_disk_file *file, struct ds_file_job *job);
void ds_tree_discard(struct ds_disk_file *file);

/* tree_state.c */
/* The file beside file->part. 0, or an errno: EWOULDBLOCK when it is somebody else's, or another
 * transfer's. */
int ds_tree_state_open(const struct ds_disk_file *file, struct ds_tree_target *tree);
/* What is in the file, into begin, before, done, skipped, head and path. False: nothing that can be
 * relied on. */
bool ds_tree_state_read(struct ds_tree_target *tree);
/* is_synced: all before is on the disk, so that also another boot may rely on it. */
bool ds_tree_state_write(struct ds_tree_target *tree, bool is_synced);
void ds_tree_state_remove(const struct ds_disk_file *file);

#endif
