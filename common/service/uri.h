/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files as other programs hand them over, dropped or copied: text/uri-list (RFC 2483) of file: URIs
 * (RFC 8089), or a plain path. The only place where %XX is undone. Pure. Proved by
 * tests/unit/uri.c. */
#ifndef DS_SERVICE_URI_H
#define DS_SERVICE_URI_H

#include <stddef.h>

#define DS_URI_PATH 4096 /* bytes of a path with its NUL, as PATH_MAX */

enum ds_uri {
    DS_URI_END,   /* nothing is left */
    DS_URI_FILE,  /* path has an absolute path of this machine, bytes as they are on its disk */
    DS_URI_OTHER, /* a page, a mail, a file of another machine, or no URI at all */
};

/* The next entry of a list of len bytes at *at, which moves behind it; empty lines and comments are
 * skipped. host: what this machine calls itself, which some programs write into the URI; NULL: only
 * none and localhost are this machine. */
enum ds_uri ds_uri_next(const char **at, const char *end, const char *host, char path[DS_URI_PATH]);

#endif
