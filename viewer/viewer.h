/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rep's program, put together: window, pages, net thread. */
#ifndef VIEWER_VIEWER_H
#define VIEWER_VIEWER_H

#include "viewer/options.h"

/* password: from --password-file, or NULL; wiped by the caller afterwards. Returns the exit code
 * (DESIGN section 7). Main thread. */
int viewer_run(const struct viewer_options *options, const char *password);

#endif
