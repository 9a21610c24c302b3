/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "viewer/replies.h"

#include "common/base/error.h"
#include "common/base/text.h"
#include "common/ui/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const starters[] = {
    DS_TR_LATER("Hello! How can I help you today?"),
    DS_TR_LATER("May I look at your screen? You can stop it at any time."),
    DS_TR_LATER("Please read me the six digits that your window shows."),
    DS_TR_LATER("One moment, please. I am looking into it."),
    DS_TR_LATER("Could you show me what you did just before it happened?"),
    DS_TR_LATER("I would like to restart your computer. Please save your work and tell me when you "
                "are ready."),
    DS_TR_LATER("It should work now. Could you try it?"),
    DS_TR_LATER("Is there anything else that I can do for you?"),
    DS_TR_LATER("Thank you, and good-bye!"),
};

/* ---- the file ---- */

static bool file_path(char *out, size_t size, bool makes_folder)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    bool has_base = base && base[0] == '/';
    int n = -1;
    if (has_base)
        n = snprintf(out, size, "%s", base);
    else if (home && home[0] == '/')
        n = snprintf(out, size, "%s/.config", home);
    if (n < 0 || (size_t)n + sizeof("/deskside/replies.txt.part") > size)
        return false;
    if (makes_folder)
        mkdir(out, 0700);
    n += snprintf(out + n, size - (size_t)n, "/deskside");
    if (makes_folder)
        mkdir(out, 0700);
    snprintf(out + n, size - (size_t)n, "/replies.txt");
    return true;
}

static int save(const struct viewer_replies *r)
{
    char path[1024], part[1040];
    if (!file_path(path, sizeof(path), true))
        return DS_EIO;
    snprintf(part, sizeof(part), "%s.part", path);
    FILE *file = fopen(part, "we");
    if (!file)
        return DS_EIO;
    bool is_fine = true;
    for (size_t i = 0; i < r->count; i++)
        is_fine &= fprintf(file, "%s\n", r->texts[i]) > 0;
    is_fine &= fflush(file) == 0;
    is_fine &= fclose(file) == 0;
    if (is_fine && rename(part, path) == 0)
        return DS_OK;
    unlink(part);
    return DS_EIO;
}

static void add(struct viewer_replies *r, const char *text)
{
    char *copy = r->count < VIEWER_REPLIES_MAX && text[0] ? strdup(text) : NULL;
    if (copy)
        r->texts[r->count++] = copy;
}

void viewer_replies_load(struct viewer_replies *r)
{
    char path[1024], line[VIEWER_REPLY + 1];
    *r = (struct viewer_replies){0};
    FILE *file = file_path(path, sizeof(path), false) ? fopen(path, "re") : NULL;
    for (size_t i = 0; !file && i < sizeof(starters) / sizeof(starters[0]); i++)
        add(r, ds_tr(starters[i]));
    bool is_inside = false; /* of a line that is too long */
    while (file && fgets(line, sizeof(line), file)) {
        size_t len = strcspn(line, "\n");
        bool is_whole = line[len] == '\n' || feof(file);
        line[len] = '\0';
        if (len > 0 && line[len - 1] == '\r')
            line[len - 1] = '\0';
        char clean[VIEWER_REPLY];
        ds_text_for_display(clean, sizeof(clean), line);
        if (is_whole && !is_inside && ds_text_is_utf8(line, strlen(line)))
            add(r, clean);
        is_inside = !is_whole;
    }
    if (file)
        fclose(file);
}

void viewer_replies_destroy(struct viewer_replies *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->texts[i]);
    *r = (struct viewer_replies){0};
}

/* ---- changes ---- */

int viewer_replies_put(struct viewer_replies *r, size_t at, const char *text)
{
    if (text[0] == '\0' || strlen(text) >= VIEWER_REPLY || at > r->count ||
        !ds_text_is_utf8(text, strlen(text)) || strpbrk(text, "\r\n"))
        return DS_EINVAL;
    if (at == VIEWER_REPLIES_MAX)
        return DS_ELIMIT;
    char *copy = strdup(text);
    if (!copy)
        return DS_ENOMEM;
    if (at < r->count)
        free(r->texts[at]);
    else
        r->count++;
    r->texts[at] = copy;
    return save(r);
}

int viewer_replies_remove(struct viewer_replies *r, size_t at)
{
    if (at >= r->count)
        return DS_EINVAL;
    free(r->texts[at]);
    r->count--;
    memmove(r->texts + at, r->texts + at + 1, (r->count - at) * sizeof(r->texts[0]));
    return save(r);
}

static bool has_word(const char *text, const char *word, size_t n)
{
    for (; *text; text++)
        if (strncasecmp(text, word, n) == 0)
            return true;
    return n == 0;
}

bool viewer_reply_matches(const char *text, const char *typed)
{
    while (*typed) {
        size_t n = strcspn(typed, " ");
        if (!has_word(text, typed, n))
            return false;
        typed += n + (typed[n] == ' ');
    }
    return true;
}
