/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between disk.c (thread), disk_source.c, disk_target.c, disk_place.c and disk_tree.h only; the
 * disk's thread. */
#ifndef DS_COURIER_DISK_PRIV_H
#define DS_COURIER_DISK_PRIV_H

#include "common/service/file_job.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>

#define DS_DISK_PART 64
/* Written content that is brought to the disk at a time, so that the last step is short. A crash of
 * the machine costs no more of a file: what is there is compared before it is gone on with. */
#define DS_DISK_DURABLE_EVERY (64u * 1024 * 1024)

struct ds_disk_file {
    struct ds_disk_file *next;
    uint32_t id;
    int fd;
    EVP_MD_CTX *sum; /* of the first `summed` bytes */
    uint64_t summed;
    /* source */
    struct stat was;
    /* target */
    int folder;              /* -1: a source */
    char part[DS_DISK_PART]; /* its name in the folder until it is complete */
    char name[DS_FILE_NAME]; /* its name then */
    char *folder_path;       /* owned; to tell where it is */
    enum ds_file_exists exists;
    bool is_single; /* one thing gets the name; of several each keeps its own */
    bool has_mtime;
    struct timespec mtime;
    uint64_t size, durable;
    /* a folder: owned, one of them */
    struct ds_tree_source *source;
    struct ds_tree_target *target;
};

/* What an errno of writing means. */
enum ds_file_fault ds_disk_fault(int number);
/* Writes all of it; *len: what was written. Bytes that are all zero become a hole. */
enum ds_file_fault ds_disk_put(int fd, uint64_t offset, const uint8_t *bytes, size_t *len);
/* What is missing, when NO_SPACE comes in the middle: job->needed and job->room. */
void ds_disk_tell_space(const struct ds_disk_file *file, uint64_t needed, struct ds_file_job *job);

/* Reads `len` bytes from the start of the file into its sum. stop: gives up when it becomes true.
 */
enum ds_file_fault ds_disk_sum(struct ds_disk_file *file, uint64_t len, const atomic_bool *stop);
enum ds_file_fault ds_disk_sum_begin(struct ds_disk_file *file);
void ds_disk_sum_get(struct ds_disk_file *file, uint8_t out[DS_FILE_HASH]);

/* disk_source.c */
enum ds_file_fault ds_disk_open_source(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop);
enum ds_file_fault ds_disk_prefix(struct ds_disk_file *file, struct ds_file_job *job,
                                  const atomic_bool *stop);
enum ds_file_fault ds_disk_read(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_source_sum(struct ds_disk_file *file, struct ds_file_job *job);

/* disk_place.c: names */
/* Whether the name that is to be given is free, or becomes so by a number; as file->exists says. */
enum ds_file_fault ds_disk_choose(struct ds_disk_file *file);
/* Gives what is called `from` in a folder its name beneath file->folder, as file->exists says;
 * name: the one it got. */
enum ds_file_fault ds_disk_place(const struct ds_disk_file *file, int folder, const char *from,
                                 char name[DS_FILE_NAME]);
/* Where it is going to be; owned by the caller. */
char *ds_disk_path(const struct ds_disk_file *file);

/* disk_target.c */
enum ds_file_fault ds_disk_open_target(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop);
enum ds_file_fault ds_disk_write(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_sync(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_keep(struct ds_disk_file *file, struct ds_file_job *job);
void ds_disk_discard(struct ds_disk_file *file);

#endif
