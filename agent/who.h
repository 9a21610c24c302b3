/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who sits at this computer: what the rep's windows call a session by. */
#ifndef AGENT_WHO_H
#define AGENT_WHO_H

#include <stddef.h>

/* "Marie Dupont (pc-17)": the full name of the account (GECOS), else its login, and the host's name
 * without its domain; cleaned for display, cut at size - 1 bytes. At least one of the two. */
void agent_who(char *out, size_t size);

#endif
