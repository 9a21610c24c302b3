/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SIGHUP: the terminal that started this program was closed, or its person logged out. */
#ifndef DS_BASE_HANGUP_H
#define DS_BASE_HANGUP_H

#include <stdbool.h>

/* Whether SIGHUP is to end this program as SIGTERM does: not when it was started with that signal
 * ignored, by nohup for example. Any thread, before a handler is put in place. */
bool ds_hangup_ends(void);

#endif
