/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A peer that says anything about files to a receiver and sender that follow the rules, whose disk
 * takes and gives everything. Input: pieces of a length byte and so many bytes; an even first byte
 * goes to CONTROL, an odd one to FILES. What is accepted by the decoder is written and read again.
 */
#include "common/base/error.h"
#include "common/service/files.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ds_files files;

static int send(void *ctx, const uint8_t *bytes, size_t len)
{
    struct ds_file_message m;
    (void)ctx;
    ds_check(ds_file_message_decode(bytes, len, &m) == DS_OK && m.type != 0);
    return DS_OK;
}

static int send_data(void *ctx, struct ds_rcbuf *buf)
{
    (void)ctx;
    (void)buf;
    return DS_OK;
}

static size_t queued(void *ctx)
{
    (void)ctx;
    return 0;
}

static void hold(void *ctx, bool on)
{
    (void)ctx;
    (void)on;
}

static struct ds_letter *jobs;

static void take_job(void *ctx, struct ds_file_job *job)
{
    struct ds_letter **last = &jobs;
    (void)ctx;
    while (*last)
        last = &(*last)->next;
    job->letter.next = NULL;
    *last = &job->letter;
}

static void news(void *ctx, const struct ds_file *file, enum ds_files_news what)
{
    (void)ctx;
    (void)what;
    ds_check(file->bytes <= file->size && file->at <= file->size);
    ds_check(!strchr(file->name, '/') && file->name[0] != '\0' && file->name[0] != '.');
}

static void outcome(void *ctx, const struct ds_file *file, enum ds_file_fault fault)
{
    (void)ctx;
    (void)file;
    (void)fault;
}

static const struct ds_files_ops ops = {send, send_data, queued, hold, take_job, news, outcome};

static void do_jobs(void)
{
    for (unsigned i = 0; jobs && i < 16; i++) {
        struct ds_file_job *job = (struct ds_file_job *)jobs;
        jobs = jobs->next;
        if (job->letter.kind == DS_FILE_JOB_OPEN_SOURCE)
            job->size = 100000;
        else if (job->letter.kind == DS_FILE_JOB_READ)
            ds_check((job->bytes = ds_rcbuf_new(DS_FILE_DATA_HEADER + job->len)) != NULL);
        if (job->letter.kind == DS_FILE_JOB_CLOSE)
            job->letter.destroy(&job->letter);
        else
            ds_files_answer(&files, job, DS_SECOND);
    }
}

static void feed(const uint8_t *bytes, size_t len)
{
    struct ds_file_message m;
    struct ds_buf buf;
    ds_buf_init(&buf, 4096);
    if (ds_file_message_decode(bytes, len, &m) == DS_OK && m.type != 0) {
        ds_check(ds_file_message_encode(&buf, &m) == DS_OK && buf.len <= len);
        ds_check(memcmp(ds_buf_peek(&buf), bytes, buf.len) == 0);
    }
    ds_buf_destroy(&buf);
    if (len > 0 && bytes[0] % 2 == 1 && !ds_file_message_is(bytes, len))
        ds_files_data(&files, bytes, len);
    else if (ds_file_message_is(bytes, len))
        ds_files_control(&files, bytes, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ds_files_init(&files, true, &ops, NULL);
    ds_files_peer(&files, true);
    ds_files_allow(&files, true);
    ds_files_up(&files, 1);
    ds_files_send(&files, "ours", "");
    while (size > 0) {
        size_t len = data[0] < size - 1 ? data[0] : size - 1;
        feed(data + 1, len);
        for (uint32_t id = 1; id < 10; id += 2)
            ds_files_accept(&files, id, "in", (enum ds_file_exists)(id % 4), "");
        ds_files_pause(&files, 1, len % 5 == 4);
        if (len % 7 == 6)
            ds_files_up(&files, files.epoch + 1);
        do_jobs();
        data += 1 + len;
        size -= 1 + len;
    }
    ds_files_end(&files);
    while (jobs)
        do_jobs();
    ds_files_destroy(&files);
    return 0;
}
