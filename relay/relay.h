/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deskside-relay serve: puts the parts together and runs them until SIGTERM. */
#ifndef RELAY_RELAY_H
#define RELAY_RELAY_H

/* dir: holds relay.conf and the rest. Returns the exit code; what went wrong was said on standard
 * error in one plain sentence. */
int relay_serve(const char *dir);

#endif
