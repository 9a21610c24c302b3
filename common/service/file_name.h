/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's name as the other side gave it, made fit for our disk and our eyes. */
#ifndef DS_SERVICE_FILE_NAME_H
#define DS_SERVICE_FILE_NAME_H

#include "common/wire/file_message.h"
#include "common/wire/tree.h"

#include <stdbool.h>
#include <stddef.h>

/* One path component that is safe on every system: what stands behind the last slash or backslash,
 * without control and direction characters, without dots or blanks at its ends (so never hidden,
 * "." or ".."), with "_" for : * ? " < > | and for a dash at its start, and before names that are
 * devices elsewhere (CON, NUL, COM1 ...), at most 200 bytes with its extension kept; "file" when
 * nothing is left. */
void ds_file_name_clean(char out[DS_FILE_NAME], const char *raw);

/* A path of a folder that is received, component by component as above, but for dots at a start:
 * what is hidden stays hidden. False for what no honest program sends: absolute, an empty
 * component, "." or "..", more than DS_FILE_DEPTH components. */
#define DS_FILE_DEPTH 128
bool ds_file_path_clean(char out[DS_TREE_PATH], const char *raw);

/* "report.pdf", 2 becomes "report (2).pdf". name: a component of at most 200 bytes. */
void ds_file_name_number(char out[DS_FILE_NAME], const char *name, unsigned number);

/* The component behind the last slash of a path of this machine; the path's own end, not NULL. */
const char *ds_file_name_of(const char *path);

#endif
