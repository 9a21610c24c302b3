/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between disk.c (thread), disk_source.c and disk_target.c only; the disk's thread. */
#ifndef DS_COURIER_DISK_PRIV_H
#define DS_COURIER_DISK_PRIV_H

#include "common/service/file_job.h"

#include <openssl/evp.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define DS_DISK_PART 64
/* Content that a crash of the machine may cost a receiver. */
#define DS_DISK_DURABLE_EVERY (1024 * 1024)

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
    bool is_numbered;
    uint64_t size, durable;
};

/* Reads `len` bytes from the start of the file into its sum. stop: gives up when it becomes true.
 */
enum ds_file_fault ds_disk_sum(struct ds_disk_file *file, uint64_t len, const atomic_bool *stop);
enum ds_file_fault ds_disk_sum_begin(struct ds_disk_file *file);
void ds_disk_sum_get(struct ds_disk_file *file, uint8_t out[DS_FILE_HASH]);

/* disk_source.c */
enum ds_file_fault ds_disk_open_source(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_prefix(struct ds_disk_file *file, struct ds_file_job *job,
                                  const atomic_bool *stop);
enum ds_file_fault ds_disk_read(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_source_sum(struct ds_disk_file *file, struct ds_file_job *job);

/* disk_target.c */
enum ds_file_fault ds_disk_open_target(struct ds_disk_file *file, struct ds_file_job *job,
                                       const atomic_bool *stop);
enum ds_file_fault ds_disk_write(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_sync(struct ds_disk_file *file, struct ds_file_job *job);
enum ds_file_fault ds_disk_keep(struct ds_disk_file *file, struct ds_file_job *job);
void ds_disk_discard(struct ds_disk_file *file);

#endif
