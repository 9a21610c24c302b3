/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thread that does the jobs of common/service/file_job.h on the real disk, one after the other,
 * so that no loop ever waits for one. It knows nothing of sessions. */
#ifndef DS_COURIER_DISK_H
#define DS_COURIER_DISK_H

#include "common/service/file_job.h"

struct ds_disk;

/* wake(ctx) is called from the disk's thread when answers wait. NULL: no memory, no thread. */
struct ds_disk *ds_disk_open(void (*wake)(void *ctx), void *ctx);

/* Loop thread. Takes the job over. The rules bound how many there are. */
void ds_disk_give(struct ds_disk *disk, struct ds_file_job *job);

/* Loop thread. Answers since the last call, oldest first, linked by letter.next; the caller's. */
struct ds_file_job *ds_disk_take(struct ds_disk *disk);

/* Jobs that were given are not done any more (except that files are closed, and those that are
 * discarded removed); waits for the one under way. What was received of files stays. Accepts NULL.
 */
void ds_disk_close(struct ds_disk *disk);

#endif
