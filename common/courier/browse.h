/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opens an address in the person's browser. Any thread. */
#ifndef DS_COURIER_BROWSE_H
#define DS_COURIER_BROWSE_H

/* address: of ds_link_plain. Runs xdg-open with it as its one argument, without a shell, in a
 * process that is nobody's child here and has none of our descriptors. DS_EIO: it could not be
 * started; what becomes of it then is not heard. */
int ds_browse(const char *address);

#endif
