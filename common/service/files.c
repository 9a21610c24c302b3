/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"
#include "common/service/file_name.h"
#include "common/service/files_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- life ---- */

void ds_files_init(struct ds_files *files, bool is_agent, const struct ds_files_ops *ops, void *ctx)
{
    *files = (struct ds_files){
        .ops = ops, .ctx = ctx, .is_agent = is_agent, .next_id = is_agent ? 2 : 1};
}

static void free_file(struct ds_file *f)
{
    free(f->path);
    free(f);
}

void ds_files_destroy(struct ds_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free_file(files->files[i]);
    memset(files, 0, sizeof(*files));
}

struct ds_file *ds_files_add(struct ds_files *files, uint32_t id, bool is_ours)
{
    unsigned same = 0;
    for (size_t i = 0; i < files->count; i++)
        same += files->files[i]->is_ours == is_ours;
    struct ds_file *f = same < DS_FILES_MAX ? calloc(1, sizeof(*f)) : NULL;
    if (!f)
        return NULL;
    f->id = id;
    f->is_ours = is_ours;
    f->left_s = -1;
    f->files = 1;
    f->state = is_ours ? DS_FILE_STATE_OPENING : DS_FILE_STATE_OFFERED;
    files->files[files->count++] = f;
    return f;
}

static struct ds_file *find(const struct ds_files *files, uint32_t id)
{
    for (size_t i = 0; i < files->count; i++)
        if (files->files[i]->id == id)
            return files->files[i];
    return NULL;
}

const struct ds_file *ds_files_find(const struct ds_files *files, uint32_t id)
{
    return find(files, id);
}

const char *ds_file_state_name(enum ds_file_state state)
{
    static const char *const names[] = {
        [DS_FILE_STATE_OPENING] = "opening",   [DS_FILE_STATE_OFFERED] = "offered",
        [DS_FILE_STATE_AGREED] = "accepted",   [DS_FILE_STATE_FLOWING] = "started",
        [DS_FILE_STATE_CLOSING] = "verifying", [DS_FILE_STATE_DONE] = "done",
        [DS_FILE_STATE_FAILED] = "failed",     [DS_FILE_STATE_CANCELLED] = "cancelled",
    };
    return names[state];
}

/* ---- what happens to a file ---- */

void ds_files_set(struct ds_files *files, struct ds_file *f, enum ds_file_state state)
{
    if (f->state == state)
        return;
    f->state = state;
    files->ops->news(files->ctx, f, DS_FILES_STATE);
}

void ds_files_tell_outcome(struct ds_files *files, struct ds_file *f, enum ds_file_fault fault)
{
    if (f->tag[0] != '\0')
        files->ops->outcome(files->ctx, f, fault);
    f->tag[0] = '\0';
}

/* Half of it is of the last second, so that it neither jumps nor lags. */
static void rate(struct ds_file *f, ds_tick now)
{
    if (f->rated == 0 || f->bytes < f->rated_bytes) {
        f->rated = now;
        f->rated_bytes = f->bytes;
    }
    if (now < f->rated + DS_FILES_RATE_EVERY)
        return;
    uint64_t ms = (uint64_t)((now - f->rated) / DS_MS);
    uint64_t bps = (f->bytes - f->rated_bytes) * 8 / ms * 1000;
    f->rate_bps = f->rate_bps ? (f->rate_bps + bps) / 2 : bps;
    uint64_t left = f->rate_bps >= 8 ? (f->size - f->bytes) / (f->rate_bps / 8) : UINT64_MAX;
    f->left_s = left < INT32_MAX ? (int32_t)left : -1;
    f->rated = now;
    f->rated_bytes = f->bytes;
}

/* What was measured is of a flow that stopped. */
static void unrate(struct ds_file *f)
{
    f->rated = 0;
    f->rate_bps = 0;
    f->left_s = -1;
}

void ds_files_tell_progress(struct ds_files *files, struct ds_file *f, ds_tick now)
{
    rate(f, now);
    if (f->told != 0 && now < f->told + DS_FILES_TELL_EVERY)
        return;
    f->told = now;
    files->ops->news(files->ctx, f, DS_FILES_PROGRESS);
}

void ds_files_finish(struct ds_files *files, struct ds_file *f, enum ds_file_state state,
                     enum ds_file_fault fault, unsigned due, bool is_discarded)
{
    bool is_told = (f->due & DS_FILES_DUE(DS_FILE_OFFER)) == 0 &&
                   (!f->is_ours || f->state != DS_FILE_STATE_OPENING);
    struct ds_file_job *job = ds_file_job_new(DS_FILE_JOB_CLOSE, f->id);
    if (job) {
        job->is_discarded = is_discarded;
        files->ops->job(files->ctx, job);
    }
    f->due = is_told ? due : 0; /* nobody heard of it: nobody has to */
    f->fault = fault;
    unrate(f);
    ds_files_tell_outcome(files, f, state == DS_FILE_STATE_DONE || fault ? fault : DS_FILE_REFUSED);
    ds_files_set(files, f, state);
}

struct ds_file_job *ds_files_job(struct ds_files *files, struct ds_file *f,
                                 enum ds_file_job_kind kind)
{
    struct ds_file_job *job = ds_file_job_new(kind, f->id);
    if (!job)
        ds_files_finish(files, f, DS_FILE_STATE_FAILED, DS_FILE_NO_MEMORY,
                        DS_FILES_DUE(DS_FILE_FAILED), false);
    return job;
}

/* ---- messages that are due ---- */

static int send_one(struct ds_files *files, const struct ds_file *f, uint8_t type)
{
    struct ds_file_message m = {.type = type, .id = f->id, .size = f->size};
    struct ds_buf buf;
    ds_buf_init(&buf, DS_MUX_MESSAGE_MAX);
    memcpy(m.name, f->name, sizeof(m.name));
    memcpy(m.hash, f->hash, sizeof(m.hash));
    strncpy(m.why, ds_file_fault_why(f->fault), sizeof(m.why) - 1);
    if (type == DS_FILE_OFFER && f->is_folder)
        m.type = DS_FILE_OFFER_FOLDER;
    m.has_mtime = f->has_mtime;
    m.mtime_s = f->mtime_s;
    m.mtime_ns = f->mtime_ns;
    m.files = f->is_folder ? f->files : 0;
    m.folders = f->folders;
    m.skipped = f->is_folder ? f->skipped : 0;
    m.has_space = f->fault == DS_FILE_NO_SPACE;
    m.needed = f->needed;
    m.room = f->is_folder && type == DS_FILE_OFFER ? f->takes : f->room;
    m.on = f->is_ours_paused;
    m.offset = f->base;
    m.begun = f->has_begun;
    if (type == DS_FILE_AT) {
        m.epoch = f->at_epoch;
        m.begun = f->is_ready; /* as it was when the disk was asked */
    }
    int error = ds_file_message_encode(&buf, &m);
    if (!error)
        error = files->ops->send(files->ctx, ds_buf_peek(&buf), buf.len);
    ds_buf_destroy(&buf);
    return error;
}

/* In the order of the types, which is the order in which they make sense for one file. */
static void send_due(struct ds_files *files, struct ds_file *f)
{
    for (uint8_t type = DS_FILE_OFFER; f->due && type <= DS_FILE_PAUSE; type++) {
        if ((f->due & DS_FILES_DUE(type)) == 0)
            continue;
        if (send_one(files, f, type) != DS_OK)
            return; /* again when there is room */
        f->due &= ~DS_FILES_DUE(type);
    }
}

/* Last step of every call from outside: nothing holds a pointer to a file any more. */
static void settle(struct ds_files *files)
{
    size_t kept = 0;
    if (files->is_up)
        ds_files_out_pump(files);
    for (size_t i = 0; i < files->count; i++) {
        struct ds_file *f = files->files[i];
        send_due(files, f);
        if (ds_file_is_over(f) && f->due == 0)
            free_file(f);
        else
            files->files[kept++] = f;
    }
    files->count = kept;
}

void ds_files_pump(struct ds_files *files)
{
    if (files->ops)
        settle(files);
}

/* ---- wishes ---- */

void ds_files_peer(struct ds_files *files, bool has_folders)
{
    files->has_folders = has_folders;
}

void ds_files_allow(struct ds_files *files, bool is_allowed)
{
    bool was_allowed = files->is_allowed;
    files->is_allowed = is_allowed;
    if (is_allowed || !was_allowed)
        return;
    for (size_t i = 0; i < files->count; i++)
        if (!ds_file_is_over(files->files[i]))
            ds_files_finish(files, files->files[i], DS_FILE_STATE_FAILED, DS_FILE_NO_RIGHT,
                            DS_FILES_DUE(DS_FILE_FAILED), true);
    settle(files);
}

static void take_tag(struct ds_file *f, const char *tag)
{
    strncpy(f->tag, tag, sizeof(f->tag) - 1);
}

/* The last component, also of a path that ends with slashes. */
static void name_of_path(char out[DS_FILE_NAME], const char *path)
{
    char *copy = strdup(path);
    for (size_t len = copy ? strlen(copy) : 0; len > 1 && copy[len - 1] == '/'; len--)
        copy[len - 1] = '\0';
    ds_file_name_clean(out, copy ? copy : "");
    free(copy);
}

/* "report.pdf", or "report.pdf + 2". */
static void name_all(char out[DS_FILE_NAME], const char *const *paths, size_t count)
{
    name_of_path(out, paths[0]);
    size_t len = strlen(out);
    if (count > 1)
        snprintf(out + len, DS_FILE_NAME - len, " + %zu", count - 1);
}

/* A list as struct ds_file_job has it; owned by the caller. */
static char *list_of(const char *const *paths, size_t count, size_t *len)
{
    *len = 1;
    for (size_t i = 0; i < count; i++)
        *len += strlen(paths[i]) + 1;
    char *list = calloc(1, *len), *at = list;
    for (size_t i = 0; list && i < count; i++) {
        memcpy(at, paths[i], strlen(paths[i]));
        at += strlen(paths[i]) + 1;
    }
    return list;
}

int ds_files_send_all(struct ds_files *files, const char *const *paths, size_t count,
                      const char *tag)
{
    size_t len;
    if (!files->is_allowed)
        return DS_EREFUSED;
    if (count == 0 || count > DS_FILES_ROOTS)
        return count ? DS_ELIMIT : DS_EINVAL;
    char *list = list_of(paths, count, &len);
    struct ds_file *f = list ? ds_files_add(files, files->next_id, true) : NULL;
    if (!f) {
        free(list);
        return list ? DS_ELIMIT : DS_ENOMEM;
    }
    files->next_id += 2;
    f->path = list;
    name_all(f->name, paths, count);
    take_tag(f, tag);
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_OPEN_SOURCE);
    if (job) {
        job->path = malloc(len); /* NULL: the disk says that memory is short */
        if (job->path)
            memcpy(job->path, list, len);
        files->ops->job(files->ctx, job);
    }
    settle(files);
    return DS_OK;
}

int ds_files_send(struct ds_files *files, const char *path, const char *tag)
{
    return ds_files_send_all(files, &path, 1, tag);
}

static struct ds_file *open_offer(struct ds_files *files, uint32_t id)
{
    struct ds_file *f = find(files, id);
    return f && !f->is_ours && f->state == DS_FILE_STATE_OFFERED ? f : NULL;
}

void ds_files_fill_target(struct ds_file_job *job, const struct ds_file *f)
{
    job->size = f->size;
    job->exists = f->exists;
    job->is_folder = f->is_folder;
    job->files = f->files;
    job->room = f->takes;
    job->has_mtime = f->has_mtime;
    job->mtime_s = f->mtime_s;
    job->mtime_ns = f->mtime_ns;
    memcpy(job->name, f->name, sizeof(job->name));
}

int ds_files_accept(struct ds_files *files, uint32_t id, const char *path,
                    enum ds_file_exists exists, const char *tag)
{
    struct ds_file *f = open_offer(files, id);
    if (!f)
        return DS_ENOTFOUND;
    take_tag(f, tag);
    struct ds_file_job *job = ds_files_job(files, f, DS_FILE_JOB_OPEN_TARGET);
    if (job) {
        job->path = strdup(path);
        f->exists = exists;
        ds_files_fill_target(job, f);
        ds_files_set(files, f, DS_FILE_STATE_AGREED);
        files->ops->job(files->ctx, job);
    }
    settle(files);
    return DS_OK;
}

int ds_files_refuse(struct ds_files *files, uint32_t id)
{
    struct ds_file *f = open_offer(files, id);
    if (!f)
        return DS_ENOTFOUND;
    ds_files_finish(files, f, DS_FILE_STATE_CANCELLED, DS_FILE_REFUSED,
                    DS_FILES_DUE(DS_FILE_REFUSE), false);
    settle(files);
    return DS_OK;
}

int ds_files_cancel(struct ds_files *files, uint32_t id)
{
    struct ds_file *f = find(files, id);
    if (!f || f->state >= DS_FILE_STATE_CLOSING || (f->is_ours && f->is_summed))
        return DS_ENOTFOUND;
    ds_files_finish(files, f, DS_FILE_STATE_CANCELLED, DS_FILE_OK, DS_FILES_DUE(DS_FILE_CANCEL),
                    true);
    settle(files);
    return DS_OK;
}

int ds_files_pause(struct ds_files *files, uint32_t id, bool on)
{
    struct ds_file *f = find(files, id);
    if (!f || (f->state != DS_FILE_STATE_AGREED && f->state != DS_FILE_STATE_FLOWING))
        return DS_ENOTFOUND;
    if (!f->is_ours && !files->has_folders)
        return DS_EUNSUPPORTED;
    if (f->is_ours_paused == on)
        return DS_OK;
    f->is_ours_paused = on;
    unrate(f);
    if (files->has_folders)
        f->due |= DS_FILES_DUE(DS_FILE_PAUSE);
    files->ops->news(files->ctx, f, DS_FILES_PAUSED);
    settle(files);
    return DS_OK;
}

/* The other side's pause. It may cross what makes it meaningless. */
static int on_pause(struct ds_files *files, struct ds_file *f, bool on)
{
    if (f->is_theirs_paused == on)
        return DS_OK;
    f->is_theirs_paused = on;
    unrate(f);
    if (f->state == DS_FILE_STATE_AGREED || f->state == DS_FILE_STATE_FLOWING)
        files->ops->news(files->ctx, f, DS_FILES_PAUSED);
    return DS_OK;
}

void ds_files_end(struct ds_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        struct ds_file *f = files->files[i];
        if (!ds_file_is_over(f))
            ds_files_finish(files, f, DS_FILE_STATE_FAILED, DS_FILE_ENDED, 0, false);
        f->due = 0;
    }
    files->is_up = files->is_allowed = false;
    if (files->ops)
        settle(files);
}

struct ds_files_place ds_files_leave(struct ds_files *files, struct ds_buf *kept)
{
    if (kept && files->ops)
        ds_files_save(files, kept);
    for (size_t i = 0; i < files->count; i++)
        if (!ds_file_is_over(files->files[i]))
            ds_files_finish(files, files->files[i], DS_FILE_STATE_FAILED, DS_FILE_ENDED,
                            DS_FILES_DUE(DS_FILE_FAILED), false);
    settle(files);
    return (struct ds_files_place){.next_id = files->next_id, .their_id = files->their_id};
}

bool ds_files_return(struct ds_files *files, const struct ds_files_place *place,
                     const uint8_t *kept, size_t len)
{
    bool is_ours = place->next_id % 2 == files->next_id % 2 && place->next_id >= files->next_id;
    bool is_theirs = place->their_id == 0 || place->their_id % 2 != files->next_id % 2;
    if (!is_ours || !is_theirs)
        return false;
    files->next_id = place->next_id;
    files->their_id = place->their_id;
    return ds_files_load(files, kept, len);
}

/* ---- the line ---- */

void ds_files_up(struct ds_files *files, uint32_t epoch)
{
    files->is_up = true;
    files->epoch = epoch;
    if (files->is_held)
        files->ops->hold(files->ctx, true); /* the channel began anew */
    for (size_t i = 0; i < files->count; i++) {
        if (files->files[i]->is_ours)
            ds_files_out_cut(files->files[i]); /* ready when the receiver has said where */
        else
            ds_files_in_up(files, files->files[i]);
    }
    settle(files);
}

void ds_files_cut(struct ds_files *files)
{
    files->is_up = false;
    for (size_t i = 0; i < files->count; i++)
        unrate(files->files[i]);
    for (size_t i = 0; i < files->count; i++)
        if (files->files[i]->is_ours)
            ds_files_out_cut(files->files[i]);
}

/* Whether an id of the peer's message can exist: ours up to the last one given, theirs up to the
 * last one offered. */
static bool is_known(const struct ds_files *files, uint32_t id)
{
    bool is_ours = id % 2 == files->next_id % 2;
    return is_ours ? id < files->next_id : id <= files->their_id;
}

int ds_files_control(struct ds_files *files, const uint8_t *bytes, size_t len)
{
    struct ds_file_message m;
    int error = ds_file_message_decode(bytes, len, &m);
    if (error || m.type == 0)
        return error;
    if (m.type == DS_FILE_OFFER || m.type == DS_FILE_OFFER_FOLDER) {
        error = ds_files_in_offer(files, &m);
    } else {
        struct ds_file *f = find(files, m.id);
        if (!is_known(files, m.id))
            error = DS_EPROTO;
        else if (f && m.type == DS_FILE_PAUSE && !ds_file_is_over(f))
            error = on_pause(files, f, m.on);
        else if (f && !ds_file_is_over(f)) /* else it crossed our last word */
            error =
                f->is_ours ? ds_files_out_message(files, f, &m) : ds_files_in_message(files, f, &m);
    }
    settle(files);
    return error;
}

int ds_files_data(struct ds_files *files, const uint8_t *bytes, size_t len)
{
    struct ds_file_message m;
    int error = ds_file_data_decode(bytes, len, &m);
    if (error || m.type == 0)
        return error;
    struct ds_file *f = find(files, m.id);
    if (m.id % 2 == files->next_id % 2 || !is_known(files, m.id))
        return DS_EPROTO;
    if (!f || ds_file_is_over(f))
        return DS_OK;
    error = ds_files_in_data(files, f, &m);
    ds_files_in_hold(files);
    settle(files);
    return error;
}

/* ---- the disk ---- */

void ds_files_answer(struct ds_files *files, struct ds_file_job *job, ds_tick now)
{
    struct ds_file *f = find(files, job->id);
    if (job->letter.kind == DS_FILE_JOB_WRITE)
        files->backlog -= job->len;
    if (f && !ds_file_is_over(f)) {
        if (f->is_ours)
            ds_files_out_answer(files, f, job, now);
        else
            ds_files_in_answer(files, f, job, now);
    }
    job->letter.destroy(&job->letter);
    ds_files_in_hold(files);
    settle(files);
}
