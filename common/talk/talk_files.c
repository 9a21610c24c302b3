/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the panel is told of files, and those that wait to be sent. */
#include "common/base/alloc.h"
#include "common/service/uri.h"
#include "common/talk/panel_priv.h"
#include "common/ui/text.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- those that there are ---- */

static bool is_over(const struct ds_file *f)
{
    return f->state >= DS_FILE_STATE_DONE;
}

static void drop_file(struct ds_talk *talk, size_t at)
{
    free(talk->files[at].path);
    talk->file_count--;
    memmove(talk->files + at, talk->files + at + 1,
            (talk->file_count - at) * sizeof(talk->files[0]));
}

void ds_talk_forget_over(struct ds_talk *talk)
{
    for (size_t i = talk->file_count; i > 0; i--)
        if (is_over(&talk->files[i - 1]))
            drop_file(talk, i - 1);
}

void ds_talk_forget(struct ds_talk *talk, uint32_t id)
{
    for (size_t i = 0; i < talk->file_count; i++)
        if (talk->files[i].id == id) {
            drop_file(talk, i);
            return;
        }
}

static struct ds_file *file_of(struct ds_talk *talk, uint32_t id)
{
    for (size_t i = 0; i < talk->file_count; i++)
        if (talk->files[i].id == id)
            return &talk->files[i];
    for (size_t i = 0; i < talk->file_count && talk->file_count == DS_TALK_FILES; i++)
        if (is_over(&talk->files[i]))
            drop_file(talk, i);
    if (talk->file_count == DS_TALK_FILES)
        return NULL; /* it comes again when something happens to it */
    if (talk->file_count == talk->file_cap) {
        size_t cap = talk->file_cap ? 2 * talk->file_cap : 8;
        struct ds_file *files = ds_realloc_array(talk->files, cap, sizeof(*files));
        if (!files)
            return NULL;
        talk->files = files;
        talk->file_cap = cap;
    }
    struct ds_file *f = &talk->files[talk->file_count++];
    *f = (struct ds_file){.id = id};
    return f;
}

void ds_talk_put_file(struct ds_talk *talk, const struct ds_file *file)
{
    struct ds_file *f = file_of(talk, file->id);
    if (!f)
        return;
    char *path = f->path;
    if (file->path && (!path || strcmp(path, file->path) != 0)) {
        free(path);
        path = ds_path_list_of(file, NULL);
    }
    *f = *file;
    f->path = path;
}

uint32_t ds_talk_offer(const struct ds_talk *talk)
{
    for (size_t i = 0; i < talk->file_count; i++)
        if (!talk->files[i].is_ours && talk->files[i].state == DS_FILE_STATE_OFFERED)
            return talk->files[i].id;
    return 0;
}

double ds_talk_progress(const struct ds_talk *talk)
{
    double size = 0, bytes = 0;
    bool is_any = false;
    for (size_t i = 0; i < talk->file_count; i++) {
        const struct ds_file *f = &talk->files[i];
        if (f->state < DS_FILE_STATE_AGREED || is_over(f))
            continue;
        is_any = true;
        size += (double)f->size;
        bytes += (double)f->bytes;
    }
    return !is_any ? -1 : size > 0 ? bytes / size : 1;
}

/* ---- those that wait ---- */

void ds_talk_drop(struct ds_talk *talk, const char *list, size_t len)
{
    char path[DS_URI_PATH], host[256] = "";
    const char *at = list, *end = list + len;
    bool has_others = false, is_full = false;
    enum ds_uri kind;
    size_t before = talk->outbox.len;
    gethostname(host, sizeof(host) - 1);
    while (list && (kind = ds_uri_next(&at, end, host, path)) != DS_URI_END) {
        if (kind == DS_URI_OTHER)
            has_others = true;
        else if (!ds_path_list_add(&talk->outbox, path, ""))
            is_full = true;
    }
    talk->drag = DS_TALK_DRAG_NONE;
    talk->has_asked &= before > 0;
    talk->problem = !list || is_full ? DS_TR("That is too much at once. Send it in several parts.")
                    : has_others     ? DS_TR("Only files and folders of this computer can be sent.")
                                     : NULL;
}

bool ds_talk_take_outbox(struct ds_talk *talk, struct ds_talk_wish *wish)
{
    if (!talk->may_send || talk->outbox.len == 0)
        return false;
    ds_path_list_clear(&talk->sending);
    talk->sending = talk->outbox;
    talk->outbox = (struct ds_path_list){0};
    talk->has_asked = false;
    *wish = (struct ds_talk_wish){
        .did = DS_TALK_SEND, .text = talk->sending.bytes, .text_len = talk->sending.len};
    return true;
}

void ds_talk_choose(struct ds_talk *talk, uint32_t offer)
{
    talk->choosing_for = offer;
    if (talk->chooser.wake)
        ds_chooser_open(&talk->chooser, offer != 0,
                        offer != 0 ? talk->folder.text : talk->chooser.path);
}
