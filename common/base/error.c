/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/base/error.h"

#include <stdio.h>
#include <stdlib.h>

const char *ds_error_name(int error)
{
    switch (error) {
    case DS_OK:
        return "ok";
    case DS_ENOMEM:
        return "memory";
    case DS_ELIMIT:
        return "limit";
    case DS_EPROTO:
        return "protocol";
    case DS_EAUTH:
        return "proof";
    case DS_ECLOSED:
        return "closed";
    case DS_EAGAIN:
        return "again";
    case DS_EIO:
        return "system";
    case DS_EINVAL:
        return "argument";
    case DS_ETIMEOUT:
        return "timeout";
    case DS_EUNSUPPORTED:
        return "unsupported";
    case DS_ENOTFOUND:
        return "not-found";
    case DS_EREFUSED:
        return "refused";
    default:
        return "unknown";
    }
}

void ds_assert_failed(const char *file, int line, const char *text)
{
    fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, text);
    abort();
}
