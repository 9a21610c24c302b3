/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/log.h"
#include "relay/desk/command.h"

#include <string.h>

int main(int argc, char **argv)
{
    ds_log_init("deskside-relay", DS_LOG_INFO);
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        relay_command_usage(stdout);
        return 0;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("deskside-relay %s\n", DESKSIDE_VERSION);
        return 0;
    }
    return relay_command(argc, argv);
}
