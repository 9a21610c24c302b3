/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/courier/courier.h"

#include "common/automation/event.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/courier/disk.h"
#include "common/courier/file_words.h"
#include "common/tunnel/tunnel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ds_courier {
    struct ds_courier_config config;
    struct ds_files files;
    struct ds_tunnel *tunnel; /* borrowed */
    struct ds_disk *disk;     /* owned, from the first job on */
    struct ds_log_limit limit;
};

/* ---- what the rules ask for ---- */

static int op_send(void *ctx, const uint8_t *bytes, size_t len)
{
    struct ds_courier *c = ctx;
    return c->tunnel ? ds_tunnel_send(c->tunnel, DS_CHANNEL_CONTROL, bytes, len) : DS_ECLOSED;
}

static int op_send_data(void *ctx, struct ds_rcbuf *buf)
{
    struct ds_courier *c = ctx;
    return c->tunnel ? ds_tunnel_send_buf(c->tunnel, DS_CHANNEL_FILES, buf) : DS_ECLOSED;
}

static size_t op_queued(void *ctx)
{
    struct ds_courier *c = ctx;
    return c->tunnel ? ds_tunnel_queued(c->tunnel, DS_CHANNEL_FILES) : DS_FILES_AHEAD;
}

static void op_hold(void *ctx, bool hold)
{
    struct ds_courier *c = ctx;
    if (c->tunnel)
        ds_tunnel_hold(c->tunnel, DS_CHANNEL_FILES, hold);
}

static void op_job(void *ctx, struct ds_file_job *job)
{
    struct ds_courier *c = ctx;
    if (!c->disk)
        c->disk = ds_disk_open(c->config.wake, c->config.ctx);
    if (c->disk) {
        ds_disk_give(c->disk, job);
        return;
    }
    /* No thread, no file: nothing was promised to anybody yet. The wish stays without an answer
     * but for the log. */
    ds_log_error("files: the disk's thread cannot be started");
    job->letter.destroy(&job->letter);
}

static bool is_reported(const struct ds_file *f)
{
    switch (f->state) {
    case DS_FILE_STATE_OPENING:
    case DS_FILE_STATE_AGREED:
    case DS_FILE_STATE_CLOSING:
        return false;
    case DS_FILE_STATE_OFFERED:
        return !f->is_ours && f->fault == DS_FILE_OK; /* again open after a wrong path: not new */
    default:
        return true;
    }
}

static const char *state_of(const struct ds_file *f, enum ds_files_news what)
{
    bool is_paused = f->is_ours_paused || f->is_theirs_paused;
    if (what == DS_FILES_STATE)
        return ds_file_state_name(f->state);
    return what == DS_FILES_PROGRESS ? "progress" : is_paused ? "paused" : "continued";
}

static void post(struct ds_courier *c, const struct ds_file *f, enum ds_files_news what)
{
    char error[DS_FILE_SENTENCE];
    struct ds_event_file event = {.id = f->id,
                                  .name = f->name,
                                  .to_customer = f->id % 2 == 1, /* odd: the viewer sends */
                                  .state = state_of(f, what),
                                  .bytes = f->bytes,
                                  .size = f->size,
                                  .files = f->is_folder ? f->files : 0,
                                  .files_done = f->files_done,
                                  .skipped = f->is_folder ? f->skipped : 0,
                                  .kept = f->kept,
                                  .rate_bps = f->rate_bps,
                                  .left_s = f->left_s,
                                  .error = error};
    ds_file_sentence(error, f);
    char hex[2 * DS_FILE_HASH + 1];
    for (size_t i = 0; i < DS_FILE_HASH; i++)
        snprintf(hex + 2 * i, 3, "%02x", f->hash[i]);
    if (f->state == DS_FILE_STATE_DONE && !f->is_folder)
        event.sha256 = hex;
    ds_event_file(c->config.automation, &event, what == DS_FILES_PROGRESS);
}

static void op_news(void *ctx, const struct ds_file *f, enum ds_files_news what)
{
    struct ds_courier *c = ctx;
    if (what != DS_FILES_STATE || is_reported(f))
        post(c, f, what);
    if (f->fault != DS_FILE_OK && ds_log_allowed(&c->limit, 60, ds_clock_now()))
        ds_log_warn("file %s id=%u fault=%s", ds_file_state_name(f->state), f->id,
                    ds_file_fault_why(f->fault));
    if (c->config.changed)
        c->config.changed(c->config.ctx, f);
}

/* Its tag: "c" and that of the command. */
static void op_outcome(void *ctx, const struct ds_file *f, enum ds_file_fault fault)
{
    struct ds_courier *c = ctx;
    char error[DS_FILE_SENTENCE];
    struct ds_file now = *f;
    now.fault = fault;
    ds_file_sentence(error, &now);
    if (fault == DS_FILE_OK)
        ds_event_done(c->config.automation, f->tag + 1);
    else
        ds_event_error(c->config.automation, ds_file_fault_why(fault), error, f->tag + 1);
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

/* ---- life ---- */

struct ds_courier *ds_courier_open(const struct ds_courier_config *config)
{
    struct ds_courier *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->config = *config;
    ds_files_init(&c->files, config->is_agent, &ops, c);
    return c;
}

void ds_courier_close(struct ds_courier *c)
{
    if (!c)
        return;
    ds_disk_close(c->disk);
    ds_files_destroy(&c->files);
    free(c);
}

void ds_courier_bind(struct ds_courier *c, struct ds_tunnel *tunnel)
{
    if (!c || c->tunnel == tunnel)
        return;
    if (tunnel) { /* another session: its ids begin anew, and old answers would be mistaken */
        ds_disk_close(c->disk);
        c->disk = NULL;
        ds_files_destroy(&c->files);
        ds_files_init(&c->files, c->config.is_agent, &ops, c);
    }
    c->tunnel = tunnel;
}

void ds_courier_up(struct ds_courier *c, uint32_t epoch)
{
    if (c)
        ds_files_up(&c->files, epoch);
}

void ds_courier_cut(struct ds_courier *c)
{
    if (c)
        ds_files_cut(&c->files);
}

void ds_courier_allow(struct ds_courier *c, bool is_allowed)
{
    if (c)
        ds_files_allow(&c->files, is_allowed);
}

void ds_courier_peer(struct ds_courier *c, uint32_t features)
{
    if (c)
        ds_files_peer(&c->files, (features & DS_FEATURE_FOLDERS) != 0);
}

void ds_courier_end(struct ds_courier *c)
{
    if (c)
        ds_files_end(&c->files);
}

struct ds_files_place ds_courier_leave(struct ds_courier *c, struct ds_buf *kept)
{
    return c ? ds_files_leave(&c->files, kept) : (struct ds_files_place){0};
}

bool ds_courier_return(struct ds_courier *c, const struct ds_files_place *place,
                       const struct ds_buf *kept)
{
    return c && ds_files_return(&c->files, place, ds_buf_peek(kept), kept->len);
}

int ds_courier_message(struct ds_courier *c, enum ds_channel channel, const uint8_t *bytes,
                       size_t len)
{
    int error;
    if (channel == DS_CHANNEL_FILES)
        error = c ? ds_files_data(&c->files, bytes, len) : DS_OK;
    else if (channel == DS_CHANNEL_CONTROL && ds_file_message_is(bytes, len))
        error = c ? ds_files_control(&c->files, bytes, len) : DS_OK;
    else
        return 0;
    return error ? error : 1;
}

void ds_courier_settle(struct ds_courier *c)
{
    if (!c)
        return;
    struct ds_file_job *job = c->disk ? ds_disk_take(c->disk) : NULL;
    while (job) {
        struct ds_file_job *next = (struct ds_file_job *)job->letter.next;
        ds_files_answer(&c->files, job, ds_clock_now());
        job = next;
    }
    ds_files_pump(&c->files);
}

/* ---- wishes ---- */

static const char *words_of(int error)
{
    switch (error) {
    case DS_OK:
        return NULL;
    case DS_EREFUSED:
        return ds_file_words(DS_FILE_NO_RIGHT, true);
    case DS_ELIMIT:
        return ds_file_words(DS_FILE_TOO_MANY, true);
    case DS_ENOMEM:
        return ds_file_words(DS_FILE_NO_MEMORY, true);
    case DS_EUNSUPPORTED:
        return ds_file_words(DS_FILE_OLD_PEER, true);
    default:
        return "there is no such file in this session";
    }
}

/* The command's text is a list as in struct ds_file_job. */
static int send_list(struct ds_courier *c, const struct ds_command *command, const char *tag)
{
    const char *paths[DS_FILES_ROOTS];
    size_t n = 0;
    for (const char *at = command->text; n < command->count; at += strlen(at) + 1)
        paths[n++] = at;
    return ds_files_send_all(&c->files, paths, n, tag);
}

bool ds_courier_command(struct ds_courier *c, const struct ds_command *command)
{
    char tag[DS_FILES_TAG];
    int error;
    bool is_answered_later = false;
    if (!c)
        return false;
    snprintf(tag, sizeof(tag), "c%s", command->tag);
    switch (command->type) {
    case DS_COMMAND_SEND_FILE:
        error = send_list(c, command, tag);
        is_answered_later = true;
        break;
    case DS_COMMAND_ACCEPT_FILE:
        error = ds_files_accept(&c->files, command->id, command->text,
                                (enum ds_file_exists)command->exists, tag);
        is_answered_later = true;
        break;
    case DS_COMMAND_REFUSE_FILE:
        error = ds_files_refuse(&c->files, command->id);
        break;
    case DS_COMMAND_CANCEL_FILE:
        error = ds_files_cancel(&c->files, command->id);
        break;
    case DS_COMMAND_PAUSE_FILE:
    case DS_COMMAND_RESUME_FILE:
        error = ds_files_pause(&c->files, command->id, command->type == DS_COMMAND_PAUSE_FILE);
        break;
    default:
        return false;
    }
    if (error)
        ds_event_error(c->config.automation, "not-now", words_of(error), command->tag);
    else if (!is_answered_later)
        ds_event_done(c->config.automation, command->tag);
    return true;
}

const char *ds_courier_send(struct ds_courier *c, const char *path)
{
    return words_of(c ? ds_files_send(&c->files, path, "") : DS_EREFUSED);
}

const char *ds_courier_save(struct ds_courier *c, uint32_t id, const char *folder)
{
    return words_of(c ? ds_files_accept(&c->files, id, folder, DS_FILE_EXISTS_KEEP_BOTH, "")
                      : DS_EREFUSED);
}

const char *ds_courier_send_all(struct ds_courier *c, const char *const *paths, size_t count)
{
    return words_of(c ? ds_files_send_all(&c->files, paths, count, "") : DS_EREFUSED);
}

const char *ds_courier_save_as(struct ds_courier *c, uint32_t id, const char *path,
                               enum ds_file_exists exists)
{
    return words_of(c ? ds_files_accept(&c->files, id, path, exists, "") : DS_EREFUSED);
}

void ds_courier_pause(struct ds_courier *c, uint32_t id, bool on)
{
    if (c)
        ds_files_pause(&c->files, id, on);
}

void ds_courier_refuse(struct ds_courier *c, uint32_t id)
{
    if (c)
        ds_files_refuse(&c->files, id);
}

void ds_courier_cancel(struct ds_courier *c, uint32_t id)
{
    if (c)
        ds_files_cancel(&c->files, id);
}
