/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/file_name.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 200 /* of 255: room for " (2)" and for other systems */
#define EXTENSION_MAX 16   /* longer "extensions" are part of the name */

static bool is_trimmed(char c)
{
    return c == '.' || c == ' ';
}

/* The dot of a short extension, or the end. */
static const char *extension_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot != name && strlen(dot) <= EXTENSION_MAX ? dot : name + strlen(name);
}

/* Bytes of the text's start that are whole characters, at most max. */
static size_t whole(const char *text, size_t len, size_t max)
{
    if (len <= max)
        return len;
    while (max > 0 && ((unsigned char)text[max] & 0xc0) == 0x80)
        max--;
    return max;
}

static void cut(char *name)
{
    size_t len = strlen(name);
    if (len <= NAME_MAX_BYTES)
        return;
    const char *extension = extension_of(name);
    size_t tail = strlen(extension);
    size_t head = whole(name, (size_t)(extension - name), NAME_MAX_BYTES - tail);
    memmove(name + head, extension, tail + 1);
}

const char *ds_file_name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void ds_file_name_clean(char out[DS_FILE_NAME], const char *raw)
{
    char shown[4 * DS_FILE_NAME];
    const char *from = ds_file_name_of(raw);
    const char *back = strrchr(from, '\\');
    ds_text_for_display(shown, sizeof(shown), back ? back + 1 : from);
    char *start = shown;
    while (is_trimmed(*start))
        start++;
    size_t len = strlen(start);
    while (len > 0 && is_trimmed(start[len - 1]))
        start[--len] = '\0';
    for (char *c = start; *c; c++)
        if (strchr(":*?\"<>|", *c) || (c == start && *c == '-'))
            *c = '_';
    cut(start);
    for (len = strlen(start); len > 0 && is_trimmed(start[len - 1]); len--)
        start[len - 1] = '\0';
    snprintf(out, DS_FILE_NAME, "%.*s", NAME_MAX_BYTES, *start ? start : "file");
}

void ds_file_name_number(char out[DS_FILE_NAME], const char *name, unsigned number)
{
    const char *extension = extension_of(name);
    size_t head = whole(name, (size_t)(extension - name), NAME_MAX_BYTES);
    snprintf(out, DS_FILE_NAME, "%.*s (%u)%s", (int)head, name, number, extension);
}
