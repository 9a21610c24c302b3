/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/disk.h"

#include "common/courier/disk_tree.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define MAIL_MAX (1u << 20) /* the rules of files bound the jobs long before */
#define STRIDE 65536

struct ds_disk {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t given;
    struct ds_letter *first, **last; /* guarded by lock: jobs */
    bool has_ended;                  /* guarded by lock */
    atomic_bool stop;
    struct ds_mailbox answers;
    struct ds_disk_file *files; /* the thread's */
};

/* ---- sums ---- */

enum ds_file_fault ds_disk_sum_begin(struct ds_disk_file *file)
{
    file->summed = 0;
    if (!file->sum)
        file->sum = EVP_MD_CTX_new();
    return file->sum && EVP_DigestInit_ex(file->sum, EVP_sha256(), NULL) == 1 ? DS_FILE_OK
                                                                              : DS_FILE_NO_MEMORY;
}

enum ds_file_fault ds_disk_sum(struct ds_disk_file *file, uint64_t len, const atomic_bool *stop)
{
    uint8_t *bytes = malloc(STRIDE);
    enum ds_file_fault fault = bytes ? ds_disk_sum_begin(file) : DS_FILE_NO_MEMORY;
    while (fault == DS_FILE_OK && file->summed < len) {
        size_t want = len - file->summed < STRIDE ? (size_t)(len - file->summed) : STRIDE;
        ssize_t n = pread(file->fd, bytes, want, (off_t)file->summed);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 || atomic_load(stop)) {
            fault = n == 0 ? DS_FILE_CHANGED : DS_FILE_NO_READING;
            break;
        }
        EVP_DigestUpdate(file->sum, bytes, (size_t)n);
        file->summed += (uint64_t)n;
    }
    free(bytes);
    return fault;
}

void ds_disk_sum_get(struct ds_disk_file *file, uint8_t out[DS_FILE_HASH])
{
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    if (copy && EVP_MD_CTX_copy_ex(copy, file->sum) == 1)
        EVP_DigestFinal_ex(copy, out, NULL);
    EVP_MD_CTX_free(copy);
}

/* ---- open files ---- */

static struct ds_disk_file **place_of(struct ds_disk *disk, uint32_t id)
{
    struct ds_disk_file **at = &disk->files;
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

static void close_file(struct ds_disk_file *file)
{
    if (file->fd >= 0)
        close(file->fd);
    if (file->folder >= 0)
        close(file->folder);
    EVP_MD_CTX_free(file->sum);
    ds_tree_source_free(file->source);
    ds_tree_target_free(file->target);
    free(file->folder_path);
    free(file);
}

static void drop(struct ds_disk *disk, uint32_t id)
{
    struct ds_disk_file **at = place_of(disk, id);
    struct ds_disk_file *file = *at;
    if (!file)
        return;
    *at = file->next;
    close_file(file);
}

static enum ds_file_fault open_one(struct ds_disk *disk, struct ds_file_job *job)
{
    struct ds_disk_file *file = calloc(1, sizeof(*file));
    if (!file)
        return DS_FILE_NO_MEMORY;
    drop(disk, job->id);
    *file = (struct ds_disk_file){.next = disk->files, .id = job->id, .fd = -1, .folder = -1};
    disk->files = file;
    enum ds_file_fault fault = !job->path ? DS_FILE_NO_MEMORY
                               : job->letter.kind == DS_FILE_JOB_OPEN_SOURCE
                                   ? ds_disk_open_source(file, job, &disk->stop)
                                   : ds_disk_open_target(file, job, &disk->stop);
    if (fault != DS_FILE_OK)
        drop(disk, job->id);
    return fault;
}

/* The same jobs of a folder. */
static enum ds_file_fault work_on_tree(struct ds_disk_file *file, struct ds_file_job *job)
{
    switch ((enum ds_file_job_kind)job->letter.kind) {
    case DS_FILE_JOB_PREFIX:
        return ds_tree_prefix(file->source, job);
    case DS_FILE_JOB_READ:
        return ds_tree_read(file->source, job);
    case DS_FILE_JOB_SUM:
        return ds_tree_source_sum(file->source, job);
    case DS_FILE_JOB_WRITE:
        return ds_tree_write(file, job);
    case DS_FILE_JOB_SYNC:
        return ds_tree_sync(file, job);
    case DS_FILE_JOB_KEEP:
        return ds_tree_keep(file, job);
    default:
        return DS_FILE_OK;
    }
}

static bool is_of_tree(const struct ds_disk_file *file, enum ds_file_job_kind kind)
{
    bool is_ours =
        kind == DS_FILE_JOB_PREFIX || kind == DS_FILE_JOB_READ || kind == DS_FILE_JOB_SUM;
    bool is_theirs =
        kind == DS_FILE_JOB_WRITE || kind == DS_FILE_JOB_SYNC || kind == DS_FILE_JOB_KEEP;
    return (file->source && is_ours) || (file->target && is_theirs);
}

static enum ds_file_fault work_on(struct ds_disk *disk, struct ds_disk_file *file,
                                  struct ds_file_job *job)
{
    if (is_of_tree(file, (enum ds_file_job_kind)job->letter.kind))
        return work_on_tree(file, job);
    switch ((enum ds_file_job_kind)job->letter.kind) {
    case DS_FILE_JOB_PREFIX:
        return ds_disk_prefix(file, job, &disk->stop);
    case DS_FILE_JOB_READ:
        return ds_disk_read(file, job);
    case DS_FILE_JOB_SUM:
        return ds_disk_source_sum(file, job);
    case DS_FILE_JOB_WRITE:
        return ds_disk_write(file, job);
    case DS_FILE_JOB_SYNC:
        return ds_disk_sync(file, job);
    case DS_FILE_JOB_KEEP:
        return ds_disk_keep(file, job);
    case DS_FILE_JOB_CLOSE:
        if (job->is_discarded)
            ds_disk_discard(file);
        else if (file->target) /* for another boot to go on with */
            ds_tree_sync(file, job);
        drop(disk, job->id);
        return DS_FILE_OK;
    default:
        return DS_FILE_OK;
    }
}

static void work(struct ds_disk *disk, struct ds_file_job *job)
{
    enum ds_file_job_kind kind = (enum ds_file_job_kind)job->letter.kind;
    struct ds_disk_file *file = *place_of(disk, job->id);
    bool is_closing = kind == DS_FILE_JOB_CLOSE;
    if (atomic_load(&disk->stop) && !is_closing)
        job->fault = DS_FILE_ENDED;
    else if (kind == DS_FILE_JOB_OPEN_SOURCE || kind == DS_FILE_JOB_OPEN_TARGET)
        job->fault = open_one(disk, job);
    else if (file)
        job->fault = work_on(disk, file, job);
    else
        job->fault = DS_FILE_NOT_FOUND;
    ds_rcbuf_unref(kind == DS_FILE_JOB_WRITE ? job->bytes : NULL);
    if (kind == DS_FILE_JOB_WRITE)
        job->bytes = NULL;
    if (is_closing || ds_mailbox_push(&disk->answers, &job->letter) != 0)
        job->letter.destroy(&job->letter);
}

/* ---- the thread ---- */

static struct ds_file_job *next_job(struct ds_disk *disk)
{
    pthread_mutex_lock(&disk->lock);
    while (!disk->first && !disk->has_ended)
        pthread_cond_wait(&disk->given, &disk->lock);
    struct ds_letter *letter = disk->first;
    if (letter)
        disk->first = letter->next;
    if (!disk->first)
        disk->last = &disk->first;
    pthread_mutex_unlock(&disk->lock);
    return (struct ds_file_job *)letter;
}

static void *run(void *ctx)
{
    struct ds_disk *disk = ctx;
    struct ds_file_job *job;
    pthread_setname_np(pthread_self(), "disk");
    while ((job = next_job(disk)) != NULL) {
        job->letter.next = NULL;
        work(disk, job);
    }
    return NULL;
}

/* Signals belong to the loop; SIGXFSZ, which a limit of the shell may cause here, to nobody:
 * blocked, the write fails with EFBIG. */
static int start_thread(struct ds_disk *disk)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&disk->thread, NULL, run, disk);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

struct ds_disk *ds_disk_open(void (*wake)(void *ctx), void *ctx)
{
    struct ds_disk *disk = calloc(1, sizeof(*disk));
    if (!disk)
        return NULL;
    disk->last = &disk->first;
    pthread_mutex_init(&disk->lock, NULL);
    pthread_cond_init(&disk->given, NULL);
    if (ds_mailbox_init(&disk->answers, MAIL_MAX, wake, ctx) != 0)
        goto free_disk;
    if (start_thread(disk) != 0)
        goto destroy_answers;
    return disk;
destroy_answers:
    ds_mailbox_destroy(&disk->answers);
free_disk:
    pthread_cond_destroy(&disk->given);
    pthread_mutex_destroy(&disk->lock);
    free(disk);
    return NULL;
}

void ds_disk_give(struct ds_disk *disk, struct ds_file_job *job)
{
    pthread_mutex_lock(&disk->lock);
    job->letter.next = NULL;
    *disk->last = &job->letter;
    disk->last = &job->letter.next;
    pthread_cond_signal(&disk->given);
    pthread_mutex_unlock(&disk->lock);
}

struct ds_file_job *ds_disk_take(struct ds_disk *disk)
{
    return (struct ds_file_job *)ds_mailbox_take_all(&disk->answers);
}

void ds_disk_close(struct ds_disk *disk)
{
    if (!disk)
        return;
    atomic_store(&disk->stop, true);
    pthread_mutex_lock(&disk->lock);
    disk->has_ended = true;
    pthread_cond_signal(&disk->given);
    pthread_mutex_unlock(&disk->lock);
    pthread_join(disk->thread, NULL);
    while (disk->files)
        drop(disk, disk->files->id);
    ds_mailbox_destroy(&disk->answers);
    pthread_cond_destroy(&disk->given);
    pthread_mutex_destroy(&disk->lock);
    free(disk);
}
