/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/files_pair.h"

#include "common/base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 262144 /* of the mux: so much is under way before anything is "queued" */

struct parcel {
    struct ds_letter letter;
    struct ds_rcbuf *buf;
};

uint32_t files_pair_random(struct files_pair *pair, uint32_t below)
{
    pair->seed ^= pair->seed << 13;
    pair->seed ^= pair->seed >> 7;
    pair->seed ^= pair->seed << 17;
    return (uint32_t)((pair->seed >> 16) % below);
}

/* ---- queues ---- */

static void push(struct ds_letter ***last, struct ds_letter *letter)
{
    letter->next = NULL;
    **last = letter;
    *last = &letter->next;
}

static struct ds_letter *pop(struct ds_letter **first, struct ds_letter ***last)
{
    struct ds_letter *letter = *first;
    if (!letter)
        return NULL;
    *first = letter->next;
    if (!*first)
        *last = first;
    return letter;
}

static struct ds_rcbuf *unpack(struct ds_letter *letter)
{
    struct ds_rcbuf *buf = letter ? ((struct parcel *)letter)->buf : NULL;
    free(letter);
    return buf;
}

static void pack(struct ds_letter ***last, struct ds_rcbuf *buf)
{
    struct parcel *parcel = calloc(1, sizeof(*parcel));
    assert_non_null(parcel);
    parcel->buf = buf;
    push(last, &parcel->letter);
}

struct ds_rcbuf *files_pair_take(struct files_end *end)
{
    return unpack(pop(&end->control, &end->last_control));
}

/* ---- what the rules ask for ---- */

static int op_send(void *ctx, const uint8_t *bytes, size_t len)
{
    struct files_end *end = ctx;
    if (end->is_control_full)
        return DS_EAGAIN;
    struct ds_rcbuf *buf = ds_rcbuf_new(len);
    assert_non_null(buf);
    memcpy(buf->data, bytes, len);
    pack(&end->last_control, buf);
    return DS_OK;
}

static int op_send_data(void *ctx, struct ds_rcbuf *buf)
{
    struct files_end *end = ctx;
    pack(&end->last_data, ds_rcbuf_ref(buf));
    end->data_bytes += buf->len;
    end->sent += buf->len - DS_FILE_DATA_HEADER;
    return DS_OK;
}

static size_t op_queued(void *ctx)
{
    struct files_end *end = ctx;
    return end->data_bytes > WINDOW ? end->data_bytes - WINDOW : 0;
}

static void op_hold(void *ctx, bool hold)
{
    ((struct files_end *)ctx)->is_held = hold;
}

static void op_job(void *ctx, struct ds_file_job *job)
{
    struct files_end *end = ctx;
    push(&end->last_job, &job->letter);
}

static void op_news(void *ctx, const struct ds_file *file, enum ds_files_news what)
{
    struct files_end *end = ctx;
    end->last = *file;
    if (what == DS_FILES_PROGRESS)
        end->progress++;
    else if (what == DS_FILES_PAUSED)
        end->pauses++;
    else
        end->news[file->state]++;
}

static void op_outcome(void *ctx, const struct ds_file *file, enum ds_file_fault fault)
{
    struct files_end *end = ctx;
    (void)file;
    end->outcomes++;
    end->outcome = fault;
}

static const struct ds_files_ops ops = {
    .send = op_send,
    .send_data = op_send_data,
    .queued = op_queued,
    .hold = op_hold,
    .job = op_job,
    .news = op_news,
    .outcome = op_outcome,
};

/* ---- disks ---- */

struct files_disk_file *files_pair_find(struct files_end *end, const char *path)
{
    for (size_t i = 0; i < FILES_PAIR_DISK; i++)
        if (end->disk[i].bytes && strcmp(end->disk[i].path, path) == 0)
            return &end->disk[i];
    return NULL;
}

static struct files_disk_file *make(struct files_end *end, const char *path, size_t room)
{
    struct files_disk_file *file = end->disk;
    while (file->bytes)
        file++;
    assert_true(file < end->disk + FILES_PAIR_DISK);
    *file = (struct files_disk_file){.bytes = calloc(1, room ? room : 1)};
    assert_non_null(file->bytes);
    snprintf(file->path, sizeof(file->path), "%s", path);
    return file;
}

struct files_disk_file *files_pair_file(struct files_end *end, const char *path, size_t len)
{
    struct files_disk_file *file = make(end, path, len);
    uint64_t x = 88172645463325252u + (uint64_t)path[0] + len;
    file->len = len;
    for (size_t i = 0; i < len; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        file->bytes[i] = (uint8_t)x;
    }
    return file;
}

static void sum(const uint8_t *bytes, size_t len, uint8_t out[32])
{
    EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL);
}

static enum ds_file_fault open_source(struct files_end *end, struct files_open *open,
                                      struct ds_file_job *job)
{
    open->file = files_pair_find(end, job->path);
    if (!open->file)
        return DS_FILE_NOT_FOUND;
    job->size = open->file->len;
    return DS_FILE_OK;
}

static enum ds_file_fault open_target(struct files_end *end, struct files_open *open,
                                      struct ds_file_job *job)
{
    char part[64];
    if (files_pair_find(end, job->path))
        return DS_FILE_EXISTING;
    if (end->is_disk_full)
        return DS_FILE_NO_SPACE;
    snprintf(part, sizeof(part), "%.40s.part", job->path);
    open->file = files_pair_find(end, part);
    if (!open->file)
        open->file = make(end, part, job->size);
    open->file->is_part = true;
    open->file->size = job->size;
    if (open->file->len == job->size && job->size > 0)
        open->file->len--;
    job->offset = open->summed = open->file->len;
    sum(open->file->bytes, open->file->len, job->hash);
    return DS_FILE_OK;
}

static enum ds_file_fault write_it(struct files_end *end, struct files_open *open,
                                   const struct ds_file_job *job)
{
    if (end->is_disk_full)
        return DS_FILE_NO_SPACE;
    assert_true(job->offset == open->summed || job->offset == 0);
    assert_true(job->offset + job->len <= open->file->size);
    memcpy(open->file->bytes + job->offset, job->bytes->data, job->len);
    open->file->len = open->summed = job->offset + job->len;
    return DS_FILE_OK;
}

static enum ds_file_fault keep(struct files_open *open, const struct ds_file_job *job)
{
    uint8_t hash[32];
    struct files_disk_file *file = open->file;
    sum(file->bytes, file->len, hash);
    if (file->len != file->size || memcmp(hash, job->hash, 32) != 0)
        return DS_FILE_DAMAGED;
    file->is_part = false;
    file->path[strlen(file->path) - strlen(".part")] = '\0';
    return DS_FILE_OK;
}

static enum ds_file_fault read_it(const struct files_open *open, struct ds_file_job *job)
{
    if (job->offset + job->len > open->file->len)
        return DS_FILE_CHANGED;
    job->bytes = ds_rcbuf_new(DS_FILE_DATA_HEADER + job->len);
    assert_non_null(job->bytes);
    memcpy(job->bytes->data + DS_FILE_DATA_HEADER, open->file->bytes + job->offset, job->len);
    return DS_FILE_OK;
}

static enum ds_file_fault do_job(struct files_end *end, struct ds_file_job *job)
{
    struct files_open *open = end->open;
    uint8_t hash[32];
    bool opens =
        job->letter.kind == DS_FILE_JOB_OPEN_SOURCE || job->letter.kind == DS_FILE_JOB_OPEN_TARGET;
    while (open < end->open + FILES_PAIR_DISK && open->id != (opens ? 0 : job->id))
        open++;
    if (open == end->open + FILES_PAIR_DISK)
        return DS_FILE_NOT_FOUND;
    enum ds_file_fault fault = DS_FILE_OK;
    switch ((enum ds_file_job_kind)job->letter.kind) {
    case DS_FILE_JOB_OPEN_SOURCE:
        fault = open_source(end, open, job);
        break;
    case DS_FILE_JOB_OPEN_TARGET:
        fault = open_target(end, open, job);
        break;
    case DS_FILE_JOB_PREFIX:
        sum(open->file->bytes, job->offset, hash);
        job->is_same = job->is_trusted || memcmp(hash, job->hash, 32) == 0;
        break;
    case DS_FILE_JOB_READ:
        return read_it(open, job);
    case DS_FILE_JOB_SUM:
        sum(open->file->bytes, open->file->len, job->hash);
        break;
    case DS_FILE_JOB_WRITE:
        return write_it(end, open, job);
    case DS_FILE_JOB_SYNC:
        job->offset = open->summed;
        break;
    case DS_FILE_JOB_KEEP:
        return keep(open, job);
    case DS_FILE_JOB_CLOSE:
        if (job->is_discarded && open->file->is_part) {
            free(open->file->bytes);
            open->file->bytes = NULL;
        }
        *open = (struct files_open){0};
        break;
    }
    if (opens && fault == DS_FILE_OK)
        open->id = job->id;
    return fault;
}

static bool step_disk(struct files_end *end)
{
    if (end->is_disk_idle)
        return false;
    struct ds_file_job *job = (struct ds_file_job *)pop(&end->jobs, &end->last_job);
    if (!job)
        return false;
    job->fault = do_job(end, job);
    if (job->letter.kind == DS_FILE_JOB_CLOSE)
        job->letter.destroy(&job->letter);
    else
        ds_files_answer(&end->files, job, end->pair->now);
    return true;
}

/* ---- the line ---- */

static bool step_control(struct files_end *from, struct files_end *to)
{
    struct ds_rcbuf *buf = files_pair_take(from);
    if (!buf)
        return false;
    int error = ds_files_control(&to->files, buf->data, buf->len);
    to->error = error ? error : to->error;
    ds_rcbuf_unref(buf);
    return true;
}

static bool step_data(struct files_end *from, struct files_end *to)
{
    if (to->is_held)
        return false;
    struct ds_rcbuf *buf = unpack(pop(&from->data, &from->last_data));
    if (!buf)
        return false;
    from->data_bytes -= buf->len;
    int error = ds_files_data(&to->files, buf->data, buf->len);
    to->error = error ? error : to->error;
    ds_rcbuf_unref(buf);
    ds_files_pump(&from->files);
    return true;
}

bool files_pair_step(struct files_pair *pair)
{
    struct files_end *v = &pair->viewer, *a = &pair->agent;
    unsigned first = files_pair_random(pair, 6);
    pair->now += DS_MS;
    for (unsigned i = 0; i < 6; i++) {
        bool did = false;
        bool up = v->files.is_up;
        switch ((first + i) % 6) {
        case 0:
            did = up && step_control(v, a);
            break;
        case 1:
            did = up && step_control(a, v);
            break;
        case 2:
            did = up && step_data(v, a);
            break;
        case 3:
            did = up && step_data(a, v);
            break;
        case 4:
            did = step_disk(v);
            break;
        case 5:
            did = step_disk(a);
            break;
        }
        if (did)
            return true;
    }
    return false;
}

void files_pair_settle(struct files_pair *pair)
{
    while (files_pair_step(pair))
        ;
}

static void lose_data(struct files_end *end)
{
    struct ds_rcbuf *buf;
    while ((buf = unpack(pop(&end->data, &end->last_data))) != NULL)
        ds_rcbuf_unref(buf);
    end->data_bytes = 0;
}

void files_pair_cut(struct files_pair *pair)
{
    ds_files_cut(&pair->viewer.files);
    ds_files_cut(&pair->agent.files);
    lose_data(&pair->viewer);
    lose_data(&pair->agent);
}

void files_pair_join(struct files_pair *pair)
{
    pair->epoch++;
    ds_files_up(&pair->viewer.files, pair->epoch);
    ds_files_up(&pair->agent.files, pair->epoch);
}

/* ---- life ---- */

static void init_end(struct files_end *end, struct files_pair *pair, bool is_agent)
{
    end->pair = pair;
    end->last_job = &end->jobs;
    end->last_control = &end->control;
    end->last_data = &end->data;
    ds_files_init(&end->files, is_agent, &ops, end);
    ds_files_peer(&end->files, true);
    ds_files_allow(&end->files, true);
}

void files_pair_init(struct files_pair *pair, uint64_t seed)
{
    *pair = (struct files_pair){.seed = seed * 2654435761u + 88172645463325252u, .now = DS_SECOND};
    init_end(&pair->viewer, pair, false);
    init_end(&pair->agent, pair, true);
    files_pair_join(pair);
}

static void destroy_end(struct files_end *end)
{
    struct ds_letter *job;
    struct ds_rcbuf *buf;
    while ((job = pop(&end->jobs, &end->last_job)) != NULL)
        job->destroy(job);
    while ((buf = files_pair_take(end)) != NULL)
        ds_rcbuf_unref(buf);
    lose_data(end);
    for (size_t i = 0; i < FILES_PAIR_DISK; i++)
        free(end->disk[i].bytes);
    ds_files_destroy(&end->files);
}

void files_pair_destroy(struct files_pair *pair)
{
    destroy_end(&pair->viewer);
    destroy_end(&pair->agent);
}
