/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/service/file_name.h"

#include "common/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

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

/* A device of another system, whatever its extension. */
static bool is_reserved(const char *name)
{
    static const char *const plain[] = {"CON", "PRN", "AUX", "NUL"};
    size_t len = strcspn(name, ".");
    for (size_t i = 0; len == 3 && i < sizeof(plain) / sizeof(plain[0]); i++)
        if (strncasecmp(name, plain[i], 3) == 0)
            return true;
    return len == 4 && name[3] >= '1' && name[3] <= '9' &&
           (strncasecmp(name, "COM", 3) == 0 || strncasecmp(name, "LPT", 3) == 0);
}

static void clean(char out[DS_FILE_NAME], const char *raw, bool may_hide)
{
    char shown[4 * DS_FILE_NAME];
    ds_text_for_display(shown, sizeof(shown), raw);
    char *start = shown;
    while (may_hide ? *start == ' ' : is_trimmed(*start))
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
    snprintf(out, DS_FILE_NAME, "%s%.*s", is_reserved(start) ? "_" : "", NAME_MAX_BYTES,
             *start ? start : "file");
}

void ds_file_name_clean(char out[DS_FILE_NAME], const char *raw)
{
    const char *from = ds_file_name_of(raw);
    const char *back = strrchr(from, '\\');
    clean(out, back ? back + 1 : from, false);
}

bool ds_file_path_clean(char out[DS_TREE_PATH], const char *raw)
{
    char part[DS_TREE_PATH], name[DS_FILE_NAME];
    size_t used = 0;
    for (unsigned depth = 0; depth < DS_FILE_DEPTH; depth++) {
        size_t len = strcspn(raw, "/");
        if (len == 0 || len >= sizeof(part) || (len <= 2 && strncmp(raw, "..", len) == 0))
            return false;
        memcpy(part, raw, len);
        part[len] = '\0';
        for (char *back = part; (back = strchr(back, '\\')) != NULL;)
            *back = '_';
        clean(name, part, depth > 0);
        int n = snprintf(out + used, DS_TREE_PATH - used, "%s%s", depth > 0 ? "/" : "", name);
        if (n < 0 || (size_t)n >= DS_TREE_PATH - used)
            return false;
        used += (size_t)n;
        if (raw[len] == '\0')
            return true;
        raw += len + 1;
    }
    return false;
}

void ds_file_name_number(char out[DS_FILE_NAME], const char *name, unsigned number)
{
    const char *extension = extension_of(name);
    size_t head = whole(name, (size_t)(extension - name), NAME_MAX_BYTES);
    snprintf(out, DS_FILE_NAME, "%.*s (%u)%s", (int)head, name, number, extension);
}
