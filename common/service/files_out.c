/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sender's side: offer, read, send, say the hash. */
#include "common/base/error.h"
#include "common/service/files_priv.h"

#include <string.h>

#define PIECE DS_FILE_PIECE_MAX /* of a READ: what one message carries */
/* Below so much ahead the disk is asked for more, several pieces at a time: its thread and the loop
 * wake each other once for all of them. */
#define REFILL (DS_FILES_AHEAD / 2)

/* Goes on at another byte; what the disk still reads for the old place is not wanted. */
static void set_back(struct ds_file *f, uint64_t at)
{
    f->at = f->bytes = at;
    f->round++;
    f->reading = 0;
}

void ds_files_out_cut(struct ds_file *f)
{
    f->is_ready = false;
    set_back(f, f->bytes);
}

static void fail(struct ds_files *files, struct ds_file *f, enum ds_file_fault fault)
{
    ds_files_finish(files, f, DS_FILE_STATE_FAILED, fault, DS_FILES_DUE(DS_FILE_FAILED), false);
}

/* ---- messages ---- */

static int on_accept(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m)
{
    if (f->state != DS_FILE_STATE_OFFERED || m->offset > f->size)
        return DS_EPROTO;
    ds_files_set(files, f, DS_FILE_STATE_AGREED);
    f->is_ready = true;
    f->base = f->kept = m->offset;
    set_back(f, f->base);
    f->is_checked = m->offset == 0;
    struct ds_file_job *job = f->is_checked ? NULL : ds_files_job(files, f, DS_FILE_JOB_PREFIX);
    if (job) {
        job->offset = m->offset;
        memcpy(job->hash, m->hash, sizeof(job->hash));
        files->ops->job(files->ctx, job);
    }
    return DS_OK;
}

/* Another process read what was sent: it counts for the hash. */
static int sum_again(struct ds_files *files, struct ds_file *f)
{
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_PREFIX);
    if (!job)
        return DS_OK;
    job->is_trusted = true;
    job->offset = f->at;
    files->ops->job(files->ctx, job);
    return DS_OK;
}

static int on_at(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m)
{
    if (f->state < DS_FILE_STATE_AGREED || m->offset > f->size || (m->begun && m->offset > f->top))
        return DS_EPROTO;
    if (m->epoch != files->epoch)
        return DS_OK; /* of a connection that is gone: another one follows */
    f->is_ready = true;
    set_back(f, m->begun ? m->offset : f->base);
    if (f->state == DS_FILE_STATE_CLOSING && f->at < f->size)
        ds_files_set(files, f, DS_FILE_STATE_FLOWING);
    if (f->is_back && f->is_open && !f->is_checked)
        return sum_again(files, f);
    return DS_OK;
}

static int on_done(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m)
{
    if (!f->is_summed || memcmp(m->hash, f->hash, sizeof(f->hash)) != 0)
        return DS_EPROTO;
    f->bytes = f->size;
    f->files_done = f->files;
    if (f->is_folder)
        f->skipped = m->skipped;
    ds_files_finish(files, f, DS_FILE_STATE_DONE, DS_FILE_OK, 0, false);
    return DS_OK;
}

static enum ds_file_fault take_why(struct ds_file *f, const struct ds_file_message *m)
{
    f->needed = m->needed;
    f->room = m->room;
    return ds_file_fault_of(m->why);
}

int ds_files_out_message(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m)
{
    enum ds_file_fault fault;
    if (f->state == DS_FILE_STATE_OPENING || (f->due & DS_FILES_DUE(DS_FILE_OFFER)))
        return DS_EPROTO; /* it was not offered yet */
    switch (m->type) {
    case DS_FILE_ACCEPT:
        return on_accept(files, f, m);
    case DS_FILE_AT:
        return on_at(files, f, m);
    case DS_FILE_DONE:
        return on_done(files, f, m);
    case DS_FILE_REFUSE:
        if (f->state != DS_FILE_STATE_OFFERED)
            return DS_EPROTO;
        fault = take_why(f, m);
        ds_files_finish(files, f,
                        fault == DS_FILE_REFUSED ? DS_FILE_STATE_CANCELLED : DS_FILE_STATE_FAILED,
                        fault, 0, false);
        return DS_OK;
    case DS_FILE_CANCEL:
        ds_files_finish(files, f, DS_FILE_STATE_CANCELLED, DS_FILE_REFUSED, 0, false);
        return DS_OK;
    default: /* FAILED: the type was checked */
        ds_files_finish(files, f, DS_FILE_STATE_FAILED, take_why(f, m), 0, false);
        return DS_OK;
    }
}

/* ---- the disk ---- */

static void on_read(struct ds_files *files, struct ds_file *f, struct ds_file_job *job, ds_tick now)
{
    if (job->round != f->round)
        return;
    f->reading -= job->len;
    ds_file_data_header(job->bytes->data, f->id, job->offset);
    if (!files->is_up || files->ops->send_data(files->ctx, job->bytes) != DS_OK) {
        set_back(f, job->offset);
        return;
    }
    f->bytes = job->offset + job->len;
    if (f->is_folder)
        f->files_done = job->files;
    if (f->bytes > f->top)
        f->top = f->bytes;
    if (f->state == DS_FILE_STATE_AGREED)
        ds_files_set(files, f, DS_FILE_STATE_FLOWING);
    if (f->bytes < f->size)
        ds_files_tell_progress(files, f, now);
}

/* The disk has the file of another process again. */
static void on_back(struct ds_files *files, struct ds_file *f, const struct ds_file_job *job)
{
    if (job->size != f->size || job->is_folder != f->is_folder ||
        (f->has_mtime && (job->mtime_s != f->mtime_s || job->mtime_ns != f->mtime_ns))) {
        fail(files, f, DS_FILE_CHANGED);
        return;
    }
    f->is_open = true;
    if (f->is_ready)
        sum_again(files, f);
}

void ds_files_out_answer(struct ds_files *files, struct ds_file *f, struct ds_file_job *job,
                         ds_tick now)
{
    if (job->fault != DS_FILE_OK) {
        fail(files, f, job->fault);
        return;
    }
    switch (job->letter.kind) {
    case DS_FILE_JOB_OPEN_SOURCE:
        if (f->is_back) {
            on_back(files, f, job);
            break;
        }
        if (job->is_folder && !files->has_folders) {
            fail(files, f, DS_FILE_OLD_PEER);
            break;
        }
        f->size = job->size;
        f->is_folder = job->is_folder;
        f->files = job->files;
        f->folders = job->folders;
        f->skipped = job->skipped;
        f->takes = job->room;
        f->has_mtime = job->has_mtime;
        f->mtime_s = job->mtime_s;
        f->mtime_ns = job->mtime_ns;
        f->due |= DS_FILES_DUE(DS_FILE_OFFER);
        ds_files_tell_outcome(files, f, DS_FILE_OK);
        ds_files_set(files, f, DS_FILE_STATE_OFFERED);
        break;
    case DS_FILE_JOB_PREFIX:
        if (!job->is_same)
            f->base = f->kept = 0;
        f->is_checked = true;
        set_back(f, f->is_back ? f->at : f->base);
        break;
    case DS_FILE_JOB_READ:
        on_read(files, f, job, now);
        break;
    case DS_FILE_JOB_SUM:
        memcpy(f->hash, job->hash, sizeof(f->hash));
        f->has_hash = true;
        f->due |= DS_FILES_DUE(DS_FILE_DONE);
        if (f->state == DS_FILE_STATE_AGREED) /* an empty one */
            ds_files_set(files, f, DS_FILE_STATE_FLOWING);
        if (f->bytes == f->size)
            ds_files_set(files, f, DS_FILE_STATE_CLOSING);
        break;
    default:
        break;
    }
}

/* ---- the flow ---- */

static bool may_flow(const struct ds_file *f)
{
    return f->is_ours && f->is_ready && f->is_checked && !f->is_ours_paused &&
           !f->is_theirs_paused &&
           (f->state == DS_FILE_STATE_AGREED || f->state == DS_FILE_STATE_FLOWING);
}

static bool read_more(struct ds_files *files, struct ds_file *f)
{
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_READ);
    if (!job)
        return false;
    job->round = f->round;
    job->offset = f->at;
    job->len = f->size - f->at < PIECE ? (size_t)(f->size - f->at) : PIECE;
    f->at += job->len;
    f->reading += job->len;
    files->ops->job(files->ctx, job);
    return true;
}

/* Everything is sent: once for a file the hash, and again the waiting for the answer. */
static void close_one(struct ds_files *files, struct ds_file *f)
{
    if (f->is_summed) {
        if ((f->due & DS_FILES_DUE(DS_FILE_DONE)) == 0)
            ds_files_set(files, f, DS_FILE_STATE_CLOSING);
        return;
    }
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_SUM);
    if (!job)
        return;
    f->is_summed = true;
    files->ops->job(files->ctx, job);
}

void ds_files_out_pump(struct ds_files *files)
{
    struct ds_file *first = NULL;
    for (size_t i = 0; i < files->count; i++) {
        struct ds_file *f = files->files[i];
        if (!may_flow(f))
            continue;
        if (f->bytes == f->size)
            close_one(files, f);
        else if (!first)
            first = f;
    }
    if (!first || files->ops->queued(files->ctx) + first->reading > REFILL)
        return;
    while (first->at < first->size &&
           files->ops->queued(files->ctx) + first->reading < DS_FILES_AHEAD &&
           read_more(files, first))
        ;
}
