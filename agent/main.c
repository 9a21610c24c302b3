/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/agent.h"
#include "agent/inject/caretaker.h"
#include "agent/restart/entry.h"
#include "agent/restart/resume_file.h"
#include "agent/restart/saved.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/ui/text.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

/* The session of before the restart, out of the file and off the disk; the entry that started us
 * goes first, whatever else fails. */
static void take_saved(struct agent_options *options, struct agent_saved *saved)
{
    char entry[PATH_MAX];
    struct ds_buf bytes;
    if (agent_entry_path(entry, sizeof(entry)))
        agent_entry_remove(entry);
    ds_buf_init(&bytes, AGENT_SAVED_MAX);
    int error = agent_resume_file_take(options->resume_file, &bytes);
    if (!error)
        error = agent_saved_decode(ds_buf_peek(&bytes), bytes.len, saved);
    ds_buf_wipe(&bytes);
    if (error) {
        ds_log_warn("the resume file is of no use error=%s", ds_error_name(error));
        return;
    }
    options->saved = saved;
    memcpy(options->host, saved->host, sizeof(options->host));
    options->port = saved->port;
    options->code = NULL;
    options->accept = saved->accept[0] ? saved->accept : NULL;
    options->ca_file = saved->ca_file[0] ? saved->ca_file : NULL;
    options->restart_command = saved->restart_command[0] ? saved->restart_command : NULL;
}

int main(int argc, char **argv)
{
    struct agent_options options;
    static struct agent_saved saved; /* as large as its names */
    struct agent_caretaker caretaker;
    switch (agent_options_parse(&options, argc, argv)) {
    case AGENT_OPTIONS_DONE:
        return AGENT_EXIT_ENDED;
    case AGENT_OPTIONS_WRONG:
        return AGENT_EXIT_USAGE;
    default:
        break;
    }
    ds_log_init("deskside-agent", DS_LOG_WARN);
    agent_saved_init(&saved);
    if (options.resume_file)
        take_saved(&options, &saved);
    signal(SIGPIPE, SIG_IGN);
#if !defined(DESKSIDE_SANITIZED) && defined(NDEBUG)
    prctl(PR_SET_DUMPABLE, 0); /* no core with keys in it */
#endif
    if (ds_clock_scale() != 1)
        fprintf(stderr,
                "deskside-agent: DESKSIDE_TIME_SCALE=%u: time-outs are shortened for tests\n",
                ds_clock_scale());
    agent_caretaker_start(&caretaker, options.display); /* before there are threads */
    int exit_code = agent_run(&options, caretaker.traces);
    agent_caretaker_end(&caretaker);
    agent_saved_destroy(&saved);
    return exit_code;
}
