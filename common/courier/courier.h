/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of one end, whole: the rules (common/service/files.h), the disk's thread, the tunnel and
 * the automation, joined. The same in agent and viewer. Loop thread only. */
#ifndef DS_COURIER_COURIER_H
#define DS_COURIER_COURIER_H

#include "common/automation/command.h"
#include "common/service/files.h"

#include <stdbool.h>

struct ds_automation;
struct ds_tunnel;
struct ds_courier;

struct ds_courier_config {
    bool is_agent;
    struct ds_automation *automation; /* borrowed, or NULL */
    void (*wake)(void *ctx); /* any thread: call ds_courier_settle soon, in the loop's thread */
    /* For windows: a file changed; it is borrowed during the call. May be NULL. */
    void (*changed)(void *ctx, const struct ds_file *file);
    void *ctx;
};

/* NULL when memory is short. The disk's thread starts with the first file. */
struct ds_courier *ds_courier_open(const struct ds_courier_config *config);
/* Closes all files; what was received of them stays. Waits for the disk's job under way. Accepts
 * NULL, as all functions below do. */
void ds_courier_close(struct ds_courier *courier);

/* The tunnel that messages go into; borrowed until another, or NULL, is bound. A tunnel that was
 * not bound is another session: whatever was left of the one before is forgotten. */
void ds_courier_bind(struct ds_courier *courier, struct ds_tunnel *tunnel);
/* on_open and on_resumed. epoch: ds_tunnel_epoch. */
void ds_courier_up(struct ds_courier *courier, uint32_t epoch);
/* The connection is gone. */
void ds_courier_cut(struct ds_courier *courier);
/* Whether the customer allows files (and the peer's program knows them). */
void ds_courier_allow(struct ds_courier *courier, bool is_allowed);
/* What the peer's program can: the feature bits of its HELLO. */
void ds_courier_peer(struct ds_courier *courier, uint32_t features);
/* The session is over. */
void ds_courier_end(struct ds_courier *courier);

/* ds_files_leave and ds_files_return: the session goes on in another process. */
struct ds_files_place ds_courier_leave(struct ds_courier *courier, struct ds_buf *kept);
bool ds_courier_return(struct ds_courier *courier, const struct ds_files_place *place,
                       const struct ds_buf *kept);

/* A message of the peer. 0: not one about files; 1: taken; DS_EPROTO or DS_ENOMEM: it makes no
 * sense, the session should end. */
int ds_courier_message(struct ds_courier *courier, enum ds_channel channel, const uint8_t *bytes,
                       size_t len);
/* Answers of the disk, messages that wait for room. After anything has happened on the loop; not
 * inside one of the courier's own callbacks. */
void ds_courier_settle(struct ds_courier *courier);

/* send-file, accept-file, refuse-file, cancel-file, pause-file, resume-file: true, and the command
 * has been answered or will be. */
bool ds_courier_command(struct ds_courier *courier, const struct ds_command *command);

/* Wishes of the windows: a sentence for the person when it cannot be, else NULL. */
/* A file or a folder. */
const char *ds_courier_send(struct ds_courier *courier, const char *path);
/* Files and folders under one acceptance, as they were chosen or dropped together. */
const char *ds_courier_send_all(struct ds_courier *courier, const char *const *paths, size_t count);
/* Into a folder, under a name that is free. */
const char *ds_courier_save(struct ds_courier *courier, uint32_t id, const char *folder);
/* To a folder, or to the full path of the new file. With DS_FILE_EXISTS_ASK a name that is taken
 * comes back as changed() with DS_FILE_EXISTING and the offer still open. */
const char *ds_courier_save_as(struct ds_courier *courier, uint32_t id, const char *path,
                               enum ds_file_exists exists);
/* Pauses a file under way, or goes on; either side may. Nothing when there is no such file. */
void ds_courier_pause(struct ds_courier *courier, uint32_t id, bool on);
void ds_courier_refuse(struct ds_courier *courier, uint32_t id);
void ds_courier_cancel(struct ds_courier *courier, uint32_t id);

/* Where received files go when nobody says otherwise: the desktop's download folder
 * (XDG_DOWNLOAD_DIR of user-dirs.dirs) when it is there, else the home folder. False: neither. */
bool ds_courier_downloads(char *out, size_t size);

#endif
