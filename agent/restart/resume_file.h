/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resume file on the person's disk: secrets of one session, for one use, in the state folder
 * that outlives a restart ($XDG_STATE_HOME/deskside/resume, else ~/.local/state/deskside/resume).
 * 0600, written whole or not at all, gone before its content is used. What the bytes mean is
 * saved.h. Proved by tests/unit/agent_restart.c. */
#ifndef AGENT_RESTART_RESUME_FILE_H
#define AGENT_RESTART_RESUME_FILE_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Its full name. False: the person has no home folder, or the name does not fit. */
bool agent_resume_file_path(char *out, size_t size);

/* Puts the file there, in place of one that is: a new one is made exclusively, written to the disk
 * and then gets the name. DS_EIO with errno; then the one before, if any, is as it was. */
int agent_resume_file_write(const char *path, const uint8_t *bytes, size_t n);

/* Deletes the file and appends what it had to out (wipe it); of several takers one gets it.
 * DS_ENOTFOUND: there is none. DS_EAUTH: it is not a plain file that only its owner, this person,
 * can read, or it has a second name. DS_EIO (also: it could not be deleted), DS_ELIMIT, DS_ENOMEM.
 * Whatever the answer, the name is gone afterwards unless deleting it failed. */
int agent_resume_file_take(const char *path, struct ds_buf *out);

/* Deletes what is left of one, and the folder when nothing else is in it. True: there is none now.
 */
bool agent_resume_file_clear(const char *path);

#endif
