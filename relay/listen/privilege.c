/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "relay/listen/privilege.h"

#include "common/base/error.h"
#include "common/base/log.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int relay_privilege_descriptors(unsigned long needed, char *message, size_t size)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max < needed) {
        snprintf(message, size,
                 "The settings need %lu open files, but this process may have %lu. Raise the limit "
                 "(LimitNOFILE= in the service file, or ulimit -n), or lower legs_max, "
                 "strangers_max, waiting_max or web_max in relay.conf.",
                 needed, (unsigned long)limit.rlim_max);
        return DS_ELIMIT;
    }
    /* No more than that: tables by descriptor stay small, and a leak shows. */
    if (limit.rlim_cur < needed)
        limit.rlim_cur = needed;
    setrlimit(RLIMIT_NOFILE, &limit);
    return DS_OK;
}

static int drop_capabilities(void)
{
    cap_t none = cap_init();
    int error = none && cap_set_proc(none) == 0 ? DS_OK : DS_EIO;
    cap_free(none);
    return error;
}

int relay_privilege_drop(const char *dir, char *message, size_t size)
{
    struct stat about;
    const char *what = dir;
    if (stat(dir, &about))
        goto fail;
    if (geteuid() == 0 && about.st_uid != 0) {
        what = "the owner of the data folder";
        if (setgroups(0, NULL) || setgid(about.st_gid) || setuid(about.st_uid))
            goto fail;
        if (setuid(0) == 0) {
            snprintf(message, size, "Root could be taken back; nothing is started.");
            return DS_EIO;
        }
    } else if (geteuid() == 0) {
        ds_log_warn("%s belongs to root: the relay stays uid 0, without any capability; better "
                    "give the folder to a user of its own",
                    dir);
    }
    /* Also what a service manager lent for the ports. */
    what = "capabilities";
    if (drop_capabilities())
        goto fail;
    what = "no_new_privs";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        goto fail;
#if defined(NDEBUG) && !defined(DESKSIDE_SANITIZED)
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
    return DS_OK;
fail:
    snprintf(message, size, "Privileges cannot be given up (%s): %s.", what, strerror(errno));
    return DS_EIO;
}
