/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/file_job.h"

#include <stdlib.h>
#include <string.h>

static void destroy(struct ds_letter *letter)
{
    struct ds_file_job *job = (struct ds_file_job *)letter;
    ds_rcbuf_unref(job->bytes);
    free(job->path);
    free(job);
}

struct ds_file_job *ds_file_job_new(enum ds_file_job_kind kind, uint32_t id)
{
    struct ds_file_job *job = calloc(1, sizeof(*job));
    if (!job)
        return NULL;
    job->letter.kind = (int)kind;
    job->letter.destroy = destroy;
    job->id = id;
    return job;
}

static const struct {
    enum ds_file_fault fault;
    const char *why;
} words[] = {
    /* the first of a word is what it means here when it comes from there */
    {DS_FILE_NO_READING, DS_FILE_WHY_READ}, {DS_FILE_NOT_FOUND, DS_FILE_WHY_READ},
    {DS_FILE_NOT_A_FILE, DS_FILE_WHY_READ}, {DS_FILE_NO_WRITING, DS_FILE_WHY_WRITE},
    {DS_FILE_NO_FOLDER, DS_FILE_WHY_WRITE}, {DS_FILE_NO_MEMORY, DS_FILE_WHY_WRITE},
    {DS_FILE_CHANGED, DS_FILE_WHY_CHANGED}, {DS_FILE_EXISTING, DS_FILE_WHY_EXISTS},
    {DS_FILE_NO_SPACE, DS_FILE_WHY_SPACE},  {DS_FILE_DAMAGED, DS_FILE_WHY_HASH},
    {DS_FILE_REFUSED, DS_FILE_WHY_REFUSED}, {DS_FILE_NO_RIGHT, DS_FILE_WHY_RIGHT},
    {DS_FILE_TOO_MANY, DS_FILE_WHY_BUSY},   {DS_FILE_ENDED, DS_FILE_WHY_ENDED},
    {DS_FILE_HOSTILE, DS_FILE_WHY_HOSTILE}, {DS_FILE_OLD_PEER, "old-peer"},
};

const char *ds_file_fault_why(enum ds_file_fault fault)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i].fault == fault)
            return words[i].why;
    return "unknown";
}

enum ds_file_fault ds_file_fault_of(const char *why)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i].why, why) == 0)
            return words[i].fault;
    return DS_FILE_STRANGE;
}
