/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiver's side: the offer, what comes, what is made of it. `is_checked` of a file: the disk
 * is ready for it and ACCEPT went out. */
#include "common/base/error.h"
#include "common/service/file_name.h"
#include "common/service/files_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- messages ---- */

/* No place or no right for it. The peer offers and does not listen when not even that can go. */
static int turn_away(struct ds_files *files, uint32_t id, enum ds_file_fault fault)
{
    struct ds_file_message m = {.type = DS_FILE_REFUSE, .id = id};
    struct ds_buf buf;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    strncpy(m.why, ds_file_fault_why(fault), sizeof(m.why) - 1);
    int error = ds_file_message_encode(&buf, &m);
    if (!error)
        error = files->ops->send(files->ctx, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
    return error == DS_EAGAIN ? DS_EPROTO : DS_OK;
}

int ds_files_in_offer(struct ds_files *files, const struct ds_file_message *m)
{
    if (m->id % 2 == files->next_id % 2 || m->id <= files->their_id)
        return DS_EPROTO;
    files->their_id = m->id;
    if (!files->is_allowed)
        return turn_away(files, m->id, DS_FILE_NO_RIGHT);
    struct ds_file *f = ds_files_add(files, m->id, false);
    if (!f)
        return turn_away(files, m->id, DS_FILE_TOO_MANY);
    f->size = m->size;
    f->is_folder = m->type == DS_FILE_OFFER_FOLDER;
    if (f->is_folder) {
        f->files = m->files;
        f->folders = m->folders;
        f->skipped = m->skipped;
        f->takes = m->room;
    }
    f->has_mtime = m->has_mtime;
    f->mtime_s = m->mtime_s;
    f->mtime_ns = m->mtime_ns;
    ds_file_name_clean(f->name, m->name);
    files->ops->news(files->ctx, f, DS_FILES_STATE);
    return DS_OK;
}

static void close_if_complete(struct ds_files *files, struct ds_file *f)
{
    if (!f->is_summed || f->at != f->size)
        return;
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_KEEP);
    if (!job)
        return;
    if (f->state == DS_FILE_STATE_AGREED)
        ds_files_set(files, f, DS_FILE_STATE_FLOWING);
    memcpy(job->hash, f->hash, sizeof(job->hash));
    ds_files_set(files, f, DS_FILE_STATE_CLOSING);
    files->ops->job(files->ctx, job);
}

int ds_files_in_message(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m)
{
    enum ds_file_fault fault;
    switch (m->type) {
    case DS_FILE_DONE:
        if ((!f->is_checked && !f->is_back) || f->is_summed)
            return DS_EPROTO;
        memcpy(f->hash, m->hash, sizeof(f->hash));
        f->is_summed = true;
        if (f->is_checked)
            close_if_complete(files, f);
        return DS_OK;
    case DS_FILE_CANCEL:
        if (f->state < DS_FILE_STATE_CLOSING)
            ds_files_finish(files, f, DS_FILE_STATE_CANCELLED, DS_FILE_REFUSED, 0, true);
        return DS_OK;
    case DS_FILE_FAILED:
        fault = ds_file_fault_of(m->why);
        if (fault == DS_FILE_OLD_PEER)
            fault = DS_FILE_STRANGE;
        if (f->state < DS_FILE_STATE_CLOSING)
            ds_files_finish(files, f, DS_FILE_STATE_FAILED, fault, 0,
                            fault == DS_FILE_CHANGED || fault == DS_FILE_NO_RIGHT);
        return DS_OK;
    default: /* a sender does not say that */
        return DS_EPROTO;
    }
}

int ds_files_in_data(struct ds_files *files, struct ds_file *f, const struct ds_file_message *m)
{
    if (!f->is_checked || m->offset + m->len > f->size)
        return DS_EPROTO;
    if (!f->has_begun && (m->offset == 0 || m->offset == f->at)) {
        f->has_begun = true;
        f->at = f->bytes = f->kept = m->offset;
        ds_files_set(files, f, DS_FILE_STATE_FLOWING);
    }
    if (!f->has_begun || m->offset > f->at)
        return DS_EPROTO;
    uint64_t known = f->at - m->offset; /* sent again after a cut */
    if (known >= m->len)
        return DS_OK;
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_WRITE);
    if (!job)
        return DS_OK;
    job->offset = f->at;
    job->len = m->len - (size_t)known;
    job->bytes = ds_rcbuf_new(job->len);
    if (job->bytes)
        memcpy(job->bytes->data, m->bytes + known, job->len);
    f->at += job->len;
    files->backlog += job->len;
    files->ops->job(files->ctx, job);
    close_if_complete(files, f);
    return DS_OK;
}

void ds_files_in_hold(struct ds_files *files)
{
    bool is_held = files->backlog > (files->is_held ? DS_FILES_LOW : DS_FILES_HIGH);
    if (is_held != files->is_held)
        files->ops->hold(files->ctx, is_held);
    files->is_held = is_held;
}

/* ---- a new connection ---- */

void ds_files_in_up(struct ds_files *files, struct ds_file *f)
{
    if (f->state != DS_FILE_STATE_AGREED && f->state != DS_FILE_STATE_FLOWING)
        return;
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_SYNC);
    if (!job)
        return;
    job->round = files->epoch;
    job->is_same = f->has_begun;
    files->ops->job(files->ctx, job);
}

static void say_at(struct ds_files *files, struct ds_file *f, const struct ds_file_job *job)
{
    if (job->round != files->epoch || !f->is_checked || f->state == DS_FILE_STATE_CLOSING)
        return;
    f->at_epoch = job->round;
    f->base = job->offset;
    f->is_ready = job->is_same;
    f->due |= DS_FILES_DUE(DS_FILE_AT);
}

/* ---- the disk ---- */

static void on_target(struct ds_files *files, struct ds_file *f, struct ds_file_job *job)
{
    f->needed = job->needed;
    f->room = job->fault == DS_FILE_NO_SPACE ? job->room : 0;
    if (job->fault == DS_FILE_EXISTING && f->exists == DS_FILE_EXISTS_SKIP) {
        ds_files_finish(files, f, DS_FILE_STATE_CANCELLED, job->fault, DS_FILES_DUE(DS_FILE_REFUSE),
                        false);
        return;
    }
    if (job->fault != DS_FILE_OK && f->is_back) {
        ds_files_finish(files, f, DS_FILE_STATE_FAILED, job->fault, DS_FILES_DUE(DS_FILE_FAILED),
                        false);
        return;
    }
    if (job->fault != DS_FILE_OK) {
        ds_files_tell_outcome(files, f, job->fault);
        f->fault = job->fault;
        ds_files_set(files, f, DS_FILE_STATE_OFFERED); /* another place may do */
        f->fault = DS_FILE_OK;
        return;
    }
    free(f->path);
    f->path = job->path;
    job->path = NULL;
    f->at = f->bytes = f->base = f->kept = job->offset;
    f->is_checked = true;
    if (f->is_back) { /* the peer hears by AT */
        close_if_complete(files, f);
        return;
    }
    memcpy(f->hash, job->hash, sizeof(f->hash));
    f->due |= DS_FILES_DUE(DS_FILE_ACCEPT);
    ds_files_tell_outcome(files, f, DS_FILE_OK);
}

static void on_kept(struct ds_files *files, struct ds_file *f, struct ds_file_job *job)
{
    free(f->path);
    f->path = job->path;
    job->path = NULL;
    f->bytes = f->size;
    f->files_done = f->files;
    f->skipped += job->skipped;
    ds_files_finish(files, f, DS_FILE_STATE_DONE, DS_FILE_OK, DS_FILES_DUE(DS_FILE_DONE), false);
}

void ds_files_in_answer(struct ds_files *files, struct ds_file *f, struct ds_file_job *job,
                        ds_tick now)
{
    if (job->letter.kind == DS_FILE_JOB_OPEN_TARGET) {
        on_target(files, f, job);
        return;
    }
    if (!f->is_checked)
        return; /* a SYNC of a file that could not be made */
    if (job->fault != DS_FILE_OK) {
        f->needed = job->needed;
        f->room = job->room;
        ds_files_finish(files, f, DS_FILE_STATE_FAILED, job->fault, DS_FILES_DUE(DS_FILE_FAILED),
                        job->fault == DS_FILE_DAMAGED || job->fault == DS_FILE_HOSTILE);
        return;
    }
    switch (job->letter.kind) {
    case DS_FILE_JOB_WRITE:
        f->bytes = job->offset + job->len;
        if (f->is_folder)
            f->files_done = job->files;
        if (f->bytes < f->size)
            ds_files_tell_progress(files, f, now);
        break;
    case DS_FILE_JOB_SYNC:
        say_at(files, f, job);
        break;
    case DS_FILE_JOB_KEEP:
        on_kept(files, f, job);
        break;
    default:
        break;
    }
}
