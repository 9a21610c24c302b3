/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/talk/chooser.h"

#include "common/base/alloc.h"
#include "common/service/uri.h"
#include "common/ui/place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TYPED_FOR DS_SECOND /* after that the first letters begin anew */

/* ---- life ---- */

void ds_chooser_init(struct ds_chooser *c, void (*wake)(void *ctx), void *ctx)
{
    memset(c, 0, sizeof(*c));
    c->wake = wake;
    c->ctx = ctx;
    ds_edit_init(&c->field, c->field_text, sizeof(c->field_text));
}

static void drop_listing(struct ds_chooser *c)
{
    ds_lister_stop(c->lister);
    ds_listing_free(c->listing);
    free(c->rows);
    c->lister = NULL;
    c->listing = NULL;
    c->rows = NULL;
    c->count = c->marked = 0;
}

void ds_chooser_close(struct ds_chooser *c)
{
    drop_listing(c);
    c->is_open = false;
}

void ds_chooser_destroy(struct ds_chooser *c)
{
    ds_chooser_close(c);
    ds_path_list_clear(&c->chosen);
}

void ds_chooser_open(struct ds_chooser *c, bool wants_folder, const char *path)
{
    c->is_open = true;
    c->wants_folder = wants_folder;
    ds_path_list_clear(&c->chosen);
    ds_chooser_go(c, path[0] == '/' ? path : "~");
}

/* ---- folders ---- */

static bool expand(char out[DS_CHOOSER_PATH], const char *path)
{
    char uri[DS_URI_PATH], home[DS_CHOOSER_PATH];
    const char *at = path;
    int n;
    if (path[0] == '~' && (path[1] == '/' || path[1] == '\0') &&
        ds_place_get(DS_PLACE_HOME, home, sizeof(home)))
        n = snprintf(out, DS_CHOOSER_PATH, "%s%s", home, path + 1);
    else if (ds_uri_next(&at, path + strlen(path), NULL, uri) == DS_URI_FILE)
        n = snprintf(out, DS_CHOOSER_PATH, "%s", uri);
    else
        return false;
    while (n > 1 && n < DS_CHOOSER_PATH && out[n - 1] == '/')
        out[--n] = '\0';
    return n > 0 && n < DS_CHOOSER_PATH;
}

static void begin(struct ds_chooser *c)
{
    drop_listing(c);
    c->error = 0;
    c->list = (struct ds_ui_list){.selected = -1, .has_widgets = true};
    c->from = -1;
    c->typed[0] = '\0';
    ds_edit_set(&c->field, c->path);
    c->lister = ds_lister_start(c->path, c->wake, c->ctx);
    if (!c->lister)
        c->error = ENOMEM;
}

void ds_chooser_go(struct ds_chooser *c, const char *path)
{
    char to[DS_CHOOSER_PATH];
    c->back_to[0] = '\0';
    if (expand(to, path)) {
        memcpy(c->path, to, sizeof(to));
        begin(c);
    } else {
        drop_listing(c);
        c->error = ENOENT;
    }
}

void ds_chooser_up(struct ds_chooser *c)
{
    char *slash = strrchr(c->path, '/');
    if (!slash || slash[1] == '\0')
        return;
    snprintf(c->back_to, sizeof(c->back_to), "%s", slash + 1);
    slash[slash == c->path] = '\0';
    c->is_typed_path = false;
    begin(c);
}

/* ---- rows ---- */

static bool is_shown(const struct ds_chooser *c, const struct ds_listing_entry *entry)
{
    return (c->shows_hidden || entry->name[0] != '.') && (entry->is_folder || !c->wants_folder);
}

static void choose_rows(struct ds_chooser *c)
{
    const struct ds_listing *listing = c->listing;
    free(c->rows);
    c->count = 0;
    c->rows = ds_alloc_array(listing->count + 1, sizeof(c->rows[0]));
    for (size_t i = 0; c->rows && i < listing->count; i++) {
        struct ds_listing_entry *entry = &listing->entries[i];
        if (!is_shown(c, entry)) {
            c->marked -= entry->is_marked;
            entry->is_marked = false;
            continue;
        }
        if (strcmp(entry->name, c->back_to) == 0)
            c->list.selected = (int)c->count;
        c->rows[c->count++] = (uint32_t)i;
    }
    if (c->list.selected < 0 && c->count > 0)
        c->list.selected = 0;
    c->from = -1;
}

bool ds_chooser_poll(struct ds_chooser *c)
{
    struct ds_listing *listing = c->lister ? ds_lister_take(c->lister) : NULL;
    if (!listing)
        return false;
    c->lister = NULL;
    c->listing = listing;
    c->error = listing->error;
    choose_rows(c);
    if (c->error == ENOTDIR && c->is_typed_path && !c->wants_folder) /* a file's own path */
        ds_path_list_add(&c->chosen, c->path, "");
    return true;
}

void ds_chooser_show_hidden(struct ds_chooser *c, bool shows)
{
    c->shows_hidden = shows;
    if (!c->listing)
        return;
    const struct ds_listing_entry *entry = ds_chooser_entry(c, c->list.selected);
    snprintf(c->back_to, sizeof(c->back_to), "%s", entry ? entry->name : "");
    c->list.selected = -1;
    choose_rows(c);
}

struct ds_listing_entry *ds_chooser_entry(const struct ds_chooser *c, int row)
{
    return row >= 0 && (size_t)row < c->count ? &c->listing->entries[c->rows[row]] : NULL;
}

static void set_mark(struct ds_chooser *c, int row, bool is_marked)
{
    struct ds_listing_entry *entry = ds_chooser_entry(c, row);
    c->marked += (size_t)is_marked - (size_t)entry->is_marked;
    entry->is_marked = is_marked;
}

void ds_chooser_mark(struct ds_chooser *c, int row, bool stretch)
{
    struct ds_listing_entry *entry = ds_chooser_entry(c, row);
    if (!entry || c->wants_folder)
        return;
    if (stretch && c->from >= 0) {
        int first = c->from < row ? c->from : row, last = c->from < row ? row : c->from;
        for (int i = first; i <= last; i++)
            set_mark(c, i, true);
        return;
    }
    set_mark(c, row, !entry->is_marked);
    c->from = row;
}

void ds_chooser_mark_all(struct ds_chooser *c)
{
    bool is_all = c->marked == c->count;
    for (int i = 0; (size_t)i < c->count && !c->wants_folder; i++)
        set_mark(c, i, !is_all);
}

void ds_chooser_type(struct ds_chooser *c, const char *text, ds_tick now)
{
    size_t had = now - c->typed_at < TYPED_FOR ? strlen(c->typed) : 0;
    size_t more = strlen(text);
    c->typed_at = now;
    if (had + more >= sizeof(c->typed) || c->count == 0)
        return;
    memcpy(c->typed + had, text, more + 1);
    int count = (int)c->count, from = c->list.selected < 0 ? 0 : c->list.selected;
    for (int i = had == 0; i <= count; i++) { /* a new word begins behind what is selected */
        int row = (from + i) % count;
        if (strncasecmp(ds_chooser_entry(c, row)->name, c->typed, had + more) != 0)
            continue;
        c->list.selected = row;
        return;
    }
}

/* ---- the answer ---- */

bool ds_chooser_enter(struct ds_chooser *c, int row)
{
    struct ds_path_list to = {0};
    const struct ds_listing_entry *entry = ds_chooser_entry(c, row);
    if (!entry)
        return false;
    if (!entry->is_folder)
        return ds_chooser_take(c);
    c->is_typed_path = false;
    if (ds_path_list_add(&to, c->path, entry->name))
        ds_chooser_go(c, to.bytes);
    ds_path_list_clear(&to);
    return false;
}

bool ds_chooser_take(struct ds_chooser *c)
{
    const struct ds_listing_entry *entry = ds_chooser_entry(c, c->list.selected);
    ds_path_list_clear(&c->chosen);
    if (c->wants_folder)
        return c->error == 0 && c->listing && ds_path_list_add(&c->chosen, c->path, "");
    for (int i = 0; (size_t)i < c->count && c->marked > 0; i++)
        if (ds_chooser_entry(c, i)->is_marked)
            ds_path_list_add(&c->chosen, c->path, ds_chooser_entry(c, i)->name);
    if (c->marked == 0 && entry)
        ds_path_list_add(&c->chosen, c->path, entry->name);
    return c->chosen.len > 0;
}
