/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the process gives up before it talks to anybody. Each call before any thread is started. */
#ifndef RELAY_LISTEN_PRIVILEGE_H
#define RELAY_LISTEN_PRIVILEGE_H

#include <stddef.h>

/* Raises the soft limit of descriptors to the hard one and checks that it is at least needed.
 * DS_ELIMIT: message. */
int relay_privilege_descriptors(unsigned long needed, char *message, size_t size);

/* As root: becomes the owner of dir. When that is root too: keeps uid 0 and
 * warns. Drops every capability. Sets no_new_privs; release builds also forbid core dumps and
 * ptrace. DS_EIO: message. */
int relay_privilege_drop(const char *dir, char *message, size_t size);

/* System calls outside the list fail with EPERM from now on, in every thread: no execve, no ptrace,
 * no new processes. Does nothing in sanitizer builds. DS_EIO: message. */
int relay_privilege_seccomp(char *message, size_t size);

#endif
