/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The command line of deskside-viewer (DESIGN section 7), checked. Pure: prints nothing. Proved by
 * tests/unit/viewer_options.c. */
#ifndef VIEWER_OPTIONS_H
#define VIEWER_OPTIONS_H

#include "common/wire/limits.h"
#include "viewer/present/view.h"

#include <stdbool.h>
#include <stddef.h>

/* Window on the rep's screen, in pixels. */
struct viewer_geometry {
    bool has_size, has_place;
    int width, height; /* 64..DS_SCREEN_SIDE_MAX */
    int x, y;          /* -32768..32767 */
};

struct viewer_options {
    char host[DS_TEXT_HOST]; /* "" when --relay was not given; IPv6 without brackets */
    unsigned port;           /* 0: all ports in turn */
    char email[DS_TEXT_EMAIL];
    const char *password_file; /* borrowed from argv, NULL without */
    const char *ca_file;       /* borrowed from argv, NULL without */
    bool new_session;
    bool borderless;
    bool no_toolbar;
    bool view_only;
    enum viewer_scale scale;
    struct viewer_geometry geometry;
    int events_fd, commands_fd; /* -1 without */
};

enum viewer_options_result {
    VIEWER_OPTIONS_RUN,
    VIEWER_OPTIONS_HELP,    /* --help */
    VIEWER_OPTIONS_VERSION, /* --version */
    VIEWER_OPTIONS_WRONG,   /* message says what; exit 1 */
};

enum viewer_options_result viewer_options_parse(int argc, char *const *argv,
                                                struct viewer_options *out, char *message,
                                                size_t size);

/* "WxH" or "WxH+X+Y", X and Y with a sign of their own if negative: "800x600+-10+20". */
bool viewer_geometry_parse(const char *text, struct viewer_geometry *out);

/* Trims spaces at both ends and checks the form of an e-mail address: one @, something on both
 * sides, no spaces or control characters. Lower-cases ASCII, since addresses are compared so.
 * False: not of that form (out then holds the trimmed text). */
bool viewer_email_clean(const char *text, char out[DS_TEXT_EMAIL]);

/* The text of --help. Static. */
const char *viewer_options_usage(void);

#endif
