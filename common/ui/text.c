/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ui/text.h"

#include "common/ui/po/table.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define GAP "\xc2\xa0" /* U+00A0 */

static _Atomic(const char *) language; /* static texts; NULL: not chosen yet */

static bool begins(const char *list, const char *code)
{
    size_t n = strlen(code);
    return list && strncmp(list, code, n) == 0 &&
           (list[n] == '\0' || list[n] == '_' || list[n] == '.' || list[n] == '@' ||
            list[n] == ':');
}

/* gettext's order: LC_ALL, LC_MESSAGES, LANG say the locale; unless that is C, LANGUAGE lists what
 * the person prefers. */
static const char *from_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = NULL;
    for (size_t i = 0; i < 3 && !(locale && *locale); i++)
        locale = getenv(names[i]);
    if (!locale || !*locale || begins(locale, "C") || begins(locale, "POSIX"))
        return "en";
    const char *list = getenv("LANGUAGE");
    for (const char *at = list && *list ? list : locale; at; at = strchr(at, ':')) {
        at += *at == ':';
        if (begins(at, "fr"))
            return "fr";
        if (begins(at, "en"))
            return "en";
    }
    return begins(locale, "fr") ? "fr" : "en";
}

const char *ds_text_language(void)
{
    const char *chosen = atomic_load_explicit(&language, memory_order_relaxed);
    if (!chosen) {
        chosen = from_environment();
        atomic_store_explicit(&language, chosen, memory_order_relaxed);
    }
    return chosen;
}

void ds_text_choose(const char *wanted)
{
    const char *chosen = NULL;
    if (wanted && strcmp(wanted, "en") == 0)
        chosen = "en";
    else if (wanted && strcmp(wanted, "fr") == 0)
        chosen = "fr";
    atomic_store_explicit(&language, chosen, memory_order_relaxed);
}

/* ---- The table ---- */

static char *texts;                /* unpacked once, kept to the end; NULL: it could not be */
static uint32_t starts[DS_PO_MAX]; /* where each text of them begins */
static pthread_once_t is_indexed = PTHREAD_ONCE_INIT;

static const char *after(const char *text)
{
    return text + strlen(text) + 1;
}

static bool unpack(char *out)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)ds_po_fr,
                       .avail_in = (uInt)ds_po_fr_packed,
                       .next_out = (Bytef *)out,
                       .avail_out = (uInt)ds_po_fr_size};
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) /* 16: gzip's header */
        return false;
    bool is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    return is_whole;
}

static void index_table(void)
{
    texts = malloc(ds_po_fr_size);
    if (!texts || !unpack(texts)) {
        free(texts);
        texts = NULL;
        return;
    }
    const char *at = texts;
    for (size_t i = 0; i < ds_po_fr_count; i++) {
        starts[i] = (uint32_t)(at - texts);
        at = after(after(after(at)));
    }
}

const char *ds_po_fr_texts(void)
{
    pthread_once(&is_indexed, index_table);
    return texts;
}

/* The entry of an English text; NULL: there is none, or the language is English. */
static const char *look_up(const char *english)
{
    if (strcmp(ds_text_language(), "fr") != 0)
        return NULL;
    if (!ds_po_fr_texts())
        return NULL;
    size_t low = 0, high = ds_po_fr_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const char *entry = texts + starts[middle];
        int order = strcmp(english, entry);
        if (order == 0)
            return entry;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *ds_tr(const char *english)
{
    const char *entry = look_up(english);
    return entry ? after(entry) : english;
}

const char *ds_trn(const char *one, const char *many, unsigned long n)
{
    const char *entry = look_up(one);
    const char *plural = entry ? after(after(entry)) : "";
    if (!plural[0])
        return n == 1 ? one : many;
    return n > 1 ? plural : after(entry);
}

/* ---- Numbers and times ---- */

void ds_text_grouped(char *out, size_t size, const char *digits)
{
    size_t used = 0;
    if (size == 0)
        return;
    for (size_t i = 0; digits[i]; i++) {
        bool is_gap = i > 0 && i % 3 == 0;
        size_t n = is_gap ? strlen(GAP) : 0;
        if (used + n + 1 >= size)
            break;
        memcpy(out + used, GAP, n);
        out[used + n] = digits[i];
        used += n + 1;
    }
    out[used] = '\0';
}

void ds_text_duration(char *out, size_t size, unsigned long seconds)
{
    unsigned long minutes = (seconds + 30) / 60;
    if (seconds < 60)
        snprintf(out, size, "%s", DS_TR("less than a minute"));
    else if (minutes < 60)
        snprintf(out, size, DS_TR("%lu min"), minutes);
    else
        snprintf(out, size, DS_TR("%lu h %02lu"), minutes / 60, minutes % 60);
}

void ds_text_countdown(char *out, size_t size, unsigned long seconds)
{
    snprintf(out, size, "%lu:%02lu", seconds / 60, seconds % 60);
}
