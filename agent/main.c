/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/agent.h"
#include "agent/inject/caretaker.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/ui/text.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>

int main(int argc, char **argv)
{
    struct agent_options options;
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
    return exit_code;
}
