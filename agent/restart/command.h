/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command that restarts the computer, run beside the agent: by /bin/sh -c, in a process group
 * of its own, without any descriptor of the agent. Nothing waits for it: it is looked at now and
 * then. Proved by tests/unit/agent_restart.c. */
#ifndef AGENT_RESTART_COMMAND_H
#define AGENT_RESTART_COMMAND_H

#include <sys/types.h>

#define AGENT_COMMAND_SYSTEM "systemctl reboot"

struct agent_command {
    pid_t pid; /* 0: none runs */
};

enum agent_command_state {
    AGENT_COMMAND_NONE,
    AGENT_COMMAND_RUNNING,
    AGENT_COMMAND_DONE,   /* it ended by itself and said that all is well */
    AGENT_COMMAND_FAILED, /* it ended otherwise */
};

/* text: a line for the shell. DS_EIO with errno: it could not be started. */
int agent_command_start(struct agent_command *command, const char *text);

/* DONE and FAILED are said once, then NONE. *code: the exit code, or 128 + the signal. */
enum agent_command_state agent_command_look(struct agent_command *command, int *code);

/* Ends it with everything it started, if it runs. */
void agent_command_stop(struct agent_command *command);

#endif
