/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The autostart entry that brings the agent back after the person has logged in again
 * ($XDG_CONFIG_HOME/autostart/deskside-resume.desktop, else ~/.config/autostart/…), as in the
 * freedesktop.org Desktop Application Autostart and Desktop Entry specifications. The agent that it
 * starts deletes it before anything else. Proved by tests/unit/agent_restart.c. */
#ifndef AGENT_RESTART_ENTRY_H
#define AGENT_RESTART_ENTRY_H

#include "common/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

#define AGENT_ENTRY_MAX 24576 /* bytes of the file: two names, each character quoted twice */

/* Its full name. False: the person has no home folder, or the name does not fit. */
bool agent_entry_path(char *out, size_t size);

/* Appends the entry's text. program, file: full names. made: folders above the entry that were made
 * for it. DS_EINVAL: a name that an entry cannot bear (control characters, not full); DS_ENOMEM,
 * DS_ELIMIT. */
int agent_entry_text(const char *program, const char *file, unsigned made, struct ds_buf *out);

/* Writes it to the disk, in place of one that is. DS_EIO with errno, or as agent_entry_text; then
 * there is none. */
int agent_entry_write(const char *path, const char *program, const char *file);

/* Deletes it with the folders that were made for it, as far as they are empty. True: there is none
 * now. */
bool agent_entry_remove(const char *path);

#endif
