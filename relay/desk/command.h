/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands of deskside-relay other than serve. */
#ifndef RELAY_DESK_COMMAND_H
#define RELAY_DESK_COMMAND_H

#include <stdio.h>

void relay_command_usage(FILE *to);
/* argv[1] is the subcommand. Returns the exit code. */
int relay_command(int argc, char **argv);

#endif
