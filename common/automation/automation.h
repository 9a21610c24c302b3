/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Driving a program from outside: events out and commands in, one JSON object a line, on two file
 * descriptors. A thread of its own moves the bytes, so that a reader who does not read never holds
 * up a loop. DESIGN section 7. */
#ifndef DS_AUTOMATION_AUTOMATION_H
#define DS_AUTOMATION_AUTOMATION_H

#include "common/automation/command.h"
#include "common/base/mailbox.h"

#include <jansson.h>
#include <stdbool.h>

#define DS_AUTOMATION_QUEUE_MAX                                                                    \
    4096 /* event lines that wait at most; then droppable ones go first */
#define DS_AUTOMATION_LINE_MAX 1048576 /* bytes of one command line */

struct ds_automation;

/* events_fd, commands_fd: -1 for none; they stay the caller's. wake(ctx) is called from the
 * automation thread when commands wait for ds_automation_take. Returns NULL and *error: DS_EINVAL
 * when a descriptor is not open for its direction, DS_ENOMEM. */
struct ds_automation *ds_automation_open(int events_fd, int commands_fd, void (*wake)(void *ctx),
                                         void *ctx, int *error);

/* A part of automation for one of several sessions of a program: it gets the commands with that
 * "session" (none: 1), and its events carry it (1: none). From the first on, a command for a
 * session that has none is answered with an error event. root outlives it; session differs from
 * those of the others. wake may only signal: a lock is held. It is used and closed as a whole
 * automation is. NULL: memory is short, or root is NULL. */
struct ds_automation *ds_automation_branch(struct ds_automation *root, unsigned session,
                                           void (*wake)(void *ctx), void *ctx);

/* Writes what is queued for at most 500 ms, then ends the thread. Accepts NULL. */
void ds_automation_close(struct ds_automation *automation);

/* True when --commands was given: the program then ends by itself within a second of `ended`. */
bool ds_automation_has_commands(const struct ds_automation *automation);

/* Commands since the last call, oldest first: letters are struct ds_command, the caller destroys
 * each. Lines that are no command are answered with an error event and do not appear. */
struct ds_command *ds_automation_take(struct ds_automation *automation);

/* Takes event over (NULL is ignored). Any thread; automation may be NULL. droppable: stats and
 * progress. When the queue is full a droppable event is dropped; when a needed one finds no room
 * even so, the oldest goes. */
void ds_automation_post(struct ds_automation *automation, json_t *event, bool droppable);

/* Checks the text of --events or --commands: a descriptor number 0..1023. -1 when it is none. */
int ds_automation_parse_fd(const char *text);

#endif
