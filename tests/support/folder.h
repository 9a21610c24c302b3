/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A temporary folder of a test, removed with everything in it. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include <stddef.h>

/* Makes a new folder (mode 0700) beneath TMPDIR or /tmp and writes its path to out. */
void test_folder_make(char *out, size_t size);
/* Removes it; nothing outside is followed. */
void test_folder_remove(const char *path);

/* Whole content of a file with a NUL added; the caller frees. Fails the test when it cannot be
 * read. */
char *test_file_read(const char *path, size_t *len);
void test_file_write(const char *path, const char *text);

#endif
