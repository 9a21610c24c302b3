/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Remembers which way to a relay worked, in one small file of the user's state folder
 * ($XDG_STATE_HOME/deskside/ways, else ~/.local/state/deskside/ways), newest first:
 *
 *     HOST ASKED-PORT direct|proxy PORT tls|wss|ws
 *
 * Only an advice about the order: a file that is missing, broken or cannot be written changes
 * nothing else. Proved by tests/unit/remember.c. */
#ifndef DS_NET_REMEMBER_H
#define DS_NET_REMEMBER_H

#include "common/net/route.h"

#include <stdbool.h>

#define DS_REMEMBER_MAX 16 /* lines kept */

/* asked: the port that the user gave, 0 for none. Fills port and carrier of *out. False: nothing is
 * known. */
bool ds_remember_get(const char *host, unsigned asked, bool through_proxy, struct ds_route *out);

/* Puts the way first; writes nothing when it is already first. */
void ds_remember_put(const char *host, unsigned asked, bool through_proxy,
                     const struct ds_route *way);

/* Deletes the file, and its folder when nothing else is in it. KEPT: it could not be, with errno.
 */
enum ds_remember_end { DS_REMEMBER_NOTHING, DS_REMEMBER_FORGOTTEN, DS_REMEMBER_KEPT };
enum ds_remember_end ds_remember_forget(void);

#endif
