/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deskside-viewer: the rep's program. */
#include "common/base/log.h"
#include "viewer/options.h"
#include "viewer/session/machine.h"
#include "viewer/viewer.h"

#include <errno.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

/* The whole file without one newline at its end. False: said why. */
static bool read_password(const char *path, char *out, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        fprintf(stderr, "deskside-viewer: %s: %s\n", path, strerror(errno));
        return false;
    }
    setvbuf(file, NULL, _IONBF, 0); /* no copy of it stays in a buffer */
    size_t n = fread(out, 1, size, file);
    bool fine = !ferror(file) && n < size;
    fclose(file);
    if (fine && n > 0 && out[n - 1] == '\n')
        n--;
    if (fine)
        out[n] = '\0';
    fine = fine && n > 0 && memchr(out, '\0', n) == NULL;
    if (!fine)
        fprintf(stderr, "deskside-viewer: %s: no password in it, or longer than %d bytes\n", path,
                DS_TEXT_PASSWORD - 1);
    return fine;
}

int main(int argc, char **argv)
{
    static char password[DS_TEXT_PASSWORD];
    struct viewer_options options;
    char message[512] = "";
    ds_log_init("viewer", DS_LOG_INFO);
    setlocale(LC_CTYPE, "");
    signal(SIGPIPE, SIG_IGN);
#ifndef DESKSIDE_SANITIZED
    prctl(PR_SET_DUMPABLE, 0); /* no core with a customer's screen in it */
#endif
    switch (viewer_options_parse(argc, argv, &options, message, sizeof(message))) {
    case VIEWER_OPTIONS_HELP:
        fputs(viewer_options_usage(), stdout);
        return VIEWER_EXIT_OK;
    case VIEWER_OPTIONS_VERSION:
        puts("deskside-viewer " DESKSIDE_VERSION);
        return VIEWER_EXIT_OK;
    case VIEWER_OPTIONS_WRONG:
        fprintf(stderr, "deskside-viewer: %s\n\n%s", message, viewer_options_usage());
        return VIEWER_EXIT_USAGE;
    case VIEWER_OPTIONS_RUN:
        break;
    }
    if (ds_clock_scale() != 1)
        fprintf(stderr, "deskside-viewer: time runs %u times faster (DESKSIDE_TIME_SCALE)\n",
                ds_clock_scale());
    if (options.password_file && !read_password(options.password_file, password, sizeof(password)))
        return VIEWER_EXIT_USAGE;
    int code = viewer_run(&options, options.password_file ? password : NULL);
    OPENSSL_cleanse(password, sizeof(password));
    return code;
}
