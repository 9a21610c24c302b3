/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A plain text file for the person at this computer: the record of a session, diagnostics. */
#ifndef DS_UI_DOCUMENT_H
#define DS_UI_DOCUMENT_H

#include <stddef.h>

/* Writes text into folder (NULL: the documents folder of the person, as XDG's user-dirs.dirs says,
 * or their home) as "NAME YYYY-MM-DD HH.MM.txt", with a number when that is taken; readable by the
 * person alone. *path gets the full name, also when it fails. DS_EIO with errno set; nothing is
 * left behind then. */
int ds_document_save(const char *folder, const char *name, const char *text, size_t n, char *path,
                     size_t size);

/* The same under exactly this path, which must not exist. */
int ds_document_save_as(const char *path, const char *text, size_t n);

#endif
