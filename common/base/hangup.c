/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/hangup.h"

#include <signal.h>
#include <stddef.h>

bool ds_hangup_ends(void)
{
    struct sigaction given;
    return sigaction(SIGHUP, NULL, &given) == 0 && given.sa_handler != SIG_IGN;
}
