/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The agent's command line. */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include "common/wire/limits.h"

#include <stdbool.h>
#include <stdio.h>

#define AGENT_RESTART_COMMAND_MAX 1024 /* bytes with the NUL */

struct agent_saved; /* agent/restart/saved.h */

struct agent_options {
    char host[DS_TEXT_HOST];     /* without brackets */
    unsigned port;               /* 0: 8200, 443 and 80 */
    const char *code;            /* nine digits or NULL; borrowed from argv, as are the next ones */
    const char *display;         /* NULL: $DISPLAY */
    const char *accept;          /* NULL: the windows ask */
    const char *ca_file;         /* NULL: the system's store */
    const char *restart_command; /* NULL: the system's */
    const char *resume_file; /* of an agreed restart; NULL: a session begins. Then the others come
                                from it */
    const struct agent_saved *saved; /* what that file had; NULL: nothing that is good */
    int events_fd, commands_fd;      /* -1: none */
};

enum agent_options_result { AGENT_OPTIONS_RUN, AGENT_OPTIONS_DONE, AGENT_OPTIONS_WRONG };

/* DONE: --help or --version was answered on standard output. WRONG: a sentence went to standard
 * error. */
enum agent_options_result agent_options_parse(struct agent_options *options, int argc, char **argv);

void agent_options_usage(FILE *to);

#endif
