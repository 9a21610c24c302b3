/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/options.h"

#include "agent/consent/rights.h"
#include "common/automation/automation.h"
#include "common/net/address.h"

#include <getopt.h>
#include <string.h>

void agent_options_usage(FILE *to)
{
    fputs("Usage: deskside-agent --relay HOST[:PORT] [options]\n"
          "Lets a support representative see this screen, when you agree.\n\n"
          "  --relay HOST[:PORT]   the relay of your support desk (ports 8200, 443 and 80 unless "
          "given)\n"
          "  --code 123456789      the nine-digit code; without it a window asks\n"
          "  --display :N          the X display to show; $DISPLAY unless given\n"
          "  --capture x11         what is shown: an X display\n"
          "  --accept RIGHTS       agree beforehand, without questions: look,control\n"
          "  --restart-command CMD what restarts this computer, when you agree: systemctl reboot\n"
          "  --ca FILE             certificate to trust instead of the system's\n"
          "  --events FD           write events, one JSON object a line\n"
          "  --commands FD         read commands, one JSON object a line\n"
          "  --help, --version\n",
          to);
}

static bool is_code(const char *text)
{
    return strlen(text) == DS_TEXT_CODE - 1 && strspn(text, "0123456789") == DS_TEXT_CODE - 1;
}

static enum agent_options_result wrong(const char *sentence, const char *value)
{
    fprintf(stderr, "deskside-agent: %s%s%s\n", sentence, value ? ": " : "", value ? value : "");
    return AGENT_OPTIONS_WRONG;
}

enum agent_options_result agent_options_parse(struct agent_options *o, int argc, char **argv)
{
    enum {
        RELAY = 1000,
        CODE,
        DISPLAY,
        CAPTURE,
        ACCEPT,
        RESTART,
        RESUME,
        CA,
        EVENTS,
        COMMANDS,
        HELP,
        VERSION
    };
    static const struct option longs[] = {
        {"relay", required_argument, NULL, RELAY},
        {"code", required_argument, NULL, CODE},
        {"display", required_argument, NULL, DISPLAY},
        {"capture", required_argument, NULL, CAPTURE},
        {"accept", required_argument, NULL, ACCEPT},
        {"restart-command", required_argument, NULL, RESTART},
        {"resume-file", required_argument, NULL, RESUME},
        {"ca", required_argument, NULL, CA},
        {"events", required_argument, NULL, EVENTS},
        {"commands", required_argument, NULL, COMMANDS},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {0},
    };
    struct agent_rights rights;
    *o = (struct agent_options){.events_fd = -1, .commands_fd = -1};
    optind = 1;
    for (int c; (c = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        switch (c) {
        case RELAY:
            if (!ds_address_parse(optarg, o->host, sizeof(o->host), &o->port))
                return wrong("--relay needs a host name or address, and a port from 1 to 65535",
                             optarg);
            break;
        case CODE:
            if (!is_code(optarg))
                return wrong("--code needs the nine digits of the code", NULL);
            o->code = optarg;
            break;
        case DISPLAY:
            o->display = optarg;
            break;
        case CAPTURE:
            if (strcmp(optarg, "x11") != 0)
                return wrong("--capture knows only x11", optarg);
            break;
        case ACCEPT:
            if (!agent_rights_init(&rights, optarg))
                return wrong(
                    "--accept needs a list of look, point, control, clipboard, files, restart",
                    optarg);
            o->accept = optarg;
            break;
        case RESTART:
            if (optarg[0] == '\0' || strlen(optarg) >= AGENT_RESTART_COMMAND_MAX)
                return wrong("--restart-command needs a command", NULL);
            o->restart_command = optarg;
            break;
        case RESUME:
            if (optarg[0] == '\0')
                return wrong("--resume-file needs the name of a file", NULL);
            o->resume_file = optarg;
            break;
        case CA:
            o->ca_file = optarg;
            break;
        case EVENTS:
            if ((o->events_fd = ds_automation_parse_fd(optarg)) < 0)
                return wrong("--events needs the number of an open descriptor", optarg);
            break;
        case COMMANDS:
            if ((o->commands_fd = ds_automation_parse_fd(optarg)) < 0)
                return wrong("--commands needs the number of an open descriptor", optarg);
            break;
        case HELP:
            agent_options_usage(stdout);
            return AGENT_OPTIONS_DONE;
        case VERSION:
            puts("deskside-agent " DESKSIDE_VERSION);
            return AGENT_OPTIONS_DONE;
        default:
            agent_options_usage(stderr);
            return AGENT_OPTIONS_WRONG;
        }
    }
    if (optind < argc)
        return wrong("there is an argument too many", argv[optind]);
    if (o->host[0] == '\0' && !o->resume_file)
        return wrong("--relay is missing: it names the relay of your support desk", NULL);
    return AGENT_OPTIONS_RUN;
}
