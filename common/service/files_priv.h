/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between files.c (life, wishes, messages), files_out.c (ours) and files_in.c (theirs) only. */
#ifndef DS_SERVICE_FILES_PRIV_H
#define DS_SERVICE_FILES_PRIV_H

#include "common/service/files.h"

#define DS_FILES_DUE(type) (1u << ((unsigned)(type)-DS_FILE_OFFER))

static inline bool ds_file_is_over(const struct ds_file *f)
{
    return f->state >= DS_FILE_STATE_DONE;
}

/* NULL when memory is short or DS_FILES_MAX of that direction wait. */
struct ds_file *ds_files_add(struct ds_files *files, uint32_t id, bool is_ours);
void ds_files_set(struct ds_files *files, struct ds_file *f, enum ds_file_state state);
/* The last state; also at the disk. due: a message for the peer, or 0. */
void ds_files_finish(struct ds_files *files, struct ds_file *f, enum ds_file_state state,
                     enum ds_file_fault fault, unsigned due, bool is_discarded);
/* A job for the disk, or the file fails for lack of memory: NULL. */
struct ds_file_job *ds_files_job(struct ds_files *files, struct ds_file *f,
                                 enum ds_file_job_kind kind);
void ds_files_tell_outcome(struct ds_files *files, struct ds_file *f, enum ds_file_fault fault);
void ds_files_tell_progress(struct ds_files *files, struct ds_file *f, ds_tick now);

/* What an OPEN_TARGET has to know, but for the path. */
void ds_files_fill_target(struct ds_file_job *job, const struct ds_file *f);

/* ---- files_saved.c ---- */
/* Appends what goes on in another process, and forgets it here. Nothing when memory is short. */
void ds_files_save(struct ds_files *files, struct ds_buf *out);
/* False: not such bytes; what was read before stays. */
bool ds_files_load(struct ds_files *files, const uint8_t *bytes, size_t len);

/* ---- files_out.c ---- */
int ds_files_out_message(struct ds_files *files, struct ds_file *f,
                         const struct ds_file_message *m);
void ds_files_out_answer(struct ds_files *files, struct ds_file *f, struct ds_file_job *job,
                         ds_tick now);
void ds_files_out_pump(struct ds_files *files);
/* What was under way is lost. */
void ds_files_out_cut(struct ds_file *f);

/* ---- files_in.c ---- */
int ds_files_in_offer(struct ds_files *files, const struct ds_file_message *m);
int ds_files_in_message(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m);
int ds_files_in_data(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m);
void ds_files_in_answer(struct ds_files *files, struct ds_file *f, struct ds_file_job *job,
                        ds_tick now);
/* A new connection: the disk makes durable what came, then the peer hears how much that is. */
void ds_files_in_up(struct ds_files *files, struct ds_file *f);
/* The peer is held while too much waits for the disk. */
void ds_files_in_hold(struct ds_files *files);

#endif
