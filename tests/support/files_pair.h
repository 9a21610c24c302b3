/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules of files at both ends in one test, with a line that can be cut at any moment (control
 * messages outlive it once and in order, content does not) and disks in memory, in an order that a
 * seed decides. */
#ifndef TESTS_SUPPORT_FILES_PAIR_H
#define TESTS_SUPPORT_FILES_PAIR_H

#include "common/service/files.h"

#define FILES_PAIR_DISK 8

struct files_disk_file {
    char path[64];
    uint8_t *bytes; /* owned */
    size_t len;
    bool is_part; /* received so far, without its name */
    uint64_t size;
};

struct files_open {
    uint32_t id;
    struct files_disk_file *file;
    uint64_t summed; /* of a target: bytes that count */
};

struct files_end {
    struct ds_files files;
    struct files_pair *pair;
    struct ds_letter *jobs, **last_job;
    struct files_disk_file disk[FILES_PAIR_DISK];
    struct files_open open[FILES_PAIR_DISK];
    struct ds_letter *control, **last_control; /* on the way to the other end */
    struct ds_letter *data, **last_data;
    size_t data_bytes;
    bool is_control_full; /* the ledger takes nothing more */
    bool is_disk_full, is_disk_idle;
    bool is_held;
    uint64_t sent; /* content bytes that went into the line */
    unsigned news[DS_FILE_STATE_CANCELLED + 1], progress, pauses, outcomes;
    struct ds_file last; /* as the last news showed it (path is not to be used) */
    enum ds_file_fault outcome;
    int error; /* of a message that made no sense */
};

struct files_pair {
    struct files_end viewer, agent;
    uint64_t seed;
    uint32_t epoch;
    ds_tick now;
};

void files_pair_init(struct files_pair *pair, uint64_t seed);
void files_pair_destroy(struct files_pair *pair);
/* A file on an end's disk; its bytes follow from its name. */
struct files_disk_file *files_pair_file(struct files_end *end, const char *path, size_t len);
struct files_disk_file *files_pair_find(struct files_end *end, const char *path);
/* One thing happens: a message arrives, a disk answers. False: there is nothing. */
bool files_pair_step(struct files_pair *pair);
void files_pair_settle(struct files_pair *pair);
/* The line is gone, with all content under way; then another is there. */
void files_pair_cut(struct files_pair *pair);
void files_pair_join(struct files_pair *pair);
uint32_t files_pair_random(struct files_pair *pair, uint32_t below);
/* Takes what the end says from the line by hand: the next control message, or NULL. Caller frees.
 */
struct ds_rcbuf *files_pair_take(struct files_end *end);

#endif
